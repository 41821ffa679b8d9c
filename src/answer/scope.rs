//! Whether a question is about the corpus's subject at all.
//!
//! A passage can share every word of a question and still not answer it: how much a scan costs, which dose
//! to take. A corpus may list such questions (not_covered.txt); linear models learn to tell them from the
//! questions that its notes answer. Without the list nothing is learnt, and nothing is held against a
//! question; an answer's confidence then rests on the passages alone.

use std::ops::RangeInclusive;

use crate::corpus::Corpus;
use crate::generation::{Generation, GenerationError};
use crate::index::{Index, Query};
use crate::learn::{self, Example, Features, Model, Seen, Task};

/// What the passages say of the limits, where no model does.
const NAME: &str = "scope";
/// The models, one of whole words and their pairs and one that looks into words: they are seldom wrong about
/// the same questions.
const MODELS: [&str; 2] = ["scope.words", "scope.letters"];
/// How many letters the runs have that the second sees.
const RUNS: RangeInclusive<usize> = 3..=4;
/// With fewer questions of either kind there is nothing to learn from.
const FEWEST: usize = 100;

/// Tells the corpus's questions from others.
#[derive(Clone)]
pub(super) struct Scope {
    has_questions: bool,
    /// How many questions out of scope it learnt from.
    examples: u32,
    models: [Model; MODELS.len()],
}

/// What is known of the limits of a corpus's subject.
#[derive(Debug, Clone, Copy)]
pub(super) enum Limits {
    /// They were learnt from so many questions that none answers.
    Learned {
        /// The log-odds that a question is within them, summed over the models.
        odds: f32,
        /// How many.
        examples: u32,
    },
    /// Passages list questions that they answer, and nothing lists those that none does.
    Questions,
    /// Nothing.
    Unknown,
}

impl Scope {
    /// Learns from a corpus, and writes what was learnt.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn build(corpus: &Corpus, index: &Index, generation: &Generation) -> Result<(), GenerationError> {
        let (inside, outside) = (corpus.questions().count(), corpus.not_covered.len());
        // Each kind counts the same, whichever has more examples.
        let weight = inside as f32 / outside.max(1) as f32;
        let mut texts: Vec<(&String, usize, f32)> = Vec::new();
        if inside >= FEWEST && outside >= FEWEST {
            texts.extend(corpus.questions().map(|text| (text, 0, 1.0)));
            texts.extend(corpus.not_covered.iter().map(|text| (text, 1, weight)));
        }
        let read = learn::read_all(&texts, |&(text, class, weight)| vec![(features(&index.read(text)), class, weight)]);
        let task = |(at, name): (usize, &&'static str)| {
            let examples = read.iter().map(|(features, class, weight)| Example {
                features: &features[at],
                class: *class,
                weight: *weight,
            });
            Task { name, classes: 2, examples: examples.collect() }
        };
        generation.put(NAME, &(inside > 0, u32::try_from(outside).unwrap_or(u32::MAX)))?;
        learn::learn(MODELS.iter().enumerate().map(task).collect(), generation)
    }

    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        let models = [Model::open(MODELS[0], generation)?, Model::open(MODELS[1], generation)?];
        let (has_questions, examples) = generation.get(NAME)?;
        Ok(Self { has_questions, examples, models })
    }

    /// How far a question is within the limits.
    pub(super) fn limits(&self, query: &Query) -> Limits {
        let features = features(query);
        let odds = self.models.iter().zip(&features).map(|(model, features)| {
            let beliefs = model.beliefs(features)?;
            Some((beliefs[0].max(1e-6) / beliefs[1].max(1e-6)).ln())
        });
        match odds.sum() {
            Some(odds) => Limits::Learned { odds, examples: self.examples },
            None if self.has_questions => Limits::Questions,
            None => Limits::Unknown,
        }
    }
}

fn features(query: &Query) -> [Seen; MODELS.len()] {
    let mut whole = Features::default();
    whole.add_words(query.stems());
    let mut letters = whole.clone();
    letters.add_runs(query.stems(), RUNS);
    [whole.seen(), letters.seen()]
}
