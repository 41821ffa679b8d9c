//! Question to passages: BM25 by Tantivy, then a second look at the best.
//!
//! One field holds all that a passage can be found by: its document's title, its heading, the questions
//! that it answers, and its text. What BM25 cannot say is added for the best of them: how much of a
//! heading or of a question that the passage answers the asker's words cover, and the other way round; and
//! which of them the question is worded like.

mod compound;
mod look;
mod passages;
mod query;
mod terms;
mod wording;

use rustc_hash::FxHashMap;
use std::ops::Range;

use tantivy::collector::TopDocs;
use tantivy::columnar::Column;
use tantivy::query::{Bm25StatisticsProvider, BooleanQuery, BoostQuery, Occur, TermQuery};
use tantivy::schema::{FAST, Field, INDEXED, IndexRecordOption, Schema, TextFieldIndexing, TextOptions};
use tantivy::tokenizer::{PreTokenizedString, Token};
use tantivy::{
    DocAddress, Index as Tantivy, IndexReader, IndexSettings, IndexWriter, ReloadPolicy, SegmentReader,
    TantivyDocument, Term as TantivyTerm,
};

use crate::corpus::{Corpus, Document, Excerpt, PassageId, Section};
use crate::generation::{Generation, GenerationError};
use crate::language::{self, Language};
use look::{Looked, Looker};
use passages::{Draft, Label, Passages, Record, Records};
use query::Queries;
use terms::{Collected, Term, Terms, content};
use wording::{Beliefs, UNLIKELY, Wordings};

pub use query::{Query, Unit};
pub use wording::Limits;

/// A long message finds its candidates by its most telling words.
const MOST_UNITS: usize = 24;
/// A word that tells less than this share of the most telling one finds no candidates: it stands in a third of the passages
/// or more. The second look counts it all the same.
const LEAST_TELLING: f32 = 0.2;
/// So many of the passages that a question is worded like are looked at besides.
const WORDED_LIKE: usize = 3;
/// The field that holds all that a passage can be found by.
const TEXT: &str = "text";
/// The field that holds a passage's number.
const NUMBER: &str = "passage";

/// A passage that was found.
#[derive(Debug, Clone, Copy)]
pub struct Hit {
    /// Which one.
    pub passage: PassageId,
    /// How good, in no unit.
    pub score: f32,
    /// Its BM25 score for each weight asked, about 0 to 2.
    pub density: f32,
    /// How well one of its questions or headings fits the question, 0 to 1.
    pub label_fit: f32,
    /// The share of its title or heading that the question names, 0 to 1.
    pub title: f32,
    /// The share of what the question asks about that stands in the passage, 0 to 1.
    pub coverage: f32,
    /// How much the most telling thing asked tells that does not stand in the passage, 0 to about 1.
    pub missing: f32,
    /// How likely a question so worded is for it; a logarithm, -7 to 0, and 0 where nothing is known of any.
    pub wording: f32,
}

/// What a search found.
#[derive(Debug, Clone)]
pub struct Ranking {
    /// The passages, best first.
    pub hits: Vec<Hit>,
    /// Whether any of them may answer.
    pub limits: Limits,
}

/// A searchable corpus.
pub struct Index {
    reader: IndexReader,
    text: Field,
    /// For each segment, the passage of each document in it.
    numbers: Vec<Column<u64>>,
    /// How many tokens and passages Tantivy has, those that went out of a segment among them.
    tokens: u64,
    documents: u64,
    terms: Terms,
    queries: Queries,
    passages: Passages,
    wordings: Wordings,
}

