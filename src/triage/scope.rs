//! What makes words in a message not count: negation, a question for information, the past, an animal.

use super::normalise::Words;
use crate::corpus::{Scope, Survives};
use crate::generation::count;

/// How many words a negation reaches over: lists are short, sentences are long.
const NEGATION_REACH: usize = 6;
/// How many words to either side a question or the past reaches over, where no full stop ends them.
const REACH: usize = 16;
/// How far before "just kidding" a match may stand and be taken back.
const RETRACTION_REACH: usize = 15;

/// How many words before something an animal may stand that it is of.
const ANIMAL_REACH: usize = 8;

/// The longest clause, in words, that a denial behind it or at its end denies: a longer one is no item of a list.
const ITEM: usize = 6;

/// What a phrase of a scope list is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
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
    Alternative,
    Denial,
}

impl Mark {
    /// How many there are.
    const COUNT: usize = Self::Denial as usize + 1;

    /// The phrases of each.
    pub(super) fn lists(scope: &Scope) -> [(Self, &[String]); Self::COUNT] {
        [
            (Self::Negator, &scope.negators),
            (Self::NegationEnd, &scope.negation_ends),
            (Self::Information, &scope.information),
            (Self::Personal, &scope.personal),
            (Self::Writer, &scope.writer),
            (Self::Past, &scope.past),
            (Self::Present, &scope.present),
            (Self::NotAPerson, &scope.not_a_person),
            (Self::Retracted, &scope.retracted),
            (Self::Alternative, &scope.alternatives),
            (Self::Denial, &scope.denials),
        ]
    }
}

/// What a phrase stands for. Both are found in one pass over a message, so both have numbers in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Means {
    /// A mark, as a number.
    Mark(usize),
    /// A concept, by its position among them.
    Concept(u32),
}

impl Means {
    /// Its number in the row.
    pub(super) fn number(self) -> u32 {
        match self {
            Self::Mark(at) => count(at),
            Self::Concept(at) => Mark::COUNT as u32 + at,
        }
    }

    /// What has this number.
    pub(super) fn of(number: u32) -> Self {
        number.checked_sub(Mark::COUNT as u32).map_or(Self::Mark(number as usize), Self::Concept)
    }
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

/// The scopes that leave something standing, a bit for each.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Survived(pub(super) u32);

impl Survived {
    pub(super) fn new(scopes: &[Survives]) -> Self {
        Self(scopes.iter().fold(0, |bits, &scope| bits | Self::bit(scope)))
    }

    fn contains(self, scope: Survives) -> bool {
        self.0 & Self::bit(scope) != 0
    }

    fn bit(scope: Survives) -> u32 {
        1 << scope as u32
    }
}

/// For each kind of mark, the ranges of words where it stands.
pub(super) type Marks = [Vec<(usize, usize)>; Mark::COUNT];

/// What makes matches in a message not count.
pub(super) struct Scopes<'a> {
    words: &'a Words,
    /// In order.
    marks: Marks,
}

