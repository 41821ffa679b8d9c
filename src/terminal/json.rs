//! The stable JSON form of an answer. Fields may be added; none is renamed or dropped.

use serde::Serialize;

use crate::answer::{Answer, Answerer, Outcome};
use crate::corpus::{Level, Question};

/// One answer, as `sacrum ask --json` prints it.
#[derive(Debug, Serialize)]
pub struct AnswerJson<'a> {
    /// The id of the line in a batch.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub id: Option<&'a str>,
    question: &'a str,
    outcome: &'static str,
    urgent: Option<UrgentJson<'a>>,
    excerpts: Vec<ExcerptJson<'a>>,
    confidence: f32,
    nearest: &'a [String],
    muscles: Vec<&'a str>,
    notice: Option<&'a str>,
    disclaimer: &'a str,
}

#[derive(Debug, Serialize)]
struct UrgentJson<'a> {
    flag: &'a str,
    level: Level,
    advice: &'a str,
}

/// An excerpt with all that its citation says.
#[derive(Debug, Serialize)]
pub struct ExcerptJson<'a> {
    id: String,
    text: &'a str,
    kind: &'static str,
    source: &'a str,
    also: &'a [String],
    document: &'a str,
    title: &'a str,
    publisher: &'a str,
    year: Option<&'a str>,
    section: &'a str,
    copied: Option<&'a str>,
    url: String,
    corrects: Option<usize>,
}

impl<'a> AnswerJson<'a> {
    /// Puts an answer into its stable form.
    #[must_use]
    pub fn new(answerer: &'a Answerer, question: &'a Question, answer: &'a Answer<'a>) -> Self {
        let (cited, nearest): (&[_], &[_]) = match &answer.outcome {
            Outcome::Answered(cited) => (cited, &[]),
            Outcome::NotCovered(nearest) => (&[], nearest),
            Outcome::NotAQuestion | Outcome::Withheld => (&[], &[]),
        };
        Self {
            id: None,
            question: question.text(),
            outcome: answer.outcome.name(),
            urgent: answer.urgent.as_ref().map(|urgent| UrgentJson {
                flag: urgent.flag,
                level: urgent.level,
                advice: &urgent.advice,
            }),
            excerpts: cited.iter().map(|cited| ExcerptJson::new(answerer, &cited.excerpt, cited.corrects)).collect(),
            confidence: (answer.confidence.get() * 1000.0).round() / 1000.0,
            nearest,
            muscles: answerer.muscles(answer).into_iter().map(|muscle| muscle.id.as_str()).collect(),
            notice: answer.notice.as_deref(),
            disclaimer: &answerer.corpus().settings.disclaimer,
        }
    }
}

impl<'a> ExcerptJson<'a> {
    /// An excerpt with its citation.
    #[must_use]
    pub fn new(answerer: &'a Answerer, excerpt: &crate::corpus::Excerpt, corrects: Option<usize>) -> Self {
        let corpus = answerer.corpus();
        let (document, section) = corpus.passage(excerpt.passage());
        let source = section.cites.first().and_then(|id| corpus.source(id));
        Self {
            id: answerer.id(excerpt),
            text: excerpt.text(section),
            kind: if document.is_note { "summary" } else { "quote" },
            source: source.map_or(document.id.as_str(), |source| &source.id),
            also: section.cites.get(1..).unwrap_or_default(),
            document: &document.id,
            title: source.map_or(document.title.as_str(), |source| &source.title),
            publisher: source.map_or("", |source| &source.publisher),
            year: source.and_then(crate::corpus::Source::year),
            section: &section.heading,
            copied: document.copied.as_deref(),
            url: answerer.link(excerpt),
            corrects,
        }
    }
}
