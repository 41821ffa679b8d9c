//! Scores into a probability; where it is too low, nothing is answered.

use crate::index::{Hit, Query, Unit};

/// Below this nothing is answered: chosen on the development questions in tests/questions.
const ENOUGH: f32 = 0.6;
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

    /// A logistic model of the best passages, of what the corpus has never heard of, and of the odds that
    /// the question is about its subject at all.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn of(hits: &[Hit], query: &Query, scope: Option<f32>) -> Self {
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
        ];
        let sum =
            |weights: &[f32; 10]| features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum::<f32>();
        let z = match scope {
            Some(odds) => sum(&WITH_SCOPE) + SCOPE * odds.clamp(-6.0, 6.0),
            None => sum(&WITHOUT_SCOPE),
        };
        Self(1.0 / (1.0 + (-z).exp()))
    }
}

/// Fitted by logistic regression on the questions in tests/questions whose files end with `answerable` or
/// `unanswerable`: bias, best label fit of three, label fit, coverage, unknown share, length, title, density,
/// what is missing, the runner-up's share.
const WITH_SCOPE: [f32; 10] = [-4.19, 1.99, 3.02, -0.21, -2.34, 0.34, 1.38, 1.89, 0.5, -1.51];
/// What the odds of the subject count.
const SCOPE: f32 = 0.53;
/// The same for a corpus that lists no questions out of its scope.
const WITHOUT_SCOPE: [f32; 10] = [-12.15, 3.09, 2.87, 1.0, -1.81, 3.69, 1.33, 2.37, 0.93, -0.22];
