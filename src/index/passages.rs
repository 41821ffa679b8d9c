//! What the second look needs of each passage, in one file that is read where it lies.
//!
//! Each has a number that it keeps from one generation to the next, as Tantivy knows it by that; a number whose
//! passage is gone stays empty.

use std::collections::BTreeMap;

use super::terms::{Collected, Term};
use crate::corpus::PassageId;
use crate::generation::{Generation, GenerationError, Numbers, count, extend_packed};

const NAME: &str = "passages";
/// How many numbers there are, the average length, and how many passages; then where each record ends, the places
/// of the corpus in order, and the records.
const HEAD: usize = 3;
/// A document, a section, and the number of the passage there.
const PLACE: usize = 3;
/// The sizes at the head of a record.
const RECORD_HEAD: usize = 8;

/// A passage while it is being indexed.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) id: PassageId,
    /// Everything it can be found by, in order.
    pub(super) stream: Vec<Term>,
    /// Title, heading and questions, words without content too; each sorted.
    pub(super) labels: Vec<(Label, Vec<Term>)>,
    /// The terms with content of each sentence, each sorted.
    pub(super) sentences: Vec<Vec<Term>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Label {
    Title,
    Question,
}

/// The passages of a generation while they are being written.
#[derive(Debug, Default)]
pub(super) struct Records {
    ends: Vec<u32>,
    records: Vec<u32>,
    lengths: u64,
}

impl Records {
    /// Those of an earlier generation: `place` says where a document stands now, if it still does.
    pub(super) fn of(passages: &Passages, place: impl Fn(u32) -> Option<u32>) -> Self {
        let mut all = Self::default();
        for number in 0..passages.count {
            let written = passages.written(number);
            if let Some(document) = written.first().and_then(|&document| place(document)) {
                let start = all.records.len();
                all.records.extend(written);
                all.records[start] = document;
                all.lengths += u64::from(written[2]);
            }
            all.ends.push(count(all.records.len()));
        }
        all
    }

    /// The number of the passage that is added next.
    pub(super) fn next(&self) -> u64 {
        self.ends.len() as u64
    }

    /// Adds a passage; its distinct terms with content, sorted.
    pub(super) fn add(&mut self, mut draft: Draft) -> Vec<Term> {
        draft.labels.truncate(usize::from(u16::MAX));
        self.lengths += draft.stream.len() as u64;
        let length = count(draft.stream.len());
        let mut times: BTreeMap<Term, u8> = BTreeMap::new();
        for &term in &draft.stream {
            times.entry(term).and_modify(|times| *times = times.saturating_add(1)).or_insert(1);
        }
        let mut held: Vec<(Term, u16)> = Vec::new();
        for (number, (_, terms)) in (0..).zip(&draft.labels) {
            held.extend(terms.iter().map(|&term| (term, number)));
        }
        held.sort_unstable();
        held.iter().for_each(|&(term, _)| {
            times.entry(term).or_insert(0);
        });
        let titles = draft.labels.iter().filter(|(kind, _)| *kind == Label::Title).count();
        let sizes = [times.len(), held.len(), draft.labels.len(), titles, draft.sentences.len()];
        let out = &mut self.records;
        out.extend([draft.id.document, draft.id.section, length]);
        out.extend(sizes.map(count));
        out.extend(times.keys());
        extend_packed(out, &times.values().copied().collect::<Vec<u8>>());
        out.extend(times.keys().map(|term| count(held.partition_point(|(other, _)| other <= term))));
        extend_packed(out, &held.iter().map(|&(_, label)| label).collect::<Vec<u16>>());
        out.extend(draft.labels.iter().map(|_| 0));
        for terms in draft.sentences {
            out.push(count(terms.len()));
            out.extend(terms);
        }
        self.ends.push(count(out.len()));
        times.into_iter().filter(|(_, times)| *times > 0).map(|(term, _)| term).collect()
    }

