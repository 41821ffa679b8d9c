//! What a language brings along: its words, its endings, its small talk. Knows no subject.
//!
//! Deliberately absent: anything that knows what a question is about.

use std::borrow::Cow;
use std::sync::LazyLock;

use frostem::{Algorithm, Stemmer};
use rustc_hash::{FxHashMap, FxHashSet};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

mod asides;
mod detect;
mod introductions;
mod sound;
mod spelling;

use asides::Asides;
pub use detect::{Foreign, of_text};
use introductions::Introductions;
pub(crate) use sound::sound;
pub(crate) use spelling::SHORTEST_HALF;
pub use spelling::{Spelling, halves};

/// How a link begins that names no scheme.
const WWW: &[u8; 4] = b"www.";
/// So many words behind a word that asks its auxiliary comes.
const AUXILIARY_WITHIN: usize = 4;
/// So many words behind the first two of a question comes what weighs it: "is yoga good for backs".
const WEIGHED_WITHIN: usize = 3;
/// So many words behind "my" comes the auxiliary of what is told.
const OWNED_WITHIN: usize = 3;
/// So many words a clause has at most that is denied, or called well.
const SHORT_CLAUSE: usize = 5;

/// A language that texts are read in.
///
/// English has lists of words; of other languages we know the endings alone, and for one we have never heard of, nothing:
/// its words are then taken as they stand.
#[derive(Debug, Clone, Serialize, Deserialize)]
#[serde(from = "String", into = "String")]
pub struct Language {
    code: String,
    lists: &'static Lists,
    endings: Option<Algorithm>,
}

/// Folded words.
type Words = FxHashSet<&'static str>;
/// Folded words, and one for each: which is meant, or which comes next.
type Pairs = FxHashSet<(&'static str, &'static str)>;

/// The lists that come with a language; all empty where we have none.
#[derive(Debug, Default)]
struct Lists {
    /// They carry no content.
    stop: Words,
    /// They are mostly talk.
    chatty: Words,
    /// So many that what is none of them may be misspelt.
    known: Known,
    /// What people write in chat, and the word that they mean.
    spelt: FxHashMap<&'static str, &'static str>,
    /// The same for words that begin a question as often as not, but misspelt.
    first: FxHashMap<&'static str, &'static str>,
    /// They tell nothing: greetings, and what is said for politeness or weight. Not what tells of chatter, as "lol".
    fillers: Words,
    /// They are said around a matter and tell nothing of it: "hi all", "thanks in advance".
    courtesies: Asides,
    /// These and what else is said around a question: "my wife asks", "in simple words". It tells who asks, and how.
    asides: Asides,
    /// With them somebody says who they are: "nurse here".
    introductions: Introductions,
    /// How greetings begin, and questions after us.
    small_talk: Vec<&'static str>,
    /// They only say what somebody makes of what was said: "wow".
    reacting: Words,
    /// They ask, wherever they stand.
    questions: Words,
    /// With them people tell of themselves or somebody, rather than name a subject.
    telling: Words,
    /// They point at what was said before.
    pointing: Words,
    /// They join a question to the one before it, in a sentence or in another message.
    joining: Words,
    /// With these two words begins who goes on.
    going_on: Pairs,
    /// "is", "does", "can": behind what asks, or first, they make a question.
    auxiliaries: Words,
    /// They stand behind an auxiliary where nobody asks: "and is getting worse".
    telling_on: Words,
    /// They ask where an auxiliary comes somewhere behind: "which mattress should i buy".
    asking: Words,
    /// They ask with the next word, where that is no auxiliary: "how long till it heals", "what about heat".
    asking_pairs: Pairs,
    /// They ask by themselves: "whats".
    asking_alone: Words,
    /// Auxiliaries with which a question begins in the middle of a sentence: "is it", not "did my".
    inverting: Words,
    /// With them somebody asks what to think of a thing, or what it does: "is heat ok", "does massage help".
    weighing: Words,
    /// Somebody begins to tell with them: "i", "shes".
    subjects: Words,
    /// The same where an auxiliary comes behind: "my leg is".
    owning: Words,
    /// They lead from what is asked to what is told: "because", "btw".
    turning: Words,
    /// They go on with what stands before them: "if", "for", "anyone".
    subordinating: Words,
    /// They begin what is denied: "no fever".
    denying: Words,
    /// They end what is well: "bladder fine".
    well: Words,
}

