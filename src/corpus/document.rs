//! Documents, the sections they are made of, and the excerpts that are shown.

use std::ops::Range;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use crate::generation::Late;

/// The most sentences that an excerpt may have.
pub const MAX_SENTENCES: usize = 3;

/// One text of the corpus.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// Its id: the file's path without the ending.
    pub id: String,
    /// Its title.
    pub title: String,
    /// The file it came from, inside the corpus folder.
    pub file: String,
    /// The day it was copied, YYYY-MM-DD, where it is an original that was downloaded.
    pub copied: Option<String>,
    /// The hash of the text that it was made of, where it is an original and not a file of the corpus folder.
    pub original: Option<String>,
    /// The SHA-256 of the file it came from, in hexadecimal; empty where it is an original.
    pub file_hash: String,
    /// Whether its sentences are our own words (a note) or the document's (a quotation).
    pub is_note: bool,
    /// Its parts, in order.
    #[serde(skip)]
    pub sections: Late<Vec<Section>>,
}

impl Document {
    /// The SHA-256 of what it was made of, in hexadecimal, by which anyone can check what was shown: of its file or, where
    /// it is an original, of the text that was copied ([`OriginalText::hash`](super::OriginalText::hash)).
    #[must_use]
    pub fn hash(&self) -> &str {
        self.original.as_deref().unwrap_or(&self.file_hash)
    }
}

/// A part of a document under a heading; long ones are cut, so that a section is also the *passage*
/// that is indexed.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Section {
    /// Its id, unique in the document.
    pub id: String,
    /// Its heading; empty before the first heading of a plain document.
    pub heading: String,
    /// Its text, without marks.
    pub text: String,
    /// Where its sentences are in `text`.
    pub sentences: Vec<Range<usize>>,
    /// The questions that it answers, as people type them.
    pub questions: Vec<String>,
    /// The ids of the sources it draws on, the main one first.
    pub cites: Vec<String>,
    /// `note#section` of the section that corrects it.
    pub corrected_by: Option<String>,
    /// The line of its heading.
    pub line: usize,
}

/// The place of a section in a corpus.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PassageId {
    /// The document's position.
    pub document: u32,
    /// The section's position in the document.
    pub section: u32,
}

/// One to three consecutive sentences of a section.
///
/// There is no way to build one from a string, so what the program shows stands in a document, word
/// for word.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excerpt {
    passage: PassageId,
    sentences: Range<usize>,
}

impl Excerpt {
    /// Takes these sentences of a section.
    ///
    /// `None` where the range is empty, leaves the section, or holds more than [`MAX_SENTENCES`].
    #[must_use]
    pub fn new(section: &Section, passage: PassageId, sentences: Range<usize>) -> Option<Self> {
        let fits =
            !sentences.is_empty() && sentences.len() <= MAX_SENTENCES && sentences.end <= section.sentences.len();
        fits.then_some(Self { passage, sentences })
    }

    /// The section that it is taken from.
    #[must_use]
    pub fn passage(&self) -> PassageId {
        self.passage
    }

    /// Which sentences of it.
    #[must_use]
    pub fn sentences(&self) -> Range<usize> {
        self.sentences.clone()
    }

    /// Its text: a contiguous piece of the section's.
    #[must_use]
    pub fn text<'a>(&self, section: &'a Section) -> &'a str {
        let start = section.sentences[self.sentences.start].start;
        let end = section.sentences[self.sentences.end - 1].end;
        &section.text[start..end]
    }
}

/// The SHA-256 of some bytes, in hexadecimal.
pub(super) fn sha256(bytes: &[u8]) -> String {
    hex::encode(Sha256::digest(bytes))
}

/// The short id of an excerpt: from its document and its text with white space folded, not from its
/// position, so that it stays when a document grows. Eight characters of base 32, forty bits.
#[must_use]
pub fn excerpt_id(document: &str, text: &str) -> String {
    const DIGITS: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";
    let mut hasher = Sha256::new();
    hasher.update(document.as_bytes());
    for word in text.split_whitespace() {
        hasher.update(b" ");
        hasher.update(word.as_bytes());
    }
    let hash = hasher.finalize();
    let bits = hash.iter().take(5).fold(0_u64, |bits, &byte| bits << 8 | u64::from(byte));
    (0..8).rev().map(|at| char::from(DIGITS[(bits >> (at * 5) & 31) as usize])).collect()
}
