//! What triage learns from, and whether it holds.

use std::hash::BuildHasher;

use rustc_hash::{FxBuildHasher, FxHashSet};

use super::learned::Example;
use super::rulebook::Rulebook;
use super::rules::Class;
use super::{RuleFault, Triage};
use crate::corpus::Corpus;
use crate::learn;

/// For how many messages an example of the rules counts.
const OWN_WEIGHT: f32 = 3.0;
/// Of the questions that sections answer, one in so many is learnt from as a message without a sign: there are far more of
/// them than of all else.
const QUESTIONS: u64 = 6;

/// Whether a text is learnt from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Taken {
    Always,
    /// It counts for several: whoever wrote it into the rules wants it to hold.
    RulesOwn,
    /// Not where a rule finds a sign in it: nobody has looked at it with that in mind.
    UnlessRuled,
}

impl Rulebook {
    /// All that there is to learn from: the messages, the rules' own examples, and as messages without a
    /// sign those that fire no rule of the notes' questions and headings, of the names of muscles, of the
    /// lexicon's terms, and of the questions that the corpus does not cover, as far as they are not among the
    /// messages.
    pub(super) fn examples(&self, corpus: &Corpus) -> Vec<Example> {
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
        // Which ones is told by their words, so that a question more changes none of the others.
        let questions = corpus.questions().filter(|text| FxBuildHasher.hash_one(text) % QUESTIONS == 0);
        let harmless = questions.chain(&corpus.not_covered).chain(headings).chain(names).chain(terms);
        // What somebody has looked at is among the messages.
        let looked_at: FxHashSet<&str> = corpus.messages.iter().map(|message| message.text.as_str()).collect();
        let others = harmless.map(String::as_str).filter(|text| !looked_at.contains(text));
        texts.extend(others.map(|text| (text, None, Taken::UnlessRuled)));
        let read = |&(text, shows, taken): &(&str, Option<Class>, Taken)| {
            let words = self.normaliser.words(&[text]);
            let reading = self.read(words.part(words.matter()));
            if taken == Taken::UnlessRuled && self.rules.fired(&reading.signs).is_some() {
                return Vec::new();
            }
            let weight = if taken == Taken::RulesOwn { OWN_WEIGHT } else { 1.0 };
            reading.message().examples(shows, weight).collect::<Vec<_>>()
        };
        learn::read_all(&texts, read)
    }
}

impl Triage {
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
}
