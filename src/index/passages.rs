//! What the second look needs of each passage, in one file that is read where it lies.
//!
//! Each has a number that it keeps from one generation to the next, as Tantivy knows it by that; a number whose
//! passage is gone stays empty.

use super::terms::{Collected, Term};
use crate::corpus::PassageId;
use crate::generation::{Generation, GenerationError, Numbers};

const NAME: &str = "passages";
/// How many numbers there are, the average length, and how many passages; then where each record ends, the places
/// of the corpus in order, and the records.
const HEAD: usize = 3;
/// A document, a section, and the number of the passage there.
const PLACE: usize = 3;
/// Marks a title or heading among the labels; the low bits are its length.
const TITLE: u32 = 1 << 31;

/// A passage while it is being indexed.
#[derive(Debug)]
pub(super) struct Draft {
    pub(super) id: PassageId,
    /// Everything it can be found by, in order.
    pub(super) stream: Vec<Term>,
    /// Title, heading and questions, words without content too; each sorted.
    pub(super) labels: Vec<(Kind, Vec<Term>)>,
    /// The terms with content of each sentence, each sorted.
    pub(super) sentences: Vec<Vec<Term>>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    Title,
    Question,
}

/// Writes the passages of a generation.
#[derive(Debug, Default)]
pub(super) struct Writer {
    ends: Vec<u32>,
    records: Vec<u32>,
    lengths: u64,
    /// Where the weight of each label stands, and its terms behind it: known when all are counted.
    weights: Vec<usize>,
}

impl Writer {
    /// Those of an earlier generation: `place` says where a document stands now, if it still does.
    pub(super) fn of(passages: &Passages, place: impl Fn(u32) -> Option<u32>) -> Self {
        let mut writer = Self::default();
        for number in 0..passages.count {
            let record = passages.record(number);
            if let Some(document) = record.first().and_then(|&document| place(document)) {
                let start = writer.records.len();
                writer.records.extend(record);
                writer.records[start] = document;
                writer.lengths += u64::from(record[2]);
                let mut at = 6 + record[3] as usize + (record[3] as usize).div_ceil(4);
                for _ in 0..record[4] {
                    writer.weights.push(start + at + 1);
                    at += 2 + (record[at] & !TITLE) as usize;
                }
            }
            writer.ends.push(short(writer.records.len()));
        }
        writer
    }

    /// The number of the passage that is added next.
    pub(super) fn next(&self) -> u64 {
        self.ends.len() as u64
    }

    /// Adds a passage; its distinct terms, sorted.
    pub(super) fn add(&mut self, draft: Draft) -> Vec<Term> {
        self.lengths += draft.stream.len() as u64;
        let length = short(draft.stream.len());
        let counted = counted(draft.stream);
        let (labels, sentences) = (short(draft.labels.len()), short(draft.sentences.len()));
        let out = &mut self.records;
        out.extend([draft.id.document, draft.id.section, length, short(counted.len()), labels, sentences]);
        out.extend(counted.iter().map(|(term, _)| term));
        let times: Vec<u8> = counted.iter().map(|&(_, times)| times).collect();
        out.extend(times.chunks(4).map(|four| {
            let mut bytes = [0; 4];
            bytes[..four.len()].copy_from_slice(four);
            u32::from_ne_bytes(bytes)
        }));
        for (kind, terms) in draft.labels {
            out.push(short(terms.len()) | if kind == Kind::Title { TITLE } else { 0 });
            self.weights.push(out.len());
            out.push(0);
            out.extend(terms);
        }
        for terms in draft.sentences {
            out.push(short(terms.len()));
            out.extend(terms);
        }
        self.ends.push(u32::try_from(out.len()).unwrap_or(u32::MAX));
        counted.into_iter().map(|(term, _)| term).collect()
    }

