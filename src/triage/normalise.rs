//! A message into the words that the rules are matched on.

use std::ops::{Deref, Range};

use rustc_hash::{FxHashMap, FxHashSet};

use super::phrase::{Collected, Phrases};
use crate::corpus::Normalise;
use crate::generation::{Generation, GenerationError, Table};
use crate::language::{self, Language, Spelling};

/// Misspellings are looked up for so many words of one message, so that a wall of noise stays cheap.
const SPELLING_BUDGET: usize = 200;

/// A word that phrases have so often is one as good as any.
const OFTEN: u32 = 20;

/// In so many words behind its first no other question begins: "how long does it".
const BEGINNING: usize = 3;

/// By how many words what stands on the two sides of a comma is further apart, ...
const COMMA: u32 = 1;
/// ... of the end of a sentence, ...
const SENTENCE: u32 = 5;
/// ... and in two messages. Rules count in these.
const MESSAGE: u32 = 8;

/// The words of a message.
#[derive(Debug, Default)]
pub(super) struct Words {
    words: Vec<Word>,
    /// Whether a question mark stands behind them all.
    questioned_behind: bool,
}

/// A word of a message, and where it stands.
#[derive(Debug, Clone)]
pub(super) struct Word {
    text: String,
    /// Its place, with gaps at a comma, at the end of a sentence and between messages.
    pub(super) place: u32,
    /// The number of its clause, and of its sentence: none is less than that of the word before.
    pub(super) clause: u32,
    pub(super) sentence: u32,
    /// Whether it may answer what comes before: a question mark, a colon or a dash stands between, and what comes before is
    /// not worded as a question.
    pub(super) answers: bool,
    /// Whether a question mark stands before it.
    questioned: bool,
    /// Whether it is part of a question.
    asks: bool,
    /// Whether it only tells who somebody is: "34 year old male, ...".
    introduces: bool,
    /// Whether it carries no content by itself: "it", "was".
    pub(super) is_stop: bool,
}

impl AsRef<str> for Word {
    fn as_ref(&self) -> &str {
        &self.text
    }
}

impl Deref for Words {
    type Target = [Word];

    fn deref(&self) -> &[Word] {
        &self.words
    }
}

impl Words {
    /// Whether a question mark stands before a word, or behind them all.
    pub(super) fn is_questioned(&self, at: usize) -> bool {
        self.get(at).map_or(self.questioned_behind, |word| word.questioned)
    }

    /// Which words each sentence has.
    pub(super) fn sentences(&self) -> impl Iterator<Item = Range<usize>> {
        ranges_by(self, |a, b| a.sentence == b.sentence)
    }

    /// Which of them stand between what somebody says of themselves first and last; all where they say nothing else.
    pub(super) fn matter(&self) -> Range<usize> {
        let start = self.iter().take_while(|word| word.introduces).count();
        let end = self.iter().rposition(|word| !word.introduces).map_or(self.len(), |last| last + 1);
        if start < end { start..end } else { 0..self.len() }
    }

    /// Which of them are told beside a question without a full stop between, behind it or before one in the last sentence:
    /// "im numb | does massage help | i also cant pee". None where nothing is asked.
    pub(super) fn told(&self) -> impl Iterator<Item = Range<usize>> {
        let last = self.last().map(|word| word.sentence);
        let is_beside = move |run: &Range<usize>| {
            run.start > 0 && self[run.start - 1].sentence == self[run.start].sentence
                || self.get(run.end).is_some_and(|next| Some(next.sentence) == last)
        };
        ranges_by(self, |a, b| a.asks == b.asks).filter(|run| !self[run.start].asks).filter(is_beside)
    }

    /// Some of them, by themselves.
    pub(super) fn part(&self, of: Range<usize>) -> Self {
        Self { questioned_behind: self.is_questioned(of.end), words: self[of].to_vec() }
    }
}

