//! Message to red flag, before anything else is done with it.
//!
//! The rules and the example messages are the corpus's; here is how they are matched and learnt from. Deliberately absent: any symptom, any
//! body part, any advice.

mod learned;
mod normalise;
mod phrase;

use rustc_hash::FxHashMap;

use crate::corpus::{Corpus, Level, RedFlag, Survives};
use learned::{Class, Example, Learned};
use normalise::{Normaliser, Words};
use phrase::{Phrases, expand};

/// How far, in words, a cancelling concept may stand from what it cancels.
const UNLESS_WITHIN: u32 = 12;
/// How many words a negation reaches over: lists are short, sentences are long.
const NEGATION_REACH: usize = 6;
/// How far before "just kidding" a match may stand and be taken back.
const RETRACTION_REACH: usize = 15;

/// From this probability on, a message shows a sign though no rule says so.
const SURE: f32 = 0.85;
/// Below this probability it shows none though a rule says so.
const DOUBTFUL: f32 = 0.15;

/// A warning sign in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urgent<'a> {
    /// The flag's id.
    pub flag: &'a str,
    /// How urgent it is.
    pub level: Level,
    /// What to tell: the flag's own words, and a crisis's after them where both are there.
    pub advice: String,
    /// The sources of the advice.
    pub cites: &'a [String],
}

/// The rules, ready to be matched.
#[derive(Debug, Clone)]
pub struct Triage {
    flags: Vec<RedFlag>,
    normaliser: Normaliser,
    phrases: Phrases,
    /// For each concept.
    survives: Vec<Vec<Survives>>,
    rules: Vec<Compiled>,
    learned: Learned,
}

#[derive(Debug, Clone)]
struct Compiled {
    flag: usize,
    level: Level,
    near: Vec<u32>,
    within: u32,
    anywhere: Vec<u32>,
    unless: Vec<u32>,
}

