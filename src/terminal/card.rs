//! What is said of a muscle, as a person reads it in a terminal.

use std::io::{self, Write};

use super::text::{BOLD, FAINT, Look, harmless, named};
use crate::corpus::{Corpus, Group, Muscle, Thing};
use crate::muscle::{SOURCES_OF_A_LIST, parts};

/// Titles of a card's parts stand in a column of this width.
const TITLE: usize = 15;

/// Writes a muscle's card.
///
/// # Errors
/// Where it cannot be written.
pub fn card(out: &mut impl Write, look: Look, corpus: &Corpus, muscle: &Muscle) -> io::Result<()> {
    writeln!(out, "{} · {}", look.styled(BOLD, &muscle.name), harmless(&muscle.latin))?;
    writeln!(out, "{}\n", look.wrapped(&muscle.what, ""))?;
    for (title, text) in parts(muscle) {
        let start = look.styled(BOLD, &format!("{title:TITLE$}"));
        let text = look.hanging(text, TITLE);
        writeln!(out, "{start}{text}")?;
    }
    card_note(out, look, corpus)?;
    writeln!(out)?;
    if let Some(article) = &muscle.article {
        writeln!(out, "{}\n", look.wrapped(article, ""))?;
    }
    if let Some(correction) = &muscle.correction {
        writeln!(out, "{}", look.styled(BOLD, "Better sources:"))?;
        writeln!(out, "{}\n", look.wrapped(correction, ""))?;
    }
    sources(out, look, corpus, &muscle.citations)?;
    related(out, look, corpus, "See also", &muscle.related)?;
    disclaimer(out, look, corpus)
}

/// How to read a card.
fn card_note(out: &mut impl Write, look: Look, corpus: &Corpus) -> io::Result<()> {
    let note = &corpus.muscles.card_note;
    if note.is_empty() { Ok(()) } else { writeln!(out, "{}", look.styled(FAINT, &look.wrapped(note, ""))) }
}

fn sources(out: &mut impl Write, look: Look, corpus: &Corpus, ids: &[String]) -> io::Result<()> {
    for (number, source) in (1..).zip(ids.iter().filter_map(|id| corpus.source(id))) {
        let line = format!("[{number}] summarised from {}", named(source));
        writeln!(out, "{}", look.styled(FAINT, &look.wrapped(&line, "    ")))?;
        writeln!(out, "    {}", look.styled(FAINT, &look.link(&source.url)))?;
    }
    writeln!(out)
}

/// Writes what a word for several muscles may mean.
///
/// # Errors
/// Where it cannot be written.
pub fn group(out: &mut impl Write, look: Look, corpus: &Corpus, group: &Group) -> io::Result<()> {
    writeln!(out, "{}: this means several muscles.", look.styled(BOLD, &group.name))?;
    writeln!(out, "{}\n", look.wrapped(&group.note, ""))?;
    list(out, look, corpus.muscles.of(&group.muscles))?;
    writeln!(out)?;
    sources(out, look, corpus, &corpus.muscles.cited_with(&group.citations, &group.muscles))?;
    disclaimer(out, look, corpus)
}

/// Writes what something is that is no muscle here.
///
/// # Errors
/// Where it cannot be written.
pub fn thing(out: &mut impl Write, look: Look, corpus: &Corpus, thing: &Thing) -> io::Result<()> {
    writeln!(out, "{}", look.styled(BOLD, &thing.name))?;
    writeln!(out, "{}\n", look.wrapped(&thing.what, ""))?;
    if !thing.citations.is_empty() {
        sources(out, look, corpus, &thing.citations)?;
    }
    related(out, look, corpus, "Muscles nearby", &thing.muscles)?;
    disclaimer(out, look, corpus)
}

/// Writes that a name is not known, with those that come nearest.
///
/// # Errors
/// Where it cannot be written.
pub fn nothing(out: &mut impl Write, look: Look, query: &str, nearest: &[&Muscle]) -> io::Result<()> {
    writeln!(out, "{}", look.wrapped(&format!("I know no muscle called \"{query}\"."), ""))?;
    if nearest.is_empty() {
        return writeln!(out, "`sacrum muscle` lists those that I know.");
    }
    writeln!(out, "The nearest names:\n")?;
    list(out, look, nearest.iter().copied())
}