/// Where each run of neighbours that are alike stands.
pub(super) fn ranges_by<T>(of: &[T], are_alike: impl FnMut(&T, &T) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut start = 0;
    of.chunk_by(are_alike).map(move |run| {
        let from = start;
        start += run.len();
        from..start
    })
}

/// What stands for many ways to write a thing, and what is left out, from the corpus's own lists.
#[derive(Clone)]
pub(super) struct Rewriter {
    skip: FxHashSet<String>,
    replace: Phrases,
    /// What stands in place of what is replaced, by its number.
    replacements: Table<Vec<String>>,
}

/// The files of what is left out, of what is replaced, and by what.
const SKIP: &str = "skip";
const REPLACE: &str = "replace";
const REPLACEMENTS: &str = "replacements";
/// The files of a language, and of the words that misspellings may have meant.
const LANGUAGE: &str = "normalise.language";
const SPELLING: &str = "normalise.spelling";
const UNLIKE: &str = "normalise.unlike";
const SYMBOLS: &str = "normalise.symbols";

impl Rewriter {
    /// Compiles the lists of a corpus.
    pub(super) fn build(rules: &Normalise, generation: &Generation) -> Result<Self, GenerationError> {
        let skip: FxHashSet<String> = rules.skip.iter().flat_map(|word| split(word)).collect();
        generation.put(SKIP, &skip)?;
        let mut replace = Collected::default();
        for (at, from) in (0_u32..).zip(rules.replace.keys()) {
            replace.add(&split(from), at);
        }
        replace.put(REPLACE, generation);
        let replacements = (0_u32..).zip(rules.replace.values()).map(|(at, to)| (at.to_be_bytes(), split(to)));
        generation.put_table(REPLACEMENTS, replacements)?;
        Self::open(generation)
    }

    fn open(generation: &Generation) -> Result<Self, GenerationError> {
        let (replace, replacements) = (Phrases::open(REPLACE, generation)?, generation.table(REPLACEMENTS)?);
        Ok(Self { skip: generation.get(SKIP)?, replace, replacements })
    }

    /// Replaces and skips in a phrase of a concept as in a message.
    pub(super) fn phrase(&self, phrase: &[String]) -> Vec<String> {
        let words: Vec<&str> = phrase.iter().map(String::as_str).collect();
        let mut out: Vec<String> = Vec::new();
        self.rewrite(&words, |word, _| out.push(word));
        if out.is_empty() { phrase.to_vec() } else { out }
    }

    fn rewrite(&self, words: &[&str], mut put: impl FnMut(String, usize)) {
        let mut longest: FxHashMap<usize, (usize, u32)> = FxHashMap::default();
        for found in self.replace.find(words) {
            let entry = longest.entry(found.start).or_insert((found.end, found.what));
            if found.end > entry.0 {
                *entry = (found.end, found.what);
            }
        }
        let mut at = 0;
        while at < words.len() {
            if let Some(&(end, what)) = longest.get(&at) {
                for word in self.replacements.get(what.to_be_bytes()).unwrap_or_default() {
                    if !self.skip.contains(&word) {
                        put(word, at);
                    }
                }
                at = end;
                continue;
            }
            if !self.skip.contains(words[at]) {
                put(words[at].to_owned(), at);
            }
            at += 1;
        }
    }
}

/// How messages are folded.
#[derive(Clone)]
pub(super) struct Normaliser {
    rewriter: Rewriter,
    language: Language,
    spelling: Spelling,
    /// Words of the corpus's texts that no word of a phrase is near: messages have them often, and mending changes none of
    /// them.
    unlike: Spelling,
    /// Those that phrases use; others only decorate.
    symbols: FxHashSet<String>,
}

