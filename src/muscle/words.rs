//! What was typed, and which of its words carry something.

use rustc_hash::FxHashSet;

use super::likeness::{Form, Word};
use super::target::Target;
use crate::corpus::Corpus;
use crate::language::{Language, fold, sound, words};

/// So many letters of what was typed are looked at: no name is longer, and a whole story must not take long.
const LONGEST: usize = 100;
/// Shorter words tell nothing: "ql" is a name alone, and among other words a slip of the finger.
const SHORTEST: usize = 3;

/// What was typed, read once.
pub(super) struct Query {
    /// Its words, folded, with one space between them.
    pub(super) folded: String,
    pub(super) form: Form,
    /// How many of its words carry something.
    pub(super) carrying: usize,
    /// What is named in it as a neighbour of what is meant.
    pub(super) beside: Option<Target>,
}

/// Tells the words apart that people type around a name.
#[derive(Clone)]
pub(super) struct Words {
    skip: FxHashSet<String>,
    /// Those that are skipped and say that a muscle is meant.
    muscle_words: FxHashSet<String>,
    /// The first of them.
    muscle_word: Option<String>,
    /// Those that stand for it at the end.
    stand_ins: FxHashSet<String>,
    /// Those behind which a neighbour is named.
    beside: Vec<String>,
    pub(super) language: Language,
}

impl Words {
    pub(super) fn new(corpus: &Corpus) -> Self {
        let muscle_words = set(&corpus.muscles.muscle_words);
        let skip = &set(&corpus.muscles.skip) | &muscle_words;
        let beside = corpus.muscles.beside.iter().map(|words| spaced(words)).collect();
        let muscle_word = corpus.muscles.muscle_words.first().map(|word| spaced(word));
        let stand_ins = set(&corpus.muscles.stand_ins);
        Self { skip, muscle_words, muscle_word, stand_ins, beside, language: corpus.language.clone() }
    }

    /// Reads what was typed, of a whole story only the beginning.
    pub(super) fn read(&self, typed: &str) -> Query {
        let end = typed.char_indices().nth(LONGEST).map_or(typed.len(), |(at, _)| at);
        let folded = self.filled(&spaced(&typed[..end]));
        let carrying = folded.split(' ').filter(|word| self.carries(word)).count();
        Query { form: self.form(&folded), folded, carrying, beside: None }
    }

    /// Folded words with the word for a muscle where another stands for it: "the pear one".
    fn filled(&self, folded: &str) -> String {
        let stand_in = folded.rsplit_once(' ').filter(|(_, last)| self.stand_ins.contains(*last));
        match (stand_in, self.muscle_word.as_deref()) {
            (Some((before, _)), Some(muscle)) => format!("{before} {muscle}"),
            _ => folded.to_owned(),
        }
    }

    /// The forms in which folded words are compared.
    pub(super) fn form(&self, folded: &str) -> Form {
        let mut kept: Vec<&str> = folded.split(' ').filter(|word| self.carries(word)).collect();
        let says_something = !kept.is_empty();
        if !says_something {
            let words = || folded.split(' ').filter(|word| !word.is_empty());
            kept = words().filter(|word| !self.skip.contains(*word)).collect();
            if kept.is_empty() {
                kept = words().collect();
            }
        }
        let word = |text: &str| Word {
            text: text.to_owned(),
            stem: self.language.stem(text).into_owned(),
            sound: sound(text),
        };
        Form {
            words: kept.iter().map(|text| word(text)).collect(),
            joined: word(&kept.concat()),
            whole: word(&folded.replace(' ', "")),
            ordinary: says_something && kept.iter().all(|text| self.language.is_known(text)),
            says_muscle: folded.split(' ').any(|word| self.says_muscle(word)),
        }
    }

    /// Whether a word carries something.
    pub(super) fn carries(&self, word: &str) -> bool {
        !word.is_empty() && !self.is_skipped(word) && !self.language.is_stop_word(word)
    }

    pub(super) fn is_skipped(&self, word: &str) -> bool {
        self.skip.contains(word)
    }

    pub(super) fn says_muscle(&self, word: &str) -> bool {
        self.muscle_words.contains(word)
    }

    /// What stands behind the last words that lead to a neighbour, where there are any.
    pub(super) fn behind<'a>(&self, folded: &'a str) -> Option<&'a str> {
        let starts = folded.match_indices(' ').map(|(at, _)| at + 1).chain([0]);
        let behind = |at: usize| {
            let rest = |words: &String| folded[at..].strip_prefix(words.as_str())?.strip_prefix(' ');
            self.beside.iter().find_map(rest)
        };
        starts.filter_map(behind).min_by_key(|rest| rest.len())
    }

    /// Whether a word is no ordinary one, and so may be a name among others.
    pub(super) fn is_telling(&self, word: &str) -> bool {
        word.len() >= SHORTEST && !self.is_skipped(word) && !self.language.is_known(word)
    }
}

/// Folded words with one space between them.
pub(super) fn spaced(text: &str) -> String {
    words(&fold(text)).collect::<Vec<_>>().join(" ")
}

pub(super) fn set(words: &[String]) -> FxHashSet<String> {
    words.iter().map(|word| spaced(word)).collect()
}
