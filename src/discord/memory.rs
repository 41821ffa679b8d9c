//! What is remembered while the program runs, by what it is of. Every part is bounded.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::cooldown::{Pauses, Turns};
use super::history::History;
use super::recent::Recent;
use crate::store::{CommunitySettings, Shown, Target};

/// So many servers are known; of the rest it is read again when it is needed.
const SERVERS: usize = 4_096;
/// So many messages, posts and people are.
const MANY: usize = 2_000;
/// So many ids of messages and interactions are known as seen.
const SEEN: usize = 8_192;

/// What is remembered. Each part has a lock of its own; hold it for a moment only.
#[derive(Default)]
pub(super) struct Memory {
    history: Mutex<History>,
    turns: Mutex<Turns>,
    known: Mutex<Known>,
    posted: Mutex<Posted>,
}

/// What Discord has told us, or the database.
pub(super) struct Known {
    /// How a server wants it.
    pub(super) settings: Recent<Arc<CommunitySettings>>,
    /// The role that Discord made for us in a server, if it did.
    pub(super) roles: Recent<Option<u64>>,
    /// Who owns a server.
    pub(super) owners: Recent<u64>,
    /// Where a post was opened, and its title: by the post's id.
    pub(super) posts: Recent<(u64, String)>,
    /// The words of a person's names, which are kept with no question.
    pub(super) names: Recent<Vec<String>>,
    /// What could not be looked up a moment ago.
    pub(super) unknown: Pauses<u64>,
    /// The messages and interactions that came.
    pub(super) seen: Recent<()>,
}

/// What became of messages of ours, and of others' because of us.
pub(super) struct Posted {
    /// The messages to which helpers had answers posted.
    pub(super) helped: Recent<()>,
    /// The messages that called us to somebody else's.
    pub(super) called_to: Recent<()>,
    /// Urgent advice that a helper looked up, and for which message, until it is posted: written down nowhere.
    pub(super) advised: Recent<Option<(Shown, Target)>>,
    /// The servers of channels that refused a message of ours.
    pub(super) refusing: Recent<u64>,
}

impl Memory {
    /// What was said and told.
    pub(super) fn history(&self) -> MutexGuard<'_, History> {
        locked(&self.history)
    }

    /// Whose turn it is.
    pub(super) fn turns(&self) -> MutexGuard<'_, Turns> {
        locked(&self.turns)
    }

    pub(super) fn known(&self) -> MutexGuard<'_, Known> {
        locked(&self.known)
    }

    pub(super) fn posted(&self) -> MutexGuard<'_, Posted> {
        locked(&self.posted)
    }
}

fn locked<T>(part: &Mutex<T>) -> MutexGuard<'_, T> {
    part.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Default for Known {
    fn default() -> Self {
        Self {
            settings: Recent::new(SERVERS),
            roles: Recent::new(SERVERS),
            owners: Recent::new(SERVERS),
            posts: Recent::new(MANY),
            names: Recent::new(MANY),
            unknown: Pauses::default(),
            seen: Recent::new(SEEN),
        }
    }
}

impl Default for Posted {
    fn default() -> Self {
        Self {
            helped: Recent::new(MANY),
            called_to: Recent::new(MANY),
            advised: Recent::new(MANY),
            refusing: Recent::new(SERVERS),
        }
    }
}
