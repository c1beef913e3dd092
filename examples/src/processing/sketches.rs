//! Sketches: answers about a stream in little memory, with a known error.
//!
//! Shown in `src/processing/distinct.md` and `src/processing/frequent.md`.
//!
//! `HyperLogLog` after P. Flajolet, É. Fusy, O. Gandouet and F. Meunier, 2007;
//! Count-Min after G. Cormode and S. Muthukrishnan, *Journal of Algorithms* 55(1),
//! 2005; Space-Saving after A. Metwally, D. Agrawal and A. El Abbadi, ICDT 2005; the
//! reservoir after J. S. Vitter, *ACM Transactions on Mathematical Software* 11(1),
//! 1985.

use std::collections::{BTreeMap, BTreeSet};

use crate::hash::mix;
use crate::random::Random;

/// Counts distinct keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HyperLogLog {
    bits: u32,
    registers: Vec<u8>,
}

impl HyperLogLog {
    /// A sketch with 2^`bits` registers, of 4 to 16 bits.
    pub fn new(bits: u32) -> Self {
        let bits = bits.clamp(4, 16);
        Self {
            bits,
            registers: vec![0; 1 << bits],
        }
    }

    // ANCHOR: hll
    /// The first bits of a key's hash choose a register; it keeps the longest run of
    /// leading zeros of the rest, plus one.
    pub fn add(&mut self, key: u64) {
        let hash = mix(key);
        let register = usize::try_from(hash >> (64 - self.bits)).unwrap_or(0);
        let run = (hash << self.bits).leading_zeros().min(64 - self.bits) + 1;
        let run = u8::try_from(run).unwrap_or(u8::MAX);
        self.registers[register] = self.registers[register].max(run);
    }

    /// About how many different keys were added: a harmonic mean of the registers'
    /// guesses.
    pub fn estimate(&self) -> f64 {
        let m = f64::from(1u32 << self.bits);
        let alpha = match self.bits {
            4 => 0.673,
            5 => 0.697,
            6 => 0.709,
            _ => 0.7213 / (1.0 + 1.079 / m),
        };
        let sum: f64 = self
            .registers
            .iter()
            .map(|run| (-f64::from(*run)).exp2())
            .sum();
        let raw = alpha * m * m / sum;
        let empty = self.registers.iter().filter(|run| **run == 0);
        let empty: f64 = empty.map(|_| 1.0).sum();
        if raw <= 2.5 * m && empty > 0.0 {
            m * (m / empty).ln()
        } else {
            raw
        }
    }

    /// Adds everything that another sketch of the same size saw.
    pub fn merge(&mut self, other: &Self) {
        for (mine, theirs) in self.registers.iter_mut().zip(&other.registers) {
            *mine = (*mine).max(*theirs);
        }
    }
    // ANCHOR_END: hll
}

/// Counts keys in rows of shared counters: never too low, rarely much too high.
#[derive(Debug, Clone)]
pub struct CountMin {
    width: usize,
    rows: Vec<Vec<u64>>,
}

impl CountMin {
    /// A sketch of `depth` rows of `width` counters.
    pub fn new(width: usize, depth: usize) -> Self {
        let width = width.max(1);
        Self {
            width,
            rows: vec![vec![0; width]; depth.max(1)],
        }
    }

    // ANCHOR: countmin
    fn places(&self, key: u64) -> impl Iterator<Item = usize> + use<> {
        let width = self.width as u64;
        let hashes =
            (0..self.rows.len() as u64).map(move |row| mix(mix(row) ^ key) % width);
        hashes.map(|hash| usize::try_from(hash).unwrap_or(0))
    }

    /// Counts a key once more, in one counter of each row.
    pub fn add(&mut self, key: u64) {
        let places = self.places(key);
        for (row, place) in self.rows.iter_mut().zip(places) {
            row[place] += 1;
        }
    }

    /// The smallest of the key's counters. Each holds the key's count and those of all
    /// keys that share it.
    pub fn count(&self, key: u64) -> u64 {
        let counters = self
            .rows
            .iter()
            .zip(self.places(key))
            .map(|(row, place)| row[place]);
        counters.min().unwrap_or(0)
    }
    // ANCHOR_END: countmin
}

/// Finds the most frequent keys with `k` counters.
#[derive(Debug, Clone)]
pub struct SpaceSaving {
    k: usize,
    /// For each kept key, its count, and how much of it may belong to other keys.
    counters: BTreeMap<u64, (u64, u64)>,
    /// Counts with their keys, the smallest first.
    by_count: BTreeSet<(u64, u64)>,
}

