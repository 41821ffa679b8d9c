//! What came of a refresh: a line for each source, and the generation.

use serde::{Deserialize, Serialize};

use super::change::Change;
use super::hint::Hint;

/// What came of one source.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Came {
    /// It can be quoted for the first time.
    Added,
    /// It says something else.
    Changed,
    /// It says what it said.
    Unchanged,
    /// It could not be had or read; its last good text is quoted.
    Failed,
    /// It looks wrong; a moderator has to say.
    HeldBack,
    /// It is gone for good; its last good text is quoted.
    Gone,
    /// It is quoted no more, as it is no source any more.
    Removed,
}

impl Came {
    /// Every one, in the order in which they are told.
    pub const ALL: [Self; 7] =
        [Self::Added, Self::Changed, Self::Removed, Self::Unchanged, Self::HeldBack, Self::Failed, Self::Gone];

    /// As people read it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Added => "added",
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Failed => "failed",
            Self::HeldBack => "held back",
            Self::Gone => "gone",
            Self::Removed => "removed",
        }
    }
}

/// What came of a source, and why.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Outcome {
    /// The source's id.
    pub source: String,
    /// Its title.
    pub title: String,
    /// Its address.
    pub url: String,
    /// What came of it.
    pub result: Came,
    /// Why, where it is not as it should be.
    pub reason: Option<String>,
    /// What to do about it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub hint: Option<Hint>,
    /// How many words can be quoted now.
    pub words: usize,
    /// What is new in it, and what went.
    pub change: Change,
}

/// What came of a refresh.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Report {
    /// Each source that was asked for.
    pub sources: Vec<Outcome>,
    /// The generation that answers now, where there is one with originals.
    pub generation: Option<i64>,
    /// Whether it is another one than before.
    pub swapped: bool,
    /// How many documents it has.
    pub documents: usize,
    /// How many passages.
    pub passages: usize,
    /// How long it took.
    pub took_ms: u64,
    /// Whether nothing was to be changed.
    pub dry_run: bool,
    /// Whether another refresh was under way, and this is what came of it.
    pub joined: bool,
    /// The number under which this report is kept for a while; 0 where it is not.
    #[serde(default)]
    pub number: i64,
}

impl Report {
    /// How many sources came out so.
    #[must_use]
    pub fn count(&self, came: Came) -> usize {
        self.sources.iter().filter(|outcome| outcome.result == came).count()
    }

    /// Tells of a source that it is held back after all; what is told of it already stays.
    pub(super) fn hold(&mut self, held: Option<Outcome>) {
        let Some(held) = held else { return };
        match self.sources.iter_mut().find(|of| of.source == held.source) {
            Some(told) => (told.result, told.reason, told.hint) = (held.result, held.reason, held.hint),
            None => self.sources.push(held),
        }
    }

    /// The report in a line.
    #[must_use]
    pub fn summary(&self) -> String {
        let counts = Came::ALL.map(|came| (self.count(came), came.name()));
        let told = counts.iter().filter(|(count, _)| *count > 0).map(|(count, name)| format!("{count} {name}"));
        told.collect::<Vec<_>>().join(", ")
    }
}

/// How far a change has come.
#[derive(Debug, Clone, Copy)]
pub enum Progress<'a> {
    /// Somebody else changes something; it waits for that.
    Waiting,
    /// Downloading one page, at this address, that is to be a source.
    Page(&'a str),
    /// Downloading the next of so many sources.
    Source {
        /// How many are done.
        done: usize,
        /// How many there are.
        of: usize,
        /// The one that comes now.
        id: &'a str,
    },
    /// The next generation is compiled and checked.
    Compiling {
        /// How many originals it quotes.
        originals: usize,
        /// How many passages it has.
        passages: usize,
    },
}
