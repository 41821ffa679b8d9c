//! What a language brings along: its words, its endings, its small talk. Knows no subject.
//!
//! Deliberately absent: anything that knows what a question is about.

use std::borrow::Cow;

use frostem::{Algorithm, Stemmer};
use serde::{Deserialize, Serialize};

mod asides;
mod asking;
mod detect;
mod fold;
mod introductions;
mod known;
mod list;
mod sound;
mod spelling;

use asides::Asides;
pub use detect::{Foreign, of_text};
pub use fold::{fold, words};
pub(crate) use fold::{is_hidden, is_link, words_of};
use introductions::Introductions;
use known::Known;
use list::{List, list};
pub(crate) use sound::sound;
pub(crate) use spelling::SHORTEST_HALF;
pub use spelling::{Spelling, halves};

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

/// The lists that come with a language; all empty where we have none. The words in them are folded.
#[derive(Debug)]
struct Lists {
    /// They carry no content.
    stop: List,
    /// They are mostly talk.
    chatty: List,
    /// So many that what is none of them may be misspelt.
    known: Known,
    /// What people write in chat, and the word that they mean.
    spelt: List,
    /// The same for words that begin a question as often as not, but misspelt.
    first: List,
    /// They tell nothing: greetings, and what is said for politeness or weight. Not what tells of chatter, as "lol".
    fillers: List,
    /// They are said around a matter and tell nothing of it: "hi all", "thanks in advance".
    courtesies: Asides,
    /// These and what else is said around a question: "my wife asks", "in simple words". It tells who asks, and how.
    asides: Asides,
    /// With them somebody says who they are: "nurse here".
    introductions: Introductions,
    /// How greetings begin, and questions after us, in lines; where more has to come, the line says so: "gm …".
    small_talk: &'static str,
    /// They only say what somebody makes of what was said: "wow".
    reacting: List,
    /// They ask, wherever they stand.
    questions: List,
    /// With them people tell of themselves or somebody, rather than name a subject.
    telling: List,
    /// They point at what was said before.
    pointing: List,
    /// They join a question to the one before it, in a sentence or in another message.
    joining: List,
    /// With these two words begins who goes on.
    going_on: List,
    /// "is", "does", "can": behind what asks, or first, they make a question.
    auxiliaries: List,
    /// They stand behind an auxiliary where nobody asks: "and is getting worse".
    telling_on: List,
    /// They ask where an auxiliary comes somewhere behind: "which mattress should i buy".
    asking: List,
    /// They ask with the next word, where that is no auxiliary: "how long till it heals", "what about heat".
    asking_pairs: List,
    /// They ask by themselves: "whats".
    asking_alone: List,
    /// Auxiliaries with which a question begins in the middle of a sentence: "is it", not "did my".
    inverting: List,
    /// With them somebody asks what to think of a thing, or what it does: "is heat ok", "does massage help".
    weighing: List,
    /// Somebody begins to tell with them: "i", "shes".
    subjects: List,
    /// The same where an auxiliary comes behind: "my leg is".
    owning: List,
    /// They lead from what is asked to what is told: "because", "btw".
    turning: List,
    /// They go on with what stands before them: "if", "for", "anyone".
    subordinating: List,
    /// They begin what is denied: "no fever".
    denying: List,
    /// They end what is well: "bladder fine".
    well: List,
}

