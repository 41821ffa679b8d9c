//! Whether a question is about the corpus's subject at all.
//!
//! A passage can share every word of a question and still not answer it: how much a scan costs, which dose
//! to take. A corpus may list such questions (not_covered.txt); a linear model learns to tell them from the
//! questions that its notes answer. Without the list nothing is learnt, and nothing is held against a
//! question.

use crate::corpus::Corpus;
use crate::generation::{Generation, GenerationError};
use crate::language::{self, Language};
use crate::learn::{self, Counted, Example, Features, Model};

const NAME: &str = "scope";
/// With fewer questions of either kind there is nothing to learn from.
const FEWEST: usize = 100;

/// Tells the corpus's questions from others.
#[derive(Clone)]
pub(super) struct Scope(Model);

impl Scope {
    /// Learns from a corpus, and writes what was learnt.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn build(corpus: &Corpus, generation: &Generation) -> Result<(), GenerationError> {
        let covered: Vec<&String> = corpus.passages().flat_map(|(_, _, section)| &section.questions).collect();
        let (inside, outside) = (covered.len(), corpus.not_covered.len());
        // Each kind counts the same, whichever has more examples.
        let weight = inside as f32 / outside.max(1) as f32;
        let mut texts: Vec<(Counted, usize, f32)> = Vec::new();
        if inside >= FEWEST && outside >= FEWEST {
            let read = |text: &String| features(&corpus.language, text);
            texts.extend(covered.into_iter().map(|text| (read(text), 0, 1.0)));
            texts.extend(corpus.not_covered.iter().map(|text| (read(text), 1, weight)));
        }
        let examples: Vec<Example<'_>> = texts
            .iter()
            .map(|(features, class, weight)| Example { features, class: *class, weight: *weight })
            .collect();
        learn::learn(&examples, 2, NAME, generation)
    }

    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self(Model::open(NAME, generation)?))
    }

    /// The log-odds that a question is one of the corpus's; `None` where that was never learnt.
    pub(super) fn odds(&self, language: &Language, text: &str) -> Option<f32> {
        let beliefs = self.0.beliefs(&features(language, text))?;
        Some((beliefs[0].max(1e-6) / beliefs[1].max(1e-6)).ln())
    }
}

fn features(language: &Language, text: &str) -> Counted {
    let folded = language::fold(text);
    let stems: Vec<_> = language::words(&folded).map(|word| language.stem(word)).collect();
    let mut features = Features::default();
    features.add_words(&stems);
    features.counted()
}
