//! Hits into at most three excerpts.

use super::Cited;
use crate::corpus::{Corpus, Excerpt, MAX_SENTENCES, PassageId};
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
/// How many places of a long message are looked at.
const MOST_WINDOWS: usize = 16;

/// The best excerpts of these hits: none twice, each disputed one followed by its correction.
pub(super) fn excerpts(corpus: &Corpus, index: &Index, query: &Query, hits: &[Hit], most: usize) -> Vec<Cited> {
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

/// The excerpts of several answers in one list of at most three, none twice.
pub(super) fn join(answers: impl Iterator<Item = Vec<Cited>>) -> Vec<Cited> {
    let mut all: Vec<Cited> = Vec::new();
    for cited in answers {
        let first = all.len();
        // A claim and its correction stay together.
        let needed = if cited.get(1).is_some_and(|second| second.corrects == Some(0)) { 2 } else { 1 };
        if first + needed > MAX_SENTENCES || cited.iter().any(|new| all.iter().any(|old| old.excerpt == new.excerpt)) {
            continue;
        }
        all.extend(
            cited.into_iter().take(needed).map(|one| Cited { corrects: one.corrects.map(|at| at + first), ..one }),
        );
    }
    all
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

/// The questions in a message, where it holds several; else the whole message.
pub(super) fn questions<'a>(text: &'a str, language: &Language) -> Vec<&'a str> {
    let says_something = |sentence: &&str| {
        let folded = language::fold(sentence);
        language::words(&folded).any(|word| !language.is_stop_word(word) && !language.is_chatty(word))
    };
    let asked: Vec<&str> = asked(text).filter(says_something).collect();
    if asked.len() > 1 { asked } else { vec![text] }
}

/// The sentences of a message that end with a question mark.
pub(super) fn asked(text: &str) -> impl Iterator<Item = &str> {
    let sentences = crate::corpus::sentences(text).into_iter().map(move |range| &text[range]);
    sentences.filter(|sentence| sentence.ends_with('?'))
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
/// on, and no further than the sentence.
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
            windows.push(Window { text, is_asked: sentence.ends_with('?') });
        }
    }
    windows
}
