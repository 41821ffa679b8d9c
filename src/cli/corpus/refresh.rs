//! `sacrum corpus refresh`.

use std::io::Write;

use super::{Keeper, hint};
use crate::cli::{End, Failure, ask::write_json};
use crate::refresh::{Came, Change, Report, Wish};

pub(super) fn refresh(
    keeper: &Keeper,
    wish: &Wish,
    dry_run: bool,
    diff: bool,
    out: &mut impl Write,
) -> Result<End, Failure> {
    let mut report = keeper.ordered(dry_run, |order| keeper.runtime.block_on(keeper.refresher.run(order, wish)))?;
    report.sources.iter_mut().for_each(|outcome| hint::tell(&mut outcome.reason, &mut outcome.hint));
    if keeper.json {
        write_json(out, &report)?;
    } else {
        tell(&report, diff, out)?;
    }
    Ok(if report.count(Came::Failed) == 0 { End::Done } else { End::Faulty })
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
