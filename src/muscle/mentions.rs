//! Muscles that a text names.

use rustc_hash::FxHashMap;

use super::names::of_muscle;
use super::words::spaced;
use crate::corpus::{Corpus, Muscle};
use crate::generation::{Generation, GenerationError, Table};
use crate::language::{fold, words};

const NAME: &str = "mentions";

/// The names of muscles that stand in texts as terms, ready to be found in one pass over a text.
#[derive(Clone)]
pub(crate) struct Mentions {
    /// By their first word: the whole name, and the position of the muscle.
    names: Table<Vec<(String, usize)>>,
}

impl Mentions {
    /// Learns the names. Lay descriptions are none: a text that says "back of the thigh" need not speak of a muscle.
    pub(crate) fn build(corpus: &Corpus, generation: &Generation) -> Result<(), GenerationError> {
        let muscles = &corpus.muscles;
        let is_telling = |word: &str| !corpus.language.is_known(word) && !muscles.skip.iter().any(|skip| skip == word);
        let mut all: FxHashMap<String, Vec<(String, usize)>> = FxHashMap::default();
        for (at, muscle) in muscles.list.iter().enumerate() {
            for name in of_muscle(muscle) {
                let folded = spaced(name);
                let is_term = name == muscle.name || folded.split(' ').any(is_telling);
                let first = folded.split(' ').next().unwrap_or_default();
                if is_term && folded.len() > 3 {
                    all.entry(first.to_owned()).or_default().push((folded, at));
                }
            }
        }
        generation.put_table(NAME, all)
    }

    pub(crate) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self { names: generation.table(NAME)? })
    }

    /// The muscles that a text names, in the order in which it does.
    pub(crate) fn find<'a>(&self, corpus: &'a Corpus, text: &str) -> Vec<&'a Muscle> {
        let folded = fold(text);
        let words: Vec<&str> = words(&folded).collect();
        let mut named: Vec<usize> = Vec::new();
        for (at, first) in words.iter().enumerate() {
            for (name, muscle) in self.names.get(first).unwrap_or_default() {
                let mut here = words[at..].iter();
                let stands = name.split(' ').all(|of_name| here.next() == Some(&of_name));
                if stands && !named.contains(&muscle) {
                    named.push(muscle);
                }
            }
        }
        named.into_iter().map(|muscle| &corpus.muscles.list[muscle]).collect()
    }
}
