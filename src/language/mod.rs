//! What a language brings along: its words, its endings, its small talk. Knows no subject.
//!
//! Deliberately absent: anything that reads a file or knows what a question is about.

use std::borrow::Cow;
use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

mod detect;
mod sound;
mod spelling;

pub use detect::of_text;
pub(crate) use sound::sound;
pub use spelling::Spelling;

const STOP_WORDS: &str = include_str!("en/stop.txt");
const CHATTY_WORDS: &str = include_str!("en/chatty.txt");
const KNOWN_WORDS: &str = include_str!("en/known.txt");
/// What people write in chat, and the word that they mean.
const SPELT: &str = include_str!("en/spelt.txt");
const QUESTION_WORDS: &[&str] = &[
    "what",
    "whats",
    "why",
    "how",
    "hows",
    "when",
    "where",
    "which",
    "who",
    "whom",
    "whose",
    "is",
    "are",
    "am",
    "do",
    "does",
    "did",
    "can",
    "could",
    "should",
    "would",
    "will",
    "shall",
    "may",
    "might",
    "has",
    "have",
    "was",
    "were",
    "any",
    "anyone",
    "anybody",
    "tell",
    "explain",
    "help",
    "best",
    "isnt",
    "arent",
    "dont",
    "doesnt",
    "cant",
    "shouldnt",
    "wondering",
    "wonder",
    "whether",
    "advice",
    "tips",
    "ideas",
    "recommend",
    "name",
    "list",
    "define",
];
const SMALL_TALK: &[&str] = &[
    "good morning",
    "good night",
    "good evening",
    "good afternoon",
    "gm ",
    "gn ",
    "how are you",
    "who are you",
    "what are you",
    "whats your name",
    "what is your name",
    "are you a ",
    "is this a ",
    "r u a ",
    "are you real",
    "are you human",
    "who made you",
];
/// Words that begin a question as often as not, but misspelt.
const FIRST_WORDS: &[(&str, &str)] =
    &[("dose", "does"), ("doe", "does"), ("hoe", "how"), ("wear", "where"), ("were", "where")];
/// Words with which people tell of themselves or somebody, rather than name a subject.
const TELLING_WORDS: &[&str] = &[
    "i", "im", "ive", "id", "ill", "me", "my", "mine", "we", "us", "our", "he", "hes", "him", "his", "she", "shes",
    "her", "they", "them", "their", "you", "your", "u", "ur", "just", "got", "lol", "thanks", "thank",
];
/// Words that tell nothing: greetings, and what is said for politeness or weight. Not what tells of chatter, as "lol".
const FILLERS: &[&str] = &[
    "hi",
    "hello",
    "hey",
    "hiya",
    "heya",
    "greetings",
    "folks",
    "guys",
    "everyone",
    "everybody",
    "please",
    "pls",
    "plz",
    "exactly",
    "actually",
    "basically",
    "honestly",
    "literally",
    "kinda",
    "sorry",
];
/// Words that join a question to the one before it, in a sentence or in another message.
const JOINING_WORDS: &[&str] = &["and", "also", "plus", "but", "so", "then", "n"];
const AUXILIARIES: &[&str] = &[
    "is", "are", "am", "do", "does", "did", "can", "could", "should", "would", "will", "shall", "may", "has", "was",
    "were", "isnt", "arent", "dont", "doesnt", "cant", "shouldnt", "wont",
];
/// Words that stand behind an auxiliary where nobody asks: "and is getting worse".
const TELLING_ON: &[&str] = &[
    "worse", "better", "getting", "going", "gone", "still", "now", "not", "very", "so", "too", "really", "always",
    "also", "just", "only", "even", "often", "usually", "been", "being", "killing", "feel", "feels", "nothing",
    "hardly",
];
/// What asks where an auxiliary comes somewhere behind it: "which mattress should i buy".
const ASKING_WORDS: &[&str] = &["what", "which", "how", "why", "who", "whose"];
/// What asks with the next word, where that is not an auxiliary: "how long till it heals", "what about heat".
const ASKING_PAIRS: &[(&str, &[&str])] = &[
    ("how", &["long", "much", "many", "often", "soon", "far", "about", "to", "come"]),
    ("what", &["about", "if", "to", "kind", "sort"]),
    ("when", &["to"]),
    ("where", &["to"]),
    ("which", &["is"]),
];
/// So many words behind a word that asks its auxiliary comes.
const AUXILIARY_WITHIN: usize = 4;
/// Words that begin what is denied ("no fever"), and that end what is well ("bladder fine").
const DENYING_WORDS: &[&str] = &["no", "not", "never", "without", "zero", "nor", "neither", "arent", "isnt"];
const WELL_WORDS: &[&str] = &["fine", "ok", "okay", "good", "normal", "well"];
/// So many words such a clause has at most.
const SHORT_CLAUSE: usize = 5;
const POINTING_WORDS: &[&str] =
    &["it", "that", "this", "they", "them", "those", "these", "its", "one", "there", "he", "she", "him", "her", "his"];

