//! A read-through cache with three ways to write: through it, around it and behind it.
//!
//! Shown in `src/caching/write-behind.md` and `src/caching/writing.md`.

use crate::caching::lru::Lru;
use crate::capacity::popularity::lru_share;
use crate::number::{float, whole};
use crate::random::Random;
use crate::workload::Zipf;
use std::collections::{BTreeMap, HashMap, HashSet};

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
    /// The messages, as `sender -> receiver: text`. Empty if none are recorded.
    pub trace: Vec<String>,
    is_traced: bool,
    writing: Writing,
    cache: Lru<usize, u64>,
    /// Written keys that the store doesn't have yet, with the number of writes to each.
    dirty: BTreeMap<usize, u32>,
    unread: HashSet<usize>,
}

impl ThroughCache {
    /// An empty cache of `capacity` entries (at least one) over an empty store. It
    /// records its messages.
    pub fn new(writing: Writing, capacity: usize) -> Self {
        let is_traced = true;
        Self {
            is_traced,
            ..Self::untraced(writing, capacity)
        }
    }

    /// The same, for long runs: it records nothing.
    pub fn untraced(writing: Writing, capacity: usize) -> Self {
        Self {
            store: HashMap::new(),
            counts: Counts::default(),
            trace: Vec::new(),
            is_traced: false,
            writing,
            cache: Lru::new(capacity.max(1)),
            dirty: BTreeMap::new(),
            unread: HashSet::new(),
        }
    }

    // ANCHOR: read
    /// The value of a key, 0 if it was never written. On a miss the cache itself loads
    /// it.
    pub fn read(&mut self, key: usize) -> u64 {
        self.unread.remove(&key);
        self.log(|| format!("app -> cache: get {key}"));
        if let Some(value) = self.cache.get(&key).copied() {
            self.counts.hits += 1;
            self.log(|| format!("cache -> app: {value}"));
            return value;
        }
        self.counts.store_reads += 1;
        let value = self.store.get(&key).copied().unwrap_or(0);
        self.log(|| format!("cache -> store: get {key}"));
        self.log(|| format!("store -> cache: {value}"));
        self.keep(key, value);
        self.log(|| format!("cache -> app: {value}"));
        value
    }
    // ANCHOR_END: read

    // ANCHOR: write
    /// Writes a value, and returns when it counts as written.
    pub fn write(&mut self, key: usize, value: u64) {
        self.log(|| format!("app -> cache: set {key} to {value}"));
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
        self.log(|| "cache -> app: done".into());
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
        self.log(|| "cache -> cache: crash".into());
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
        self.log(|| format!("cache -> store: set {key} to {value}"));
        self.store.insert(key, value);
    }

    fn log(&mut self, line: impl FnOnce() -> String) {
        if self.is_traced {
            self.trace.push(line());
        }
    }
}

/// Reads and writes of keys whose popularity follows Zipf's law.
#[derive(Debug, Clone, Copy)]
pub struct Mix {
    /// Different keys.
    pub keys: u32,
    /// The exponent of their popularity.
    pub exponent: f64,
    /// Entries that the cache has room for.
    pub entries: u32,
    /// The share of operations that write.
    pub writes: f64,
    /// Whether each write is of a key of its own, which nobody ever reads, as in a log.
    /// Otherwise what is written is as popular as what is read.
    pub is_log: bool,
    /// Operations that are counted. As many before them fill the cache.
    pub operations: usize,
}

/// What the counted operations of a mix met.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Mixed {
    /// The share of reads that the cache answered.
    pub hit_ratio: f64,
    /// Reads of the store for each read of the cache's.
    pub store_reads: f64,
    /// Writes to the store for each write.
    pub store_writes: f64,
    /// The share of reads that waited for a changed entry to be written out, to make
    /// room.
    pub slow_reads: f64,
    /// The share of writes that waited for the store.
    pub slow_writes: f64,
    /// The share of the cache's entries that were written and not read since, at the
    /// end.
    pub unread: f64,
}

