//! Between the gateway and the work: a bounded queue in which urgent messages overtake.

use std::collections::VecDeque;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How soon something has to be done, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// A warning sign. Never dropped.
    Urgent,
    /// Somebody pressed or typed a command, and Discord waits 3 seconds.
    Interaction,
    /// Somebody spoke to us, or changed what they had said.
    Asked,
    /// Somebody asked, but not us.
    Overheard,
}

/// How long each lane is of use.
const OF_USE: [Option<Duration>; 4] =
    [None, Some(Duration::from_millis(2_700)), Some(Duration::from_secs(60)), Some(Duration::from_secs(20))];
/// How many may wait in each, but the first.
const ROOM: usize = 4_096;

/// The queue.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Notify,
}

struct State<T> {
    lanes: [VecDeque<(T, Instant)>; 4],
    dropped: u64,
    closed: bool,
}

impl<T> Queue<T> {
    pub(super) fn new() -> Self {
        let state = State { lanes: [const { VecDeque::new() }; 4], dropped: 0, closed: false };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }

    /// Puts something in its lane. Where that is full, what has waited longest in it makes room.
    pub(super) fn put(&self, lane: Lane, item: T, now: Instant) {
        let Ok(mut state) = self.state.lock() else { return };
        if state.closed {
            return;
        }
        let waiting = &mut state.lanes[lane as usize];
        let full = lane != Lane::Urgent && waiting.len() >= ROOM;
        if full {
            waiting.pop_front();
        }
        waiting.push_back((item, now));
        state.dropped += u64::from(full);
        drop(state);
        self.changed.notify_one();
    }

    /// The most urgent thing to do; waits for one. `None` when the queue is closed and empty.
    pub(super) async fn next(&self) -> Option<T> {
        loop {
            let changed = self.changed.notified();
            {
                let Ok(mut state) = self.state.lock() else { return None };
                if let Some(item) = state.take(Instant::now()) {
                    return Some(item);
                }
                if state.closed {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Takes nothing more; what is in it can still be taken out.
    pub(super) fn close(&self) {
        if let Ok(mut state) = self.state.lock() {
            state.closed = true;
        }
        self.changed.notify_waiters();
        self.changed.notify_one();
    }

    /// How many were dropped since this was last asked.
    pub(super) fn dropped(&self) -> u64 {
        self.state.lock().map_or(0, |mut state| std::mem::take(&mut state.dropped))
    }
}

impl<T> State<T> {
    fn take(&mut self, now: Instant) -> Option<T> {
        for (lane, of_use) in self.lanes.iter_mut().zip(OF_USE) {
            while let Some((item, since)) = lane.pop_front() {
                if of_use.is_none_or(|of_use| now.duration_since(since) < of_use) {
                    return Some(item);
                }
                self.dropped += 1;
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn the_urgent_overtake_and_are_never_dropped() {
        let (queue, now) = (Queue::new(), Instant::now());
        for number in 0..2 * ROOM {
            queue.put(Lane::Overheard, number, now);
        }
        for number in 0..2 * ROOM {
            queue.put(Lane::Urgent, 10_000 + number, now);
        }
        assert_eq!(queue.dropped(), ROOM as u64);
        for number in 0..2 * ROOM {
            assert_eq!(queue.next().await, Some(10_000 + number));
        }
        assert_eq!(queue.next().await, Some(ROOM), "the older half made room");
        queue.close();
        queue.put(Lane::Urgent, 1, now);
        assert_eq!(queue.next().await, Some(ROOM + 1), "what was in it is still done");
    }

    #[test]
    fn what_waited_too_long_is_dropped_and_counted_but_no_emergency() {
        let (queue, now) = (Queue::new(), Instant::now());
        queue.put(Lane::Urgent, "help", now);
        queue.put(Lane::Interaction, "press", now);
        queue.put(Lane::Asked, "ask", now);
        queue.put(Lane::Overheard, "hear", now);
        let mut state = queue.state.lock().unwrap();
        let later = now + Duration::from_secs(30);
        assert_eq!(state.take(later), Some("help"));
        assert_eq!(state.take(later), Some("ask"));
        assert_eq!(state.take(later), None);
        assert_eq!(state.dropped, 2);
    }
}
