//! What triage learns from the corpus's example messages.
//!
//! Rules say what is known to be a sign; nobody can write down all the ways in which people say it. So linear
//! models are fitted to the examples when a corpus is compiled: which flag a message shows, if any, and how
//! urgent a sign is. They see the words of a message, the pairs of neighbours, and the concepts that stand in
//! it. Which flag is decided by two of them together, each with a view of its own: they are seldom wrong about
//! the same messages.

use std::cmp::Ordering;
use std::ops::RangeInclusive;

use super::message::Message;
use super::rules::Class;
use crate::corpus::Level;
use crate::generation::{Generation, GenerationError};
use crate::learn::{self, Features, Kind, Model, PASSES, Seen};

/// The models that tell the flags, and messages without a sign, from each other.
const SIGNS: [(&str, View); 2] = [("signs.gaps", View::Gaps), ("signs.letters", View::Letters)];
/// The model that tells the levels of signs from each other.
const LEVELS: &str = "levels";
const LEVEL_COUNT: usize = Level::Emergency as usize + 1;
/// With fewer examples of signs than this there is nothing to learn from.
const FEWEST: usize = 100;
/// Fewer words than these say too little: "slipped disc" names a thing.
const FEWEST_WORDS: usize = 4;
/// With each part a message has a chance more to look like a sign; so a long one must look more like one than a short
/// one, by this much in log-odds ...
const CHANCES: f32 = 1.25;
/// ... and a part of it by this much, where the wider stretches look like none: a sign may stand in a story of anything.
const ALONE: f32 = 3.5;
/// What else stands in a short message tells what a sentence of it means; so one that is to count by itself must look
/// more like a sign than the whole would have to, by this much.
const MEANING: f32 = 2.0;
/// Below these log-odds of the first model the second is not asked: on the sets in tests/questions its opinion never
/// changed what came of such a message.
const OUT_OF_QUESTION: f32 = -6.0;

/// What a model sees besides words, pairs and concepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum View {
    /// Runs of letters in the words: misspellings and word families look alike.
    Letters,
    /// Pairs with a word between them.
    Gaps,
}

/// How far apart the pairs stand.
const GAPS: RangeInclusive<usize> = 2..=2;
/// How many letters the runs have.
const RUNS: RangeInclusive<usize> = 4..=4;

/// An example: its features for each of the models, and the class of the sign it shows, if any.
pub(super) struct Example {
    features: [Seen; SIGNS.len()],
    shows: Option<Class>,
    weight: f32,
}

impl Message<'_> {
    /// Its features, as one of the models sees it.
    fn features(self, view: View) -> Seen {
        self.seen_in(self.plain(), view)
    }

    /// The features that all models see.
    fn plain(self) -> Features {
        let mut features = Features::default();
        features.add_words(self.words);
        for (at, why) in self.why_not.iter().enumerate() {
            // A word that does not count is another one besides: "no fever" is fever and no-fever.
            let Some(why) = why else { continue };
            let word = self.words[at].as_ref().as_bytes();
            features.add(Kind::Discounted, &[&[*why as u8], word]);
            if let Some(before) = at.checked_sub(1) {
                features.add(Kind::DiscountedPair, &[&[*why as u8], self.words[before].as_ref().as_bytes(), word]);
            }
        }
        let mut concepts: Vec<u32> = self.concepts.iter().map(|&(_, concept)| concept).collect();
        concepts.sort_unstable();
        concepts.dedup();
        concepts.iter().for_each(|concept| features.add(Kind::Concept, &[&concept.to_le_bytes()]));
        features
    }

    /// Those, and what one of the models sees besides.
    fn seen_in(self, mut features: Features, view: View) -> Seen {
        match view {
            View::Letters => features.add_runs(self.words, RUNS),
            View::Gaps => features.add_gaps(self.words, GAPS),
        }
        features.seen()
    }

    /// What can be learnt from it; a long story without a sign has none in any stretch of it.
    pub(super) fn examples(self, shows: Option<Class>, weight: f32) -> impl Iterator<Item = Example> {
        let parts = self.for_learning().filter(move |_| shows.is_none() && self.is_long());
        let features = |part: Self| SIGNS.map(|(_, view)| part.features(view));
        std::iter::once(self).chain(parts).map(move |part| Example { features: features(part), shows, weight })
    }
}

