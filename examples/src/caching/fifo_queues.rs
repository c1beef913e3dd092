//! SIEVE and S3-FIFO: policies of FIFO queues, in which a hit only changes a bit or two
//! of the entry.
//!
//! Used by `caching/policies.rs`.
//!
//! Yazhuo Zhang and others, "SIEVE is Simpler than LRU: an Efficient Turn-Key Eviction
//! Algorithm for Web Caches", NSDI '24, 2024. Juncheng Yang and others, "FIFO Queues are
//! All You Need for Cache Eviction", SOSP '23, 2023, with the authors' sizes: a tenth
//! of the room for newcomers, and as many remembered keys as the large queue has room
//! for.

use crate::caching::policies::Cache;
use std::collections::{HashMap, HashSet, VecDeque};

/// A queue, and a hand that goes from its oldest entry to its newest, again and again.
pub(super) struct Sieve {
    /// Keys, the oldest first.
    queue: Vec<usize>,
    /// Whether an entry was used since the hand passed.
    used: HashMap<usize, bool>,
    hand: usize,
    capacity: usize,
}

impl Sieve {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            queue: Vec::new(),
            used: HashMap::new(),
            hand: 0,
            capacity,
        }
    }
}

// ANCHOR: sieve
impl Cache for Sieve {
    fn request(&mut self, key: usize) -> bool {
        if let Some(used) = self.used.get_mut(&key) {
            *used = true;
            return true;
        }
        if self.capacity > 0 {
            if self.queue.len() == self.capacity {
                let mut next = self.queue[self.hand];
                while self.used.insert(next, false) == Some(true) {
                    self.hand = (self.hand + 1) % self.capacity;
                    next = self.queue[self.hand];
                }
                self.used.remove(&self.queue.remove(self.hand));
                // Past the newest one the hand goes back to the oldest.
                self.hand %= self.queue.len().max(1);
            }
            self.queue.push(key);
            self.used.insert(key, false);
        }
        false
    }
}
// ANCHOR_END: sieve

/// A small queue, a large queue, and remembered keys.
pub(super) struct S3Fifo {
    small: VecDeque<usize>,
    large: VecDeque<usize>,
    /// How often each entry was used, at most three times. In the large queue each
    /// round takes one.
    uses: HashMap<usize, u8>,
    remembered: VecDeque<usize>,
    is_remembered: HashSet<usize>,
    capacity: usize,
}

impl S3Fifo {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            small: VecDeque::new(),
            large: VecDeque::new(),
            uses: HashMap::new(),
            remembered: VecDeque::new(),
            is_remembered: HashSet::new(),
            capacity,
        }
    }

    /// Room for newcomers.
    fn small_room(&self) -> usize {
        (self.capacity / 10).max(1)
    }

    /// Evicts one entry, if the cache is full.
    fn make_room(&mut self) {
        while self.small.len() + self.large.len() >= self.capacity {
            if self.small.len() >= self.small_room() || self.large.is_empty() {
                self.leave_small();
            } else {
                self.leave_large();
            }
        }
    }

    /// The oldest newcomer moves on if it was used twice, and is evicted otherwise.
    fn leave_small(&mut self) {
        let Some(oldest) = self.small.pop_front() else {
            return;
        };
        if self.uses.get(&oldest).copied().unwrap_or(0) > 1 {
            self.uses.insert(oldest, 0);
            self.large.push_back(oldest);
            return;
        }
        self.uses.remove(&oldest);
        self.remembered.push_back(oldest);
        self.is_remembered.insert(oldest);
        if self.remembered.len() > self.capacity - self.small_room()
            && let Some(forgotten) = self.remembered.pop_front()
        {
            self.is_remembered.remove(&forgotten);
        }
    }

    /// The oldest entry that wasn't used is evicted; those before it go to the end.
    fn leave_large(&mut self) {
        while let Some(oldest) = self.large.pop_front() {
            match self.uses.get(&oldest).copied() {
                Some(uses @ 1..) => {
                    self.uses.insert(oldest, uses - 1);
                    self.large.push_back(oldest);
                }
                _ => {
                    self.uses.remove(&oldest);
                    return;
                }
            }
        }
    }
}

