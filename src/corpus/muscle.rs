//! muscles.toml: the muscles that can be looked up, words that mean several of them, and words that mean
//! none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use toml::Spanned;

use super::problem::Problem;

/// The whole of muscles.toml.
#[derive(Debug, Clone, Default, Serialize, Deserialize)]
pub struct Muscles {
    /// Words that carry nothing in a name: "left", "sore".
    pub skip: Vec<String>,
    /// Words that say that a muscle is meant; they carry nothing else.
    pub muscle_words: Vec<String>,
    /// Words that stand for them at the end of a name: "the pear one".
    pub stand_ins: Vec<String>,
    /// Words behind which a neighbour of what is meant is named: "under" the gluteus medius.
    pub beside: Vec<String>,
    /// Words that look like a name and are none: "gluten".
    pub no_names: Vec<String>,
    /// What to bear in mind when one looks up a place: what lies there need not be what hurts.
    pub where_note: String,
    /// What to know to read a card; stands on each.
    pub card_note: String,
    /// Where muscles lie and where they are felt.
    pub places: Vec<Named>,
    /// The nerves that supply them.
    pub nerves: Vec<Named>,
    /// The bones that they attach to.
    pub bones: Vec<Named>,
    /// The muscles, in the order in which they are listed.
    pub list: Vec<Muscle>,
    /// Words that mean several muscles.
    pub groups: Vec<Group>,
    /// Words that mean no muscle.
    pub things: Vec<Thing>,
}

/// A place, nerve or bone that entries refer to.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Named {
    /// What entries refer to it by.
    pub id: String,
    /// How it is called in a sentence.
    pub name: String,
    /// What else people call it.
    #[serde(default)]
    pub words: Vec<String>,
    /// Ids of the bones that it is made of: what attaches to one of them attaches to it.
    #[serde(default)]
    pub parts: Vec<String>,
}

/// Whether an entry can tighten.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// It can.
    Muscle,
    /// It cannot: a sheet of tissue that is listed because people look for it among the muscles.
    Sheet,
}

/// One card.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Muscle {
    /// Its id, in JSON and in the figures.
    pub id: String,
    /// Its English name.
    pub name: String,
    /// Its Latin name, with older forms.
    pub latin: String,
    /// Whether it is a muscle.
    pub kind: Kind,
    /// Which part of the list it stands in.
    pub group: String,
    /// Every other name that means this one alone.
    pub aliases: Vec<String>,
    /// What it is and where, in one sentence.
    pub what: String,
    /// Where it starts.
    pub origin: String,
    /// Where it ends.
    pub insertion: String,
    /// The nerve that supplies it.
    pub innervation: String,
    /// What it does.
    pub action: String,
    /// What is said to bring on pain there.
    pub aggravated_by: String,
    /// Where that is felt.
    pub felt_in: String,
    /// What people do for it.
    pub care: String,
    /// What it is mistaken for.
    pub mixed_up_with: String,
    /// What the founding article says of it.
    pub article: Option<String>,
    /// Where better sources differ from the article.
    pub correction: Option<String>,
    /// Ids of sources, the main one first.
    pub citations: Vec<String>,
    /// Ids of the bones it attaches to.
    pub attaches: Vec<String>,
    /// Ids of its nerves.
    pub nerves: Vec<String>,
    /// Ids of the places where it lies.
    pub lies_at: Vec<String>,
    /// Ids of the places where it is said to be felt.
    pub felt_at: Vec<String>,
    /// Ids of the muscles that one looks at next.
    pub related: Vec<String>,
    /// The figures that show it, the best first.
    pub views: Vec<String>,
    /// Its picture in words.
    pub alt: String,
    /// The same for a figure that shows less or more than that.
    #[serde(default)]
    pub alts: BTreeMap<String, String>,
    /// The line of its entry.
    #[serde(skip)]
    pub line: usize,
}

impl Muscle {
    /// Its picture in words, in a figure.
    #[must_use]
    pub fn alt_from(&self, view: &str) -> &str {
        self.alts.get(view).unwrap_or(&self.alt)
    }
}