    /// Writes them all, once every term is counted.
    #[allow(clippy::cast_precision_loss)]
    pub(super) fn finish(mut self, terms: &Collected, generation: &Generation) -> Result<(), GenerationError> {
        for at in self.weights {
            let length = (self.records[at - 1] & !TITLE) as usize;
            let weight: f32 = self.records[at + 1..=at + length].iter().map(|&term| terms.label_idf(term)).sum();
            self.records[at] = weight.to_bits();
        }
        let (mut places, mut start) = (Vec::with_capacity(self.ends.len()), 0);
        for (number, &end) in (0_u32..).zip(&self.ends) {
            if end > start {
                places.push([self.records[start as usize], self.records[start as usize + 1], number]);
            }
            start = end;
        }
        places.sort_unstable();
        let average = (self.lengths as f32 / places.len().max(1) as f32).max(1.0);
        let mut numbers = vec![short(self.ends.len()), average.to_bits(), short(places.len())];
        numbers.append(&mut self.ends);
        numbers.extend(places.as_flattened());
        numbers.append(&mut self.records);
        generation.put_numbers(NAME, &numbers)
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

/// One passage, as it stands in the file.
#[derive(Debug, Clone, Copy)]
pub(super) struct Features<'a> {
    pub(super) id: PassageId,
    /// How many terms in all.
    pub(super) length: u32,
    /// Everything it can be found by, sorted ...
    pub(super) terms: &'a [Term],
    /// ... with how often each stands there.
    pub(super) times: &'a [u8],
    label_count: u32,
    sentence_count: u32,
    /// Labels, then sentences.
    rest: &'a [u32],
}

/// A title, a heading or a question.
#[derive(Debug, Clone, Copy)]
pub(super) struct Label<'a> {
    pub(super) terms: &'a [Term],
    /// What its terms tell, summed.
    pub(super) weight: f32,
    pub(super) kind: Kind,
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
    fn record(&self, number: usize) -> &[u32] {
        if number >= self.count {
            return &[];
        }
        let records = HEAD + self.count + PLACE * self.held;
        let start = if number == 0 { 0 } else { self.numbers[HEAD + number - 1] as usize };
        &self.numbers[records + start..records + self.numbers[HEAD + number] as usize]
    }

    /// The passage with this number.
    pub(super) fn get(&self, number: usize) -> Option<Features<'_>> {
        let record = self.record(number);
        if record.is_empty() {
            return None;
        }
        let (head, rest) = record.split_at(6);
        let (terms, rest) = rest.split_at(head[3] as usize);
        let (times, rest) = rest.split_at(terms.len().div_ceil(4));
        Some(Features {
            id: PassageId { document: head[0], section: head[1] },
            length: head[2],
            terms,
            times: &bytemuck::cast_slice(times)[..terms.len()],
            label_count: head[4],
            sentence_count: head[5],
            rest,
        })
    }

    /// The passage at a place of the corpus.
    pub(super) fn at(&self, id: PassageId) -> Option<Features<'_>> {
        self.numbered(id).map(|(_, features)| features)
    }

    /// The same, with its number.
    pub(super) fn numbered(&self, id: PassageId) -> Option<(u32, Features<'_>)> {
        let (mut low, mut high) = (0, self.held);
        while low < high {
            let middle = usize::midpoint(low, high);
            let place = HEAD + self.count + PLACE * middle;
            let &[document, section, number] = self.numbers.get(place..place + PLACE)? else { return None };
            match (PassageId { document, section }).cmp(&id) {
                std::cmp::Ordering::Equal => return Some((number, self.get(number as usize)?)),
                std::cmp::Ordering::Less => low = middle + 1,
                std::cmp::Ordering::Greater => high = middle,
            }
        }
        None
    }
}

impl<'a> Features<'a> {
    pub(super) fn labels(&self) -> impl Iterator<Item = Label<'a>> {
        let mut rest = self.rest;
        (0..self.label_count).map(move |_| {
            let (head, behind) = rest.split_at(2);
            let (terms, behind) = behind.split_at((head[0] & !TITLE) as usize);
            rest = behind;
            let kind = if head[0] & TITLE == 0 { Kind::Question } else { Kind::Title };
            Label { terms, weight: f32::from_bits(head[1]), kind }
        })
    }

    /// The terms with content of each sentence, sorted.
    pub(super) fn sentences(&self) -> impl Iterator<Item = &'a [Term]> {
        let labels: usize = self.labels().map(|label| label.terms.len() + 2).sum();
        let mut rest = &self.rest[labels..];
        (0..self.sentence_count).map(move |_| {
            let (terms, behind) = rest[1..].split_at(rest[0] as usize);
            rest = behind;
            terms
        })
    }
}

/// The distinct terms, sorted, with how often each stands there.
fn counted(mut stream: Vec<Term>) -> Vec<(Term, u8)> {
    stream.sort_unstable();
    let runs = stream.chunk_by(|a, b| a == b);
    runs.map(|run| (run[0], u8::try_from(run.len()).unwrap_or(u8::MAX))).collect()
}

fn short(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