    /// Writes them all, once every term is counted.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn finish(mut self, terms: &Collected, generation: &Generation) {
        let (mut places, mut start) = (Vec::with_capacity(self.ends.len()), 0);
        for (number, &end) in (0_u32..).zip(&self.ends) {
            let written = &mut self.records[start as usize..end as usize];
            if let Some(record) = Record::of(written) {
                places.push([record.id.document, record.id.section, number]);
                // How much a label tells is known now that every term is counted.
                let (at, weights) = (record.weights_at(), record.weigh(terms));
                written[at..at + weights.len()].copy_from_slice(bytemuck::cast_slice(&weights));
            }
            start = end;
        }
        places.sort_unstable();
        let average = (self.lengths as f32 / places.len().max(1) as f32).max(1.0);
        let mut numbers = vec![count(self.ends.len()), average.to_bits(), count(places.len())];
        numbers.append(&mut self.ends);
        numbers.extend(places.as_flattened());
        numbers.append(&mut self.records);
        generation.put_numbers(NAME, &numbers);
    }
}

/// All passages of a generation.
#[derive(Clone)]
pub(super) struct Passages {
    numbers: Numbers,
    /// How many numbers there are.
    count: usize,
    /// How many of them have a passage.
    held: usize,
}

/// One passage, as it stands in the file: a head of sizes, then what they are the sizes of.
#[derive(Debug, Clone, Copy)]
pub(super) struct Record<'a> {
    pub(super) id: PassageId,
    /// How many terms in all.
    pub(super) length: u32,
    /// Everything it can be found by, and the words without content of its labels; sorted ...
    pub(super) terms: &'a [Term],
    /// ... with how often each stands there, 0 for a word without content ...
    pub(super) times: &'a [u8],
    /// ... and where its labels end among those of all terms.
    ends: &'a [u32],
    /// For each term, the numbers of the labels that have it, sorted.
    labels: &'a [u16],
    /// What the terms of each label tell, summed.
    pub(super) weights: &'a [f32],
    /// So many of the labels, the first ones, are a title or a heading, the others questions.
    pub(super) titles: usize,
    sentence_count: u32,
    sentences: &'a [u32],
}

impl Passages {
    pub(super) fn open(generation: &Generation) -> Result<Self, GenerationError> {
        let numbers = generation.numbers(NAME)?;
        let at = |at: usize| numbers.get(at).map_or(0, |&count| count as usize);
        let (count, held) = (at(0), at(2));
        Ok(Self { numbers, count, held })
    }

    pub(super) fn average_length(&self) -> f32 {
        f32::from_bits(self.numbers[1])
    }

    /// Whether so many numbers are empty that it is better to begin anew.
    pub(super) fn is_sparse(&self) -> bool {
        self.count > 2 * self.held
    }

    /// What stands under this number; nothing where its passage is gone.
    fn written(&self, number: usize) -> &[u32] {
        if number >= self.count {
            return &[];
        }
        let records = HEAD + self.count + PLACE * self.held;
        let start = if number == 0 { 0 } else { self.numbers[HEAD + number - 1] as usize };
        &self.numbers[records + start..records + self.numbers[HEAD + number] as usize]
    }

    /// The passage with this number.
    pub(super) fn get(&self, number: usize) -> Option<Record<'_>> {
        Record::of(self.written(number))
    }

    /// The passage at a place of the corpus.
    pub(super) fn at(&self, id: PassageId) -> Option<Record<'_>> {
        self.numbered(id).map(|(_, record)| record)
    }

    /// The same, with its number.
    pub(super) fn numbered(&self, id: PassageId) -> Option<(u32, Record<'_>)> {
        let places = self.numbers.get(HEAD + self.count..)?.as_chunks::<PLACE>().0.get(..self.held)?;
        let at = places.binary_search_by_key(&id, |&[document, section, _]| PassageId { document, section }).ok()?;
        let number = places[at][2];
        Some((number, self.get(number as usize)?))
    }
}

