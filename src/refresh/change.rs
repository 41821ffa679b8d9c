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
    /// How many more came than are told.
    #[serde(default)]
    pub more_added: usize,
    /// How many more went.
    #[serde(default)]
    pub more_removed: usize,
}

impl Change {
    /// What changed from one text to the next.
    #[must_use]
    pub fn between(before: &OriginalText, after: &OriginalText) -> Self {
        let (old, new) = (sentences_of(before), sentences_of(after));
        let (added, more_added) = only(&new, &old);
        let (removed, more_removed) = only(&old, &new);
        Self { added, removed, more_added, more_removed }
    }

    /// How many sentences came.
    #[must_use]
    pub fn came(&self) -> usize {
        self.added.len() + self.more_added
    }

    /// How many sentences went.
    #[must_use]
    pub fn went(&self) -> usize {
        self.removed.len() + self.more_removed
    }
}

/// The sentences of one text that another has not, as far as they are told, and how many more there are.
fn only(of: &[&str], other: &[&str]) -> (Vec<String>, usize) {
    let other: HashSet<&&str> = other.iter().collect();
    let mut only: Vec<String> =
        of.iter().filter(|sentence| !other.contains(sentence)).map(|&sentence| sentence.to_owned()).collect();
    let more = only.len().saturating_sub(TOLD);
    only.truncate(TOLD);
    (only, more)
}

/// The sentences of a text.
pub(super) fn sentences_of(text: &OriginalText) -> Vec<&str> {
    let of = |text: &'_ str| sentences(text).into_iter();
    text.parts.iter().flat_map(|part| of(&part.text).map(|range| &part.text[range])).collect()
}
