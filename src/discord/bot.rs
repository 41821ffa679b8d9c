//! What every handler needs: the answers, what lasts, the way out to Discord, and a bounded memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use super::corpus::Care;
use super::history::Place;
use super::memory::Memory;
use super::rest::Rest;
use crate::answer::Answerer;
use crate::picture::Painter;
use crate::refresh::Live;
use crate::store::{CommunityId, CommunitySettings, Store, StoreError};

/// From so many locks on, those that nobody holds are thrown away.
const LOCKS: usize = 256;

/// The bot.
pub(super) struct Bot {
    live: Arc<Live>,
    pub(super) store: Arc<Store>,
    pub(super) rest: Rest,
    pub(super) care: Care,
    pub(super) painter: Arc<Painter>,
    pub(super) cooldown: Duration,
    pub(super) keep_days: u32,
    reads_chat: AtomicBool,
    pub(super) memory: Memory,
    /// What is being worked on, by its id.
    locks: Mutex<HashMap<u64, Arc<tokio::sync::Mutex<()>>>>,
    us: OnceLock<Us>,
}

/// Who we are, once Discord has told us.
#[derive(Debug, Clone, Copy)]
pub(super) struct Us {
    pub(super) application: u64,
    pub(super) user: u64,
}

impl Bot {
    pub(super) fn new(
        live: Arc<Live>,
        store: Arc<Store>,
        rest: Rest,
        care: Care,
        cooldown: Duration,
        keep_days: u32,
    ) -> Self {
        let (reads_chat, us, painter, locks) =
            (AtomicBool::new(true), OnceLock::new(), Arc::default(), Mutex::default());
        Self { live, store, rest, care, painter, cooldown, keep_days, reads_chat, memory: Memory::default(), locks, us }
    }

    /// Who we are; `None` before Discord has told us.
    pub(super) fn us(&self) -> Option<Us> {
        self.us.get().copied()
    }

    /// Takes note of who we are; whether that is new.
    pub(super) fn set_us(&self, us: Us) -> bool {
        self.us.set(us).is_ok()
    }

    /// Whether Discord lets us read messages that are not put to us.
    pub(super) fn reads_chat(&self) -> bool {
        self.reads_chat.load(Ordering::Relaxed)
    }

    /// Discord does not.
    pub(super) fn cannot_read_chat(&self) {
        self.reads_chat.store(false, Ordering::Relaxed);
    }

    /// What answers in a server: with its own sources, where it has some; in private, where the number is 0, without.
    pub(super) async fn answerer_in(&self, server: u64) -> Arc<Answerer> {
        self.care.follower().answerer(self.care.community(server)).await
    }

    /// Whether something answers yet.
    pub(super) fn answers(&self) -> bool {
        self.live.is_there()
    }

    /// What all share, which answers now; waits where there is none yet.
    pub(super) async fn answerer(&self) -> Arc<Answerer> {
        self.live.now().await
    }

    /// Whether words show a sign that nothing may hold back.
    pub(super) async fn is_urgent(&self, said: &[&str]) -> bool {
        self.answerer().await.check(said).is_some_and(|urgent| urgent.level.overrides_all())
    }

    /// Takes note of a message or an interaction; whether it is new to us, as Discord sends some again after a break.
    pub(super) fn note_seen(&self, id: u64) -> bool {
        self.memory.known().seen.insert(id, ())
    }

    /// Waits until nobody else works on what has this id: a message, or a server's settings.
    pub(super) async fn alone_with(&self, id: u64) -> OwnedMutexGuard<()> {
        let lock = {
            let mut locks = self.locks.lock().unwrap_or_else(PoisonError::into_inner);
            if locks.len() >= LOCKS {
                locks.retain(|_, lock| Arc::strong_count(lock) > 1);
            }
            Arc::clone(locks.entry(id).or_default())
        };
        lock.lock_owned().await
    }

    /// How a server wants it. Where the database fails: as if it had never been asked.
    pub(super) async fn settings(&self, server: u64) -> Arc<CommunitySettings> {
        if server == 0 {
            return Arc::default();
        }
        if let Some(known) = self.memory.known().settings.get(server) {
            return Arc::clone(known);
        }
        match self.store.settings(CommunityId(server)).await {
            Ok(settings) => self.hold(server, settings),
            Err(error) => {
                tracing::warn!("settings of a server could not be read, so its defaults hold for now: {error}");
                Arc::default()
            }
        }
    }

    /// Changes how a server wants it.
    pub(super) async fn set_settings(&self, server: u64, settings: CommunitySettings) -> Result<(), StoreError> {
        self.store.set_settings(CommunityId(server), &settings).await?;
        self.hold(server, settings);
        Ok(())
    }

    /// Forgets how a server wanted it.
    pub(super) fn forget_settings(&self, server: u64) {
        self.memory.known().settings.remove(server);
    }

    fn hold(&self, server: u64, settings: CommunitySettings) -> Arc<CommunitySettings> {
        let settings = Arc::new(settings);
        self.memory.known().settings.insert(server, Arc::clone(&settings));
        settings
    }

    /// A server's roles, or ours there, have changed: what refused us may not any more.
    pub(super) fn forgive_server(&self, server: u64) {
        let posted = self.memory.posted();
        self.rest.forgive(|channel| posted.refusing.get(channel) == Some(&server));
    }

    /// A channel has changed, and what hangs on it with it.
    pub(super) fn forgive_channel(&self, changed: u64) {
        let known = self.memory.known();
        let hangs_on = |channel| known.posts.get(channel).is_some_and(|(parent, _)| *parent == changed);
        self.rest.forgive(|channel| channel == changed || hangs_on(channel));
    }

    /// What an author said in a place not long ago, the oldest first; with this message, which is remembered.
    pub(super) fn hear(&self, place: Place, message: u64, text: &str) -> Vec<String> {
        let now = Instant::now();
        let mut history = self.memory.history();
        history.add(place, message, text, now);
        let mut said = history.of(place, now);
        // What is long is remembered in part, and judged whole.
        if let Some(last) = said.last_mut().filter(|last| text.starts_with(last.as_str())) {
            text.clone_into(last);
        }
        said
    }
}