impl<'a> Record<'a> {
    /// Reads what was written; nothing where nothing was.
    fn of(record: &'a [u32]) -> Option<Self> {
        let (&[document, section, length, terms, held, labels, titles, sentence_count], rest) =
            record.split_first_chunk()?;
        let (terms, rest) = rest.split_at_checked(terms as usize)?;
        let (times, rest) = rest.split_at_checked(terms.len().div_ceil(4))?;
        let (ends, rest) = rest.split_at_checked(terms.len())?;
        let (all, rest) = rest.split_at_checked((held as usize).div_ceil(2))?;
        let (weights, sentences) = rest.split_at_checked(labels as usize)?;
        Some(Self {
            id: PassageId { document, section },
            length,
            terms,
            times: bytemuck::cast_slice(times).get(..terms.len())?,
            ends,
            labels: bytemuck::cast_slice(all).get(..held as usize)?,
            weights: bytemuck::cast_slice(weights),
            titles: (titles as usize).min(weights.len()),
            sentence_count,
            sentences,
        })
    }

    /// Where the weights begin in the record.
    fn weights_at(&self) -> usize {
        RECORD_HEAD + self.times.len().div_ceil(4) + 2 * self.terms.len() + self.labels.len().div_ceil(2)
    }

    /// What the terms of each label tell, summed.
    fn weigh(&self, terms: &Collected) -> Vec<f32> {
        let mut weights = vec![0.0; self.weights.len()];
        for (at, &term) in self.terms.iter().enumerate() {
            let tells = terms.label_idf(term);
            self.labels_with(at).iter().for_each(|&label| weights[usize::from(label)] += tells);
        }
        weights
    }

    /// The numbers of the labels that have a term, by its position among the terms.
    pub(super) fn labels_with(&self, at: usize) -> &'a [u16] {
        let start = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.labels[start as usize..self.ends[at] as usize]
    }

    /// The numbers of the labels that have all of some terms, by their positions; none where one of them stands nowhere.
    /// `scratch` is room for them where there are several terms.
    pub(super) fn labels_with_all<'s>(
        &self,
        places: impl Iterator<Item = Option<usize>>,
        scratch: &'s mut Vec<u16>,
    ) -> &'s [u16]
    where
        'a: 's,
    {
        let mut each = places.map(|place| place.map_or(&[][..], |at| self.labels_with(at)));
        let (first, second) = (each.next().unwrap_or_default(), each.next());
        let Some(second) = second else { return first };
        scratch.clear();
        scratch.extend(first);
        for others in std::iter::once(second).chain(each) {
            let mut others = others.iter().peekable();
            scratch.retain(|label| {
                while others.next_if(|other| *other < label).is_some() {}
                others.peek() == Some(&label)
            });
        }
        scratch
    }

    /// The terms with content of each sentence, sorted.
    pub(super) fn sentences(&self) -> impl Iterator<Item = &'a [Term]> {
        let mut rest = self.sentences;
        (0..self.sentence_count).map(move |_| {
            let (terms, behind) = rest[1..].split_at(rest[0] as usize);
            rest = behind;
            terms
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_that_have_several_terms_are_found() {
        let labels: [&[Term]; 5] = [&[1], &[2], &[1, 2], &[2], &[1, 2, 3]];
        let draft = Draft {
            id: PassageId { document: 0, section: 0 },
            stream: vec![1, 2, 3],
            labels: labels.iter().map(|terms| (Label::Question, terms.to_vec())).collect(),
            sentences: Vec::new(),
        };
        let (generation, mut records) = (Generation::in_memory(), Records::default());
        records.add(draft);
        records.finish(&Collected::default(), &generation);
        let passages = Passages::open(&generation).unwrap();
        let (record, mut scratch) = (passages.get(0).unwrap(), Vec::new());
        for (terms, with) in [
            (&[1][..], &[0, 2, 4][..]),
            (&[1, 2], &[2, 4]),
            (&[2, 1], &[2, 4]),
            (&[3, 2, 1], &[4]),
            (&[1, 7], &[]),
            (&[], &[]),
        ] {
            let places = terms.iter().map(|term| record.terms.binary_search(term).ok());
            assert_eq!(record.labels_with_all(places, &mut scratch), with, "{terms:?}");
        }
    }
}
