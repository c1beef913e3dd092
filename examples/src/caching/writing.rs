//! A read-through cache with three ways to write: through it, around it and behind it.
//!
//! Shown in `src/caching/write-behind.md` and `src/caching/writing.md`.

use crate::caching::lru::Lru;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What a write does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Writing {
    /// To the store and to the cache, before the answer.
    Through,
    /// To the store; the cache's copy is deleted.
    Around,
    /// To the cache; the store gets it with the next flush, or when the entry is
    /// evicted.
    Behind,
}

/// What happened so far. Each read or write of store or cache counts as one.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Reads that the cache answered.
    pub hits: u32,
    /// Reads of the store.
    pub store_reads: u32,
    /// Writes to the store.
    pub store_writes: u32,
    /// Writes whose answer waited for the store.
    pub slow_writes: u32,
}

/// A cache that loads what it doesn't have and passes writes on.
#[derive(Debug)]
pub struct ThroughCache {
    /// The data behind the cache.
    pub store: HashMap<usize, u64>,
    /// What happened so far.
    pub counts: Counts,
    /// The messages, as `sender -> receiver: text`.
    pub trace: Vec<String>,
    writing: Writing,
    cache: Lru<usize, u64>,
    /// Written keys that the store doesn't have yet, with the number of writes to each.
    dirty: BTreeMap<usize, u32>,
    unread: BTreeSet<usize>,
}

impl ThroughCache {
    /// An empty cache of `capacity` entries (at least one) over an empty store.
    pub fn new(writing: Writing, capacity: usize) -> Self {
        Self {
            store: HashMap::new(),
            counts: Counts::default(),
            trace: Vec::new(),
            writing,
            cache: Lru::new(capacity.max(1)),
            dirty: BTreeMap::new(),
            unread: BTreeSet::new(),
        }
    }

    // ANCHOR: read
    /// The value of a key, 0 if it was never written. On a miss the cache itself loads
    /// it.
    pub fn read(&mut self, key: usize) -> u64 {
        self.unread.remove(&key);
        self.log(format!("app -> cache: get {key}"));
        if let Some(value) = self.cache.get(&key).copied() {
            self.counts.hits += 1;
            self.log(format!("cache -> app: {value}"));
            return value;
        }
        self.counts.store_reads += 1;
        let value = self.store.get(&key).copied().unwrap_or(0);
        self.log(format!("cache -> store: get {key}"));
        self.log(format!("store -> cache: {value}"));
        self.keep(key, value);
        self.log(format!("cache -> app: {value}"));
        value
    }
    // ANCHOR_END: read

    // ANCHOR: write
    /// Writes a value, and returns when it counts as written.
    pub fn write(&mut self, key: usize, value: u64) {
        self.log(format!("app -> cache: set {key} to {value}"));
        match self.writing {
            Writing::Through => {
                self.store(key, value);
                self.counts.slow_writes += 1;
                self.keep(key, value);
                self.unread.insert(key);
            }
            Writing::Around => {
                self.store(key, value);
                self.counts.slow_writes += 1;
                self.cache.remove(&key);
            }
            Writing::Behind => {
                *self.dirty.entry(key).or_default() += 1;
                self.keep(key, value);
                self.unread.insert(key);
            }
        }
        self.log("cache -> app: done".into());
    }
    // ANCHOR_END: write

    // ANCHOR: flush
    /// Writes to the store what it doesn't have yet: each key once, however often it
    /// was written.
    pub fn flush(&mut self) {
        for key in std::mem::take(&mut self.dirty).into_keys() {
            if let Some(value) = self.cache.peek(&key).copied() {
                self.store(key, value);
            }
        }
    }

    /// Loses everything in memory; returns how many writes had been answered and are
    /// gone.
    pub fn crash(&mut self) -> u32 {
        self.cache = Lru::new(self.cache.capacity());
        self.unread.clear();
        self.log("cache -> cache: crash".into());
        std::mem::take(&mut self.dirty).into_values().sum()
    }
    // ANCHOR_END: flush

    /// How many writes the store doesn't have yet: what a crash now would lose.
    pub fn at_risk(&self) -> u32 {
        self.dirty.values().sum()
    }

    /// How many entries of the cache were written and not read since.
    pub fn unread(&self) -> usize {
        self.unread.len()
    }

    fn keep(&mut self, key: usize, value: u64) {
        if let Some((old, value)) = self.cache.put(key, value)
            && old != key
        {
            self.unread.remove(&old);
            if self.dirty.remove(&old).is_some() {
                self.counts.slow_writes += 1;
                self.store(old, value);
            }
        }
    }

    fn store(&mut self, key: usize, value: u64) {
        self.counts.store_writes += 1;
        self.log(format!("cache -> store: set {key} to {value}"));
        self.store.insert(key, value);
    }

    fn log(&mut self, line: String) {
        self.trace.push(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Writing; 3] = [Writing::Through, Writing::Around, Writing::Behind];

    proptest! {
        #[test]
        fn a_read_gives_what_was_written_last_and_a_crash_loses_what_was_not_flushed(
            operations in prop::collection::vec((0..8usize, prop::option::of(1..99u64)), 0..100),
            flush_after in 0..100usize,
        ) {
            for writing in ALL {
                let mut cache = ThroughCache::new(writing, 3);
                let mut written = HashMap::new();
                for (at, (key, value)) in operations.iter().enumerate() {
                    match value {
                        Some(value) => {
                            cache.write(*key, *value);
                            written.insert(*key, *value);
                        }
                        None => {
                            let expected = written.get(key).copied().unwrap_or(0);
                            prop_assert_eq!(cache.read(*key), expected);
                        }
                    }
                    if at == flush_after {
                        cache.flush();
                        prop_assert_eq!(&cache.store, &written);
                    }
                }
                let lost = cache.crash();
                prop_assert!(writing == Writing::Behind || lost == 0);
                // Judged by what a reader finds afterwards. A lost write may have been
                // of the value that the store has.
                let wrong = written.iter().filter(|(key, value)| cache.read(**key) != **value);
                prop_assert!(wrong.count() <= lost as usize);
            }
        }
    }

    #[test]
    fn ten_writes_to_one_key_are_one_write_behind() {
        let mut cache = ThroughCache::new(Writing::Behind, 3);
        (1..=10).for_each(|value| cache.write(1, value));
        assert_eq!((cache.counts.store_writes, cache.at_risk()), (0, 10));
        cache.flush();
        assert_eq!((cache.counts.store_writes, cache.store[&1]), (1, 10));
        assert_eq!(cache.crash(), 0);
    }

    #[test]
    fn a_dirty_entry_that_has_to_leave_is_written_first() {
        let mut cache = ThroughCache::new(Writing::Behind, 1);
        cache.write(1, 5);
        cache.write(2, 6);
        assert_eq!(cache.store.get(&1), Some(&5));
        assert_eq!(cache.at_risk(), 1);
    }
}