impl Index {
    /// Indexes every passage of a corpus.
    ///
    /// # Errors
    /// Where a file cannot be written.
    pub fn build(corpus: &Corpus, generation: &Generation) -> Result<(), GenerationError> {
        let mut schema = Schema::builder();
        let indexing = TextFieldIndexing::default().set_tokenizer("raw").set_index_option(IndexRecordOption::WithFreqs);
        schema.add_text_field(TEXT, TextOptions::default().set_indexing_options(indexing));
        schema.add_u64_field(NUMBER, FAST | INDEXED);
        let index = Tantivy::create(generation.directory(), schema.build(), IndexSettings::default())?;
        let mut indexing = Indexing::new(&corpus.language, &index, Collected::default(), Records::default())?;
        for (id, document, section) in corpus.passages() {
            indexing.add(corpus, id, document, section)?;
        }
        let words = std::mem::take(&mut indexing.words);
        let terms = &mut indexing.terms;
        let compounds = compound::compounds(corpus);
        let queries = Queries::build(&corpus.language, &corpus.lexicon, &compounds, &words, terms, generation)?;
        indexing.finish(&queries, generation)?;
        let (terms, passages) = (Terms::open(generation)?, Passages::open(generation)?);
        let number = |id| passages.numbered(id).map(|(number, _)| number);
        Wordings::build(corpus, |text| queries.read(&terms, text), number, generation)
    }

    /// Indexes what is new in a corpus, in a generation that has the index of the corpus before: of the same folder,
    /// so that nothing but documents can differ. False where it is better built anew; nothing was done then.
    ///
    /// # Errors
    /// Where a file cannot be read or written.
    pub fn build_on(corpus: &Corpus, before: &Corpus, generation: &Generation) -> Result<bool, GenerationError> {
        let Self { terms, passages, mut queries, .. } = Self::open(generation)?;
        if passages.is_sparse() {
            return Ok(false);
        }
        let was: FxHashMap<&str, u32> =
            (0..).zip(&before.documents).map(|(at, document)| (document.id.as_str(), at)).collect();
        let mut place: Vec<Option<u32>> = vec![None; before.documents.len()];
        let mut new: Vec<bool> = Vec::with_capacity(corpus.documents.len());
        for (at, document) in (0..).zip(&corpus.documents) {
            let same = was.get(document.id.as_str()).filter(|&&was| before.documents[was as usize] == *document);
            new.push(same.is_none());
            if let Some(&was) = same {
                place[was as usize] = Some(at);
            }
        }
        let index = Tantivy::open(generation.directory())?;
        let place_of = |was: u32| place.get(was as usize).copied().flatten();
        let mut indexing =
            Indexing::new(&corpus.language, &index, Collected::of(&terms), Records::of(&passages, place_of))?;
        let mut went = Vec::new();
        for (id, document, section) in before.passages().filter(|(id, ..)| place_of(id.document).is_none()) {
            indexing.take_out(&passages, id);
            went.extend(words_of_passage(document, section));
        }
        for (id, document, section) in corpus.passages().filter(|(id, ..)| new[id.document as usize]) {
            indexing.add(corpus, id, document, section)?;
        }
        queries.learn_words(&indexing.words, &went);
        let lexicon = queries.lexicon_terms();
        indexing.terms.forget_emptied(|term| lexicon.contains(&term));
        indexing.finish(&queries, generation)?;
        Ok(true)
    }

    /// Opens what was built.
    ///
    /// # Errors
    /// Where a file cannot be read.
    pub fn open(generation: &Generation) -> Result<Self, GenerationError> {
        let index = Tantivy::open(generation.directory())?;
        let text = index.schema().get_field(TEXT)?;
        let reader: IndexReader = index.reader_builder().reload_policy(ReloadPolicy::Manual).try_into()?;
        let numbers = |segment: &SegmentReader| segment.fast_fields().u64(NUMBER);
        let searcher = reader.searcher();
        let (tokens, documents) = (searcher.total_num_tokens(text)?, searcher.total_num_docs()?);
        let numbers = searcher.segment_readers().iter().map(numbers).collect::<Result<_, _>>()?;
        let (terms, passages) = (Terms::open(generation)?, Passages::open(generation)?);
        let (queries, wordings) = (Queries::open(generation)?, Wordings::open(generation)?);
        Ok(Self { reader, text, numbers, tokens, documents, terms, queries, passages, wordings })
    }

    /// What a message asks about.
    #[must_use]
    pub fn read(&self, text: &str) -> Query {
        self.queries.read(&self.terms, text)
    }

    /// The words that tell what a message asks about, the same for messages that ask the same.
    #[must_use]
    pub fn telling(&self, text: &str) -> Vec<String> {
        self.queries.telling(&self.terms, text)
    }

