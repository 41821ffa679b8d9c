//! What triage learns from the corpus's example messages.
//!
//! Rules say what is known to be a sign; nobody can write down all the ways in which people say it. So a
//! linear model is fitted to the examples when a corpus is compiled. It sees the words of a message, the
//! pairs of neighbours, the concepts that stand in it and the pairs of those; its classes are the flags
//! with their levels, and "no sign".

use super::scope::WhyNot;
use crate::corpus::Level;
use crate::generation::{Generation, GenerationError};
use crate::learn::{self, Counted, Features, Model};

const NAME: &str = "signs";
/// With fewer examples of signs than this there is nothing to learn from.
const FEWEST: usize = 100;
/// Long messages are looked at in stretches of so many words.
const STRETCH: usize = 40;
/// A long message has many stretches, and with each a chance to look like a sign; so each must look more
/// like one than a short message, by this much in log-odds.
const CHANCES: f32 = 1.0;

/// A flag by its position, and a level.
pub(super) type Class = (usize, Level);

/// A message as the model sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) words: &'a [String],
    /// For each word why it does not count, if it does not.
    pub(super) why_not: &'a [Option<WhyNot>],
    /// Where each word stands, as signs do.
    pub(super) place: &'a [u32],
    /// Where each concept that stands in it begins, by place, and which it is.
    pub(super) concepts: &'a [(u32, u32)],
}

/// An example: its features, and the class of the sign it shows, if any.
pub(super) struct Example {
    features: Counted,
    shows: Option<Class>,
}

impl<'a> Message<'a> {
    /// The stretches of a long message, half over each other; none of a short one.
    fn stretches(self) -> impl Iterator<Item = Message<'a>> {
        let long = self.words.len() > STRETCH + STRETCH / 2;
        let starts = (0..self.words.len().saturating_sub(STRETCH / 2)).step_by(STRETCH / 2);
        starts.filter(move |_| long).map(move |start| {
            let end = (start + STRETCH).min(self.words.len());
            let (from, to) = (self.place[start], self.place[end - 1]);
            let first = self.concepts.partition_point(|&(place, _)| place < from);
            let last = self.concepts.partition_point(|&(place, _)| place <= to);
            Message {
                words: &self.words[start..end],
                why_not: &self.why_not[start..end],
                place: &self.place[start..end],
                concepts: &self.concepts[first..last],
            }
        })
    }

    fn features(self) -> Counted {
        let mut features = Features::default();
        features.add_words(self.words);
        for (at, why) in self.why_not.iter().enumerate() {
            // A word that does not count is another one besides: "no fever" is fever and no-fever.
            let Some(why) = why else { continue };
            let word = self.words[at].as_bytes();
            features.add(5, &[&[*why as u8], word]);
            if let Some(before) = at.checked_sub(1) {
                features.add(6, &[&[*why as u8], self.words[before].as_bytes(), word]);
            }
        }
        let mut concepts: Vec<[u8; 4]> = self.concepts.iter().map(|&(_, concept)| concept.to_le_bytes()).collect();
        concepts.sort_unstable();
        concepts.dedup();
        for (at, first) in concepts.iter().enumerate() {
            features.add(3, &[first]);
            concepts[at + 1..].iter().for_each(|second| features.add(4, &[first, second]));
        }
        features.counted()
    }

    /// What can be learnt from it; a long story without a sign has none in any stretch of it.
    pub(super) fn examples(self, shows: Option<Class>) -> impl Iterator<Item = Example> {
        let parts = self.stretches().filter(move |_| shows.is_none());
        std::iter::once(self).chain(parts).map(move |part| Example { features: part.features(), shows })
    }
}

/// Fits the model and writes it; one that finds nothing where there are too few examples.
pub(super) fn learn(examples: Vec<Example>, generation: &Generation) -> Result<(), GenerationError> {
    let signs = examples.iter().filter_map(|example| example.shows);
    let mut classes: Vec<Class> = if signs.clone().count() < FEWEST { Vec::new() } else { signs.collect() };
    classes.sort_unstable();
    classes.dedup();
    generation.put("signs.classes", &classes)?;
    let number = |shows: Class| classes.binary_search(&shows).map_or(0, |at| at + 1);
    let numbered = examples.into_iter().filter(|_| !classes.is_empty()).map(|example| learn::Example {
        features: example.features,
        class: example.shows.map_or(0, number),
        weight: 1.0,
    });
    learn::learn(&numbered.collect::<Vec<_>>(), classes.len() + 1, NAME, generation)
}

/// A model of whether a message shows a sign, and which.
#[derive(Clone)]
pub(super) struct Learned {
    classes: Vec<Class>,
    model: Model,
}

/// What the model thinks of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opinion {
    /// The log-odds that it shows a sign.
    pub(super) odds: f32,
    /// Which sign it would be.
    pub(super) class: Class,
}

impl Learned {
    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self { classes: generation.get("signs.classes")?, model: Model::open(NAME, generation)? })
    }

    /// What it thinks of a message, of a long one in its most suspicious stretch; `None` where nothing was
    /// learnt.
    pub(super) fn opinion(&self, message: Message<'_>) -> Option<Opinion> {
        let parts = message.stretches().filter_map(|part| self.one(part));
        match parts.max_by(|a, b| a.odds.total_cmp(&b.odds)) {
            Some(worst) => Some(Opinion { odds: worst.odds - CHANCES, ..worst }),
            None => self.one(message),
        }
    }

    /// `None` for a message of mostly unknown words, in another language for example: of that it knows
    /// nothing.
    fn one(&self, message: Message<'_>) -> Option<Opinion> {
        let known = message.words.iter().filter(|word| self.model.knows(word)).count();
        if known * 3 < message.words.len() * 2 {
            return None;
        }
        let beliefs = self.model.beliefs(&message.features())?;
        let (none, signs) = beliefs.split_first()?;
        let all: f32 = signs.iter().sum();
        let odds = (all.max(1e-9) / none.max(1e-9)).ln();
        Some(Opinion { odds, class: self.class(signs, all)? })
    }

    /// First the level, all flags together, where a third of the belief is enough for an emergency; then
    /// the flag.
    fn class(&self, signs: &[f32], all: f32) -> Option<Class> {
        let of = |level: Level| {
            let those = self.classes.iter().zip(signs).filter(move |((_, of), _)| *of == level);
            those.map(|(_, belief)| belief).sum::<f32>() / all
        };
        let levels = [Level::Emergency, Level::Crisis, Level::SameDay, Level::Soon];
        let likeliest = levels.into_iter().max_by(|a, b| of(*a).total_cmp(&of(*b)))?;
        let level = if of(Level::Emergency) > 1.0 / 3.0 { Level::Emergency } else { likeliest };
        let of_level = self.classes.iter().zip(signs).filter(|((_, of), _)| *of == level);
        of_level.max_by(|a, b| a.1.total_cmp(b.1)).map(|(class, _)| *class)
    }
}