static ENGLISH: LazyLock<Lists> = LazyLock::new(|| Lists {
    stop: words_in(include_str!("en/stop.txt")),
    chatty: words_in(include_str!("en/chatty.txt")),
    known: Known { words: KNOWN_WORDS, starts: &KNOWN_STARTS },
    spelt: pairs_in(include_str!("en/spelt.txt")),
    first: pairs_in(include_str!("en/first.txt")),
    fillers: words_in(include_str!("en/fillers.txt")),
    courtesies: Asides { openings: &[OPENINGS], closings: &[CLOSINGS], strict: true },
    asides: Asides {
        openings: &[OPENINGS, include_str!("en/question_openings.txt")],
        closings: &[CLOSINGS, include_str!("en/question_closings.txt")],
        strict: false,
    },
    introductions: Introductions::new(
        include_str!("en/introducing.txt"),
        words_in(include_str!("en/introducing_first.txt")),
    ),
    // Where more has to come, the line says so: "gm …".
    small_talk: include_str!("en/small_talk.txt").lines().map(|line| line.trim_end_matches('…')).collect(),
    reacting: words_in(include_str!("en/reacting.txt")),
    questions: words_in(include_str!("en/questions.txt")),
    telling: words_in(include_str!("en/telling.txt")),
    pointing: words_in(include_str!("en/pointing.txt")),
    joining: words_in(include_str!("en/joining.txt")),
    going_on: pairs_in(include_str!("en/going_on.txt")),
    auxiliaries: words_in(include_str!("en/auxiliaries.txt")),
    telling_on: words_in(include_str!("en/telling_on.txt")),
    asking: words_in(include_str!("en/asking.txt")),
    asking_pairs: pairs_in(include_str!("en/asking_pairs.txt")),
    asking_alone: words_in(include_str!("en/asking_alone.txt")),
    inverting: words_in(include_str!("en/inverting.txt")),
    weighing: words_in(include_str!("en/weighing.txt")),
    subjects: words_in(include_str!("en/subjects.txt")),
    owning: words_in(include_str!("en/owning.txt")),
    turning: words_in(include_str!("en/turning.txt")),
    subordinating: words_in(include_str!("en/subordinating.txt")),
    denying: words_in(include_str!("en/denying.txt")),
    well: words_in(include_str!("en/well.txt")),
});
const OPENINGS: &str = include_str!("en/openings.txt");
const CLOSINGS: &str = include_str!("en/closings.txt");
/// A language that we know no words of.
static NO_LISTS: LazyLock<Lists> = LazyLock::new(Lists::default);

/// A word in each line.
fn words_in(lines: &'static str) -> Words {
    lines.lines().collect()
}

