//! `sacrum corpus check` and `figures`.

use std::io::Write;
use std::path::Path;

use crate::cli::{Common, End, Failure, ask::write_json, muscle, waiting};
use crate::corpus::{Corpus, Problem};
use crate::generation::Generation;
use crate::picture::{Drawing, Painter, sheet};
use crate::triage::{Triage, TriageError};

pub(super) fn check(common: &Common, out: &mut impl Write) -> Result<End, Failure> {
    let (corpus, faults) = waiting("Checking the corpus; a large one takes a while", || read(common))?;
    if common.json {
        write_json(out, &serde_json::json!({"faults": faults}))?;
    } else {
        for fault in &faults {
            writeln!(out, "{fault}")?;
        }
        let counts = [
            (corpus.documents.len(), "documents"),
            (corpus.passages().count(), "sections"),
            (corpus.questions().count(), "questions that they answer"),
            (corpus.not_covered.len(), "that none does"),
            (corpus.sources().len(), "sources"),
        ];
        let counts: Vec<String> = counts.iter().map(|(count, what)| format!("{count} {what}")).collect();
        writeln!(out, "{}: {} faults", counts.join(", "), faults.len())?;
        if corpus.questions().next().is_none() || corpus.not_covered.is_empty() {
            writeln!(out, "Few answers? See \"How well it answers\" in docs/CORPUS.md.")?;
        }
    }
    Ok(if faults.is_empty() { End::Done } else { End::Faulty })
}

/// The corpus, and every fault of it in words.
fn read(common: &Common) -> Result<(Corpus, Vec<String>), Failure> {
    let folder = common.folder();
    let (corpus, mut problems) = Corpus::read(&folder)?;
    let generation = Generation::in_memory();
    let of_rules = match Triage::build(&corpus, &generation).and_then(|()| Triage::open(&generation)) {
        Ok(triage) => triage.failing_examples(&corpus),
        Err(TriageError::Rules(faults)) => faults,
        Err(other) => return Err(other.into()),
    };
    let told = problems.len();
    problems.extend(of_rules.into_iter().map(|fault| Problem::about("red_flags.toml", fault.about, fault.message)));
    folder.locate(&mut problems[told..])?;
    Ok((corpus, problems.iter().map(ToString::to_string).collect()))
}

pub(super) fn figures(common: &Common, file: &Path, out: &mut impl Write) -> Result<End, Failure> {
    let corpus = Corpus::open(&common.folder())?;
    let muscles = corpus.muscles.list.iter().filter_map(|muscle| Drawing::of_muscle(&corpus, muscle, None));
    let groups = corpus.muscles.groups.iter().flat_map(|group| Drawing::of_group(&corpus, group));
    let drawings: Vec<Drawing> = muscles.chain(groups).collect();
    muscle::write_file(file, &sheet(&Painter::default(), &drawings)?)?;
    writeln!(out, "{}: {} pictures", file.display(), drawings.len())?;
    Ok(End::Done)
}
