//! The rules of a corpus: which concepts, near each other or anywhere, are a sign.

use std::collections::BTreeMap;
use std::ops::RangeInclusive;

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use super::scope::Survived;
use super::signs::{Sign, Signs};
use super::{RuleFault, Urgent};
use crate::corpus::{Level, RedFlag, RedFlags};
use crate::generation::{Generation, GenerationError, Numbers, count, cut_off, hash};

/// How far, in words, a cancelling concept may stand from what it cancels; in the same sentence.
const UNLESS_WITHIN: u32 = 12;
/// So many words to either side of a part of a message stands all that may cancel what is in it, however long a phrase is.
const AROUND: u32 = 2 * UNLESS_WITHIN;

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

impl Fired {
    /// The most urgent of several; the last of those that are as urgent.
    pub(super) fn gravest(of: impl Iterator<Item = Self>) -> Option<Self> {
        of.max_by_key(|fired| fired.class.1)
    }
}

/// The flags, and when they are shown.
#[derive(Clone)]
pub(super) struct Rules {
    /// What is shown of each.
    pub(super) flags: Vec<Flag>,
    /// What each concept counts in spite of ...
    survives: Numbers,
    /// ... and what the models know it by.
    known_as: Numbers,
    /// The rules, one behind another, the first one first.
    rules: Numbers,
    /// Where each rule stands, by the concept that it looks from ...
    from: Numbers,
    /// ... and where those of each concept end, behind a zero.
    ends: Numbers,
}

/// The files of what is shown, of what concepts survive and are known by, of the rules, and of which look from where.
const FLAGS: &str = "flags";
const SURVIVES: &str = "survives";
const KNOWN_AS: &str = "concepts.known-as";
const RULES: &str = "rules";
const FROM: &str = "rules.from";
const ENDS: &str = "rules.ends";

/// What is shown of a flag.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Flag {
    pub(super) id: String,
    pub(super) advice: BTreeMap<Level, String>,
    pub(super) also: String,
    pub(super) cites: Vec<String>,
}

/// Concepts by their number that are a sign together.
#[derive(Debug, Clone, Copy)]
struct Rule<'a> {
    flag: usize,
    level: Level,
    /// Whether its flag goes first.
    first: bool,
    within: u32,
    near: &'a [u32],
    anywhere: &'a [u32],
    unless: &'a [u32],
}

impl Rules {
    /// Compiles the rules of a corpus; what names a concept that does not exist is a fault.
    pub(super) fn build(
        flags: &RedFlags,
        faults: &mut Vec<RuleFault>,
        generation: &Generation,
    ) -> Result<(), GenerationError> {
        let number: FxHashMap<&str, u32> = flags.concept.keys().map(String::as_str).zip(0..).collect();
        let mut named = |flag: &str, names: &[String]| -> Vec<u32> {
            let known = names.iter().map(|name| {
                let number = number.get(name.as_str()).copied();
                let message = || format!("flag \"{flag}\": there is no [concept.{name}]");
                number.ok_or_else(|| RuleFault { about: name.clone(), message: message() })
            });
            known.filter_map(|number| number.map_err(|fault| faults.push(fault)).ok()).collect()
        };
        let (mut rules, mut from) = (Vec::new(), vec![Vec::new(); flags.concept.len()]);
        for (at, flag) in flags.flag.iter().enumerate() {
            for rule in &flag.rule {
                let [near, anywhere, unless] =
                    [&rule.near, &rule.anywhere, &rule.unless].map(|names| named(&flag.id, names));
                let level = rule.level.unwrap_or(flag.level);
                let (first, within) = (flag.first, rule.within);
                let rule = Rule { flag: at, level, first, within, near: &near, anywhere: &anywhere, unless: &unless };
                if let Some(concept) = rule.looks_from() {
                    from[concept as usize].push(count(rules.len()));
                    rule.put(&mut rules);
                }
            }
        }
        generation.put_numbers(RULES, &rules);
        let mut ends = vec![0];
        ends.extend(from.iter().scan(0, |end, list| {
            *end += count(list.len());
            Some(*end)
        }));
        generation.put_numbers(ENDS, &ends);
        generation.put_numbers(FROM, &from.concat());
        let survives = flags.concept.values().map(|concept| Survived::new(&concept.survives).0);
        generation.put_numbers(SURVIVES, &survives.collect::<Vec<u32>>());
        // By their names alone: with a concept more, the features of the others keep their places.
        generation.put_numbers(KNOWN_AS, &flags.concept.keys().map(|name| hash(name)).collect::<Vec<u32>>());
        let shown = |flag: &RedFlag| Flag {
            id: flag.id.clone(),
            advice: flag.advice.clone(),
            also: flag.also.clone(),
            cites: flag.cites.clone(),
        };
        generation.put(FLAGS, &flags.flag.iter().map(shown).collect::<Vec<Flag>>())
    }

