//! Which language a message is in.

use std::borrow::Cow;
use std::sync::LazyLock;

use rustc_hash::{FxBuildHasher, FxHashMap};
use whatlang::{Lang, Script};

use super::{Language, fold, words};

/// For each other language in a line: its code, the letters that nearly no English word has, and, folded, its commonest
/// words with those that people in need type first, as a greeting or "help". Without letters there are two spaces.
const LISTS: &str = include_str!("others.txt");
/// So many words are in it, about.
const LISTED: usize = 1_100;
/// As many lines as it has.
const LANGUAGES: usize = 14;
/// No more of a message is looked at.
const WORDS: usize = 200;
/// A shorter word is as often a slip as another language's, in bytes.
const SHORTEST: usize = 3;
/// So many words that nobody here knows are no slips.
const SEVERAL: usize = 3;

static OTHERS: LazyLock<Others> = LazyLock::new(Others::read);

/// What is known of other languages.
struct Others {
    codes: Vec<&'static str>,
    letters: Vec<&'static str>,
    /// In which of them a folded word is common, a bit for each.
    words: FxHashMap<&'static str, u16>,
}

impl Others {
    fn read() -> Self {
        let (mut codes, mut letters) = (Vec::new(), Vec::new());
        let mut words = FxHashMap::with_capacity_and_hasher(LISTED, FxBuildHasher);
        for (at, line) in LISTS.lines().enumerate() {
            let mut parts = line.splitn(3, ' ');
            codes.extend(parts.next());
            letters.extend(parts.next());
            for word in parts.flat_map(|list| list.split(' ')) {
                *words.entry(word).or_default() |= 1 << at;
            }
        }
        Self { codes, letters, words }
    }

    /// In which of them a word can be for its letters, a bit for each.
    fn by_letters(&self, written: &str) -> u16 {
        if written.is_ascii() {
            return 0;
        }
        let has = |letters: &str| written.chars().flat_map(char::to_lowercase).any(|letter| letters.contains(letter));
        (0..).zip(&self.letters).filter(|(_, letters)| has(letters)).fold(0, |of, (at, _): (u32, _)| of | 1 << at)
    }
}

/// What the words of a message say of one other language.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord)]
struct Seen {
    /// How many are its words.
    all: usize,
    /// How many of those are no English.
    own: usize,
    /// How many of those are listed, and not only of its letters: a name may be.
    listed: usize,
    /// How many are its words and English too.
    shared: usize,
}

/// That a message is in another language, by its code.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Foreign {
    /// As a whole.
    Wholly(&'static str),
    /// Some of it ("meine Mutter had Brustkrebs").
    Partly(&'static str),
}

/// A folded word of a message, in which of the words as they were written it stands, and whether it is known here.
struct Word<'a> {
    of: usize,
    word: &'a str,
    is_known: bool,
}

/// The words of a message, counted.
struct Counted {
    all: usize,
    /// How many are known here.
    known: usize,
    /// What they say of each other language.
    seen: [Seen; LANGUAGES],
}

impl Counted {
    /// `None` where this language is another than the one whose words we know, and where all words are known: without an
    /// unknown one no message is taken for foreign, and of other languages nothing needs to be read.
    fn of(language: &Language, text: &str, knows: impl Fn(&str) -> bool) -> Option<Self> {
        if language.code() != "en" {
            return None;
        }
        let written: Vec<&str> = text.split_whitespace().take(WORDS).collect();
        let folded: Vec<Cow<'_, str>> = written.iter().map(|written| fold(written)).collect();
        let mut read: Vec<Word<'_>> = Vec::with_capacity(written.len());
        for (of, folded) in folded.iter().enumerate() {
            let words = words(folded).filter(|word| word.chars().all(char::is_alphabetic));
            read.extend(words.map(|word| Word { of, word, is_known: language.has(word) || knows(word) }));
        }
        let known = read.iter().filter(|word| word.is_known).count();
        if known == read.len() {
            return None;
        }
        let mut seen = [Seen::default(); LANGUAGES];
        for together in read.chunk_by(|a, b| a.of == b.of) {
            let mut by_letters = OTHERS.by_letters(written[together[0].of]);
            for &Word { word, is_known, .. } in together {
                let listed = OTHERS.words.get(word).copied().unwrap_or_default();
                let of = if is_known { listed } else { listed | std::mem::take(&mut by_letters) };
                for (at, seen) in seen.iter_mut().enumerate().filter(|(at, _)| of & 1 << at != 0) {
                    seen.all += 1;
                    let is_own = !is_known && word.len() >= SHORTEST;
                    seen.own += usize::from(is_own);
                    seen.listed += usize::from(is_own && listed & 1 << at != 0);
                    seen.shared += usize::from(is_known);
                }
            }
        }
        Some(Self { all: read.len(), known, seen })
    }

