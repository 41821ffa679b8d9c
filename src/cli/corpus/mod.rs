//! `sacrum corpus`: look after the corpus.

mod check;
mod edit;
mod refresh;
mod show;

use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::Arc;

use clap::Subcommand;
use tokio::runtime::Runtime;

use super::{Common, End, Failure};
use crate::refresh::Refresher;
use crate::store::Store;

/// Who the audit log says it was.
const WHO: &str = "terminal";

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
    /// Say how each source stands, and which generation answers
    Status,
    /// List the generations that are kept, newest first
    History,
    /// Download the sources again and serve what came
    Refresh {
        /// Only this source
        source: Option<String>,
        /// Take the text of it that was held back
        #[arg(long, requires = "source")]
        accept: bool,
        /// Say what would come, and change nothing
        #[arg(long)]
        dry_run: bool,
    },
    /// Serve an older generation again
    Rollback {
        /// Its number in the history; the one before if left out
        generation: Option<i64>,
    },
    /// Download a page, make a source of it, and serve it at once
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
    Remove {
        /// Its id, as `status` shows it
        source: String,
    },
    /// Make a source of a text of your own, and serve it at once
    Write {
        /// Markdown; `-` is standard input
        file: PathBuf,
        /// What it is about; best the question that it answers
        #[arg(long)]
        title: String,
        /// Where what it says can be checked
        #[arg(long, value_name = "URL")]
        link: String,
    },
    /// List what was asked in vain, the most frequent first
    Gaps {
        /// So many at the most
        #[arg(long, default_value_t = 100)]
        top: usize,
        /// Deal with this question: it is not listed again
        #[arg(long, value_name = "QUESTION")]
        dismiss: Option<String>,
    },
    /// Write added sources, settings, gaps and the audit log to a file
    Export {
        /// JSON Lines; `-` is standard output
        file: PathBuf,
    },
    /// Bring back what was exported
    Import {
        /// JSON Lines; `-` is standard input
        file: PathBuf,
    },
}

impl CorpusCommand {
    pub(super) fn run(&self, common: &Common, out: &mut impl Write) -> Result<End, Failure> {
        match self {
            Self::Check => return check::check(common, out),
            Self::Figures { sheet } => return check::figures(common, sheet, out),
            _ => {}
        }
        let keeper = Keeper::new(common)?;
        let ended = match self {
            Self::Check | Self::Figures { .. } => Ok(End::Done),
            Self::Status => show::status(&keeper, out),
            Self::History => show::history(&keeper, out),
            Self::Gaps { dismiss: Some(question), .. } => edit::dismiss(&keeper, question, out),
            Self::Gaps { top, .. } => show::gaps(&keeper, *top, out),
            Self::Refresh { source, accept, dry_run } => {
                let wish = crate::refresh::Wish { source: source.clone(), accept: *accept, dry_run: *dry_run };
                refresh::refresh(&keeper, &wish, out)
            }
            Self::Rollback { generation } => edit::rollback(&keeper, *generation, out),
            Self::Add { url, title, dry_run } => edit::add(&keeper, url, title.as_deref(), *dry_run, out),
            Self::Write { file, title, link } => edit::write(&keeper, file, title, link, out),
            Self::Remove { source } => edit::remove(&keeper, source, out),
            Self::Export { file } => edit::export(&keeper, file, out),
            Self::Import { file } => edit::import(&keeper, file, out),
        };
        keeper.runtime.block_on(keeper.store.close());
        ended
    }
}

/// All that looking after the corpus takes.
struct Keeper {
    runtime: Runtime,
    store: Arc<Store>,
    refresher: Refresher,
    json: bool,
}

impl Keeper {
    fn new(common: &Common) -> Result<Self, Failure> {
        let data = common.data_folder().ok_or(Failure::NoHome)?;
        if common.fetch_loopback {
            let warning = "SACRUM_FETCH_LOOPBACK is on: pages of this machine may be downloaded; for tests only";
            writeln!(io::stderr(), "sacrum: {warning}")?;
        }
        let runtime = super::runtime()?;
        let store = Arc::new(runtime.block_on(Store::open(&data, common.database()))?);
        let refresher = Refresher::new(common.folder(), &data, Arc::clone(&store), common.fetch_loopback)?;
        Ok(Self { runtime, store, refresher, json: common.json })
    }
}
