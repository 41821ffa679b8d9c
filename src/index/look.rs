//! The second look: what BM25 cannot say of a passage.

use super::Hit;
use super::query::Query;
use super::terms::{Term, Terms};
use crate::corpus::PassageId;

/// How fast more of a term stops telling more (BM25).
const K1: f32 = 1.5;
/// How much a long passage is held against it (BM25).
const B: f32 = 0.75;
/// What a passage keeps that holds nothing but one word of many.
const UNCOVERED: f32 = 0.8;
/// What covering one of a passage's labels is worth, against its BM25 score.
const LABEL_WORTH: f32 = 1.5;
/// What covering the title or the heading is worth.
const TITLE_WORTH: f32 = 0.5;
/// What a part of a fixed phrase counts.
const PART: f32 = 0.3;

/// What the second look needs of a passage.
#[derive(Debug, Clone)]
pub(super) struct Features {
    pub(super) id: PassageId,
    /// Everything it can be found by, sorted, with how often each stands there.
    pub(super) terms: Vec<(Term, u16)>,
    /// How many terms in all.
    pub(super) length: u16,
    /// Title, heading and questions, words without content too; each sorted.
    pub(super) labels: Vec<Label>,
    /// The terms with content of each sentence, sorted.
    pub(super) sentences: Vec<Vec<Term>>,
}

#[derive(Debug, Clone)]
pub(super) struct Label {
    pub(super) terms: Vec<Term>,
    /// What its terms tell, summed.
    pub(super) weight: f32,
    pub(super) kind: Kind,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Title,
    Question,
}

/// A query, laid out so that the terms of a passage are looked up in it fast.
pub(super) struct Looker<'a> {
    query: &'a Query,
    terms: &'a Terms,
    average_length: f32,
    /// A bit for the low bits of each wanted term: most terms of a passage are not wanted.
    filter: [u64; 16],
    /// Wanted terms, sorted, with the ways that they are part of.
    wanted: Vec<(Term, u16)>,
    /// For each way of each unit, in order: how many of its terms were seen, and what they brought.
    seen: Vec<(u16, f32)>,
    whole: f32,
    label_whole: f32,
    title_whole: f32,
}

impl<'a> Looker<'a> {
    pub(super) fn new(query: &'a Query, terms: &'a Terms, average_length: f32) -> Self {
        let ways = query.units.iter().flat_map(|unit| &unit.ways);
        let mut wanted: Vec<(Term, u16)> = (0..)
            .zip(ways.clone())
            .flat_map(|(number, way)| way.terms.iter().map(move |&term| (term, number)))
            .collect();
        wanted.sort_unstable();
        wanted.dedup();
        let mut filter = [0; 16];
        for &(term, _) in &wanted {
            filter[(term >> 6 & 15) as usize] |= 1 << (term & 63);
        }
        let function: f32 = query.function.iter().map(|&term| terms.label_idf(term)).sum();
        Self {
            query,
            terms,
            average_length,
            filter,
            seen: vec![(0, 0.0); ways.count()],
            whole: query.units.iter().map(|unit| unit.weight).sum::<f32>().max(f32::EPSILON),
            label_whole: (query.units.iter().map(|unit| unit.label_weight).sum::<f32>() + function).max(f32::EPSILON),
            title_whole: query.units.iter().map(|unit| unit.title_weight).sum::<f32>().max(f32::EPSILON),
            wanted,
        }
    }

    pub(super) fn look(&mut self, passage: &Features) -> Hit {
        let norm = K1 * (1.0 - B + B * f32::from(passage.length) / self.average_length);
        self.count(passage.terms.iter().map(|&(term, times)| {
            let times = f32::from(times);
            (term, times * (K1 + 1.0) / (times + norm))
        }));
        let (mut bm25, mut coverage, mut asked) = (0.0, 0.0, 0.0);
        let mut seen = self.seen.iter();
        for unit in &self.query.units {
            let (mut score, mut covered) = (0.0_f32, 0.0_f32);
            for (way, &(seen, sum)) in unit.ways.iter().zip(&mut seen) {
                #[allow(clippy::cast_precision_loss)]
                let length = way.terms.len() as f32;
                let worth = if usize::from(seen) == way.terms.len() { way.worth } else { way.worth * PART };
                score = score.max(worth * (sum / length));
                covered = covered.max(worth * f32::from(seen) / length);
            }
            bm25 += unit.weight * score;
            coverage += unit.weight * covered;
            if unit.is_known() {
                asked += unit.weight;
            }
        }
        let (mut fit, mut title) = (0.0_f32, 0.0_f32);
        for label in &passage.labels {
            let (of_label, of_query) = self.label(label);
            if of_label + of_query > 0.0 {
                fit = fit.max(2.0 * of_label * of_query / (of_label + of_query));
            }
            if label.kind == Kind::Title {
                title = title.max(of_label);
            }
        }
        let share = coverage / f32::max(asked, f32::EPSILON);
        let score = bm25 * (UNCOVERED + (1.0 - UNCOVERED) * share) * (1.0 + LABEL_WORTH * fit + TITLE_WORTH * title);
        Hit {
            passage: passage.id,
            score,
            density: bm25 / self.whole,
            label_fit: fit,
            title,
            coverage: coverage / self.whole,
        }
    }

    /// The share of a label that the query covers, and the share of the query that the label covers.
    fn label(&mut self, label: &Label) -> (f32, f32) {
        self.count(label.terms.iter().map(|&term| (term, 0.0)));
        let is_title = label.kind == Kind::Title;
        let whole = if is_title { self.title_whole } else { self.label_whole };
        let (mut of_label, mut of_query) = (0.0, 0.0);
        if !is_title {
            let function = label.terms.iter().filter(|term| self.query.function.binary_search(term).is_ok());
            of_label = function.map(|&term| self.terms.label_idf(term)).sum();
            of_query = of_label;
        }
        let mut seen = self.seen.iter();
        for unit in &self.query.units {
            let (mut worth, mut weight) = (0.0_f32, 0.0_f32);
            for (way, &(seen, _)) in unit.ways.iter().zip(&mut seen) {
                if usize::from(seen) == way.terms.len() && way.worth > worth {
                    worth = way.worth;
                    weight = way.terms.iter().map(|&term| self.terms.label_idf(term)).sum();
                }
            }
            of_label += weight * worth;
            of_query += if is_title { unit.title_weight } else { unit.label_weight } * worth;
        }
        ((of_label / label.weight.max(f32::EPSILON)).min(1.0), of_query / whole)
    }

    /// Counts for each way how many of its terms stand among these, and sums what they bring.
    fn count(&mut self, terms: impl Iterator<Item = (Term, f32)>) {
        self.seen.fill((0, 0.0));
        for (term, brings) in terms {
            if self.filter[(term >> 6 & 15) as usize] >> (term & 63) & 1 == 0 {
                continue;
            }
            let first = self.wanted.partition_point(|&(wanted, _)| wanted < term);
            for &(_, way) in self.wanted[first..].iter().take_while(|&&(wanted, _)| wanted == term) {
                let seen = &mut self.seen[usize::from(way)];
                *seen = (seen.0 + 1, seen.1 + brings);
            }
        }
    }
}

impl Label {
    pub(super) fn weigh(&mut self, terms: &Terms) {
        self.weight = self.terms.iter().map(|&term| terms.label_idf(term)).sum();
    }
}
