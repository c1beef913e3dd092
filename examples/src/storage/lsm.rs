//! A log-structured merge tree: a table in memory, sorted runs below it, and merges
//! that keep their number small.
//!
//! Shown in `src/storage/lsm.md`.
//!
//! P. O'Neil and others, "The Log-Structured Merge-Tree (LSM-Tree)", Acta Informatica
//! 33, 1996. The two policies are compared in N. Dayan, M. Athanassoulis and S. Idreos,
//! "Monkey: Optimal Navigable Key-Value Store", SIGMOD 2017.

use super::bloom::Bloom;
use crate::number::float;
use crate::random::Random;
use std::collections::{BTreeMap, BTreeSet};

/// When runs are merged.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// A level takes `ratio` runs; then they become one run of the next level. Writes
    /// little.
    Tiered,
    /// A level is one run, up to `ratio` times as large as the one above; what comes in
    /// is merged with it. Reads little.
    Leveled,
}

#[derive(Debug, Clone)]
struct Run {
    /// A value of `None` is a tombstone: the key was deleted.
    entries: Vec<(u64, Option<u64>)>,
    filter: Option<Bloom>,
}

/// A store, and what it did.
#[derive(Debug, Clone)]
pub struct Lsm {
    memory: BTreeMap<u64, Option<u64>>,
    /// Levels from the newest to the oldest; in each, runs from the newest to the
    /// oldest.
    levels: Vec<Vec<Run>>,
    policy: Policy,
    memory_room: usize,
    ratio: usize,
    filter_bits: usize,
    /// How many entries were put or deleted.
    pub put: u64,
    /// How many entries were written to runs, those that were merged counting each
    /// time.
    pub written: u64,
}

impl Lsm {
    /// A store with room for this many entries in memory, runs that grow by `ratio`,
    /// and filters of this many bits for each key (0 for none).
    pub fn new(
        policy: Policy,
        memory_room: usize,
        ratio: usize,
        filter_bits: usize,
    ) -> Self {
        Self {
            memory: BTreeMap::new(),
            levels: Vec::new(),
            policy,
            memory_room: memory_room.max(1),
            ratio: ratio.max(2),
            filter_bits,
            put: 0,
            written: 0,
        }
    }

    /// Puts a value under a key, or deletes the key.
    pub fn put(&mut self, key: u64, value: Option<u64>) {
        self.put += 1;
        self.memory.insert(key, value);
        if self.memory.len() >= self.memory_room {
            let entries = std::mem::take(&mut self.memory).into_iter().collect();
            self.add(0, entries);
        }
    }

    // ANCHOR: get
    /// The value of a key, and how many runs were searched for it: the first that
    /// knows the key has its newest value.
    pub fn get(&self, key: u64) -> (Option<u64>, usize) {
        if let Some(value) = self.memory.get(&key) {
            return (*value, 0);
        }
        let mut searched = 0;
        for run in self.levels.iter().flatten() {
            if run
                .filter
                .as_ref()
                .is_some_and(|filter| !filter.may_contain(key))
            {
                continue;
            }
            searched += 1;
            if let Ok(place) = run.entries.binary_search_by_key(&key, |(key, _)| *key) {
                return (run.entries[place].1, searched);
            }
        }
        (None, searched)
    }
    // ANCHOR_END: get

    // ANCHOR: merge
    /// Gives a level one more run, and merges where the policy says so.
    fn add(&mut self, level: usize, entries: Vec<(u64, Option<u64>)>) {
        if self.levels.len() == level {
            self.levels.push(Vec::new());
        }
        let is_last = self.levels.len() == level + 1;
        match self.policy {
            Policy::Tiered => {
                let run = self.run(entries);
                self.levels[level].insert(0, run);
                if self.levels[level].len() >= self.ratio {
                    let runs = std::mem::take(&mut self.levels[level]);
                    self.add(level + 1, merge(runs, is_last));
                }
            }
            Policy::Leveled => {
                let mut runs = std::mem::take(&mut self.levels[level]);
                runs.insert(
                    0,
                    Run {
                        entries,
                        filter: None,
                    },
                );
                let merged = merge(runs, is_last);
                let level_power =
                    u32::try_from(level).unwrap_or(u32::MAX).saturating_add(1);
                let room = self
                    .memory_room
                    .saturating_mul(self.ratio.saturating_pow(level_power));
                if merged.len() >= room {
                    self.add(level + 1, merged);
                } else {
                    let run = self.run(merged);
                    self.levels[level].push(run);
                }
            }
        }
    }
    // ANCHOR_END: merge

    fn run(&mut self, entries: Vec<(u64, Option<u64>)>) -> Run {
        self.written += u64::try_from(entries.len()).unwrap_or(u64::MAX);
        let filter = (self.filter_bits > 0).then(|| {
            // The best number of hashes is bits for each key × ln 2.
            let hashes = (self.filter_bits * 69 / 100).max(1);
            let mut filter = Bloom::new(
                self.filter_bits * entries.len(),
                u64::try_from(hashes).unwrap_or(1),
            );
            for (key, _) in &entries {
                filter.insert(*key);
            }
            filter
        });
        Run { entries, filter }
    }