/// Words that mean several muscles.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Group {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The words, singular or plural.
    pub terms: Vec<String>,
    /// Ids of the muscles, the likeliest first.
    pub muscles: Vec<String>,
    /// What to know when one chooses.
    pub note: String,
    /// The figure that shows them together.
    pub view: Option<String>,
    /// Ids of sources for what the note says and no card of theirs does.
    #[serde(default)]
    pub citations: Vec<String>,
    /// The line of its entry.
    #[serde(skip)]
    pub line: usize,
}

/// Words that people look up among the muscles and that name none.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Thing {
    /// Its id.
    pub id: String,
    /// What it is called.
    pub name: String,
    /// The words.
    #[serde(default)]
    pub terms: Vec<String>,
    /// Words that make this of whatever stands before them: "artery", "abscess".
    #[serde(default)]
    pub heads: Vec<String>,
    /// Whether it is a muscle after all, only without a card.
    #[serde(default)]
    pub is_muscle: bool,
    /// What it is, in a sentence or two.
    pub what: String,
    /// Ids of the muscles nearby.
    pub muscles: Vec<String>,
    /// Ids of sources for what it is.
    #[serde(default)]
    pub citations: Vec<String>,
    /// The line of its entry.
    #[serde(skip)]
    pub line: usize,
}

/// The file as it is written; each entry by itself, so that one fault does not hide the next.
#[derive(Deserialize, Default)]
#[serde(deny_unknown_fields, default)]
struct Written {
    skip: Vec<String>,
    muscle_words: Vec<String>,
    stand_ins: Vec<String>,
    beside: Vec<String>,
    no_names: Vec<String>,
    where_note: String,
    card_note: String,
    place: Vec<Named>,
    nerve: Vec<Named>,
    bone: Vec<Named>,
    muscle: Vec<Spanned<toml::Value>>,
    group: Vec<Spanned<toml::Value>>,
    thing: Vec<Spanned<toml::Value>>,
}

impl Muscles {
    /// Reads muscles.toml; an entry that cannot be read is left out, and told.
    pub(super) fn read(file: &str, text: &str, problems: &mut Vec<Problem>) -> Self {
        let written: Written = super::table(file, text, problems);
        Self {
            skip: written.skip,
            muscle_words: written.muscle_words,
            stand_ins: written.stand_ins,
            beside: written.beside,
            no_names: written.no_names,
            where_note: written.where_note,
            card_note: written.card_note,
            places: written.place,
            nerves: written.nerve,
            bones: written.bone,
            list: super::entries(file, text, written.muscle, problems)
                .into_iter()
                .map(|(line, of)| Muscle { line, ..of })
                .collect(),
            groups: super::entries(file, text, written.group, problems)
                .into_iter()
                .map(|(line, of)| Group { line, ..of })
                .collect(),
            things: super::entries(file, text, written.thing, problems)
                .into_iter()
                .map(|(line, of)| Thing { line, ..of })
                .collect(),
        }
    }

    /// The muscle with this id.
    #[must_use]
    pub fn get(&self, id: &str) -> Option<&Muscle> {
        self.list.iter().find(|muscle| muscle.id == id)
    }

    /// Whether a muscle, a group or a thing has this id.
    pub(super) fn has(&self, id: &str) -> bool {
        self.get(id).is_some()
            || self.groups.iter().any(|group| group.id == id)
            || self.things.iter().any(|thing| thing.id == id)
    }

    /// The sources of what is said of several muscles together: those given, and the main one of each muscle.
    #[must_use]
    pub fn cited_with(&self, given: &[String], muscles: &[String]) -> Vec<String> {
        let mut citations: Vec<String> = Vec::new();
        for id in given.iter().chain(self.of(muscles).filter_map(|muscle| muscle.citations.first())) {
            if !citations.contains(id) {
                citations.push(id.clone());
            }
        }
        citations
    }

    /// The muscles with these ids, in their order.
    pub fn of<'a>(&'a self, ids: &'a [String]) -> impl Iterator<Item = &'a Muscle> {
        ids.iter().filter_map(|id| self.get(id))
    }
}
