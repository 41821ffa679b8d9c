//! Question to answer. No I/O; cannot fail.

mod confidence;
mod evaluate;
mod excerpts;
mod find;
mod heard;
mod message;
mod questions;
mod select;

use std::sync::OnceLock;

use crate::corpus::{Corpus, Excerpt, Muscle, Question, excerpt_id, passage_link};
use crate::generation::{Generation, GenerationError};
use crate::index::{Hit, Index, Query, Unit};
use crate::language::Foreign;
use crate::muscle::{Descriptions, Finder, Mentions};
use crate::triage::{RuleFault, Triage, TriageError, Urgent};
use excerpts::Excerpts;
use find::Found;
use message::Message;
use select::Selector;

pub use confidence::Confidence;
pub use evaluate::{Expect, Expected, Figures, evaluate};
pub use heard::{REMEMBERED, TOGETHER};

/// The most excerpts that an answer may have.
pub const MAX_EXCERPTS: usize = 3;

/// So many passages at least are looked at again where passages are searched for and nothing is to be answered: more than
/// for an answer, so that the order of the first may differ from it.
const LOOKED_AT: usize = 50;
/// How many questions are offered where nothing answers.
const NEAREST: usize = 3;
/// Among so many of BM25's best they are looked for: more than for an answer, which was not there.
const NEAREST_AMONG: usize = 12;
/// A question is near that asks for so much of what was asked.
const NEAR: f32 = 0.3;
/// So well fits one of a passage's other questions, for the nearest that it offers to stand for it.
const NEAR_OTHER: f32 = 0.5;

/// What came of a question.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// Excerpts, best first, at most [`MAX_EXCERPTS`].
    Answered(Vec<Cited>),
    /// Nothing in the corpus answers it; questions that it does answer.
    NotCovered(Vec<String>),
    /// Small talk, or a statement that nothing fits.
    NotAQuestion,
    /// An urgent sign: nothing else may be read now.
    Withheld,
}

impl Answer<'_> {
    /// Whether the reply is how to ask: that is none to a sign that can wait.
    #[must_use]
    pub fn is_how_to_ask(&self) -> bool {
        matches!(self.outcome, Outcome::NotAQuestion) && self.urgent.is_none()
    }
}

impl Outcome {
    /// Its name, for programs and the log.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::Answered(_) => "answered",
            Self::NotCovered(_) => "not_covered",
            Self::NotAQuestion => "not_a_question",
            Self::Withheld => "withheld",
        }
    }
}

/// An excerpt, and which earlier one it corrects.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cited {
    /// What is shown.
    pub excerpt: Excerpt,
    /// The position of the excerpt that this one corrects.
    pub corrects: Option<usize>,
}

/// Everything that is said to a question.
#[derive(Debug, Clone)]
pub struct Answer<'a> {
    /// A warning sign; stands before all else.
    pub urgent: Option<Urgent<'a>>,
    /// What came of it.
    pub outcome: Outcome,
    /// How likely the answer is right.
    pub confidence: Confidence,
    /// Something to know about the reply: another language, several questions.
    pub notice: Option<String>,
}

/// A corpus that answers: triage, index and texts of one generation.
pub struct Answerer {
    corpus: Corpus,
    triage: Triage,
    index: Index,
    descriptions: Descriptions,
    mentions: Mentions,
    /// Made when first asked for: a program that ends at once can do without.
    finder: OnceLock<Finder>,
    /// The same: a bot that is asked by its buttons asks again and again.
    excerpts: OnceLock<Excerpts>,
}

impl Answerer {
    /// Compiles a corpus into a generation.
    ///
    /// # Errors
    /// Where its rules cannot be read or a file cannot be written.
    pub fn build(corpus: &Corpus, generation: &Generation) -> Result<(), TriageError> {
        Triage::build(corpus, generation)?;
        Index::build(corpus, generation)?;
        Descriptions::build(corpus, generation)?;
        Mentions::build(corpus, generation)?;
        Ok(corpus.put(generation)?)
    }