    /// The other language of which most is seen, by some measure.
    fn likeliest<T: Ord>(&self, by: impl Fn(&Seen) -> T) -> Option<(Seen, &'static str)> {
        self.seen.iter().copied().zip(OTHERS.codes.iter().copied()).rev().max_by_key(|(seen, _)| by(seen))
    }
}

/// Whether a message is in another language, wholly or partly.
pub(super) fn foreign(language: &Language, text: &str, knows: impl Fn(&str) -> bool) -> Option<Foreign> {
    let counted = Counted::of(language, text, knows)?;
    let partly = || partly(&counted).map(Foreign::Partly);
    wholly(text, &counted).map(Foreign::Wholly).or_else(partly)
}

/// Short messages fool every detector. So a message counts as foreign where of the words that we can place more are
/// another language's than are not, and one of them is no English at all; or where it is in another script; or where few
/// of its words are known here and the detector is sure.
fn wholly(text: &str, counted: &Counted) -> Option<&'static str> {
    let &Counted { all, known, .. } = counted;
    let likeliest = counted.likeliest(|seen| *seen).filter(|(seen, _)| seen.own > 0);
    if let Some((_, code)) = likeliest.filter(|(seen, _)| seen.all > known - seen.shared) {
        return Some(code);
    }
    if known * 2 >= all {
        return None;
    }
    let info = whatlang::detect(text)?;
    let letters = text.chars().filter(|c| c.is_alphabetic()).count();
    if info.script() != Script::Latin && letters >= 2 {
        let of_script = of_script(info.script()).filter(|_| !info.is_reliable());
        return Some(of_script.unwrap_or_else(|| code(info.lang())));
    }
    let sure = info.is_reliable() || known * 4 < all;
    (all >= 3 && info.lang() != Lang::Eng && sure).then(|| likeliest.map_or(code(info.lang()), |(_, code)| code))
}

/// The language that a message is partly in: several of its words are unknown here, and one of them is a common one of that
/// language.
fn partly(counted: &Counted) -> Option<&'static str> {
    if counted.all - counted.known < SEVERAL {
        return None;
    }
    let (seen, code) = counted.likeliest(|seen| (seen.listed, seen.own, seen.all))?;
    (seen.listed > 0).then_some(code)
}

/// The language that a longer text is surely in, as ISO 639-1 has it; `None` where that is not sure.
#[must_use]
pub fn of_text(text: &str) -> Option<&'static str> {
    let info = whatlang::detect(text).filter(whatlang::Info::is_reliable)?;
    Some(code(info.lang())).filter(|code| code.len() == 2)
}

/// The language that most who write in a script write: a few letters tell no more.
fn of_script(script: Script) -> Option<&'static str> {
    match script {
        Script::Cyrillic => Some("ru"),
        Script::Arabic => Some("ar"),
        Script::Devanagari => Some("hi"),
        Script::Mandarin => Some("zh"),
        _ => None,
    }
}

fn code(lang: Lang) -> &'static str {
    match lang {
        Lang::Eng => "en",
        Lang::Spa => "es",
        Lang::Por => "pt",
        Lang::Fra => "fr",
        Lang::Deu => "de",
        Lang::Ita => "it",
        Lang::Rus => "ru",
        Lang::Ara => "ar",
        Lang::Hin => "hi",
        Lang::Ben => "bn",
        Lang::Cmn => "zh",
        Lang::Jpn => "ja",
        Lang::Kor => "ko",
        Lang::Tur => "tr",
        Lang::Pol => "pl",
        Lang::Nld => "nl",
        Lang::Vie => "vi",
        Lang::Ind => "id",
        Lang::Urd => "ur",
        Lang::Dan => "da",
        Lang::Fin => "fi",
        Lang::Nob => "no",
        Lang::Swe => "sv",
        other => other.code(),
    }
}
