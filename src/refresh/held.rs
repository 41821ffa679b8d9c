//! A text that was held back, as it is shown to whoever says yes or no to it.

use super::{Change, Hint, Order, RefreshError, Refresher};
use crate::store::{Page, PageState};

/// What is told of a source whose page says what a moderator said no to.
pub(super) const REFUSED: &str =
    "a moderator said no to what the page says now; refresh this source by its name to look at it again";
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

/// What to do about a page whose text is held back; none about one that cannot be had, or was refused.
pub(super) fn hint(page: &Page) -> Option<Hint> {
    let text = page.held.as_deref().filter(|_| page.state == PageState::Held)?;
    Some(Hint::Accept { source: page.source.clone(), text: name(text) })
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
        let (hash, page) = self.take_held(source).await?;
        let before = self.text(page.text.as_deref()).await?.unwrap_or_default();
        let after = self.text(Some(&hash)).await?.unwrap_or_default();
        let (words, words_held) = (before.words(), after.words());
        Ok(Held { source: page.source, text: name(&hash), change: Change::between(&before, &after), words, words_held })
    }

    /// Says no to what is held back of a source, if its hash begins with `looked_at`: what is quoted stays, and the
    /// page is not asked about again until it says something else, or somebody refreshes the source by its name.
    ///
    /// # Errors
    /// Where nothing is held back, or another text than the one that was looked at.
    pub async fn refuse(&self, order: &Order<'_>, source: &str, looked_at: &str) -> Result<String, RefreshError> {
        let _lock = self.lock(order).await?;
        let (hash, mut page) = self.take_held(source).await?;
        let text = name(&hash);
        if !hash.starts_with(looked_at) {
            return Err(RefreshError::OtherHeld { id: page.source, text });
        }
        if order.dry_run {
            return Ok(text);
        }
        page.refused = Some(hash);
        page.fares(PageState::Refused, REFUSED.to_owned());
        self.store.keep_page(self.community, &page).await?;
        self.log(order.who, "refuse", source, &format!("the text {text} is not taken")).await?;
        Ok(text)
    }

    /// The hash of what is held back of a source, and its page without it.
    async fn take_held(&self, source: &str) -> Result<(String, Page), RefreshError> {
        let pages = self.store.pages(self.community).await?;
        let page = pages.into_iter().find(|page| page.source == source);
        let held = page.and_then(|mut page| Some((page.held.take()?, page)));
        held.ok_or_else(|| RefreshError::NothingHeld(source.to_owned()))
    }
}
