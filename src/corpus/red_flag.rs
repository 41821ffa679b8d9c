//! Warning signs, as data: concepts, rules, advice, and each flag's own examples.

use std::collections::BTreeMap;
use std::fmt;

use serde::{Deserialize, Serialize};

/// How urgent a warning sign is, the least urgent first.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Level {
    /// A check by a clinician in the next days; an answer may follow.
    Soon,
    /// A doctor today.
    SameDay,
    /// Someone may be at risk from themselves.
    Crisis,
    /// Emergency care now.
    Emergency,
}

impl Level {
    /// All of them, the most urgent first.
    const ALL: [Self; 4] = [Self::Emergency, Self::Crisis, Self::SameDay, Self::Soon];

    /// The one that `as u32` gives this number for.
    pub(crate) fn numbered(number: u32) -> Option<Self> {
        Self::ALL.into_iter().find(|&level| level as u32 == number)
    }

    /// Whether it is seen to today or sooner: nothing but its advice is shown, no answer under it.
    #[must_use]
    pub fn cannot_wait(self) -> bool {
        self > Self::Soon
    }

    /// Whether it comes before everything else, and nothing holds its advice back: no queue, no pause between replies, and
    /// not that others read it.
    #[must_use]
    pub fn overrides_all(self) -> bool {
        self >= Self::Crisis
    }

    /// Reads a level, or `none` where no sign is meant.
    ///
    /// # Errors
    /// Where it is neither, in words.
    pub fn or_none(name: &str) -> Result<Option<Self>, String> {
        if name == "none" {
            return Ok(None);
        }
        let level = Self::ALL.into_iter().find(|level| level.to_string() == name);
        let names = || Self::ALL.map(|level| level.to_string()).join(", ");
        level.map(Some).ok_or_else(|| format!("there is no level \"{name}\"; there are {}, and none", names()))
    }
}

impl fmt::Display for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Soon => "soon",
            Self::SameDay => "same_day",
            Self::Crisis => "crisis",
            Self::Emergency => "emergency",
        })
    }
}

/// As it is written in the files: whoever writes a corpus reads it in faults.
impl fmt::Debug for Level {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The whole of red_flags.toml.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RedFlags {
    /// How a message is folded before it is matched.
    pub normalise: Normalise,
    /// What makes a match not count.
    pub scope: Scope,
    /// Ways to say one thing, by name.
    pub concept: BTreeMap<String, Concept>,
    /// The flags.
    pub flag: Vec<RedFlag>,
}

/// How a message is folded before it is matched.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Normalise {
    /// Words that carry nothing here.
    pub skip: Vec<String>,
    /// One way to write each thing.
    pub replace: BTreeMap<String, String>,
}

/// What makes a match not count; lists of phrases.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
#[allow(missing_docs)] // docs/CORPUS.md explains each key where it is written
pub struct Scope {
    pub negators: Vec<String>,
    pub negation_ends: Vec<String>,
    pub information: Vec<String>,
    pub personal: Vec<String>,
    pub writer: Vec<String>,
    pub past: Vec<String>,
    pub present: Vec<String>,
    pub not_a_person: Vec<String>,
    pub retracted: Vec<String>,
    pub alternatives: Vec<String>,
    pub denials: Vec<String>,
}

/// A scope that leaves a concept standing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Survives {
    /// "two years ago", with nothing that says it goes on.
    Past,
    /// "no", "without".
    Negation,
    /// A question for information.
    Information,
    /// "just kidding".
    Retracted,
}

/// Ways to say one thing.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Concept {
    /// The phrases.
    pub phrases: Vec<String>,
    /// Which of the scopes leave it standing.
    #[serde(default)]
    pub survives: Vec<Survives>,
}

/// One warning sign.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct RedFlag {
    /// Its name in JSON.
    pub id: String,
    /// What its rules say where they do not say otherwise.
    pub level: Level,
    /// The sources of the advice.
    #[serde(default)]
    pub cites: Vec<String>,
    /// What is shown, by level.
    pub advice: BTreeMap<Level, String>,
    /// Whether it is shown rather than another flag of the same level.
    #[serde(default)]
    pub first: bool,
    /// What is added to the advice of another flag where a rule of this one fires as well.
    #[serde(default)]
    pub also: String,
    /// When it fires: any one of these.
    #[serde(default)]
    pub rule: Vec<Rule>,
    /// Messages that must fire, by level.
    #[serde(default)]
    pub must: BTreeMap<Level, Vec<String>>,
    /// Look-alikes that must fire nothing.
    #[serde(default)]
    pub must_not: Vec<String>,
}

impl RedFlag {
    /// Whether it has advice for a level; a blank one is none.
    pub(super) fn advises(&self, level: Level) -> bool {
        self.advice.get(&level).is_some_and(|advice| !advice.trim().is_empty())
    }
}

/// Concepts that must come together.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Rule {
    /// Concepts that must stand near each other.
    #[serde(default)]
    pub near: Vec<String>,
    /// Within how many words.
    #[serde(default = "eight")]
    pub within: u32,
    /// Concepts that must stand anywhere.
    #[serde(default)]
    pub anywhere: Vec<String>,
    /// Concepts that cancel the match when they stand within twelve words of it.
    #[serde(default)]
    pub unless: Vec<String>,
    /// Its level, where it is not the flag's.
    pub level: Option<Level>,
}

fn eight() -> u32 {
    8
}
