//! Message to red flag, before anything else is done with it.
//!
//! The rules and the example messages are the corpus's; here is how they are matched and learnt from. Deliberately absent: any symptom, any
//! body part, any advice.

mod learned;
mod normalise;
mod phrase;
mod scope;

use std::collections::BTreeMap;
use std::ops::{Range, RangeInclusive};

use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::corpus::{Corpus, Level, RedFlag, Survives};
use crate::generation::{Generation, GenerationError};
use crate::learn;
use learned::{Class, Example, Learned, Message};
use normalise::{Normaliser, Words};
use phrase::{Collected, Phrases, expand};
use scope::{Mark, Scopes, WhyNot};

/// How far, in words, a cancelling concept may stand from what it cancels; in the same sentence.
const UNLESS_WITHIN: u32 = 12;

/// From these log-odds on, a message shows a sign though no rule says so. Below even odds, since a sign that
/// is missed is worse than a false alarm; chosen on the sets in tests/questions.
const LIKELY: f32 = -0.9;
/// A message of fewer words than this that shows a sign shows it plainly.
const FEW_WORDS: usize = 14;
/// By how much a sign in it must be likelier therefore.
const PLAINLY: f32 = 1.0;
/// Below these log-odds it shows none though a rule says so.
const DOUBTFUL: f32 = -0.9;
/// The same for a crisis.
const DOUBTFUL_CRISIS: f32 = -1.6;
/// Where the message as a whole is doubtful, from these log-odds on a part of it shows the sign that a rule finds there.
const BESIDE: f32 = 1.2;
/// The same for a crisis.
const BESIDE_CRISIS: f32 = 0.5;
/// In a sentence of more words than this somebody tells a story without full stops: what stands in one place of it
/// neither cancels nor explains what stands in another.
const RUN_ON: usize = 40;
/// Such a sentence is read in stretches of so many words, as if each were a message.
const PASSAGES: [usize; 2] = [12, 16];
/// So many words after one of them begins the next.
const PASSAGE_STEP: usize = 3;
/// From these log-odds on such a stretch shows the sign that a rule finds there.
const IN_PASSING: f32 = 0.8;
/// The same for a crisis.
const IN_PASSING_CRISIS: f32 = 0.1;
/// From these log-odds on, the model may call a sign more urgent than the rules do.
const SURE: f32 = -1.0;
/// For how many messages an example of the rules counts.
const OWN_WEIGHT: f32 = 3.0;
/// Of the questions that sections answer, every so many-th is learnt from as a message without a sign: there are far more
/// of them than of all else.
const QUESTIONS: usize = 6;

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

/// A fault in the rules of a corpus, or an example that does not hold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RuleFault {
    /// The phrase, name or example that it is about, as red_flags.toml has it.
    pub about: String,
    /// What is wrong and what to do.
    pub message: String,
}

/// Why the red flags of a corpus cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum TriageError {
    /// Each phrase that cannot be read, and each concept that does not exist.
    #[error("red_flags.toml cannot be used: {}", .0.iter().map(|fault| fault.message.as_str()).collect::<Vec<_>>().join("; "))]
    Rules(Vec<RuleFault>),
    /// What is compiled cannot be written or read.
    #[error(transparent)]
    Generation(#[from] GenerationError),
}

/// The rules, ready to be matched.
#[derive(Clone)]
pub struct Triage {
    rules: Rules,
    normaliser: Normaliser,
    phrases: Phrases,
    learned: Option<Learned>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Rules {
    flags: Vec<Flag>,
    /// For each concept.
    survives: Vec<Vec<Survives>>,
    rules: Vec<Compiled>,
}

/// What is shown of a flag.
#[derive(Debug, Clone, Serialize, Deserialize)]
struct Flag {
    id: String,
    advice: BTreeMap<Level, String>,
    cites: Vec<String>,
}

#[derive(Debug, Clone, Serialize, Deserialize)]
struct Compiled {
    flag: usize,
    level: Level,
    near: Vec<u32>,
    within: u32,
    anywhere: Vec<u32>,
    unless: Vec<u32>,
}

/// Whether a text is learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Always,
    /// It counts for several: whoever wrote it into the rules wants it to hold.
    RulesOwn,
    /// Not where a rule finds a sign in it: nobody has looked at it with that in mind.
    UnlessRuled,
}

/// A place where a concept stands and counts.
#[derive(Debug, Clone, Copy)]
struct Sign {
    start: u32,
    end: u32,
    sentence: u32,
}

