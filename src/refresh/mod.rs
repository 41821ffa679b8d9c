//! Downloads the originals of the sources, builds the next generation aside, checks it, and swaps it in.
//!
//! [`Refresher`] is the front door, for the terminal and for Discord alike. Each of its methods that changes
//! something takes the name of who does it, writes it into the audit log, and holds a lock on the data
//! folder, so that two of them wait for each other. Whatever fails, the generation that answered before
//! still does: the next one is compiled beside it, and one small file (`DATA/current`) is replaced at the end.
//! [`compiled`] opens what answers now, and a [`Follower`] keeps it at that, whoever changes it.
//!
//! ```no_run
//! # async fn example(store: sacrum::store::Store) -> Result<(), Box<dyn std::error::Error>> {
//! use sacrum::refresh::{Refresher, Wish};
//! let (folder, data) = (sacrum::corpus::Folder::Embedded, std::path::Path::new("data"));
//! let refresher = Refresher::new(folder, data, store.into(), false)?;
//! let report = refresher.run("a member's id", &Wish::default(), &|_| ()).await?;
//! # Ok(())
//! # }
//! ```

mod change;
mod check;
pub mod clean;
pub mod clock;
mod edit;
mod error;
pub mod fetch;
mod follow;
mod gaps;
mod lock;
mod report;
mod run;
mod serving;
mod status;
mod transfer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use change::Change;
pub use edit::{Added, Written};
pub use error::RefreshError;
pub use follow::Follower;
pub use gaps::GapGroup;
pub use report::{Came, Outcome, Progress, Report};
pub use run::Wish;
pub use serving::{CompileError, Opened, compile, compiled, current};
pub use status::{Generation, SourceStatus, Status};
pub use transfer::Imported;

use clean::Worker;
use fetch::Fetcher;
use lock::Lock;

use crate::corpus::{Corpus, Folder, Source};
use crate::store::{CommunityId, Manifest, Store};

/// The community whose sources everybody sees.
pub const EVERYBODY: CommunityId = CommunityId(0);

/// Looks after the originals of a corpus.
pub struct Refresher {
    folder: Folder,
    data: PathBuf,
    store: Arc<Store>,
    fetcher: Fetcher,
    worker: Worker,
}

/// A generation that was compiled and checked, and is not served yet.
struct Prepared {
    documents: usize,
    passages: usize,
}

/// What answers after a change.
struct Served {
    generation: Option<i64>,
    swapped: bool,
}

impl Refresher {
    /// For a corpus folder and a data folder with its database; `loopback` is SACRUM_FETCH_LOOPBACK.
    ///
    /// # Errors
    /// Where TLS cannot be set up, or the program does not find itself.
    pub fn new(folder: Folder, data: &Path, store: Arc<Store>, loopback: bool) -> Result<Self, RefreshError> {
        let (fetcher, worker) = (Fetcher::new(loopback)?, Worker::new()?);
        Ok(Self { folder, data: data.to_owned(), store, fetcher, worker })
    }

    async fn corpus(&self) -> Result<Corpus, RefreshError> {
        let folder = self.folder.clone();
        Ok(tokio::task::spawn_blocking(move || Corpus::open(&folder)).await??)
    }

