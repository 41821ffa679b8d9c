//! Pauses between replies, so that nobody, and no server, gets too many.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

/// So many questions a person may ask one after the other before the pause between them holds.
const AT_ONCE: u32 = 4;
/// How long nobody is told again that their server gets too many replies.
const TOLD: Duration = Duration::from_secs(60);
/// So many are remembered at most before those that are over are dropped.
const MANY: usize = 4_096;

/// When each may go on.
pub(super) struct Pauses<K> {
    until: HashMap<K, Pause>,
}

struct Pause {
    until: Instant,
    told: bool,
}

/// Whether one may go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum May {
    /// Yes; the next pause has begun.
    GoOn,
    /// No, and they have not been told in this pause yet.
    WaitAndTell(Duration),
    /// No, and they know.
    Wait,
}

impl<K> Default for Pauses<K> {
    fn default() -> Self {
        Self { until: HashMap::new() }
    }
}

impl<K: Hash + Eq> Pauses<K> {
    /// Whether this one is in no pause; none begins.
    pub(super) fn is_free(&self, who: &K, now: Instant) -> bool {
        self.until.get(who).is_none_or(|running| running.until <= now)
    }

    /// Whether this one may go on now; if so, its next pause begins. `ahead` times one may go on without
    /// waiting for the pause to end; the pauses then add up.
    pub(super) fn ask(&mut self, who: K, pause: Duration, ahead: u32, now: Instant) -> May {
        let allowed = now + pause * ahead;
        if let Some(running) = self.until.get_mut(&who).filter(|running| running.until > now) {
            if running.until <= allowed {
                running.until += pause;
                running.told = false;
                return May::GoOn;
            }
            let told = std::mem::replace(&mut running.told, true);
            return if told { May::Wait } else { May::WaitAndTell(running.until - allowed) };
        }
        if self.until.len() >= MANY {
            self.until.retain(|_, running| running.until > now);
        }
        if !pause.is_zero() && self.until.len() < 16 * MANY {
            self.until.insert(who, Pause { until: now + pause, told: false });
        }
        May::GoOn
    }
}

/// How much a server gets: so many replies at once, and then so many a minute.
#[derive(Default)]
struct Budgets {
    left: HashMap<u64, (f64, Instant)>,
}

/// Replies that a server may get at once; they come back within a minute.
const BURST: f64 = 60.0;

impl Budgets {
    /// Takes one reply from a server's budget; false where nothing is left.
    fn take(&mut self, server: u64, now: Instant) -> bool {
        let come_back = |left: f64, since: Instant| left + now.duration_since(since).as_secs_f64() * BURST / 60.0;
        if self.left.len() >= MANY {
            self.left.retain(|_, (left, since)| come_back(*left, *since) < BURST);
        }
        let (left, since) = self.left.get(&server).copied().unwrap_or((BURST, now));
        let left = come_back(left, since).min(BURST);
        let enough = left >= 1.0;
        self.left.insert(server, (if enough { left - 1.0 } else { left }, now));
        enough
    }
}

/// Whose turn it is: nobody's too soon, and no server's too often.
#[derive(Default)]
pub(super) struct Turns {
    /// Who asked us.
    asking: Pauses<u64>,
    /// Questions whose reply was edited not long ago.
    edited: Pauses<u64>,
    /// Who, in a server, got a reply uncalled.
    unprompted: Pauses<(u64, u64)>,
    budgets: Budgets,
    /// Who was told that their server has used its replies up.
    told_budget: Pauses<u64>,
}

/// Whether one who asks us gets a reply now.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Turn {
    /// Yes.
    Theirs,
    /// No, and they know.
    NotTheirs,
    /// No: they asked a moment ago, and have to wait so long. They have not been told.
    TooSoon(Duration),
    /// No: their server gets too many. They have not been told.
    TooMany,
}

impl Turns {
    /// Whether who asks us in a server, or in private where that is 0, gets a reply now; if so, their pause begins.
    pub(super) fn may_ask(&mut self, server: u64, author: u64, pause: Duration, now: Instant) -> Turn {
        match self.asking.ask(author, pause, AT_ONCE - 1, now) {
            May::GoOn => {}
            May::Wait => return Turn::NotTheirs,
            May::WaitAndTell(left) => return Turn::TooSoon(left),
        }
        if server == 0 || self.budgets.take(server, now) {
            return Turn::Theirs;
        }
        let is_new = self.told_budget.ask(author, TOLD, 0, now) == May::GoOn;
        if is_new { Turn::TooMany } else { Turn::NotTheirs }
    }

