//! What makes words in a message not count: negation, a question for information, the past, an animal.

use super::normalise::Words;
use super::phrase;
use crate::corpus::Survives;

/// How many words a negation reaches over: lists are short, sentences are long.
const NEGATION_REACH: usize = 6;
/// How many words to either side a question or the past reaches over, where no full stop ends them.
const REACH: usize = 16;
/// How far before "just kidding" a match may stand and be taken back.
const RETRACTION_REACH: usize = 15;

/// The scope lists stand before the concepts in one numbering.
#[repr(u32)]
#[derive(Clone, Copy)]
pub(super) enum Mark {
    Negator,
    NegationEnd,
    Information,
    Personal,
    Writer,
    Past,
    Present,
    NotAPerson,
    Retracted,
    Count,
}

/// Why something does not count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum WhyNot {
    /// "no", "without".
    Negated = 1,
    /// A question for information.
    Asked,
    /// It is past.
    Over,
    /// "just kidding".
    Retracted,
    /// An animal's.
    Nobodys,
}

/// What makes matches in a message not count.
pub(super) struct Scopes<'a> {
    words: &'a Words,
    /// For each kind of mark, the ranges of words where it stands, in order.
    marks: Vec<Vec<(usize, usize)>>,
}

impl<'a> Scopes<'a> {
    pub(super) fn new(words: &'a Words, found: &[phrase::Found]) -> Self {
        let mut marks = vec![Vec::new(); Mark::Count as usize];
        for mark in found {
            marks[mark.what as usize].push((mark.start, mark.end));
        }
        marks.iter_mut().for_each(|marks| marks.sort_unstable());
        Self { words, marks }
    }

    /// The marks of a kind that begin in these words.
    fn between(&self, kind: Mark, from: usize, to: usize) -> &[(usize, usize)] {
        let marks = &self.marks[kind as usize];
        let start = marks.partition_point(|mark| mark.0 < from);
        let end = marks.partition_point(|mark| mark.0 < to);
        &marks[start..end.max(start)]
    }

    /// Why what stands in these words does not count; `None` where it does.
    pub(super) fn why_not(&self, start: usize, end: usize, survives: &[Survives]) -> Option<WhyNot> {
        let sentence = self.words.sentence[start];
        let first = self.words.sentence.partition_point(|&of| of < sentence);
        let last = self.words.sentence.partition_point(|&of| of <= sentence);
        let (first, last) = (first.max(start.saturating_sub(REACH)), last.min(end + REACH));
        let negated = || !survives.contains(&Survives::Negation) && self.negated(start, end, first, last);
        // A question goes on over commas; what was told before it is no part of it.
        let reaches = |mark: usize| mark <= start || self.words.clause[mark] == self.words.clause[start];
        let asked = || {
            !survives.contains(&Survives::Information)
                && self.between(Mark::Information, first, last).iter().any(|mark| reaches(mark.0))
                && self.between(Mark::Personal, first, last).is_empty()
        };
        let over = || {
            !survives.contains(&Survives::Past)
                && !self.between(Mark::Past, first, last).is_empty()
                && self.between(Mark::Present, first, last).is_empty()
        };
        let retracted = || {
            !survives.contains(&Survives::Retracted)
                && !self.between(Mark::Retracted, end, end + RETRACTION_REACH).is_empty()
        };
        let nobodys = || {
            let animals = self.between(Mark::NotAPerson, first.max(start.saturating_sub(8)), start);
            animals.last().is_some_and(|animal| self.between(Mark::Writer, animal.1, start + 1).is_empty())
        };
        let checks: [(&dyn Fn() -> bool, WhyNot); 5] = [
            (&negated, WhyNot::Negated),
            (&asked, WhyNot::Asked),
            (&over, WhyNot::Over),
            (&retracted, WhyNot::Retracted),
            (&nobodys, WhyNot::Nobodys),
        ];
        checks.into_iter().find(|(check, _)| check()).map(|(_, why)| why)
    }

    fn negated(&self, start: usize, end: usize, first: usize, last: usize) -> bool {
        let from = first.max(start.saturating_sub(NEGATION_REACH));
        let itself_negative = !self.between(Mark::Negator, start, start + 1).is_empty();
        self.between(Mark::Negator, from, start).iter().rev().any(|&(_, after)| {
            if after > start {
                return false;
            }
            if itself_negative {
                return after == start;
            }
            let stopped = !self.between(Mark::NegationEnd, after, start).is_empty()
                || !self.between(Mark::Writer, after, start).is_empty();
            let same_breath = self.words.clause[after - 1] == self.words.clause[start];
            let in_a_list = || {
                let reach = last.min(end + NEGATION_REACH);
                self.words.text[after..reach].iter().any(|word| word == "or" || word == "nor")
            };
            !stopped && (same_breath || in_a_list())
        })
    }
}
