//! The second look: what BM25 cannot say of a passage.

use super::passages::Record;
use super::query::{Query, Unit, Way};
use super::terms::{Term, Terms};
use crate::corpus::PassageId;

/// How fast more of a term stops telling more (BM25).
const K1: f32 = 1.5;
/// How much a long passage is held against it (BM25).
const B: f32 = 0.75;
/// What a passage keeps that holds nothing but one word of many.
const UNCOVERED: f32 = 0.8;
/// What covering one of a passage's labels is worth, against its BM25 score, by the square of how well it does: half
/// a question says little, a whole one nearly all.
const LABEL_WORTH: f32 = 4.0;
/// What covering the title or the heading is worth.
const TITLE_WORTH: f32 = 0.5;
/// What a part of a fixed phrase counts.
const PART: f32 = 0.3;

/// A query, laid out so that a passage is read for it in one go.
pub(super) struct Looker<'a> {
    query: &'a Query,
    average_length: f32,
    /// The terms of the query, each once.
    wanted: Vec<Term>,
    /// The ways of all units, one unit's behind another's.
    ways: Vec<Laid>,
    /// The words without content.
    words: Vec<Word>,
    /// What a word tells that stands in one passage alone.
    most: f32,
    /// What all units weigh, and those that any passage has.
    whole: f32,
    known: f32,
    label_whole: f32,
    title_whole: f32,
    /// Where each wanted term stands among the terms of the passage looked at.
    found: Vec<Option<usize>>,
    /// For each of its labels, how much of it the query covers ...
    of_label: Vec<f32>,
    /// ... how much of the query it covers, and in the end how well both fit ...
    of_query: Vec<f32>,
    /// ... and the last unit that stands in it, by its number from one.
    last: Vec<u32>,
    /// The labels that have all terms of a way.
    standing: Vec<u16>,
}

/// A way of saying a unit, laid out; those of a unit with the best first.
struct Laid {
    /// The wanted terms that it is made of.
    terms: Vec<u16>,
    worth: f32,
    /// What its terms tell among labels.
    label_weight: f32,
}

/// A word without content.
struct Word {
    wanted: u16,
    /// What it tells among labels.
    tells: f32,
}

/// What the second look sees of a passage; what its wording tells comes on top. [`Hit`](super::Hit) says what each is.
pub(super) struct Looked {
    pub(super) passage: PassageId,
    pub(super) score: f32,
    pub(super) density: f32,
    pub(super) label_fit: f32,
    pub(super) title: f32,
    pub(super) coverage: f32,
    pub(super) missing: f32,
}

/// What a passage's text has of a query.
#[derive(Default)]
struct Text {
    bm25: f32,
    coverage: f32,
    missing: f32,
}

/// What a passage's labels have of a query.
struct Labels {
    fit: f32,
    title: f32,
}

impl<'a> Looker<'a> {
    pub(super) fn new(query: &'a Query, terms: &Terms, average_length: f32) -> Self {
        let all = query.units.iter().flat_map(|unit| &unit.ways).flat_map(|way| &way.terms);
        let mut wanted: Vec<Term> = all.copied().collect();
        wanted.sort_unstable();
        wanted.dedup();
        let number = |term: &Term| wanted.binary_search(term).map_or(0, short);
        let lay = |way: &Way| Laid {
            terms: way.terms.iter().map(number).collect(),
            worth: way.worth,
            label_weight: way.terms.iter().map(|&term| terms.label_idf(term)).sum(),
        };
        let mut ways: Vec<Laid> = Vec::new();
        for unit in &query.units {
            let from = ways.len();
            ways.extend(unit.ways.iter().map(lay));
            ways[from..].sort_by(|a, b| b.worth.total_cmp(&a.worth));
        }
        let content = wanted.len();
        let (mut said, mut words) = (0.0, Vec::with_capacity(query.function.len()));
        for &term in &query.function {
            let tells = terms.label_idf(term);
            said += tells;
            if wanted[..content].binary_search(&term).is_err() {
                words.push(Word { wanted: short(wanted.len()), tells });
                wanted.push(term);
            }
        }
        let sum = |of: fn(&Unit) -> f32| query.units.iter().map(of).sum::<f32>();
        Self {
            query,
            average_length,
            ways,
            words,
            most: terms.idf(1),
            whole: sum(|unit| unit.weight).max(f32::EPSILON),
            known: sum(|unit| if unit.is_known() { unit.weight } else { 0.0 }).max(f32::EPSILON),
            label_whole: (sum(|unit| unit.label_weight) + said).max(f32::EPSILON),
            title_whole: sum(|unit| unit.title_weight).max(f32::EPSILON),
            found: vec![None; wanted.len()],
            wanted,
            of_label: Vec::new(),
            of_query: Vec::new(),
            last: Vec::new(),
            standing: Vec::new(),
        }
    }

