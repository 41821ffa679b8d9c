//! Pauses between replies, so that nobody, and no server, gets too many.

use std::collections::HashMap;
use std::hash::Hash;
use std::time::{Duration, Instant};

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

impl<K: Hash + Eq> Pauses<K> {
    pub(super) fn new() -> Self {
        Self { until: HashMap::new() }
    }

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
pub(super) struct Budgets {
    left: HashMap<u64, (f64, Instant)>,
}

/// Replies that a server may get at once; they come back within a minute.
const BURST: f64 = 60.0;

impl Budgets {
    pub(super) fn new() -> Self {
        Self { left: HashMap::new() }
    }

    /// Takes one reply from a server's budget; false where nothing is left.
    pub(super) fn take(&mut self, server: u64, now: Instant) -> bool {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_is_told_once_in_a_pause() {
        let (start, pause) = (Instant::now(), Duration::from_secs(3));
        let mut pauses = Pauses::new();
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
        let mut pauses = Pauses::new();
        assert!((0..4).all(|_| pauses.ask(1, pause, 3, start) == May::GoOn));
        assert_eq!(pauses.ask(1, pause, 3, start), May::WaitAndTell(pause));
        assert_eq!(pauses.ask(1, pause, 3, start + pause), May::GoOn);
        assert_eq!(pauses.ask(1, pause, 3, start + pause), May::WaitAndTell(pause), "told anew in a new pause");
    }

    #[test]
    fn a_server_gets_a_burst_and_then_its_share() {
        let start = Instant::now();
        let mut budgets = Budgets::new();
        assert_eq!((0..100).filter(|_| budgets.take(1, start)).count(), 60);
        assert!(budgets.take(2, start));
        assert!(budgets.take(1, start + Duration::from_secs(1)));
        assert!(!budgets.take(1, start + Duration::from_secs(1)));
    }

    #[test]
    fn servers_that_have_all_back_are_forgotten() {
        let start = Instant::now();
        let mut budgets = Budgets::new();
        (0..MANY as u64).for_each(|server| assert!(budgets.take(server, start)));
        assert!(budgets.take(1 << 40, start + Duration::from_secs(60)));
        assert_eq!(budgets.left.len(), 1);
    }
}