impl Normaliser {
    /// Compiles what misspellings are mended by: the words that phrases use, with how often, and the symbols among them;
    /// `texts` are the corpus's own: what looks misspelt in them and is like no word of a phrase is not mended.
    pub(super) fn build<'a>(
        language: &Language,
        mut vocabulary: FxHashMap<String, u32>,
        texts: impl Iterator<Item = &'a str>,
        generation: &Generation,
    ) -> Result<(), GenerationError> {
        let is_all_symbols = |word: &&String| !word.is_empty() && word.chars().all(is_symbol);
        let symbols: FxHashSet<&String> = vocabulary.keys().filter(is_all_symbols).collect();
        generation.put(SYMBOLS, &symbols)?;
        vocabulary.retain(|word, _| word.chars().all(char::is_alphabetic));
        let spelling = Spelling::counted(vocabulary);
        let may_be_misspelt =
            |word: &&str| word.chars().all(char::is_alphabetic) && !spelling.knows(word) && !language.is_known(word);
        let mut unlike: FxHashSet<String> = FxHashSet::default();
        for text in texts {
            unlike.extend(language::words(&language::fold(text)).filter(may_be_misspelt).map(str::to_owned));
        }
        unlike.retain(|word| spelling.correct(language, word).is_none() && spelling.apart(language, word).is_none());
        Spelling::new(unlike.iter().map(String::as_str)).put(UNLIKE, generation);
        spelling.put(SPELLING, generation);
        generation.put(LANGUAGE, language)
    }

    /// Opens what was compiled, a rewriter too.
    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        Ok(Self {
            rewriter: Rewriter::open(generation)?,
            language: generation.get(LANGUAGE)?,
            spelling: Spelling::open(SPELLING, generation)?,
            unlike: Spelling::open(UNLIKE, generation)?,
            symbols: generation.get(SYMBOLS)?,
        })
    }

    /// The language that it reads.
    pub(super) fn language(&self) -> &Language {
        &self.language
    }

    /// The words of one message or several.
    pub(super) fn words(&self, messages: &[&str]) -> Words {
        let mut words = Words::default();
        let (mut place, mut clause, mut sentence) = (0, 0, 0);
        let mut questioned = false;
        let mut corrected: FxHashMap<String, String> = FxHashMap::default();
        for message in messages {
            let told = self.language.told(message);
            let folded = language::fold(told);
            let (tokens, gaps) = self.tokens(&folded);
            let mended: Vec<String> = tokens.iter().map(|token| self.mend(token, &mut corrected)).collect();
            let (mended, gaps) = taken_apart(&mended, gaps);
            let (matter, asked) = (self.matter(told, mended.len()), self.asked(&mended, &gaps));
            let (mut passed, mut begun) = (0, 0);
            self.rewriter.rewrite(&mended, |word, from| {
                let mut answers = false;
                for (at, gap) in (passed..=from).map(|at| (at, gaps[at])) {
                    place += 1 + gap.length;
                    clause += u32::from(gap.length > 0 || self.language.turns_to_ask(&mended[at..]));
                    sentence += u32::from(gap.length >= SENTENCE);
                    answers |= gap.asks && !self.language.opens_question(&mended[begun..at]);
                    questioned |= gap.questioned;
                    if gap.length >= SENTENCE {
                        begun = at;
                    }
                }
                if from < passed {
                    place += 1;
                }
                passed = from + 1;
                words.words.push(Word {
                    is_stop: self.language.is_stop_word(&word),
                    text: word,
                    place,
                    clause,
                    sentence,
                    answers,
                    questioned: std::mem::take(&mut questioned),
                    asks: asked[from],
                    introduces: !matter.contains(&from),
                });
            });
            questioned |= gaps[passed..].iter().any(|gap| gap.questioned);
            place += MESSAGE;
            clause += 1;
            sentence += 1;
        }
        words.questioned_behind = questioned;
        words
    }

    /// For each word, whether it is part of a question, which begins with its sentence, behind a comma or where nothing
    /// stands before it, and ends with its sentence or where somebody begins to tell.
    fn asked(&self, words: &[&str], gaps: &[Gap]) -> Vec<bool> {
        let mut begun: Option<usize> = None;
        let asks = |at: usize| {
            let (here, is_first) = (&words[at..], at == 0 || gaps[at].length >= SENTENCE);
            let before = at.checked_sub(1).filter(|_| gaps[at].length == 0).map(|before| words[before]);
            if is_first {
                begun = None;
            }
            let begins = begun.is_none_or(|begun| at > begun + BEGINNING)
                && (is_first && self.language.opens_question(here) || self.language.breaks_off_to_ask(before, here));
            if begins {
                begun = Some(at);
            } else if begun.is_some() && self.language.breaks_off_to_tell(before, here) {
                begun = None;
            }
            begun.is_some()
        };
        (0..words.len()).map(asks).collect()
    }

    /// Which words of a message do not only tell who somebody is, at either end of it.
    fn matter(&self, told: &str, words: usize) -> Range<usize> {
        let (before, _, behind) = self.language.introduced(told);
        let [before, behind] = [before, behind].map(|text| self.tokens(&language::fold(text)).0.len());
        before..words.saturating_sub(behind)
    }

    /// The words of a folded text and the symbols that say something here, and what stands before each and behind the last.
    fn tokens<'t>(&self, folded: &'t str) -> (Vec<&'t str>, Vec<Gap>) {
        tokens(folded, |symbol| self.symbols.contains(symbol))
    }

    /// One word without drawn-out letters, digits for letters, or slips; two where it was typed without the space between.
    fn mend(&self, word: &str, corrected: &mut FxHashMap<String, String>) -> String {
        let word = self.language.spelt(word);
        let fits = |word: &str| self.spelling.knows(word) || self.language.is_known(word);
        if word.len() < 3 || fits(word) {
            return word.to_owned();
        }
        let drawn_out = [1, 2].map(|most| shorten(word, most)).into_iter().filter(|short| short != word && fits(short));
        // "buttt" is a butt, but "nooo" no "noo": two letters unless that is next to no word.
        if let Some(short) = drawn_out.max_by_key(|short| self.spelling.count(short).min(OFTEN)) {
            return short;
        }
        if self.unlike.knows(word) {
            return word.to_owned();
        }
        let letters = word.chars().filter(|c| c.is_alphabetic()).count();
        if letters * 2 >= word.chars().count() && letters < word.chars().count() {
            let read: String = word.chars().map(unleet).collect();
            if fits(&read) {
                return read;
            }
        }
        if let Some(known) = corrected.get(word) {
            return known.clone();
        }
        if corrected.len() >= SPELLING_BUDGET {
            return word.to_owned();
        }
        let apart = || self.spelling.apart(&self.language, word).map(|(one, other)| format!("{one} {other}"));
        let right = self.spelling.correct(&self.language, word).map(str::to_owned).or_else(apart);
        let right = right.unwrap_or_else(|| word.to_owned());
        corrected.insert(word.to_owned(), right.clone());
        right
    }
}

