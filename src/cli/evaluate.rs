//! `sacrum evaluate`: how good the answers are on a file of questions.

use std::io::Write;
use std::path::Path;

use super::{Common, End, Failure, read};
use crate::answer::{Expected, evaluate};
use crate::corpus::json_lines;

pub(super) fn run(common: &Common, file: &Path, out: &mut impl Write) -> Result<End, Failure> {
    let at = |line: usize, message: String| Failure::Line { path: file.display().to_string(), line, message };
    let text = read(file)?;
    let mut questions: Vec<Expected> = Vec::new();
    for (number, line) in json_lines(&text) {
        questions.push(line.map_err(|error| at(number, error.to_string()))?);
    }
    let figures = evaluate(&common.answerer()?, &questions).map_err(|error| at(0, error.to_string()))?;
    if common.json {
        super::ask::write_json(out, &figures)?;
        return Ok(End::Done);
    }
    let share = |part: usize, whole: usize| format!("{part} of {whole} ({:.1} %)", 100.0 * ratio(part, whole));
    writeln!(out, "right at 1             {}", share(figures.right_at_1, figures.answerable))?;
    writeln!(out, "right in 3             {}", share(figures.right_in_3, figures.answerable))?;
    writeln!(out, "mean reciprocal rank   {:.3}", figures.mean_reciprocal_rank)?;
    writeln!(out, "wrong                  {}", share(figures.wrong, figures.answerable))?;
    writeln!(out, "said not covered       {}", share(figures.missed, figures.answerable))?;
    writeln!(out, "answered all the same  {}", share(figures.answered_all_the_same, figures.unanswerable))?;
    writeln!(out, "missed signs           {}", share(figures.missed_signs, figures.signs))?;
    writeln!(out, "another level          {}", share(figures.other_level, figures.signs))?;
    writeln!(out, "false alarms           {}", share(figures.false_alarms, figures.look_alikes))?;
    writeln!(out, "calibration, of the answers with confidence from .. to ..:")?;
    for (bin, (answered, right)) in figures.calibration.iter().enumerate().filter(|(_, (answered, _))| *answered > 0) {
        let [from, to] = [bin, bin + 1].map(|tenths| format!("{}.{}", tenths / 10, tenths % 10));
        writeln!(out, "  {from} to {to}  {} right", share(*right, *answered))?;
    }
    for failure in &figures.failures {
        writeln!(out, "{failure}")?;
    }
    Ok(End::Done)
}

#[allow(clippy::cast_precision_loss)]
fn ratio(part: usize, whole: usize) -> f64 {
    part as f64 / whole.max(1) as f64
}