/// Two words in each line.
fn pairs_in<T: FromIterator<(&'static str, &'static str)>>(lines: &'static str) -> T {
    lines.lines().filter_map(|line| line.split_once(' ')).collect()
}

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

    /// Whether a folded word says nothing of a subject: a stop word, or mostly talk.
    #[must_use]
    pub fn is_talk(&self, word: &str) -> bool {
        self.is_stop_word(word) || self.is_chatty(word)
    }

    /// Whether no folded word of several says anything of a subject.
    pub fn is_all_talk<'a>(&self, mut words: impl Iterator<Item = &'a str>) -> bool {
        words.all(|word| self.is_talk(word))
    }

    /// Whether a folded word tells nothing of a matter wherever it stands ("hi", "please", "34f").
    #[must_use]
    pub fn is_filler(&self, word: &str) -> bool {
        self.lists.fillers.contains(asides::key(word).as_ref())
    }

    /// Whether a folded word is in the language's list of common words, so that it is no misspelling.
    #[must_use]
    pub fn is_known(&self, word: &str) -> bool {
        self.lists.known.has(word)
    }

    /// Whether a folded word is one of the language at all, as people write it in chat or in a book.
    fn has(&self, word: &str) -> bool {
        self.is_talk(word) || self.lists.spelt.contains_key(word) || self.is_known(word)
    }

    /// The word that is meant by a folded word as people write it in chat ("wat", "ppl"); mostly itself.
    #[must_use]
    pub fn spelt<'a>(&self, word: &'a str) -> &'a str {
        self.lists.spelt.get(word).copied().unwrap_or(word)
    }

    /// The same for the first word of a message, where some real words are hardly ever meant ("dose it help").
    #[must_use]
    pub fn spelt_first<'a>(&self, word: &'a str) -> &'a str {
        self.lists.first.get(word).copied().unwrap_or_else(|| self.spelt(word))
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

    /// Whether these folded words ask something; they do where we know no word that asks. An auxiliary
    /// behind its subject asks nothing: "i will", "mine is".
    pub fn asks<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        let Lists { questions, auxiliaries, .. } = self.lists;
        let mut is_subject = false;
        let mut asks = |word: &str| {
            let word = self.spelt(word);
            let tells = std::mem::replace(&mut is_subject, self.is_subject(word));
            questions.contains(word) && !(tells && auxiliaries.contains(word))
        };
        questions.is_empty() || words.into_iter().take(60).any(&mut asks)
    }

    /// Whether a folded word can be what an auxiliary behind it is said of: "i will", "this is".
    fn is_subject(&self, word: &str) -> bool {
        self.lists.telling.contains(word) || self.lists.pointing.contains(word)
    }

    /// Whether these folded words tell of somebody ("my back is fine today"), rather than name a subject
    /// ("mattress hard or soft"); they do where we know no word that tells.
    pub fn tells<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        let telling = &self.lists.telling;
        telling.is_empty() || words.into_iter().any(|word| telling.contains(word))
    }

    /// What is told in a message, without links and courtesies before and behind it ("hi all", "thanks in advance"); the
    /// whole where nothing else is.
    #[must_use]
    pub fn told<'t>(&self, message: &'t str) -> &'t str {
        self.lists.courtesies.without(message)
    }

    /// The matter of a message, without what somebody says of themselves around it either ("im 34, ..."); and of one that
    /// asks, without who asks and how ("my wife wants to know"). The whole where nothing else is said, or nothing but talk.
    #[must_use]
    pub fn matter<'t>(&self, message: &'t str, is_asked: bool) -> &'t str {
        let around = if is_asked { &self.lists.asides } else { &self.lists.courtesies };
        let said = around.without(message);
        let (_, matter, _) = self.introduced(said);
        let matter = if matter.len() < said.len() { around.without(matter) } else { said };
        if self.is_all_talk(words(&fold(matter))) { message } else { matter }
    }

    /// Whether a folded message is a greeting or asks after us.
    #[must_use]
    pub fn is_small_talk(&self, folded: &str) -> bool {
        folded.len() < 60 && self.lists.small_talk.iter().any(|talk| folded.trim_start().starts_with(talk))
    }

    /// Whether these folded words do nothing but react to what was said ("oh wow", "makes sense").
    pub fn reacts<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> bool {
        let is_reaction = |word: &str| self.lists.reacting.contains(word);
        words.clone().any(is_reaction) && words.clone().all(|word| is_reaction(word) || self.is_talk(word))
    }

    /// Whether these folded words point at something said before ("and how do I stretch it?").
    pub fn points_back<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        words.into_iter().any(|word| self.lists.pointing.contains(word))
    }

    /// Whether these folded words begin as one who goes on does ("and at night?", "what about heat?").
    #[must_use]
    pub fn goes_on(&self, words: &[&str]) -> bool {
        words.first().is_some_and(|first| self.joins(first))
            || matches!(words, [first, next, ..] if self.lists.going_on.contains(&(*first, *next)))
    }

    /// Whether a folded word joins a question to the one before.
    #[must_use]
    pub fn joins(&self, word: &str) -> bool {
        self.lists.joining.contains(word)
    }

    /// Whether these folded words begin a question that stands by itself ("is bed rest ok", "which mattress should i buy");
    /// not "when i sit" nor "is getting worse".
    #[must_use]
    pub fn opens_question(&self, words: &[&str]) -> bool {
        let [first, next, rest @ ..] = words else { return false };
        let Lists { auxiliaries, telling_on, questions, asking_pairs, asking_alone, asking, telling, .. } = self.lists;
        let (first, is_auxiliary) = (self.spelt_first(first), |word: &str| auxiliaries.contains(self.spelt(word)));
        if is_auxiliary(first) {
            return !telling_on.contains(next) && !is_auxiliary(next);
        }
        let mut behind = rest.iter().take(AUXILIARY_WITHIN);
        is_auxiliary(next) && questions.contains(first)
            || asking_pairs.contains(&(first, *next))
            || asking_alone.contains(first)
            || asking.contains(first) && !telling.contains(next) && behind.any(|word| is_auxiliary(word))
    }

    /// Whether these folded words go on with a question ("and does massage help", "but which stretch helps").
    #[must_use]
    pub fn turns_to_ask(&self, words: &[&str]) -> bool {
        let [joint, rest @ ..] = words else { return false };
        let asks = || rest.first().is_some_and(|first| self.lists.asking.contains(first));
        self.joins(joint) && (asks() || self.opens_question(rest))
    }

    /// Whether a question begins with these folded words in the middle of a sentence, without a mark where a word stands
    /// before them ("my back hurts does massage help", "which pillow helps"); not "my back is bad".
    #[must_use]
    pub fn breaks_off_to_ask(&self, before: Option<&str>, words: &[&str]) -> bool {
        let Lists { auxiliaries, inverting, weighing, questions, asking, .. } = self.lists;
        let [first, next, rest @ ..] = words else { return false };
        if before.is_some_and(|before| questions.contains(before) || self.is_subject(before)) {
            return false;
        }
        let first = self.spelt(first);
        if !auxiliaries.contains(first) {
            let names = asking.contains(first) && !self.is_subject(next) && !auxiliaries.contains(next);
            return names || self.opens_question(words);
        }
        let weighs = || rest.iter().take(WEIGHED_WITHIN).any(|word| weighing.contains(word));
        inverting.contains(first) && (self.is_subject(next) || weighs()) && self.opens_question(words)
    }

    /// Whether somebody begins to tell with these folded words in the middle of a question, without a mark where a word
    /// stands before them ("does massage help i cant feel my leg", "is heat ok because ..."); not "what can i do", "if my leg
    /// is numb".
    #[must_use]
    pub fn breaks_off_to_tell(&self, before: Option<&str>, words: &[&str]) -> bool {
        let Lists { auxiliaries, subjects, owning, turning, subordinating, asking, .. } = self.lists;
        let [first, rest @ ..] = words else { return false };
        let goes_on_behind = |before: &str| {
            let before = self.spelt(before);
            auxiliaries.contains(before) || asking.contains(before) || subordinating.contains(before)
        };
        let first = self.spelt(first);
        let mut owned = rest.iter().take(OWNED_WITHIN);
        let tells = subjects.contains(first)
            || owning.contains(first) && owned.any(|word| auxiliaries.contains(self.spelt(word)));
        turning.contains(first) || tells && !before.is_some_and(goes_on_behind)
    }

    /// The words of a folded text, without the short clauses that deny something or call it well and do not ask.
    pub fn affirmed<'a>(&self, folded: &'a str) -> impl Iterator<Item = &'a str> {
        let Lists { denying, well, .. } = self.lists;
        let clauses = folded.split_inclusive([',', '.', ';', '!', '?', '\n']);
        let is_affirmed = move |clause: &&str| {
            let is_one_of = |word: Option<&str>, list: &Words| word.is_some_and(|word| list.contains(word));
            let is_denied = is_one_of(words(clause).next(), denying) || is_one_of(words(clause).last(), well);
            !is_denied || clause.ends_with('?') || words(clause).count() > SHORT_CLAUSE
        };
        clauses.filter(is_affirmed).flat_map(words)
    }

    /// The other language that a text is clearly written in, wholly or partly; `knows` says of a folded word whether the
    /// subject has it (Latin names stand in English texts).
    #[must_use]
    pub fn foreign(&self, text: &str, knows: impl Fn(&str) -> bool) -> Option<Foreign> {
        detect::foreign(self, text, knows)
    }
}

