//! Originals: pages of sources that were downloaded, and are quoted word for word.

use std::collections::HashSet;

use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};

use super::{Corpus, Document, Section, Source, parse};
use crate::language::{fold, words};

/// A passage that has this share of a note's telling words says what the note tells. Rather too often than
/// too seldom: a correction too many does no harm.
const REPEATS: f32 = 0.35;

/// The text of a page, without all that is not its text: what is kept of an original.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct OriginalText {
    /// The page's own title.
    pub title: String,
    /// When it was published, YYYY, YYYY-MM or YYYY-MM-DD, where the page says.
    pub published: Option<String>,
    /// Its parts, in order.
    pub parts: Vec<TextPart>,
}

/// What stands under a heading.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TextPart {
    /// The heading; empty before the first one.
    pub heading: String,
    /// Paragraphs, with an empty line between two of them.
    pub text: String,
}

impl OriginalText {
    /// The SHA-256 of all that can be quoted, in hexadecimal: the same for the same text.
    #[must_use]
    pub fn hash(&self) -> String {
        let mut hasher = Sha256::new();
        for piece in self.pieces() {
            hasher.update(piece.as_bytes());
            hasher.update(b"\0");
        }
        hex::encode(hasher.finalize())
    }

    /// How many words its parts have.
    #[must_use]
    pub fn words(&self) -> usize {
        self.parts.iter().map(|part| part.text.split_whitespace().count()).sum()
    }

    /// How many bytes its title, headings and texts have: what it costs, where words say how much there is to read.
    #[must_use]
    pub fn bytes(&self) -> usize {
        self.pieces().map(String::len).sum()
    }

    /// All that is written in it, in order.
    fn pieces(&self) -> impl Iterator<Item = &String> {
        let parts = self.parts.iter().flat_map(|part| [&part.heading, &part.text]);
        std::iter::once(&self.title).chain(parts)
    }
}

impl Source {
    /// The source of a page as the page names and dates itself now. One whose title was not the page's own was named by
    /// a moderator, and keeps that.
    #[must_use]
    pub fn as_named_by(&self, before: Option<&OriginalText>, now: &OriginalText) -> Self {
        let own = |text: &OriginalText| if text.title.is_empty() { &self.publisher } else { &text.title }.clone();
        let is_own = before.is_some_and(|before| own(before) == self.title);
        Self {
            title: if is_own { own(now) } else { self.title.clone() },
            published: now.published.clone().or_else(|| self.published.clone()),
            ..self.clone()
        }
    }
}

/// An original with its place in the bibliography.
#[derive(Debug, Clone)]
pub struct Original {
    /// What it is a copy of.
    pub source: Source,
    /// Its text.
    pub text: OriginalText,
    /// The day the copy was made, YYYY-MM-DD.
    pub copied: String,
}

impl Original {
    fn document(self) -> Document {
        let cites = vec![self.source.id.clone()];
        let written = self.source.kind == Source::WRITTEN;
        let section = |part: TextPart| Section {
            heading: part.heading,
            text: part.text,
            cites: cites.clone(),
            ..Section::default()
        };
        Document {
            original: Some(self.text.hash()),
            file_hash: String::new(),
            id: format!("originals/{}", self.source.id),
            title: if self.text.title.is_empty() { self.source.title } else { self.text.title },
            file: format!("{} {}", if written { "written on" } else { "copy of" }, self.copied),
            copied: (!written).then_some(self.copied),
            is_note: written,
            sections: parse::passages(self.text.parts.into_iter().map(section).collect()).into(),
        }
    }
}

impl Corpus {
    /// Adds an original, to be searched and quoted beside the notes; its source joins the bibliography
    /// where it is not in it yet.
    pub fn add_original(&mut self, original: Original) {
        let source = original.source.clone();
        let mut document = original.document();
        for section in document.sections.iter_mut() {
            section.corrected_by = self.correction(&source.id, &section.text);
        }
        self.keep_original(&source, document);
    }

    /// Adds an original as it was added to the same corpus folder before.
    pub fn keep_original(&mut self, source: &Source, document: Document) {
        self.sources.add(source);
        self.documents.push(document);
    }

    /// What corrects a passage of an original: the correction of the note on the same source that tells most
    /// of the same. So a claim that is disputed in a note is not quoted bare.
    #[allow(clippy::cast_precision_loss)]
    fn correction(&self, source: &str, passage: &str) -> Option<String> {
        let said = self.telling(passage);
        // Originals come after all that is in the folder.
        let folder = self.documents.iter().take_while(|document| document.original.is_none());
        let notes = folder.filter(|document| document.is_note).flat_map(|document| document.sections.iter());
        let about = notes.filter(|section| section.cites.first().is_some_and(|id| id == source));
        let shares = about.filter_map(|section| {
            let correction = section.corrected_by.as_ref()?;
            let told = self.telling(&section.text);
            let both = told.iter().filter(|stem| said.contains(*stem)).count();
            Some((both as f32 / told.len().max(1) as f32, correction))
        });
        let (share, correction) = shares.max_by(|(a, _), (b, _)| a.total_cmp(b))?;
        (share >= REPEATS).then(|| correction.clone())
    }

    /// The stems of the words that carry something.
    fn telling(&self, text: &str) -> HashSet<String> {
        let folded = fold(text);
        let telling = words(&folded).filter(|word| !self.language.is_stop_word(word));
        telling.map(|word| self.language.stem(word).into_owned()).collect()
    }
}
