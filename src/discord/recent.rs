//! What came last, by id.

use std::num::NonZeroUsize;

use lru::LruCache;

/// What came last, by id; of more than so many the oldest are forgotten.
pub(super) struct Recent<T>(LruCache<u64, T>);

impl<T> Recent<T> {
    pub(super) fn new(most: usize) -> Self {
        Self(LruCache::new(NonZeroUsize::new(most).unwrap_or(NonZeroUsize::MIN)))
    }

    /// Takes note of it as the last; whether nothing was known under this id.
    pub(super) fn insert(&mut self, id: u64, value: T) -> bool {
        self.0.put(id, value).is_none()
    }

    pub(super) fn get(&self, id: u64) -> Option<&T> {
        self.0.peek(&id)
    }

    pub(super) fn remove(&mut self, id: u64) {
        self.0.pop(&id);
    }

    pub(super) fn all(&self) -> impl Iterator<Item = &T> {
        self.0.iter().map(|(_, value)| value)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_are_forgotten_however_often_they_are_looked_up() {
        let mut recent = Recent::new(2);
        assert!(recent.insert(1, "one") && recent.insert(2, "two"));
        assert_eq!(recent.get(1), Some(&"one"));
        assert!(recent.insert(3, "three"));
        assert_eq!([1, 2, 3].map(|id| recent.get(id).copied()), [None, Some("two"), Some("three")]);
        assert!(!recent.insert(2, "again"), "it was known");
        assert!(recent.insert(4, "four"));
        assert_eq!([2, 3, 4].map(|id| recent.get(id).copied()), [Some("again"), None, Some("four")]);
        recent.remove(4);
        assert_eq!(recent.all().collect::<Vec<_>>(), [&"again"]);
    }
}
