//! `sacrum corpus check` and `figures`.

use std::io::Write;
use std::path::Path;

use serde_json::json;

use crate::answer::Answerer;
use crate::cli::{Common, End, Failure, ask::write_json, muscle, waiting};
use crate::corpus::{Corpus, Problem, counted};
use crate::generation::Generation;
use crate::picture::{Drawing, Painter, sheet};
use crate::triage::{Triage, TriageError};

/// With fewer questions a section, much of what is asked in other words is not answered.
const FEW_QUESTIONS: usize = 20;
/// With fewer lines in not_covered.txt, no limits are learnt from them.
const FEW_NOT_COVERED: usize = 100;

pub(super) fn check(common: &Common, list: bool, out: &mut impl Write) -> Result<End, Failure> {
    let (corpus, faults) = waiting("Checking the corpus; a large one takes a while", || read(common))?;
    let sections = || {
        corpus.passages().map(|(_, document, section)| {
            (format!("{}#{}", document.id, section.id), corpus.questions_of(document, section).count())
        })
    };
    if common.json {
        let mut found = json!({"faults": faults});
        if list {
            found["sections"] = sections().map(|(id, questions)| json!({"id": id, "questions": questions})).collect();
        }
        write_json(out, &found)?;
    } else {
        if list {
            for (id, questions) in sections() {
                writeln!(out, "{id}  {}", counted(questions, "question"))?;
            }
        }
        for fault in &faults {
            writeln!(out, "{fault}")?;
        }
        summary(&corpus, faults.len(), out)?;
    }
    Ok(if faults.is_empty() { End::Done } else { End::Faulty })
}

/// What there is, and what it is short of.
fn summary(corpus: &Corpus, faults: usize, out: &mut impl Write) -> Result<(), Failure> {
    let (sections, questions) = (corpus.passages().count(), corpus.questions().count());
    let counts = [
        counted(corpus.documents.len(), "document"),
        counted(sections, "section"),
        format!("{} that they answer", counted(questions, "question")),
        format!("{} that none does", corpus.not_covered.len()),
        counted(corpus.sources().len(), "source"),
    ];
    writeln!(out, "{}: {}", counts.join(", "), counted(faults, "fault"))?;
    let mut few = Vec::new();
    if questions < sections * FEW_QUESTIONS {
        few.push(format!("{} a section", counted(questions.checked_div(sections).unwrap_or_default(), "question")));
    }
    if corpus.not_covered.len() < FEW_NOT_COVERED {
        few.push(format!("{} in not_covered.txt", corpus.not_covered.len()));
    }
    if !few.is_empty() {
        writeln!(
            out,
            "Few examples: {}. Much of what is asked in other words will not be answered; see \"How well it answers\" in \
             docs/CORPUS.md.",
            few.join(", ")
        )?;
    }
    Ok(())
}

/// The corpus, and every fault of it in words.
fn read(common: &Common) -> Result<(Corpus, Vec<String>), Failure> {
    let folder = common.folder();
    let (corpus, mut problems) = Corpus::read(&folder)?;
    let told = problems.len();
    // What a fault hides may be answered, and so may what only originals tell.
    let is_whole = problems.iter().all(|problem| !problem.grave) && corpus.sources().all(|source| !source.refresh);
    let failing = if is_whole && !corpus.settings.canaries.is_empty() {
        Answerer::new(&corpus).map(|answerer| {
            problems.extend(answerer.silent_canaries(&corpus).map(|canary| {
                let message = format!(
                    "the canary \"{canary}\" is not answered, and no change will be served; name a question that is"
                );
                Problem::about("corpus.toml", canary.to_owned(), message)
            }));
            answerer.failing_examples(&corpus)
        })
    } else {
        let generation = Generation::in_memory();
        let triage = Triage::build(&corpus, &generation).and_then(|()| Ok(Triage::open(&generation)?));
        triage.map(|triage| triage.failing_examples(&corpus))
    };
    let of_rules = match failing {
        Ok(failing) => failing,
        Err(TriageError::Rules(faults)) => faults,
        Err(other) => return Err(other.into()),
    };
    problems.extend(of_rules.into_iter().map(|fault| Problem::about("red_flags.toml", fault.about, fault.message)));
    folder.locate(&mut problems[told..])?;
    problems.sort_by(|a, b| (&a.file, a.line).cmp(&(&b.file, b.line)));
    Ok((corpus, problems.iter().map(ToString::to_string).collect()))
}

pub(super) fn figures(common: &Common, file: &Path, out: &mut impl Write) -> Result<End, Failure> {
    let corpus = Corpus::open(&common.folder())?;
    let muscles = corpus.muscles.list.iter().filter_map(|muscle| Drawing::of_muscle(&corpus, muscle, None));
    let groups = corpus.muscles.groups.iter().flat_map(|group| Drawing::of_group(&corpus, group));
    let drawings: Vec<Drawing> = muscles.chain(groups).collect();
    muscle::write_file(file, &sheet(&Painter::default(), &drawings)?)?;
    if common.json {
        write_json(out, &json!({"file": file, "pictures": drawings.len()}))?;
    } else {
        writeln!(out, "{}: {}", file.display(), counted(drawings.len(), "picture"))?;
    }
    Ok(End::Done)
}
