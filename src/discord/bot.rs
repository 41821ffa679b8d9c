//! What every handler needs: the answers, what lasts, the way out to Discord, and a bounded memory.

use std::collections::HashMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::OwnedMutexGuard;

use super::cooldown::{Budgets, Pauses};
use super::corpus::Care;
use super::history::{History, Place};
use super::recent::Recent;
use super::rest::Rest;
use crate::answer::Answerer;
use crate::picture::Painter;
use crate::refresh::Live;
use crate::store::{CommunityId, CommunitySettings, Shown, Store, StoreError, Target};

/// So many servers' settings are held; the rest is read again when it is needed.
const SERVERS: usize = 4_096;
/// So many ids of messages and interactions are known as seen.
const SEEN: usize = 8_192;
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
    memory: Mutex<Memory>,
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

/// What is remembered while the program runs. Every part is bounded.
pub(super) struct Memory {
    pub(super) history: History,
    pub(super) asking: Pauses<u64>,
    /// Questions whose reply was edited not long ago.
    pub(super) edited: Pauses<u64>,
    pub(super) unprompted: Pauses<(u64, u64)>,
    pub(super) budgets: Budgets,
    pub(super) told_budget: Pauses<u64>,
    /// How servers want it.
    settings: Recent<Arc<CommunitySettings>>,
    /// The messages and interactions that came.
    seen: Recent<()>,
    /// Where a post was opened, and its title: by the post's id.
    pub(super) posts: Recent<(u64, String)>,
    /// The messages to which helpers had answers posted.
    pub(super) helped: Recent<()>,
    /// The messages that called us to somebody else's.
    pub(super) called_to: Recent<()>,
    /// The role that Discord made for us in a server, if it did.
    pub(super) roles: Recent<Option<u64>>,
    /// Who owns a server.
    pub(super) owners: Recent<u64>,
    /// The servers of channels that refused a message of ours.
    pub(super) refusing: Recent<u64>,
    /// Urgent advice that a helper looked up, and for which message, until it is posted: written down nowhere.
    pub(super) advised: Recent<Option<(Shown, Target)>>,
    /// What could not be looked up a moment ago.
    pub(super) unknown: Pauses<u64>,
    /// The words of a person's names, which are kept with no question.
    pub(super) names: Recent<Vec<String>>,
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
        let memory = Memory {
            history: History::default(),
            asking: Pauses::new(),
            edited: Pauses::new(),
            unprompted: Pauses::new(),
            budgets: Budgets::new(),
            told_budget: Pauses::new(),
            settings: Recent::new(SERVERS),
            seen: Recent::new(SEEN),
            posts: Recent::new(2_000),
            helped: Recent::new(2_000),
            called_to: Recent::new(2_000),
            roles: Recent::new(SERVERS),
            owners: Recent::new(SERVERS),
            refusing: Recent::new(SERVERS),
            advised: Recent::new(2_000),
            unknown: Pauses::new(),
            names: Recent::new(2_000),
        };
        let (reads_chat, us, painter, locks) =
            (AtomicBool::new(true), OnceLock::new(), Arc::default(), Mutex::default());
        let memory = Mutex::new(memory);
        Self { live, store, rest, care, painter, cooldown, keep_days, reads_chat, memory, locks, us }
    }

    /// The memory; hold it for a moment only.
    pub(super) fn memory(&self) -> MutexGuard<'_, Memory> {
        self.memory.lock().unwrap_or_else(PoisonError::into_inner)
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
        self.memory().seen.insert(id, ())
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
        if let Some(known) = self.memory().settings.get(server) {
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
        self.memory().settings.remove(server);
    }

    fn hold(&self, server: u64, settings: CommunitySettings) -> Arc<CommunitySettings> {
        let settings = Arc::new(settings);
        self.memory().settings.insert(server, Arc::clone(&settings));
        settings
    }

    /// A server's roles, or ours there, have changed: what refused us may not any more.
    pub(super) fn forgive_server(&self, server: u64) {
        let memory = self.memory();
        self.rest.forgive(|channel| memory.refusing.get(channel) == Some(&server));
    }

    /// A channel has changed, and what hangs on it with it.
    pub(super) fn forgive_channel(&self, changed: u64) {
        let memory = self.memory();
        let hangs_on = |channel| memory.posts.get(channel).is_some_and(|(parent, _)| *parent == changed);
        self.rest.forgive(|channel| channel == changed || hangs_on(channel));
    }

    /// What an author said in a place not long ago, the oldest first; with this message, which is remembered.
    pub(super) fn hear(&self, place: Place, message: u64, text: &str) -> Vec<String> {
        let now = Instant::now();
        let mut memory = self.memory();
        memory.history.add(place, message, text, now);
        let mut said = memory.history.of(place, now);
        // What is long is remembered in part, and judged whole.
        if let Some(last) = said.last_mut().filter(|last| text.starts_with(last.as_str())) {
            text.clone_into(last);
        }
        said
    }
}