/// Lower case, without accents, apostrophes, links and what nobody sees: the form in which words are compared.
#[must_use]
pub fn fold(text: &str) -> Cow<'_, str> {
    if text.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b' ') {
        return Cow::Borrowed(text);
    }
    if may_have_link(text) && text.split_whitespace().any(|written| before_link(written).is_some()) {
        let words = text.split_inclusive(char::is_whitespace).flat_map(|written| match before_link(written) {
            Some(before) => [before, "\n"],
            None => [written, ""],
        });
        return Cow::Owned(fold_letters(&words.collect::<String>()).into_owned());
    }
    fold_letters(text)
}

/// Whether what stands between white space is a link, and says nothing.
pub(crate) fn is_link(written: &str) -> bool {
    before_link(written).is_some_and(|before| !before.contains(char::is_alphanumeric))
}

/// Whether what begins or stands in every link is somewhere in a text: seldom, and told faster than where its words end.
fn may_have_link(text: &str) -> bool {
    let ends_www = |dot: usize| {
        text.as_bytes()[..=dot].last_chunk::<{ WWW.len() }>().is_some_and(|end| WWW.eq_ignore_ascii_case(end))
    };
    text.contains("://") || text.match_indices('.').any(|(at, _)| ends_www(at))
}

/// What stands straight before a link ("it hurts.https://…"); `None` where there is none.
fn before_link(written: &str) -> Option<&str> {
    let www = || {
        written
            .as_bytes()
            .first_chunk::<{ WWW.len() }>()
            .is_some_and(|start| WWW.eq_ignore_ascii_case(start))
            .then_some("")
    };
    let at = written.find("://").map(|at| written[..at].trim_end_matches(|c: char| c.is_ascii_alphabetic()));
    at.or_else(www)
}

