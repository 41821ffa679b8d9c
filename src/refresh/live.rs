//! The generation that answers now.

use std::sync::Arc;

use tokio::sync::watch;

use crate::answer::Answerer;

/// Hands out the answerer of the moment. At first there is none: whoever asks waits for it. Whoever holds one keeps it to
/// the end of their answer, while a refresh puts the next one in its place.
#[derive(Default)]
pub struct Live(watch::Sender<Option<Arc<Answerer>>>);

impl Live {
    /// The one that answers now; waits for the first.
    pub async fn now(&self) -> Arc<Answerer> {
        let mut changes = self.0.subscribe();
        loop {
            let now = changes.borrow_and_update().clone();
            if let Some(answerer) = now {
                return answerer;
            }
            // It cannot fail while this is there.
            let _ = changes.changed().await;
        }
    }

    /// Whether nobody has to wait.
    #[must_use]
    pub fn is_there(&self) -> bool {
        self.0.borrow().is_some()
    }

    /// Puts one in place: the first, or another.
    pub fn put(&self, next: Answerer) {
        self.0.send_replace(Some(Arc::new(next)));
    }
}
