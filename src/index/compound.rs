//! What is written as one word or as two: people type "xray" and "knee cap" where the texts say "X-ray" and "kneecap".

use std::collections::BTreeSet;

use crate::corpus::Corpus;
use crate::language::{self, Language, SHORTEST_HALF};

/// A compound as people may type it, and as the texts have it.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Compound {
    pub(super) typed: String,
    pub(super) written: String,
}

/// The compounds in the texts of a corpus folder: those with a hyphen, which may be typed as one word, and those
/// that are made of two words of the language, which may be typed apart.
pub(super) fn compounds(corpus: &Corpus) -> Vec<Compound> {
    let of_folder = corpus.passages().filter(|(_, document, _)| document.original.is_none());
    let texts = of_folder.flat_map(|(_, document, section)| [&document.title, &section.heading, &section.text]);
    let mut all = BTreeSet::new();
    for text in texts {
        let folded = language::fold(text);
        for word in folded.split_whitespace().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())) {
            all.extend(typed_together(word).into_iter().chain(typed_apart(&corpus.language, word)));
        }
    }
    all.into_iter().collect()
}

/// A word with a hyphen, as one.
fn typed_together(word: &str) -> Option<Compound> {
    let is_compound =
        word.contains('-') && word.split('-').all(|part| part.chars().all(char::is_alphabetic) && !part.is_empty());
    is_compound.then(|| Compound { typed: word.replace('-', ""), written: word.replace('-', " ") })
}

/// A word that is made of two others, as these.
fn typed_apart(language: &Language, word: &str) -> Option<Compound> {
    let is_half = |half: &str| half.len() >= SHORTEST_HALF && language.is_known(half) && !language.is_talk(half);
    let (one, other) = language::halves(word, is_half)?;
    (!language.is_talk(word)).then(|| Compound { typed: format!("{one} {other}"), written: word.to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_compound_is_typed_together_or_apart() {
        let english = Language::new("en");
        let compound =
            |typed: &str, written: &str| Some(Compound { typed: typed.to_owned(), written: written.to_owned() });
        assert_eq!(typed_together("x-ray"), compound("xray", "x ray"));
        assert_eq!(typed_together("2-3"), None);
        assert_eq!(typed_together("ray"), None);
        assert_eq!(typed_apart(&english, "kneecap"), compound("knee cap", "kneecap"));
        assert_eq!(typed_apart(&english, "without"), None);
        assert_eq!(typed_apart(&english, "sciatica"), None);
        assert_eq!(typed_apart(&Language::new("de"), "kniescheibe"), None);
    }
}
