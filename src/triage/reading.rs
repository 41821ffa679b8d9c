//! What stands in a message and counts.

use super::learned::Message;
use super::normalise::Words;
use super::phrase::{Found, Phrases};
use super::scope::{Marks, Means, Scopes, WhyNot};
use crate::corpus::Survives;

/// A place where a concept stands and counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sign {
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) sentence: u32,
}

/// What stands in a message and counts.
pub(super) struct Reading {
    pub(super) words: Words,
    /// For each concept where it stands, sorted by place; numbered as concepts are.
    pub(super) signs: Vec<Vec<Sign>>,
    /// Where each of them begins, by place, and of which concept it is.
    concepts: Vec<(u32, u32)>,
    /// For each word whether a concept begins there, be it that it counts or not.
    pub(super) named: Vec<bool>,
    /// For each word why it does not count, if it does not.
    why_not: Vec<Option<WhyNot>>,
}

impl Reading {
    /// Looks for phrases in words; `survives` says for each concept what it counts in spite of.
    pub(super) fn new(words: Words, phrases: &Phrases, survives: &[Vec<Survives>]) -> Self {
        let text = words.as_strs();
        let mut signs: Vec<Vec<Sign>> = vec![Vec::new(); survives.len()];
        let (mut marks, mut concepts) = (Marks::default(), Vec::new());
        for Found { what, start, end } in phrases.find(&text) {
            match Means::of(what) {
                Means::Mark(mark) => marks[mark].push((start, end)),
                Means::Concept(concept) => concepts.push((concept, start, end)),
            }
        }
        let scopes = Scopes::new(&words, marks);
        let (mut standing, mut named) = (Vec::new(), vec![false; text.len()]);
        for (concept, from, to) in concepts {
            named[from] = true;
            if scopes.why_not(from, to, &survives[concept]).is_none() {
                let (start, end) = (words.place[from], words.place[to - 1]);
                signs[concept].push(Sign { start, end, sentence: words.sentence[from] });
                standing.push((start, u32::try_from(concept).unwrap_or(u32::MAX)));
            }
        }
        signs.iter_mut().for_each(|signs| signs.sort_by_key(|sign| sign.start));
        standing.sort_unstable();
        let why_not = (0..text.len()).map(|at| scopes.why_not(at, at + 1, &[])).collect();
        Self { words, signs, concepts: standing, named, why_not }
    }

    /// It as the model sees it.
    pub(super) fn message(&self) -> Message<'_> {
        let Words { text, place, sentence, clause } = &self.words;
        Message { words: text, why_not: &self.why_not, place, sentence, clause, concepts: &self.concepts }
    }
}