    /// Whether a folded word stands in the corpus's texts or its lexicon.
    #[must_use]
    pub fn knows(&self, word: &str) -> bool {
        self.queries.knows(word)
    }

    /// The best passages for a query, among so many of BM25's best, which are looked at again, and a few more.
    #[must_use]
    pub fn search(&self, query: &Query, candidates: usize) -> Ranking {
        let mut telling: Vec<&Unit> = query.units.iter().filter(|unit| unit.is_known()).collect();
        if telling.is_empty() {
            return Ranking { hits: Vec::new(), limits: Limits::Unknown };
        }
        telling.sort_by(|a, b| b.weight.total_cmp(&a.weight));
        telling.truncate(MOST_UNITS);
        let beliefs = self.wordings.of(query);
        let limits = self.wordings.limits(beliefs.as_ref());
        let searcher = self.reader.searcher();
        let best = TopDocs::with_limit(candidates.max(1)).order_by_score();
        // A file of a generation may be damaged on its disk. Whoever asks still hears of a warning sign, and the log says so.
        let found =
            searcher.search_with_statistics_provider(&self.any_of(&telling), &best, self).unwrap_or_else(|error| {
                tracing::error!("the search index cannot be read ({error}); its folder can be deleted");
                Vec::new()
            });
        let number_at = |place: DocAddress| self.numbers[place.segment_ord as usize].first(place.doc_id);
        let mut numbers: Vec<u32> = found
            .into_iter()
            .filter_map(|(_, place)| u32::try_from(number_at(place)?).ok())
            .chain(beliefs.iter().flat_map(|beliefs| beliefs.likeliest(WORDED_LIKE)))
            .collect();
        numbers.sort_unstable();
        numbers.dedup();
        let mut looker = Looker::new(query, &self.terms, self.passages.average_length());
        let look = |number: u32| {
            let passage = self.passages.get(number as usize)?;
            Some((looker.look(&passage), beliefs.as_ref().and_then(|beliefs| beliefs.of(number))))
        };
        let worth = beliefs.as_ref().map_or(0.0, Beliefs::worth);
        let mut hits = compare_wordings(numbers.into_iter().filter_map(look).collect(), worth);
        hits.sort_by(|a, b| b.score.total_cmp(&a.score).then(a.passage.cmp(&b.passage)));
        Ranking { hits, limits }
    }

    /// How much of what is asked stands in each sentence of a passage; per sentence, per unit.
    pub(crate) fn sentence_coverage(&self, passage: PassageId, query: &Query) -> Vec<Vec<f32>> {
        let Some(record) = self.passages.at(passage) else { return Vec::new() };
        let cover = |sentence: &[Term]| {
            let of = |unit: &Unit| {
                let stands = |way: &&query::Way| way.terms.iter().all(|term| sentence.binary_search(term).is_ok());
                unit.weight * unit.ways.iter().filter(stands).map(|way| way.worth).fold(0.0, f32::max)
            };
            query.units.iter().map(of).collect()
        };
        record.sentences().map(cover).collect()
    }

    /// The shares of what a query asks about for which the questions of a passage ask as well, in their order; and for
    /// which its title and heading do, as far as it has them.
    pub(crate) fn label_shares(&self, passage: PassageId, query: &Query) -> (Vec<f32>, Vec<f32>) {
        let Some(record) = self.passages.at(passage) else { return Default::default() };
        let mut shares = vec![0.0; record.weights.len()];
        let (mut labels, mut scratch): (Vec<u16>, Vec<u16>) = Default::default();
        for unit in &query.units {
            for way in &unit.ways {
                let places = way.terms.iter().map(|term| record.terms.binary_search(term).ok());
                labels.extend(record.labels_with_all(places, &mut scratch));
            }
            labels.sort_unstable();
            labels.dedup();
            labels.drain(..).for_each(|label| shares[usize::from(label)] += unit.weight);
        }
        let whole = query.weight().max(f32::EPSILON);
        shares.iter_mut().for_each(|share| *share /= whole);
        (shares.split_off(record.titles), shares)
    }

