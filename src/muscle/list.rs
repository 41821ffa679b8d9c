//! The list of muscles, cut down by where they lie, what supplies them, what they attach to.

use super::likeness::similarity;
use crate::corpus::{Corpus, Muscle, Named};
use crate::language::{fold, words};

/// So like a name is what is that name misspelt: "buttok".
const NEAR: f32 = 0.8;

/// What the muscles of a list have in common; what is `None` does not matter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter<T> {
    /// They lie there.
    pub at: Option<T>,
    /// They are felt there.
    pub felt: Option<T>,
    /// It supplies them.
    pub nerve: Option<T>,
    /// They attach to it.
    pub bone: Option<T>,
    /// They are drawn in this figure or one like it: from behind, from the front.
    pub view: Option<T>,
}

/// A word that names no place, nerve, bone or figure of the corpus.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("\"{word}\" is no {kind} here; there are: {}", .known.join(", "))]
pub struct Unknown {
    /// The word.
    pub word: String,
    /// What it should have been.
    pub kind: &'static str,
    /// What there is.
    pub known: Vec<String>,
}

impl<T: AsRef<str>> Filter<T> {
    /// The ids of muscles.toml that people mean by these words.
    ///
    /// # Errors
    /// Where the corpus has no such place, nerve, bone or figure.
    pub fn ids<'a>(&self, corpus: &'a Corpus) -> Result<Filter<&'a str>, Unknown> {
        let muscles = &corpus.muscles;
        Ok(Filter {
            at: id(corpus, &muscles.places, "place", self.at.as_ref())?,
            felt: id(corpus, &muscles.places, "place", self.felt.as_ref())?,
            nerve: id(corpus, &muscles.nerves, "nerve", self.nerve.as_ref())?,
            bone: id(corpus, &muscles.bones, "bone", self.bone.as_ref())?,
            view: self.view.as_ref().map(|word| view(corpus, word.as_ref())).transpose()?,
        })
    }
}

fn id<'a>(
    corpus: &Corpus,
    all: &'a [Named],
    kind: &'static str,
    word: Option<&impl AsRef<str>>,
) -> Result<Option<&'a str>, Unknown> {
    let Some(word) = word.map(AsRef::as_ref) else { return Ok(None) };
    let known = || all.iter().map(|of| of.id.clone()).collect();
    let found = named_like(corpus, all, word).ok_or_else(|| Unknown { word: word.to_owned(), kind, known: known() })?;
    Ok(Some(&found.id))
}

fn view<'a>(corpus: &'a Corpus, word: &str) -> Result<&'a str, Unknown> {
    let known = || corpus.figures.iter().map(|figure| figure.view.clone()).collect();
    let found = corpus.figure(word).map(|figure| figure.view.as_str());
    found.ok_or_else(|| Unknown { word: word.to_owned(), kind: "view", known: known() })
}

/// The place, nerve or bone that people call so.
#[must_use]
pub fn named<'a>(all: &'a [Named], word: &str) -> Option<&'a Named> {
    let asked = plain(word);
    all.iter().find(|of| names(of).any(|name| name == asked))
}

/// The place, nerve or bone that is meant: by its name, by that among words that carry nothing, or misspelt.
#[must_use]
pub fn named_like<'a>(corpus: &Corpus, all: &'a [Named], word: &str) -> Option<&'a Named> {
    let is_said =
        |word: &&str| !corpus.muscles.skip.iter().any(|skip| skip == word) && !corpus.language.is_stop_word(word);
    let carrying = |text: &str| plain(text).split(' ').filter(is_said).collect::<Vec<_>>().join(" ");
    let asked = carrying(word);
    let best = |of: &Named| names(of).map(|name| similarity(&asked, &carrying(&name))).fold(0.0, f32::max);
    named(all, word).or_else(|| {
        let (likeness, near) = all.iter().rev().map(|of| (best(of), of)).max_by(|a, b| a.0.total_cmp(&b.0))?;
        (likeness >= NEAR && !asked.is_empty()).then_some(near)
    })
}

/// The places, nerves or bones of which a name holds what has been typed so far, in their order.
pub fn named_so_far<'a>(all: &'a [Named], typed: &str) -> impl Iterator<Item = &'a Named> + use<'a> {
    let typed = plain(typed);
    all.iter().filter(move |of| names(of).any(|name| name.contains(&typed)))
}

fn names(of: &Named) -> impl Iterator<Item = String> {
    of.words.iter().chain([&of.id, &of.name]).map(|name| plain(name))
}

/// A name as it is compared: folded, without an article.
fn plain(text: &str) -> String {
    words(&fold(text)).filter(|word| *word != "the").collect::<Vec<_>>().join(" ")
}

/// The muscles that fit, in the order of the file.
#[must_use]
pub fn list<'a>(corpus: &'a Corpus, filter: &Filter<&str>) -> Vec<&'a Muscle> {
    let fits = |wanted: Option<&str>, ids: &[String]| wanted.is_none_or(|id| ids.iter().any(|of| of == id));
    let bone = filter.bone.and_then(|id| corpus.muscles.bones.iter().find(|bone| bone.id == id));
    let parts = bone.map(|bone| bone.parts.as_slice()).unwrap_or_default();
    let all = corpus.muscles.list.iter().filter(|muscle| {
        fits(filter.at, &muscle.lies_at)
            && fits(filter.felt, &muscle.felt_at)
            && fits(filter.nerve, &muscle.nerves)
            && (fits(filter.bone, &muscle.attaches) || parts.iter().any(|part| muscle.attaches.contains(part)))
            && filter.view.is_none_or(|view| {
                muscle.views.iter().filter_map(|of| corpus.figure(of)).any(|figure| figure.is_like(view))
            })
    });
    all.collect()
}