    /// The same on a generation of the same corpus folder with other originals, whose corpus is `before`: only what is
    /// new is read and indexed. The one before stays as it is.
    ///
    /// # Errors
    /// As above, and where a file of the one before cannot be read.
    pub fn build_on(
        corpus: &Corpus,
        generation: &Generation,
        previous: &Generation,
        before: &Corpus,
    ) -> Result<(), TriageError> {
        if !generation.take_over(previous) {
            return Self::build(corpus, generation);
        }
        // What is learnt is of the folder alone, read with the spellings of its day.
        if Index::build_on(corpus, before, generation)? {
            return Ok(corpus.put(generation)?);
        }
        generation.clear();
        Self::build(corpus, generation)
    }

    /// Opens a generation that was built.
    ///
    /// # Errors
    /// Where a file of it cannot be read.
    pub fn open(generation: &Generation) -> Result<Self, GenerationError> {
        let corpus = Corpus::from_generation(generation)?;
        Ok(Self {
            finder: OnceLock::new(),
            excerpts: OnceLock::new(),
            descriptions: Descriptions::open(generation)?,
            corpus,
            triage: Triage::open(generation)?,
            index: Index::open(generation)?,
            mentions: Mentions::open(generation)?,
        })
    }

    /// Makes a corpus ready to answer, in memory.
    ///
    /// # Errors
    /// Where its rules cannot be read.
    pub fn new(corpus: &Corpus) -> Result<Self, TriageError> {
        let generation = Generation::in_memory();
        Self::build(corpus, &generation)?;
        Ok(Self::open(&generation)?)
    }

    /// The corpus that it answers from.
    #[must_use]
    pub fn corpus(&self) -> &Corpus {
        &self.corpus
    }

    /// The corpus, and what finds its muscles, alone.
    #[must_use]
    pub fn into_muscles(self) -> (Corpus, Finder) {
        let finder = Finder::with(&self.corpus, self.descriptions);
        (self.corpus, finder)
    }

    /// Finds its muscles by any name.
    #[must_use]
    pub fn finder(&self) -> &Finder {
        self.finder.get_or_init(|| Finder::with(&self.corpus, self.descriptions.clone()))
    }

    /// The muscles that the excerpts of an answer name, in the order in which they do.
    #[must_use]
    pub fn muscles(&self, answer: &Answer<'_>) -> Vec<&Muscle> {
        let Outcome::Answered(cited) = &answer.outcome else { return Vec::new() };
        let texts = cited.iter().map(|one| one.excerpt.text(self.corpus.passage(one.excerpt.passage()).1));
        self.named_in(&texts.collect::<Vec<_>>().join("\n"))
    }

    /// The muscles that a text names, in the order in which it does.
    #[must_use]
    pub fn named_in(&self, text: &str) -> Vec<&Muscle> {
        self.mentions.find(&self.corpus, text)
    }

    /// The passages for a query, best first.
    #[must_use]
    pub fn search(&self, query: &str, limit: usize) -> Vec<Hit> {
        let mut hits = self.index.search(&self.index.read(query), limit.max(LOOKED_AT)).hits;
        hits.truncate(limit);
        hits
    }

    /// The words that tell what a question asks about, the same for questions that ask the same.
    #[must_use]
    pub fn telling(&self, question: &str) -> Vec<String> {
        self.index.telling(question)
    }