/// A language that texts are read in.
///
/// English has lists of stop words, of words that are mostly talk and of known words; of other languages
/// we know the endings alone, and for one we have never heard of, nothing: its words are then taken as
/// they stand.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Language {
    code: String,
    lists: &'static Lists,
    endings: Option<Algorithm>,
}

/// The lists that come with a language.
#[derive(Debug, Default)]
struct Lists {
    stop: FxHashSet<&'static str>,
    chatty: FxHashSet<&'static str>,
    spelt: FxHashMap<&'static str, &'static str>,
}

static ENGLISH: LazyLock<Lists> = LazyLock::new(|| Lists {
    stop: STOP_WORDS.lines().collect(),
    chatty: CHATTY_WORDS.lines().collect(),
    spelt: SPELT.lines().filter_map(|line| line.split_once(' ')).collect(),
});
/// A language that we know no words of.
static NO_LISTS: LazyLock<Lists> = LazyLock::new(Lists::default);

impl From<String> for Language {
    fn from(code: String) -> Self {
        Self::new(&code)
    }
}

impl From<Language> for String {
    fn from(language: Language) -> Self {
        language.code
    }
}

impl Language {
    /// The language with this ISO 639-1 code, such as `en`.
    #[must_use]
    pub fn new(code: &str) -> Self {
        let lists = if code == "en" { &ENGLISH } else { &NO_LISTS };
        Self { code: code.to_owned(), lists, endings: Algorithm::from_name(code).ok() }
    }

    /// Its ISO 639-1 code.
    #[must_use]
    pub fn code(&self) -> &str {
        &self.code
    }

    /// Whether a folded word carries no content: an article, a pronoun, a courtesy.
    #[must_use]
    pub fn is_stop_word(&self, word: &str) -> bool {
        self.lists.stop.contains(word)
    }

    /// Whether a folded word is mostly talk ("hello", "wondering"): it tells little about a subject.
    #[must_use]
    pub fn is_chatty(&self, word: &str) -> bool {
        self.lists.chatty.contains(word)
    }

    /// Whether a folded word tells nothing wherever it stands ("hi", "please").
    #[must_use]
    pub fn is_filler(&self, word: &str) -> bool {
        self.code == "en" && FILLERS.contains(&word)
    }

    /// Whether a folded word is in the language's list of common words, so that it is no misspelling.
    #[must_use]
    pub fn is_known(&self, word: &str) -> bool {
        let rank_of = |at: usize| word.as_bytes().get(at).map_or(Some(0), |&byte| rank(byte));
        let (Some(first), Some(second), "en") = (rank_of(0), rank_of(1), self.code.as_str()) else { return false };
        let pair = first * LETTERS + second;
        let (start, end) = (KNOWN_STARTS[pair] as usize, KNOWN_STARTS[pair + 1] as usize);
        in_sorted_lines(&KNOWN_WORDS[start..end], word)
    }

    /// Whether a folded word is one of the language at all, as people write it in chat or in a book.
    fn has(&self, word: &str) -> bool {
        self.is_stop_word(word) || self.is_chatty(word) || self.lists.spelt.contains_key(word) || self.is_known(word)
    }