    /// Opens what was compiled.
    ///
    /// # Errors
    /// Where it is damaged: no rule may be missing unnoticed.
    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        let opened = Self {
            flags: generation.get(FLAGS)?,
            survives: generation.numbers(SURVIVES)?,
            known_as: generation.numbers(KNOWN_AS)?,
            rules: generation.numbers(RULES)?,
            from: generation.numbers(FROM)?,
            ends: generation.numbers(ENDS)?,
        };
        if opened.is_whole() { Ok(opened) } else { Err(cut_off(RULES)) }
    }

    fn is_whole(&self) -> bool {
        let is_listed = self.ends.len() == self.survives.len() + 1
            && self.known_as.len() == self.survives.len()
            && self.ends.is_sorted()
            && self.ends.last().is_some_and(|&end| end as usize == self.from.len());
        let is_read = |&place: &u32| {
            let rule = self.rules.get(place as usize..).and_then(Rule::read);
            rule.is_some_and(|rule| rule.flag < self.flags.len())
        };
        is_listed && self.from.iter().all(is_read)
    }

    /// What a concept counts in spite of.
    pub(super) fn survived_by(&self, concept: u32) -> Survived {
        Survived(self.survives[concept as usize])
    }

    /// What the models know a concept by, whatever other concepts there are.
    pub(super) fn known_as(&self, concept: u32) -> u32 {
        self.known_as[concept as usize]
    }

    /// What they say of the concepts that stand in a message and count.
    pub(super) fn fired(&self, signs: &Signs) -> Option<Fired> {
        self.fired_among(signs, signs)
    }

    /// What they say of the concepts between two places of a message; those around may cancel them.
    pub(super) fn fired_between(&self, signs: &Signs, from: u32, to: u32) -> Option<Fired> {
        let here = signs.between(from, to);
        // Most parts of most messages show no sign, whatever stands around them.
        self.fired(&here)?;
        self.fired_among(&here, &signs.between(from.saturating_sub(AROUND), to.saturating_add(AROUND)))
    }

    fn fired_among(&self, signs: &Signs, around: &Signs) -> Option<Fired> {
        let mut class: Option<Class> = None;
        let mut goes_first = false;
        let mut crisis: Option<usize> = None;
        let mut flags: Vec<usize> = Vec::new();
        let mut places: Vec<u32> = signs.concepts().flat_map(|concept| self.looking_from(concept)).copied().collect();
        places.sort_unstable();
        for rule in places.into_iter().filter_map(|place| Rule::read(self.rules.get(place as usize..)?)) {
            let is_graver = class.is_none_or(|(_, level)| (rule.level, rule.first) > (level, goes_first));
            let is_another = rule.level.cannot_wait() && flags.last() != Some(&rule.flag);
            let is_crisis = rule.level == Level::Crisis && crisis.is_none();
            if !(is_graver || is_another || is_crisis) || !rule.fires(signs, around) {
                continue;
            }
            if is_graver {
                (class, goes_first) = (Some((rule.flag, rule.level)), rule.first);
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

    /// Where the rules stand that look from a concept.
    fn looking_from(&self, concept: u32) -> &[u32] {
        let end = |of: usize| self.ends[of] as usize;
        &self.from[end(concept as usize)..end(concept as usize + 1)]
    }
}

impl Flag {
    /// It as a sign of this level.
    pub(super) fn at(&self, level: Level) -> Urgent<'_> {
        let advice = self.advice.get(&level).cloned().unwrap_or_default();
        Urgent { flag: &self.id, level, advice, cites: self.cites.iter().map(String::as_str).collect() }
    }
}

impl<'a> Rule<'a> {
    /// The concept around whose places the others are looked for.
    fn looks_from(&self) -> Option<u32> {
        self.near.first().or(self.anywhere.first()).copied()
    }

    /// Writes it behind others.
    fn put(&self, rules: &mut Vec<u32>) {
        let lists = [self.near, self.anywhere, self.unless];
        rules.extend([count(self.flag), self.level as u32, u32::from(self.first), self.within]);
        rules.extend(lists.map(|list| count(list.len())));
        rules.extend(lists.concat());
    }

    /// Reads the one that stands first; none where it is not whole.
    fn read(rules: &'a [u32]) -> Option<Self> {
        let (&[flag, level, first, within, near, anywhere, unless], rest) = rules.split_first_chunk()?;
        let (near, rest) = rest.split_at_checked(near as usize)?;
        let (anywhere, rest) = rest.split_at_checked(anywhere as usize)?;
        let unless = rest.get(..unless as usize)?;
        let (flag, level, first) = (flag as usize, Level::numbered(level)?, first != 0);
        Some(Self { flag, level, first, within, near, anywhere, unless })
    }

    fn fires(self, signs: &Signs, around: &Signs) -> bool {
        if self.near.iter().chain(self.anywhere).any(|&concept| signs.of(concept).is_empty()) {
            return false;
        }
        let cancelled = |from: u32, to: u32, sentences: RangeInclusive<u32>| {
            let near = |sign: &Sign| sign.start <= to + UNLESS_WITHIN && sign.end + UNLESS_WITHIN >= from;
            let cancels = |sign: &Sign| sentences.contains(&sign.sentence) && near(sign);
            self.unless.iter().any(|&concept| around.of(concept).iter().any(cancels))
        };
        let anchors = self.looks_from().map_or(&[][..], |concept| signs.of(concept));
        anchors.iter().any(|anchor| {
            let (mut from, mut to, mut starts, mut ends) = (anchor.start, anchor.end, anchor.start, anchor.end);
            let (mut first, mut last) = (anchor.sentence, anchor.sentence);
            for &concept in self.near.iter().skip(1) {
                let nearest = nearest(signs.of(concept), anchor);
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
