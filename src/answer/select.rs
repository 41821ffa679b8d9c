//! Hits into at most three excerpts.

use super::message::Message;
use super::{Cited, MAX_EXCERPTS};
use crate::corpus::{Apart, Corpus, Excerpt, MAX_SENTENCES, PassageId};
use crate::index::{Hit, Index, Query};
use crate::language;

/// A second passage is shown when its score is at least this share of the first's.
const WORTH_SHOWING: f32 = 0.6;
/// Passages that share more of their terms than this say the same.
const SAME: f32 = 0.55;
/// An excerpt of which so much stands in another one that is shown says nothing new.
const REPEATED: f32 = 0.65;
/// What being the first sentence is worth, as a share of what is asked: notes answer there.
const FIRST: f32 = 0.6;

/// Where a message has more words, what it speaks of stands among the first ones.
const MOST_WORDS: usize = 400;

/// Whether a message speaks of what a passage is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Named {
    Yes,
    No,
    /// It does, to say that it is not so.
    Denied,
}

/// Takes from the passages that were found for a query what is shown of them.
pub(super) struct Selector<'a, 'm> {
    pub(super) corpus: &'a Corpus,
    pub(super) index: &'a Index,
    /// All that was written.
    pub(super) message: &'a Message<'m>,
    /// What it asks about, as it was understood.
    pub(super) query: &'a Query,
}

impl Selector<'_, '_> {
    /// The best excerpts of these hits, at most so many: none twice, each disputed one followed by its correction. What is
    /// out of place where nobody speaks of it comes first for who asks for it in other words, and else not at all.
    pub(super) fn excerpts(&self, hits: &[Hit], most: usize) -> Vec<Cited> {
        let mut cited: Vec<Cited> = Vec::new();
        let Some(best) = hits.first() else { return cited };
        for hit in hits.iter().take_while(|hit| hit.score >= best.score * WORTH_SHOWING) {
            let (_, section) = self.corpus.passage(hit.passage);
            let correction = section.corrected_by.as_deref().and_then(|target| self.corpus.find(target));
            if cited.len() + 1 + usize::from(correction.is_some()) > most {
                if cited.len() == most {
                    break;
                }
                continue;
            }
            let shown = |passage: PassageId| cited.iter().any(|other| self.are_alike(other.excerpt.passage(), passage));
            if shown(hit.passage) || correction.is_some_and(shown) {
                continue;
            }
            let is_in_place = match self.named(hit.passage) {
                Named::Yes => true,
                Named::No => cited.is_empty() && hit.passage == best.passage && self.message.clearly_asks(),
                Named::Denied => false,
            };
            if !is_in_place {
                continue;
            }
            let Some(excerpt) = self.best_sentences(hit.passage) else { continue };
            if cited.iter().any(|other| self.index.repeated(&excerpt, &other.excerpt) > REPEATED) {
                continue;
            }
            cited.push(Cited { excerpt, corrects: None });
            let Some(target) = correction else { continue };
            let (_, section) = self.corpus.passage(target);
            let corrects = Some(cited.len() - 1);
            if let Some(excerpt) = Excerpt::new(section, target, 0..section.sentences.len().min(MAX_SENTENCES)) {
                cited.push(Cited { excerpt, corrects });
            }
        }
        cited
    }

    /// Whether a message speaks of what a passage is about, of that which is out of place where nobody does.
    fn named(&self, passage: PassageId) -> Named {
        let (document, section) = self.corpus.passage(passage);
        let label = language::fold(&document.title).into_owned() + " " + &language::fold(&section.heading);
        let of = |apart: &&Apart| language::words(&label).any(|word| apart.of.iter().any(|of| of.fits(word)));
        let about: Vec<&Apart> = self.corpus.settings.apart.iter().filter(of).collect();
        if about.is_empty() {
            return Named::Yes;
        }
        let names =
            |word: &str| about.iter().any(|apart| apart.of.iter().chain(&apart.named).any(|name| name.fits(word)));
        let folded = self.message.folded();
        if self.corpus.language.affirmed(folded).take(MOST_WORDS).any(names) {
            return Named::Yes;
        }
        if language::words(folded).take(MOST_WORDS).any(names) {
            return Named::Denied;
        }
        // In the query what was misspelt is mended, and what was asked before stands too.
        if self.query.stems().iter().any(|stem| names(stem)) { Named::Yes } else { Named::No }
    }

    /// Whether two passages say the same.
    fn are_alike(&self, a: PassageId, b: PassageId) -> bool {
        a == b || self.index.likeness(a, b) > SAME
    }

    /// The one to three sentences of a passage that say most of what is asked.
    fn best_sentences(&self, passage: PassageId) -> Option<Excerpt> {
        let (_, section) = self.corpus.passage(passage);
        let coverage = self.index.sentence_coverage(passage, self.query);
        let units = self.query.units();
        let whole = self.query.weight();
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