/// The scope lists stand before the concepts in one numbering.
#[repr(u32)]
#[derive(Clone, Copy)]
enum Mark {
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

/// A place where a concept stands and counts.
#[derive(Debug, Clone, Copy)]
struct Sign {
    start: u32,
    end: u32,
}

impl Triage {
    /// Compiles the rules of a corpus, and learns from its messages.
    ///
    /// # Errors
    /// Each phrase that cannot be read, and each name of a concept that does not exist.
    pub fn new(corpus: &Corpus) -> Result<Self, Vec<String>> {
        let (flags, language) = (&corpus.red_flags, &corpus.language);
        let mut faults = Vec::new();
        let mut normaliser = Normaliser::new(&flags.normalise, language);
        let mut phrases = Phrases::default();
        let mut vocabulary: FxHashMap<String, u32> = FxHashMap::default();
        let scope = &flags.scope;
        let lists = [
            &scope.negators,
            &scope.negation_ends,
            &scope.information,
            &scope.personal,
            &scope.writer,
            &scope.past,
            &scope.present,
            &scope.not_a_person,
            &scope.retracted,
        ];
        let concepts = flags.concept.values().map(|concept| &concept.phrases);
        for (what, list) in (0_u32..).zip(lists.into_iter().chain(concepts)) {
            for phrase in list {
                match expand(phrase) {
                    Ok(all) => {
                        for words in all.into_iter().filter(|words| !words.is_empty()) {
                            let words = normaliser.phrase(&words);
                            for word in words.iter().map(|word| word.trim_end_matches('*')) {
                                match vocabulary.get_mut(word) {
                                    Some(count) => *count += 1,
                                    None => _ = vocabulary.insert(word.to_owned(), 1),
                                }
                            }
                            phrases.add(&words, what);
                        }
                    }
                    Err(fault) => faults.push(fault),
                }
            }
        }
        normaliser.learn(vocabulary);
        let number: FxHashMap<&str, u32> = flags.concept.keys().map(String::as_str).zip(Mark::Count as u32..).collect();
        let mut named = |flag: &str, names: &[String]| -> Vec<u32> {
            let known = names.iter().map(|name| {
                let number = number.get(name.as_str()).copied();
                number.ok_or_else(|| format!("flag \"{flag}\": there is no [concept.{name}]"))
            });
            known.filter_map(|number| number.map_err(|fault| faults.push(fault)).ok()).collect()
        };
        let mut rules = Vec::new();
        for (at, flag) in flags.flag.iter().enumerate() {
            for rule in &flag.rule {
                rules.push(Compiled {
                    flag: at,
                    level: rule.level.unwrap_or(flag.level),
                    near: named(&flag.id, &rule.near),
                    within: rule.within,
                    anywhere: named(&flag.id, &rule.anywhere),
                    unless: named(&flag.id, &rule.unless),
                });
            }
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let survives = flags.concept.values().map(|concept| concept.survives.clone()).collect();
        let learned = Learned::default();
        let mut triage = Self { flags: flags.flag.clone(), normaliser, phrases, survives, rules, learned };
        triage.learned = Learned::new(&triage.examples(corpus));
        Ok(triage)
    }

    /// All that there is to learn from: the messages, the rules' own examples, and as messages without a
    /// sign the questions of the notes that fire no rule.
    fn examples(&self, corpus: &Corpus) -> Vec<Example> {
        if corpus.messages.is_empty() {
            return Vec::new();
        }
        let example = |text: &str, shows: Option<Class>| Example { words: self.normaliser.words(&[text]).text, shows };
        let mut examples = Vec::new();
        for message in &corpus.messages {
            let number = |id: &str| self.flags.iter().position(|flag| flag.id == id);
            let shows = message.shows.as_ref().and_then(|(flag, level)| Some((number(flag)?, *level)));
            let example = example(&message.text, shows);
            if shows.is_none() {
                // A long story without a sign has none anywhere in it.
                let parts = learned::stretches(&example.words);
                examples.extend(parts.map(|words| Example { words: words.to_vec(), shows: None }));
            }
            examples.push(example);
        }
        for (at, flag) in self.flags.iter().enumerate() {
            let must =
                flag.must.iter().flat_map(|(level, texts)| texts.iter().map(move |text| (text, Some((at, *level)))));
            let must_not = flag.must_not.iter().map(|text| (text, None));
            examples.extend(must.chain(must_not).map(|(text, shows)| example(text, shows)));
        }
        for question in corpus.passages().flat_map(|(_, _, section)| &section.questions) {
            let words = self.normaliser.words(&[question]);
            if self.ruled(&self.signs(&words)).is_none() {
                examples.push(Example { words: words.text, shows: None });
            }
        }
        examples
    }

    /// The most urgent sign in one author's messages, the oldest first, taken together.
    ///
    /// Where an emergency and a crisis come together, the advice of both is given.
    #[must_use]
    pub fn check(&self, messages: &[&str]) -> Option<Urgent<'_>> {
        if self.flags.is_empty() {
            return None;
        }
        let words = self.normaliser.words(messages);
        let likely = self.learned.probability(&words.text);
        let (found, crisis) = match self.ruled(&self.signs(&words)) {
            Some((class, crisis)) if crisis.is_some() || likely.is_none_or(|likely| likely >= DOUBTFUL) => {
                (class, crisis)
            }
            None if likely.is_some_and(|likely| likely >= SURE) => (self.learned.class(&words.text)?, None),
            _ => return None,
        };
        let (at, level) = found;
        let flag = &self.flags[at];
        let mut advice = flag.advice.get(&level).cloned().unwrap_or_default();
        if let Some(more) = crisis.filter(|&more| more != at).map(|more| &self.flags[more])
            && let Some(text) = more.advice.get(&Level::Crisis)
        {
            advice.push_str("\n\n");
            advice.push_str(text);
        }
        Some(Urgent { flag: &flag.id, level, advice, cites: &flag.cites })
    }

    /// The advice of a flag at a level, where there is such a one.
    #[must_use]
    pub fn advice(&self, flag: &str, level: Level) -> Option<Urgent<'_>> {
        let flag = self.flags.iter().find(|listed| listed.id == flag)?;
        Some(Urgent { flag: &flag.id, level, advice: flag.advice.get(&level)?.clone(), cites: &flag.cites })
    }

    /// What the rules say: the most urgent sign, and the flag of a crisis if there is one as well.
    fn ruled(&self, signs: &[Vec<Sign>]) -> Option<(Class, Option<usize>)> {
        let mut fired: Option<Class> = None;
        let mut crisis: Option<usize> = None;
        for rule in &self.rules {
            let already = fired.is_some_and(|(_, level)| level >= rule.level) && rule.level != Level::Crisis;
            if already || !rule.fires(signs) {
                continue;
            }
            if rule.level == Level::Crisis {
                crisis = crisis.or(Some(rule.flag));
            }
            if fired.is_none_or(|(_, level)| rule.level > level) {
                fired = Some((rule.flag, rule.level));
            }
        }
        Some((fired?, crisis))
    }

