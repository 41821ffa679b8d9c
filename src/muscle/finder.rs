//! Finds what somebody means, by any name, spelt or heard in any way, or by what they say of it.

use rustc_hash::FxHashSet;

use super::described::{Descriptions, LIKELY};
use super::heads::Heads;
use super::names::{Names, clear};
use super::target::{Found, Target, found};
use super::words::{Query, set};
use crate::corpus::{Corpus, Muscle};
use crate::generation::{Generation, GenerationError};

/// From this score on a name is taken. Chosen on tests/questions/muscles.jsonl, as are the others here.
const TAKEN: f32 = 0.8;
/// The same for a single word that may mean a thing: they have many names, and most are ordinary words.
const THING_TAKEN: f32 = 0.88;
/// From this score on a name is offered where none is taken.
const OFFERED: f32 = 0.6;
/// How many are offered: they fit into one row of buttons.
const OFFERS: usize = 5;

/// All the names and descriptions of a corpus's muscles, ready to be looked up.
#[derive(Clone)]
pub struct Finder {
    pub(super) names: Names,
    no_names: FxHashSet<String>,
    heads: Heads,
    descriptions: Descriptions,
}

impl Finder {
    /// Learns names and descriptions, in memory.
    ///
    /// # Errors
    /// Where what was learnt cannot be read again.
    pub fn new(corpus: &Corpus) -> Result<Self, GenerationError> {
        let generation = Generation::in_memory();
        Descriptions::build(corpus, &generation)?;
        Ok(Self::with(corpus, Descriptions::open(&generation)?))
    }

    /// Learns the names; the descriptions were.
    pub(crate) fn with(corpus: &Corpus, descriptions: Descriptions) -> Self {
        let no_names = set(&corpus.muscles.no_names);
        Self { names: Names::new(corpus), no_names, heads: Heads::new(corpus), descriptions }
    }

    /// What a name means.
    #[must_use]
    pub fn find<'a>(&self, corpus: &'a Corpus, query: &str) -> Found<'a> {
        let query = self.names.read(query);
        if self.no_names.contains(&query.folded) {
            return Found::Nothing(Vec::new());
        }
        if let Some(target) = self.names.exactly(&query) {
            return found(corpus, target);
        }
        if query.carrying == 0 {
            return Found::Nothing(Vec::new());
        }
        let ranked = self.names.ranked(&query);
        // One word is a name, or nothing.
        let mut described =
            if query.carrying > 1 { self.descriptions.whose(corpus, &query.folded) } else { Vec::new() };
        described.retain(|(_, target)| self.names.may_be(*target, &query));
        let is_thing = matches!(ranked.first(), Some((_, Target::Thing(_))));
        let least = if query.carrying == 1 && is_thing { THING_TAKEN } else { TAKEN };
        let meant = clear(&ranked, least).or_else(|| self.told(&query, &described));
        // A thing that has a name of its own is told before the kind of thing that it is; one kind is not another.
        let is_its_own = matches!(meant, Some(Target::Thing(at)) if corpus.muscles.things[at].heads.is_empty());
        let head = if is_its_own { None } else { self.heads.find(&self.names.words, &query) };
        match head.or(meant) {
            Some(target) => found(corpus, target),
            None => Found::Nothing(offers(corpus, &described, &ranked, query.beside)),
        }
    }

    /// What is meant by words that are like no name: one among others, or what is described so.
    fn told(&self, query: &Query, described: &[(f32, Target)]) -> Option<Target> {
        if self.names.is_compound(query) {
            return None;
        }
        let at_length = Descriptions::at_length(described, query.carrying);
        at_length.or_else(|| self.names.within(query)).or_else(|| Descriptions::taken(described, query.carrying))
    }

    /// Whether these words are a name as the corpus spells it, with no other word beside it.
    #[must_use]
    pub fn is_name(&self, words: &str) -> bool {
        self.names.holds(words)
    }
}

/// What may be meant: what is described so, then what is called like that, then a neighbour that is named.
fn offers<'a>(
    corpus: &'a Corpus,
    described: &[(f32, Target)],
    called: &[(f32, Target)],
    beside: Option<Target>,
) -> Vec<&'a Muscle> {
    let likely = described.iter().take_while(|(likely, _)| *likely >= LIKELY);
    let called = called.iter().take_while(|(score, _)| *score >= OFFERED);
    let mut offers: Vec<&Muscle> = Vec::new();
    for target in likely.chain(called).map(|(_, target)| *target).chain(beside) {
        let muscles: Vec<&Muscle> = match found(corpus, target) {
            Found::Muscle(muscle) => vec![muscle],
            Found::Group(group) => corpus.muscles.of(&group.muscles).collect(),
            Found::Thing(_) | Found::Nothing(_) => Vec::new(),
        };
        for muscle in muscles {
            if offers.len() < OFFERS && !offers.iter().any(|of| of.id == muscle.id) {
                offers.push(muscle);
            }
        }
    }
    offers
}
