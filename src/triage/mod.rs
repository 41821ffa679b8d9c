//! Message to red flag, before anything else is done with it.
//!
//! The rules and the example messages are the corpus's; here is how they are matched and learnt from. Deliberately absent: any symptom, any
//! body part, any advice.

mod examples;
mod learned;
mod message;
mod normalise;
mod phrase;
mod reading;
mod rulebook;
mod rules;
mod scope;
mod signs;
mod verdict;

use crate::corpus::{Corpus, Level};
use crate::generation::{Generation, GenerationError};
use crate::language::Foreign;
use learned::Learned;
use rulebook::Rulebook;

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

/// The rules, and what was learnt from the corpus's messages, ready to judge others.
#[derive(Clone)]
pub struct Triage {
    book: Rulebook,
    learned: Learned,
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
        let book = Rulebook::build(corpus, generation)?;
        Ok(learned::learn(book.examples(corpus), generation)?)
    }

    /// Opens what was compiled.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self { book: Rulebook::open(generation)?, learned: Learned::open(generation)? })
    }

    /// The most urgent sign in one author's messages, the oldest first, taken together.
    ///
    /// Where an emergency and a crisis come together, the advice of both is given.
    #[must_use]
    pub fn check(&self, messages: &[&str]) -> Option<Urgent<'_>> {
        let book = &self.book;
        if book.rules.flags.is_empty() {
            return None;
        }
        let reading = book.read(book.normaliser.words(messages));
        let by_rules = book.rules.fired(&reading.signs);
        let judged = self.verdict(&reading, by_rules.as_ref());
        // What was learnt says nothing of another language: the rules may know a word of it.
        let language = book.normaliser.language();
        let is_wholly = |text: &&str| matches!(language.foreign(text, |_| false), Some(Foreign::Wholly(_)));
        let is_foreign = (judged.is_some() || by_rules.is_some()) && messages.iter().all(is_wholly);
        let fired = if is_foreign { by_rules } else { judged }?;
        let (at, level) = fired.class;
        let others = fired.flags.iter().filter(|&&other| other != at);
        let others = others.map(|&other| {
            let flag = &book.rules.flags[other];
            let crisis = flag.advice.get(&Level::Crisis).filter(|_| fired.crisis == Some(other));
            (crisis.unwrap_or(&flag.also), flag)
        });
        let mut urgent = book.rules.flags[at].at(level);
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
        let flag = self.book.rules.flags.iter().find(|listed| listed.id == flag)?;
        flag.advice.contains_key(&level).then(|| flag.at(level))
    }
}