/// Writes muscles under the parts of the list that they stand in, and the disclaimer.
///
/// # Errors
/// Where it cannot be written.
pub fn sections(out: &mut impl Write, look: Look, corpus: &Corpus, muscles: &[&Muscle]) -> io::Result<()> {
    for section in muscles.chunk_by(|one, next| one.group == next.group) {
        writeln!(out, "{}", look.styled(FAINT, &format!("-- {} --", section[0].group)))?;
        list(out, look, section.iter().copied())?;
        writeln!(out)?;
    }
    writeln!(out, "{}", look.styled(FAINT, SOURCES_OF_A_LIST))?;
    disclaimer(out, look, corpus)
}

/// Writes what lies at a place and then what is only said to be felt there, and the disclaimer.
///
/// # Errors
/// Where it cannot be written.
pub fn place(out: &mut impl Write, look: Look, corpus: &Corpus, lies: &[&Muscle], felt: &[&Muscle]) -> io::Result<()> {
    for (title, muscles) in [("lies there", lies), ("said to be felt there, and lies elsewhere", felt)] {
        if !muscles.is_empty() {
            writeln!(out, "{}", look.styled(FAINT, &format!("-- {title} --")))?;
            list(out, look, muscles.iter().copied())?;
            writeln!(out)?;
        }
    }
    writeln!(out, "{}", look.styled(FAINT, SOURCES_OF_A_LIST))?;
    disclaimer(out, look, corpus)
}

/// Writes muscles, each with what it is.
///
/// # Errors
/// Where it cannot be written.
pub fn list<'a>(out: &mut impl Write, look: Look, muscles: impl Iterator<Item = &'a Muscle>) -> io::Result<()> {
    for muscle in muscles {
        writeln!(out, "{}", look.styled(BOLD, &muscle.name))?;
        writeln!(out, "{}", look.wrapped(&muscle.what, "    "))?;
    }
    Ok(())
}

/// Writes something to bear in mind before what follows.
///
/// # Errors
/// Where it cannot be written.
pub fn note(out: &mut impl Write, look: Look, note: &str) -> io::Result<()> {
    writeln!(out, "{}\n", look.wrapped(note, ""))
}

/// Writes muscles side by side, part by part.
///
/// # Errors
/// Where it cannot be written.
pub fn compared(out: &mut impl Write, look: Look, corpus: &Corpus, muscles: &[&Muscle]) -> io::Result<()> {
    let all = muscles.iter().map(|muscle| parts(muscle)).collect::<Vec<_>>();
    let mut write = |title: &str, texts: &mut dyn Iterator<Item = &str>| -> io::Result<()> {
        writeln!(out, "{}", look.styled(BOLD, title))?;
        for (muscle, text) in muscles.iter().zip(texts) {
            writeln!(out, "{}", look.wrapped(&format!("{}: {text}", muscle.name), "  "))?;
        }
        Ok(())
    };
    write("What it is", &mut muscles.iter().map(|muscle| muscle.what.as_str()))?;
    for (at, (title, _)) in all.first().into_iter().flatten().enumerate() {
        write(title, &mut all.iter().map(|parts| parts[at].1))?;
    }
    card_note(out, look, corpus)?;
    // A disputed claim never stands without its correction.
    for muscle in muscles.iter().filter(|muscle| muscle.article.is_some()) {
        let said = [("The article", &muscle.article), ("Better sources", &muscle.correction)];
        for (title, text) in said.into_iter().filter_map(|(title, text)| Some((title, text.as_ref()?))) {
            writeln!(out, "{}", look.styled(BOLD, title))?;
            writeln!(out, "{}", look.wrapped(&format!("{}: {text}", muscle.name), "  "))?;
        }
    }
    writeln!(out)?;
    for muscle in muscles {
        writeln!(out, "{}:", look.styled(FAINT, &muscle.name))?;
        sources(out, look, corpus, &muscle.citations)?;
    }
    disclaimer(out, look, corpus)
}

fn related(out: &mut impl Write, look: Look, corpus: &Corpus, title: &str, ids: &[String]) -> io::Result<()> {
    let names = corpus.muscles.of(ids).map(|muscle| muscle.name.as_str()).collect::<Vec<_>>().join(", ");
    if names.is_empty() { Ok(()) } else { writeln!(out, "{}\n", look.wrapped(&format!("{title}: {names}"), "")) }
}

fn disclaimer(out: &mut impl Write, look: Look, corpus: &Corpus) -> io::Result<()> {
    writeln!(out, "{}", look.styled(FAINT, &look.wrapped(&corpus.settings.disclaimer, "")))
}
