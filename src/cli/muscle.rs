//! `sacrum muscle`: a card, a picture, a list, two side by side.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;

use super::ask::write_json;
use super::{Common, End, Failure};
use crate::corpus::{Corpus, Muscle};
use crate::muscle::{Filter, Finder, Found, list};
use crate::picture::{Drawing, Painter};
use crate::terminal::card_json::{CardJson, FoundJson, ItemJson};
use crate::terminal::{card, inline::Graphics, text::Look};

/// What stands between two names that are compared.
const VERSUS: &[&str] = &["vs", "vs.", "versus"];

#[derive(Debug, Args)]
#[command(after_help = super::examples::MUSCLE)]
pub(super) struct MuscleArgs {
    /// Its name, in any words; all of them are listed if left out
    name: Vec<String>,
    /// Put another muscle beside it
    #[arg(long, value_name = "NAME", requires = "name")]
    compare: Option<String>,
    /// Write its picture, as .png or .svg
    #[arg(long, value_name = "FILE", requires = "name")]
    picture: Option<PathBuf>,
    /// The picture from this side, where there are several: back, front, side ...
    #[arg(long, value_name = "VIEW")]
    view: Option<String>,
    /// List what lies at a place: "buttock", "low back"
    #[arg(long = "where", visible_alias = "at", value_name = "PLACE", conflicts_with = "name")]
    at: Option<String>,
    /// List what is said to be felt at a place
    #[arg(long, value_name = "PLACE", conflicts_with = "name")]
    felt: Option<String>,
    /// List what a nerve supplies: "sciatic"
    #[arg(long, value_name = "NERVE", conflicts_with = "name")]
    nerve: Option<String>,
    /// List what attaches to a bone: "sacrum"
    #[arg(long, value_name = "BONE", conflicts_with = "name")]
    attaches: Option<String>,
}

impl MuscleArgs {
    pub(super) fn run(&self, common: &Common, out: &mut impl Write) -> Result<End, Failure> {
        let (corpus, finder) = common.muscles()?;
        if self.name.is_empty() {
            return self.list(&corpus, common.json, out);
        }
        let query = self.name.join(" ");
        if let Some(muscles) = self.pair(&corpus, &finder) {
            return self.compare(&corpus, muscles, common.json, out);
        }
        let found = finder.find(&corpus, &query);
        if let Some(other) = &self.compare {
            return self.compare(
                &corpus,
                [one(found, &query)?, one(finder.find(&corpus, other), other)?],
                common.json,
                out,
            );
        }
        let drawings = match &found {
            Found::Muscle(muscle) => Drawing::of_muscle(&corpus, muscle, self.view.as_deref()).into_iter().collect(),
            Found::Group(group) => Drawing::of_group(&corpus, group),
            Found::Thing(_) | Found::Nothing(_) => Vec::new(),
        };
        if let Some(file) = self.picture.as_ref().filter(|_| !drawings.is_empty()) {
            write_pictures(&drawings, file)?;
        }
        if common.json {
            write_json(out, &FoundJson::new(&query, &found, &corpus))?;
            return self.pictured(&query, &found, &drawings);
        }
        self.show(out, &drawings)?;
        let look = Look::of_stdout();
        match &found {
            Found::Muscle(muscle) => card::card(out, look, &corpus, muscle)?,
            Found::Group(group) => card::group(out, look, &corpus, group)?,
            Found::Thing(thing) => card::thing(out, look, &corpus, thing)?,
            Found::Nothing(nearest) => card::nothing(out, look, &query, nearest)?,
        }
        self.pictured(&query, &found, &drawings)
    }

    /// Fails where a picture was asked for and there is none; what was found has been shown by then.
    fn pictured(&self, query: &str, found: &Found<'_>, drawings: &[Drawing]) -> Result<End, Failure> {
        match (found, &self.view) {
            _ if !drawings.is_empty() => Ok(End::Done),
            (Found::Muscle(muscle), Some(view)) if !muscle.views.is_empty() => {
                Err(Failure::NoView { name: muscle.name.clone(), view: view.clone(), known: muscle.views.join(", ") })
            }
            _ if self.picture.is_some() => Err(Failure::NoPicture(query.to_owned())),
            _ => Ok(End::Done),
        }
    }

