//! What is found for a message: the passages, and how far they can be trusted.

use std::rc::Rc;

use super::message::Message;
use super::questions::{Asked, Stretch};
use super::{Answerer, Confidence};
use crate::index::{Hit, Query, Ranking, Unit};

/// So many of BM25's best are looked at again for an answer. With twice as many, as many of tests/questions are answered
/// right, but for two or three.
const CANDIDATES: usize = 6;
/// A question is the same that shares so much of what is asked, either way.
const SAME_QUESTION: f32 = 0.8;
/// From this confidence on the same question is looked for; chosen on the questions in tests/questions.
const SAME_FROM: f32 = 0.2;
/// What the rest of a message counts for a question in it.
const CONTEXT: f32 = 0.25;
/// A message that asks about more things than this follows nothing up, unless it points back.
const MOST_OF_A_FOLLOW_UP: usize = 3;
/// A question behind something else in its sentence asks about so many things, or about that.
const FEWEST_BEHIND: usize = 2;
/// A question that tells by itself what it is about names so many things.
const FEWEST_THINGS: usize = 2;
/// What the question before still counts in a follow-up.
const CARRIED_OVER: f32 = 0.6;

/// What a question asks about, the passages for it, and how far they can be trusted.
pub(super) struct Found {
    pub(super) query: Rc<Query>,
    pub(super) hits: Vec<Hit>,
    pub(super) confidence: Confidence,
}

impl Found {
    /// The surer of two, itself where they are alike.
    fn or(self, other: Self) -> Self {
        if other.confidence > self.confidence { other } else { self }
    }
}