    /// The share of what a query asks about that another one asks about as well.
    pub(crate) fn shared(&self, query: &Query, other: &Query) -> f32 {
        let there: Vec<Term> = other.stems.iter().filter_map(|stem| self.terms.of_stem(stem)).collect();
        let is_there = |unit: &&Unit| unit.ways.iter().any(|way| way.terms.iter().all(|term| there.contains(term)));
        query.units.iter().filter(is_there).map(Unit::weight).sum::<f32>() / query.weight().max(f32::EPSILON)
    }

    /// The share of terms that the texts of two passages have in common (Jaccard).
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn likeness(&self, a: PassageId, b: PassageId) -> f32 {
        let (a, b) = (self.said(a, 0..usize::MAX), self.said(b, 0..usize::MAX));
        let both = in_both(&a, &b);
        both as f32 / (a.len() + b.len() - both).max(1) as f32
    }

    /// The share of the terms of an excerpt that stand in another one as well.
    #[allow(clippy::cast_precision_loss)]
    pub(crate) fn repeated(&self, excerpt: &Excerpt, other: &Excerpt) -> f32 {
        let of = |excerpt: &Excerpt| self.said(excerpt.passage(), excerpt.sentences());
        let terms = of(excerpt);
        in_both(&terms, &of(other)) as f32 / terms.len().max(1) as f32
    }

    /// The distinct terms of some of a passage's sentences, sorted.
    fn said(&self, passage: PassageId, sentences: Range<usize>) -> Vec<Term> {
        let record = self.passages.at(passage);
        let all = record.iter().flat_map(Record::sentences);
        sorted(all.skip(sentences.start).take(sentences.len()).flatten().copied().collect())
    }

    /// A query for the passages that have any telling word of what is asked about.
    fn any_of(&self, units: &[&Unit]) -> BooleanQuery {
        let mut weights: Vec<(Term, f32)> = Vec::new();
        for way in units.iter().flat_map(|unit| &unit.ways) {
            #[allow(clippy::cast_precision_loss)]
            let each = way.worth / way.terms.len() as f32;
            weights.extend(way.terms.iter().map(|&term| (term, each)));
        }
        weights.sort_unstable_by(|a, b| a.0.cmp(&b.0).then(b.1.total_cmp(&a.1)));
        weights.dedup_by_key(|(term, _)| *term);
        let tells = |&(term, _): &(Term, f32)| self.terms.idf(self.terms.held_by(term));
        let least = LEAST_TELLING * weights.iter().map(tells).fold(f32::NEG_INFINITY, f32::max);
        weights.retain(|of| tells(of) >= least);
        let clauses = weights.into_iter().map(|(term, weight)| {
            let wanted = TantivyTerm::from_field_text(self.text, self.terms.name(term));
            let query = TermQuery::new(wanted, IndexRecordOption::WithFreqs);
            (Occur::Should, Box::new(BoostQuery::new(Box::new(query), weight)) as Box<dyn tantivy::query::Query>)
        });
        BooleanQuery::new(clauses.collect())
    }
}

/// What BM25 needs to know of the whole is counted already: Tantivy would look each term up once more.
impl Bm25StatisticsProvider for Index {
    fn total_num_tokens(&self, _: Field) -> tantivy::Result<u64> {
        Ok(self.tokens)
    }

    fn total_num_docs(&self) -> tantivy::Result<u64> {
        Ok(self.documents)
    }

    fn doc_freq(&self, term: &TantivyTerm) -> tantivy::Result<u64> {
        let held = term.value().as_str().map_or(0, |name| self.terms.held_by(terms::hash(name)));
        // More than there are would end in a panic, where the counts are damaged on their disk.
        Ok(u64::from(held).min(self.documents))
    }
}

/// An index in the making.
struct Indexing<'a> {
    language: &'a Language,
    text: Field,
    number: Field,
    writer: IndexWriter,
    terms: Collected,
    passages: Records,
    /// The words of what was added.
    words: Vec<String>,
}

impl<'a> Indexing<'a> {
    fn new(
        language: &'a Language,
        index: &Tantivy,
        terms: Collected,
        passages: Records,
    ) -> Result<Self, GenerationError> {
        let (text, number) = (index.schema().get_field(TEXT)?, index.schema().get_field(NUMBER)?);
        let writer = index.writer_with_num_threads(1, 50_000_000)?;
        Ok(Self { language, text, number, writer, terms, passages, words: Vec::new() })
    }

