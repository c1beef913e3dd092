//! 2Q, a policy that separates what was used only once from what was used again.
//!
//! Used by `caching/policies.rs`.
//!
//! Johnson and Shasha, "2Q: A Low Overhead High Performance Buffer Management
//! Replacement Algorithm", VLDB 1994, with the authors' sizes: a quarter of the room
//! for newcomers, and as many remembered keys as half of the room.

use crate::caching::lru::Lru;
use crate::caching::policies::Cache;
use std::collections::VecDeque;

/// A cache of at most `capacity` entries in two queues.
pub(super) struct TwoQueues {
    /// Entries that were used once, the oldest first.
    newcomers: VecDeque<usize>,
    /// Keys, without values, of newcomers that had to go.
    remembered: VecDeque<usize>,
    /// Entries that were requested again after their eviction.
    regulars: Lru<usize, ()>,
    capacity: usize,
}

impl TwoQueues {
    pub(super) fn new(capacity: usize) -> Self {
        Self {
            newcomers: VecDeque::new(),
            remembered: VecDeque::new(),
            regulars: Lru::new(capacity),
            capacity,
        }
    }

    /// Makes room for one entry: evicts and remembers the oldest newcomer, or evicts
    /// the regular that was unused for longest.
    fn make_room(&mut self) {
        if self.newcomers.len() + self.regulars.len() < self.capacity {
            return;
        }
        let regular = self.regulars.keys().last().copied();
        if self.newcomers.len() > self.capacity / 4 || regular.is_none() {
            self.remembered.extend(self.newcomers.pop_front());
            if self.remembered.len() > self.capacity / 2 {
                self.remembered.pop_front();
            }
        } else if let Some(oldest) = regular {
            self.regulars.remove(&oldest);
        }
    }
}

// ANCHOR: request
impl Cache for TwoQueues {
    fn request(&mut self, key: usize) -> bool {
        if self.regulars.get(&key).is_some() || self.newcomers.contains(&key) {
            return true;
        }
        if self.capacity > 0 {
            let known = self.remembered.iter().position(|known| *known == key);
            let returns = known.and_then(|at| self.remembered.remove(at)).is_some();
            self.make_room();
            if returns {
                self.regulars.put(key, ());
            } else {
                self.newcomers.push_back(key);
            }
        }
        false
    }
}
// ANCHOR_END: request

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_scan_does_not_push_out_regulars() {
        let mut cache = TwoQueues::new(8);
        // Keys 0 to 3 come, are pushed out by others, and come back as regulars.
        for key in [0, 1, 2, 3, 10, 11, 12, 13, 14, 15, 16, 17, 0, 1, 2, 3] {
            cache.request(key);
        }
        (100..150).for_each(|key| _ = cache.request(key));
        assert!((0..4).all(|key| cache.request(key)));
    }

    proptest! {
        #[test]
        fn it_never_holds_more_than_its_room_nor_anything_twice(
            trace in prop::collection::vec(0..20usize, 0..200),
            capacity in 0..12usize,
        ) {
            let mut cache = TwoQueues::new(capacity);
            for key in trace {
                cache.request(key);
                prop_assert!(cache.newcomers.len() + cache.regulars.len() <= capacity);
                prop_assert!(cache.regulars.keys().all(|key| !cache.newcomers.contains(key)));
                prop_assert!(cache.remembered.len() <= capacity / 2);
            }
        }
    }
}
