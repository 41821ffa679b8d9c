//! `sacrum corpus check`.

use std::io::Write;

use crate::cli::{Common, End, Failure, ask::write_json};
use crate::corpus::Corpus;
use crate::generation::Generation;
use crate::triage::{Triage, TriageError};

pub(super) fn check(common: &Common, out: &mut impl Write) -> Result<End, Failure> {
    let (corpus, problems) = Corpus::read(&common.folder())?;
    let mut faults: Vec<String> = problems.iter().map(ToString::to_string).collect();
    let generation = Generation::in_memory();
    let examples = match Triage::build(&corpus, &generation).and_then(|()| Triage::open(&generation)) {
        Ok(triage) => triage.failing_examples(&corpus),
        Err(TriageError::Rules(faults)) => faults,
        Err(other) => return Err(other.into()),
    };
    faults.extend(examples.into_iter().map(|example| format!("red_flags.toml: {example}")));
    if common.json {
        write_json(out, &serde_json::json!({"faults": faults}))?;
    } else {
        for fault in &faults {
            writeln!(out, "{fault}")?;
        }
        let passages = corpus.passages().count();
        let (documents, sources) = (corpus.documents.len(), corpus.sources().len());
        writeln!(out, "{documents} documents, {passages} passages, {sources} sources: {} faults", faults.len())?;
    }
    Ok(if faults.is_empty() { End::Done } else { End::Faulty })
}
