//! Downloads the originals of the sources, builds the next generation aside, checks it, and swaps it in.
//!
//! [`Refresher`] is the front door, for the terminal and for Discord alike. Each of its methods that changes
//! something writes into the audit log who gave the [`Order`], and holds a lock on the data folder, so that two of
//! them wait for each other. Whatever fails, the generation that answered before
//! still does: the next one is compiled beside it, and one small file (`DATA/current`) is replaced at the end.
//! [`compiled`] opens what answers now, and a [`Follower`] keeps it at that, whoever changes it.
//!
//! ```no_run
//! # async fn example(store: sacrum::store::Store) -> Result<(), Box<dyn std::error::Error>> {
//! use sacrum::refresh::{Order, Refresher, Wish};
//! let (folder, data) = (sacrum::corpus::Folder::Embedded, std::path::Path::new("data"));
//! let refresher = Refresher::new(folder, data, store.into(), false)?;
//! let report = refresher.run(&Order::of("a member's id"), &Wish::default()).await?;
//! # Ok(())
//! # }
//! ```

mod absent;
mod change;
mod check;
pub mod clean;
pub mod clock;
mod communities;
mod doubt;
mod edit;
mod error;
mod feedback;
pub mod fetch;
mod follow;
mod gaps;
mod ground;
mod held;
mod hint;
mod limits;
mod live;
mod lock;
mod order;
mod report;
mod run;
mod serving;
mod sift;
mod sites;
mod status;
mod transfer;

use std::path::{Path, PathBuf};
use std::sync::Arc;

pub use change::Change;
pub use edit::{Added, Written};
pub use error::RefreshError;
pub use feedback::Marked;
pub use follow::Follower;
pub use gaps::GapGroup;
pub use held::Held;
pub use hint::Hint;
pub use limits::{MOST_SOURCES, MOST_WORDS};
pub use live::Live;
pub use order::Order;
pub use report::{Came, Outcome, Progress, Report};
pub use run::Wish;
pub use serving::{CompileError, Opened, catch_up, compile, compiled, current, is_unknown};
pub use status::{Generation, SourceStatus, Status};
pub use transfer::Imported;

use clean::Worker;
use fetch::Fetcher;
use ground::Ground;
use lock::Lock;

use crate::corpus::{Corpus, Folder, Source};
use crate::store::{CommunityId, Deed, GENERATIONS_KEPT, Made, Manifest, Store};

/// The community whose sources everybody sees.
pub const EVERYBODY: CommunityId = CommunityId(0);

/// Looks after the originals of a corpus: those that all share, or those of one community.
pub struct Refresher {
    folder: Folder,
    data: PathBuf,
    store: Arc<Store>,
    fetcher: Arc<Fetcher>,
    worker: Worker,
    /// Whose sources.
    community: CommunityId,
    /// Whose gaps and audit log; of all where none is named.
    told_of: Option<CommunityId>,
}

/// A generation that was compiled and checked, and is not served yet.
struct Prepared {
    /// The name of its originals.
    state: String,
    documents: usize,
    passages: usize,
}

/// What answers after a change.
struct Served {
    generation: Option<i64>,
    swapped: bool,
}

impl Refresher {
    /// For a corpus folder and a data folder with its database; `loopback` is SACRUM_FETCH_LOOPBACK. It looks after
    /// what all share, for whoever runs the program: it is told what was asked in vain wherever it was.
    ///
    /// # Errors
    /// Where TLS cannot be set up, or the program does not find itself.
    pub fn new(folder: Folder, data: &Path, store: Arc<Store>, loopback: bool) -> Result<Self, RefreshError> {
        let fetcher = Arc::new(Fetcher::new(Arc::clone(&store), loopback)?);
        let worker = Worker::new(loopback)?;
        let data = data.to_owned();
        Ok(Self { folder, data, store, fetcher, worker, community: EVERYBODY, told_of: None })
    }

    /// The same for the moderators of a community: its own sources, gaps and audit log, and nobody else's. Those of
    /// [`EVERYBODY`] look after what all share.
    #[must_use]
    pub fn of(&self, community: CommunityId) -> Self {
        Self {
            folder: self.folder.clone(),
            data: self.data.clone(),
            store: Arc::clone(&self.store),
            fetcher: Arc::clone(&self.fetcher),
            worker: self.worker.clone(),
            community,
            told_of: Some(community),
        }
    }

    /// Whether it looks after what all share.
    fn is_shared(&self) -> bool {
        self.community == EVERYBODY
    }

    /// How many generations that nobody names are spared.
    fn spared(&self) -> usize {
        if self.is_shared() { GENERATIONS_KEPT } else { 0 }
    }

    /// The folder in which its generations lie.
    fn place(&self) -> PathBuf {
        serving::place_of(&self.data, self.community)
    }

