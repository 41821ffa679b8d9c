//! Keeps what answers at the generation that is served, whoever made it: this process or another one.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify};

use super::communities::Communities;
use super::live::Live;
use super::serving;
use super::{EVERYBODY, Order, RefreshError, Refresher, Report, Wish, current};
use crate::answer::Answerer;
use crate::store::{CommunityId, now};

/// After a failure it is tried again no sooner than this.
pub(super) const AFTER_FAILURE: Duration = Duration::from_secs(60);
/// Who the audit log says it was.
const SCHEDULE: &str = "schedule";

/// Swaps in what is served. Who holds an answerer keeps it to the end of their answer.
pub struct Follower {
    refresher: Refresher,
    live: Arc<Live>,
    /// The originals with which `live` answers.
    answering: Mutex<String>,
    communities: Communities,
}

impl Follower {
    /// For what answers now, or will soon: `answering` is what [`current`] said before it was opened.
    #[must_use]
    pub fn new(refresher: Refresher, live: Arc<Live>, answering: String) -> Self {
        let communities = Communities::new(&refresher);
        Self { refresher, live, answering: Mutex::new(answering), communities }
    }

    /// Changes what is served; call [`Self::catch_up`] thereafter.
    #[must_use]
    pub fn refresher(&self) -> &Refresher {
        &self.refresher
    }

    /// Swaps in what is served, if something else answers; whether it did.
    ///
    /// # Errors
    /// Where it cannot be opened or compiled. What answered goes on answering.
    pub async fn catch_up(&self) -> Result<bool, RefreshError> {
        let mut answering = self.answering.lock().await;
        let Refresher { data, store, .. } = &self.refresher;
        // Without its database, what the data folder names goes on being served.
        let served = store.served().await.unwrap_or_else(|_| serving::communities(data));
        let state = served.get(&EVERYBODY).cloned().unwrap_or_else(|| current(data));
        self.communities.are_served(served);
        if *answering == state {
            return Ok(false);
        }
        self.live.put(self.refresher.open(&state, &state).await?);
        *answering = state;
        Ok(true)
    }

    /// What answers in a community: with its own sources, where it has some.
    pub async fn answerer(&self, community: CommunityId) -> Arc<Answerer> {
        let own = self.communities.answerer(&self.refresher, community).await;
        match own {
            Some(own) => own,
            None => self.live.now().await,
        }
    }

    /// Follows what is served, for ever; from when something answers.
    pub async fn follow(&self) {
        self.live.now().await;
        let mut changes = self.refresher.store.changes();
        loop {
            match self.catch_up().await {
                Ok(true) => tracing::info!("another generation answers now"),
                Ok(false) => {}
                Err(error) => {
                    tracing::error!("the generation that is served cannot be opened; the one before answers: {error}");
                    tokio::time::sleep(AFTER_FAILURE).await;
                }
            }
            changes.next().await;
        }
    }

    /// Refreshes all sources as often as this, for ever; a little later each time, so that not everybody asks the
    /// same sites at the same moment. What another process, or a moderator, refreshed is not refreshed again.
    ///
    /// What communities have of their own comes after what all share, and beside it: however many they are, they
    /// do not keep that waiting.
    pub async fn refresh_every(&self, pause: Duration) {
        self.live.now().await;
        let refreshed = Notify::new();
        let communities = async {
            loop {
                refreshed.notified().await;
                self.refresh_communities().await;
            }
        };
        tokio::join!(self.refresh_shared(pause, &refreshed), communities);
    }

    /// Refreshes what all share as often as this, for ever, and says each time that it did.
    async fn refresh_shared(&self, pause: Duration, refreshed: &Notify) {
        loop {
            let sway = pause.mul_f32(random() / 10.0);
            loop {
                let left = self.until_due(pause + sway).await;
                if left.is_zero() {
                    break;
                }
                tokio::time::sleep(left).await;
            }
            match self.refresher.run(&Order::of(SCHEDULE), &Wish::default()).await {
                Ok(report) => {
                    if let Err(error) = self.catch_up().await {
                        tracing::error!("the new generation cannot be opened: {error}");
                    }
                    tracing::info!(swapped = report.swapped, "refreshed: {}", report.summary());
                    if !report.joined {
                        refreshed.notify_one();
                    }
                }
                Err(error) => {
                    tracing::error!("the scheduled refresh failed: {error}");
                    tokio::time::sleep(AFTER_FAILURE.max(pause / 10)).await;
                }
            }
        }
    }

    /// Refreshes what communities have of their own, one after the other. No site is asked for those that we are not in
    /// any more.
    async fn refresh_communities(&self) {
        // Where the database fails, a refresh would, too.
        let known = self.refresher.store.communities().await.unwrap_or_default();
        let absent: HashSet<u64> = known.iter().filter(|(_, since)| since.is_some()).map(|(of, _)| of.0).collect();
        for community in self.communities.all().into_iter().filter(|of| !absent.contains(&of.0)) {
            let (refresher, order, wish) = (self.refresher.of(community), Order::of(SCHEDULE), Wish::default());
            match tokio::time::timeout(refresher.longest(), refresher.run(&order, &wish)).await {
                Ok(Ok(_)) => {}
                Ok(Err(error)) => tracing::warn!("the scheduled refresh of a community failed: {error}"),
                Err(_) => tracing::warn!(
                    "the scheduled refresh of a community was given up after {} s; it has its turn the next time",
                    refresher.longest().as_secs()
                ),
            }
        }
        tracing::info!("refreshed what communities have of their own");
    }

    /// How long until the last refresh of all sources was so long ago.
    async fn until_due(&self, pause: Duration) -> Duration {
        match self.refresher.store.last_report::<Report>(EVERYBODY, "").await {
            Ok(Some((_, at, _))) => {
                let passed = Duration::from_secs(u64::try_from(now() - at).unwrap_or_default());
                pause.saturating_sub(passed)
            }
            Ok(None) => Duration::ZERO,
            Err(error) => {
                tracing::warn!("it is not known when sources were last refreshed: {error}");
                AFTER_FAILURE
            }
        }
    }
}

/// Between 0 and 1.
fn random() -> f32 {
    let mut byte = [0];
    let _ = getrandom::fill(&mut byte);
    f32::from(byte[0]) / 255.0
}
