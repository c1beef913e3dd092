//! Least recently used, as it is built in software: a hash map that points into a
//! doubly linked list.
//!
//! Shown in `src/caching/lru.md`.
//!
//! The list's nodes live in one vector and point at each other by index, so that
//! neither unsafe code nor reference counts are needed.

use std::collections::HashMap;
use std::hash::Hash;

/// A cache of at most `capacity` entries that evicts the one unused for longest.
///
/// `get` and `put` cost O(1) on average: one look-up in the map and a fixed number of
/// pointer changes.
#[derive(Debug)]
pub struct Lru<K, V> {
    nodes: Vec<Node<K, V>>,
    places: HashMap<K, usize>,
    newest: Option<usize>,
    oldest: Option<usize>,
    capacity: usize,
}

#[derive(Debug)]
struct Node<K, V> {
    key: K,
    value: V,
    newer: Option<usize>,
    older: Option<usize>,
}

impl<K: Hash + Eq + Clone, V> Lru<K, V> {
    /// An empty cache. One of capacity 0 keeps nothing.
    pub fn new(capacity: usize) -> Self {
        Self {
            nodes: Vec::new(),
            places: HashMap::new(),
            newest: None,
            oldest: None,
            capacity,
        }
    }

    /// How many entries are kept.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing is kept.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    // ANCHOR: get
    /// The value of a key, which becomes the most recently used one.
    pub fn get(&mut self, key: &K) -> Option<&V> {
        let at = *self.places.get(key)?;
        self.unlink(at);
        self.link_newest(at);
        Some(&self.nodes[at].value)
    }
    // ANCHOR_END: get

    // ANCHOR: put
    /// Stores a value; returns the entry that was evicted, or the key's former value.
    pub fn put(&mut self, key: K, value: V) -> Option<(K, V)> {
        if self.capacity == 0 {
            return Some((key, value));
        }
        if let Some(&at) = self.places.get(&key) {
            self.unlink(at);
            self.link_newest(at);
            let former = std::mem::replace(&mut self.nodes[at].value, value);
            return Some((key, former));
        }
        let node = Node {
            key: key.clone(),
            value,
            newer: None,
            older: None,
        };
        let (at, evicted) = match self.oldest {
            Some(oldest) if self.nodes.len() == self.capacity => {
                self.unlink(oldest);
                let old = std::mem::replace(&mut self.nodes[oldest], node);
                self.places.remove(&old.key);
                (oldest, Some((old.key, old.value)))
            }
            _ => {
                self.nodes.push(node);
                (self.nodes.len() - 1, None)
            }
        };
        self.places.insert(key, at);
        self.link_newest(at);
        evicted
    }
    // ANCHOR_END: put

    /// The value of a key, without counting as a use.
    pub fn peek(&self, key: &K) -> Option<&V> {
        self.places.get(key).map(|at| &self.nodes[*at].value)
    }

    /// Removes a key, and returns its value.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let at = self.places.remove(key)?;
        self.unlink(at);
        let last = self.nodes.len() - 1;
        if at != last {
            // The last node moves into the gap, so it is linked again under its new
            // index.
            let (newer, older) = (self.nodes[last].newer, self.nodes[last].older);
            match newer {
                Some(newer) => self.nodes[newer].older = Some(at),
                None => self.newest = Some(at),
            }
            match older {
                Some(older) => self.nodes[older].newer = Some(at),
                None => self.oldest = Some(at),
            }
            self.places.insert(self.nodes[last].key.clone(), at);
        }
        Some(self.nodes.swap_remove(at).value)
    }

    /// How many entries there is room for.
    pub fn capacity(&self) -> usize {
        self.capacity
    }

    /// The keys from the most to the least recently used.
    pub fn keys(&self) -> impl Iterator<Item = &K> {
        std::iter::successors(self.newest, |at| self.nodes[*at].older)
            .map(|at| &self.nodes[at].key)
    }

    fn unlink(&mut self, at: usize) {
        let (newer, older) = (self.nodes[at].newer, self.nodes[at].older);
        match newer {
            Some(newer) => self.nodes[newer].older = older,
            None => self.newest = older,
        }
        match older {
            Some(older) => self.nodes[older].newer = newer,
            None => self.oldest = newer,
        }
    }

    fn link_newest(&mut self, at: usize) {
        self.nodes[at].newer = None;
        self.nodes[at].older = self.newest;
        match self.newest {
            Some(newest) => self.nodes[newest].newer = Some(at),
            None => self.oldest = Some(at),
        }
        self.newest = Some(at);
    }
}