    /// Whether who did not ask us gets a reply now; if so, their pause begins.
    pub(super) fn may_have_unprompted(&mut self, server: u64, author: u64, pause: Duration, now: Instant) -> bool {
        self.unprompted.ask((server, author), pause, 0, now) == May::GoOn && self.budgets.take(server, now)
    }

    /// Whether they had one not long ago.
    pub(super) fn rests(&self, server: u64, author: u64, now: Instant) -> bool {
        !self.unprompted.is_free(&(server, author), now)
    }

    /// Whether the reply to a message may be edited now; if so, its pause begins.
    pub(super) fn may_edit(&mut self, message: u64, pause: Duration, now: Instant) -> May {
        self.edited.ask(message, pause, 0, now)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_asks_too_soon_or_where_too_many_do_is_told_once() {
        let (start, pause) = (Instant::now(), Duration::from_secs(3));
        let mut turns = Turns::default();
        assert!((0..AT_ONCE).all(|_| turns.may_ask(1, 1, pause, start) == Turn::Theirs));
        assert_eq!(turns.may_ask(1, 1, pause, start), Turn::TooSoon(pause));
        assert_eq!(turns.may_ask(1, 1, pause, start), Turn::NotTheirs);
        let others = 2..100;
        let replied = others.clone().filter(|&author| turns.may_ask(1, author, pause, start) == Turn::Theirs).count();
        assert_eq!(replied, 60 - AT_ONCE as usize, "the server's budget");
        assert_eq!(turns.may_ask(1, 99, pause, start), Turn::NotTheirs, "they were told");
        assert_eq!(turns.may_ask(1, 100, pause, start), Turn::TooMany);
        assert!(!turns.may_have_unprompted(1, 101, pause, start));
        assert!(others.into_iter().all(|author| turns.may_ask(0, author, pause, start) == Turn::Theirs), "in private");
    }

    #[test]
    fn one_who_got_a_reply_uncalled_rests_in_that_server() {
        let (start, pause) = (Instant::now(), Duration::from_secs(600));
        let mut turns = Turns::default();
        assert!(!turns.rests(1, 1, start) && turns.may_have_unprompted(1, 1, pause, start));
        assert!(turns.rests(1, 1, start) && !turns.may_have_unprompted(1, 1, pause, start));
        assert!(!turns.rests(2, 1, start) && !turns.rests(1, 2, start) && !turns.rests(1, 1, start + pause));
    }

    #[test]
    fn one_is_told_once_in_a_pause() {
        let (start, pause) = (Instant::now(), Duration::from_secs(3));
        let mut pauses = Pauses::default();
        assert_eq!(pauses.ask(1, pause, 0, start), May::GoOn);
        assert_eq!(pauses.ask(1, pause, 0, start), May::WaitAndTell(pause));
        assert_eq!(pauses.ask(1, pause, 0, start), May::Wait);
        assert_eq!(pauses.ask(2, pause, 0, start), May::GoOn);
        assert!(!pauses.is_free(&1, start) && pauses.is_free(&1, start + pause));
        assert_eq!(pauses.ask(1, pause, 0, start + pause), May::GoOn);
        assert_eq!(pauses.ask(3, Duration::ZERO, 0, start), May::GoOn);
        assert_eq!(pauses.ask(3, Duration::ZERO, 0, start), May::GoOn);
    }

    #[test]
    fn a_few_questions_may_come_at_once() {
        let (start, pause) = (Instant::now(), Duration::from_secs(3));
        let mut pauses = Pauses::default();
        assert!((0..4).all(|_| pauses.ask(1, pause, 3, start) == May::GoOn));
        assert_eq!(pauses.ask(1, pause, 3, start), May::WaitAndTell(pause));
        assert_eq!(pauses.ask(1, pause, 3, start + pause), May::GoOn);
        assert_eq!(pauses.ask(1, pause, 3, start + pause), May::WaitAndTell(pause), "told anew in a new pause");
    }

    #[test]
    fn a_server_gets_a_burst_and_then_its_share() {
        let start = Instant::now();
        let mut budgets = Budgets::default();
        assert_eq!((0..100).filter(|_| budgets.take(1, start)).count(), 60);
        assert!(budgets.take(2, start));
        assert!(budgets.take(1, start + Duration::from_secs(1)));
        assert!(!budgets.take(1, start + Duration::from_secs(1)));
    }

    #[test]
    fn servers_that_have_all_back_are_forgotten() {
        let start = Instant::now();
        let mut budgets = Budgets::default();
        (0..MANY as u64).for_each(|server| assert!(budgets.take(server, start)));
        assert!(budgets.take(1 << 40, start + Duration::from_secs(60)));
        assert_eq!(budgets.left.len(), 1);
    }
}
