//! The rules of a corpus: which concepts, near each other or anywhere, are a sign.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::reading::Sign;
use super::{RuleFault, Urgent};
use crate::corpus::{Level, RedFlag, RedFlags, Survives};

/// How far, in words, a cancelling concept may stand from what it cancels; in the same sentence.
const UNLESS_WITHIN: u32 = 12;

/// A flag by its position, and a level.
pub(super) type Class = (usize, Level);

/// What the rules say of a message.
#[derive(Debug, Clone)]
pub(super) struct Fired {
    /// The most urgent sign; of several, one of a flag that goes first.
    pub(super) class: Class,
    /// The flag of a crisis, if there is one as well.
    pub(super) crisis: Option<usize>,
    /// All flags that cannot wait, in order.
    pub(super) flags: Vec<usize>,
}

/// The flags, and when they are shown.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Rules {
    pub(super) flags: Vec<Flag>,
    /// For each concept what it counts in spite of.
    pub(super) survives: Vec<Vec<Survives>>,
    rules: Vec<Rule>,
}

/// What is shown of a flag.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Flag {
    pub(super) id: String,
    pub(super) advice: BTreeMap<Level, String>,
    pub(super) also: String,
    first: bool,
    pub(super) cites: Vec<String>,
}

/// Concepts by their number that are a sign together.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Rule {
    flag: usize,
    level: Level,
    near: Vec<u32>,
    within: u32,
    anywhere: Vec<u32>,
    unless: Vec<u32>,
}

impl Rules {
    /// Compiles the rules of a corpus; what names a concept that does not exist is a fault.
    pub(super) fn new(flags: &RedFlags, faults: &mut Vec<RuleFault>) -> Self {
        let number: FxHashMap<&str, u32> = flags.concept.keys().map(String::as_str).zip(0..).collect();
        let mut named = |flag: &str, names: &[String]| -> Vec<u32> {
            let known = names.iter().map(|name| {
                let number = number.get(name.as_str()).copied();
                let message = || format!("flag \"{flag}\": there is no [concept.{name}]");
                number.ok_or_else(|| RuleFault { about: name.clone(), message: message() })
            });
            known.filter_map(|number| number.map_err(|fault| faults.push(fault)).ok()).collect()
        };
        let mut rules = Vec::new();
        for (at, flag) in flags.flag.iter().enumerate() {
            for rule in &flag.rule {
                rules.push(Rule {
                    flag: at,
                    level: rule.level.unwrap_or(flag.level),
                    near: named(&flag.id, &rule.near),
                    within: rule.within,
                    anywhere: named(&flag.id, &rule.anywhere),
                    unless: named(&flag.id, &rule.unless),
                });
            }
        }
        let shown = |flag: &RedFlag| Flag {
            id: flag.id.clone(),
            advice: flag.advice.clone(),
            also: flag.also.clone(),
            first: flag.first,
            cites: flag.cites.clone(),
        };
        Self {
            flags: flags.flag.iter().map(shown).collect(),
            survives: flags.concept.values().map(|concept| concept.survives.clone()).collect(),
            rules,
        }
    }

    /// What they say of the concepts that stand in a message and count, each with its places in order.
    pub(super) fn fired(&self, signs: &[Vec<Sign>]) -> Option<Fired> {
        let mut class: Option<Class> = None;
        let mut crisis: Option<usize> = None;
        let mut flags: Vec<usize> = Vec::new();
        for rule in &self.rules {
            let rank = |flag: usize, level: Level| (level, self.flags[flag].first);
            let is_graver = class.is_none_or(|(flag, level)| rank(rule.flag, rule.level) > rank(flag, level));
            let is_another = rule.level.cannot_wait() && flags.last() != Some(&rule.flag);
            let is_crisis = rule.level == Level::Crisis && crisis.is_none();
            if !(is_graver || is_another || is_crisis) || !rule.fires(signs) {
                continue;
            }
            if is_graver {
                class = Some((rule.flag, rule.level));
            }
            if is_another {
                flags.push(rule.flag);
            }
            if is_crisis {
                crisis = Some(rule.flag);
            }
        }
        Some(Fired { class: class?, crisis, flags })
    }
}

impl Flag {
    /// It as a sign of this level.
    pub(super) fn at(&self, level: Level) -> Urgent<'_> {
        let advice = self.advice.get(&level).cloned().unwrap_or_default();
        Urgent { flag: &self.id, level, advice, cites: self.cites.iter().map(String::as_str).collect() }
    }
}

impl Rule {
    fn fires(&self, signs: &[Vec<Sign>]) -> bool {
        let of = |concept: u32| &signs[concept as usize];
        if self.near.iter().chain(&self.anywhere).any(|&concept| of(concept).is_empty()) {
            return false;
        }
        let cancelled = |from: u32, to: u32, sentences: RangeInclusive<u32>| {
            let near = |sign: &Sign| sign.start <= to + UNLESS_WITHIN && sign.end + UNLESS_WITHIN >= from;
            let cancels = |sign: &Sign| sentences.contains(&sign.sentence) && near(sign);
            self.unless.iter().any(|&concept| of(concept).iter().any(cancels))
        };
        let anchors = match self.near.first().or(self.anywhere.first()) {
            Some(&concept) => of(concept),
            None => return false,
        };
        anchors.iter().any(|anchor| {
            let (mut from, mut to, mut starts, mut ends) = (anchor.start, anchor.end, anchor.start, anchor.end);
            let (mut first, mut last) = (anchor.sentence, anchor.sentence);
            for &concept in self.near.iter().skip(1) {
                let nearest = nearest(of(concept), anchor);
                from = from.min(nearest.start);
                to = to.max(nearest.end);
                (first, last) = (first.min(nearest.sentence), last.max(nearest.sentence));
                starts = starts.max(nearest.start);
                ends = ends.min(nearest.end);
            }
            starts.saturating_sub(ends) <= self.within && !cancelled(from, to, first..=last)
        })
    }
}

/// The sign nearest to another.
fn nearest(signs: &[Sign], to: &Sign) -> Sign {
    let after = signs.partition_point(|sign| sign.start < to.start);
    let distance = |sign: &Sign| {
        if sign.start >= to.start { sign.start.saturating_sub(to.end) } else { to.start.saturating_sub(sign.end) }
    };
    let candidates = &signs[after.saturating_sub(2)..(after + 1).min(signs.len())];
    candidates.iter().min_by_key(|sign| distance(sign)).copied().unwrap_or(*to)
}