static ENGLISH: Lists = Lists {
    stop: list!("en/stop.txt"),
    chatty: list!("en/chatty.txt"),
    known: Known::ENGLISH,
    spelt: list!("en/spelt.txt", FirstWord),
    first: list!("en/first.txt", FirstWord),
    fillers: list!("en/fillers.txt"),
    courtesies: Asides { openings: &[OPENINGS], closings: &[CLOSINGS], strict: true },
    asides: Asides {
        openings: &[OPENINGS, list!("en/question_openings.txt", FirstWord)],
        closings: &[CLOSINGS, list!("en/question_closings.txt", LastWord)],
        strict: false,
    },
    introductions: Introductions {
        who: list!("en/introducing.txt"),
        beside: list!("en/introducing_beside.txt"),
        ages: list!("en/introducing_ages.txt"),
        first: list!("en/introducing_first.txt"),
    },
    small_talk: include_str!("en/small_talk.txt"),
    reacting: list!("en/reacting.txt"),
    questions: list!("en/questions.txt"),
    telling: list!("en/telling.txt"),
    pointing: list!("en/pointing.txt"),
    joining: list!("en/joining.txt"),
    going_on: list!("en/going_on.txt", FirstWord),
    auxiliaries: list!("en/auxiliaries.txt"),
    telling_on: list!("en/telling_on.txt"),
    asking: list!("en/asking.txt"),
    asking_pairs: list!("en/asking_pairs.txt", FirstWord),
    asking_alone: list!("en/asking_alone.txt"),
    inverting: list!("en/inverting.txt"),
    weighing: list!("en/weighing.txt"),
    subjects: list!("en/subjects.txt"),
    owning: list!("en/owning.txt"),
    turning: list!("en/turning.txt"),
    subordinating: list!("en/subordinating.txt"),
    denying: list!("en/denying.txt"),
    well: list!("en/well.txt"),
};
const OPENINGS: List = list!("en/openings.txt", FirstWord);
const CLOSINGS: List = list!("en/closings.txt", LastWord);
/// A language that we know no words of.
static NO_LISTS: Lists = Lists {
    stop: List::EMPTY,
    chatty: List::EMPTY,
    known: Known::NONE,
    spelt: List::EMPTY,
    first: List::EMPTY,
    fillers: List::EMPTY,
    courtesies: Asides::NONE,
    asides: Asides::NONE,
    introductions: Introductions::NONE,
    small_talk: "",
    reacting: List::EMPTY,
    questions: List::EMPTY,
    telling: List::EMPTY,
    pointing: List::EMPTY,
    joining: List::EMPTY,
    going_on: List::EMPTY,
    auxiliaries: List::EMPTY,
    telling_on: List::EMPTY,
    asking: List::EMPTY,
    asking_pairs: List::EMPTY,
    asking_alone: List::EMPTY,
    inverting: List::EMPTY,
    weighing: List::EMPTY,
    subjects: List::EMPTY,
    owning: List::EMPTY,
    turning: List::EMPTY,
    subordinating: List::EMPTY,
    denying: List::EMPTY,
    well: List::EMPTY,
};

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
        self.lists.stop.has(word)
    }

    /// Whether a folded word is mostly talk ("hello", "wondering"): it tells little about a subject.
    #[must_use]
    pub fn is_chatty(&self, word: &str) -> bool {
        self.lists.chatty.has(word)
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
        self.lists.fillers.has(asides::key(word).as_ref())
    }

    /// Whether a folded word is in the language's list of common words, so that it is no misspelling.
    #[must_use]
    pub fn is_known(&self, word: &str) -> bool {
        self.lists.known.has(word)
    }

    /// Whether a folded word is one of the language at all, as people write it in chat or in a book.
    fn has(&self, word: &str) -> bool {
        self.is_talk(word) || self.lists.spelt.has(word) || self.is_known(word)
    }

    /// The word that is meant by a folded word as people write it in chat ("wat", "ppl"); mostly itself.
    #[must_use]
    pub fn spelt<'a>(&self, word: &'a str) -> &'a str {
        self.lists.spelt.get(word).unwrap_or(word)
    }

    /// The same for the first word of a message, where some real words are hardly ever meant ("dose it help").
    #[must_use]
    pub fn spelt_first<'a>(&self, word: &'a str) -> &'a str {
        self.lists.first.get(word).unwrap_or_else(|| self.spelt(word))
    }

    /// The stem of a folded word.
    #[must_use]
    pub fn stem<'a>(&self, word: &'a str) -> Cow<'a, str> {
        self.endings.map_or(Cow::Borrowed(word), |endings| Stemmer::new(endings).stem(word))
    }

    /// The words that carry no content, and those that are mostly talk.
    pub fn stop_words(&self) -> impl Iterator<Item = &str> + '_ {
        self.lists.stop.lines().chain(self.lists.chatty.lines()).map(|word: &str| word)
    }

    /// Whether these folded words tell of somebody ("my back is fine today"), rather than name a subject
    /// ("mattress hard or soft"); they do where we know no word that tells.
    pub fn tells<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        let telling = &self.lists.telling;
        telling.is_empty() || words.into_iter().any(|word| telling.has(word))
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
        let mut beginnings = self.lists.small_talk.lines().map(|line| line.trim_end_matches('…'));
        folded.len() < 60 && beginnings.any(|talk| folded.trim_start().starts_with(talk))
    }

    /// Whether these folded words do nothing but react to what was said ("oh wow", "makes sense").
    pub fn reacts<'a>(&self, words: impl Iterator<Item = &'a str> + Clone) -> bool {
        let is_reaction = |word: &str| self.lists.reacting.has(word);
        words.clone().any(is_reaction) && words.clone().all(|word| is_reaction(word) || self.is_talk(word))
    }

    /// Whether these folded words point at something said before ("and how do I stretch it?").
    pub fn points_back<'a>(&self, words: impl IntoIterator<Item = &'a str>) -> bool {
        words.into_iter().any(|word| self.lists.pointing.has(word))
    }

    /// Whether these folded words begin as one who goes on does ("and at night?", "what about heat?").
    #[must_use]
    pub fn goes_on(&self, words: &[&str]) -> bool {
        words.first().is_some_and(|first| self.joins(first))
            || matches!(words, [first, next, ..] if self.lists.going_on.pairs(first, next))
    }

    /// Whether a folded word joins a question to the one before.
    #[must_use]
    pub fn joins(&self, word: &str) -> bool {
        self.lists.joining.has(word)
    }

    /// The words of a folded text, without the short clauses that deny something or call it well and do not ask.
    pub fn affirmed<'a>(&self, folded: &'a str) -> impl Iterator<Item = &'a str> {
        let Lists { denying, well, .. } = self.lists;
        let clauses = folded.split_inclusive([',', '.', ';', '!', '?', '\n']);
        let is_affirmed = move |clause: &&str| {
            let is_one_of = |word: Option<&str>, list: &List| word.is_some_and(|word| list.has(word));
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

#[cfg(test)]
mod tests {
    use super::*;

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
}
