//! Muscles that a text names.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashMap};

use super::names::of_muscle;
use super::words::spaced;
use crate::corpus::{Corpus, Muscle};
use crate::generation::{Generation, GenerationError, Numbers, Table};
use crate::language::{fold, words};

/// Its files.
const NAME: &str = "mentions";
const FIRSTS: &str = "mentions.firsts";
/// So many bits tell the words that begin a name from nearly all others.
const BITS: usize = 4096;

/// The names of muscles that stand in texts as terms, ready to be found in one pass over a text.
#[derive(Clone)]
pub(crate) struct Mentions {
    /// By their first word: the whole name, and the position of the muscle.
    names: Table<Vec<(String, usize)>>,
    /// A bit for each first word, by its hash: most words of a text begin no name, and need not be looked up.
    firsts: Numbers,
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
        let mut firsts = [0; BITS / 32];
        for (number, bit) in all.keys().map(|first| place(first)) {
            firsts[number] |= bit;
        }
        generation.put_numbers(FIRSTS, &firsts);
        generation.put_table(NAME, all)
    }

    pub(crate) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self { names: generation.table(NAME)?, firsts: generation.numbers(FIRSTS)? })
    }

    /// The muscles that a text names, in the order in which it does.
    pub(crate) fn find<'a>(&self, corpus: &'a Corpus, text: &str) -> Vec<&'a Muscle> {
        let folded = fold(text);
        let mut words = words(&folded);
        let mut named: Vec<usize> = Vec::new();
        let may_begin = |first: &str| {
            let (number, bit) = place(first);
            self.firsts.get(number).is_some_and(|bits| bits & bit > 0)
        };
        while let Some(first) = words.next() {
            let names = may_begin(first).then(|| self.names.get(first)).flatten().unwrap_or_default();
            for (name, muscle) in names {
                let mut of_name = name.split(' ').skip(1);
                let mut here = words.clone();
                let stands = of_name.all(|of_name| here.next() == Some(of_name));
                if stands && !named.contains(&muscle) {
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
