//! Message to red flag, before anything else is done with it.
//!
//! The rules and the example messages are the corpus's; here is how they are matched and learnt from. Deliberately absent: any symptom, any
//! body part, any advice.

mod examples;
mod learned;
mod normalise;
mod phrase;
mod reading;
mod rules;
mod scope;
mod verdict;

use rustc_hash::FxHashMap;

use crate::corpus::{Corpus, Level};
use crate::generation::{Generation, GenerationError};
use learned::Learned;
use normalise::{Normaliser, Words};
use phrase::{Collected, Phrases, expand};
use reading::Reading;
use rules::Rules;

/// What is said of further flags ends here: nobody in need reads a page.
const MORE_FLAGS: usize = 2;

/// A warning sign in a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Urgent<'a> {
    /// The flag's id.
    pub flag: &'a str,
    /// How urgent it is.
    pub level: Level,
    /// What to tell: the flag's own words, and after them those of a crisis and of other flags that fire as well.
    pub advice: String,
    /// The sources of the advice.
    pub cites: Vec<&'a str>,
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

impl<'a> Urgent<'a> {
    fn cite(&mut self, sources: &'a [String]) {
        for id in sources {
            if !self.cites.contains(&id.as_str()) {
                self.cites.push(id);
            }
        }
    }
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
        let rules = Rules::new(flags, &mut faults);
        if !faults.is_empty() {
            return Err(TriageError::Rules(faults));
        }
        generation.put("rules", &rules)?;
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

    /// The most urgent sign in one author's messages, the oldest first, taken together.
    ///
    /// Where an emergency and a crisis come together, the advice of both is given.
    #[must_use]
    pub fn check(&self, messages: &[&str]) -> Option<Urgent<'_>> {
        if self.rules.flags.is_empty() {
            return None;
        }
        // What was learnt says nothing of another language: the rules may know a word of it.
        let language = self.normaliser.language();
        let is_foreign = messages.iter().all(|message| language.foreign(message, |_| false).is_some());
        let learned = self.learned.as_ref().filter(|_| !is_foreign);
        let fired = self.verdict(&self.read(self.normaliser.words(messages)), learned)?;
        let (at, level) = fired.class;
        let others = fired.flags.iter().filter(|&&other| other != at);
        let others = others.map(|&other| {
            let flag = &self.rules.flags[other];
            let crisis = flag.advice.get(&Level::Crisis).filter(|_| fired.crisis == Some(other));
            (crisis.unwrap_or(&flag.also), flag)
        });
        let mut urgent = self.rules.flags[at].at(level);
        for (more, flag) in others.filter(|(more, _)| !more.is_empty()).take(MORE_FLAGS) {
            urgent.advice.push_str("\n\n");
            urgent.advice.push_str(more);
            urgent.cite(&flag.cites);
        }
        Some(urgent)
    }

    /// The advice of a flag at a level, where there is such a one.
    #[must_use]
    pub fn advice(&self, flag: &str, level: Level) -> Option<Urgent<'_>> {
        let flag = self.rules.flags.iter().find(|listed| listed.id == flag)?;
        flag.advice.contains_key(&level).then(|| flag.at(level))
    }

    fn read(&self, words: Words) -> Reading {
        Reading::new(words, &self.phrases, &self.rules.survives)
    }
}
