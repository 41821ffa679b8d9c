//! `sacrum corpus status`, `history`, `gaps`, `feedback` and `log`.

use std::io::Write;

use serde_json::json;

use super::{Keeper, hint};
use crate::cli::{End, Failure, ask::write_json};
use crate::refresh::{Generation, clock};
use crate::store::PageState;

pub(super) fn status(keeper: &Keeper, out: &mut impl Write) -> Result<End, Failure> {
    let mut status = keeper.runtime.block_on(keeper.refresher.status())?;
    status.sources.iter_mut().for_each(|source| hint::tell(&mut source.reason, &mut source.hint));
    if keeper.json {
        write_json(out, &status)?;
        return Ok(End::Done);
    }
    match &status.generation {
        Some(generation) => writeln!(out, "{}", line(generation))?,
        None => writeln!(out, "the corpus folder alone answers; no original was downloaded yet")?,
    }
    writeln!(out, "last refresh: {}\n", status.refreshed_at.as_deref().unwrap_or("never"))?;
    for source in &status.sources {
        let added = if source.added { ", added" } else { "" };
        write!(out, "{:<8} {}{added}", source.state_name(), source.source)?;
        if let Some(since) = source.troubled_since() {
            write!(out, ", since {since}")?;
        }
        match &source.copied_at {
            Some(copied) => write!(out, ", quoted from the copy of {}", copied.get(..10).unwrap_or(copied))?,
            None if source.state == Some(PageState::Good) => write!(out, ", not quoted")?,
            None => {}
        }
        writeln!(out)?;
        if let Some(reason) = &source.reason {
            writeln!(out, "         {reason}")?;
        }
    }
    Ok(End::Done)
}

pub(super) fn history(keeper: &Keeper, out: &mut impl Write) -> Result<End, Failure> {
    let generations = keeper.runtime.block_on(keeper.refresher.history())?;
    say_if(keeper, generations.is_empty(), "no generation is kept: nothing was downloaded, added or written yet", out)?;
    for generation in generations {
        if keeper.json {
            write_json(out, &generation)?;
        } else {
            writeln!(out, "{}", line(&generation))?;
        }
    }
    Ok(End::Done)
}

/// Says why a list has no lines, where it has none; as JSON Lines it has none either way.
fn say_if(keeper: &Keeper, is_empty: bool, why: &str, out: &mut impl Write) -> Result<(), Failure> {
    if is_empty && !keeper.json {
        writeln!(out, "{why}")?;
    }
    Ok(())
}

/// A generation in a line; a star marks the one that answers.
fn line(generation: &Generation) -> String {
    let Generation { number, cause, made_at, documents, passages, originals, current } = generation;
    let star = if *current { "*" } else { " " };
    format!(
        "{star} generation {number}, {made_at}, by {cause}: {documents} documents ({originals} originals), {passages} passages"
    )
}

pub(super) fn gaps(keeper: &Keeper, top: usize, out: &mut impl Write) -> Result<End, Failure> {
    let gaps = keeper.runtime.block_on(keeper.refresher.gaps(top))?;
    say_if(keeper, gaps.is_empty(), "nobody asked anything in vain", out)?;
    for gap in gaps {
        if keeper.json {
            write_json(out, &gap)?;
            continue;
        }
        writeln!(out, "{:>5} x  {}  ({} to {})", gap.asked, gap.question, gap.first_at, gap.last_at)?;
        for wording in &gap.also {
            writeln!(out, "         {wording}")?;
        }
    }
    Ok(End::Done)
}

pub(super) fn feedback(keeper: &Keeper, top: usize, out: &mut impl Write) -> Result<End, Failure> {
    let marked = keeper.runtime.block_on(keeper.refresher.marked())?;
    if marked.is_empty() {
        say_if(keeper, true, "nobody marked a passage as not helpful", out)?;
        return Ok(End::Done);
    }
    let answerer = keeper.runtime.block_on(keeper.refresher.answerer())?;
    for of in marked.into_iter().take(top) {
        let excerpts = answerer.cite(&of.excerpt);
        let passage = excerpts.first().map(|excerpt| {
            let (document, section) = answerer.corpus().passage(excerpt.passage());
            (document.title.as_str(), excerpt.text(section))
        });
        let (title, text) = passage.unzip();
        if keeper.json {
            let line = json!({"excerpt": of.excerpt, "votes": of.votes, "questions": of.questions, "title": title, "text": text});
            write_json(out, &line)?;
            continue;
        }
        let passage = match (title, text) {
            (Some(title), Some(text)) => format!("{title}: {text}"),
            _ => "(it is not in the corpus any more)".to_owned(),
        };
        writeln!(out, "{:>5} x  {passage} [{}]", of.votes, of.excerpt)?;
        for question in &of.questions {
            writeln!(out, "         asked: {question}")?;
        }
    }
    Ok(End::Done)
}

pub(super) fn log(keeper: &Keeper, top: u32, out: &mut impl Write) -> Result<End, Failure> {
    let deeds = keeper.runtime.block_on(keeper.refresher.deeds(top))?;
    say_if(keeper, deeds.is_empty(), "nobody changed anything yet", out)?;
    for deed in deeds {
        let at = clock::moment(deed.at);
        if keeper.json {
            let line = json!({"at": at, "community": deed.community, "who": deed.who, "what": deed.what, "subject": deed.subject, "result": deed.result});
            write_json(out, &line)?;
        } else {
            let subject = if deed.subject.is_empty() { String::new() } else { format!(" {}", deed.subject) };
            writeln!(out, "{at}  {} {}{subject}: {}", deed.who, deed.what, deed.result)?;
        }
    }
    Ok(End::Done)
}
