//! The rules of a corpus: how its words are read, which phrases stand for what, and what fires.

use rustc_hash::FxHashMap;

use super::normalise::{self, Normaliser, Rewriter, Words};
use super::phrase::{Collected, Phrases, expand};
use super::reading::Reading;
use super::rules::Rules;
use super::scope::{Mark, Means};
use super::{RuleFault, TriageError};
use crate::corpus::Corpus;
use crate::generation::{Generation, GenerationError};

/// The file of the phrases.
const PHRASES: &str = "phrases";

/// The rules, ready to be matched.
#[derive(Clone)]
pub(super) struct Rulebook {
    pub(super) rules: Rules,
    pub(super) normaliser: Normaliser,
    phrases: Phrases,
}

impl Rulebook {
    /// Compiles the rules of a corpus.
    ///
    /// # Errors
    /// Each phrase that cannot be read, and each name of a concept that does not exist.
    pub(super) fn build(corpus: &Corpus, generation: &Generation) -> Result<Self, TriageError> {
        let flags = &corpus.red_flags;
        let mut faults = Vec::new();
        let rewriter = Rewriter::build(&flags.normalise, generation)?;
        let mut phrases = Collected::default();
        let mut vocabulary: FxHashMap<String, u32> = FxHashMap::default();
        let marks = Mark::lists(&flags.scope).map(|(mark, list)| (Means::Mark(mark as usize), list));
        let concepts = (0..).zip(flags.concept.values());
        let concepts = concepts.map(|(at, concept)| (Means::Concept(at), &concept.phrases[..]));
        for (means, list) in marks.into_iter().chain(concepts) {
            for phrase in list {
                match expand(phrase) {
                    Ok(all) => {
                        for words in all.into_iter().filter(|words| !words.is_empty()) {
                            let words = rewriter.phrase(&words);
                            for word in words.iter().map(|word| word.trim_end_matches('*')) {
                                match vocabulary.get_mut(word) {
                                    Some(count) => *count += 1,
                                    None => _ = vocabulary.insert(word.to_owned(), 1),
                                }
                            }
                            phrases.add(&words, means.number());
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
        Rules::build(flags, &mut faults, generation)?;
        if !faults.is_empty() {
            return Err(TriageError::Rules(faults));
        }
        phrases.put(PHRASES, generation);
        let of_folder = corpus.passages().filter(|(_, document, _)| document.original.is_none());
        let texts = of_folder.map(|(_, _, section)| section.text.as_str());
        Normaliser::build(&corpus.language, vocabulary, texts, generation)?;
        Ok(Self::open(generation)?)
    }

    /// Opens what was compiled.
    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self {
            rules: Rules::open(generation)?,
            normaliser: Normaliser::open(generation)?,
            phrases: Phrases::open(PHRASES, generation)?,
        })
    }

    /// Reads the words of a message.
    pub(super) fn read(&self, words: Words) -> Reading {
        Reading::new(words, &self.phrases, &self.rules)
    }
}
