//! Lay words, abbreviations and spellings.

use serde::Deserialize;
use std::collections::BTreeMap;

/// What people say, and what the corpus calls it.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Lexicon {
    /// Groups of terms that mean the same.
    pub same: Vec<Same>,
    /// One-way: saying one finds the other.
    pub means: Vec<Means>,
    /// Spellings that are too far off to be guessed.
    pub spelling: BTreeMap<String, String>,
}

/// Terms that mean the same.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Same {
    /// The terms; one or several words each.
    pub terms: Vec<String>,
}

/// Terms that find others, and not the other way round.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Means {
    /// What is said.
    pub say: Vec<String>,
    /// What is looked for as well.
    pub find: Vec<String>,
}
