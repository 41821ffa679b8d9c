//! Question to passages: BM25 by Tantivy, then a second look at the best.
//!
//! One field holds all that a passage can be found by: its document's title, its heading, the questions
//! that it answers, and its text. What BM25 cannot say is added for the best of them: how much
//! of a heading or of a question that the passage answers the asker's words cover, and the other way
//! round.

mod terms;

use tantivy::collector::TopDocs;
use tantivy::query::{BooleanQuery, BoostQuery, Occur, Query, TermQuery};
use tantivy::schema::{FAST, Field, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{DocId, Index as Tantivy, IndexReader, ReloadPolicy, SegmentReader, TantivyDocument, Term as Wanted};

use crate::corpus::{Corpus, PassageId};
use crate::language;
use terms::{Term, Terms};

pub use terms::Unit;

/// How many of BM25's best are looked at again.
const CANDIDATES: usize = 60;
/// A long message is searched by its most telling words.
const MOST_UNITS: usize = 16;
/// What covering one of a passage's labels is worth, against its BM25 score.
const LABEL_WORTH: f32 = 1.2;
/// What covering the title or a heading is worth.
const TITLE_WORTH: f32 = 0.5;

/// Why an index could not be built.
#[derive(Debug, thiserror::Error)]
#[error("the search index could not be built: {0}")]
pub struct IndexError(#[from] tantivy::TantivyError);

/// A passage that was found.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    /// Which one.
    pub passage: PassageId,
    /// How good, in no unit.
    pub score: f32,
    /// How well one of its questions or headings fits the question, 0 to 1.
    pub label_fit: f32,
    /// The share of what the question asks about that stands in the passage, 0 to 1.
    pub coverage: f32,
}

/// A searchable corpus, in memory.
pub struct Index {
    reader: IndexReader,
    text: Field,
    terms: Terms,
    passages: Vec<Features>,
}

/// What the second look needs of a passage.
struct Features {
    id: PassageId,
    /// The title and the heading, then the questions; sorted terms.
    labels: Vec<Vec<Term>>,
    /// How many of the labels are titles and headings.
    titles: usize,
    /// Everything, sorted.
    all: Vec<Term>,
    /// The text alone, sorted.
    text: Vec<Term>,
    /// The terms of each sentence.
    sentences: Vec<Vec<Term>>,
}

impl Index {
    /// Indexes every passage of a corpus.
    ///
    /// # Errors
    /// Where Tantivy fails, for want of memory for example.
    pub fn build(corpus: &Corpus) -> Result<Self, IndexError> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqs);
        let text = schema.add_text_field("text", TextOptions::default().set_indexing_options(indexing));
        let number = schema.add_u64_field("passage", FAST);
        let index = Tantivy::create_in_ram(schema.build());
        let mut writer = index.writer_with_num_threads(1, 50_000_000)?;
        let mut terms = Terms::new(&corpus.language);
        let mut passages = Vec::new();
        let mut words = Vec::new();
        for (at, (id, document, section)) in (0_u64..).zip(corpus.passages()) {
            let title = terms.read(&document.title);
            let heading = terms.read(&section.heading);
            let questions: Vec<Vec<Term>> = section.questions.iter().map(|question| terms.read(question)).collect();
            let sentences: Vec<Vec<Term>> =
                section.sentences.iter().map(|range| terms.read(&section.text[range.clone()])).collect();
            let mut stream: Vec<Term> = title.clone();
            stream.extend(&heading);
            stream.extend(questions.iter().flatten());
            stream.extend(sentences.iter().flatten());
            for source in [&document.title, &section.heading, &section.text] {
                let folded = language::fold(source);
                words.extend(language::words(&folded).map(str::to_owned));
            }
            let mut doc = TantivyDocument::new();
            doc.add_pre_tokenized_text(text, tokens(&terms, &stream));
            doc.add_u64(number, at);
            writer.add_document(doc)?;
            let titles: Vec<Vec<Term>> = [title, heading].into_iter().filter(|label| !label.is_empty()).collect();
            let title_count = titles.len();
            let labels = titles.into_iter().chain(questions).map(sorted).collect();
            let all = sorted(stream);
            terms.count(&all);
            let body = sorted(sentences.iter().flatten().copied().collect());
            passages.push(Features { id, labels, titles: title_count, all, text: body, sentences });
        }
        writer.commit()?;
        writer.wait_merging_threads()?;
        terms.learn(&corpus.lexicon, &words);
        let reader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        Ok(Self { reader, text, terms, passages })
    }

    /// What a message asks about.
    #[must_use]
    pub fn units(&self, text: &str) -> Vec<Unit> {
        self.terms.units(text)
    }

    /// The best passages for these units, best first.
    #[must_use]
    pub fn search(&self, units: &[Unit], limit: usize) -> Vec<Hit> {
        let mut telling: Vec<&Unit> = units.iter().filter(|unit| unit.known).collect();
        telling.sort_by(|a, b| b.idf.total_cmp(&a.idf));
        telling.truncate(MOST_UNITS);
        if telling.is_empty() {
            return Vec::new();
        }
        let query = self.query(&telling);
        let searcher = self.reader.searcher();
        let numbered = TopDocs::with_limit(limit.max(CANDIDATES)).tweak_score(|segment: &SegmentReader| {
            let numbers = segment.fast_fields().u64("passage").ok();
            move |doc: DocId, score: f32| {
                (score, numbers.as_ref().and_then(|numbers| numbers.first(doc)).unwrap_or(u64::MAX))
            }
        });
        // Reading from memory does not fail; should it all the same, nothing was found.
        let found = searcher.search(&query, &numbered).unwrap_or_default();
        let weight: f32 = units.iter().map(|unit| unit.idf).sum();
        let mut hits: Vec<Hit> = found
            .into_iter()
            .filter_map(|((score, number), _)| Some((score, self.passages.get(usize::try_from(number).ok()?)?)))
            .map(|(score, passage)| self.second_look(score, passage, &telling, weight))
            .collect();
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
        hits.truncate(limit);
        hits
    }

    /// How much of what is asked stands in each sentence of a passage; per sentence, per unit.
    pub(crate) fn sentence_coverage(&self, passage: PassageId, units: &[Unit]) -> Vec<Vec<f32>> {
        let Some(features) = self.features(passage) else { return Vec::new() };
        let cover = |sentence: &Vec<Term>| {
            units.iter().map(|unit| unit.idf * standing(unit, |term| sentence.contains(&term)).0).collect()
        };
        features.sentences.iter().map(cover).collect()
    }

    /// The share of terms that two passages have in common (Jaccard).
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn likeness(&self, a: PassageId, b: PassageId) -> f32 {
        let of = |id| self.features(id).map_or(&[][..], |features| features.text.as_slice());
        let (a, b): (&[Term], &[Term]) = (of(a), of(b));
        let both = a.iter().filter(|term| b.binary_search(term).is_ok()).count();
        both as f32 / (a.len() + b.len() - both).max(1) as f32
    }

    fn features(&self, id: PassageId) -> Option<&Features> {
        self.passages.binary_search_by_key(&id, |features| features.id).ok().map(|at| &self.passages[at])
    }

    fn query(&self, units: &[&Unit]) -> BooleanQuery {
        let mut clauses: Vec<(Occur, Box<dyn Query>)> = Vec::new();
        for (terms, weight) in units.iter().flat_map(|unit| &unit.ways) {
            #[allow(clippy::cast_precision_loss)]
            let each = weight / terms.len() as f32;
            for &term in terms {
                let wanted = Wanted::from_field_text(self.text, self.terms.name(term));
                let query = TermQuery::new(wanted, IndexRecordOption::WithFreqs);
                clauses.push((Occur::Should, Box::new(BoostQuery::new(Box::new(query), each))));
            }
        }
        BooleanQuery::new(clauses)
    }

    fn second_look(&self, bm25: f32, passage: &Features, units: &[&Unit], weight: f32) -> Hit {
        let asked: f32 = units.iter().map(|unit| unit.idf).sum();
        let (mut fit, mut title) = (0.0_f32, 0.0_f32);
        for (at, label) in passage.labels.iter().enumerate() {
            let (mut of_question, mut hit_terms) = (0.0, 0);
            for unit in units {
                let (worth, length) = standing(unit, |term| label.binary_search(&term).is_ok());
                of_question += worth * unit.idf;
                hit_terms += length;
            }
            #[allow(clippy::cast_precision_loss)]
            let of_label = (hit_terms as f32 / label.len().max(1) as f32).min(1.0);
            let of_question = of_question / weight.max(f32::EPSILON);
            if of_label + of_question > 0.0 {
                fit = fit.max(2.0 * of_label * of_question / (of_label + of_question));
            }
            if at < passage.titles {
                title = title.max(of_label);
            }
        }
        let stands =
            units.iter().map(|unit| unit.idf * standing(unit, |term| passage.all.binary_search(&term).is_ok()).0);
        let coverage = stands.sum::<f32>();
        let whole = 0.3 + 0.7 * coverage / asked.max(f32::EPSILON);
        Hit {
            passage: passage.id,
            score: bm25 * whole * (1.0 + LABEL_WORTH * fit + TITLE_WORTH * title),
            label_fit: fit,
            coverage: coverage / weight.max(f32::EPSILON),
        }
    }
}

/// Of the ways of saying a unit that stand in a set of terms: what the best counts, and how many terms
/// the longest has. Zeros where none stands.
fn standing(unit: &Unit, holds: impl Fn(Term) -> bool) -> (f32, usize) {
    unit.ways
        .iter()
        .filter(|(terms, _)| terms.iter().all(|&term| holds(term)))
        .fold((0.0, 0), |(worth, length), way| (way.1.max(worth), way.0.len().max(length)))
}

fn sorted(mut terms: Vec<Term>) -> Vec<Term> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Terms as Tantivy takes them: read once, here and there alike.
fn tokens(terms: &Terms, stream: &[Term]) -> PreTokenizedString {
    let tokens = stream.iter().enumerate().map(|(position, &term)| Token {
        position,
        text: terms.name(term).to_owned(),
        position_length: 1,
        ..Token::default()
    });
    PreTokenizedString { text: String::new(), tokens: tokens.collect() }
}