/// Runs a mix. What waits is flushed after every thousand operations.
pub fn mixed(writing: Writing, mix: Mix, seed: u64) -> Mixed {
    let mut cache = ThroughCache::untraced(writing, mix.entries as usize);
    let mut random = Random::new(seed);
    let (mut reads, mut slow_reads, mut before) = (0, 0, Counts::default());
    let keys = Zipf::new(mix.keys as usize, mix.exponent, seed.wrapping_add(1));
    for (at, key) in keys.take(2 * mix.operations).enumerate() {
        if at == mix.operations {
            (reads, slow_reads, before) = (0, 0, cache.counts);
        }
        let waits = cache.counts.slow_writes;
        if !random.chance(mix.writes) {
            cache.read(key);
            reads += 1;
            slow_reads += cache.counts.slow_writes - waits;
        } else if mix.is_log {
            cache.write(mix.keys as usize + at, 1);
        } else {
            cache.write(key, at as u64);
        }
        if at % 1_000 == 999 {
            cache.flush();
        }
    }
    let (all, writes) = (cache.counts, mix.operations - reads);
    let each = |count: u32, of: usize| f64::from(count) / float(of.max(1));
    let slow_writes = all.slow_writes - before.slow_writes - slow_reads;
    Mixed {
        hit_ratio: each(all.hits - before.hits, reads),
        store_reads: each(all.store_reads - before.store_reads, reads),
        store_writes: each(all.store_writes - before.store_writes, writes),
        slow_reads: each(slow_reads, reads),
        slow_writes: each(slow_writes, writes),
        unread: float(cache.unread()) / f64::from(mix.entries.max(1)),
    }
}

/// The share of a mix's reads that a warm cache answers, by Che's approximation.
///
/// Where a write leaves the entry in the cache, it is a use like any other. Where a
/// write deletes it, an entry is there if the last operation on its key was a read, and
/// recent enough. So a share `r` of reads makes the cache work like one that is `1 / r`
/// times as large, for the share `r` of the reads.
pub fn expected_hit_ratio(writing: Writing, mix: Mix) -> f64 {
    let reads = 1.0 - mix.writes;
    match writing {
        Writing::Through | Writing::Behind if mix.is_log => beside_a_log(mix),
        Writing::Around if !mix.is_log => {
            let room = (f64::from(mix.entries) / reads.max(1e-9)).round();
            let room = u32::try_from(whole(room)).unwrap_or(u32::MAX);
            reads * lru_share(mix.keys, mix.exponent, room)
        }
        _ => lru_share(mix.keys, mix.exponent, mix.entries),
    }
}

/// The same where each write brings in an entry that is never used again: it takes room
/// for the time after which an unused entry is evicted.
fn beside_a_log(mix: Mix) -> f64 {
    let weights = (1..=mix.keys).map(|rank| f64::from(rank).powf(-mix.exponent));
    let weights: Vec<f64> = weights.collect();
    let all: f64 = weights.iter().sum();
    let kept = |time: f64| {
        let begin = (mix.writes * time, 0.0);
        weights.iter().fold(begin, |(room, hits), weight| {
            let popularity = weight / all;
            let stays = -(-popularity * (1.0 - mix.writes) * time).exp_m1();
            (room + stays, hits + popularity * stays)
        })
    };
    // Room for all keys and for all written ones of a long time.
    let (mut short, mut long) = (0.0, 1e6);
    for _ in 0..60 {
        let middle = f64::midpoint(short, long);
        if kept(middle).0 < f64::from(mix.entries) {
            short = middle;
        } else {
            long = middle;
        }
    }
    kept(short).1
}

/// What a crash would lose with [`Writing::Behind`], found by comparing the store with
/// what was written.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Losses {
    /// Writes to the store.
    pub store_writes: u32,
    /// Counters that the store has wrong, the mean of several moments between flushes.
    pub wrong_mean: f64,
    /// Counters that the store has wrong right before a flush, on average.
    pub wrong_before_flush: f64,
    /// The most additions that the store lacked.
    pub most_lost: u64,
}

