//! How much of its own a community may have: it shares the machine with all others.

use super::{RefreshError, Refresher};
use crate::corpus::OriginalText;

/// So many sources.
pub const MOST_SOURCES: usize = 50;
/// So many words in each.
pub const MOST_WORDS: usize = 20_000;

impl Refresher {
    /// Refuses a source more than may be.
    pub(super) fn has_room(&self, sources: usize) -> Result<(), RefreshError> {
        if self.is_shared() || sources < MOST_SOURCES { Ok(()) } else { Err(RefreshError::TooMany) }
    }

    /// Refuses a text that is too long.
    pub(super) fn takes(&self, text: &OriginalText) -> Result<(), RefreshError> {
        let words = text.words();
        if self.is_shared() || words <= MOST_WORDS { Ok(()) } else { Err(RefreshError::TooLong(words)) }
    }
}
