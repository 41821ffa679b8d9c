//! Scores into a probability; where it is too low, nothing is answered.

use crate::index::{Hit, Query, Unit};

/// Below this nothing is answered: chosen on the development questions in tests/questions.
const ENOUGH: f32 = 0.52;

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

    pub(super) fn is_enough(self) -> bool {
        self.0 >= ENOUGH
    }

    /// A logistic model of the best passage and of what the corpus has never heard of.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn of(hits: &[Hit], query: &Query) -> Self {
        let Some(best) = hits.first() else { return Self::NONE };
        let units = query.units();
        let whole: f32 = units.iter().map(Unit::weight).sum::<f32>().max(f32::EPSILON);
        let unknown = units.iter().filter(|unit| !unit.is_known()).map(Unit::weight).sum::<f32>() / whole;
        let features = [
            1.0,
            best.label_fit,
            best.coverage,
            unknown,
            (units.len() as f32).ln_1p(),
            best.title,
            best.density.min(3.0),
        ];
        let z: f32 = features.iter().zip(WEIGHTS).map(|(feature, weight)| feature * weight).sum();
        Self(1.0 / (1.0 + (-z).exp()))
    }
}

/// Fitted by logistic regression on tests/questions/answerable.jsonl and unanswerable.jsonl: bias, label fit,
/// coverage, unknown share, length, title, density.
const WEIGHTS: [f32; 7] = [-7.82, 3.35, 2.51, -1.16, 2.18, 1.64, 1.53];
