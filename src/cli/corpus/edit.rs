//! `sacrum corpus add`, `write`, `remove`, `refresh --refuse`, `gaps --dismiss`, `rollback`, `export` and `import`.

use std::fs::File;
use std::io::{self, BufWriter, Write};
use std::path::Path;

use serde_json::json;

use super::{Keeper, WHO};
use crate::cli::{End, Failure, ask::write_json, read};
use crate::refresh::{Added, Imported, Written};

pub(super) fn add(
    keeper: &Keeper,
    url: &str,
    title: Option<&str>,
    dry_run: bool,
    out: &mut impl Write,
) -> Result<End, Failure> {
    let added = keeper.ordered(dry_run, |order| keeper.runtime.block_on(keeper.refresher.add(order, url, title)))?;
    tell_added(keeper, &added, out)
}

pub(super) fn write(
    keeper: &Keeper,
    file: &Path,
    (title, link): (&str, &str),
    gap: Option<&str>,
    dry_run: bool,
    out: &mut impl Write,
) -> Result<End, Failure> {
    let text = read(file)?;
    let (refresher, wait) = (&keeper.refresher, &keeper.runtime);
    // Whether there is such a gap is known before anything changes.
    let gap = gap.map(|question| wait.block_on(refresher.gap(question))).transpose()?;
    let written = Written { title, text: &text, link };
    let added = keeper.ordered(dry_run, |order| wait.block_on(refresher.write(order, &written)))?;
    let Some(gap) = gap else { return tell_added(keeper, &added, out) };
    let answerer = wait.block_on(refresher.answerer())?;
    let open = wait.block_on(refresher.answered_by(WHO, &gap, &added.source.id, &answerer))?;
    if keeper.json {
        let gap = json!({"question": gap.question, "answered": open.is_empty(), "open": open});
        write_json(out, &json!({"added": added, "gap": gap}))?;
        return Ok(End::Done);
    }
    tell_added(keeper, &added, out)?;
    if open.is_empty() {
        writeln!(out, "\"{}\" is answered with it now, and is no gap any more", gap.question)?;
    }
    for wording in open {
        writeln!(out, "not answered with it yet: \"{wording}\"; use its words in the title and the text")?;
    }
    Ok(End::Done)
}

pub(super) fn dismiss(keeper: &Keeper, question: &str, dry_run: bool, out: &mut impl Write) -> Result<End, Failure> {
    let gap = keeper.ordered(dry_run, |order| keeper.runtime.block_on(keeper.refresher.dismiss(order, question)))?;
    if keeper.json {
        write_json(out, &json!({"dismissed": gap.question, "dry_run": dry_run}))?;
    } else if dry_run {
        writeln!(out, "would be dismissed: {}; nothing was changed", gap.question)?;
    } else {
        writeln!(out, "dismissed: {}", gap.question)?;
    }
    Ok(End::Done)
}

fn tell_added(keeper: &Keeper, added: &Added, out: &mut impl Write) -> Result<End, Failure> {
    if keeper.json {
        write_json(out, added)?;
        return Ok(End::Done);
    }
    let what = if added.dry_run { "would be added" } else { "added" };
    writeln!(out, "{what}: {}, \"{}\", {} words", added.source.id, added.source.title, added.words)?;
    if let Some(generation) = added.generation {
        writeln!(out, "generation {generation} answers now")?;
    }
    Ok(End::Done)
}

pub(super) fn remove(keeper: &Keeper, source: &str, dry_run: bool, out: &mut impl Write) -> Result<End, Failure> {
    let generation =
        keeper.ordered(dry_run, |order| keeper.runtime.block_on(keeper.refresher.remove(order, source)))?;
    if keeper.json {
        write_json(out, &json!({"removed": source, "generation": generation, "dry_run": dry_run}))?;
    } else if dry_run {
        writeln!(out, "would be removed: {source}; nothing was changed")?;
    } else {
        writeln!(out, "removed: {source}; it is quoted no more")?;
    }
    Ok(End::Done)
}

pub(super) fn refuse(
    keeper: &Keeper,
    source: &str,
    looked_at: &str,
    dry_run: bool,
    out: &mut impl Write,
) -> Result<End, Failure> {
    let text =
        keeper.ordered(dry_run, |order| keeper.runtime.block_on(keeper.refresher.refuse(order, source, looked_at)))?;
    if keeper.json {
        write_json(out, &json!({"refused": source, "text": text, "dry_run": dry_run}))?;
    } else if dry_run {
        writeln!(out, "would be refused: the text {text} of {source}; nothing was changed")?;
    } else {
        writeln!(out, "refused: the text {text} of {source}; the one before stays")?;
    }
    Ok(End::Done)
}

pub(super) fn rollback(
    keeper: &Keeper,
    number: Option<i64>,
    dry_run: bool,
    out: &mut impl Write,
) -> Result<End, Failure> {
    let number = keeper.ordered(dry_run, |order| keeper.runtime.block_on(keeper.refresher.rollback(order, number)))?;
    if keeper.json {
        write_json(out, &json!({"generation": number, "dry_run": dry_run}))?;
    } else if dry_run {
        writeln!(out, "generation {number} would answer; nothing was changed")?;
    } else {
        writeln!(out, "generation {number} answers now; the next refresh serves the newest texts again")?;
    }
    Ok(End::Done)
}

pub(super) fn export(keeper: &Keeper, file: &Path, out: &mut impl Write) -> Result<End, Failure> {
    let mut lines = Vec::new();
    let count = keeper.runtime.block_on(keeper.refresher.export(keeper.community, &mut lines))?;
    if file.as_os_str() == "-" {
        out.write_all(&lines)?;
        return Ok(End::Done);
    }
    let unwritten = |source: io::Error| Failure::Written { path: file.display().to_string(), source };
    let mut to = BufWriter::new(File::create(file).map_err(unwritten)?);
    to.write_all(&lines).and_then(|()| to.flush()).map_err(unwritten)?;
    if keeper.json {
        write_json(out, &json!({"lines": count}))?;
    } else {
        writeln!(out, "{count} lines written to {}", file.display())?;
    }
    Ok(End::Done)
}

pub(super) fn import(keeper: &Keeper, file: &Path, dry_run: bool, out: &mut impl Write) -> Result<End, Failure> {
    let text = read(file)?;
    let imported = keeper.ordered(dry_run, |order| keeper.runtime.block_on(keeper.refresher.import(order, &text)))?;
    if keeper.json {
        write_json(out, &imported)?;
        return Ok(End::Done);
    }
    let Imported { sources, removed, settings, gaps, feedback, deeds, kept, .. } = imported;
    writeln!(
        out,
        "{sources} sources, {removed} removed, refused or held back, {settings} settings, {gaps} gaps, {feedback} unhelpful \
         answers, {deeds} lines of the audit log; {kept} were there already and stay as they are"
    )?;
    if dry_run {
        writeln!(out, "nothing was changed")?;
    }
    if let Some(generation) = imported.generation {
        writeln!(out, "generation {generation} answers now")?;
    }
    Ok(End::Done)
}
