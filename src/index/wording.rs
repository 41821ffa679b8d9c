//! Which passage a question is worded like, and whether none answers it.
//!
//! BM25 and labels weigh each word alike for every passage. A linear model, fitted when a corpus is compiled to the
//! questions that its passages list, learns which words tell one passage from another: "walk" tells of walking more
//! than of crutches. A corpus may also list questions that no passage answers (not_covered.txt): a passage can share
//! every word of a question and still not answer it, how much a scan costs, which dose to take. To the model these are
//! one passage more. Where a corpus lists too little, nothing is learnt, and nothing is held against a question.

use std::ops::RangeInclusive;

use super::query::Query;
use crate::corpus::{Corpus, PassageId};
use crate::generation::{Generation, GenerationError, count};
use crate::learn::{self, Example, Features, Model, Seen, Task};

/// The model.
const NAME: &str = "wordings";
/// Its classes, and how many questions are answered by none.
const CLASSES: &str = "wordings.classes";
/// With more passes over the questions it finds no more.
const PASSES: usize = 3;
/// How far apart the pairs of words stand that it sees besides neighbours: "scan" and "cost" say together what neither
/// says alone. On the questions in tests/questions, pairs within four words tell as much as all.
const GAPS: RangeInclusive<usize> = 2..=4;
/// How many letters the runs have that it sees besides words and their pairs.
const RUNS: RangeInclusive<usize> = 4..=4;
/// With fewer questions than this there is nothing to learn from.
const FEWEST: usize = 100;
/// What e times the probability of a wording is worth, as a share of the best score; where passages list many questions.
const WORTH: f32 = 0.3;
/// With so many questions a passage it is worth half of it.
const FEW_A_PASSAGE: f32 = 10.0;
/// Less likely than this is as good as impossible; a logarithm.
pub(super) const UNLIKELY: f32 = -7.0;

/// Tells which passage a question is worded like.
#[derive(Clone)]
pub(super) struct Wordings {
    /// The passages that list questions, by their numbers, sorted: each is a class.
    numbers: Vec<u32>,
    /// How many questions are known that no passage answers: those of one class more.
    outside: u32,
    /// How many questions each of them lists, on average.
    each: f32,
    model: Model,
}

/// What is known of the limits of what the passages answer.
#[derive(Debug, Clone, Copy)]
pub enum Limits {
    /// They were learnt from so many questions that none answers.
    Learned {
        /// The log-odds that a question is within them.
        odds: f32,
        /// How many.
        examples: u32,
    },
    /// Passages list questions that they answer, and nothing lists those that none does.
    Questions,
    /// Nothing.
    Unknown,
}

/// What the wording of one question tells.
pub(super) struct Beliefs<'a> {
    of: &'a Wordings,
    /// How likely each class is.
    each: Vec<f32>,
}

impl Wordings {
    /// Learns from what a corpus lists; `number` is that of a passage.
    pub(super) fn build(
        corpus: &Corpus,
        read: impl Fn(&str) -> Query + Sync,
        number: impl Fn(PassageId) -> Option<u32>,
        generation: &Generation,
    ) -> Result<(), GenerationError> {
        let mut texts: Vec<(&str, u32)> = Vec::new();
        for (id, document, section) in corpus.passages() {
            let (Some(number), before) = (number(id), texts.len()) else { continue };
            texts.extend(corpus.questions_of(document, section).map(|question| (question.as_str(), number)));
            if texts.len() > before {
                texts.push((&section.heading, number));
            }
        }
        let mut numbers: Vec<u32> = texts.iter().map(|&(_, number)| number).collect();
        numbers.sort_unstable();
        numbers.dedup();
        #[allow(clippy::cast_precision_loss)]
        let each = texts.len() as f32 / numbers.len().max(1) as f32;
        if texts.len() < FEWEST {
            texts.clear();
        }
        let outside = if corpus.not_covered.len() < FEWEST || texts.is_empty() { &[] } else { &corpus.not_covered[..] };
        texts.extend(outside.iter().map(|text| (text.as_str(), u32::MAX)));
        let seen = learn::read_all(&texts, |&(text, number)| vec![(features(&read(text)), number)]);
        let class = |number: &u32| numbers.partition_point(|other| other < number);
        let examples = seen.iter().map(|(features, number)| Example { features, class: class(number), weight: 1.0 });
        let classes = numbers.len() + usize::from(!outside.is_empty());
        learn::learn(vec![Task { name: NAME, classes, passes: PASSES, examples: examples.collect() }], generation)?;
        generation.put(CLASSES, &(numbers, count(outside.len()), each))
    }

    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        let (numbers, outside, each) = generation.get(CLASSES)?;
        Ok(Self { numbers, outside, each, model: Model::open(NAME, generation)? })
    }

    /// What the wording of a question tells; nothing where nothing was learnt.
    pub(super) fn of(&self, query: &Query) -> Option<Beliefs<'_>> {
        Some(Beliefs { of: self, each: self.model.beliefs(&features(query))? })
    }

    /// What is known of the limits, for a question of which this is believed.
    pub(super) fn limits(&self, beliefs: Option<&Beliefs<'_>>) -> Limits {
        match beliefs.and_then(|beliefs| beliefs.each.get(self.numbers.len())) {
            Some(none) => {
                let odds = ((1.0 - none).max(f32::MIN_POSITIVE) / none.max(f32::MIN_POSITIVE)).ln();
                Limits::Learned { odds, examples: self.outside }
            }
            None if self.numbers.is_empty() => Limits::Unknown,
            None => Limits::Questions,
        }
    }
}

impl Beliefs<'_> {
    /// How likely a question so worded is for the passage with this number, as a logarithm; nothing is known of one
    /// that listed no questions.
    pub(super) fn of(&self, number: u32) -> Option<f32> {
        let class = self.of.numbers.binary_search(&number).ok()?;
        Some(self.each.get(class)?.ln().max(UNLIKELY))
    }

    /// The passages that it is most likely for.
    pub(super) fn likeliest(&self, count: usize) -> impl Iterator<Item = u32> {
        // The best so far, best first: hardly any of hundreds gets in.
        let mut best: Vec<(f32, u32)> = Vec::with_capacity(count + 1);
        for (&belief, &number) in self.each.iter().zip(&self.of.numbers) {
            if best.len() < count || best.last().is_some_and(|worst| belief > worst.0) {
                best.insert(best.partition_point(|other| other.0 >= belief), (belief, number));
                best.truncate(count);
            }
        }
        best.into_iter().map(|(_, number)| number)
    }

    /// What e times a probability is worth, as a share of the best score.
    pub(super) fn worth(&self) -> f32 {
        WORTH * self.of.each / (self.of.each + FEW_A_PASSAGE)
    }
}

fn features(query: &Query) -> Seen {
    let mut features = Features::default();
    features.add_words(query.stems());
    features.add_gaps(query.stems(), GAPS);
    features.add_runs(query.stems(), RUNS);
    features.seen()
}
