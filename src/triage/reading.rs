//! What stands in a message and counts.

use super::message::Message;
use super::normalise::Words;
use super::phrase::{Found, Phrases};
use super::rules::Rules;
use super::scope::{Marks, Means, Scopes, Survived, WhyNot};
use super::signs::{Sign, Signs};

/// What stands in a message and counts.
pub(super) struct Reading {
    pub(super) words: Words,
    pub(super) signs: Signs,
    /// Where each of them begins, by place, and what the models know its concept by.
    concepts: Vec<(u32, u32)>,
    /// For each word whether a concept begins there, be it that it counts or not.
    pub(super) named: Vec<bool>,
    /// For each word why it does not count, if it does not.
    why_not: Vec<Option<WhyNot>>,
}

impl Reading {
    /// Looks for phrases in words; the rules say what each concept counts in spite of.
    pub(super) fn new(words: Words, phrases: &Phrases, rules: &Rules) -> Self {
        let text: Vec<&str> = words.iter().map(AsRef::as_ref).collect();
        let (mut marks, mut found) = (Marks::default(), Vec::new());
        for Found { what, start, end } in phrases.find(&text) {
            match Means::of(what) {
                Means::Mark(mark) => marks[mark].push((start, end)),
                Means::Concept(concept) => found.push((concept, start, end)),
            }
        }
        let scopes = Scopes::new(&words, marks);
        let (mut signs, mut named) = (Vec::new(), vec![false; text.len()]);
        for (concept, from, to) in found {
            named[from] = true;
            if scopes.why_not(from, to, rules.survived_by(concept)).is_none() {
                let (first, last) = (&words[from], &words[to - 1]);
                signs.push(Sign { concept, start: first.place, end: last.place, sentence: first.sentence });
            }
        }
        let mut concepts: Vec<(u32, u32)> =
            signs.iter().map(|sign| (sign.start, rules.known_as(sign.concept))).collect();
        concepts.sort_unstable();
        let why_not = (0..text.len()).map(|at| scopes.why_not(at, at + 1, Survived::default())).collect();
        Self { words, signs: Signs::new(signs), concepts, named, why_not }
    }

    /// It as the models see it.
    pub(super) fn message(&self) -> Message<'_> {
        Message { words: &self.words, why_not: &self.why_not, concepts: &self.concepts }
    }
}