/// Fits the models and writes them; ones that find nothing where there are too few examples.
pub(super) fn learn(mut examples: Vec<Example>, generation: &Generation) -> Result<(), GenerationError> {
    let shown = |examples: &[Example]| examples.iter().filter_map(|example| example.shows).collect::<Vec<Class>>();
    if shown(&examples).len() < FEWEST {
        examples.clear();
    }
    let mut classes = shown(&examples);
    classes.sort_unstable();
    classes.dedup();
    let flags = classes.last().map_or(0, |(flag, _)| flag + 1);
    generation.put("signs.classes", &classes)?;
    let levels = examples.iter().filter_map(|example| {
        let class = example.shows?.1 as usize;
        Some(learn::Example { features: &example.features[0], class, weight: example.weight })
    });
    let mut tasks =
        vec![learn::Task { name: LEVELS, classes: LEVEL_COUNT, passes: PASSES, examples: levels.collect() }];
    for (view, (name, _)) in SIGNS.iter().enumerate() {
        let signs = examples.iter().map(|example| learn::Example {
            features: &example.features[view],
            class: example.shows.map_or(0, |(flag, _)| flag + 1),
            weight: example.weight,
        });
        tasks.push(learn::Task { name, classes: flags + 1, passes: PASSES, examples: signs.collect() });
    }
    learn::learn(tasks, generation)
}

/// Models of whether a message shows a sign, and which.
#[derive(Clone)]
pub(super) struct Learned {
    /// The levels that each flag comes in.
    classes: Vec<Class>,
    signs: [Model; SIGNS.len()],
    levels: Model,
}

/// What the models think of a message.
#[derive(Debug, Clone, Copy)]
pub(super) struct Opinion<'a> {
    /// The log-odds that it shows a sign.
    pub(super) odds: f32,
    /// Which flag it would be of.
    flag: usize,
    /// The message, or the part of it that they thought of.
    of: Message<'a>,
}

impl Opinion<'_> {
    /// Which of two is surer of a sign.
    fn by_odds(&self, other: &Self) -> Ordering {
        self.odds.total_cmp(&other.odds)
    }
}

impl Learned {
    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self {
            classes: generation.get("signs.classes")?,
            signs: [Model::open(SIGNS[0].0, generation)?, Model::open(SIGNS[1].0, generation)?],
            levels: Model::open(LEVELS, generation)?,
        })
    }

    /// What they think of a message: of a long one in its most suspicious parts, a narrow and a wider one; of a short one as
    /// a whole or in one that is plainer. `None` where nothing was learnt.
    pub(super) fn opinion<'a>(&self, message: Message<'a>) -> Option<Opinion<'a>> {
        let part = message.sentences().chain(message.narrow()).filter_map(|part| self.one(part));
        let (part, whole) = (part.max_by(Opinion::by_odds), || self.one(message));
        let Some(part) = part.filter(|_| message.is_long()) else {
            let part = part.map(|part| Opinion { odds: part.odds - MEANING, ..part });
            return part.into_iter().chain(whole()).max_by(Opinion::by_odds);
        };
        let around = message.wide().filter_map(|around| self.one(around));
        let around = around.max_by(Opinion::by_odds).or_else(whole).unwrap_or(part);
        let odds = (part.odds.midpoint(around.odds) - CHANCES).max(part.odds - ALONE);
        Some(Opinion { odds, ..part })
    }

    /// `None` for a message of mostly unknown words, in another language for example, and for one of a word
    /// or two: of those they know nothing.
    pub(super) fn one<'a>(&self, message: Message<'a>) -> Option<Opinion<'a>> {
        let known = message.words.iter().filter(|word| self.signs[0].knows(word.as_ref())).count();
        if message.words.len() < FEWEST_WORDS || known * 3 < message.words.len() * 2 {
            return None;
        }
        let (mut odds, mut asked, mut flags) = (0.0, 0.0, Vec::new());
        let plain = message.plain();
        for (model, (_, view)) in self.signs.iter().zip(SIGNS) {
            let beliefs = model.beliefs(&message.seen_in(plain.clone(), view))?;
            let (none, of_flags) = beliefs.split_first()?;
            let all: f32 = of_flags.iter().sum();
            odds += (all.max(1e-9) / none.max(1e-9)).ln();
            asked += 1.0;
            flags.resize(of_flags.len(), 0.0);
            flags.iter_mut().zip(of_flags).for_each(|(sum, belief)| *sum += belief);
            if odds < OUT_OF_QUESTION {
                break;
            }
        }
        let (flag, _) = flags.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1))?;
        Some(Opinion { odds: odds / asked, flag, of: message })
    }

    /// Which sign it would be.
    pub(super) fn class(&self, opinion: &Opinion<'_>) -> Option<Class> {
        let features = opinion.of.features(SIGNS[0].1);
        Some((opinion.flag, self.level(opinion.flag, &features)?))
    }

    /// How urgent a sign of this flag is; a third of the belief is enough for an emergency.
    fn level(&self, flag: usize, features: &Seen) -> Option<Level> {
        let beliefs = self.levels.beliefs(features)?;
        let of_flag = self.classes.iter().filter(|class| class.0 == flag).map(|class| class.1);
        let belief = |level: Level| beliefs[level as usize];
        let all: f32 = of_flag.clone().map(belief).sum();
        let emergency = of_flag.clone().find(|&level| level == Level::Emergency && belief(level) > all / 3.0);
        emergency.or_else(|| of_flag.max_by(|&a, &b| belief(a).total_cmp(&belief(b))))
    }
}
