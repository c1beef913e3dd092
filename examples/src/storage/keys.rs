//! A hash store and an ordered store that count their steps, and nodes that hold keys
//! by one of the two rules.
//!
//! Shown in `src/storage/keys.md`.

use crate::hash::mix;

/// Keys in the slots of a hash table with linear probing, at most half full.
#[derive(Debug, Clone, Default)]
pub struct HashStore {
    slots: Vec<Option<(u64, u64)>>,
    used: usize,
}

impl HashStore {
    /// Stores a value under a key.
    pub fn put(&mut self, key: u64, value: u64) {
        if 2 * (self.used + 1) > self.slots.len() {
            let larger = vec![None; (4 * self.used).max(8)];
            let old = std::mem::replace(&mut self.slots, larger);
            self.used = 0;
            for (key, value) in old.into_iter().flatten() {
                self.put(key, value);
            }
        }
        let (slot, _) = self.find(key);
        self.used += usize::from(self.slots[slot].is_none());
        self.slots[slot] = Some((key, value));
    }

    // ANCHOR: hash
    /// The slot of a key, or the empty one where it would go, and how many slots were
    /// looked at.
    fn find(&self, key: u64) -> (usize, usize) {
        let slots = self.slots.len();
        #[expect(clippy::cast_possible_truncation, reason = "only the low bits matter")]
        let mut slot = mix(key) as usize % slots;
        let mut looked = 1;
        while self.slots[slot].is_some_and(|(other, _)| other != key) {
            slot = (slot + 1) % slots;
            looked += 1;
        }
        (slot, looked)
    }
    // ANCHOR_END: hash

    /// The value of a key, and the steps.
    pub fn get(&self, key: u64) -> (Option<u64>, usize) {
        if self.slots.is_empty() {
            return (None, 0);
        }
        let (slot, looked) = self.find(key);
        (self.slots[slot].map(|(_, value)| value), looked)
    }

    /// The values of keys from `from` up to `to`, excluded, in the order of keys, and
    /// the steps: every slot.
    pub fn range(&self, from: u64, to: u64) -> (Vec<u64>, usize) {
        let all = self.slots.iter().flatten();
        let mut found: Vec<_> =
            all.filter(|(key, _)| (from..to).contains(key)).collect();
        found.sort_unstable();
        (
            found.iter().map(|(_, value)| *value).collect(),
            self.slots.len(),
        )
    }
}

/// Keys in order.
#[derive(Debug, Clone, Default)]
pub struct OrderedStore {
    entries: Vec<(u64, u64)>,
}

impl OrderedStore {
    /// Stores a value under a key.
    pub fn put(&mut self, key: u64, value: u64) {
        match self.entries.binary_search_by_key(&key, |(key, _)| *key) {
            Ok(place) => self.entries[place].1 = value,
            Err(place) => self.entries.insert(place, (key, value)),
        }
    }

    // ANCHOR: ordered
    /// The first place whose key is not below this one, and how many keys were
    /// compared, by binary search.
    fn find(&self, key: u64) -> (usize, usize) {
        let (mut low, mut high, mut compared) = (0, self.entries.len(), 0);
        while low < high {
            let middle = low.midpoint(high);
            compared += 1;
            if self.entries[middle].0 < key {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        (low, compared)
    }
    // ANCHOR_END: ordered

    /// The value of a key, and the steps.
    pub fn get(&self, key: u64) -> (Option<u64>, usize) {
        let (place, compared) = self.find(key);
        let entry = self.entries.get(place).filter(|(other, _)| *other == key);
        (entry.map(|(_, value)| *value), compared)
    }

    /// The values of keys from `from` up to `to`, excluded, and the steps: to the first
    /// one, and on.
    pub fn range(&self, from: u64, to: u64) -> (Vec<u64>, usize) {
        let (place, compared) = self.find(from);
        let inside = self.entries[place..]
            .iter()
            .take_while(|(key, _)| *key < to);
        let found: Vec<u64> = inside.map(|(_, value)| *value).collect();
        let steps = compared + found.len();
        (found, steps)
    }
}

/// By which rule keys are given to nodes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Placement {
    /// By a hash of the key.
    Hashed,
    /// By the key: each node has one range.
    Ordered,
}

/// How many of `nodes` nodes hold keys from `from` up to `to`, excluded, of `0..keys`.
pub fn nodes_touched(
    keys: u64,
    nodes: u64,
    placement: Placement,
    from: u64,
    to: u64,
) -> usize {
    let node = |key| match placement {
        Placement::Hashed => mix(key) % nodes.max(1),
        Placement::Ordered => key * nodes / keys.max(1),
    };
    let mut touched: Vec<u64> = (from..to.min(keys)).map(node).collect();
    touched.sort_unstable();
    touched.dedup();
    touched.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn both_are_the_standard_map(puts in proptest::collection::vec((0..60u64, any::<u64>()), 0..120), from in 0..60u64, to in 0..60u64) {
            let (mut hash, mut ordered, mut model) = (HashStore::default(), OrderedStore::default(), BTreeMap::new());
            for (key, value) in puts {
                hash.put(key, value);
                ordered.put(key, value);
                model.insert(key, value);
            }
            for key in 0..60 {
                prop_assert_eq!(hash.get(key).0, model.get(&key).copied());
                prop_assert_eq!(ordered.get(key).0, model.get(&key).copied());
            }
            let expected: Vec<u64> = model.iter().filter(|(key, _)| (from..to).contains(*key)).map(|(_, value)| *value).collect();
            prop_assert_eq!(&hash.range(from, to).0, &expected);
            prop_assert_eq!(&ordered.range(from, to).0, &expected);
        }

        #[test]
        fn a_search_halves(n in 1..3_000u64) {
            let mut store = OrderedStore::default();
            for key in 0..n {
                store.put(key, key);
            }
            let most = (0..n).map(|key| store.get(key).1).max();
            prop_assert!(most <= Some(usize::try_from(n.ilog2()).unwrap() + 1));
        }
    }
}