fn unleet(c: char) -> char {
    match c {
        '0' => 'o',
        '1' => 'i',
        '3' => 'e',
        '4' => 'a',
        '5' => 's',
        '7' => 't',
        other => other,
    }
}

/// The letters that stand three or more times in a row somewhere, cut to so many wherever they do.
fn shorten(word: &str, most: usize) -> String {
    let letters: Vec<char> = word.chars().collect();
    let mut drawn_out: Vec<char> =
        letters.windows(3).filter(|three| three[0] == three[1] && three[1] == three[2]).map(|three| three[0]).collect();
    drawn_out.sort_unstable();
    drawn_out.dedup();
    let mut out = String::with_capacity(word.len());
    for run in letters.chunk_by(PartialEq::eq) {
        let length = if drawn_out.binary_search(&run[0]).is_ok() { run.len().min(most) } else { run.len() };
        out.extend(&run[..length]);
    }
    out
}

/// What stands before a word.
#[derive(Debug, Clone, Copy, Default)]
struct Gap {
    /// None, that of a comma and the like, or that of a sentence's end.
    length: u32,
    /// Whether what comes before asks for an answer: with a question mark, a colon or a dash.
    asks: bool,
    /// Whether a question mark is among it.
    questioned: bool,
}

impl Gap {
    fn widen(&mut self, length: u32) {
        self.length = self.length.max(length);
    }
}

