//! What somebody describes who does not know its name: a model learnt from the corpus's own descriptions.

use std::hash::BuildHasher;
use std::ops::RangeInclusive;

use rustc_hash::FxBuildHasher;

use super::target::{Found, Target, found, targets};
use crate::corpus::Corpus;
use crate::generation::{Generation, GenerationError};
use crate::language::{Language, fold, words};
use crate::learn::{self, Example, Features, Model, PASSES, Seen, Task};

const NAME: &str = "described";
/// How many letters the runs have that it sees: what is misspelt looks alike, and so do words of one family.
const RUNS: RangeInclusive<usize> = 3..=5;
/// How many texts that describe nothing it learns from, for each description.
const OTHERS: f32 = 0.6;
/// So likely are several, or what is none, to be told. Chosen on tests/questions/fresh-muscles.jsonl, as are the others
/// here.
const TAKEN: f32 = 0.35;
/// So likely is one muscle, to show its card: a wrong card is worse than none. The same for what is described in few
/// words, or although one of them is a name.
const TAKEN_WELL: f32 = 0.6;
/// So many words that carry something are enough for a description ...
const FEW_WORDS: usize = 3;
/// ... and so many for one in which a name may be beside the point: "what the sciatic nerve runs under".
const MANY_WORDS: usize = 4;
/// So likely one is that is offered.
pub(super) const LIKELY: f32 = 0.05;

/// Tells from a description whose it is.
#[derive(Clone)]
pub(crate) struct Descriptions {
    /// Its first class is nobody's, the others are the entries'.
    model: Model,
}

impl Descriptions {
    /// Learns from the descriptions of a corpus's muscles, from their cards, from what is none and, as texts that describe nothing, from
    /// the questions that it does not cover.
    pub(crate) fn build(corpus: &Corpus, generation: &Generation) -> Result<(), GenerationError> {
        let mut texts: Vec<(&String, usize)> = Vec::new();
        for (class, (target, described)) in (1..).zip(entries(corpus)) {
            texts.extend(described.iter().map(|text| (text, class)));
            match found(corpus, target) {
                // A card describes its muscle as well: from where to where it runs, and what it does.
                Found::Muscle(of) => {
                    texts.extend([&of.what, &of.origin, &of.insertion, &of.action].map(|text| (text, class)));
                }
                // What is no muscle has few descriptions or none, and should still be told from those that have many.
                Found::Thing(thing) => {
                    texts.extend(std::iter::once(&thing.name).chain(&thing.terms).map(|name| (name, class)));
                }
                Found::Group(_) | Found::Nothing(_) => {}
            }
        }
        #[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)] // they are few
        let others = (texts.len() as f32 * OTHERS) as usize;
        // Which of them is told by their words, so that one more hardly changes the choice.
        let mut nobody: Vec<&String> = corpus.not_covered.iter().collect();
        nobody.sort_by_cached_key(|text| FxBuildHasher.hash_one(text));
        texts.extend(nobody.into_iter().take(others).map(|text| (text, 0)));
        let read = learn::read_all(&texts, |&(text, class)| vec![(features(&corpus.language, &fold(text)), class)]);
        let examples = read.iter().map(|(features, class)| Example { features, class: *class, weight: 1.0 }).collect();
        learn::learn(
            vec![Task { name: NAME, classes: entries(corpus).count() + 1, passes: PASSES, examples }],
            generation,
        )
    }

    /// Opens what was learnt.
    pub(crate) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self { model: Model::open(NAME, generation)? })
    }

    /// Whom a text may describe and how likely, the likeliest first; nobody where most of its words stand in no
    /// description.
    pub(super) fn whose(&self, corpus: &Corpus, typed: &str) -> Vec<(f32, Target)> {
        let (language, folded) = (&corpus.language, fold(typed));
        let (known, unknown): (Vec<_>, Vec<_>) =
            words(&folded).map(|word| language.stem(word)).partition(|stem| self.model.knows(stem));
        if known.len() < unknown.len().max(1) {
            return Vec::new();
        }
        let beliefs = self.model.beliefs(&features(language, &folded)).unwrap_or_default();
        let mut likely: Vec<_> = beliefs.into_iter().skip(1).zip(entries(corpus).map(|(target, _)| target)).collect();
        likely.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
        likely
    }

    /// Who is described so well, and at such length, that a name among the words need not be whom they mean.
    pub(super) fn at_length(likely: &[(f32, Target)], words: usize) -> Option<Target> {
        if words >= MANY_WORDS { first(likely, TAKEN_WELL) } else { None }
    }

    /// Who is described well enough by so many words.
    pub(super) fn taken(likely: &[(f32, Target)], words: usize) -> Option<Target> {
        let is_one = matches!(likely.first(), Some((_, Target::Muscle(_))));
        first(likely, if is_one || words < FEW_WORDS { TAKEN_WELL } else { TAKEN })
    }
}

/// The likeliest, where it is so likely.
fn first(likely: &[(f32, Target)], least: f32) -> Option<Target> {
    likely.first().filter(|(likely, _)| *likely >= least).map(|(_, target)| *target)
}

/// Everything that can be described, with its descriptions.
fn entries(corpus: &Corpus) -> impl Iterator<Item = (Target, &[String])> {
    targets(corpus).map(|target| {
        let id = match target {
            Target::Muscle(at) => &corpus.muscles.list[at].id,
            Target::Group(at) => &corpus.muscles.groups[at].id,
            Target::Thing(at) => &corpus.muscles.things[at].id,
        };
        (target, corpus.descriptions_of(id))
    })
}

fn features(language: &Language, folded: &str) -> Seen {
    let stems: Vec<_> = words(folded).map(|word| language.stem(word)).collect();
    let mut features = Features::default();
    features.add_words(&stems);
    features.add_runs(&stems, RUNS);
    features.seen()
}
