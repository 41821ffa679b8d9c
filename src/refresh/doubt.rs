//! Whether what came can be the page that we know, or somebody had better look at it.

use std::collections::HashSet;

use super::RefreshError;
use super::change::sentences_of;
use super::clean::{CleanError, Cleaned};
use crate::corpus::OriginalText;
use crate::language::{fold, of_text, words};

/// A text of fewer words does not tell its language.
const TELLING_WORDS: usize = 40;

/// Why what came may not be the page whose text was good; `None` where it looks like it.
pub(super) fn doubt(before: &OriginalText, came: &Cleaned, language: &str) -> Option<String> {
    let Cleaned { text, doubt, .. } = came;
    let left = share_left(before, text);
    let is_wall = |wall: &&CleanError| match wall {
        // Many pages have a login beside their text.
        CleanError::Login => left < 0.5,
        _ => before.title != text.title,
    };
    if let Some(wall) = doubt.as_ref().filter(is_wall) {
        return Some(wall.to_string());
    }
    if let Err(error) = in_language(language, came) {
        return Some(error.to_string());
    }
    if shrank(before, text) {
        return Some(format!("its text shrank from {} words to {}", before.words(), text.words()));
    }
    (left == 0.0 && !says_alike(before, text))
        .then(|| "none of its sentences is left, as if it were another page".to_owned())
}

/// Refuses a page that is in another language, as its text tells, or, where that is too short, as it says itself.
pub(super) fn in_language(wanted: &str, page: &Cleaned) -> Result<(), RefreshError> {
    let told = (page.text.words() >= TELLING_WORDS).then(|| of_text(&all(&page.text))).flatten();
    match told.or(page.language.as_deref()) {
        Some(found) if found != wanted => {
            Err(RefreshError::Language { found: found.to_owned(), wanted: wanted.to_owned() })
        }
        _ => Ok(()),
    }
}

/// Whether so much is missing that it may be an accident: more than half.
fn shrank(before: &OriginalText, after: &OriginalText) -> bool {
    after.words() * 2 < before.words()
}

/// The share of the sentences of a text that the next one still has.
#[allow(clippy::cast_precision_loss)]
fn share_left(before: &OriginalText, after: &OriginalText) -> f32 {
    let after: HashSet<&str> = sentences_of(after).into_iter().collect();
    let before = sentences_of(before);
    let left = before.iter().filter(|sentence| after.contains(*sentence)).count();
    left as f32 / before.len().max(1) as f32
}

/// Whether a text has half of the words of another: one whose sentences were all touched does.
fn says_alike(before: &OriginalText, after: &OriginalText) -> bool {
    let (before, after) = (all(before), all(after));
    let (before, after) = (fold(&before), fold(&after));
    let (before, after): (HashSet<&str>, HashSet<&str>) = (words(&before).collect(), words(&after).collect());
    2 * before.intersection(&after).count() >= before.len()
}

fn all(text: &OriginalText) -> String {
    text.parts.iter().map(|part| part.text.as_str()).collect::<Vec<_>>().join("\n")
}
