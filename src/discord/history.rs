//! The last messages of each author in a channel, in memory only and not for long: judged together for
//! warning signs, and the topic of a follow-up. Nothing here is ever logged or written.

use std::collections::{HashMap, VecDeque};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::{Duration, Instant};

use crate::answer::{REMEMBERED, TOGETHER};
use crate::corpus::Level;

/// So much of each is, in bytes: what is longer is judged whole when it comes, and remembered in part.
const LENGTH: usize = 1_000;
/// So much is remembered of all authors together, in bytes; the oldest go first.
const ROOM: usize = 2 << 20;
/// So often within a minute an author is told of one sign uncalled: who shows it anew each time has read the advice.
const OFTEN: u32 = 4;
const MINUTE: Duration = Duration::from_secs(60);
/// What an entry takes beside its text, about.
const OVERHEAD: usize = 160;

/// An author in a channel.
pub(super) type Place = (u64, u64);

/// What is remembered.
#[derive(Default)]
pub(super) struct History {
    authors: HashMap<Place, VecDeque<Said>>,
    /// Every message in the order it came, to find the oldest.
    order: VecDeque<(Place, u64, Instant)>,
    /// By the id of our reply, or of the interaction it answered: what had been asked.
    asked: HashMap<u64, String>,
    asked_order: VecDeque<(u64, Instant)>,
    bytes: usize,
    /// The sign that an author was told of in a channel last.
    told: HashMap<Place, Sign>,
}

/// A sign that an author was told of.
struct Sign {
    flag: String,
    level: Level,
    at: Instant,
    /// Since when they were told so often.
    since: Instant,
    times: u32,
}

/// Whether an author has been told of a sign.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Told {
    /// Not yet, or of one less urgent, or long ago.
    Never,
    /// Not long ago.
    Before,
    /// So often within a minute that once more helps nobody.
    Enough,
}

struct Said {
    message: u64,
    text: String,
    /// Of the whole text, of which only the beginning may be remembered.
    hash: u64,
    at: Instant,
}

impl History {
    /// Remembers a message, or its new text where it is known already.
    pub(super) fn add(&mut self, place: Place, message: u64, text: &str, now: Instant) {
        self.forget(now);
        let (hash, text) = (hash(text), beginning(text).to_owned());
        let said = self.authors.entry(place).or_default();
        if let Some(known) = said.iter_mut().find(|said| said.message == message) {
            self.bytes = self.bytes + text.len() - known.text.len();
            (known.text, known.hash) = (text, hash);
            return;
        }
        self.bytes += text.len() + OVERHEAD;
        // Events can come in another order than they happened; ids do not.
        let behind = said.partition_point(|said| said.message < message);
        said.insert(behind, Said { message, text, hash, at: now });
        if said.len() > TOGETHER
            && let Some(oldest) = said.pop_front()
        {
            self.bytes -= oldest.text.len() + OVERHEAD;
        }
        self.order.push_back((place, message, now));
    }

    /// An author's messages, the oldest first.
    pub(super) fn of(&self, place: Place, now: Instant) -> Vec<String> {
        let recent = |said: &&Said| now.duration_since(said.at) < REMEMBERED;
        self.authors.get(&place).into_iter().flatten().filter(recent).map(|said| said.text.clone()).collect()
    }

    /// The text of a message as it is now, where it is still remembered; of a long one its beginning.
    pub(super) fn text(&self, place: Place, message: u64) -> Option<&str> {
        self.said(place, message).map(|said| said.text.as_str())
    }

    /// Whether a message is remembered with just this text, however long it is.
    pub(super) fn is_known(&self, place: Place, message: u64, text: &str) -> bool {
        self.said(place, message).is_some_and(|said| said.text == beginning(text) && said.hash == hash(text))
    }

    fn said(&self, place: Place, message: u64) -> Option<&Said> {
        self.authors.get(&place)?.iter().find(|said| said.message == message)
    }

    /// Forgets a message that was deleted.
    pub(super) fn remove(&mut self, channel: u64, message: u64) {
        if let Some(author) = self.author_of(channel, message) {
            self.take((channel, author), message);
        }
    }

    /// Who wrote a message that is remembered.
    pub(super) fn author_of(&self, channel: u64, message: u64) -> Option<u64> {
        let of_it = self.order.iter().filter(|((of, _), id, _)| *of == channel && *id == message);
        let mut authors = of_it.map(|((_, author), _, _)| *author);
        authors.find(|&author| self.said((channel, author), message).is_some())
    }