impl SpaceSaving {
    /// A sketch with `k` counters.
    pub fn new(k: usize) -> Self {
        Self {
            k: k.max(1),
            counters: BTreeMap::new(),
            by_count: BTreeSet::new(),
        }
    }

    // ANCHOR: saving
    /// Counts a key. If it is new and no counter is left, it takes over the smallest
    /// one, including its count.
    pub fn add(&mut self, key: u64) {
        if let Some((count, _)) = self.counters.get_mut(&key) {
            self.by_count.remove(&(*count, key));
            *count += 1;
            self.by_count.insert((*count, key));
            return;
        }
        let mut error = 0;
        if self.counters.len() >= self.k
            && let Some((count, old)) = self.by_count.pop_first()
        {
            self.counters.remove(&old);
            error = count;
        }
        self.counters.insert(key, (error + 1, error));
        self.by_count.insert((error + 1, key));
    }
    // ANCHOR_END: saving

    /// The kept keys with count and possible error, the most frequent first.
    pub fn top(&self) -> Vec<(u64, u64, u64)> {
        let mut top: Vec<_> = self
            .counters
            .iter()
            .map(|(key, (n, e))| (*key, *n, *e))
            .collect();
        top.sort_by_key(|(key, count, _)| (u64::MAX - count, *key));
        top
    }
}

// ANCHOR: reservoir
/// `k` items of a stream of unknown length, each item included with the same
/// probability.
pub fn reservoir<T>(
    stream: impl IntoIterator<Item = T>,
    k: usize,
    random: &mut Random,
) -> Vec<T> {
    let mut kept = Vec::new();
    for (item, seen) in stream.into_iter().zip(1..) {
        if kept.len() < k {
            kept.push(item);
        } else if let Some(old) = kept.get_mut(random.index(seen)) {
            *old = item;
        }
    }
    kept
}
// ANCHOR_END: reservoir

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn distinct_counts_are_within_five_standard_errors(start in any::<u64>(), count in 1..20_000u32, bits in 6..12u32) {
            let mut sketch = HyperLogLog::new(bits);
            for n in 0..u64::from(count) {
                sketch.add(start.wrapping_add(n));
                sketch.add(start.wrapping_add(n)); // Again: no change.
            }
            let error = (sketch.estimate() / f64::from(count) - 1.0).abs();
            prop_assert!(error < 5.0 * 1.04 / f64::from(1u32 << bits).sqrt(), "{error}");
        }

        #[test]
        fn merged_sketches_are_the_sketch_of_everything(a in prop::collection::vec(any::<u64>(), 0..50), b in prop::collection::vec(any::<u64>(), 0..50)) {
            let sketch = |keys: &[u64]| keys.iter().fold(HyperLogLog::new(5), |mut s, k| { s.add(*k); s });
            let mut merged = sketch(&a);
            merged.merge(&sketch(&b));
            prop_assert_eq!(merged, sketch(&[a, b].concat()));
        }

        #[test]
        fn frequency_sketches_keep_their_bounds(keys in prop::collection::vec(0..40u64, 1..400), k in 1..20usize, width in 1..30usize) {
            let mut exact: BTreeMap<u64, u64> = BTreeMap::new();
            let (mut rows, mut saving) = (CountMin::new(width, 4), SpaceSaving::new(k));
            for key in &keys {
                *exact.entry(*key).or_default() += 1;
                rows.add(*key);
                saving.add(*key);
            }
            for (key, count) in &exact {
                prop_assert!(rows.count(*key) >= *count);
            }
            let bound = keys.len() as u64 / k as u64;
            for (key, count, error) in saving.top() {
                prop_assert!(error <= bound && (count - error..=count).contains(&exact[&key]));
            }
            // Every key that is more frequent than the bound is kept.
            let kept: Vec<u64> = saving.top().iter().map(|(key, ..)| *key).collect();
            prop_assert!(exact.iter().all(|(key, count)| *count <= bound || kept.contains(key)));
        }
    }

    #[test]
    fn a_reservoir_takes_each_item_equally_often() {
        let mut random = Random::new(1);
        let mut taken = [0u32; 10];
        for _ in 0..20_000 {
            for item in reservoir(0..10usize, 3, &mut random) {
                taken[item] += 1;
            }
        }
        assert!(taken.iter().all(|n| n.abs_diff(6_000) < 300), "{taken:?}");
    }
}
