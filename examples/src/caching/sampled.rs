//! LRU by sampling: no order is kept, only the time of each entry's last use.
//!
//! Used by `caching/policies.rs`.
//!
//! Redis did this up to version 2.8. Since 3.0 it also keeps a pool of the best
//! candidates of earlier samples: `src/evict.c`, `evictionPoolPopulate`.

use crate::caching::policies::Cache;
use crate::random::Random;
use std::collections::HashMap;

/// How many candidates Redis keeps between evictions.
pub(super) const POOL: usize = 16;

/// A cache that evicts the entry unused for longest of a few that it draws, and of
/// those that it remembers.
pub(super) struct Sampled {
    /// Each slot's key and the time of its last use.
    slots: Vec<(usize, u64)>,
    places: HashMap<usize, usize>,
    random: Random,
    sample: usize,
    /// Candidates from earlier samples: for how long the entry had been unused when it
    /// was drawn, and its key. The one unused longest comes last. Later uses of the
    /// entry are not considered.
    pool: Vec<(u64, usize)>,
    pool_size: usize,
    capacity: usize,
    now: u64,
}

impl Sampled {
    /// With room for no candidates, each eviction looks at its own sample only.
    pub(super) fn new(capacity: usize, sample: usize, pool_size: usize) -> Self {
        Self {
            slots: Vec::new(),
            places: HashMap::new(),
            random: Random::new(5),
            sample: sample.max(1),
            pool: Vec::new(),
            pool_size,
            capacity,
            now: 0,
        }
    }

    fn draw(&mut self) -> usize {
        self.random.index(self.slots.len())
    }

    /// The slot to evict: of a new sample, the one unused for longest.
    fn of_sample(&mut self) -> usize {
        let drawn: Vec<usize> = (0..self.sample).map(|_| self.draw()).collect();
        let oldest = drawn.into_iter().min_by_key(|at| self.slots[*at].1);
        oldest.unwrap_or(0)
    }

    // ANCHOR: victim
    /// The slot to evict: of a new sample and of the candidates left from earlier ones,
    /// the one that was unused for longest when it was drawn. A candidate that has left
    /// the cache in the meantime is skipped.
    fn of_pool(&mut self) -> usize {
        loop {
            for _ in 0..self.sample {
                let drawn = self.draw();
                let (key, used) = self.slots[drawn];
                let unused = self.now - used;
                let at = self.pool.partition_point(|(held, _)| *held < unused);
                if at > 0 || self.pool.len() < self.pool_size {
                    self.pool.insert(at, (unused, key));
                }
                if self.pool.len() > self.pool_size {
                    self.pool.remove(0);
                }
            }
            while let Some((_, key)) = self.pool.pop() {
                if let Some(at) = self.places.get(&key) {
                    return *at;
                }
            }
        }
    }
    // ANCHOR_END: victim
}

impl Cache for Sampled {
    fn request(&mut self, key: usize) -> bool {
        self.now += 1;
        if let Some(&at) = self.places.get(&key) {
            self.slots[at].1 = self.now;
            return true;
        }
        if self.slots.len() < self.capacity {
            self.places.insert(key, self.slots.len());
            self.slots.push((key, self.now));
        } else if self.capacity > 0 {
            let at = if self.pool_size == 0 {
                self.of_sample()
            } else {
                self.of_pool()
            };
            self.places.remove(&self.slots[at].0);
            self.places.insert(key, at);
            self.slots[at] = (key, self.now);
        }
        false
    }
}
