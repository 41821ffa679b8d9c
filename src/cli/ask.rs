//! `sacrum ask` and `sacrum cite`.

use std::io::Write;
use std::mem::ManuallyDrop;
use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;

use super::{Common, End, Failure, read_bytes};
use crate::answer::Answerer;
use crate::corpus::{Question, json_lines};
use crate::terminal::{
    json::{AnswerJson, ExcerptJson},
    text,
};

/// What a line of a batch looks like, for those whose line does not.
pub(super) const LINE: &str = r#"write it as {"id": "1", "question": "..."}"#;

#[derive(Debug, Args)]
#[command(after_help = super::examples::ASK)]
pub(super) struct Ask {
    /// The question, in your own words
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    question: Vec<String>,
    /// JSON Lines of questions, `{"id": "...", "question": "..."}`; `-` is standard input
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    question: String,
    previous: Option<String>,
}

impl Ask {
    pub(super) fn run(&self, common: &Common, out: &mut impl Write) -> Result<End, Failure> {
        if let Some(file) = &self.batch {
            let lines = read_bytes(file)?;
            return batch(&common.answerer()?, &lines, out);
        }
        let question = Question::new(&self.question.join(" "))?;
        // The program ends with the answer: what it holds need not be taken apart piece by piece.
        let answerer = ManuallyDrop::new(common.answerer()?);
        let answer = answerer.answer(&question, None);
        if common.json {
            write_json(out, &AnswerJson::new(&answerer, &question, &answer))?;
        } else {
            text::answer(out, text::Look::of_stdout(), &answerer, &answer)?;
        }
        Ok(End::Done)
    }
}

fn batch(answerer: &Answerer, lines: &[u8], out: &mut impl Write) -> Result<End, Failure> {
    let mut end = End::Done;
    for (number, line) in json_lines::<Line>(lines) {
        let read = line.map_err(|error| format!("{error}; {LINE}")).and_then(|line| {
            let question = Question::new(&line.question).map_err(|_| "the question is empty".to_owned())?;
            Ok((line.id, question, line.previous))
        });
        match read {
            Ok((id, question, previous)) => {
                let previous = previous.and_then(|text| Question::new(&text).ok());
                let answer = answerer.answer(&question, previous.as_ref());
                let mut json = AnswerJson::new(answerer, &question, &answer);
                json.id = Some(&id);
                write_json(out, &json)?;
            }
            Err(error) => {
                end = End::Faulty;
                write_json(out, &serde_json::json!({"id": null, "line": number, "error": error}))?;
            }
        }
    }
    Ok(end)
}

pub(super) fn cite(common: &Common, id: &str, out: &mut impl Write) -> Result<End, Failure> {
    let answerer = common.answerer()?;
    let excerpts = answerer.cite(id);
    if excerpts.is_empty() {
        return Err(Failure::NoExcerpt(id.to_owned()));
    }
    for excerpt in &excerpts {
        if common.json {
            let (document, section) = answerer.corpus().passage(excerpt.passage());
            let mut json = serde_json::to_value(ExcerptJson::new(&answerer, excerpt, None)).unwrap_or_default();
            json["context"] = section.text.as_str().into();
            json["sha256"] = document.hash().into();
            json["sha256_of"] = if document.original.is_some() { "the copied text" } else { &document.file }.into();
            write_json(out, &json)?;
        } else {
            text::citation(out, text::Look::of_stdout(), &answerer, excerpt)?;
        }
    }
    Ok(End::Done)
}

pub(super) fn write_json(out: &mut impl Write, value: &impl serde::Serialize) -> Result<(), Failure> {
    serde_json::to_writer(&mut *out, value).map_err(std::io::Error::from)?;
    writeln!(out)?;
    Ok(())
}
