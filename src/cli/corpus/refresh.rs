//! `sacrum corpus refresh`.

use std::io::Write;

use indicatif::{ProgressBar, ProgressStyle};

use super::{Keeper, WHO};
use crate::cli::{End, Failure, ask::write_json};
use crate::refresh::{Came, Change, Progress, Report, Wish};

pub(super) fn refresh(keeper: &Keeper, wish: &Wish, diff: bool, out: &mut impl Write) -> Result<End, Failure> {
    let bar = bar();
    let progress = |at: Progress<'_>| match at {
        Progress::Source { done, of, id } => {
            bar.set_length(u64::try_from(of).unwrap_or_default());
            bar.set_position(u64::try_from(done).unwrap_or_default());
            bar.set_message(id.to_owned());
        }
        Progress::Compiling { originals } => {
            bar.set_position(bar.length().unwrap_or_default());
            bar.set_message(format!("compiling and checking {originals} originals"));
        }
    };
    let report = keeper.runtime.block_on(keeper.refresher.run(WHO, wish, &progress));
    bar.finish_and_clear();
    let report = report?;
    if keeper.json {
        write_json(out, &report)?;
    } else {
        tell(&report, diff, out)?;
    }
    Ok(if report.count(Came::Failed) == 0 { End::Done } else { End::Faulty })
}

/// A bar on a terminal; nothing elsewhere.
fn bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}") {
        bar.set_style(style);
    }
    bar
}

/// The sentences that went and came.
fn sentences(change: &Change, out: &mut impl Write) -> Result<(), Failure> {
    for (mark, sentences, more) in
        [("-", &change.removed, change.more_removed), ("+", &change.added, change.more_added)]
    {
        for sentence in sentences {
            writeln!(out, "        {mark} {sentence}")?;
        }
        if more > 0 {
            writeln!(out, "        {mark} and {more} more sentences")?;
        }
    }
    Ok(())
}

fn tell(report: &Report, diff: bool, out: &mut impl Write) -> Result<(), Failure> {
    for outcome in &report.sources {
        let (added, removed) = (outcome.change.came(), outcome.change.went());
        let change = match outcome.result {
            Came::Changed | Came::HeldBack => format!(" (+{added} -{removed} sentences)"),
            _ => String::new(),
        };
        writeln!(out, "{:<9} {}{change}", outcome.result.name(), outcome.source)?;
        if let Some(reason) = &outcome.reason {
            writeln!(out, "          {reason}")?;
        }
        if diff {
            sentences(&outcome.change, out)?;
        }
    }
    let counts = Came::ALL.map(|came| format!("{} {}", report.count(came), came.name()));
    writeln!(out, "{}", counts.join(", "))?;
    if report.joined {
        writeln!(out, "another refresh was under way; this is what came of it")?;
    }
    match report.generation {
        Some(number) if report.swapped => {
            writeln!(
                out,
                "generation {number} answers now: {} documents, {} passages",
                report.documents, report.passages
            )?;
        }
        _ if report.dry_run => writeln!(out, "nothing was changed")?,
        _ => writeln!(out, "nothing new; the same generation answers")?,
    }
    Ok(())
}
