//! Words that say what kind of thing is meant, whatever stands beside them: "psoas abscess", "artery of the hip".

use rustc_hash::FxHashMap;

use super::target::Target;
use super::words::{Query, Words, spaced};
use crate::corpus::Corpus;

/// So many words that carry something tell of more than of a kind of thing; as many as tell of a muscle at length.
const TOO_MANY: usize = 4;

/// What a phrase means that ends in such a word.
#[derive(Clone)]
pub(super) struct Heads(FxHashMap<String, usize>);

impl Heads {
    pub(super) fn new(corpus: &Corpus) -> Self {
        let things = corpus.muscles.things.iter().enumerate();
        Self(things.flat_map(|(at, thing)| thing.heads.iter().map(move |word| (spaced(word), at))).collect())
    }

    /// The kind of thing that a word makes of whatever stands before it, or of what is said of it.
    pub(super) fn find(&self, words: &Words, query: &Query) -> Option<Target> {
        if query.carrying >= TOO_MANY {
            return None;
        }
        let all: Vec<&str> = query.folded.split(' ').collect();
        let last = all.iter().rposition(|word| words.carries(word))?;
        let first = all.iter().position(|word| words.carries(word))?;
        let goes_on = all.get(first + 1).is_some_and(|word| words.language.is_stop_word(word));
        let places = [Some(last), goes_on.then_some(first)].into_iter().flatten();
        let is_its_own = |at: usize| at > 0 && words.says_muscle(all[at - 1]);
        let head = |at: usize| self.0.get(all[at]).filter(|_| is_its_own(at) || !query.form.says_muscle);
        places.filter_map(head).map(|thing| Target::Thing(*thing)).next()
    }
}
