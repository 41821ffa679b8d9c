//! Between the gateway and the work: a bounded queue in which urgent messages overtake, and in which no channel keeps
//! the others waiting.

use std::collections::{HashMap, VecDeque};
use std::sync::Mutex;
use std::time::{Duration, Instant};

use tokio::sync::Notify;

/// How soon something has to be done, the most urgent first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Lane {
    /// A warning sign. Never dropped, so its lane has no bound: how often one person is told uncalled has,
    /// and how many things of a channel are in hand.
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
/// So many things of one channel are in hand at once: Discord takes no more messages there at a time, and whatever
/// waits for it to take one holds a hand.
const OF_A_CHANNEL: usize = 5;

/// Something to do, and where its reply goes.
#[derive(Debug)]
pub(super) struct Errand<T> {
    pub(super) what: T,
    /// How soon it has to be done.
    pub(super) lane: Lane,
    /// The channel that the reply is written to; 0 where it goes another way.
    pub(super) channel: u64,
}

/// The queue.
pub(super) struct Queue<T> {
    state: Mutex<State<T>>,
    changed: Notify,
}

struct State<T> {
    lanes: [VecDeque<(Errand<T>, Instant)>; 4],
    /// How many hands there are for what is neither urgent nor an interaction.
    ordinary: usize,
    /// How many there are for what is written to a channel: all but those that wait for interactions alone.
    writing: usize,
    /// How many things of each channel are in hand.
    channels: HashMap<u64, usize>,
    dropped: u64,
    closed: bool,
}

impl<T> Queue<T> {
    /// One of which so many ordinary things at most are in hand at once, and so many that are written to a channel.
    pub(super) fn new(ordinary: usize, writing: usize) -> Self {
        let lanes = [const { VecDeque::new() }; 4];
        let state = State { lanes, ordinary, writing, channels: HashMap::new(), dropped: 0, closed: false };
        Self { state: Mutex::new(state), changed: Notify::new() }
    }

    /// Puts something in its lane. Where that is full, what has waited longest in it makes room.
    pub(super) fn put(&self, errand: Errand<T>, now: Instant) {
        let Ok(mut state) = self.state.lock() else { return };
        if state.closed {
            return;
        }
        let waiting = &mut state.lanes[errand.lane as usize];
        let full = errand.lane != Lane::Urgent && waiting.len() >= ROOM;
        if full {
            waiting.pop_front();
        }
        waiting.push_back((errand, now));
        state.dropped += u64::from(full);
        drop(state);
        self.changed.notify_one();
    }

    /// The most urgent thing to do; waits for one. `None` when the queue is closed and empty. It is in hand until
    /// `done` is told.
    pub(super) async fn next(&self) -> Option<Errand<T>> {
        loop {
            let changed = self.changed.notified();
            {
                let Ok(mut state) = self.state.lock() else { return None };
                if let Some(errand) = state.take(Instant::now()) {
                    return Some(errand);
                }
                if state.closed && state.lanes.iter().all(VecDeque::is_empty) {
                    return None;
                }
            }
            changed.await;
        }
    }

    /// Something in hand is done.
    pub(super) fn done(&self, lane: Lane, channel: u64) {
        if let Ok(mut state) = self.state.lock() {
            state.ordinary += usize::from(lane.is_ordinary());
            state.writing += usize::from(channel != 0);
            if let Some(count) = state.channels.get_mut(&channel) {
                *count -= 1;
                if *count == 0 {
                    state.channels.remove(&channel);
                }
            }
        }
        self.changed.notify_one();
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
    fn take(&mut self, now: Instant) -> Option<Errand<T>> {
        for (lane, of_use) in self.lanes.iter_mut().zip(OF_USE) {
            let mut at = 0;
            while let Some((errand, since)) = lane.get(at) {
                if of_use.is_some_and(|of_use| now.duration_since(*since) >= of_use) {
                    lane.remove(at);
                    self.dropped += 1;
                } else if self.channels.get(&errand.channel).is_some_and(|&count| count >= OF_A_CHANNEL)
                    || errand.lane.is_ordinary() && self.ordinary == 0
                    || errand.channel != 0 && self.writing == 0
                {
                    at += 1;
                } else {
                    let (errand, _) = lane.remove(at)?;
                    self.ordinary -= usize::from(errand.lane.is_ordinary());
                    if errand.channel != 0 {
                        self.writing -= 1;
                        *self.channels.entry(errand.channel).or_default() += 1;
                    }
                    return Some(errand);
                }
            }
        }
        None
    }
}

impl Lane {
    fn is_ordinary(self) -> bool {
        matches!(self, Self::Asked | Self::Overheard)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// One in a lane, in a channel.
    fn errand<T>(lane: Lane, channel: u64, what: T) -> Errand<T> {
        Errand { what, lane, channel }
    }

    #[tokio::test]
    async fn the_urgent_overtake_and_are_never_dropped() {
        let (queue, now) = (Queue::new(usize::MAX, usize::MAX), Instant::now());
        for number in 0..2 * ROOM {
            queue.put(errand(Lane::Overheard, 0, number), now);
        }
        for number in 0..2 * ROOM {
            queue.put(errand(Lane::Urgent, 0, 10_000 + number), now);
        }
        assert_eq!(queue.dropped(), ROOM as u64);
        for number in 0..2 * ROOM {
            assert_eq!(queue.next().await.map(|errand| errand.what), Some(10_000 + number));
        }
        assert_eq!(queue.next().await.map(|errand| errand.what), Some(ROOM), "the older half made room");
        queue.close();
        queue.put(errand(Lane::Urgent, 0, 1), now);
        assert_eq!(queue.next().await.map(|errand| errand.what), Some(ROOM + 1), "what was in it is still done");
    }

    #[test]
    fn what_waited_too_long_is_dropped_and_counted_but_no_emergency() {
        let (queue, now) = (Queue::new(8, 8), Instant::now());
        queue.put(errand(Lane::Urgent, 0, "help"), now);
        queue.put(errand(Lane::Interaction, 0, "press"), now);
        queue.put(errand(Lane::Asked, 0, "ask"), now);
        queue.put(errand(Lane::Overheard, 0, "hear"), now);
        let mut state = queue.state.lock().unwrap();
        let later = now + Duration::from_secs(30);
        let mut take = || state.take(later).map(|errand| errand.what);
        assert_eq!((take(), take(), take()), (Some("help"), Some("ask"), None));
        assert_eq!(state.dropped, 2);
    }

    #[test]
    fn a_flooded_channel_and_ordinary_things_keep_nothing_urgent_waiting() {
        let (queue, now) = (Queue::new(2, 8), Instant::now());
        for _ in 0..100 {
            queue.put(errand(Lane::Urgent, 1, "flood"), now);
            queue.put(errand(Lane::Asked, 0, "ask"), now);
        }
        queue.put(errand(Lane::Urgent, 2, "help"), now);
        queue.put(errand(Lane::Interaction, 0, "press"), now);
        let take = || queue.state.lock().unwrap().take(now).map(|errand| errand.what);
        let taken: Vec<_> = std::iter::from_fn(take).collect();
        assert_eq!(taken, [["flood"; OF_A_CHANNEL].as_slice(), &["help", "press", "ask", "ask"]].concat());
        queue.done(Lane::Urgent, 1);
        assert_eq!((take(), take()), (Some("flood"), None), "its channel has room for one more");
        queue.done(Lane::Asked, 0);
        assert_eq!((take(), take()), (Some("ask"), None), "an ordinary hand is free");
    }
}