/// Each word by itself; nothing stands between two that were typed as one.
fn taken_apart(mended: &[String], gaps: Vec<Gap>) -> (Vec<&str>, Vec<Gap>) {
    let mut words = Vec::with_capacity(mended.len());
    let mut between = Vec::with_capacity(gaps.len());
    let mut gaps = gaps.into_iter();
    for (mended, gap) in mended.iter().zip(&mut gaps) {
        for (at, word) in mended.split(' ').enumerate() {
            words.push(word);
            between.push(if at == 0 { gap } else { Gap::default() });
        }
    }
    between.extend(gaps);
    (words, between)
}

/// A picture, an arrow, a sign, "&" or "+": no letter and no punctuation of ours.
fn is_symbol(c: char) -> bool {
    !c.is_alphanumeric() && (('\u{2190}'..='\u{1faff}').contains(&c) || matches!(c, '&' | '+'))
}

/// Words and the single symbols that say something, and what stands before each, and behind the last one.
fn tokens(folded: &str, says_something: impl Fn(&str) -> bool) -> (Vec<&str>, Vec<Gap>) {
    let mut tokens: Vec<&str> = Vec::new();
    let mut gaps: Vec<Gap> = Vec::new();
    let mut gap = Gap::default();
    let mut start: Option<usize> = None;
    let mut chars = folded.char_indices().peekable();
    while let Some((at, c)) = chars.next() {
        if c.is_alphanumeric() {
            start.get_or_insert(at);
            continue;
        }
        if let Some(begun) = start.take() {
            tokens.push(&folded[begun..at]);
            gaps.push(std::mem::take(&mut gap));
        }
        let next = chars.peek().map(|&(_, next)| next);
        let before_is_digit = folded[..at].ends_with(|c: char| c.is_ascii_digit());
        let in_number = before_is_digit && next.is_some_and(|next| next.is_ascii_digit());
        match c {
            '.' | ',' if in_number => {}
            '.' | '!' | '\n' | '…' => gap.widen(SENTENCE),
            '?' => {
                gap.widen(SENTENCE);
                (gap.asks, gap.questioned) = (true, true);
            }
            ',' | ';' | '(' | ')' => gap.widen(COMMA),
            c if matches!(c, ':' | '—' | '–') || c == '-' && next == Some(' ') => {
                gap.widen(COMMA);
                gap.asks = true;
            }
            c if is_symbol(c) && (!c.is_ascii() || next == Some(' ')) => {
                let symbol = &folded[at..at + c.len_utf8()];
                if says_something(symbol) {
                    tokens.push(symbol);
                    gaps.push(std::mem::take(&mut gap));
                } else if !c.is_ascii() {
                    gap.widen(COMMA);
                }
            }
            _ => {}
        }
    }
    if let Some(begun) = start {
        tokens.push(&folded[begun..]);
        gaps.push(std::mem::take(&mut gap));
    }
    gaps.push(gap);
    (tokens, gaps)
}

/// The words of a phrase in a rule, folded as messages are.
pub(super) fn split(phrase: &str) -> Vec<String> {
    phrase.split_whitespace().flat_map(fold_element).collect()
}

/// One element of a phrase, folded; its marks (`*`, `#`, `_`) are kept.
pub(super) fn fold_element(word: &str) -> Vec<String> {
    let folded = language::fold(word);
    let parts: Vec<String> = folded
        .split(|c: char| c.is_ascii_punctuation() && !"*#_".contains(c))
        .filter(|part| !part.is_empty())
        .map(str::to_owned)
        .collect();
    if parts.is_empty() { vec![folded.into_owned()] } else { parts }
}
