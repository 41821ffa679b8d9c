//! The second look: what BM25 cannot say of a passage.

use std::ops::Range;

use super::Hit;
use super::passages::{Features, Kind, Label};
use super::query::Query;
use super::terms::{Term, Terms};

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
/// How much a word that no question of a passage has is believed all the same: as if so much of a question had it.
const SMOOTHING: f32 = 0.5;
/// How many words the smoothing is spread over.
const VOCABULARY: f32 = 500.0;
/// How much a message of one word tells of whose questions are worded like it, of many words the root as much.
const TELLING: f32 = 3.0;
/// How many slots the wanted terms are spread over.
const SLOTS: usize = 1024;
/// What a part of a fixed phrase counts.
const PART: f32 = 0.3;

/// A query, laid out so that the terms of a passage are looked up in it fast.
pub(super) struct Looker<'a> {
    query: &'a Query,
    average_length: f32,
    /// For the low bits of a term, the first wanted term with these, plus one: most terms are not wanted.
    slots: [u16; SLOTS],
    wanted: Vec<Wanted>,
    /// The ways that the wanted terms are part of.
    parts: Vec<u16>,
    ways: Vec<Way>,
    /// For each way: how many of its terms were seen, and what they brought.
    seen: Vec<(u16, f32)>,
    /// The ways of which something was seen.
    touched: Vec<u16>,
    /// For each unit, what its best way that stands in a label is worth, and what that way tells.
    best: Vec<(f32, f32)>,
    /// For each unit, and behind them for each word without content, how many of a passage's questions have it.
    held: Vec<f32>,
    /// How much each of these counts in a wording.
    counts: Vec<f32>,
    /// What a word tells that stands in one passage alone.
    most: f32,
    whole: f32,
    label_whole: f32,
    title_whole: f32,
}

/// A term of the query.
struct Wanted {
    term: Term,
    /// The next one with the same low bits, plus one.
    next: u16,
    /// Which of the parts are its own; none for a word without content.
    parts: Range<u16>,
    /// What a word without content tells among labels.
    said: f32,
    /// Where it is counted in `held`, if it is a word without content.
    word: u16,
}

/// A way of saying a unit.
struct Way {
    unit: u16,
    length: u16,
    worth: f32,
    /// What its terms tell among labels.
    label_weight: f32,
}

impl<'a> Looker<'a> {
    pub(super) fn new(query: &'a Query, terms: &Terms, average_length: f32) -> Self {
        let mut parts: Vec<(Term, u16)> = Vec::new();
        let mut ways = Vec::new();
        for (unit, of) in (0..).zip(&query.units) {
            for way in &of.ways {
                let number = short(ways.len());
                parts.extend(way.terms.iter().map(|&term| (term, number)));
                let label_weight = way.terms.iter().map(|&term| terms.label_idf(term)).sum();
                ways.push(Way { unit, length: short(way.terms.len()), worth: way.worth, label_weight });
            }
        }
        parts.sort_unstable();
        parts.dedup();
        let (mut wanted, mut at): (Vec<Wanted>, usize) = (Vec::with_capacity(parts.len() + query.function.len()), 0);
        for run in parts.chunk_by(|a, b| a.0 == b.0) {
            wanted.push(Wanted {
                term: run[0].0,
                next: 0,
                parts: short(at)..short(at + run.len()),
                said: 0.0,
                word: 0,
            });
            at += run.len();
        }
        let (mut said, content) = (0.0, wanted.len());
        let mut counts: Vec<f32> =
            query.units.iter().map(|unit| if unit.is_known() { unit.share } else { 0.0 }).collect();
        for &term in &query.function {
            let tells = terms.label_idf(term);
            said += tells;
            if wanted[..content].binary_search_by_key(&term, |wanted| wanted.term).is_err() {
                wanted.push(Wanted { term, next: 0, parts: 0..0, said: tells, word: short(counts.len()) });
                counts.push(1.0);
            }
        }
        let mut slots = [0; SLOTS];
        for (at, wanted) in wanted.iter_mut().enumerate() {
            wanted.next = std::mem::replace(&mut slots[slot(wanted.term)], short(at + 1));
        }
        let length = counts.iter().map(|count| count * count).sum::<f32>().sqrt().max(f32::EPSILON);
        counts.iter_mut().for_each(|count| *count *= TELLING / length);
        let sum = |of: fn(&super::query::Unit) -> f32| query.units.iter().map(of).sum::<f32>();
        Self {
            query,
            average_length,
            slots,
            wanted,
            parts: parts.into_iter().map(|(_, way)| way).collect(),
            seen: vec![(0, 0.0); ways.len()],
            touched: Vec::with_capacity(ways.len()),
            best: vec![(0.0, 0.0); query.units.len()],
            held: vec![0.0; counts.len()],
            counts,
            ways,
            most: terms.idf(1),
            whole: sum(|unit| unit.weight).max(f32::EPSILON),
            label_whole: (sum(|unit| unit.label_weight) + said).max(f32::EPSILON),
            title_whole: sum(|unit| unit.title_weight).max(f32::EPSILON),
        }
    }

