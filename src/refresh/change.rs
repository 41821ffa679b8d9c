//! What is new in a text.

use std::collections::HashSet;

use crate::corpus::{OriginalText, sentences};

/// So many sentences of a change are told, at each side.
const TOLD: usize = 50;

/// What changed between two texts: sentences.
#[derive(Debug, Clone, Default, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub struct Change {
    /// Those that came.
    pub added: Vec<String>,
    /// Those that went.
    pub removed: Vec<String>,
}

impl Change {
    /// What changed from one text to the next.
    #[must_use]
    pub fn between(before: &OriginalText, after: &OriginalText) -> Self {
        let (old, new) = (sentences_of(before), sentences_of(after));
        let only = |of: &[&str], other: &[&str]| {
            let other: HashSet<&&str> = other.iter().collect();
            of.iter().filter(|sentence| !other.contains(sentence)).take(TOLD).map(|&s| s.to_owned()).collect()
        };
        Self { added: only(&new, &old), removed: only(&old, &new) }
    }
}

/// The sentences of a text.
pub(super) fn sentences_of(text: &OriginalText) -> Vec<&str> {
    let of = |text: &'_ str| sentences(text).into_iter();
    text.parts.iter().flat_map(|part| of(&part.text).map(|range| &part.text[range])).collect()
}
