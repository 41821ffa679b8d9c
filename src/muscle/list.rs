//! The list of muscles, cut down by where they lie, what supplies them, what they attach to.

use crate::corpus::{Corpus, Muscle, Named};
use crate::language::{fold, words};

/// What the muscles of a list have in common; what is `None` does not matter. Ids of muscles.toml.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filter<'a> {
    /// They lie there.
    pub at: Option<&'a str>,
    /// They are felt there.
    pub felt: Option<&'a str>,
    /// It supplies them.
    pub nerve: Option<&'a str>,
    /// They attach to it.
    pub bone: Option<&'a str>,
    /// They are drawn in this figure: from behind, from the front.
    pub view: Option<&'a str>,
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

impl<'a> Filter<'a> {
    /// The place that people call so.
    ///
    /// # Errors
    /// Where the corpus has none.
    pub fn place(corpus: &'a Corpus, word: &str) -> Result<&'a Named, Unknown> {
        named(&corpus.muscles.places, "place", word)
    }

    /// The nerve that people call so.
    ///
    /// # Errors
    /// Where the corpus has none.
    pub fn nerve(corpus: &'a Corpus, word: &str) -> Result<&'a Named, Unknown> {
        named(&corpus.muscles.nerves, "nerve", word)
    }

    /// The bone that people call so.
    ///
    /// # Errors
    /// Where the corpus has none.
    pub fn bone(corpus: &'a Corpus, word: &str) -> Result<&'a Named, Unknown> {
        named(&corpus.muscles.bones, "bone", word)
    }

    /// The figure of this name.
    ///
    /// # Errors
    /// Where the corpus has none.
    pub fn view(corpus: &'a Corpus, word: &str) -> Result<&'a str, Unknown> {
        let known = || corpus.figures.iter().map(|figure| figure.view.clone()).collect();
        let found = corpus.figure(word).map(|figure| figure.view.as_str());
        found.ok_or_else(|| Unknown { word: word.to_owned(), kind: "view", known: known() })
    }
}

fn named<'a>(all: &'a [Named], kind: &'static str, word: &str) -> Result<&'a Named, Unknown> {
    let plain = |text: &str| words(&fold(text)).filter(|word| *word != "the").collect::<Vec<_>>().join(" ");
    let asked = plain(word);
    let is_it = |of: &&Named| of.words.iter().chain([&of.id, &of.name]).any(|name| plain(name) == asked);
    let known = || all.iter().map(|of| of.id.clone()).collect();
    all.iter().find(is_it).ok_or_else(|| Unknown { word: word.to_owned(), kind, known: known() })
}

/// The muscles that fit, in the order of the file.
#[must_use]
pub fn list<'a>(corpus: &'a Corpus, filter: &Filter<'_>) -> Vec<&'a Muscle> {
    let fits = |wanted: Option<&str>, ids: &[String]| wanted.is_none_or(|id| ids.iter().any(|of| of == id));
    let all = corpus.muscles.list.iter().filter(|muscle| {
        fits(filter.at, &muscle.lies_at)
            && fits(filter.felt, &muscle.felt_at)
            && fits(filter.nerve, &muscle.nerves)
            && fits(filter.bone, &muscle.attaches)
            && fits(filter.view, &muscle.views)
    });
    all.collect()
}