impl<'a> Scopes<'a> {
    pub(super) fn new(words: &'a Words, mut marks: Marks) -> Self {
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
    pub(super) fn why_not(&self, start: usize, end: usize, survives: Survived) -> Option<WhyNot> {
        let sentence = self.words[start].sentence;
        let first = self.words.partition_point(|word| word.sentence < sentence);
        let last = self.words.partition_point(|word| word.sentence <= sentence);
        let (first, last) = (first.max(start.saturating_sub(REACH)), last.min(end + REACH));
        let negated = || !survives.contains(Survives::Negation) && self.negated(start, end, first, last);
        // A question goes on over commas; what was told before it is no part of it.
        let reaches = |mark: usize| mark <= start || self.words[mark].clause == self.words[start].clause;
        let asked = || {
            !survives.contains(Survives::Information)
                && self.between(Mark::Information, first, last).iter().any(|mark| reaches(mark.0))
                && self.between(Mark::Personal, first, last).is_empty()
        };
        // "Numb when i was 12" and "numb legs, that was in 2019", but not "numb legs, disc op in 2019".
        let is_of_it = |&(from, to): &(usize, usize)| {
            let (begun, ended) = (self.clause_of(from), self.behind(from));
            let says_no_more =
                || self.words[begun..from].iter().chain(&self.words[to.min(ended)..ended]).all(|word| word.is_stop);
            (begun..ended).contains(&start) || says_no_more()
        };
        let over = || {
            !survives.contains(Survives::Past)
                && self.between(Mark::Past, first, last).iter().any(is_of_it)
                && self.between(Mark::Present, first, last).is_empty()
        };
        let retracted = || {
            !survives.contains(Survives::Retracted)
                && !self.between(Mark::Retracted, end, end + RETRACTION_REACH).is_empty()
        };
        let nobodys = || {
            let animals = self.between(Mark::NotAPerson, first.max(start.saturating_sub(ANIMAL_REACH)), start);
            animals.last().is_some_and(|animal| self.between(Mark::Writer, animal.1, start + 1).is_empty())
        };
        // What holds the no itself is not denied by it: "able to pee? no".
        let denied = || end <= self.behind(start) && self.denied(start);
        let checks: [(&dyn Fn() -> bool, WhyNot); 6] = [
            (&negated, WhyNot::Negated),
            (&denied, WhyNot::Negated),
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
            let same_breath = self.words[after - 1].clause == self.words[start].clause;
            let in_a_list = || {
                let reach = last.min(end + NEGATION_REACH);
                !self.between(Mark::Alternative, after, reach).is_empty()
            };
            !stopped && (same_breath || in_a_list())
        })
    }

    /// Whether a few words are denied behind them ("numb between the legs? no"), or at their end in a list of such ("fever
    /// no, numbness no"). Nothing survives that: "cant feel when i wipe? no" says that it can be felt.
    fn denied(&self, start: usize) -> bool {
        if self.marks[Mark::Denial as usize].is_empty() {
            return false;
        }
        let (first, next) = (self.clause_of(start), self.behind(start));
        if next - first > ITEM {
            return false;
        }
        let is_followed = next < self.words.len();
        let is_listed =
            || first > 0 && self.ends_denied(self.clause_of(first - 1)) || is_followed && self.ends_denied(next);
        is_followed && self.is_answered(first, next) || self.ends_denied(start) && is_listed()
    }

    /// Whether the clause in these words is answered with a denial, and nothing but that: not "too many pills? no, all of
    /// them", nor "so I may wait? no?".
    fn is_answered(&self, first: usize, next: usize) -> bool {
        let (words, after) = (self.words, self.behind(next));
        let sentence = |at: usize| words[at].sentence;
        let is_next_item = || {
            after == words.len()
                || sentence(after) != sentence(next)
                || !self.between(Mark::NegationEnd, after, after + 1).is_empty()
                || words.get(self.behind(after)).is_some_and(|word| word.answers)
        };
        let is_whole = sentence(first) == sentence(next) || first == 0 || sentence(first - 1) != sentence(first);
        let is_denial = self.between(Mark::Denial, next, next + 1).iter().any(|&(_, end)| end == after);
        words[next].answers && is_whole && is_denial && !words.is_questioned(after) && is_next_item()
    }

    /// Whether what is left of a clause from this word on ends in a denial, and is no question.
    fn ends_denied(&self, from: usize) -> bool {
        let end = self.behind(from);
        !self.words.is_questioned(end) && self.between(Mark::Denial, from, end).iter().any(|&(_, after)| after == end)
    }

    /// The first word of the clause of this one.
    fn clause_of(&self, at: usize) -> usize {
        self.words.partition_point(|word| word.clause < self.words[at].clause)
    }

    /// The word behind the clause of this one.
    fn behind(&self, at: usize) -> usize {
        self.words.partition_point(|word| word.clause <= self.words[at].clause)
    }
}
