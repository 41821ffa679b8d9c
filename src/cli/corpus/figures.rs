//! `sacrum corpus figures`.

use std::io::Write;
use std::path::Path;

use crate::cli::{Common, End, Failure, muscle::write_file};
use crate::corpus::Corpus;
use crate::picture::{Drawing, Painter, sheet};

pub(super) fn figures(common: &Common, file: &Path, out: &mut impl Write) -> Result<End, Failure> {
    let corpus = Corpus::open(&common.folder())?;
    let muscles = corpus.muscles.list.iter().filter_map(|muscle| Drawing::of_muscle(&corpus, muscle, None));
    let groups = corpus.muscles.groups.iter().filter_map(|group| Drawing::of_group(&corpus, group));
    let drawings: Vec<Drawing> = muscles.chain(groups).collect();
    write_file(file, &sheet(&Painter::default(), &drawings)?)?;
    writeln!(out, "{}: {} pictures", file.display(), drawings.len())?;
    Ok(End::Done)
}
