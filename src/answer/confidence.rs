//! Scores into a probability; where it is too low, nothing is answered.

use super::scope::Limits;
use crate::index::{Hit, Query, Unit};

/// Below this nothing is answered: chosen on the development questions in tests/questions.
const ENOUGH: f32 = 0.55;
/// The same for what is said and not asked: "my back is a bit better today" wants no answer.
const ENOUGH_SAID: f32 = 0.75;

/// How likely an answer is right, 0 to 1.
#[derive(Debug, Clone, Copy, PartialEq, PartialOrd)]
pub struct Confidence(f32);

impl Confidence {
    /// Nothing was answered.
    pub const NONE: Self = Self(0.0);

    /// As a number.
    #[must_use]
    pub fn get(self) -> f32 {
        self.0
    }

    /// The lower of two.
    #[must_use]
    pub fn min(self, other: Self) -> Self {
        Self(self.0.min(other.0))
    }

    pub(super) fn is_enough(self, asked: bool) -> bool {
        self.0 >= if asked { ENOUGH } else { ENOUGH_SAID }
    }

    /// A logistic model of the best passages, of what the corpus has never heard of, and of what is known of
    /// the limits of its subject.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn of(hits: &[Hit], query: &Query, limits: Limits) -> Self {
        let Some(best) = hits.first() else { return Self::NONE };
        let units = query.units();
        let whole: f32 = units.iter().map(Unit::weight).sum::<f32>().max(f32::EPSILON);
        let unknown = units.iter().filter(|unit| !unit.is_known()).map(Unit::weight).sum::<f32>() / whole;
        let features = [
            1.0,
            hits.iter().take(3).map(|hit| hit.label_fit).fold(0.0, f32::max),
            best.label_fit,
            best.coverage,
            unknown,
            (units.len() as f32).ln_1p(),
            best.title,
            best.density.min(3.0),
            best.missing,
            hits.get(1).map_or(0.0, |second| second.score / best.score.max(f32::EPSILON)),
            best.wording,
        ];
        let (weights, odds) = match limits {
            Limits::Learned(odds) => (&LEARNED, ODDS * odds.clamp(-10.0, 10.0)),
            Limits::Questions => (&QUESTIONS, 0.0),
            Limits::Unknown => (&UNKNOWN, 0.0),
        };
        let sum: f32 = features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum();
        Self(1.0 / (1.0 + (-(sum + odds)).exp()))
    }
}

/// Fitted by logistic regression on the questions in tests/questions whose files end with `answerable` or
/// `unanswerable`: bias, best label fit of three, label fit, coverage, unknown share, length, title, density,
/// what is missing, the runner-up's share, the wording. The bias is 0.2 below the fit: rather one answer too few.
const LEARNED: [f32; 11] = [-5.89, 1.73, 1.89, 0.97, 0.0, 0.71, 1.51, 2.08, 0.91, -1.72, 0.85];
/// What the odds of the subject count.
const ODDS: f32 = 0.37;
/// The same for a corpus that lists no questions out of its scope.
const QUESTIONS: [f32; 11] = [-10.37, 2.97, 3.04, 1.58, -2.39, 2.6, 1.73, 2.34, 0.47, -0.03, 0.62];
/// The same for one whose passages list no questions either.
const UNKNOWN: [f32; 11] = [-8.28, 1.33, 1.23, 3.97, -1.5, 1.35, 1.28, 2.06, 2.23, -1.0, -0.22];
