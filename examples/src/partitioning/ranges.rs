//! Shards that hold ranges of keys, split when they are full, and merged when they are
//! nearly empty.
//!
//! Shown in `src/partitioning/ranges.md`.
//!
//! After F. Chang et al., "Bigtable: A Distributed Storage System for Structured Data",
//! OSDI 2006, where such a range is a tablet.

use std::collections::{BTreeMap, BTreeSet};

/// What a change did to the shards.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Change {
    /// The first key of the shard that was changed.
    pub shard: u64,
    /// Whether the shard was split because of it.
    pub split: bool,
}

/// Shards by their first key. Each holds the keys up to the next shard's first one.
#[derive(Debug, Clone)]
pub struct RangeShards {
    shards: BTreeMap<u64, BTreeSet<u64>>,
    limit: usize,
}

// ANCHOR: insert
impl RangeShards {
    /// The first key of the shard that a key belongs to: the last one that is not above
    /// it.
    pub fn shard_of(&self, key: u64) -> u64 {
        let below = self.shards.range(..=key).next_back();
        below.map_or(0, |(start, _)| *start)
    }

    /// Inserts a key. A shard that has more keys than the limit is split at its middle
    /// key.
    pub fn insert(&mut self, key: u64) -> Change {
        let shard = self.shard_of(key);
        let keys = self.shards.entry(shard).or_default();
        keys.insert(key);
        let middle = keys.iter().nth(keys.len() / 2).copied();
        let split = keys.len() > self.limit;
        if let (true, Some(middle)) = (split, middle) {
            let upper = keys.split_off(&middle);
            self.shards.insert(middle, upper);
        }
        Change { shard, split }
    }
    // ANCHOR_END: insert

    /// One shard for all keys, and the number of keys, at least 1, that a shard may
    /// hold.
    pub fn new(limit: usize) -> Self {
        Self {
            shards: BTreeMap::from([(0, BTreeSet::new())]),
            limit: limit.max(1),
        }
    }

    /// Removes a key. A shard that together with a neighbor has at most half of the
    /// limit is merged with it.
    pub fn remove(&mut self, key: u64) {
        let shard = self.shard_of(key);
        if let Some(keys) = self.shards.get_mut(&shard) {
            keys.remove(&key);
        }
        let before = self
            .shards
            .range(..shard)
            .next_back()
            .map(|(start, _)| *start);
        let behind = self
            .shards
            .range(shard + 1..)
            .next()
            .map(|(start, _)| *start);
        let pairs = [
            before.map(|start| (start, shard)),
            behind.map(|start| (shard, start)),
        ];
        for (left, right) in pairs.into_iter().flatten() {
            let len = |start: &u64| self.shards.get(start).map_or(0, BTreeSet::len);
            if len(&left) + len(&right) <= self.limit / 2 {
                let keys = self.shards.remove(&right).unwrap_or_default();
                self.shards.entry(left).or_default().extend(keys);
                return;
            }
        }
    }

    /// The keys from `first` up to and including `last`, and how many shards had to be
    /// asked.
    pub fn range(&self, first: u64, last: u64) -> (Vec<u64>, usize) {
        if first > last {
            return (Vec::new(), 0);
        }
        let asked = self.shards.range(self.shard_of(first)..=last);
        let mut keys = Vec::new();
        let mut count = 0;
        for (_, shard) in asked {
            count += 1;
            keys.extend(shard.range(first..=last));
        }
        (keys, count)
    }

    /// Each shard's first key and how many keys it has.
    pub fn sizes(&self) -> impl Iterator<Item = (u64, usize)> {
        self.shards.iter().map(|(start, keys)| (*start, keys.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn rising_keys_all_go_to_the_last_shard() {
        let mut shards = RangeShards::new(10);
        for key in 0..1_000 {
            let last = shards.sizes().last().unwrap().0;
            assert_eq!(shards.insert(key).shard, last);
        }
        // A split leaves half of the keys in the old shard: each shard but the last has
        // half of the limit.
        let sizes: Vec<_> = shards.sizes().map(|(_, size)| size).collect();
        assert!(sizes[..sizes.len() - 1].iter().all(|size| *size == 5));
    }

    proptest! {
        #[test]
        fn shards_hold_what_a_sorted_set_holds(
            steps in prop::collection::vec((any::<bool>(), 0..200u64), 0..300), limit in 1..12usize,
            first in 0..200u64, last in 0..200u64,
        ) {
            let (mut shards, mut judge) = (RangeShards::new(limit), BTreeSet::new());
            for (is_insert, key) in steps {
                if is_insert {
                    shards.insert(key);
                    judge.insert(key);
                } else {
                    shards.remove(key);
                    judge.remove(&key);
                }
                prop_assert!(shards.sizes().all(|(_, size)| size <= limit));
            }
            let expected: Vec<u64> = judge.iter().copied().filter(|key| (first..=last).contains(key)).collect();
            let (found, asked) = shards.range(first, last);
            prop_assert_eq!(found, expected);
            prop_assert!(asked <= shards.sizes().count());
            for (start, keys) in &shards.shards {
                prop_assert!(keys.iter().all(|key| shards.shard_of(*key) == *start));
            }
        }
    }
}
