//! Expectations and answers into figures.

use regex::{Regex, RegexBuilder};
use serde::{Deserialize, Deserializer, de::Error};

use super::{Answer, Answerer, Outcome, TOGETHER};
use crate::corpus::{Level, Question};

/// One line of a file of questions; docs/EVALUATING.md describes it.
#[derive(Debug, Clone, Deserialize)]
pub struct Expected {
    /// Its name in the list of failures.
    pub id: String,
    /// What is asked.
    #[serde(deserialize_with = "question")]
    pub question: Question,
    /// The question before.
    pub previous: Option<String>,
    /// What its author wrote within the last minutes, the oldest first.
    #[serde(default)]
    pub before: Vec<String>,
    /// What should come.
    pub expect: Expect,
}

/// What should come of a question; what is left out is not looked at.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Expect {
    /// `note#section` of sections that answer it; any will do.
    pub sections: Vec<String>,
    /// Regular expressions, any of which an excerpt must match, whatever the case.
    #[serde(deserialize_with = "patterns")]
    pub matches: Vec<Regex>,
    /// `false` where it must not be answered.
    pub answered: Option<bool>,
    /// The level of the red flag; `Some(None)` where none must fire.
    #[serde(deserialize_with = "level")]
    pub urgent: Option<Option<Level>>,
}

fn question<'de, D: Deserializer<'de>>(from: D) -> Result<Question, D::Error> {
    Question::new(&String::deserialize(from)?).map_err(|_| D::Error::custom("the question is empty"))
}

fn patterns<'de, D: Deserializer<'de>>(from: D) -> Result<Vec<Regex>, D::Error> {
    let read = |pattern: String| {
        RegexBuilder::new(&pattern).case_insensitive(true).build().map_err(|error| {
            // The last line says what is wrong; those above draw where.
            let why = error.to_string().lines().last().unwrap_or_default().replace("error: ", "");
            D::Error::custom(format!("\"{pattern}\" is no regular expression: {why}"))
        })
    };
    Vec::<String>::deserialize(from)?.into_iter().map(read).collect()
}

fn level<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Option<Level>>, D::Error> {
    Level::or_none(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
}

/// How good the answers are.
#[derive(Debug, Clone, Default, serde::Serialize)]
pub struct Figures {
    /// Questions with an expected answer.
    pub answerable: usize,
    /// Of those, right in the first excerpt.
    pub right_at_1: usize,
    /// Of those, right in one of the three.
    pub right_in_3: usize,
    /// Sum of reciprocal ranks, over `answerable` the mean.
    pub mean_reciprocal_rank: f64,
    /// Of those, answered wrongly.
    pub wrong: usize,
    /// Of those, said not to be covered.
    pub missed: usize,
    /// Messages that must not be answered.
    pub unanswerable: usize,
    /// Of those, answered.
    pub answered_all_the_same: usize,
    /// Messages with a warning sign.
    pub signs: usize,
    /// Of those, with no reply of at least the expected level.
    pub missed_signs: usize,
    /// Of those, with another level than the expected one.
    pub other_level: usize,
    /// Messages without a warning sign.
    pub look_alikes: usize,
    /// Of those, where one fired.
    pub false_alarms: usize,
    /// In ten bins of confidence: how many were answered, and how many of those rightly.
    pub calibration: [(usize, usize); 10],
    /// What went wrong, a line each.
    pub failures: Vec<String>,
}

/// Asks; what its author wrote before is read for signs as in a chat, and may be what the question is about.
fn ask<'a>(answerer: &'a Answerer, expected: &Expected) -> Answer<'a> {
    let Expected { question, previous, before, .. } = expected;
    let before: Vec<&str> = before.iter().map(String::as_str).collect();
    let previous = previous.as_deref().or_else(|| answerer.topic(&before));
    let messages = [&before[..], &[question.text()]].concat();
    let together = &messages[messages.len().saturating_sub(TOGETHER)..];
    let in_chat = if before.is_empty() { None } else { answerer.answer_last(together, previous) };
    let alone = || answerer.answer(question, previous.and_then(|text| Question::new(text).ok()).as_ref());
    in_chat.unwrap_or_else(alone)
}

/// Asks every question and counts.
#[must_use]
#[allow(clippy::cast_precision_loss, clippy::cast_possible_truncation, clippy::cast_sign_loss)]
pub fn evaluate(answerer: &Answerer, questions: &[Expected]) -> Figures {
    let mut figures = Figures::default();
    for expected in questions {
        let question = &expected.question;
        let answer = ask(answerer, expected);
        let expect = &expected.expect;
        let mut fail = |why: String| figures.failures.push(format!("{}: {why}: {}", expected.id, question.text()));
        if let Some(wanted) = expect.urgent {
            let got = answer.urgent.as_ref().map(|urgent| urgent.level);
            if let Some(level) = wanted {
                figures.signs += 1;
                if got < wanted {
                    figures.missed_signs += 1;
                    let got = got.map_or("no sign was seen".to_owned(), |got| format!("only {got} was said"));
                    fail(format!("missed {level}: {got}"));
                } else if got != wanted {
                    figures.other_level += 1;
                }
            } else {
                figures.look_alikes += 1;
                if let Some(urgent) = &answer.urgent {
                    figures.false_alarms += 1;
                    fail(format!("false alarm \"{}\"", urgent.flag));
                }
            }
        }
        let excerpts = match &answer.outcome {
            Outcome::Answered(cited) => cited.as_slice(),
            _ => &[],
        };
        if expect.answered == Some(false) {
            figures.unanswerable += 1;
            if !excerpts.is_empty() {
                figures.answered_all_the_same += 1;
                fail(format!("answered at {:.2}", answer.confidence.get()));
            }
        }
        if expect.sections.is_empty() && expect.matches.is_empty() {
            continue;
        }
        figures.answerable += 1;
        let rank = excerpts.iter().position(|cited| {
            let (document, section) = answerer.corpus().passage(cited.excerpt.passage());
            let place = format!("{}#{}", document.id, section.id);
            let text = cited.excerpt.text(section);
            expect.sections.contains(&place) || expect.matches.iter().any(|pattern| pattern.is_match(text))
        });
        let bin = ((answer.confidence.get() * 10.0) as usize).min(9);
        if !excerpts.is_empty() {
            figures.calibration[bin].0 += 1;
            figures.calibration[bin].1 += usize::from(rank.is_some());
        }
        match rank {
            Some(rank) => {
                figures.right_at_1 += usize::from(rank == 0);
                figures.right_in_3 += 1;
                figures.mean_reciprocal_rank += 1.0 / (rank + 1) as f64;
            }
            None if excerpts.is_empty() => {
                figures.missed += 1;
                let alarm = answer.urgent.as_ref().map(|urgent| format!("alarm \"{}\"", urgent.flag));
                fail(alarm.unwrap_or_else(|| format!("not answered ({:.2})", answer.confidence.get())));
            }
            None => {
                figures.wrong += 1;
                let (document, section) = answerer.corpus().passage(excerpts[0].excerpt.passage());
                fail(format!("got {}#{} ({:.2})", document.id, section.id, answer.confidence.get()));
            }
        }
    }
    figures.mean_reciprocal_rank /= figures.answerable.max(1) as f64;
    figures
}
