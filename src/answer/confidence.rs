//! Scores into a probability; where it is too low, nothing is answered.

use crate::index::{Hit, Unit};

/// Below this nothing is answered: chosen on the development questions in tests/questions.
const ENOUGH: f32 = 0.55;

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

    /// A logistic model of three things: how well a label of the best passage fits, how much of the
    /// question stands in it, and how much of the question the corpus has never heard of.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn of(hits: &[Hit], units: &[Unit]) -> Self {
        let Some(best) = hits.first() else { return Self::NONE };
        let whole: f32 = units.iter().map(Unit::weight).sum();
        let unknown: f32 = units.iter().filter(|unit| !unit.is_known()).map(Unit::weight).sum();
        let unknown = unknown / whole.max(f32::EPSILON);
        let length = (units.len() as f32).ln_1p();
        let z = WEIGHTS[0]
            + WEIGHTS[1] * best.label_fit
            + WEIGHTS[2] * best.coverage
            + WEIGHTS[3] * unknown
            + WEIGHTS[4] * length
            + WEIGHTS[5] * best.label_fit * length;
        Self(1.0 / (1.0 + (-z).exp()))
    }
}

/// Set by hand on tests/questions: bias, label fit, coverage, unknown share, length, fit times length.
const WEIGHTS: [f32; 6] = [-4.0, 5.0, 3.0, -3.5, 0.8, 0.0];