    /// The sources that can be named: those that are downloaded, and those that were added or written. `corpus` is
    /// what answers.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn known(&self, corpus: &Corpus) -> Result<Vec<Source>, RefreshError> {
        let mut known: Vec<Source> = Vec::new();
        for (source, _) in self.sources(corpus).await? {
            if !known.iter().any(|of| of.id == source.id) {
                known.push(source);
            }
        }
        Ok(known)
    }

    async fn lock(&self) -> Result<Lock, RefreshError> {
        Lock::take(&self.data, &self.store).await
    }

    /// The originals that are served now.
    async fn served(&self) -> Result<Manifest, RefreshError> {
        Ok(self.store.manifest(&self.state().await).await?.unwrap_or_default())
    }

    /// The name of those originals.
    async fn state(&self) -> String {
        serving::served(&self.store, &self.data).await
    }

    /// Serves a set of originals from now on: the one place where that changes.
    async fn point(&self, state: &str) -> Result<(), RefreshError> {
        self.store.serve(state).await?;
        Ok(serving::point(&self.data, state)?)
    }

    /// The sources that are downloaded: those that the corpus folder allows, and those that were added, which
    /// a manifest has to name in full.
    async fn sources(&self, corpus: &Corpus) -> Result<Vec<(Source, bool)>, RefreshError> {
        let listed = corpus.sources().iter().filter(|source| source.refresh).map(|source| (source.clone(), false));
        let added = self.store.added_sources(EVERYBODY).await?.into_iter().map(|source| (source, true));
        Ok(listed.chain(added).collect())
    }

    /// The corpus with a set of originals.
    async fn whole(&self, corpus: &Corpus, manifest: &Manifest) -> Result<Corpus, RefreshError> {
        let mut whole = corpus.clone();
        for original in serving::originals(corpus, &self.store, manifest).await? {
            whole.add_original(original);
        }
        Ok(whole)
    }

    /// Compiles a corpus with its originals beside the one that is served, and checks it.
    ///
    /// `newcomer` is a source whose original must be found by what it says.
    async fn prepare(
        &self,
        whole: Corpus,
        manifest: &Manifest,
        newcomer: Option<&str>,
    ) -> Result<Prepared, RefreshError> {
        let (folder, data, state) = (self.folder.clone(), self.data.clone(), manifest.state());
        let newcomer = newcomer.map(|id| format!("originals/{id}"));
        let compile = move || {
            let answerer = serving::build_to_last(&whole, &folder, &data, &state)?;
            let mut faults = check::faults(&whole, &answerer);
            if let Some(id) = newcomer.filter(|id| !check::is_found(&answerer, id)) {
                faults.push(format!("{id} cannot be found by its own words; it holds too few that tell"));
            }
            if faults.is_empty() {
                Ok(Prepared { documents: whole.documents.len(), passages: whole.passages().count() })
            } else {
                serving::discard(&folder, &data, &state);
                Err(RefreshError::Checks(faults))
            }
        };
        tokio::task::spawn_blocking(compile).await?
    }

    /// Writes a generation down that was prepared, and serves it.
    async fn serve(
        &self,
        corpus: &Corpus,
        manifest: &Manifest,
        cause: &str,
        prepared: Prepared,
    ) -> Result<Served, RefreshError> {
        let state = manifest.state();
        let made = self.store.generations().await?;
        if state == self.state().await && state == current(&self.data) {
            let same = made.iter().find(|of| of.state == state);
            return Ok(Served { generation: same.map(|of| of.number), swapped: false });
        }
        if made.is_empty() {
            // What was before is written down as well, so that one can go back to it.
            let (documents, passages) = (corpus.documents.len(), corpus.passages().count());
            self.store.keep_generation(&Manifest::default(), "start", documents, passages).await?;
        }
        let number = self.store.keep_generation(manifest, cause, prepared.documents, prepared.passages).await?;
        self.point(&state).await?;
        self.store.forget_old_generations(&state).await?;
        let kept = self.store.generations().await?;
        serving::sweep(&self.data, &serving::places(&self.folder, &self.data, kept.iter().map(|of| &*of.state)));
        Ok(Served { generation: Some(number), swapped: true })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn is_send<T: Send>(_: T) {}

    /// A bot runs these as tasks of their own; this compiles only as long as it can.
    #[allow(dead_code)]
    fn what_is_done_can_be_done_in_a_task(refresher: &Refresher) {
        is_send(refresher.run("", &Wish::default(), &|_| ()));
        is_send(refresher.add("", "", None, false));
        is_send(refresher.remove("", ""));
        is_send(refresher.rollback("", None));
        is_send(refresher.import("", ""));
        is_send(refresher.status());
        is_send(refresher.gaps(1));
        is_send(refresher.dismiss("", ""));
    }
}
