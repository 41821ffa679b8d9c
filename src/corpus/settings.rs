//! corpus.toml: the name of the subject, its language, and its fixed texts.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

/// What corpus.toml says; each text has a neutral default, so that a folder without the file works.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Settings {
    /// What the corpus is about, for titles.
    pub name: String,
    /// ISO 639-1 code of its texts.
    pub language: String,
    /// Stands under every answer.
    pub disclaimer: String,
    /// Said when nothing in the corpus answers.
    pub not_covered: String,
    /// Said to small talk and statements.
    pub not_a_question: String,
    /// Said when only the first two of several questions were answered.
    pub first_two: String,
    /// Said when several questions were asked and not each of the first two has an answer of its own.
    pub only_some: String,
    /// Said in the corpus's language to a message in another one.
    pub foreign: String,
    /// Said in a chat under urgent advice that an earlier message asked for.
    pub earlier: String,
    /// Questions that must be answered, whatever a refresh brings.
    pub canaries: Vec<String>,
    /// For each of the largest languages, where to turn in an emergency; by ISO 639-1 code.
    pub emergency_lines: BTreeMap<String, String>,
    /// Words of what people do not want to talk about in public.
    pub sensitive: Vec<Pattern>,
    /// What is out of place where nobody speaks of it.
    pub apart: Vec<Apart>,
}

/// A matter that would frighten or puzzle who did not ask for it.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Apart {
    /// Words by which a title or a heading shows that a section is about it.
    pub of: Vec<Pattern>,
    /// Words by which a message shows that it is, besides those.
    pub named: Vec<Pattern>,
}

/// A folded word; `*` at the end stands for any ending.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Pattern(String);

impl Pattern {
    /// Whether a folded word is one of those it stands for.
    #[must_use]
    pub fn fits(&self, word: &str) -> bool {
        let word = word.as_bytes();
        match self.0.as_bytes() {
            // Of most words the first letter tells that they are others.
            [first, _, ..] if word.first() != Some(first) => false,
            [beginning @ .., b'*'] => word.starts_with(beginning),
            whole => word == whole,
        }
    }
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            name: "this subject".into(),
            language: "en".into(),
            disclaimer: "General information, not advice for your case. Ask a professional.".into(),
            not_covered: "My sources do not cover that.".into(),
            not_a_question: "Ask me a question, and I look it up in my sources.".into(),
            first_two: "You asked several things; here are the first two.".into(),
            only_some: "You asked several things; this may answer only some of them.".into(),
            foreign: "I can only read and answer in the language of my sources.".into(),
            earlier: "This is because of something that you wrote before.".into(),
            canaries: Vec::new(),
            emergency_lines: BTreeMap::new(),
            sensitive: Vec::new(),
            apart: Vec::new(),
        }
    }
}
