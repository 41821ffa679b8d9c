//! The generation that answers now.

use std::sync::Arc;

use arc_swap::ArcSwap;

use super::Answerer;

/// Hands out the answerer of the moment. Whoever holds one keeps it to the end of their answer, while a
/// refresh puts the next one in its place.
pub struct Live(ArcSwap<Answerer>);

impl Live {
    /// Begins with this one.
    #[must_use]
    pub fn new(answerer: Answerer) -> Self {
        Self(ArcSwap::from_pointee(answerer))
    }

    /// The one that answers now; takes no lock.
    #[must_use]
    pub fn now(&self) -> Arc<Answerer> {
        self.0.load_full()
    }

    /// Puts another in its place; the old one.
    pub fn swap(&self, next: Answerer) -> Arc<Answerer> {
        self.0.swap(Arc::new(next))
    }
}