    /// Tries each flag's own examples; what does not hold, in words.
    #[must_use]
    pub fn failing_examples(&self) -> Vec<String> {
        let mut failing = Vec::new();
        for flag in &self.flags {
            for (level, messages) in &flag.must {
                for message in messages {
                    let got = self.check(&[message]);
                    if got.as_ref().map(|urgent| urgent.level) != Some(*level) {
                        let got = got.map_or("nothing".to_owned(), |u| format!("\"{}\" as {:?}", u.flag, u.level));
                        failing.push(format!(
                            "flag \"{}\" must fire as {level:?} on \"{message}\", and {got} fires; add a phrase or a rule, or move the example",
                            flag.id
                        ));
                    }
                }
            }
            for message in &flag.must_not {
                if let Some(urgent) = self.check(&[message]) {
                    failing.push(format!(
                        "nothing must fire on \"{message}\" (a look-alike of \"{}\"), and \"{}\" does; narrow its rule or add an `unless`",
                        flag.id, urgent.flag
                    ));
                }
            }
        }
        failing
    }

    /// Where each concept stands and counts, sorted by place; numbered as concepts are.
    fn signs(&self, words: &Words) -> Vec<Vec<Sign>> {
        let text = words.as_strs();
        let mut signs: Vec<Vec<Sign>> = vec![Vec::new(); self.survives.len()];
        let count = Mark::Count as u32;
        let (marks, concepts): (Vec<_>, Vec<_>) =
            self.phrases.find(&text).into_iter().partition(|found| found.what < count);
        let scope = Scopes::new(words, &marks);
        for found in concepts {
            let at = (found.what - count) as usize;
            if scope.counts(found.start, found.end, &self.survives[at]) {
                signs[at].push(Sign { start: words.place[found.start], end: words.place[found.end - 1] });
            }
        }
        signs.iter_mut().for_each(|signs| signs.sort_by_key(|sign| sign.start));
        signs
    }
}

impl Compiled {
    fn fires(&self, signs: &[Vec<Sign>]) -> bool {
        let of = |concept: u32| &signs[(concept - Mark::Count as u32) as usize];
        if self.near.iter().chain(&self.anywhere).any(|&concept| of(concept).is_empty()) {
            return false;
        }
        let cancelled = |from: u32, to: u32| {
            self.unless.iter().any(|&concept| {
                of(concept).iter().any(|sign| sign.start <= to + UNLESS_WITHIN && sign.end + UNLESS_WITHIN >= from)
            })
        };
        let anchors = match self.near.first().or(self.anywhere.first()) {
            Some(&concept) => of(concept),
            None => return false,
        };
        anchors.iter().any(|anchor| {
            let (mut from, mut to, mut starts, mut ends) = (anchor.start, anchor.end, anchor.start, anchor.end);
            for &concept in self.near.iter().skip(1) {
                let nearest = nearest(of(concept), anchor);
                from = from.min(nearest.start);
                to = to.max(nearest.end);
                starts = starts.max(nearest.start);
                ends = ends.min(nearest.end);
            }
            starts.saturating_sub(ends) <= self.within && !cancelled(from, to)
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

/// What makes matches in a message not count.
struct Scopes<'a> {
    words: &'a Words,
    /// For each kind of mark, the ranges of words where it stands, in order.
    marks: Vec<Vec<(usize, usize)>>,
}

impl<'a> Scopes<'a> {
    fn new(words: &'a Words, found: &[phrase::Found]) -> Self {
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

    fn counts(&self, start: usize, end: usize, survives: &[Survives]) -> bool {
        let sentence = self.words.sentence[start];
        let first = self.words.sentence.partition_point(|&of| of < sentence);
        let last = self.words.sentence.partition_point(|&of| of <= sentence);
        let negated = || !survives.contains(&Survives::Negation) && self.negated(start, end, first, last);
        let asked = || {
            !survives.contains(&Survives::Information)
                && !self.between(Mark::Information, first, last).is_empty()
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
        !(negated() || asked() || over() || retracted() || nobodys())
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
