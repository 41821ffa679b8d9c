//! A text that was held back, as it is shown to whoever says yes or no to it.

use super::{Change, RefreshError, Refresher};

/// So much of a text's hash names it.
const NAME: usize = 16;

/// A text that waits for a moderator's yes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Held {
    /// The id of its source.
    pub source: String,
    /// Its name, the beginning of its hash: by it this text is taken, and no other.
    pub text: String,
    /// What would change with it.
    pub change: Change,
    /// How many words can be quoted now.
    pub words: usize,
    /// How many could with it.
    pub words_held: usize,
}

/// The name of a text with this hash.
pub(super) fn name(hash: &str) -> String {
    hash.chars().take(NAME).collect()
}

impl Refresher {
    /// What is held back of a source.
    ///
    /// # Errors
    /// Where nothing is, or the database fails.
    pub async fn held(&self, source: &str) -> Result<Held, RefreshError> {
        let pages = self.store.pages(self.community).await?;
        let page = pages.into_iter().find(|page| page.source == source);
        let Some((hash, page)) = page.and_then(|mut page| Some((page.held.take()?, page))) else {
            return Err(RefreshError::NothingHeld(source.to_owned()));
        };
        let before = self.text(page.text.as_deref()).await?.unwrap_or_default();
        let after = self.text(Some(&hash)).await?.unwrap_or_default();
        let (words, words_held) = (before.words(), after.words());
        Ok(Held { source: page.source, text: name(&hash), change: Change::between(&before, &after), words, words_held })
    }
}