    /// Answers a question; `previous` is the one before, for a follow-up.
    #[must_use]
    pub fn answer(&self, question: &Question, previous: Option<&Question>) -> Answer<'_> {
        let messages: Vec<&str> = previous.into_iter().chain([question]).map(Question::text).collect();
        self.answer_judged(question, previous, self.check(&messages))
    }

    /// Answers a question that was looked at for warning signs; `urgent` is what was found.
    fn answer_judged<'a>(
        &'a self,
        question: &Question,
        previous: Option<&Question>,
        urgent: Option<Urgent<'a>>,
    ) -> Answer<'a> {
        if urgent.as_ref().is_some_and(|urgent| urgent.level.cannot_wait()) {
            return withheld(urgent);
        }
        let foreign = self.corpus.language.foreign(question.text(), |word| self.index.knows(word));
        if let Some(Foreign::Wholly(code)) = foreign {
            return self.not_understood(code, urgent);
        }
        let message = self.message(question.text());
        if message.is_small_talk() {
            return Answer { urgent, outcome: Outcome::NotAQuestion, confidence: Confidence::NONE, notice: None };
        }
        let previous = previous.map(|previous| self.message(previous.text()));
        let (previous, beside_a_sign) = (previous.as_ref(), urgent.is_some());
        if let [first, second, others @ ..] = message.questions()
            && let Some((cited, confidence)) = self.both(&message, [first.text, second.text], previous, beside_a_sign)
        {
            let notice = (!others.is_empty()).then(|| self.corpus.settings.first_two.clone());
            return Answer { urgent, outcome: Outcome::Answered(cited), confidence, notice };
        }
        let found = self.find(&message, previous);
        let found = self.same_question(&found).unwrap_or(found);
        match self.one(&message, &found, MAX_EXCERPTS, beside_a_sign) {
            Some((cited, confidence)) => {
                let notice = (message.questions().len() > 1).then(|| self.corpus.settings.only_some.clone());
                Answer { urgent, outcome: Outcome::Answered(cited), confidence, notice }
            }
            None => {
                if let Some(Foreign::Partly(code)) = foreign {
                    return self.not_understood(code, urgent);
                }
                let mut outcome = self.unanswered(&message, &found);
                // Beside a sign no questions about something else are offered.
                if let (Outcome::NotCovered(nearest), true) = (&mut outcome, beside_a_sign) {
                    nearest.clear();
                }
                Answer { urgent, outcome, confidence: found.confidence, notice: None }
            }
        }
    }

    /// What is said to a message in another language, or partly in it.
    fn not_understood<'a>(&'a self, code: &str, urgent: Option<Urgent<'a>>) -> Answer<'a> {
        let settings = &self.corpus.settings;
        // Which language it is can be guessed wrong, so every line stands there, the likeliest first.
        let likeliest = settings.emergency_lines.get(code);
        let others = settings.emergency_lines.iter().filter(|(of, _)| *of != code).map(|(_, line)| line);
        let lines = std::iter::once(&settings.foreign).chain(likeliest).chain(others);
        let notice = Some(lines.map(String::as_str).collect::<Vec<_>>().join("\n"));
        Answer { urgent, outcome: Outcome::NotCovered(Vec::new()), confidence: Confidence::NONE, notice }
    }

    /// A message, to be understood.
    fn message<'a>(&'a self, text: &'a str) -> Message<'a> {
        Message::new(text, &self.corpus.language, &self.index)
    }

    /// The answers to two questions of one message, where both have one of their own; the second may follow the first up.
    fn both<'m>(
        &self,
        message: &Message<'m>,
        asked: [&'m str; 2],
        previous: Option<&Message<'m>>,
        beside_a_sign: bool,
    ) -> Option<(Vec<Cited>, Confidence)> {
        let [first, second] = asked.map(|asked| message.part(asked));
        // Each leaves room for one of the other.
        let most = MAX_EXCERPTS - 1;
        let (cited, confidence) = self.one(&first, &self.find_part(&first, previous, message), most, beside_a_sign)?;
        let before = if first.points_back() { previous } else { Some(&first) };
        let (more, other) = self.one(&second, &self.find_part(&second, before, message), most, beside_a_sign)?;
        let differ = cited[0].excerpt.passage() != more[0].excerpt.passage();
        let answers = differ.then(|| select::join(cited, more))??;
        Some((answers, confidence.min(other)))
    }

    /// The red flags' own examples that do not hold, told one by one.
    #[must_use]
    pub fn failing_examples(&self, corpus: &Corpus) -> Vec<RuleFault> {
        self.triage.failing_examples(corpus)
    }

    /// The questions of a corpus that must be answered, and are not.
    pub fn silent_canaries<'c>(&self, corpus: &'c Corpus) -> impl Iterator<Item = &'c str> {
        let answers = |canary: &str| {
            let answer = Question::new(canary).map(|question| self.answer(&question, None));
            answer.is_ok_and(|answer| matches!(answer.outcome, Outcome::Answered(_))) || canary.trim().is_empty()
        };
        corpus.settings.canaries.iter().map(String::as_str).filter(move |canary| !answers(canary))
    }

    /// Where an excerpt can be read: its source's page, and for a quotation the passage on it. Empty where it
    /// has no source.
    #[must_use]
    pub fn link(&self, excerpt: &Excerpt) -> String {
        let (document, section) = self.corpus.passage(excerpt.passage());
        match section.cites.first().and_then(|id| self.corpus.source(id)) {
            Some(source) if document.is_note => source.url.clone(),
            Some(source) => passage_link(&source.url, excerpt.text(section)),
            None => String::new(),
        }
    }

    /// The short id, as `cite` takes it, of an excerpt.
    #[must_use]
    pub fn id(&self, excerpt: &Excerpt) -> String {
        let (document, section) = self.corpus.passage(excerpt.passage());
        excerpt_id(&document.id, excerpt.text(section))
    }

    /// Every excerpt that has this id; hardly ever more than one.
    #[must_use]
    pub fn cite(&self, id: &str) -> Vec<Excerpt> {
        self.excerpts.get_or_init(|| Excerpts::of(&self.corpus)).with(id).cloned().collect()
    }

    /// The answer to a message, where what was found is sure enough. Beside a sign only what is asked for or surer is
    /// shown: there it is not enough that a message names a subject.
    fn one(
        &self,
        message: &Message<'_>,
        found: &Found,
        most: usize,
        beside_a_sign: bool,
    ) -> Option<(Vec<Cited>, Confidence)> {
        let is_asked = message.is_question() || !beside_a_sign && message.names_a_subject();
        if !found.confidence.is_enough(is_asked) {
            return None;
        }
        let selector = Selector { corpus: &self.corpus, index: &self.index, message, query: &found.query };
        let cited = selector.excerpts(&found.hits, most);
        (!cited.is_empty()).then_some((cited, found.confidence))
    }

    fn unanswered(&self, message: &Message<'_>, found: &Found) -> Outcome {
        let units = found.query.units();
        let names_a_thing = !message.tells() && message.names_a_subject() && units.iter().any(Unit::is_a_thing);
        if units.iter().all(Unit::is_talk) || !(message.is_question() || names_a_thing) {
            return Outcome::NotAQuestion;
        }
        let mut nearest: Vec<String> = Vec::new();
        for hit in self.index.search(&found.query, NEAREST_AMONG).hits {
            if nearest.len() == NEAREST {
                break;
            }
            let near = self.nearest_in(&hit, &found.query).filter(|near| !nearest.contains(near));
            nearest.extend(near);
        }
        Outcome::NotCovered(nearest)
    }

    /// Of the questions that a passage offers, or else its heading, the one that asks for most of what a query does;
    /// none where that is next to nothing, and none of its other questions asks for it either.
    fn nearest_in(&self, hit: &Hit, query: &Query) -> Option<String> {
        let (_, section) = self.corpus.passage(hit.passage);
        let (questions, titles) = self.index.label_shares(hit.passage, query);
        let (texts, shares) = match section.questions.as_slice() {
            [] => (std::slice::from_ref(&section.heading), titles.last().copied().into_iter().collect()),
            listed => (listed, questions),
        };
        // The index has no label for what is empty.
        let asked_for = texts.iter().filter(|text| !text.is_empty()).zip(shares);
        let (text, share) = asked_for.reduce(|best, next| if next.1 > best.1 { next } else { best })?;
        (share >= NEAR || hit.label_fit >= NEAR_OTHER).then(|| text.clone())
    }
}

fn withheld(urgent: Option<Urgent<'_>>) -> Answer<'_> {
    Answer { urgent, outcome: Outcome::Withheld, confidence: Confidence::NONE, notice: None }
}