    /// Two muscles that were typed as such: "compare A B", "A vs B".
    fn pair<'a>(&self, corpus: &'a Corpus, finder: &Finder) -> Option<[&'a Muscle; 2]> {
        let words: Vec<&str> = self.name.iter().flat_map(|part| part.split_whitespace()).collect();
        let muscle = |words: &[&str]| match finder.find(corpus, &words.join(" ")) {
            Found::Muscle(muscle) => Some(muscle),
            _ => None,
        };
        let both = |(one, other): (&[&str], &[&str])| Some([muscle(one)?, muscle(other)?]);
        let is_versus = |word: &&str| VERSUS.contains(&word.to_lowercase().as_str());
        match words.as_slice() {
            [first, names @ ..] if first.eq_ignore_ascii_case("compare") => match names.iter().position(is_versus) {
                Some(at) => both((&names[..at], &names[at + 1..])),
                None => (1..names.len()).find_map(|at| both(names.split_at(at))),
            },
            names => names.iter().position(is_versus).and_then(|at| both((&names[..at], &names[at + 1..]))),
        }
    }

    fn list(&self, corpus: &Corpus, json: bool, out: &mut impl Write) -> Result<End, Failure> {
        let words = Filter {
            at: self.at.as_deref(),
            felt: self.felt.as_deref(),
            nerve: self.nerve.as_deref(),
            bone: self.attaches.as_deref(),
            view: self.view.as_deref(),
        };
        let filter = words.ids(corpus)?;
        let muscles = list(corpus, &filter);
        if json {
            write_json(out, &muscles.iter().map(|muscle| ItemJson::new(muscle)).collect::<Vec<_>>())?;
            return Ok(End::Done);
        }
        let look = Look::of_stdout();
        if (filter.at.is_some() || filter.felt.is_some()) && !corpus.muscles.where_note.is_empty() {
            card::note(out, look, &corpus.muscles.where_note)?;
        }
        match filter {
            Filter { at: Some(place), felt: None, nerve: None, bone: None, view: None } => {
                let mut felt = list(corpus, &Filter { felt: Some(place), ..Filter::default() });
                felt.retain(|muscle| !muscles.iter().any(|of| of.id == muscle.id));
                card::place(out, look, corpus, &muscles, &felt)?;
            }
            _ => card::sections(out, look, corpus, &muscles)?,
        }
        Ok(End::Done)
    }

    fn compare(
        &self,
        corpus: &Corpus,
        muscles: [&Muscle; 2],
        json: bool,
        out: &mut impl Write,
    ) -> Result<End, Failure> {
        let drawings = Drawing::of_compared(corpus, &muscles);
        if let Some(file) = &self.picture {
            write_pictures(&drawings, file)?;
        }
        if json {
            write_json(out, &muscles.map(CardJson::new))?;
        } else {
            self.show(out, &drawings)?;
            card::compared(out, Look::of_stdout(), corpus, &muscles)?;
        }
        Ok(End::Done)
    }

    /// Shows pictures in a terminal that can, where they are not written to a file.
    fn show(&self, out: &mut impl Write, drawings: &[Drawing]) -> Result<(), Failure> {
        if let (None, Some(graphics)) = (&self.picture, Graphics::of_stdout()) {
            let painter = Painter::default();
            for drawing in drawings {
                graphics.show(out, &painter.png(drawing)?)?;
            }
        }
        Ok(())
    }
}

/// The one muscle that a name means; comparing needs to be sure.
fn one<'a>(found: Found<'a>, query: &str) -> Result<&'a Muscle, Failure> {
    match found {
        Found::Muscle(muscle) => Ok(muscle),
        _ => Err(Failure::NotOneMuscle(query.to_owned())),
    }
}

/// Writes pictures; where there are several, their names are numbered.
fn write_pictures(drawings: &[Drawing], file: &Path) -> Result<(), Failure> {
    if let [only] = drawings {
        return write_picture(only, file);
    }
    let part = |of: Option<&std::ffi::OsStr>| of.unwrap_or_default().to_string_lossy().into_owned();
    let (stem, ending) = (part(file.file_stem()), part(file.extension()));
    for (number, drawing) in (1..).zip(drawings) {
        write_picture(drawing, &file.with_file_name(format!("{stem}-{number}.{ending}")))?;
    }
    Ok(())
}

/// Writes a picture; its ending says how.
fn write_picture(drawing: &Drawing, file: &Path) -> Result<(), Failure> {
    let bytes = match file.extension().and_then(|ending| ending.to_str()) {
        Some("png") => Painter::default().png(drawing)?.to_vec(),
        Some("svg") => drawing.svg.clone().into_bytes(),
        _ => return Err(Failure::PictureEnding(file.display().to_string())),
    };
    write_file(file, &bytes)?;
    writeln!(std::io::stderr(), "{}: {}", file.display(), drawing.alt)?;
    Ok(())
}

pub(super) fn write_file(file: &Path, bytes: &[u8]) -> Result<(), Failure> {
    std::fs::write(file, bytes).map_err(|source| Failure::Written { path: file.display().to_string(), source })
}
