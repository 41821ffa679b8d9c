//! A message as it is learnt from and judged, and the parts that it is cut into.

use std::ops::Range;

use super::normalise::{Word, ranges_by};
use super::scope::WhyNot;

/// Messages are also looked at in stretches of so many words: what else is told does not take a sign back.
const STRETCH: usize = 24;
/// So many words after one stretch begins the next.
const STEP: usize = 4;
/// Some stretch of a long message always looks a little like a sign. So its most suspicious wider stretch, of so many
/// words, counts as much: of a message that shows a sign somewhere it sees that and more, of any other next to nothing.
const AROUND: usize = 96;
/// So many words after one of them begins the next.
const AROUND_STEP: usize = 24;
/// With more words than this a message is not judged as a whole.
const LONG: usize = 60;
/// With more words than this the clauses of a message are not looked at one by one: some clause of a story always sounds
/// like a sign.
const SHORT: usize = 40;
/// So many sentences or clauses that follow one another may tell of a sign together.
const TOGETHER: u32 = 2;

/// A message, or a part of one.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) words: &'a [Word],
    /// For each word why it does not count, if it does not.
    pub(super) why_not: &'a [Option<WhyNot>],
    /// Where each concept that stands in it begins, by place, and what it is known by.
    pub(super) concepts: &'a [(u32, u32)],
}

impl<'a> Message<'a> {
    /// Whether it is too long to be judged as a whole.
    pub(super) fn is_long(self) -> bool {
        self.words.len() > LONG
    }

    /// Whether its clauses are looked at one by one.
    pub(super) fn is_short(self) -> bool {
        self.words.len() <= SHORT
    }

    /// Whether something is denied in it.
    pub(super) fn denies(self) -> bool {
        self.why_not.iter().any(is_denied)
    }

    /// Its narrow stretches.
    pub(super) fn narrow(self) -> impl Iterator<Item = Self> {
        self.stretches(STRETCH, STEP)
    }

    /// Its wider stretches.
    pub(super) fn wide(self) -> impl Iterator<Item = Self> {
        self.stretches(AROUND, AROUND_STEP)
    }

    /// The stretches that are learnt from: half of each is the next one's as well.
    pub(super) fn for_learning(self) -> impl Iterator<Item = Self> {
        self.stretches(STRETCH, STRETCH / 2)
    }

    /// Its stretches of so many words, each `step` words after the one before; none where it is no longer than one.
    fn stretches(self, words: usize, step: usize) -> impl Iterator<Item = Self> {
        stretches(0..self.words.len(), words, step).map(move |of| self.part(of))
    }

    /// Its sentences, and those that follow one another together, where it has several.
    pub(super) fn sentences(self) -> impl Iterator<Item = Self> {
        self.runs(|word| word.sentence)
    }

    /// The parts of it that are judged by themselves where a rule finds a sign in them.
    pub(super) fn parts(self) -> impl Iterator<Item = Self> {
        let clauses = self.runs(|word| word.clause).filter(move |_| self.is_short());
        self.sentences().chain(clauses).chain(self.narrow())
    }

    /// What it tells besides what it denies ("no fever, no rash, but ..."): the runs of words that are not denied, if they
    /// are short enough to be judged as a whole. None where nothing is denied.
    pub(super) fn undenied(self) -> impl Iterator<Item = Self> {
        ranges_by(self.why_not, |a, b| is_denied(a) == is_denied(b))
            .filter(move |run| !is_denied(&self.why_not[run.start]) && run.len() < self.words.len())
            .map(move |run| self.part(run))
            .filter(|part| !part.is_long())
    }

    /// The runs of words with one number, and those that follow one another together, where there are several.
    fn runs(self, number: fn(&Word) -> u32) -> impl Iterator<Item = Self> {
        let words = self.words;
        let starts = (0..words.len()).filter(move |&at| at == 0 || number(&words[at - 1]) != number(&words[at]));
        let parts = starts.flat_map(move |start| {
            let end = move |runs| words.partition_point(|word| number(word) < number(&words[start]) + runs);
            // Behind the last there is none to take along.
            let goes_on = move |runs: &u32| end(*runs) > end(runs - 1);
            (1..=TOGETHER).filter(goes_on).map(move |runs| start..end(runs))
        });
        parts.filter(move |part| part.len() < words.len()).map(move |part| self.part(part))
    }

    /// Some of its words, by themselves.
    fn part(self, of: Range<usize>) -> Self {
        let (from, to) = (self.words[of.start].place, self.words[of.end - 1].place);
        let first = self.concepts.partition_point(|&(place, _)| place < from);
        let last = self.concepts.partition_point(|&(place, _)| place <= to);
        Self { words: &self.words[of.clone()], why_not: &self.why_not[of], concepts: &self.concepts[first..last] }
    }
}

/// Whether this is why a word does not count.
fn is_denied(why: &Option<WhyNot>) -> bool {
    *why == Some(WhyNot::Negated)
}

/// Stretches of so many words, each `step` words after the one before, the last up to the end; none where there are no
/// more words than that.
pub(super) fn stretches(of: Range<usize>, words: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
    let last = of.end.saturating_sub(words);
    let starts = (of.start..last).step_by(step).chain((last > of.start).then_some(last));
    starts.map(move |start| start..start + words)
}