    /// The word that is meant by a folded word as people write it in chat ("wat", "ppl"); mostly itself.
    #[must_use]
    pub fn spelt<'a>(&self, word: &'a str) -> &'a str {
        self.lists.spelt.get(word).copied().unwrap_or(word)
    }

    /// The same for the first word of a message, where some real words are hardly ever meant ("dose it help").
    #[must_use]
    pub fn spelt_first<'a>(&self, word: &'a str) -> &'a str {
        FIRST_WORDS.iter().find(|(written, _)| *written == word).map_or_else(|| self.spelt(word), |(_, meant)| meant)
    }

    /// The stem of a folded word.
    #[must_use]
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        self.endings.map_or(Cow::Borrowed(word), |endings| Stemmer::new(endings).stem(word))
    }

    /// The words that carry no content, and those that are mostly talk.
    pub fn stop_words(&self) -> impl Iterator<Item = &str> {
        self.lists.stop.iter().chain(&self.lists.chatty).copied()
    }

    /// Whether these folded words ask something.
    pub fn asks<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        self.code != "en" || words.into_iter().take(60).any(|word| QUESTION_WORDS.contains(&self.spelt(word)))
    }

    /// Whether these folded words tell of somebody ("my back is fine today"), rather than name a subject
    /// ("mattress hard or soft").
    pub fn tells<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        self.code != "en" || words.into_iter().any(|word| TELLING_WORDS.contains(&word))
    }

    /// Whether a folded message is a greeting or asks after us.
    #[must_use]
    pub fn is_small_talk(&self, folded: &str) -> bool {
        self.code == "en" && folded.len() < 60 && SMALL_TALK.iter().any(|talk| folded.trim_start().starts_with(talk))
    }

    /// Whether these folded words point at something said before ("and how do I stretch it?").
    pub fn points_back<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        words.into_iter().any(|word| POINTING_WORDS.contains(&word))
    }

    /// Whether these folded words begin as one who goes on does ("and at night?", "what about heat?").
    #[must_use]
    pub fn goes_on(&self, words: &[&str]) -> bool {
        words.first().is_some_and(|first| self.joins(first)) || matches!(words, ["what" | "how", "about" | "if", ..])
    }

    /// Whether a folded word joins a question to the one before.
    #[must_use]
    pub fn joins(&self, word: &str) -> bool {
        JOINING_WORDS.contains(&word)
    }

    /// Whether these folded words begin a question that stands by itself ("is bed rest ok", "which mattress should i buy");
    /// not "when i sit" nor "is getting worse".
    #[must_use]
    pub fn opens_question(&self, words: &[&str]) -> bool {
        let ([first, next, rest @ ..], "en") = (words, self.code.as_str()) else { return false };
        let (first, is_auxiliary) = (self.spelt_first(first), |word: &str| AUXILIARIES.contains(&self.spelt(word)));
        if is_auxiliary(first) {
            return !TELLING_ON.contains(next) && !is_auxiliary(next);
        }
        let asks_with = |(word, behind): &(&str, &[&str])| *word == first && behind.contains(next);
        if is_auxiliary(next) && QUESTION_WORDS.contains(&first) || ASKING_PAIRS.iter().any(asks_with) {
            return true;
        }
        let mut behind = rest.iter().take(AUXILIARY_WITHIN);
        match first {
            "whats" | "hows" | "whos" | "wheres" => true,
            _ => {
                ASKING_WORDS.contains(&first) && !TELLING_WORDS.contains(next) && behind.any(|word| is_auxiliary(word))
            }
        }
    }

    /// Whether these folded words go on with a question ("and does massage help", "but which stretch helps").
    #[must_use]
    pub fn turns_to_ask(&self, words: &[&str]) -> bool {
        let [joint, rest @ ..] = words else { return false };
        let asks = || rest.first().is_some_and(|first| ASKING_WORDS.contains(first));
        self.joins(joint) && (asks() || self.opens_question(rest))
    }

    /// The words of a folded text, without the short clauses that deny something or call it well and do not ask.
    pub fn affirmed<'a>(&self, folded: &'a str) -> impl Iterator<Item = &'a str> {
        let is_english = self.code == "en";
        let clauses = folded.split_inclusive([',', '.', ';', '!', '?', '\n']);
        let is_affirmed = move |clause: &&str| {
            let is_one_of = |word: Option<&str>, list: &[&str]| word.is_some_and(|word| list.contains(&word));
            let is_denied =
                is_one_of(words(clause).next(), DENYING_WORDS) || is_one_of(words(clause).last(), WELL_WORDS);
            !is_english || !is_denied || clause.ends_with('?') || words(clause).count() > SHORT_CLAUSE
        };
        clauses.filter(is_affirmed).flat_map(words)
    }

    /// The code of the language that a text is written in, where it is clearly not this one; `knows` says
    /// of a folded word whether the subject has it (Latin names stand in English texts).
    #[must_use]
    pub fn foreign(&self, text: &str, knows: impl Fn(&str) -> bool) -> Option<&'static str> {
        detect::foreign(self, text, knows)
    }
}