impl Cache for S3Fifo {
    fn request(&mut self, key: usize) -> bool {
        if let Some(uses) = self.uses.get_mut(&key) {
            *uses = (*uses + 1).min(3);
            return true;
        }
        if self.capacity > 0 {
            self.make_room();
            if self.is_remembered.remove(&key) {
                self.remembered.retain(|remembered| *remembered != key);
                self.large.push_back(key);
            } else {
                self.small.push_back(key);
            }
            self.uses.insert(key, 0);
        }
        false
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// SIEVE again, with links in place of a vector, the hand being a key.
    fn linked_sieve(trace: &[usize], capacity: usize) -> usize {
        // Of each key: its next newer one, and whether it was used.
        let mut newer: HashMap<usize, (Option<usize>, bool)> = HashMap::new();
        let (mut oldest, mut newest, mut hand) = (None, None, None);
        let mut hits = 0;
        for key in trace.iter().copied() {
            if let Some(entry) = newer.get_mut(&key) {
                entry.1 = true;
                hits += 1;
                continue;
            }
            if newer.len() == capacity {
                let mut at: usize = hand.or(oldest).unwrap();
                while newer[&at].1 {
                    newer.get_mut(&at).unwrap().1 = false;
                    at = newer[&at].0.or(oldest).unwrap();
                }
                hand = newer[&at].0;
                let older = newer.iter().find(|entry| entry.1.0 == Some(at));
                match older.map(|entry| *entry.0) {
                    Some(older) => newer.get_mut(&older).unwrap().0 = hand,
                    None => oldest = hand,
                }
                if newest == Some(at) {
                    let older = newer
                        .iter()
                        .find(|entry| entry.1.0.is_none() && *entry.0 != at);
                    newest = older.map(|entry| *entry.0);
                }
                newer.remove(&at);
            }
            if let Some(newest) = newest {
                newer.get_mut(&newest).unwrap().0 = Some(key);
            }
            oldest = oldest.or(Some(key));
            newer.insert(key, (None, false));
            newest = Some(key);
        }
        hits
    }

    #[test]
    fn what_is_used_once_never_reaches_the_large_queue() {
        let mut cache = S3Fifo::new(20);
        (0..1_000).for_each(|key| _ = cache.request(key));
        assert!(cache.large.is_empty());
        // Used twice more while it is in the small queue, a key stays through a scan.
        (0..3).for_each(|_| _ = cache.request(2_000));
        (3_000..3_100).for_each(|key| _ = cache.request(key));
        assert!(cache.request(2_000));
    }

    proptest! {
        #[test]
        fn a_sieve_of_links_does_the_same(
            trace in prop::collection::vec(0..12usize, 0..300),
            capacity in 1..8usize,
        ) {
            let mut cache = Sieve::new(capacity);
            let hits = trace.iter().filter(|key| cache.request(**key)).count();
            prop_assert_eq!(hits, linked_sieve(&trace, capacity));
        }

        #[test]
        fn s3_fifo_never_holds_more_than_its_room_nor_anything_twice(
            trace in prop::collection::vec(0..40usize, 0..400),
            capacity in 0..30usize,
        ) {
            let mut cache = S3Fifo::new(capacity);
            for key in trace {
                let was_there = cache.small.contains(&key) || cache.large.contains(&key);
                prop_assert_eq!(cache.request(key), was_there);
                prop_assert!(cache.small.len() + cache.large.len() <= capacity);
                prop_assert_eq!(cache.uses.len(), cache.small.len() + cache.large.len());
                prop_assert!(cache.small.iter().all(|key| !cache.large.contains(key)));
                prop_assert_eq!(cache.is_remembered.len(), cache.remembered.len());
                prop_assert!(cache.remembered.len() <= capacity);
                prop_assert!(cache.remembered.iter().all(|key| !cache.uses.contains_key(key)));
            }
        }
    }
}
