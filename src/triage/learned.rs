//! What triage learns from the corpus's example messages.
//!
//! Rules say what is known to be a sign; nobody can write down all the ways in which people say it. So linear
//! models are fitted to the examples when a corpus is compiled: which flag a message shows, if any, and how
//! urgent a sign is. They see the words of a message, the pairs of neighbours, and the concepts that stand in
//! it. Which flag is decided by two of them together, each with a view of its own: they are seldom wrong about
//! the same messages.

use std::cmp::Ordering;
use std::ops::{Range, RangeInclusive};

use super::normalise::ranges_by;
use super::rules::Class;
use super::scope::WhyNot;
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
/// Messages are also looked at in stretches of so many words: what else is told does not take a sign back.
const STRETCH: usize = 24;
/// So many words after one stretch begins the next.
const STEP: usize = 4;
/// With more words than this a message is not judged as a whole.
const LONG: usize = 60;
/// With more words than this the clauses of a message are not looked at one by one: some clause of a story always sounds
/// like a sign.
const SHORT: usize = 40;
/// Some stretch of a long message always looks a little like a sign. So its most suspicious wider stretch, of so many
/// words, counts as much: of a message that shows a sign somewhere it sees that and more, of any other next to nothing.
const AROUND: usize = 96;
/// So many words after one of them begins the next.
const AROUND_STEP: usize = 24;
/// With each part a message has a chance more to look like a sign; so a long one must look more like one than a short
/// one, by this much in log-odds ...
const CHANCES: f32 = 1.25;
/// ... and a part of it by this much, where the wider stretches look like none: a sign may stand in a story of anything.
const ALONE: f32 = 3.5;
/// What else stands in a short message tells what a sentence of it means; so one that is to count by itself must look
/// more like a sign than the whole would have to, by this much.
const MEANING: f32 = 2.0;
/// So many sentences or clauses that follow one another may tell of a sign together.
const TOGETHER: u32 = 2;
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

/// A message as the model sees it.
#[derive(Debug, Clone, Copy)]
pub(super) struct Message<'a> {
    pub(super) words: &'a [String],
    /// For each word why it does not count, if it does not.
    pub(super) why_not: &'a [Option<WhyNot>],
    /// Where each word stands, as signs do.
    pub(super) place: &'a [u32],
    /// The number of each word's sentence ...
    pub(super) sentence: &'a [u32],
    /// ... and of its clause.
    pub(super) clause: &'a [u32],
    /// Where each concept that stands in it begins, by place, and which it is.
    pub(super) concepts: &'a [(u32, u32)],
}

/// An example: its features for each of the models, and the class of the sign it shows, if any.
pub(super) struct Example {
    features: [Seen; SIGNS.len()],
    shows: Option<Class>,
    weight: f32,
}

impl<'a> Message<'a> {
    /// Whether it is too long to be judged as a whole.
    fn is_long(self) -> bool {
        self.words.len() > LONG
    }

    /// Its stretches of so many words, each `step` words after the one before; none where it is no longer than one.
    fn stretches(self, words: usize, step: usize) -> impl Iterator<Item = Self> {
        stretches(0..self.words.len(), words, step).map(move |of| self.part(of))
    }

    /// Its sentences, and those that follow one another together, where it has several.
    fn sentences(self) -> impl Iterator<Item = Self> {
        self.runs(self.sentence)
    }

    /// The parts of it that are judged by themselves where a rule finds a sign in them.
    pub(super) fn parts(self) -> impl Iterator<Item = Self> {
        let clauses = self.runs(self.clause).filter(move |_| self.words.len() <= SHORT);
        self.sentences().chain(clauses).chain(self.stretches(STRETCH, STEP))
    }

    /// What it tells besides what it denies ("no fever, no rash, but ..."): the runs of words that are not denied, if they
    /// are short enough to be judged as a whole. None where nothing is denied.
    pub(super) fn undenied(self) -> impl Iterator<Item = Self> {
        let is_denied = |why: &Option<WhyNot>| *why == Some(WhyNot::Negated);
        ranges_by(self.why_not, move |a, b| is_denied(a) == is_denied(b))
            .filter(move |run| !is_denied(&self.why_not[run.start]) && run.len() < self.words.len())
            .map(move |run| self.part(run))
            .filter(|part| !part.is_long())
    }

    /// The runs of words with one number, and those that follow one another together, where there are several.
    fn runs(self, words: &'a [u32]) -> impl Iterator<Item = Self> {
        let starts = (0..words.len()).filter(move |&at| at == 0 || words[at - 1] != words[at]);
        let parts = starts.flat_map(move |start| {
            let end = move |sentences| words.partition_point(|&of| of < words[start] + sentences);
            // Behind the last sentence there is none to take along.
            let goes_on = move |sentences: &u32| end(*sentences) > end(sentences - 1);
            (1..=TOGETHER).filter(goes_on).map(move |sentences| start..end(sentences))
        });
        parts.filter(move |part| part.len() < self.words.len()).map(move |part| self.part(part))
    }

    /// Some of its words, by themselves.
    fn part(self, of: Range<usize>) -> Self {
        let (from, to) = (self.place[of.start], self.place[of.end - 1]);
        let first = self.concepts.partition_point(|&(place, _)| place < from);
        let last = self.concepts.partition_point(|&(place, _)| place <= to);
        Self {
            words: &self.words[of.clone()],
            why_not: &self.why_not[of.clone()],
            place: &self.place[of.clone()],
            sentence: &self.sentence[of.clone()],
            clause: &self.clause[of],
            concepts: &self.concepts[first..last],
        }
    }

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
            let word = self.words[at].as_bytes();
            features.add(Kind::Discounted, &[&[*why as u8], word]);
            if let Some(before) = at.checked_sub(1) {
                features.add(Kind::DiscountedPair, &[&[*why as u8], self.words[before].as_bytes(), word]);
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
        let parts = self.stretches(STRETCH, STRETCH / 2).filter(move |_| shows.is_none() && self.is_long());
        let features = |part: Self| SIGNS.map(|(_, view)| part.features(view));
        std::iter::once(self).chain(parts).map(move |part| Example { features: features(part), shows, weight })
    }
}

/// Stretches of so many words, each `step` words after the one before, the last up to the end; none where there are no
/// more words than that.
pub(super) fn stretches(of: Range<usize>, words: usize, step: usize) -> impl Iterator<Item = Range<usize>> {
    let last = of.end.saturating_sub(words);
    let starts = (of.start..last).step_by(step).chain((last > of.start).then_some(last));
    starts.map(move |start| start..start + words)
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
        let part = message.sentences().chain(message.stretches(STRETCH, STEP)).filter_map(|part| self.one(part));
        let (part, whole) = (part.max_by(Opinion::by_odds), || self.one(message));
        let Some(part) = part.filter(|_| message.is_long()) else {
            let part = part.map(|part| Opinion { odds: part.odds - MEANING, ..part });
            return part.into_iter().chain(whole()).max_by(Opinion::by_odds);
        };
        let around = message.stretches(AROUND, AROUND_STEP).filter_map(|around| self.one(around));
        let around = around.max_by(Opinion::by_odds).or_else(whole).unwrap_or(part);
        let odds = (part.odds.midpoint(around.odds) - CHANCES).max(part.odds - ALONE);
        Some(Opinion { odds, ..part })
    }

    /// `None` for a message of mostly unknown words, in another language for example, and for one of a word
    /// or two: of those they know nothing.
    pub(super) fn one<'a>(&self, message: Message<'a>) -> Option<Opinion<'a>> {
        let known = message.words.iter().filter(|word| self.signs[0].knows(word)).count();
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