/// Lower case, without accents or apostrophes: the form in which words are compared.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' ') {
        return Cow::Borrowed(text);
    }
    if text.is_ascii() {
        let kept = text.chars().filter(|c| !matches!(c, '\'' | '`'));
        return Cow::Owned(kept.map(|c| c.to_ascii_lowercase()).collect());
    }
    Cow::Owned(
        text.nfkd()
            .filter(|c| !matches!(c, '\u{300}'..='\u{36f}' | '\'' | '’' | '‘' | '`' | '´' | '\u{200b}'..='\u{200f}'))
            .flat_map(char::to_lowercase)
            .collect(),
    )
}

/// The words of a folded text: runs of letters and digits.
pub fn words(folded: &str) -> impl Iterator<Item = &str> {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The letters, and a place for the end of a word.
const LETTERS: usize = 27;
/// Where the known words begin whose first two letters are a pair, and behind it those of the next pair: asked
/// of every word of every message, so the long list is never searched as a whole.
static KNOWN_STARTS: [u32; LETTERS * LETTERS + 1] = starts(KNOWN_WORDS.as_bytes());

#[allow(long_running_const_eval)] // once, by the compiler
#[allow(clippy::cast_possible_truncation)] // the list is small
const fn starts(lines: &[u8]) -> [u32; LETTERS * LETTERS + 1] {
    let mut starts = [lines.len() as u32; LETTERS * LETTERS + 1];
    let (mut at, mut next) = (0, 0);
    while at < lines.len() {
        let (Some(first), Some(second)) = (rank(lines[at]), rank(lines[at + 1])) else {
            panic!("known.txt has a word with something else than letters");
        };
        while next <= first * LETTERS + second {
            starts[next] = at as u32;
            next += 1;
        }
        while lines[at] != b'\n' {
            at += 1;
        }
        at += 1;
    }
    starts
}

/// The place of a letter in the alphabet, of a line's end before them all.
const fn rank(byte: u8) -> Option<usize> {
    match byte {
        b'\n' => Some(0),
        b'a'..=b'z' => Some((byte - b'a') as usize + 1),
        _ => None,
    }
}

fn in_sorted_lines(lines: &str, word: &str) -> bool {
    let bytes = lines.as_bytes();
    let (mut low, mut high) = (0, bytes.len());
    while low < high {
        let middle = low + (high - low) / 2;
        let start = bytes[..middle].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
        let end = bytes[middle..].iter().position(|&b| b == b'\n').map_or(bytes.len(), |at| middle + at);
        match bytes[start..end].cmp(word.as_bytes()) {
            std::cmp::Ordering::Equal => return true,
            std::cmp::Ordering::Less => low = end + 1,
            std::cmp::Ordering::Greater => high = start,
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_words_are_found_at_both_ends_and_in_the_middle() {
        let language = Language::new("en");
        for word in ["a", "form", "zoom", "back", "pelvis"] {
            assert!(language.is_known(word), "{word}");
        }
        for word in ["pirifomis", "", "zzzz", "0"] {
            assert!(!language.is_known(word), "{word}");
        }
    }

    #[test]
    fn folding_takes_case_accents_and_apostrophes_away() {
        assert_eq!(fold("I CAN’T Feel façade"), "i cant feel facade");
    }
}
