//! The terms of a corpus: stems by their hash, and how much each tells.

use std::hash::Hasher;

use rustc_hash::{FxHashMap, FxHasher};

use super::passages::Record;
use crate::generation::{Generation, GenerationError, Numbers, count};
use crate::language::{self, Language};

/// A term: the hash of its stem. Two stems that share one among a million cost nothing.
pub(super) type Term = u32;

/// In the file, for each term: itself, in how many passages and in how many labels it stands, and where
/// its name ends among the names.
const COLUMNS: usize = 4;

/// The terms of a corpus while it is being read.
///
/// Words without content ("how", "my") are terms as well, since they tell one label from another: they
/// stand in labels alone.
#[derive(Debug, Default)]
pub(super) struct Collected {
    terms: FxHashMap<Term, Counted>,
    passages: u32,
    labels: u32,
    /// Terms that stood somewhere and now perhaps nowhere.
    emptied: Vec<Term>,
}

#[derive(Debug)]
struct Counted {
    name: Box<str>,
    passages: u32,
    labels: u32,
}

impl Collected {
    /// Those of a corpus that was indexed, to be counted further.
    pub(super) fn of(terms: &Terms) -> Self {
        let counted = terms
            .rows()
            .iter()
            .map(|&[term, passages, labels, _]| (term, Counted { name: terms.name(term).into(), passages, labels }));
        Self { terms: counted.collect(), passages: terms.numbers[0], labels: terms.numbers[1], emptied: Vec::new() }
    }

    /// Takes a passage and its labels out of the count.
    #[allow(clippy::cast_possible_truncation)] // they were counted in, one by one
    pub(super) fn discount(&mut self, passage: &Record<'_>) {
        self.passages -= 1;
        self.labels -= passage.weights.len() as u32;
        for (at, term) in passage.terms.iter().enumerate() {
            let Some(counted) = self.terms.get_mut(term) else { continue };
            counted.passages -= u32::from(passage.times[at] > 0);
            counted.labels -= passage.labels_with(at).len() as u32;
            if counted.passages + counted.labels == 0 {
                self.emptied.push(*term);
            }
        }
    }

    /// Forgets the terms that stand nowhere any more and are not kept for another reason.
    pub(super) fn forget_emptied(&mut self, is_kept: impl Fn(Term) -> bool) {
        for term in std::mem::take(&mut self.emptied) {
            if self.terms.get(&term).is_some_and(|of| of.passages + of.labels == 0) && !is_kept(term) {
                self.terms.remove(&term);
            }
        }
    }

    /// All terms of a text, in order, and whether each has content.
    pub(super) fn read(&mut self, language: &Language, text: &str) -> Vec<(Term, bool)> {
        let folded = language::fold(text);
        let words = language::words(&folded);
        words.map(|word| (self.term(&language.stem(word)), !language.is_stop_word(word))).collect()
    }

    fn term(&mut self, stem: &str) -> Term {
        let term = hash(stem);
        self.terms.entry(term).or_insert_with(|| Counted { name: stem.into(), passages: 0, labels: 0 });
        term
    }

    /// Its name, for Tantivy.
    pub(super) fn name(&self, term: Term) -> &str {
        self.terms.get(&term).map_or("", |counted| &counted.name)
    }

    /// Counts a passage that holds these distinct terms.
    pub(super) fn count_passage(&mut self, distinct: impl IntoIterator<Item = Term>) {
        self.passages += 1;
        for term in distinct {
            if let Some(counted) = self.terms.get_mut(&term) {
                counted.passages += 1;
            }
        }
    }

    /// Counts a label that holds these distinct terms.
    pub(super) fn count_label(&mut self, distinct: &[Term]) {
        self.labels += 1;
        for term in distinct {
            if let Some(counted) = self.terms.get_mut(term) {
                counted.labels += 1;
            }
        }
    }

    /// What a term tells among the labels.
    pub(super) fn label_idf(&self, term: Term) -> f32 {
        idf(self.labels, self.terms.get(&term).map_or(0, |counted| counted.labels))
    }

    pub(super) fn put(&self, generation: &Generation) {
        let mut all: Vec<(&Term, &Counted)> = self.terms.iter().collect();
        all.sort_unstable_by_key(|(term, _)| **term);
        let mut numbers = vec![self.passages, self.labels];
        let mut names = String::new();
        for (term, counted) in all {
            names.push_str(&counted.name);
            let end = count(names.len());
            numbers.extend([*term, counted.passages, counted.labels, end]);
        }
        generation.put_numbers("terms", &numbers);
        generation.put_bytes("names", names.into_bytes());
    }
}

/// The terms of a corpus.
#[derive(Clone)]
pub(super) struct Terms {
    numbers: Numbers,
    names: tantivy::directory::OwnedBytes,
}

impl Terms {
    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self { numbers: generation.numbers("terms")?, names: generation.bytes("names")? })
    }

    /// The term of a stem, if the corpus has it.
    pub(super) fn of_stem(&self, stem: &str) -> Option<Term> {
        let term = hash(stem);
        self.row(term).map(|_| term)
    }

    /// Its name, for Tantivy.
    pub(super) fn name(&self, term: Term) -> &str {
        let name = self.row(term).and_then(|at| {
            let end_of = |at: usize| self.rows()[at][3] as usize;
            self.names.get(at.checked_sub(1).map_or(0, end_of)..end_of(at))
        });
        name.and_then(|name| std::str::from_utf8(name).ok()).unwrap_or_default()
    }

    /// How many passages hold a term.
    pub(super) fn held_by(&self, term: Term) -> u32 {
        self.row(term).map_or(0, |at| self.rows()[at][1])
    }

    /// The inverse document frequency, as in BM25, of what so many passages hold.
    pub(super) fn idf(&self, held: u32) -> f32 {
        idf(self.numbers[0], held)
    }

    /// The same for a term among the labels.
    pub(super) fn label_idf(&self, term: Term) -> f32 {
        idf(self.numbers[1], self.row(term).map_or(0, |at| self.rows()[at][2]))
    }

    /// What a term would tell that stands in no label.
    pub(super) fn unheard_idf(&self) -> f32 {
        idf(self.numbers[1], 0)
    }

    fn rows(&self) -> &[[u32; COLUMNS]] {
        self.numbers[2..].as_chunks().0
    }

    /// Which row is a term's.
    fn row(&self, term: Term) -> Option<usize> {
        self.rows().binary_search_by_key(&term, |row| row[0]).ok()
    }
}

/// The terms with content of what was read.
pub(super) fn content(read: &[(Term, bool)]) -> impl Iterator<Item = Term> {
    read.iter().filter(|(_, content)| *content).map(|&(term, _)| term)
}

pub(super) fn hash(stem: &str) -> Term {
    let mut hasher = FxHasher::default();
    hasher.write(stem.as_bytes());
    let whole = hasher.finish();
    #[allow(clippy::cast_possible_truncation)] // half of the bits are enough
    {
        (whole ^ (whole >> 32)) as u32
    }
}

#[allow(clippy::cast_precision_loss)]
fn idf(of: u32, held: u32) -> f32 {
    let (n, df) = (of as f32, held as f32);
    (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
}
