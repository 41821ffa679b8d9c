//! The terms of a corpus: stems with numbers, and how much each tells.

use rustc_hash::FxHashMap;

use crate::language::{self, Language};

/// A term's number.
pub(super) type Term = u32;

/// Stems, numbered, with how many passages and how many labels hold each.
///
/// Words without content ("how", "my") are terms as well, since they tell one label from another: they
/// stand in labels alone.
#[derive(Debug, Clone, Default)]
pub(super) struct Terms {
    numbers: FxHashMap<Box<str>, Term>,
    names: Vec<Box<str>>,
    passages: Held,
    labels: Held,
}

/// How many of some texts hold each term.
#[derive(Debug, Clone, Default)]
struct Held {
    by: Vec<u32>,
    of: u32,
}

impl Terms {
    /// All terms of a text of the corpus, in order, and whether each has content; unseen ones get a number.
    pub(super) fn read(&mut self, language: &Language, text: &str) -> Vec<(Term, bool)> {
        let folded = language::fold(text);
        language::words(&folded).map(|word| (self.number(&language.stem(word)), !language.is_stop_word(word))).collect()
    }

    fn number(&mut self, stem: &str) -> Term {
        if let Some(&term) = self.numbers.get(stem) {
            return term;
        }
        let term = Term::try_from(self.names.len()).unwrap_or(Term::MAX);
        self.names.push(stem.into());
        self.numbers.insert(stem.into(), term);
        term
    }

    /// The term of a folded word, if the corpus has it.
    pub(super) fn find(&self, language: &Language, word: &str) -> Option<Term> {
        self.numbers.get(&*language.stem(word)).copied()
    }

    pub(super) fn name(&self, term: Term) -> &str {
        &self.names[term as usize]
    }

    /// Counts a passage that holds these distinct terms.
    pub(super) fn count_passage(&mut self, distinct: impl IntoIterator<Item = Term>) {
        self.passages.count(distinct);
    }

    /// Counts a label that holds these distinct terms.
    pub(super) fn count_label(&mut self, distinct: &[Term]) {
        self.labels.count(distinct.iter().copied());
    }

    /// How many passages hold a term.
    pub(super) fn held_by(&self, term: Term) -> u32 {
        self.passages.by(term)
    }

    /// The inverse document frequency, as in BM25, of what so many passages hold.
    pub(super) fn idf(&self, held: u32) -> f32 {
        idf(self.passages.of, held)
    }

    /// The same for a term among the labels.
    pub(super) fn label_idf(&self, term: Term) -> f32 {
        idf(self.labels.of, self.labels.by(term))
    }

    /// What a term would tell that stands in no label.
    pub(super) fn unheard_idf(&self) -> f32 {
        idf(self.labels.of, 0)
    }
}

impl Held {
    fn count(&mut self, distinct: impl IntoIterator<Item = Term>) {
        self.of += 1;
        for term in distinct {
            let at = term as usize;
            if self.by.len() <= at {
                self.by.resize(at + 1, 0);
            }
            self.by[at] += 1;
        }
    }

    fn by(&self, term: Term) -> u32 {
        self.by.get(term as usize).copied().unwrap_or(0)
    }
}

/// The terms with content of what was read.
pub(super) fn content(read: &[(Term, bool)]) -> impl Iterator<Item = Term> {
    read.iter().filter(|(_, content)| *content).map(|&(term, _)| term)
}

#[allow(clippy::cast_precision_loss)]
fn idf(of: u32, held: u32) -> f32 {
    let (n, df) = (of as f32, held as f32);
    (1.0 + (n - df + 0.5) / (df + 0.5)).ln()
}
