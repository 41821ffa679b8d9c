//! Hits into at most three excerpts.

use std::borrow::Cow;

use super::{Cited, MAX_EXCERPTS};
use crate::corpus::{Apart, Corpus, Excerpt, MAX_SENTENCES, PassageId};
use crate::index::{Hit, Index, Query};
use crate::language::{self, Language};

/// A second passage is shown when its score is at least this share of the first's.
const WORTH_SHOWING: f32 = 0.6;
/// Passages that share more of their terms than this say the same.
const SAME: f32 = 0.55;
/// An excerpt of which so much stands in another one that is shown says nothing new.
const REPEATED: f32 = 0.65;
/// What being the first sentence is worth, as a share of what is asked: notes answer there.
const FIRST: f32 = 0.6;

/// A message of more words than this may hold its question anywhere.
const LONG_MESSAGE: usize = 20;
/// How many words a question in a long message is taken to have.
const WINDOW: usize = 14;
/// How many words of greeting may stand before a question.
const LEAD: usize = 6;
/// Where a message has more words, what it speaks of stands among the first ones.
const MOST_WORDS: usize = 400;
/// How many places of a long message are looked at.
const MOST_WINDOWS: usize = 16;

/// Whether a message speaks of what a passage is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Yes,
    No,
    /// It does, to say that it is not so.
    Denied,
}

/// Who is answered.
pub(super) struct Asker<'a> {
    /// All that they wrote.
    pub(super) text: &'a str,
    /// Whether they ask something.
    pub(super) asks: bool,
}

/// The best excerpts of these hits: none twice, each disputed one followed by its correction. What is out of place where
/// nobody speaks of it comes first for who asks for it in other words, and else not at all.
pub(super) fn excerpts(
    corpus: &Corpus,
    index: &Index,
    asker: &Asker<'_>,
    query: &Query,
    hits: &[Hit],
    most: usize,
) -> Vec<Cited> {
    let mut cited: Vec<Cited> = Vec::new();
    let Some(best) = hits.first() else { return cited };
    for hit in hits.iter().take_while(|hit| hit.score >= best.score * WORTH_SHOWING) {
        let (_, section) = corpus.passage(hit.passage);
        let correction = section.corrected_by.as_deref().and_then(|target| corpus.find(target));
        if cited.len() + 1 + usize::from(correction.is_some()) > most {
            if cited.len() == most {
                break;
            }
            continue;
        }
        let shown = |passage: PassageId| cited.iter().any(|other| same(index, other.excerpt.passage(), passage));
        if shown(hit.passage) || correction.is_some_and(shown) {
            continue;
        }
        let is_in_place = match named(corpus, asker.text, query, hit.passage) {
            Named::Yes => true,
            Named::No => asker.asks && cited.is_empty() && hit.passage == best.passage,
            Named::Denied => false,
        };
        if !is_in_place {
            continue;
        }
        let Some(excerpt) = window(corpus, index, query, hit.passage) else { continue };
        if cited.iter().any(|other| index.repeated(&excerpt, &other.excerpt) > REPEATED) {
            continue;
        }
        cited.push(Cited { excerpt, corrects: None });
        let Some(target) = correction else { continue };
        let (_, section) = corpus.passage(target);
        let corrects = Some(cited.len() - 1);
        if let Some(excerpt) = Excerpt::new(section, target, 0..section.sentences.len().min(MAX_SENTENCES)) {
            cited.push(Cited { excerpt, corrects });
        }
    }
    cited
}

/// The first excerpts of two answers in one list of at most [`MAX_EXCERPTS`]; `None` where they cannot stand together.
pub(super) fn join(first: Vec<Cited>, second: Vec<Cited>) -> Option<Vec<Cited>> {
    // A claim and its correction stay together.
    let needed = |cited: &[Cited]| if cited.get(1).is_some_and(|next| next.corrects == Some(0)) { 2 } else { 1 };
    let (mut all, more) = (first, needed(&second));
    all.truncate(needed(&all));
    let before = all.len();
    let repeats = second[..more].iter().any(|new| all.iter().any(|old| old.excerpt == new.excerpt));
    if repeats || before + more > MAX_EXCERPTS {
        return None;
    }
    let place = |corrects: Option<usize>| corrects.map(|at| at + before);
    all.extend(second.into_iter().take(more).map(|one| Cited { corrects: place(one.corrects), ..one }));
    Some(all)
}

/// Whether a message speaks of what a passage is about, of that which is out of place where nobody does.
fn named(corpus: &Corpus, text: &str, query: &Query, passage: PassageId) -> Named {
    let (document, section) = corpus.passage(passage);
    let label = language::fold(&document.title).into_owned() + " " + &language::fold(&section.heading);
    let of = |apart: &&Apart| language::words(&label).any(|word| apart.of.iter().any(|of| of.fits(word)));
    let about: Vec<&Apart> = corpus.settings.apart.iter().filter(of).collect();
    if about.is_empty() {
        return Named::Yes;
    }
    let names = |word: &str| about.iter().any(|apart| apart.of.iter().chain(&apart.named).any(|name| name.fits(word)));
    let folded = language::fold(text);
    if corpus.language.affirmed(&folded).take(MOST_WORDS).any(names) {
        return Named::Yes;
    }
    if language::words(&folded).take(MOST_WORDS).any(names) {
        return Named::Denied;
    }
    // In the query what was misspelt is mended, and what was asked before stands too.
    if query.stems().iter().any(|stem| names(stem)) { Named::Yes } else { Named::No }
}

