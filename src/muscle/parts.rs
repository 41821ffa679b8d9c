//! What a card says, part by part.

use crate::corpus::Muscle;

/// Stands under a list: it tells of too many muscles to name the sources of them all.
pub const SOURCES_OF_A_LIST: &str = "Each card names its sources.";

/// The parts of a card with their titles, in order.
#[must_use]
pub fn parts(muscle: &Muscle) -> [(&'static str, &str); 8] {
    [
        ("Starts", &muscle.origin),
        ("Ends", &muscle.insertion),
        ("Nerve", &muscle.innervation),
        ("Does", &muscle.action),
        ("Brought on", &muscle.aggravated_by),
        ("Felt", &muscle.felt_in),
        ("What people do", &muscle.care),
        ("Mixed up with", &muscle.mixed_up_with),
    ]
}
