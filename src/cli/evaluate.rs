//! `sacrum evaluate`: how good the answers are on a file of questions.

use std::io::{self, Write};
use std::path::Path;

use super::{Common, End, Failure, read_bytes, waiting};
use crate::answer::{Expected, evaluate};
use crate::corpus::{Corpus, json_lines};

pub(super) fn run(common: &Common, file: &Path, out: &mut impl Write) -> Result<End, Failure> {
    let at = |line: usize, message: String| Failure::Line { path: file.display().to_string(), line, message };
    let (mut questions, mut faults) = (Vec::new(), Vec::new());
    for (number, line) in json_lines::<Expected>(&read_bytes(file)?) {
        match line {
            Ok(expected) => questions.push((number, expected)),
            Err(error) => faults.push(at(number, format!("{error}; see docs/EVALUATING.md"))),
        }
    }
    match faults.len() {
        0 if questions.is_empty() => return Err(Failure::NoQuestions(file.display().to_string())),
        0 => {}
        1 => return Err(faults.remove(0)),
        _ => return Err(Failure::Check(faults)),
    }
    let answerer = common.answerer()?;
    for (number, expected) in &questions {
        for place in expected.expect.sections.iter().filter(|place| answerer.corpus().find(place).is_none()) {
            writeln!(io::stderr(), "{}:{number}: {}", file.display(), no_section(answerer.corpus(), place))?;
        }
    }
    let questions: Vec<Expected> = questions.into_iter().map(|(_, expected)| expected).collect();
    let figures = waiting("Asking all of them", || evaluate(&answerer, &questions));
    if common.json {
        super::ask::write_json(out, &figures)?;
        return Ok(End::Done);
    }
    let share = |part: usize, whole: usize| format!("{part} of {whole} ({:.1} %)", 100.0 * ratio(part, whole));
    let rows = [
        ("right at 1", figures.right_at_1, figures.answerable),
        ("right in 3", figures.right_in_3, figures.answerable),
        ("wrong", figures.wrong, figures.answerable),
        ("said not covered", figures.missed, figures.answerable),
        ("answered all the same", figures.answered_all_the_same, figures.unanswerable),
        ("missed signs", figures.missed_signs, figures.signs),
        ("another level", figures.other_level, figures.signs),
        ("false alarms", figures.false_alarms, figures.look_alikes),
    ];
    for (name, part, whole) in rows.into_iter().filter(|(_, _, whole)| *whole > 0) {
        writeln!(out, "{name:<22} {}", share(part, whole))?;
    }
    if figures.answerable > 0 {
        writeln!(out, "{:<22} {:.3}", "mean reciprocal rank", figures.mean_reciprocal_rank)?;
        writeln!(out, "calibration, of the answers with confidence from .. to ..:")?;
    }
    for (bin, (answered, right)) in figures.calibration.iter().enumerate().filter(|(_, (answered, _))| *answered > 0) {
        let [from, to] = [bin, bin + 1].map(|tenths| format!("{}.{}", tenths / 10, tenths % 10));
        writeln!(out, "  {from} to {to}  {} right", share(*right, *answered))?;
    }
    for failure in &figures.failures {
        writeln!(out, "{failure}")?;
    }
    Ok(End::Done)
}

/// Says that a question expects a section that the corpus does not have, and which one may be meant.
fn no_section(corpus: &Corpus, place: &str) -> String {
    let all = corpus.passages().map(|(_, document, section)| format!("{}#{}", document.id, section.id));
    let nearest = all.min_by_key(|known| rapidfuzz::distance::osa::distance(known.chars(), place.chars()));
    let meant = nearest.map(|known| format!("; did you mean \"{known}\"?")).unwrap_or_default();
    format!("there is no section \"{place}\", and it counts as wrong{meant}")
}

#[allow(clippy::cast_precision_loss)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