fn same(index: &Index, a: PassageId, b: PassageId) -> bool {
    a == b || index.likeness(a, b) > SAME
}

/// The one to three sentences of a passage that say most of what is asked.
fn window(corpus: &Corpus, index: &Index, query: &Query, passage: PassageId) -> Option<Excerpt> {
    let (_, section) = corpus.passage(passage);
    let coverage = index.sentence_coverage(passage, query);
    let units = query.units();
    let whole = query.weight();
    let count = section.sentences.len();
    let length = count.min(MAX_SENTENCES);
    let worth = |start: usize| {
        let best_of = |unit: usize| coverage[start..start + length].iter().map(|s| s[unit]).fold(0.0, f32::max);
        let sum: f32 = (0..units.len()).map(best_of).sum();
        if start == 0 { sum + FIRST * whole } else { sum }
    };
    let start = (0..=count.checked_sub(length)?).rev().max_by(|a, b| worth(*a).total_cmp(&worth(*b)))?;
    Excerpt::new(section, passage, start..start + length)
}

/// A question in a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Asked<'a> {
    pub(super) text: &'a str,
    /// Whether it shares its sentence with another one.
    pub(super) is_cut: bool,
}

/// The questions in a message that say something: its sentences with a question mark, and in a short message those that
/// begin as a question does; there each has its own place that follows another one in a sentence ("is sitting bad and is bed
/// rest ok").
pub(super) fn questions<'a>(text: &'a str, language: &Language) -> Vec<Asked<'a>> {
    let (is_long, mut questions) = (is_long(text), Vec::new());
    for sentence in crate::corpus::sentences(text).into_iter().map(|range| &text[range]) {
        if is_long {
            questions.extend(sentence.ends_with('?').then_some(Asked { text: sentence, is_cut: false }));
        } else {
            questions.extend(asked(sentence, language));
        }
    }
    questions.retain(|question| says_what(question.text, language));
    questions
}

/// Whether a question says what it asks about: "what can I do?" is about what stands before it.
fn says_what(question: &str, language: &Language) -> bool {
    let folded = language::fold(question);
    language::words(&folded).any(|word| !language.is_stop_word(word) && !language.is_chatty(word))
}

/// The questions in a sentence: cut before each that follows another one behind a comma or a word that joins, or before the
/// last one where what comes first asks nothing ("my back hurts, is bed rest ok").
fn asked<'a>(sentence: &'a str, language: &Language) -> Vec<Asked<'a>> {
    let written: Vec<&str> = sentence.split_whitespace().collect();
    let folded: Vec<Cow<'_, str>> = written.iter().map(|word| language::fold(word)).collect();
    let words: Vec<&str> = folded.iter().map(|word| word.trim_matches(|c: char| !c.is_alphanumeric())).collect();
    let joins = |word: &str| word.is_empty() || language.joins(word);
    let opens = |words: &[&str]| {
        let lead = words.iter().take_while(|word| joins(word) || language.is_chatty(word)).count();
        (0..=lead.min(LEAD)).any(|from| language.opens_question(&words[from..]))
    };
    let between = |first: usize, end: usize| {
        let place = |word: &str| word.as_ptr() as usize - sentence.as_ptr() as usize;
        &sentence[place(written[first])..place(written[end - 1]) + written[end - 1].len()]
    };
    // The question that was begun, where its last word was that joins nothing, and where the last one opened.
    let (mut first, mut end, mut last) = (0, 0, 0);
    let mut questions = Vec::new();
    for at in 1..words.len() {
        if !joins(words[at - 1]) {
            end = at;
        }
        let is_joined = end < at || written[at - 1].ends_with([',', ';', ':', '.', '!']);
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
        questions.push(Asked { text: between(start, written.len()), is_cut: start > 0 });
    }
    questions
}

/// A stretch of a long message that may hold its question.
pub(super) struct Window<'a> {
    pub(super) text: &'a str,
    /// Whether its sentence ends with a question mark.
    pub(super) is_asked: bool,
}

/// Whether a message is so long that its question may stand anywhere in it.
pub(super) fn is_long(text: &str) -> bool {
    text.split_whitespace().nth(LONG_MESSAGE).is_some()
}

/// The stretches of a long message that may hold its question: from each word that asks, so many words
/// on, and no further than the sentence; those that say what they ask about.
pub(super) fn windows<'a>(text: &'a str, language: &Language) -> Vec<Window<'a>> {
    let mut windows = Vec::new();
    for sentence in crate::corpus::sentences(text) {
        let sentence = &text[sentence];
        let base = sentence.as_ptr() as usize;
        let words: Vec<&str> = sentence.split_whitespace().collect();
        for (at, word) in words.iter().enumerate() {
            let folded = language::fold(word);
            if !language.asks(language::words(&folded)) || windows.len() == MOST_WINDOWS {
                continue;
            }
            let last = words[(at + WINDOW).min(words.len()) - 1];
            let end = last.as_ptr() as usize + last.len() - base;
            let text = &sentence[word.as_ptr() as usize - base..end];
            if !says_what(text, language) {
                continue;
            }
            windows.push(Window { text, is_asked: sentence.ends_with('?') });
        }
    }
    windows
}