/// Adds one to `counters` counters with Zipf's popularity, `writes` times, and flushes
/// after every `every` additions. The cache has room for all counters.
pub fn losses(
    counters: usize,
    exponent: f64,
    writes: usize,
    every: usize,
    seed: u64,
) -> Losses {
    /// How often store and truth are compared in the time between two flushes.
    const LOOKS: usize = 8;
    let mut cache = ThroughCache::untraced(Writing::Behind, counters);
    let mut truth = vec![0u64; counters];
    let every = every.max(1);
    let (mut between, mut before_flush) = (Vec::new(), Vec::new());
    let mut most_lost = 0;
    for (at, key) in Zipf::new(counters, exponent, seed).take(writes).enumerate() {
        truth[key] += 1;
        cache.write(key, truth[key]);
        let done = at + 1;
        let flushes = done % every == 0;
        // In the middle of each of so many equal parts of the time.
        let moment = |part: usize| every * (2 * part + 1) / (2 * LOOKS);
        let looks = (0..LOOKS).any(|part| at % every == moment(part));
        if looks || flushes {
            let lacks = |(key, truth): (usize, &u64)| {
                truth - cache.store.get(&key).copied().unwrap_or(0)
            };
            let lost: Vec<u64> = truth.iter().enumerate().map(lacks).collect();
            let wrong = float(lost.iter().filter(|lost| **lost > 0).count());
            most_lost = most_lost.max(lost.iter().sum());
            if looks {
                between.push(wrong);
            }
            if flushes {
                before_flush.push(wrong);
            }
        }
        if flushes {
            cache.flush();
        }
    }
    let mean = |all: &[f64]| all.iter().sum::<f64>() / float(all.len().max(1));
    Losses {
        store_writes: cache.counts.store_writes,
        wrong_mean: mean(&between),
        wrong_before_flush: mean(&before_flush),
        most_lost,
    }
}

/// How many different keys `draws` draws name, in theory: the sum of 1 − (1 − p)^draws
/// over all keys.
pub fn expected_different(keys: u32, exponent: f64, draws: u32) -> f64 {
    let weights = || (1..=keys).map(|rank| f64::from(rank).powf(-exponent));
    let all: f64 = weights().sum();
    let unnamed = |weight: f64| (1.0 - weight / all).powf(f64::from(draws));
    weights().map(|weight| 1.0 - unnamed(weight)).sum()
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

    #[test]
    fn hit_ratios_are_those_of_the_formula() {
        let base = Mix {
            keys: 1_000,
            exponent: 0.8,
            entries: 100,
            writes: 0.5,
            is_log: false,
            operations: 20_000,
        };
        for (entries, writes) in [(100, 0.1), (100, 0.5), (300, 0.3), (50, 0.9)] {
            let mix = Mix {
                entries,
                writes,
                ..base
            };
            for writing in ALL {
                let runs = (0..3).map(|seed| mixed(writing, mix, seed).hit_ratio);
                let mean = runs.sum::<f64>() / 3.0;
                let expected = expected_hit_ratio(writing, mix);
                assert!(
                    (mean - expected).abs() < 0.015,
                    "{writing:?} {mix:?} {mean} {expected}"
                );
            }
        }
        for writing in ALL {
            let log = Mix {
                is_log: true,
                ..base
            };
            let met = mixed(writing, log, 5);
            let expected = expected_hit_ratio(writing, log);
            assert!((met.hit_ratio - expected).abs() < 0.015, "{writing:?}");
            assert!((met.hit_ratio + met.store_reads - 1.0).abs() < 1e-9);
        }
        let all = Mix {
            entries: 1_000,
            operations: 50_000,
            ..base
        };
        // Half of the operations read, so half of the last ones were reads.
        assert!((mixed(Writing::Around, all, 1).hit_ratio - 0.5).abs() < 0.02);
        assert!(mixed(Writing::Through, all, 1).hit_ratio > 0.98);
    }

    #[test]
    fn a_crash_loses_what_came_since_the_flush_and_the_formula_counts_the_keys() {
        for (every, exponent) in [(100, 0.8), (500, 0.8), (500, 1.2)] {
            let runs = (0..20).map(|seed| losses(300, exponent, 3_000, every, seed));
            let runs: Vec<Losses> = runs.collect();
            assert!(runs.iter().all(|run| run.most_lost == every as u64));
            let mean = |of: fn(&Losses) -> f64| runs.iter().map(of).sum::<f64>() / 20.0;
            let draws = u32::try_from(every).unwrap();
            let expected = expected_different(300, exponent, draws);
            let wrong = mean(|run| run.wrong_before_flush);
            assert!((wrong / expected - 1.0).abs() < 0.02, "{wrong} {expected}");
            let written =
                mean(|run| f64::from(run.store_writes)) / (3_000.0 / float(every));
            assert!(
                (written / expected - 1.0).abs() < 0.02,
                "{written} {expected}"
            );
            assert!(mean(|run| run.wrong_mean) < expected);
        }
        assert!((expected_different(4, 0.0, 2) - 1.75).abs() < 1e-9);
    }
}
