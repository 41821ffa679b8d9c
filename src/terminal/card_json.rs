//! The stable JSON form of cards and look-ups. Fields may be added; none is renamed or dropped.

use serde::Serialize;

use crate::corpus::{Corpus, Group, Kind, Muscle, Thing};
use crate::muscle::Found;

/// One look-up, as `sacrum muscle --json NAME` prints it.
#[derive(Debug, Serialize)]
pub struct FoundJson<'a> {
    query: &'a str,
    muscle: Option<CardJson<'a>>,
    group: Option<GroupJson<'a>>,
    thing: Option<ThingJson<'a>>,
    suggestions: Vec<&'a str>,
    note: &'a str,
    disclaimer: &'a str,
}

/// A muscle's card.
#[derive(Debug, Serialize)]
pub struct CardJson<'a> {
    id: &'a str,
    name: &'a str,
    latin: &'a str,
    kind: &'static str,
    aliases: &'a [String],
    group: &'a str,
    what: &'a str,
    origin: &'a str,
    insertion: &'a str,
    innervation: &'a str,
    action: &'a str,
    aggravated_by: &'a str,
    felt_in: &'a str,
    care: &'a str,
    mixed_up_with: &'a str,
    article: Option<&'a str>,
    correction: Option<&'a str>,
    citations: &'a [String],
    attaches: &'a [String],
    nerves: &'a [String],
    lies_at: &'a [String],
    felt_at: &'a [String],
    related: &'a [String],
    views: &'a [String],
    alt: &'a str,
}

#[derive(Debug, Serialize)]
struct GroupJson<'a> {
    id: &'a str,
    name: &'a str,
    note: &'a str,
    muscles: &'a [String],
    citations: &'a [String],
}

#[derive(Debug, Serialize)]
struct ThingJson<'a> {
    id: &'a str,
    name: &'a str,
    what: &'a str,
    muscles: &'a [String],
    citations: &'a [String],
}

/// A muscle in a list.
#[derive(Debug, Serialize)]
pub struct ItemJson<'a> {
    id: &'a str,
    name: &'a str,
    group: &'a str,
    what: &'a str,
}

impl<'a> FoundJson<'a> {
    /// What a name turned out to mean.
    #[must_use]
    pub fn new(query: &'a str, found: &Found<'a>, corpus: &'a Corpus) -> Self {
        let (note, disclaimer) = (corpus.muscles.card_note.as_str(), corpus.settings.disclaimer.as_str());
        let mut json =
            Self { query, muscle: None, group: None, thing: None, suggestions: Vec::new(), note, disclaimer };
        let ids = |ids: &'a [String]| ids.iter().map(String::as_str).collect();
        match found {
            Found::Muscle(muscle) => json.muscle = Some(CardJson::new(muscle)),
            Found::Group(group) => {
                json.suggestions = ids(&group.muscles);
                json.group = Some(GroupJson::new(group));
            }
            Found::Thing(thing) => {
                json.suggestions = ids(&thing.muscles);
                json.thing = Some(ThingJson::new(thing));
            }
            Found::Nothing(nearest) => json.suggestions = nearest.iter().map(|muscle| muscle.id.as_str()).collect(),
        }
        json
    }
}

impl<'a> CardJson<'a> {
    /// Everything that is said of a muscle.
    #[must_use]
    pub fn new(muscle: &'a Muscle) -> Self {
        Self {
            id: &muscle.id,
            name: &muscle.name,
            latin: &muscle.latin,
            kind: match muscle.kind {
                Kind::Muscle => "muscle",
                Kind::Sheet => "sheet",
            },
            aliases: &muscle.aliases,
            group: &muscle.group,
            what: &muscle.what,
            origin: &muscle.origin,
            insertion: &muscle.insertion,
            innervation: &muscle.innervation,
            action: &muscle.action,
            aggravated_by: &muscle.aggravated_by,
            felt_in: &muscle.felt_in,
            care: &muscle.care,
            mixed_up_with: &muscle.mixed_up_with,
            article: muscle.article.as_deref(),
            correction: muscle.correction.as_deref(),
            citations: &muscle.citations,
            attaches: &muscle.attaches,
            nerves: &muscle.nerves,
            lies_at: &muscle.lies_at,
            felt_at: &muscle.felt_at,
            related: &muscle.related,
            views: &muscle.views,
            alt: &muscle.alt,
        }
    }
}

impl<'a> GroupJson<'a> {
    fn new(group: &'a Group) -> Self {
        Self {
            id: &group.id,
            name: &group.name,
            note: &group.note,
            muscles: &group.muscles,
            citations: &group.citations,
        }
    }
}

impl<'a> ThingJson<'a> {
    fn new(thing: &'a Thing) -> Self {
        Self {
            id: &thing.id,
            name: &thing.name,
            what: &thing.what,
            muscles: &thing.muscles,
            citations: &thing.citations,
        }
    }
}

impl<'a> ItemJson<'a> {
    /// A muscle in a list.
    #[must_use]
    pub fn new(muscle: &'a Muscle) -> Self {
        Self { id: &muscle.id, name: &muscle.name, group: &muscle.group, what: &muscle.what }
    }
}
