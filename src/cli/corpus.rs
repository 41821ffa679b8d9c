//! `sacrum corpus`: look after the corpus.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Subcommand;

use super::{Common, End, Failure};
use crate::corpus::Corpus;
use crate::generation::Generation;
use crate::picture::{Drawing, Painter, sheet};
use crate::triage::{Triage, TriageError};

#[derive(Debug, Subcommand)]
pub(super) enum CorpusCommand {
    /// Read the whole folder and print every fault, with its place and what to do
    Check,
    /// Paint every muscle and every group of muscles on one sheet
    Figures {
        /// Where to, as PNG
        #[arg(long, value_name = "FILE")]
        sheet: PathBuf,
    },
}

impl CorpusCommand {
    pub(super) fn run(&self, common: &Common, out: &mut impl Write) -> Result<End, Failure> {
        match self {
            Self::Check => check(common, out),
            Self::Figures { sheet } => figures(common, sheet, out),
        }
    }
}

fn check(common: &Common, out: &mut impl Write) -> Result<End, Failure> {
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
        super::ask::write_json(out, &serde_json::json!({"faults": faults}))?;
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

fn figures(common: &Common, file: &Path, out: &mut impl Write) -> Result<End, Failure> {
    let corpus = Corpus::open(&common.folder())?;
    let muscles = corpus.muscles.list.iter().filter_map(|muscle| Drawing::of_muscle(&corpus, muscle, None));
    let groups = corpus.muscles.groups.iter().filter_map(|group| Drawing::of_group(&corpus, group));
    let drawings: Vec<Drawing> = muscles.chain(groups).collect();
    super::muscle::write_file(file, &sheet(&Painter::default(), &drawings)?)?;
    writeln!(out, "{}: {} pictures", file.display(), drawings.len())?;
    Ok(End::Done)
}
