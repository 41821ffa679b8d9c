//! What names and descriptions mean: a muscle, a group or a thing, by its place in the corpus.

use crate::corpus::{Corpus, Group, Muscle, Thing};

/// What a name turned out to mean.
#[derive(Debug, Clone)]
pub enum Found<'a> {
    /// One muscle.
    Muscle(&'a Muscle),
    /// Several: whoever asked has to choose.
    Group(&'a Group),
    /// None, but something that we know.
    Thing(&'a Thing),
    /// Nothing that we know; what comes nearest, best first.
    Nothing(Vec<&'a Muscle>),
}

/// The place of an entry; muscles come before groups, and these before things.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Target {
    Muscle(usize),
    Group(usize),
    Thing(usize),
}

/// All entries, in the order of the file.
pub(super) fn targets(corpus: &Corpus) -> impl Iterator<Item = Target> {
    let muscles = (0..corpus.muscles.list.len()).map(Target::Muscle);
    let groups = (0..corpus.muscles.groups.len()).map(Target::Group);
    muscles.chain(groups).chain((0..corpus.muscles.things.len()).map(Target::Thing))
}

pub(super) fn found(corpus: &Corpus, target: Target) -> Found<'_> {
    match target {
        Target::Muscle(at) => Found::Muscle(&corpus.muscles.list[at]),
        Target::Group(at) => Found::Group(&corpus.muscles.groups[at]),
        Target::Thing(at) => Found::Thing(&corpus.muscles.things[at]),
    }
}