    pub(super) fn look(&mut self, passage: &Features<'_>) -> Hit {
        #[allow(clippy::cast_precision_loss)]
        let norm = K1 * (1.0 - B + B * passage.length as f32 / self.average_length);
        for (&term, &times) in passage.terms.iter().zip(passage.times) {
            if !self.may_want(term) {
                continue;
            }
            let times = f32::from(times);
            self.count(term, times * (K1 + 1.0) / (times + norm));
        }
        let (mut bm25, mut coverage, mut asked, mut missing) = (0.0, 0.0, 0.0, 0.0_f32);
        for way in self.touched.drain(..) {
            let of = &self.ways[usize::from(way)];
            let (seen, sum) = std::mem::take(&mut self.seen[usize::from(way)]);
            let worth = if seen == of.length { of.worth } else { of.worth * PART };
            let length = f32::from(of.length);
            let best = &mut self.best[usize::from(of.unit)];
            *best = (best.0.max(worth * (sum / length)), best.1.max(worth * f32::from(seen) / length));
        }
        for (unit, best) in self.query.units.iter().zip(&mut self.best) {
            let (score, covered) = std::mem::take(best);
            bm25 += unit.weight * score;
            coverage += unit.weight * covered;
            missing = missing.max(unit.weight * (1.0 - covered));
            if unit.is_known() {
                asked += unit.weight;
            }
        }
        let (mut fit, mut title, mut words) = (0.0_f32, 0.0_f32, 0);
        self.held.fill(0.0);
        for label in passage.labels() {
            words += if label.kind == Kind::Question { label.terms.len() } else { 0 };
            let (of_label, of_query) = self.label(label);
            if of_label + of_query > 0.0 {
                fit = fit.max(2.0 * of_label * of_query / (of_label + of_query));
            }
            if label.kind == Kind::Title {
                title = title.max(of_label);
            }
        }
        let share = coverage / f32::max(asked, f32::EPSILON);
        let score =
            bm25 * (UNCOVERED + (1.0 - UNCOVERED) * share) * (1.0 + LABEL_WORTH * fit * fit + TITLE_WORTH * title);
        Hit {
            passage: passage.id,
            score,
            density: bm25 / self.whole,
            label_fit: fit,
            title,
            coverage: coverage / self.whole,
            missing: missing / self.most,
            wording: self.wording(words),
        }
    }

    /// How likely a passage whose questions have so many words would be asked for in these (naive Bayes), as a
    /// logarithm. One without questions is as likely as chance.
    #[allow(clippy::cast_precision_loss)]
    fn wording(&self, words: usize) -> f32 {
        let all = (words as f32 + SMOOTHING * VOCABULARY).ln();
        self.held.iter().zip(&self.counts).map(|(held, counts)| counts * ((held + SMOOTHING).ln() - all)).sum()
    }

    /// The share of a label that the query covers, and the share of the query that the label covers.
    fn label(&mut self, label: Label<'_>) -> (f32, f32) {
        let is_title = label.kind == Kind::Title;
        let mut said = 0.0;
        for &term in label.terms {
            if !self.may_want(term) {
                continue;
            }
            let (tells, word) = self.count(term, 0.0);
            if tells > 0.0 && !is_title {
                self.held[usize::from(word)] += 1.0;
                said += tells;
            }
        }
        if self.touched.is_empty() && said == 0.0 {
            return (0.0, 0.0);
        }
        for way in &self.touched {
            let of = &self.ways[usize::from(*way)];
            let (seen, _) = std::mem::take(&mut self.seen[usize::from(*way)]);
            let best = &mut self.best[usize::from(of.unit)];
            if seen == of.length && of.worth > best.0 {
                *best = (of.worth, of.label_weight);
            }
        }
        let (mut of_label, mut of_query) = (said, said);
        for way in self.touched.drain(..) {
            let unit = usize::from(self.ways[usize::from(way)].unit);
            let (worth, weight) = std::mem::take(&mut self.best[unit]);
            of_label += weight * worth;
            self.held[unit] += if is_title { 0.0 } else { worth };
            let unit = &self.query.units[unit];
            of_query += if is_title { unit.title_weight } else { unit.label_weight } * worth;
        }
        let whole = if is_title { self.title_whole } else { self.label_whole };
        ((of_label / label.weight.max(f32::EPSILON)).min(1.0), of_query / whole)
    }

    fn may_want(&self, term: Term) -> bool {
        self.slots[slot(term)] != 0
    }

    /// Counts a term for the ways that it is part of; for a word without content, what it tells among labels and where
    /// it is counted.
    fn count(&mut self, term: Term, brings: f32) -> (f32, u16) {
        let mut at = self.slots[slot(term)];
        while let Some(wanted) = usize::from(at).checked_sub(1).map(|at| &self.wanted[at]) {
            if wanted.term == term {
                for &way in &self.parts[usize::from(wanted.parts.start)..usize::from(wanted.parts.end)] {
                    let seen = &mut self.seen[usize::from(way)];
                    if seen.0 == 0 {
                        self.touched.push(way);
                    }
                    *seen = (seen.0 + 1, seen.1 + brings);
                }
                return (wanted.said, wanted.word);
            }
            at = wanted.next;
        }
        (0.0, 0)
    }
}

fn slot(term: Term) -> usize {
    term as usize % SLOTS
}

fn short(length: usize) -> u16 {
    u16::try_from(length).unwrap_or(u16::MAX)
}