    /// Merges everything, memory included, into one run of the last level: of each key
    /// the newest value, and nothing of what was deleted.
    pub fn compact(&mut self) {
        let memory = Run {
            entries: std::mem::take(&mut self.memory).into_iter().collect(),
            filter: None,
        };
        let below = self.levels.iter_mut().flat_map(std::mem::take);
        let runs: Vec<Run> = std::iter::once(memory).chain(below).collect();
        let entries = merge(runs, true);
        if !entries.is_empty() {
            let run = self.run(entries);
            match self.levels.last_mut() {
                Some(last) => last.push(run),
                None => self.levels.push(vec![run]),
            }
        }
    }

    /// How many runs there are.
    pub fn runs(&self) -> usize {
        self.levels.iter().map(Vec::len).sum()
    }

    /// How many entries the runs and memory hold, old values and tombstones included.
    pub fn entries(&self) -> usize {
        let runs = self.levels.iter().flatten();
        self.memory.len() + runs.map(|run| run.entries.len()).sum::<usize>()
    }
}

/// What a load of writes to random keys did to a store, and what look-ups in it cost.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Measured {
    /// How often each entry was written to runs, on average.
    pub written: f64,
    /// The fewest runs that there were at the times of the look-ups.
    pub fewest_runs: usize,
    /// The most.
    pub most_runs: usize,
    /// How many runs were searched for a key that is there, on average.
    pub found: f64,
    /// How many were searched for a key that isn't there.
    pub absent: f64,
}

/// Writes `writes` times to a random one of `keys` keys. How many runs there are depends
/// on when the last merges were, so 20 times in the second half of the writes every key
/// is looked up, and as many that aren't there.
pub fn measure(mut store: Lsm, writes: usize, keys: usize, seed: u64) -> Measured {
    let mut random = Random::new(seed);
    let keys = keys.max(1);
    let (half, step) = (writes / 2, (writes / 40).max(1));
    let (mut searched, mut runs, mut known) = ([0; 2], Vec::new(), BTreeSet::new());
    let mut asked = [0usize; 2];
    for n in 1..=writes {
        // Even keys are written, and odd ones never are.
        let key = 2 * random.below(keys as u64);
        known.insert(key);
        store.put(key, Some(n as u64));
        if n > half && (n - half).is_multiple_of(step) {
            for key in &known {
                for (at, key) in [*key, key + 1].into_iter().enumerate() {
                    searched[at] += store.get(key).1;
                    asked[at] += 1;
                }
            }
            runs.push(store.runs());
        }
    }
    let mean = |at: usize| float(searched[at]) / float(asked[at].max(1));
    Measured {
        written: float(store.written) / float(store.put.max(1)),
        fewest_runs: runs.iter().copied().min().unwrap_or(0),
        most_runs: runs.iter().copied().max().unwrap_or(0),
        found: mean(0),
        absent: mean(1),
    }
}

/// One run of several, newest first: of each key the newest value. Nothing lies below
/// the last level, so a tombstone can go there.
fn merge(runs: Vec<Run>, is_last: bool) -> Vec<(u64, Option<u64>)> {
    let mut merged = BTreeMap::new();
    for run in runs.into_iter().rev() {
        merged.extend(run.entries);
    }
    merged
        .into_iter()
        .filter(|(_, value)| value.is_some() || !is_last)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_is_the_standard_map(
            puts in proptest::collection::vec((0..50u64, proptest::option::of(any::<u64>())), 0..400),
            tiered in any::<bool>(), room in 1..9usize, ratio in 2..5usize, bits in 0..11usize,
        ) {
            let policy = if tiered { Policy::Tiered } else { Policy::Leveled };
            let (mut store, mut model) = (Lsm::new(policy, room, ratio, bits), BTreeMap::new());
            for (key, value) in puts {
                store.put(key, value);
                match value {
                    Some(value) => model.insert(key, value),
                    None => model.remove(&key),
                };
                for key in [key, key + 1] {
                    prop_assert_eq!(store.get(key).0, model.get(&key).copied());
                }
                if store.put == 150 {
                    store.compact();
                    prop_assert_eq!(store.entries(), model.len());
                }
            }
            for key in 0..50 {
                prop_assert_eq!(store.get(key).0, model.get(&key).copied());
            }
        }
    }

    #[test]
    fn a_look_up_searches_at_most_all_runs_and_without_filters_all_for_an_absent_key() {
        for (policy, bits) in [(Policy::Tiered, 0), (Policy::Leveled, 10)] {
            let seen = measure(Lsm::new(policy, 20, 4, bits), 2_000, 300, 7);
            assert!(seen.fewest_runs <= seen.most_runs && seen.written >= 0.9);
            assert!(seen.found <= float(seen.most_runs));
            if bits == 0 {
                assert!(seen.absent >= float(seen.fewest_runs));
                assert!(seen.absent <= float(seen.most_runs));
            } else {
                assert!(seen.absent < 0.05 * float(seen.most_runs));
            }
        }
    }

    #[test]
    fn tiered_writes_an_entry_once_for_each_level() {
        let mut store = Lsm::new(Policy::Tiered, 10, 10, 0);
        (0..1_000).for_each(|key| store.put(key, Some(key)));
        // Once to the first level, once to the second, once to the third.
        assert_eq!((store.written, store.runs()), (3_000, 1));
    }
}