    fn add(
        &mut self,
        corpus: &Corpus,
        id: PassageId,
        document: &Document,
        section: &Section,
    ) -> Result<(), GenerationError> {
        let Self { language, terms, passages, .. } = self;
        let title = [&document.title, &section.heading].into_iter().map(|label| (Label::Title, label));
        let questions = corpus.questions_of(document, section).map(|label| (Label::Question, label));
        let mut stream: Vec<Term> = Vec::new();
        let mut labels: Vec<(Label, Vec<Term>)> = Vec::new();
        for (which, label) in title.chain(questions).filter(|(_, label)| !label.is_empty()) {
            let read = terms.read(language, label);
            stream.extend(content(&read));
            let all = sorted(read.into_iter().map(|(term, _)| term).collect());
            terms.count_label(&all);
            labels.push((which, all));
        }
        let mut sentences = Vec::with_capacity(section.sentences.len());
        for range in &section.sentences {
            let read = terms.read(language, &section.text[range.clone()]);
            let content: Vec<Term> = content(&read).collect();
            stream.extend(&content);
            sentences.push(sorted(content));
        }
        self.words.extend(words_of_passage(document, section));
        let mut doc = TantivyDocument::new();
        doc.add_pre_tokenized_text(self.text, tokens(terms, &stream));
        doc.add_u64(self.number, passages.next());
        self.writer.add_document(doc)?;
        let distinct = passages.add(Draft { id, stream, labels, sentences });
        terms.count_passage(distinct);
        Ok(())
    }

    /// Takes out a passage that was indexed.
    fn take_out(&mut self, passages: &Passages, id: PassageId) {
        let Some((number, record)) = passages.numbered(id) else { return };
        self.terms.discount(&record);
        self.writer.delete_term(TantivyTerm::from_field_u64(self.number, u64::from(number)));
    }

    fn finish(mut self, queries: &Queries, generation: &Generation) -> Result<(), GenerationError> {
        self.writer.commit()?;
        self.writer.wait_merging_threads()?;
        queries.put(generation)?;
        self.passages.finish(&self.terms, generation);
        self.terms.put(generation);
        Ok(())
    }
}

/// Counts for each passage how likely it is by the wording, which is worth so much of the best score, as far as that is
/// known: one that listed no questions is as likely as the others are on average.
#[allow(clippy::cast_precision_loss)]
fn compare_wordings(found: Vec<(Looked, Option<f32>)>, worth: f32) -> Vec<Hit> {
    let best = found.iter().map(|(looked, _)| looked.score).fold(0.0, f32::max);
    let known: Vec<f32> = found.iter().filter_map(|(_, wording)| *wording).collect();
    let average = if known.is_empty() { 0.0 } else { known.iter().sum::<f32>() / known.len() as f32 };
    let count = |(looked, wording): (Looked, Option<f32>)| {
        let Looked { passage, score, density, label_fit, title, coverage, missing } = looked;
        let wording = wording.unwrap_or(average);
        let score = score + best * worth * (wording - UNLIKELY);
        Hit { passage, score, density, label_fit, title, coverage, missing, wording }
    };
    found.into_iter().map(count).collect()
}

/// The words of a passage, for spelling.
fn words_of_passage(document: &Document, section: &Section) -> Vec<String> {
    let texts = [&document.title, &section.heading, &section.text];
    texts.into_iter().flat_map(|text| language::words_of(text)).collect()
}

/// How many terms stand in both of two sorted lists.
fn in_both(a: &[Term], b: &[Term]) -> usize {
    a.iter().filter(|term| b.binary_search(term).is_ok()).count()
}

fn sorted(mut terms: Vec<Term>) -> Vec<Term> {
    terms.sort_unstable();
    terms.dedup();
    terms
}

/// Terms as Tantivy takes them: read once, here and there alike.
fn tokens(terms: &Collected, stream: &[Term]) -> PreTokenizedString {
    let tokens = stream.iter().enumerate().map(|(position, &term)| Token {
        position,
        text: terms.name(term).to_owned(),
        position_length: 1,
        ..Token::default()
    });
    PreTokenizedString { text: String::new(), tokens: tokens.collect() }
}
