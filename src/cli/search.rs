//! `sacrum search`: ranked passages, and TREC runs.

use std::io::Write;
use std::path::PathBuf;

use clap::Args;
use serde::Deserialize;
use serde_json::json;

use super::ask::{LINE, write_json};
use super::{Common, End, Failure, examples, read_bytes};
use crate::answer::Answerer;
use crate::corpus::json_lines;

/// How many passages a run is drawn from at least: documents have several, and the best of a long letter can lie deep.
const DEPTH: usize = 100;

#[derive(Debug, Args)]
#[command(after_help = examples::SEARCH)]
pub(super) struct Search {
    /// What to look for
    #[arg(required_unless_present = "batch", conflicts_with = "batch")]
    query: Vec<String>,
    /// JSON Lines of questions; prints a TREC run, best passage a document
    #[arg(long, value_name = "FILE")]
    batch: Option<PathBuf>,
    /// How many
    #[arg(long, default_value_t = 10, value_name = "N")]
    top: usize,
    /// The name of the run
    #[arg(long, default_value = "sacrum", value_name = "TAG")]
    run: String,
}

#[derive(Deserialize)]
struct Line {
    id: String,
    question: String,
}

impl Search {
    pub(super) fn run(&self, common: &Common, out: &mut impl Write) -> Result<End, Failure> {
        if let Some(file) = &self.batch {
            let text = read_bytes(file)?;
            let answerer = common.answerer()?;
            let mut end = End::Done;
            for (number, line) in json_lines(&text) {
                let line: Line = match line {
                    Ok(line) => line,
                    Err(error) => {
                        end = End::Faulty;
                        let message = format!("{error}; {LINE}");
                        if common.json {
                            write_json(out, &json!({"id": null, "line": number, "error": message}))?;
                        } else {
                            // A run has no place for it.
                            let fault = Failure::Line { path: file.display().to_string(), line: number, message };
                            writeln!(std::io::stderr(), "sacrum: {fault}")?;
                        }
                        continue;
                    }
                };
                for (rank, (document, section, score)) in (1..).zip(self.documents(&answerer, &line.question)) {
                    if common.json {
                        let hit = json!({"id": line.id, "document": document, "section": section, "rank": rank, "score": score});
                        write_json(out, &hit)?;
                        continue;
                    }
                    writeln!(out, "{} Q0 {document} {rank} {score:.4} {}", line.id, self.run)?;
                }
            }
            return Ok(end);
        }
        let answerer = common.answerer()?;
        let hits = answerer.search(&self.query.join(" "), self.top);
        if hits.is_empty() && !common.json {
            writeln!(out, "nothing is found by these words")?;
        }
        for hit in hits {
            let (document, section) = answerer.corpus().passage(hit.passage);
            if common.json {
                write_json(
                    out,
                    &json!({
                        "document": document.id, "section": section.id, "heading": section.heading, "score": hit.score,
                        "label_fit": hit.label_fit, "coverage": hit.coverage,
                    }),
                )?;
            } else {
                writeln!(out, "{:7.2}  {}#{}  {}", hit.score, document.id, section.id, section.heading)?;
            }
        }
        Ok(End::Done)
    }

    /// The best passage of each document.
    fn documents<'a>(&self, answerer: &'a Answerer, query: &str) -> Vec<(&'a str, &'a str, f32)> {
        let mut best: Vec<(&str, &str, f32)> = Vec::new();
        for hit in answerer.search(query, self.top.saturating_mul(5).max(DEPTH)) {
            let (document, section) = answerer.corpus().passage(hit.passage);
            if best.len() < self.top && !best.iter().any(|(id, _, _)| *id == document.id) {
                best.push((&document.id, &section.id, hit.score));
            }
        }
        best
    }
}
