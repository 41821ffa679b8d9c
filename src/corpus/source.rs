//! The bibliography.

use serde::{Deserialize, Serialize};

use crate::generation::{Late, count, hash};

/// An id with more slips than this is not taken for one of ours.
const MOST_SLIPS: usize = 4;

/// An article, fact sheet, guideline or study that the corpus draws on.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Source {
    /// What notes cite it by: lower case, digits and hyphens.
    pub id: String,
    /// Its title.
    pub title: String,
    /// Who publishes it.
    pub publisher: String,
    /// Where it is; https.
    pub url: String,
    /// What it is: article, fact sheet, guideline, review, study or reference;
    /// [`Self::WRITTEN`] where a moderator wrote it.
    pub kind: String,
    /// When it was published: YYYY, YYYY-MM or YYYY-MM-DD.
    pub published: Option<String>,
    /// An SPDX id, or "all rights reserved".
    pub licence: String,
    /// Whether a refresh may download the original.
    #[serde(default)]
    pub refresh: bool,
}

impl Source {
    /// The kind of a source that a moderator wrote about the page at its address.
    pub const WRITTEN: &str = "written";

    /// The kinds that sources.toml knows.
    pub(super) const KINDS: [&str; 6] = ["article", "fact sheet", "guideline", "review", "study", "reference"];

    /// Whether both stand for one page; texts that moderators wrote about it are each by themselves.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        let is_page = |of: &Self| of.kind != Self::WRITTEN;
        self.id == other.id || self.url == other.url && is_page(self) && is_page(other)
    }

    /// The year of publication, where it is known.
    #[must_use]
    pub fn year(&self) -> Option<&str> {
        self.published.as_deref().and_then(|date| date.get(..4))
    }

    /// Which of these sources' ids may be meant by one that none of them has: the nearest.
    pub(crate) fn nearest<'a>(sources: impl IntoIterator<Item = &'a Self>, id: &str) -> Option<&'a str> {
        let distance = |known: &str| rapidfuzz::distance::osa::distance(known.chars(), id.chars());
        let all = sources.into_iter().map(|source| (distance(&source.id), source.id.as_str()));
        all.filter(|(distance, _)| *distance <= MOST_SLIPS).min_by_key(|(distance, _)| *distance).map(|(_, id)| id)
    }
}

/// All sources of a corpus; each is read when it is asked for, and one that is damaged hides no other.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub(super) struct Sources {
    #[serde(skip)]
    pub(super) all: Vec<Late<Source>>,
    /// The hashes of their ids, sorted, and where each stands: found by halving, nothing is made of them at a start.
    by_id: Vec<(u32, u32)>,
}

impl Sources {
    pub(super) fn get(&self, id: &str) -> Option<&Source> {
        let hash = hash(id);
        let first = self.by_id.partition_point(|&(of, _)| of < hash);
        let places = self.by_id[first..].iter().take_while(|&&(of, _)| of == hash).map(|&(_, at)| at as usize);
        places.filter_map(|at| self.all.get(at)).map(|source| &**source).find(|source| source.id == id)
    }

    /// Adds one where none has its id yet; whether none had.
    pub(super) fn add(&mut self, source: &Source) -> bool {
        if self.get(&source.id).is_some() {
            return false;
        }
        let entry = (hash(&source.id), count(self.all.len()));
        self.by_id.insert(self.by_id.partition_point(|other| *other < entry), entry);
        self.all.push(source.clone().into());
        true
    }
}

/// The file as it is written; each entry by itself, so that one fault does not hide the next.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields)]
pub(super) struct SourcesFile {
    #[serde(default, rename = "source")]
    pub(super) sources: Vec<toml::Spanned<toml::Value>>,
}