impl Answerer {
    /// What is found for a message, or for the question in it that is answered best: in a short one where the whole
    /// finds nothing. In a long one what ends with a question mark is what is asked, and the rest of the story is only
    /// looked at where that finds nothing. `previous` is what it may follow up.
    pub(super) fn find<'m>(&self, message: &Message<'m>, previous: Option<&Message<'_>>) -> Found {
        let whole = || self.find_in(message, previous, None);
        let part = |part: Message<'m>| {
            let found = self.find_in(&part, previous, Some(message));
            // With nothing before it, a part that points back has been read within the message already.
            if found.confidence.is_enough(true) || previous.is_none() && part.points_back() {
                return found;
            }
            found.or(self.found(carried_over(Rc::clone(part.query()), message, CONTEXT)))
        };
        let sentences = || {
            let sentences = message.sentences().into_iter();
            sentences.filter_map(|text| self.find_sentence(&message.part(text), previous))
        };
        if !message.is_long() {
            let whole = whole();
            if whole.confidence.is_enough(true) {
                return whole;
            }
            let parts = message.questions().iter().copied().chain(message.clauses());
            let of = |asked: Asked<'m>| {
                let one = message.part(asked.text);
                // "sugar is 240 fasting, is dangerous": one word alone does not say what of.
                let is_behind = !message.text().trim_start().starts_with(asked.text);
                let is_vague = one.points_back() || is_behind && one.query().units().len() < FEWEST_BEHIND;
                let is_of_another = asked.is_cut && is_vague;
                let is_part = asked.text.len() < message.text().trim().len() && !is_of_another;
                let found = is_part.then(|| part(one));
                found.filter(|found| !asked.is_cut || found.confidence.is_sure())
            };
            let with_matter = message.with_matter().into_iter();
            let with_matter = with_matter.map(|text| self.find_in(&message.part(text), previous, None));
            return parts.filter_map(of).chain(with_matter).chain(sentences()).fold(whole, Found::or);
        }
        let of = |stretch: Stretch<'m>| part(message.part(stretch.text));
        let (asked, other): (Vec<_>, Vec<_>) = message.stretches().into_iter().partition(|stretch| stretch.is_asked);
        match asked.into_iter().map(of).reduce(Found::or) {
            Some(found) if found.confidence.is_enough(true) => found,
            asked => other.into_iter().map(of).chain(asked).chain(sentences()).fold(whole(), Found::or),
        }
    }

    /// What is found for one of a message's sentences, where that is surely answered by itself: the others may only tell who
    /// asks ("Throwaway cos my boss is on here. 36f, hamstrings which muscles are they").
    fn find_sentence(&self, sentence: &Message<'_>, previous: Option<&Message<'_>>) -> Option<Found> {
        let asks = sentence.is_question() || sentence.names_a_subject();
        let found =
            (asks && things(sentence.query()) >= FEWEST_THINGS).then(|| self.find_in(sentence, previous, None))?;
        found.confidence.is_sure_uncalled().then_some(found)
    }

    /// What is found for one of several questions in a message, which may point at what stands before it there.
    pub(super) fn find_part<'m>(
        &self,
        part: &Message<'m>,
        previous: Option<&Message<'_>>,
        whole: &Message<'_>,
    ) -> Found {
        if previous.is_none() && part.points_back() {
            return self.find_in(part, None, Some(whole));
        }
        self.find(part, previous)
    }

    /// What is found for a message, or for a part of one, of which `whole` is all. Where it can follow the question before
    /// up, it does if it points back, or goes on or is short and finds nothing sure by itself; of a part that points back,
    /// the whole tells what it speaks of.
    fn find_in(&self, message: &Message<'_>, previous: Option<&Message<'_>>, whole: Option<&Message<'_>>) -> Found {
        let mut query = Rc::clone(message.query());
        let points_back = (previous.is_some() || whole.is_some()) && message.points_back();
        if let Some(previous) = previous.filter(|_| message.can_follow_up()) {
            let follows_up = points_back
                || message.goes_on()
                || query.units().len() <= MOST_OF_A_FOLLOW_UP && message.says_something();
            if follows_up && !points_back {
                let alone = self.found(Rc::clone(&query));
                if alone.confidence.is_sure() {
                    return alone;
                }
            }
            if follows_up {
                query = carried_over(query, previous, CARRIED_OVER);
            }
        }
        let Some(whole) = whole.filter(|_| points_back) else { return self.found(query) };
        // "Does back pain come back after it's gone?" tells itself what it points at.
        if !whole.is_long() && things(&query) >= FEWEST_THINGS {
            let alone = self.found(Rc::clone(&query));
            if alone.confidence.is_sure_uncalled() {
                return alone;
            }
        }
        // What it points at stands before it, or else behind it.
        let before = whole.text().split_once(message.text()).map(|(before, _)| whole.part(before));
        let of = before.filter(|before| before.query().units().iter().any(Unit::is_a_thing));
        self.found(carried_over(query, of.as_ref().unwrap_or(whole), CONTEXT))
    }

    fn found(&self, query: Rc<Query>) -> Found {
        let Ranking { hits, limits } = self.index.search(&query, CANDIDATES);
        let confidence = Confidence::of(&hits, &query, limits);
        Found { query, hits, confidence }
    }

    /// What is found for the question that a passage answers, where a message asks the same and is only not sure enough.
    pub(super) fn same_question(&self, found: &Found) -> Option<Found> {
        if found.confidence.is_enough(true) || found.confidence.get() < SAME_FROM {
            return None;
        }
        let read = |text: String| self.index.read(&text);
        let asked = found.hits.iter().find_map(|hit| self.nearest_in(hit, &found.query)).map(read)?;
        let shared = self.index.shared(&found.query, &asked).min(self.index.shared(&asked, &found.query));
        (shared >= SAME_QUESTION).then(|| self.found(asked.into()))
    }
}

/// How many things a query asks about.
fn things(query: &Query) -> usize {
    query.units().iter().filter(|unit| unit.is_a_thing()).count()
}

/// A query that asks besides for what another message does, which counts less.
fn carried_over(query: Rc<Query>, from: &Message<'_>, by: f32) -> Rc<Query> {
    let mut query = Rc::unwrap_or_clone(query);
    query.carry_over(from.query(), by);
    query.into()
}