/// Whether a character is not seen, or turns the order of those that are.
pub(crate) fn is_hidden(c: char) -> bool {
    matches!(c,
        '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{fe00}'..='\u{fe0f}'
        | '\u{feff}' | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e0fff}')
}

fn fold_letters(text: &str) -> Cow<'_, str> {
    if text.is_ascii() {
        let mut kept = text.to_ascii_lowercase();
        if kept.contains('\'') || kept.contains('`') {
            kept.retain(|c| !matches!(c, '\'' | '`'));
        }
        return Cow::Owned(kept);
    }
    Cow::Owned(
        text.nfkd()
            .filter(|&c| !matches!(c, '\u{300}'..='\u{36f}' | '\'' | '’' | '‘' | '`' | '´') && !is_hidden(c))
            .flat_map(char::to_lowercase)
            .collect(),
    )
}

/// The words of a folded text: runs of letters and digits.
pub fn words(folded: &str) -> impl Iterator<Item = &str> + Clone {
    folded.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty())
}

/// The letters, and a place for the end of a word.
const LETTERS: usize = 27;
/// Where the words of a sorted list begin whose first two letters are a pair, and behind it those of the next pair.
type Starts = [u32; LETTERS * LETTERS + 1];

const KNOWN_WORDS: &str = include_str!("en/known.txt");
static KNOWN_STARTS: Starts = starts(KNOWN_WORDS.as_bytes());
static NO_STARTS: Starts = starts(b"");

/// The common words of a language, sorted, one in each line: asked of every word of every message, so the long list is
/// never searched as a whole.
#[derive(Debug)]
struct Known {
    words: &'static str,
    starts: &'static Starts,
}

impl Default for Known {
    fn default() -> Self {
        Self { words: "", starts: &NO_STARTS }
    }
}

impl Known {
    fn has(&self, word: &str) -> bool {
        let rank_of = |at: usize| word.as_bytes().get(at).map_or(Some(0), |&byte| rank(byte));
        let (Some(first), Some(second)) = (rank_of(0), rank_of(1)) else { return false };
        let pair = first * LETTERS + second;
        let (start, end) = (self.starts[pair] as usize, self.starts[pair + 1] as usize);
        in_sorted_lines(&self.words[start..end], word)
    }
}