    /// The audit log, newest first.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn deeds(&self, most: u32) -> Result<Vec<Deed>, RefreshError> {
        Ok(self.store.deeds(self.told_of, most).await?)
    }

    /// What came of a refresh, as long as that is kept.
    ///
    /// # Errors
    /// Where the database fails.
    pub async fn report(&self, number: i64) -> Result<Option<Report>, RefreshError> {
        let report = self.store.report::<Report>(self.community, number).await?;
        Ok(report.map(|report| Report { number, ..report }))
    }

    async fn log(&self, who: &str, what: &str, subject: &str, result: &str) -> Result<(), RefreshError> {
        Ok(self.store.log(self.community, who, what, subject, result).await?)
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

    /// Waits until nobody else changes anything here. What is only tried changes nothing, and takes no lock.
    async fn lock(&self, order: &Order<'_>) -> Result<Option<Lock>, RefreshError> {
        if order.dry_run {
            return Ok(None);
        }
        Lock::take(&self.place(), &self.store, self.community, &|| order.tell(Progress::Waiting)).await.map(Some)
    }

    /// The originals that are served now.
    async fn served(&self) -> Result<Manifest, RefreshError> {
        Ok(self.store.manifest(self.community, &self.state().await).await?.unwrap_or_default())
    }

    /// The name of those originals.
    async fn state(&self) -> String {
        serving::served(&self.store, &self.data, self.community).await
    }

    /// Which of the generations of a community is served.
    async fn served_of<'a>(&self, made: &'a [Made]) -> Result<Option<&'a Made>, RefreshError> {
        let (state, number) = (self.state().await, self.store.served_number(self.community).await?);
        let same = || made.iter().filter(|of| of.state == state);
        // Where the number is not known, or of other originals, the newest with these is meant.
        Ok(same().find(|of| Some(of.number) == number).or_else(|| same().next()))
    }

    /// Serves a set of originals from now on: the one place where that changes.
    async fn point(&self, state: &str, number: i64) -> Result<(), RefreshError> {
        self.store.serve(self.community, state, number).await?;
        Ok(serving::point(&self.place(), state)?)
    }

    /// The sources that are downloaded: those that the corpus folder allows, and those that were added, which
    /// a manifest has to name in full. A community has none but those that were added there.
    async fn sources(&self, corpus: &Corpus) -> Result<Vec<(Source, bool)>, RefreshError> {
        let listed = corpus.sources().filter(|source| source.refresh && self.is_shared());
        let added = self.store.added_sources(self.community).await?.into_iter().map(|source| (source, true));
        Ok(listed.map(|source| (source.clone(), false)).chain(added).collect())
    }

    /// Compiles a corpus with its originals beside the one that is served, and checks it.
    ///
    /// `newcomer` is a source whose original must be found by what it says.
    async fn prepare(
        &self,
        order: &Order<'_>,
        ground: &Ground,
        manifest: &Manifest,
        newcomer: Option<&str>,
    ) -> Result<Prepared, RefreshError> {
        let state = manifest.state();
        let whole = self.whole(ground, manifest).await?;
        order.tell(Progress::Compiling { originals: manifest.entries().len(), passages: whole.passages().count() });
        let (answerer, whole) = self.compile(ground, whole, &state, true).await?;
        let (folder, place, name) = (self.folder.clone(), self.place(), ground.name(&state));
        let newcomer = newcomer.map(|id| format!("originals/{id}"));
        let answers_now = state == self.state().await;
        let check = move || {
            let mut faults = check::faults(&whole, &answerer);
            if let Some(id) = newcomer.filter(|id| !check::is_found(&answerer, id)) {
                faults.push(format!("{id} cannot be found by its own words; it holds too few that tell"));
            }
            if faults.is_empty() {
                Ok(Prepared { state, documents: whole.documents.len(), passages: whole.passages().count() })
            } else {
                if !answers_now {
                    serving::discard(&folder, &place, &name);
                }
                Err(RefreshError::Checks(faults))
            }
        };
        tokio::task::spawn_blocking(check).await?
    }

    /// Writes a generation down that was prepared, and serves it.
    async fn serve(
        &self,
        ground: &Ground,
        manifest: &Manifest,
        cause: &str,
        prepared: Prepared,
    ) -> Result<Served, RefreshError> {
        let Prepared { state, documents, passages } = prepared;
        let made = self.store.generations(self.community).await?;
        if state == self.state().await && state == current(&self.place()) {
            let same = self.served_of(&made).await?;
            return Ok(Served { generation: same.map(|of| of.number), swapped: false });
        }
        if made.is_empty() {
            // What was before is written down as well, so that one can go back to it.
            let (documents, passages) = (ground.corpus.documents.len(), ground.corpus.passages().count());
            self.store.keep_generation(self.community, "", &Manifest::default(), "start", documents, passages).await?;
        }
        let number = self.store.keep_generation(self.community, &state, manifest, cause, documents, passages).await?;
        self.point(&state, number).await?;
        self.store.forget_old_generations(self.community, &state).await?;
        // A community's older ones are compiled when somebody goes back to one: there may be many communities.
        let made = if self.is_shared() { self.store.generations(self.community).await? } else { Vec::new() };
        let names = made.iter().map(|of| &of.state).chain([&state]).map(|state| ground.name(state));
        serving::sweep(&self.place(), &serving::places(&self.folder, &self.place(), names), self.spared());
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
        let order = Order::of("");
        is_send(refresher.run(&order, &Wish::default()));
        is_send(refresher.add(&order, "", None));
        is_send(refresher.remove(&order, ""));
        is_send(refresher.rollback(&order, None));
        is_send(refresher.import(&order, ""));
        is_send(refresher.status());
        is_send(refresher.gaps(1));
        is_send(refresher.dismiss(&order, ""));
        is_send(refresher.forget_absent(|_| true, 1));
    }
}