impl Triage {
    /// Compiles the rules of a corpus, and learns from its messages.
    ///
    /// # Errors
    /// Each phrase that cannot be read, and each name of a concept that does not exist.
    pub fn build(corpus: &Corpus, generation: &Generation) -> Result<(), TriageError> {
        let (flags, language) = (&corpus.red_flags, &corpus.language);
        let mut faults = Vec::new();
        let mut normaliser = Normaliser::new(&flags.normalise, language, generation)?;
        let mut phrases = Collected::default();
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
                    Err(message) => faults.push(RuleFault { about: phrase.clone(), message }),
                }
            }
        }
        // What is replaced is to be found as it is written, and not mended into something else first.
        for written in flags.normalise.replace.keys() {
            normalise::split(written).into_iter().for_each(|word| _ = vocabulary.entry(word).or_insert(1));
        }
        normaliser.learn(vocabulary);
        let number: FxHashMap<&str, u32> = flags.concept.keys().map(String::as_str).zip(Mark::Count as u32..).collect();
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
            return Err(TriageError::Rules(faults));
        }
        let survives = flags.concept.values().map(|concept| concept.survives.clone()).collect();
        let shown =
            |flag: &RedFlag| Flag { id: flag.id.clone(), advice: flag.advice.clone(), cites: flag.cites.clone() };
        generation.put("rules", &Rules { flags: flags.flag.iter().map(shown).collect(), survives, rules })?;
        phrases.put("phrases", generation);
        normaliser.put(generation)?;
        let triage = Self::without_learning(generation)?;
        Ok(learned::learn(triage.examples(corpus), generation)?)
    }

    /// Opens what was compiled.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn open(generation: &Generation) -> Result<Self, TriageError> {
        Ok(Self { learned: Some(Learned::open(generation)?), ..Self::without_learning(generation)? })
    }

    fn without_learning(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self {
            rules: generation.get("rules")?,
            normaliser: Normaliser::open(generation)?,
            phrases: Phrases::open("phrases", generation)?,
            learned: None,
        })
    }

    /// All that there is to learn from: the messages, the rules' own examples, and as messages without a
    /// sign those that fire no rule of the notes' questions and headings, of the names of muscles, of the
    /// lexicon's terms, and of the questions that the corpus does not cover.
    fn examples(&self, corpus: &Corpus) -> Vec<Example> {
        if corpus.messages.is_empty() {
            return Vec::new();
        }
        let number = |id: &str| self.rules.flags.iter().position(|flag| flag.id == id);
        let mut texts: Vec<(&str, Option<Class>, Taken)> = Vec::new();
        texts.extend(corpus.messages.iter().map(|message| {
            let shows = message.shows.as_ref().and_then(|(flag, level)| Some((number(flag)?, *level)));
            (message.text.as_str(), shows, Taken::Always)
        }));
        for (at, flag) in corpus.red_flags.flag.iter().enumerate() {
            for (level, musts) in &flag.must {
                texts.extend(musts.iter().map(|text| (text.as_str(), Some((at, *level)), Taken::RulesOwn)));
            }
            texts.extend(flag.must_not.iter().map(|text| (text.as_str(), None, Taken::RulesOwn)));
        }
        let names = corpus.muscles.list.iter().flat_map(|muscle| std::iter::once(&muscle.name).chain(&muscle.aliases));
        let terms = corpus.lexicon.same.iter().flat_map(|same| &same.terms);
        // What others write on their pages teaches nothing.
        let folder = corpus.passages().filter(|(_, document, _)| document.original.is_none());
        let headings = folder.map(|(_, _, section)| &section.heading);
        let harmless =
            corpus.questions().step_by(QUESTIONS).chain(&corpus.not_covered).chain(headings).chain(names).chain(terms);
        texts.extend(harmless.map(|text| (text.as_str(), None, Taken::UnlessRuled)));
        let read = |&(text, shows, taken): &(&str, Option<Class>, Taken)| {
            let reading = self.read(self.normaliser.words(&[text]));
            if taken == Taken::UnlessRuled && self.ruled(&reading.signs).is_some() {
                return Vec::new();
            }
            let weight = if taken == Taken::RulesOwn { OWN_WEIGHT } else { 1.0 };
            reading.message(&reading.concepts()).examples(shows, weight).collect::<Vec<_>>()
        };
        learn::read_all(&texts, read)
    }

    /// The most urgent sign in one author's messages, the oldest first, taken together.
    ///
    /// Where an emergency and a crisis come together, the advice of both is given.
    #[must_use]
    pub fn check(&self, messages: &[&str]) -> Option<Urgent<'_>> {
        if self.rules.flags.is_empty() {
            return None;
        }
        let reading = self.read(self.normaliser.words(messages));
        // What was learnt says nothing of another language: the rules may know a word of it.
        let language = self.normaliser.language();
        let is_foreign = messages.iter().all(|message| language.foreign(message, |_| false).is_some());
        let learned = self.learned.as_ref().filter(|_| !is_foreign);
        let concepts = reading.concepts();
        let message = reading.message(&concepts);
        let opinion = learned.and_then(|learned| learned.opinion(message));
        let (found, crisis) = match (self.ruled(&reading.signs), opinion) {
            (Some(ruled), None) => ruled,
            (Some((class, crisis)), Some(opinion))
                if opinion.odds >= if crisis.is_some() { DOUBTFUL_CRISIS } else { DOUBTFUL } =>
            {
                // Where the model is sure of something more urgent than what the rules saw, it counts.
                let graver = opinion.odds >= SURE && opinion.class.1 > class.1;
                (if graver { opinion.class } else { class }, crisis)
            }
            (None, Some(opinion)) if opinion.odds >= likely(reading.words.text.len()) => (opinion.class, None),
            (ruled, _) => {
                let learned = learned?;
                let in_part = ruled.and_then(|_| self.ruled_in_part(&reading.signs, message, learned));
                in_part.or_else(|| self.ruled_in_passing(&reading, learned))?
            }
        };
        let (at, level) = found;
        let flag = &self.rules.flags[at];
        let mut advice = flag.advice.get(&level).cloned().unwrap_or_default();
        if let Some(more) = crisis.filter(|&more| more != at).map(|more| &self.rules.flags[more])
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
        let flag = self.rules.flags.iter().find(|listed| listed.id == flag)?;
        Some(Urgent { flag: &flag.id, level, advice: flag.advice.get(&level)?.clone(), cites: &flag.cites })
    }

    /// What the rules say: the most urgent sign, and the flag of a crisis if there is one as well.
    fn ruled(&self, signs: &[Vec<Sign>]) -> Option<(Class, Option<usize>)> {
        let mut fired: Option<Class> = None;
        let mut crisis: Option<usize> = None;
        for rule in &self.rules.rules {
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

    /// What the rules say of the parts of a message that show a sign by themselves, whatever stands beside them: so says
    /// the model, or the part is too short for it to have an opinion. What can wait is no matter of a part.
    fn ruled_in_part(
        &self,
        signs: &[Vec<Sign>],
        message: Message<'_>,
        learned: &Learned,
    ) -> Option<(Class, Option<usize>)> {
        let ruled = message.parts().filter_map(|part| {
            let (&from, &to) = (part.place.first()?, part.place.last()?);
            // By place, so that a wall of signs takes no longer for each of its parts.
            let here = |of: &Vec<Sign>| {
                let first = of.partition_point(|sign| sign.start < from);
                of[first..].iter().take_while(|sign| sign.start <= to).filter(|sign| sign.end <= to).copied().collect()
            };
            let signs: Vec<Vec<Sign>> = signs.iter().map(here).collect();
            let ruled = self.ruled(&signs).filter(|((_, level), _)| *level > Level::Soon)?;
            let least = if ruled.1.is_some() { BESIDE_CRISIS } else { BESIDE };
            learned.one(part).is_none_or(|opinion| opinion.odds >= least).then_some(ruled)
        });
        ruled.max_by_key(|((_, level), _)| *level)
    }

    /// What the rules say of a stretch of a sentence without an end, as if nothing else had been written.
    fn ruled_in_passing(&self, message: &Reading, learned: &Learned) -> Option<(Class, Option<usize>)> {
        let run_on = message.words.sentences().filter(|sentence| sentence.len() > RUN_ON);
        let passages = run_on.flat_map(|Range { start, end }| {
            let starts = move |size| (start..end - size).step_by(PASSAGE_STEP).chain([end - size]);
            PASSAGES.into_iter().flat_map(move |size| starts(size).map(move |at| at..at + size))
        });
        let named = passages.filter(|passage| message.named[passage.clone()].contains(&true));
        let ruled = named.filter_map(|passage| {
            let reading = self.read(message.words.part(passage));
            let ruled = self.ruled(&reading.signs).filter(|((_, level), _)| *level > Level::Soon)?;
            let least = if ruled.1.is_some() { IN_PASSING_CRISIS } else { IN_PASSING };
            let opinion = learned.one(reading.message(&reading.concepts()));
            opinion.is_none_or(|opinion| opinion.odds >= least).then_some(ruled)
        });
        ruled.max_by_key(|((_, level), _)| *level)
    }

    /// Tries each flag's own examples; what does not hold, in words.
    #[must_use]
    pub fn failing_examples(&self, corpus: &Corpus) -> Vec<RuleFault> {
        let mut failing = Vec::new();
        let mut fails = |about: &String, message| failing.push(RuleFault { about: about.clone(), message });
        for flag in &corpus.red_flags.flag {
            for (level, messages) in &flag.must {
                for message in messages {
                    let got = self.check(&[message]);
                    if got.as_ref().map(|urgent| urgent.level) != Some(*level) {
                        let got = got.map_or("nothing".to_owned(), |u| format!("\"{}\" as {:?}", u.flag, u.level));
                        fails(
                            message,
                            format!(
                                "flag \"{}\" must fire as {level:?} on \"{message}\", and {got} fires; add a phrase or a rule, or move the example",
                                flag.id
                            ),
                        );
                    }
                }
            }
            for message in &flag.must_not {
                if let Some(urgent) = self.check(&[message]) {
                    fails(
                        message,
                        format!(
                            "nothing must fire on \"{message}\" (a look-alike of \"{}\"), and \"{}\" does; narrow its rule or add an `unless`",
                            flag.id, urgent.flag
                        ),
                    );
                }
            }
        }
        failing
    }

    /// Reads what stands in a message and counts.
    fn read(&self, words: Words) -> Reading {
        let text = words.as_strs();
        let mut signs: Vec<Vec<Sign>> = vec![Vec::new(); self.rules.survives.len()];
        let count = Mark::Count as u32;
        let (marks, concepts): (Vec<_>, Vec<_>) =
            self.phrases.find(&text).into_iter().partition(|found| found.what < count);
        let scopes = Scopes::new(&words, &marks);
        let mut named = vec![false; text.len()];
        for found in concepts {
            named[found.start] = true;
            let at = (found.what - count) as usize;
            if scopes.why_not(found.start, found.end, &self.rules.survives[at]).is_none() {
                let (start, end) = (words.place[found.start], words.place[found.end - 1]);
                signs[at].push(Sign { start, end, sentence: words.sentence[found.start] });
            }
        }
        signs.iter_mut().for_each(|signs| signs.sort_by_key(|sign| sign.start));
        let why_not = (0..text.len()).map(|at| scopes.why_not(at, at + 1, &[])).collect();
        Reading { words, signs, named, why_not }
    }
}

/// What stands in a message and counts.
struct Reading {
    words: Words,
    /// For each concept where it stands, sorted by place; numbered as concepts are.
    signs: Vec<Vec<Sign>>,
    /// For each word whether a concept begins there, be it that it counts or not.
    named: Vec<bool>,
    /// For each word why it does not count, if it does not.
    why_not: Vec<Option<WhyNot>>,
}

impl Reading {
    /// Each concept and where it stands, by place.
    fn concepts(&self) -> Vec<(u32, u32)> {
        let of =
            |(concept, signs): (u32, &Vec<Sign>)| signs.iter().map(|sign| (sign.start, concept)).collect::<Vec<_>>();
        let mut concepts: Vec<(u32, u32)> = (0..).zip(&self.signs).flat_map(of).collect();
        concepts.sort_unstable();
        concepts
    }

    /// It as the model sees it.
    fn message<'a>(&'a self, concepts: &'a [(u32, u32)]) -> Message<'a> {
        let Words { text, place, sentence, clause } = &self.words;
        Message { words: text, why_not: &self.why_not, place, sentence, clause, concepts }
    }
}

impl Compiled {
    fn fires(&self, signs: &[Vec<Sign>]) -> bool {
        let of = |concept: u32| &signs[(concept - Mark::Count as u32) as usize];
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

/// From which log-odds on a message of so many words shows a sign though no rule says so.
fn likely(words: usize) -> f32 {
    if words < FEW_WORDS { LIKELY + PLAINLY } else { LIKELY }
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