    /// Remembers what a reply of ours, or an interaction, was asked.
    pub(super) fn asked(&mut self, reply: u64, question: &str, now: Instant) {
        if self.asked.insert(reply, beginning(question).to_owned()).is_none() {
            self.asked_order.push_back((reply, now));
        }
        self.forget(now);
    }

    /// What a reply of ours had been asked.
    pub(super) fn question_of(&self, reply: u64) -> Option<&str> {
        self.asked.get(&reply).map(String::as_str)
    }

    /// Whether an author has been told of this sign here already; from now on they have.
    pub(super) fn tell(&mut self, place: Place, flag: &str, level: Level, now: Instant) -> Told {
        let before = self.told.remove(&place).filter(|sign| now.duration_since(sign.at) < REMEMBERED);
        let known = before.as_ref().is_some_and(|sign| sign.flag == flag && sign.level >= level);
        let (since, times) = match before.filter(|sign| known && now.duration_since(sign.since) < MINUTE) {
            Some(sign) => (sign.since, sign.times + 1),
            None => (now, 1),
        };
        self.told.insert(place, Sign { flag: flag.to_owned(), level, at: now, since, times });
        match known {
            false => Told::Never,
            true if times > OFTEN => Told::Enough,
            true => Told::Before,
        }
    }

    /// Whether an author was told of any sign here not long ago.
    pub(super) fn was_told(&self, place: Place, now: Instant) -> bool {
        self.told.get(&place).is_some_and(|sign| now.duration_since(sign.at) < REMEMBERED)
    }

    fn forget(&mut self, now: Instant) {
        while let Some(&(place, message, at)) = self.order.front() {
            if now.duration_since(at) < REMEMBERED && self.bytes <= ROOM && self.order.len() <= ROOM / OVERHEAD {
                break;
            }
            self.order.pop_front();
            self.take(place, message);
        }
        while let Some(&(reply, at)) = self.asked_order.front() {
            if now.duration_since(at) < REMEMBERED && self.asked.len() <= ROOM / LENGTH {
                break;
            }
            self.asked_order.pop_front();
            self.asked.remove(&reply);
        }
        if self.told.len() > TOGETHER * 128 {
            self.told.retain(|_, sign| now.duration_since(sign.at) < REMEMBERED);
        }
    }

    fn take(&mut self, place: Place, message: u64) {
        let Some(said) = self.authors.get_mut(&place) else { return };
        if let Some(at) = said.iter().position(|said| said.message == message)
            && let Some(gone) = said.remove(at)
        {
            self.bytes -= gone.text.len() + OVERHEAD;
        }
        if said.is_empty() {
            self.authors.remove(&place);
        }
    }
}

fn hash(text: &str) -> u64 {
    let mut hasher = DefaultHasher::new();
    text.hash(&mut hasher);
    hasher.finish()
}

fn beginning(text: &str) -> &str {
    let end = text.char_indices().map(|(at, c)| at + c.len_utf8()).take_while(|&end| end <= LENGTH).last();
    &text[..end.unwrap_or(0)]
}

#[cfg(test)]
mod tests {
    use super::*;

    const MIA: Place = (1, 2);

    #[test]
    fn eight_messages_of_a_quarter_of_an_hour_are_remembered() {
        let start = Instant::now();
        let mut history = History::default();
        for id in 0..10 {
            history.add(MIA, id, &format!("message {id}"), start);
        }
        assert_eq!(history.of(MIA, start).len(), 8);
        assert_eq!(history.of(MIA, start)[0], "message 2");
        assert!(history.of((1, 3), start).is_empty(), "another author");
        history.add(MIA, 9, "edited", start);
        assert_eq!(history.of(MIA, start).last().unwrap(), "edited");
        history.remove(1, 9);
        assert_eq!(history.of(MIA, start).len(), 7);
        assert!(history.of(MIA, start + REMEMBERED).is_empty());
    }

    #[test]
    fn memory_is_bounded_whoever_talks() {
        let start = Instant::now();
        let mut history = History::default();
        for id in 0..20_000 {
            history.add((id % 7, id), id, &"é".repeat(2_000), start);
            history.asked(id, &"x".repeat(2_000), start);
        }
        assert!(history.bytes <= ROOM + 2 * LENGTH && history.order.len() < 3_000, "{}", history.bytes);
        assert!(history.asked.len() < 3_000 && history.authors.len() < 3_000);
        history.add(MIA, 1, "later", start + REMEMBERED);
        assert_eq!((history.authors.len(), history.order.len()), (1, 1));
    }
}