/// The share of a trace's requests that a cache of `capacity` entries answers, from 0
/// to 1.
///
/// A miss loads the key into the cache. An empty trace has a share of 0.
pub fn hit_ratio(trace: impl IntoIterator<Item = usize>, capacity: usize) -> f64 {
    warm_hit_ratio(trace, 0, capacity)
}

/// The same after the first `warm_up` requests, which fill the cache and aren't
/// counted.
pub fn warm_hit_ratio(
    trace: impl IntoIterator<Item = usize>,
    warm_up: usize,
    capacity: usize,
) -> f64 {
    let mut cache = Lru::new(capacity);
    let (mut hits, mut requests) = (0u32, 0u32);
    for (at, key) in trace.into_iter().enumerate() {
        let is_hit = cache.get(&key).is_some();
        if !is_hit {
            cache.put(key, ());
        }
        if at >= warm_up {
            requests += 1;
            hits += u32::from(is_hit);
        }
    }
    f64::from(hits) / f64::from(requests.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::num::NonZeroUsize;

    #[test]
    fn the_entry_unused_longest_is_evicted() {
        let mut cache = Lru::new(2);
        assert_eq!(cache.put("a", 1), None);
        assert_eq!(cache.put("b", 2), None);
        assert_eq!(cache.get(&"a"), Some(&1));
        assert_eq!(cache.put("c", 3), Some(("b", 2)));
        assert_eq!(cache.keys().collect::<Vec<_>>(), [&"c", &"a"]);
        assert_eq!(cache.put("a", 9), Some(("a", 1)));
    }

    #[test]
    fn only_what_follows_the_warm_up_is_counted() {
        let trace = [1, 2, 1, 2, 3, 1];
        assert!((warm_hit_ratio(trace, 2, 2) - 2.0 / 4.0).abs() < 1e-12);
        assert!((warm_hit_ratio(trace, 2, 3) - 3.0 / 4.0).abs() < 1e-12);
        assert!(warm_hit_ratio(trace, 9, 3).abs() < 1e-12);
        assert!((hit_ratio(trace, 3) - 3.0 / 6.0).abs() < 1e-12);
    }

    #[test]
    fn a_cache_without_room_keeps_nothing() {
        let mut cache = Lru::new(0);
        assert_eq!(cache.put(1, 2), Some((1, 2)));
        assert!(cache.is_empty() && cache.get(&1).is_none());
    }

    proptest! {
        #[test]
        fn it_does_what_the_lru_crate_does(
            capacity in 1..8usize,
            operations in prop::collection::vec((0..4u8, 0..12u8, any::<u8>()), 0..200),
        ) {
            let mut ours = Lru::new(capacity);
            let mut theirs = lru::LruCache::new(NonZeroUsize::new(capacity).unwrap());
            for (operation, key, value) in operations {
                match operation {
                    0 => prop_assert_eq!(ours.get(&key), theirs.get(&key)),
                    1 => prop_assert_eq!(ours.peek(&key), theirs.peek(&key)),
                    2 => prop_assert_eq!(ours.remove(&key), theirs.pop(&key)),
                    _ => prop_assert_eq!(ours.put(key, value), theirs.push(key, value)),
                }
                prop_assert_eq!(ours.len(), theirs.len());
                prop_assert!(ours.keys().eq(theirs.iter().map(|(key, _)| key)));
            }
        }
    }
}
