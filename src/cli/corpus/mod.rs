//! `sacrum corpus`: look after the corpus.

mod check;
mod edit;
mod hint;
mod refresh;
mod show;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, Subcommand};
use indicatif::{ProgressBar, ProgressStyle};
use tokio::runtime::Runtime;

pub(super) use hint::failed;

use super::{Common, End, Failure, examples};
use crate::refresh::{EVERYBODY, Order, Progress, Refresher, Wish};
use crate::store::{CommunityId, Store};
use crate::terminal::text::Harmless;

/// Who the audit log says it was.
const WHO: &str = "terminal";

#[derive(Debug, Args)]
#[command(after_help = examples::CORPUS)]
pub(super) struct CorpusArgs {
    #[command(subcommand)]
    command: CorpusCommand,
    /// Only the own sources of this community: a Discord server's id
    #[arg(long, global = true, value_name = "ID")]
    community: Option<u64>,
}

#[derive(Debug, Subcommand)]
enum CorpusCommand {
    /// Read the whole folder and print every fault, with its place and what to do
    #[command(after_help = examples::CHECK)]
    Check {
        /// List every section's id first, as asked/ and `corrected_by` name it, with how many questions it has
        #[arg(long)]
        sections: bool,
    },
    /// Paint every muscle and every group of muscles on one sheet
    #[command(after_help = examples::FIGURES)]
    Figures {
        /// Where to, as PNG
        #[arg(long, value_name = "FILE")]
        sheet: PathBuf,
    },
    /// Say how each source stands, and which generation answers
    #[command(after_help = examples::STATUS)]
    Status,
    /// List the generations that are kept, newest first
    #[command(after_help = examples::HISTORY)]
    History,
    /// Download the sources again and serve what came
    #[command(after_help = examples::REFRESH)]
    Refresh {
        /// Only this source
        source: Option<String>,
        /// Take the text of it that was held back; with its HASH, that one and no other
        #[arg(
            long,
            requires = "source",
            value_name = "HASH",
            num_args = 0..=1,
            require_equals = true,
            default_missing_value = ""
        )]
        accept: Option<String>,
        /// Keep the old text of it: say no to what was held back; with its HASH, to that one and no other
        #[arg(
            long,
            requires = "source",
            conflicts_with_all = ["accept", "diff"],
            value_name = "HASH",
            num_args = 0..=1,
            require_equals = true,
            default_missing_value = ""
        )]
        refuse: Option<String>,
        /// Print the sentences that came and went
        #[arg(long)]
        diff: bool,
        /// Say what would come, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Serve an older generation again
    #[command(after_help = examples::ROLLBACK)]
    Rollback {
        /// Its number in the history; the one before if left out
        generation: Option<i64>,
        /// Say what would come of it, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Download a page, make a source of it, and serve it at once
    #[command(after_help = examples::ADD)]
    Add {
        /// Its address
        url: String,
        /// What to call it; the page's own title if left out
        #[arg(long)]
        title: Option<String>,
        /// Say what would come, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Quote a source no more
    #[command(after_help = examples::REMOVE)]
    Remove {
        /// Its id, as `status` shows it
        source: String,
        /// Say what would come of it, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Make a source of a text of your own, and serve it at once
    #[command(after_help = examples::WRITE)]
    Write {
        /// Markdown; `-` is standard input
        file: PathBuf,
        /// What it is about; best the question that it answers
        #[arg(long)]
        title: String,
        /// Where what it says can be checked
        #[arg(long, value_name = "URL")]
        link: String,
        /// What was asked in vain and is answered by it, as `gaps` lists it: says whether it is
        #[arg(long, value_name = "QUESTION")]
        gap: Option<String>,
        /// Say what would come of it, and change nothing
        #[arg(long, conflicts_with = "gap")]
        dry_run: bool,
    },
    /// List what was asked in vain, the most frequent first
    #[command(after_help = examples::GAPS)]
    Gaps {
        /// So many at the most
        #[arg(long, default_value_t = 100)]
        top: usize,
        /// Deal with this question: it is not listed again
        #[arg(long, value_name = "QUESTION")]
        dismiss: Option<String>,
        /// Say what would come of it, and change nothing
        #[arg(long, requires = "dismiss")]
        dry_run: bool,
    },
    /// List passages that people marked as not helpful, with what they had asked
    #[command(after_help = examples::FEEDBACK)]
    Feedback {
        /// So many at the most
        #[arg(long, default_value_t = 100)]
        top: usize,
    },
    /// List who changed what, the newest first
    #[command(after_help = examples::LOG)]
    Log {
        /// So many at the most
        #[arg(long, default_value_t = 100)]
        top: u32,
    },
    /// Write added sources, settings, gaps and the audit log to a file
    #[command(after_help = examples::EXPORT)]
    Export {
        /// JSON Lines; `-` is standard output
        file: PathBuf,
    },
    /// Bring back what was exported
    #[command(after_help = examples::IMPORT)]
    Import {
        /// JSON Lines; `-` is standard input
        file: PathBuf,
        /// Say what would come of it, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
}

impl CorpusCommand {
    /// Whether it makes sense for a community of which nothing is known yet: it gives it something, or only looks.
    fn needs_no_community(&self) -> bool {
        !matches!(self, Self::Refresh { .. } | Self::Rollback { .. } | Self::Remove { .. })
    }
}

impl CorpusArgs {
    pub(super) fn run(&self, common: &Common, out: &mut Harmless<'_, impl Write>) -> Result<End, Failure> {
        let keeper = match &self.command {
            CorpusCommand::Check { sections } => return check::check(common, *sections, out),
            CorpusCommand::Figures { sheet } => return check::figures(common, sheet, out),
            command => Keeper::new(common, self.community.map(CommunityId), command.needs_no_community())?,
        };
        let ended = match &self.command {
            CorpusCommand::Check { .. } | CorpusCommand::Figures { .. } => Ok(End::Done),
            CorpusCommand::Status => show::status(&keeper, out),
            CorpusCommand::History => show::history(&keeper, out),
            CorpusCommand::Gaps { dismiss: Some(question), dry_run, .. } => {
                edit::dismiss(&keeper, question, *dry_run, out)
            }
            CorpusCommand::Gaps { top, .. } => show::gaps(&keeper, *top, out),
            CorpusCommand::Feedback { top } => show::feedback(&keeper, *top, out),
            CorpusCommand::Log { top } => show::log(&keeper, *top, out),
            CorpusCommand::Refresh { source: Some(source), refuse: Some(text), dry_run, .. } => {
                edit::refuse(&keeper, source, text, *dry_run, out)
            }
            CorpusCommand::Refresh { source, accept, diff, dry_run, .. } => {
                let wish = Wish { source: source.clone(), accept: accept.clone() };
                refresh::refresh(&keeper, &wish, *dry_run, *diff, out)
            }
            CorpusCommand::Rollback { generation, dry_run } => edit::rollback(&keeper, *generation, *dry_run, out),
            CorpusCommand::Add { url, title, dry_run } => edit::add(&keeper, url, title.as_deref(), *dry_run, out),
            CorpusCommand::Write { file, title, link, gap, dry_run } => {
                edit::write(&keeper, file, (title, link), gap.as_deref(), *dry_run, out)
            }
            CorpusCommand::Remove { source, dry_run } => edit::remove(&keeper, source, *dry_run, out),
            CorpusCommand::Export { file } => edit::export(&keeper, file, out.verbatim()),
            CorpusCommand::Import { file, dry_run } => edit::import(&keeper, file, *dry_run, out),
        };
        keeper.runtime.block_on(keeper.store.close());
        ended
    }
}

/// Shows on a terminal how far a work is, until it is done; nothing elsewhere.
fn watched<T>(work: impl FnOnce(&(dyn Fn(Progress<'_>) + Sync)) -> T) -> T {
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(200));
    let done = work(&|at| match at {
        Progress::Waiting => bar.set_message("waiting until another change is done"),
        Progress::Page(url) => bar.set_message(format!("downloading {url}")),
        Progress::Source { done, of, id } => {
            if let Ok(style) = ProgressStyle::with_template("{bar:30} {pos}/{len} {elapsed} {msg}") {
                bar.set_style(style);
            }
            bar.set_length(u64::try_from(of).unwrap_or_default());
            bar.set_position(u64::try_from(done).unwrap_or_default());
            bar.set_message(id.to_owned());
        }
        Progress::Compiling { originals, passages } => {
            bar.set_position(bar.length().unwrap_or_default());
            bar.set_message(format!("compiling and checking {passages} passages, {originals} originals"));
        }
    });
    bar.finish_and_clear();
    done
}

/// All that looking after the corpus takes.
struct Keeper {
    runtime: Runtime,
    store: Arc<Store>,
    refresher: Refresher,
    /// Whose sources; 0 where they are those that all share.
    community: CommunityId,
    json: bool,
}

impl Keeper {
    /// For what all share, or for a community, which has to be known unless it is given something now.
    fn new(common: &Common, community: Option<CommunityId>, gives: bool) -> Result<Self, Failure> {
        let data = common.data_folder().ok_or(Failure::NoHome)?;
        if common.fetch_loopback {
            let warning = "SACRUM_FETCH_LOOPBACK is on: pages of this machine may be downloaded; for tests only";
            writeln!(io::stderr(), "sacrum: {warning}")?;
        }
        let runtime = super::runtime()?;
        let store = Arc::new(runtime.block_on(Store::open(&data, common.database()))?);
        let refresher = Refresher::new(common.folder(), &data, Arc::clone(&store), common.fetch_loopback)?;
        let refresher = match community {
            Some(community) => refresher.of(community),
            None => refresher,
        };
        if let Some(CommunityId(number)) = community.filter(|_| !gives)
            && !runtime.block_on(store.communities())?.iter().any(|(of, _)| of.0 == number)
        {
            return Err(Failure::NoCommunity(number));
        }
        Ok(Self { runtime, store, refresher, community: community.unwrap_or(EVERYBODY), json: common.json })
    }

    /// Does what takes an order, and shows meanwhile how far it is.
    fn ordered<T>(&self, dry_run: bool, work: impl FnOnce(&Order<'_>) -> T) -> T {
        watched(|tell| work(&Order { who: WHO, tell, dry_run }))
    }
}
