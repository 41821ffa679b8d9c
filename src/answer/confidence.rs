//! Scores into a probability; where it is too low, nothing is answered.

use crate::index::{Hit, Limits, Query, Unit};

/// Below this nothing is answered: chosen on the development questions in tests/questions.
const ENOUGH: f32 = 0.49;
/// The same for what is said and not asked: "my back is a bit better today" wants no answer.
const ENOUGH_SAID: f32 = 0.75;

/// From here on a short message is a question of its own, whatever was asked before.
const SURE: f32 = 0.9;
/// From here on what is asked is answered though nobody put it to us, and a part of what was asked instead of the whole.
const SURE_UNCALLED: f32 = 0.8;

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

    pub(super) fn is_sure(self) -> bool {
        self.0 >= SURE
    }

    /// Whether it is enough to answer what nobody put to us, or a part of what was asked instead of the whole.
    #[must_use]
    pub fn is_sure_uncalled(self) -> bool {
        self.0 >= SURE_UNCALLED
    }

    /// A logistic model of the best passages, of what the corpus has never heard of, and of what is known of
    /// the limits of its subject.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn of(hits: &[Hit], query: &Query, limits: Limits) -> Self {
        let Some(best) = hits.first() else { return Self::NONE };
        let units = query.units();
        let whole = query.weight().max(f32::EPSILON);
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
        let sum =
            |weights: &Weights| -> f32 { features.iter().zip(weights).map(|(feature, weight)| feature * weight).sum() };
        let logit = match limits {
            Limits::Unknown => sum(&UNKNOWN),
            Limits::Questions => sum(&QUESTIONS),
            Limits::Learned { odds, examples } => {
                let trust = examples as f32 / (examples as f32 + FEW_EXAMPLES);
                let odds = ODDS * trust.sqrt() * odds.clamp(-10.0, 10.0);
                sum(&QUESTIONS) * (1.0 - trust) + sum(&LEARNED) * trust + odds
            }
        };
        Self(1.0 / (1.0 + (-logit).exp()))
    }
}

/// What each feature counts: bias, best label fit of three, label fit, coverage, unknown share, length, title,
/// density, what is missing, the runner-up's share, the wording.
type Weights = [f32; 11];

/// Fitted by logistic regression on the questions in tests/questions whose files end with `answerable` or
/// `unanswerable`.
const LEARNED: Weights = [-5.29, 0.59, 2.49, 0.5, -2.4, 2.06, -0.22, 0.79, 0.47, -0.62, 0.65];
/// What the odds of the subject count, where they were learnt from many examples.
const ODDS: f32 = 0.85;
/// So many examples of what is not covered make what was learnt from them count half.
const FEW_EXAMPLES: f32 = 1000.0;
/// For a corpus that lists no questions out of its scope; fitted on the same questions and on those to corpora of
/// other subjects, as small communities would write them; the bias is 0.2 lower, for who begins has few examples and
/// had better hear "not covered" than nonsense.
const QUESTIONS: Weights = [-8.44, -0.13, 1.26, 2.61, -1.19, 3.18, -0.02, 1.8, 0.58, -0.19, 0.24];
/// For one whose passages list no questions either; fitted and lowered in the same way.
const UNKNOWN: Weights = [-9.37, -0.24, 0.98, 2.3, -1.58, 2.96, 0.04, 3.83, 1.05, -0.33, 0.0];