    pub(super) fn look(&mut self, passage: &Record<'_>) -> Looked {
        self.find(passage);
        let (text, labels) = (self.text(passage), self.labels(passage));
        let share = text.coverage / self.known;
        Looked {
            passage: passage.id,
            score: text.bm25
                * (UNCOVERED + (1.0 - UNCOVERED) * share)
                * (1.0 + LABEL_WORTH * labels.fit * labels.fit + TITLE_WORTH * labels.title),
            density: text.bm25 / self.whole,
            label_fit: labels.fit,
            title: labels.title,
            coverage: text.coverage / self.whole,
            missing: text.missing / self.most,
        }
    }

    /// Finds the wanted terms in a passage.
    fn find(&mut self, passage: &Record<'_>) {
        for (found, wanted) in self.found.iter_mut().zip(&self.wanted) {
            *found = passage.terms.binary_search(wanted).ok();
        }
    }

    /// BM25 over the units; of each its best way, where a part of a way counts a part.
    fn text(&self, passage: &Record<'_>) -> Text {
        #[allow(clippy::cast_precision_loss)]
        let norm = K1 * (1.0 - B + B * passage.length as f32 / self.average_length);
        let mut ways = self.ways.iter();
        let mut text = Text::default();
        for unit in &self.query.units {
            let (mut score, mut covered) = (0.0_f32, 0.0_f32);
            for way in ways.by_ref().take(unit.ways.len()) {
                let (mut seen, mut sum) = (0, 0.0);
                for place in way.terms.iter().filter_map(|&term| self.found[usize::from(term)]) {
                    let times = f32::from(passage.times[place]);
                    seen += u16::from(times > 0.0);
                    sum += times * (K1 + 1.0) / (times + norm);
                }
                let worth = if usize::from(seen) == way.terms.len() { way.worth } else { way.worth * PART };
                let length = f32::from(short(way.terms.len()));
                score = score.max(worth * (sum / length));
                covered = covered.max(worth * f32::from(seen) / length);
            }
            text.bm25 += unit.weight * score;
            text.coverage += unit.weight * covered;
            text.missing = text.missing.max(unit.weight * (1.0 - covered));
        }
        text
    }

    /// How well the best label fits.
    fn labels(&mut self, passage: &Record<'_>) -> Labels {
        let Self { query, ways, words, found, of_label, of_query, last, standing, .. } = self;
        let (titles, count) = (passage.titles, passage.weights.len());
        for covered in [&mut *of_label, of_query] {
            covered.clear();
            covered.resize(count, 0.0);
        }
        last.clear();
        last.resize(count, 0);
        let mut ways = ways.iter();
        for (unit, number) in query.units.iter().zip(1..) {
            for way in ways.by_ref().take(unit.ways.len()) {
                let places = way.terms.iter().map(|&term| found[usize::from(term)]);
                for at in passage.labels_with_all(places, standing).iter().map(|&label| usize::from(label)) {
                    if std::mem::replace(&mut last[at], number) != number {
                        let weight = if at < titles { unit.title_weight } else { unit.label_weight };
                        of_label[at] += way.label_weight * way.worth;
                        of_query[at] += weight * way.worth;
                    }
                }
            }
        }
        for word in words {
            let place = found[usize::from(word.wanted)];
            let with = place.iter().flat_map(|&place| passage.labels_with(place)).map(|&label| usize::from(label));
            for at in with.filter(|&at| at >= titles) {
                of_label[at] += word.tells;
                of_query[at] += word.tells;
            }
        }
        // All are worked out before the best is looked for: a processor does several at once.
        let each = of_query.iter_mut().zip(of_label.iter_mut()).zip(passage.weights).enumerate();
        for (at, ((fit, of_label), weight)) in each {
            let of_query = *fit / if at < titles { self.title_whole } else { self.label_whole };
            *of_label = (*of_label / weight.max(f32::EPSILON)).min(1.0);
            *fit = 2.0 * *of_label * of_query / (*of_label + of_query).max(f32::EPSILON);
        }
        let best = |of: &[f32]| of.iter().copied().fold(0.0, f32::max);
        Labels { fit: best(of_query), title: best(&of_label[..titles]) }
    }
}

fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}
