//! What stands in a message and counts.

use super::message::Message;
use super::normalise::Words;
use super::phrase::{Found, Phrases};
use super::rules::Rules;
use super::scope::{Marks, Means, Scopes, Survived, WhyNot};

/// A place where a concept stands and counts.
#[derive(Debug, Clone, Copy)]
pub(super) struct Sign {
    concept: u32,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) sentence: u32,
}

/// The places of all concepts that stand in a message and count: by concept, as these are numbered, and of each in order.
#[derive(Debug, Clone, Default)]
pub(super) struct Signs(Vec<Sign>);

impl Signs {
    fn new(mut signs: Vec<Sign>) -> Self {
        signs.sort_by_key(|sign| (sign.concept, sign.start));
        Self(signs)
    }

    /// Where a concept stands.
    pub(super) fn of(&self, concept: u32) -> &[Sign] {
        let start = self.0.partition_point(|sign| sign.concept < concept);
        let length = self.0[start..].partition_point(|sign| sign.concept == concept);
        &self.0[start..start + length]
    }

    /// The concepts that stand, each once.
    pub(super) fn concepts(&self) -> impl Iterator<Item = u32> {
        self.each().map(|signs| signs[0].concept)
    }

    /// Those that begin and end between two places. The others of a concept are passed over by their places, so that a wall
    /// of signs takes no longer for each part of a message.
    pub(super) fn between(&self, from: u32, to: u32) -> Self {
        let here = self.each().flat_map(|of| {
            let first = of.partition_point(|sign| sign.start < from);
            of[first..].iter().take_while(move |sign| sign.start <= to).filter(move |sign| sign.end <= to)
        });
        Self(here.copied().collect())
    }

    /// Those of each concept; found by halving, however many there are.
    fn each(&self) -> impl Iterator<Item = &[Sign]> {
        let mut rest = &self.0[..];
        std::iter::from_fn(move || {
            let concept = rest.first()?.concept;
            let (of, others) = rest.split_at(rest.partition_point(|sign| sign.concept == concept));
            rest = others;
            Some(of)
        })
    }
}

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
        let text = words.as_strs();
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
                let (start, end) = (words.place[from], words.place[to - 1]);
                signs.push(Sign { concept, start, end, sentence: words.sentence[from] });
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
        let Words { text, place, sentence, clause, .. } = &self.words;
        Message { words: text, why_not: &self.why_not, place, sentence, clause, concepts: &self.concepts }
    }
}
