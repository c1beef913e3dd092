//! LRU by sampling: no order is kept, only the time of each entry's last use.
//!
//! As Redis does it, without its pool of candidates from earlier samples.

use super::Cache;
use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;
use std::collections::HashMap;

/// A cache that gives up the entry unused longest of a few that it draws.
pub(super) struct Sampled {
    /// Each slot's key and the time of its last use.
    slots: Vec<(usize, u64)>,
    places: HashMap<usize, usize>,
    generator: Pcg64,
    sample: usize,
    capacity: usize,
    now: u64,
}

impl Sampled {
    pub(super) fn new(capacity: usize, sample: usize) -> Self {
        Self {
            slots: Vec::new(),
            places: HashMap::new(),
            generator: Pcg64::seed_from_u64(5),
            sample: sample.max(1),
            capacity,
            now: 0,
        }
    }

    fn draw(&mut self) -> usize {
        let slots = self.slots.len().max(1) as u64;
        usize::try_from(self.generator.next_u64() % slots).unwrap_or(0)
    }
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
            let drawn: Vec<usize> = (0..self.sample).map(|_| self.draw()).collect();
            let oldest = drawn.into_iter().min_by_key(|at| self.slots[*at].1);
            let at = oldest.unwrap_or(0);
            self.places.remove(&self.slots[at].0);
            self.places.insert(key, at);
            self.slots[at] = (key, self.now);
        }
        false
    }
}
