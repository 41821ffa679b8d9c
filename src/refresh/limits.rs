//! How much of its own a community may have: it shares the machine with all others.

use std::time::{Duration, Instant};

use super::{RefreshError, Refresher};
use crate::corpus::OriginalText;

/// So many sources.
pub const MOST_SOURCES: usize = 50;
/// So many words in each.
pub const MOST_WORDS: usize = 20_000;
/// So many bytes in each, as a word may be of any length and headings are not counted among them. In Russian, whose
/// letters take two bytes, a word with its space takes 13 or 14.
pub(super) const MOST_BYTES: usize = 16 * MOST_WORDS;
/// So long a refresh asks sites; most take seconds. What it has not come to by then comes first the next time.
pub(super) const MOST_TIME: Duration = Duration::from_secs(15 * 60);
/// The same with sites on this machine.
const MOST_TIME_AT_HOME: Duration = Duration::from_secs(1);
/// A community's scheduled refresh is given up after this, whatever holds it up. Asking sites has a limit of its own;
/// as long again is left for waiting until its moderators' commands are done, and for compiling.
const LONGEST: Duration = MOST_TIME.saturating_mul(2);
/// The same with sites on this machine.
const LONGEST_AT_HOME: Duration = Duration::from_secs(8);

impl Refresher {
    /// Refuses a source more than may be.
    pub(super) fn has_room(&self, sources: usize) -> Result<(), RefreshError> {
        if self.is_shared() || sources < MOST_SOURCES { Ok(()) } else { Err(RefreshError::TooMany) }
    }

    /// Refuses a text that is too long.
    pub(super) fn takes(&self, text: &OriginalText) -> Result<(), RefreshError> {
        match (text.words(), text.bytes()) {
            _ if self.is_shared() => Ok(()),
            (words, _) if words > MOST_WORDS => Err(RefreshError::TooLong(words)),
            (_, bytes) if bytes > MOST_BYTES => Err(RefreshError::TooLarge(bytes)),
            _ => Ok(()),
        }
    }

    /// How long a community's scheduled refresh may take in all.
    pub(super) fn longest(&self) -> Duration {
        if self.fetcher.is_at_home() { LONGEST_AT_HOME } else { LONGEST }
    }

    /// Until when a refresh that begins now may ask sites; `None` where it may until it is done.
    pub(super) fn until(&self) -> Option<Instant> {
        let most = if self.fetcher.is_at_home() { MOST_TIME_AT_HOME } else { MOST_TIME };
        (!self.is_shared()).then(|| Instant::now() + most)
    }
}