#[allow(long_running_const_eval)] // once, by the compiler
#[allow(clippy::cast_possible_truncation)] // the list is small
const fn starts(lines: &[u8]) -> Starts {
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
    fn another_language_is_read_without_the_words_of_english() {
        for (code, is_english) in [("en", true), ("nl", false), ("de", false), ("xx", false)] {
            let language = Language::new(code);
            assert_eq!(language.spelt_first("hoe") == "how", is_english, "{code}: misspelt at the beginning");
            assert_eq!(language.spelt("wat") == "what", is_english, "{code}: misspelt");
            assert_eq!(language.points_back(["also", "it"]), is_english, "{code}: points back");
            assert_eq!(language.joins("so"), is_english, "{code}: joins");
            assert_eq!(language.goes_on(&["plus", "nachts"]), is_english, "{code}: goes on");
            assert_eq!(language.goes_on(&["what", "about"]), is_english, "{code}: goes on with a question");
            assert_eq!(language.opens_question(&["is", "rust"]), is_english, "{code}: opens a question");
            assert_eq!(language.turns_to_ask(&["so", "what"]), is_english, "{code}: turns to ask");
            assert_eq!(language.breaks_off_to_ask(None, &["does", "it"]), is_english, "{code}: breaks off to ask");
            assert_eq!(
                language.breaks_off_to_tell(Some("ok"), &["also", "i"]),
                is_english,
                "{code}: breaks off to tell"
            );
            assert_eq!(language.is_filler("hi") && language.is_small_talk("gm all"), is_english, "{code}: small talk");
            assert_eq!(language.reacts(["makes", "sense"].into_iter()), is_english, "{code}: reacts");
            assert_eq!(language.is_known("back"), is_english, "{code}: is known");
            assert_eq!(language.affirmed("no fever").next().is_none(), is_english, "{code}: is denied");
            // Where we know no word that asks or tells, anybody may ask and tell.
            assert_eq!(language.asks(["fever"]) && language.tells(["fever"]), !is_english, "{code}: asks and tells");
        }
    }

    /// What is said of the place between two texts in English.
    fn at_break(before: &str, behind: &str, says: impl Fn(&Language, Option<&str>, &[&str]) -> bool) -> bool {
        let behind: Vec<&str> = behind.split(' ').collect();
        says(&Language::new("en"), before.split(' ').next_back(), &behind)
    }

    #[test]
    fn a_sentence_breaks_off_to_ask_where_it_does_not_go_on() {
        for (told, asked, breaks_off) in [
            ("my back hurts", "does massage help", true),
            ("im numb", "is it normal", true),
            ("im numb", "is yoga good for backs", true),
            ("cant pee", "what stretch helps", true),
            ("cant pee", "how long will it last", true),
            ("", "can i walk", true),
            ("my back", "is bad", false),
            ("my foot", "is getting worse", false),
            ("i dont know", "why my leg hurts", false),
            ("it", "does hurt", false),
            ("what", "does it mean", false),
            ("my back", "was ruled out", false),
            ("my 6 year old", "did my makeup", false),
        ] {
            assert_eq!(at_break(told, asked, Language::breaks_off_to_ask), breaks_off, "{told} | {asked}");
        }
    }

    #[test]
    fn a_question_breaks_off_to_tell_where_it_does_not_go_on() {
        for (asked, told, breaks_off) in [
            ("does massage help", "i cant feel my leg", true),
            ("is heat ok", "ive a fever", true),
            ("can kids do planks", "my girl is 11", true),
            ("which pillow", "also my leg is numb", true),
            ("is heat ok", "coz my leg is numb", true),
            ("what can", "i do", false),
            ("what", "i do", false),
            ("is it bad if", "my leg is numb", false),
            ("how do i stretch", "my leg", false),
            ("is it ok when", "i sit", false),
        ] {
            assert_eq!(at_break(asked, told, Language::breaks_off_to_tell), breaks_off, "{asked} | {told}");
        }
    }

    #[test]
    fn folding_takes_case_accents_and_apostrophes_away() {
        assert_eq!(fold("I CAN’T Feel façade"), "i cant feel facade");
        assert_eq!(fold("I can't pee.https://a.example/?b now Www.b.example"), "i cant pee.\nnow \n");
        assert_eq!(fold("num\u{ad}b"), "numb");
    }
}
