//! Muscles that a text names.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::names::of_muscle;
use super::words::spaced;
use crate::corpus::{Corpus, Muscle};
use crate::generation::{Generation, GenerationError, Numbers, Table, key_of};
use crate::language::{fold, words};

/// Its files.
const NAME: &str = "mentions";
const FIRSTS: &str = "mentions.firsts";
/// So many bits tell the words that begin a name from nearly all others.
const BITS: usize = 4096;

/// The names of muscles that stand in texts as terms, ready to be found in one pass over a text.
#[derive(Clone)]
pub(crate) struct Mentions {
    /// By the words of a name, the positions of its muscles.
    names: Table<Vec<usize>>,
    /// A bit for each first word, by its hash: most words of a text begin no name, and need not be looked up.
    firsts: Numbers,
}

impl Mentions {
    /// Learns the names. Lay descriptions are none: a text that says "back of the thigh" need not speak of a muscle.
    pub(crate) fn build(corpus: &Corpus, generation: &Generation) -> Result<(), GenerationError> {
        let muscles = &corpus.muscles;
        let is_telling = |word: &str| !corpus.language.is_known(word) && !muscles.skip.iter().any(|skip| skip == word);
        let mut all: FxHashMap<String, Vec<usize>> = FxHashMap::default();
        for (at, muscle) in muscles.list.iter().enumerate() {
            for name in of_muscle(muscle) {
                let folded = spaced(name);
                let is_term = name == muscle.name || folded.split(' ').any(is_telling);
                if is_term && folded.len() > 3 {
                    let muscles = all.entry(folded).or_default();
                    if !muscles.contains(&at) {
                        muscles.push(at);
                    }
                }
            }
        }
        let mut firsts = [0; BITS / 32];
        for (number, bit) in all.keys().filter_map(|name| name.split(' ').next()).map(place) {
            firsts[number] |= bit;
        }
        generation.put_numbers(FIRSTS, &firsts);
        generation.put_table(NAME, all.into_iter().map(|(name, muscles)| (key_of(name.split(' ')), muscles)))
    }

    pub(crate) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self { names: generation.table(NAME)?, firsts: generation.numbers(FIRSTS)? })
    }

    /// The muscles that a text names, in the order in which it does; of two names that begin alike the longer one is meant.
    pub(crate) fn find<'a>(&self, corpus: &'a Corpus, text: &str) -> Vec<&'a Muscle> {
        let folded = fold(text);
        let mut words = words(&folded);
        let mut named: Vec<usize> = Vec::new();
        let may_begin = |first: &str| {
            let (number, bit) = place(first);
            self.firsts.get(number).is_some_and(|bits| bits & bit > 0)
        };
        while let (from_here, Some(first)) = (words.clone(), words.next()) {
            let found = may_begin(first).then(|| self.names.longest(from_here)).flatten();
            for muscle in found.into_iter().flat_map(|(_, muscles)| muscles) {
                if !named.contains(&muscle) {
                    named.push(muscle);
                }
            }
        }
        named.into_iter().map(|muscle| &corpus.muscles.list[muscle]).collect()
    }
}

/// Where the bit of a first word stands: in which number, and which of its bits.
fn place(first: &str) -> (usize, u32) {
    let bit = usize::try_from(FxBuildHasher.hash_one(first) % BITS as u64).unwrap_or(0);
    (bit / 32, 1 << (bit % 32))
}
