//! The questions in a message, and the stretches of a long one that may hold its question.

use std::borrow::Cow;
use std::ops::Range;

use crate::corpus;
use crate::language::{self, Language};

/// A message of more words than this may hold its question anywhere.
const LONG_MESSAGE: usize = 20;
/// How many words a question in a long message is taken to have.
const STRETCH: usize = 14;
/// How many stretches of a long message are looked at, and how many sentences.
const MOST_STRETCHES: usize = 16;
/// How many words of greeting may stand before a question.
const LEAD: usize = 6;

/// A question in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    pub(super) text: &'a str,
    /// Whether it shares its sentence with another one.
    pub(super) is_cut: bool,
}

/// A stretch of a long message that may hold its question.
pub(super) struct Stretch<'a> {
    pub(super) text: &'a str,
    /// Whether its sentence ends with a question mark.
    pub(super) is_asked: bool,
}

/// Whether a message is so long that its question may stand anywhere in it.
pub(super) fn is_long(text: &str) -> bool {
    text.split_whitespace().nth(LONG_MESSAGE).is_some()
}

/// The questions in a message that say something: its sentences with a question mark, and in a short message those that
/// begin as a question does; there each has its own place that follows another one in a sentence ("is sitting bad and is bed
/// rest ok").
pub(super) fn questions<'a>(text: &'a str, language: &Language) -> Vec<Asked<'a>> {
    let (is_long, mut questions) = (is_long(text), Vec::new());
    for sentence in corpus::typed_sentences(text).into_iter().map(|range| &text[range]) {
        if is_long {
            questions.extend(sentence.ends_with('?').then_some(Asked { text: sentence, is_cut: false }));
        } else {
            questions.extend(questions_in(sentence, language));
        }
    }
    questions.retain(|question| says_what(question.text, language));
    questions
}

/// The questions between commas, brackets and the ends of sentences: what stands beside one may only tell why it is asked.
pub(super) fn clauses<'a>(text: &'a str, language: &Language) -> Vec<Asked<'a>> {
    let sentences = corpus::typed_sentences(text).into_iter().map(|range| &text[range]);
    let clauses = sentences.flat_map(|sentence| sentence.split([',', ';', ':', '(', ')', '–'])).map(str::trim);
    let asks = |clause: &&str| {
        let folded = language::fold(clause);
        opens(&language::words(&folded).collect::<Vec<_>>(), language) && says_what(clause, language)
    };
    clauses.filter(asks).map(|text| Asked { text, is_cut: true }).collect()
}

/// The questions that say nothing by themselves, each with the sentence before it ("back spasms!! what are they?").
pub(super) fn with_matter<'a>(text: &'a str, language: &Language) -> Vec<&'a str> {
    let sentences = corpus::typed_sentences(text);
    let with_matter = |pair: &&[Range<usize>]| {
        let [before, asked] = [0, 1].map(|at| &text[pair[at].clone()]);
        asked.ends_with('?') && !says_what(asked, language) && says_what(before, language) && !before.ends_with('?')
    };
    sentences.windows(2).filter(with_matter).map(|pair| &text[pair[0].start..pair[1].end]).collect()
}

/// The first sentences of a message, where it has several.
pub(super) fn sentences(text: &str) -> Vec<&str> {
    let sentences = corpus::typed_sentences(text);
    let several = if sentences.len() > 1 { sentences } else { Vec::new() };
    several.into_iter().take(MOST_STRETCHES).map(|sentence| &text[sentence]).collect()
}

/// The stretches of a long message that may hold its question: from each word that asks, so many words
/// on, and no further than the sentence; those that say what they ask about.
pub(super) fn stretches<'a>(text: &'a str, language: &Language) -> Vec<Stretch<'a>> {
    let mut stretches = Vec::new();
    for sentence in corpus::typed_sentences(text).into_iter().map(|range| &text[range]) {
        let (words, is_asked) = (places_of_words(sentence), sentence.ends_with('?'));
        for (at, word) in words.iter().enumerate() {
            let folded = language::fold(&sentence[word.clone()]);
            if !language.asks(language::words(&folded)) || stretches.len() == MOST_STRETCHES {
                continue;
            }
            let last = &words[(at + STRETCH).min(words.len()) - 1];
            let text = &sentence[word.start..last.end];
            if says_what(text, language) {
                stretches.push(Stretch { text, is_asked });
            }
        }
    }
    stretches
}

/// Whether a question says what it asks about: "what can I do?" is about what stands before it.
fn says_what(question: &str, language: &Language) -> bool {
    !language.is_all_talk(language::words(&language::fold(question)))
}

/// The questions in a sentence: cut before each that follows another one behind a comma or a word that joins, or before the
/// last one where what comes first asks nothing ("my back hurts, is bed rest ok").
fn questions_in<'a>(sentence: &'a str, language: &Language) -> Vec<Asked<'a>> {
    let places = places_of_words(sentence);
    let written = |at: usize| &sentence[places[at].clone()];
    let folded: Vec<Cow<'_, str>> = (0..places.len()).map(|at| language::fold(written(at))).collect();
    let words: Vec<&str> = folded.iter().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let opens = |words: &[&str]| opens(words, language);
    let between = |first: usize, end: usize| &sentence[places[first].start..places[end - 1].end];
    // The question that was begun, where its last word was that joins nothing, and where the last one opened.
    let (mut first, mut end, mut last) = (0, 0, 0);
    let mut questions = Vec::new();
    for at in 1..words.len() {
        if !joins(words[at - 1], language) {
            end = at;
        }
        let is_joined = end < at || written(at - 1).ends_with([',', ';', ':', '.', '!']);
        if is_joined && end > first && language.opens_question(&words[at..]) {
            last = at;
            if opens(&words[first..end]) {
                questions.push(Asked { text: between(first, end), is_cut: true });
                first = at;
            }
        }
    }
    let is_open = opens(&words[first..]);
    let start = if is_open { first } else { last };
    if is_open || start > first || sentence.ends_with('?') {
        questions.push(Asked { text: between(start, words.len()), is_cut: start > 0 });
    }
    questions
}

/// Whether a word joins a question to what stands before it: a mark that stands by itself, "and".
fn joins(word: &str, language: &Language) -> bool {
    word.is_empty() || language.joins(word)
}

/// Whether these words begin a question, behind no more than a few words of talk.
fn opens(words: &[&str], language: &Language) -> bool {
    let leads = |word: &&&str| joins(word, language) || language.is_chatty(word);
    let lead = words.iter().take_while(leads).count();
    (0..=lead.min(LEAD)).any(|from| language.opens_question(&words[from..]))
}

/// Where the words of a text stand, as they are written.
fn places_of_words(text: &str) -> Vec<Range<usize>> {
    let mut end = 0;
    let place = |word: &str| {
        let start = end;
        end += word.len();
        let length = word.trim_end().len();
        (length > 0).then_some(start..start + length)
    };
    text.split_inclusive(char::is_whitespace).filter_map(place).collect()
}
