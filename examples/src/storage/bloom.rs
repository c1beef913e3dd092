//! A Bloom filter, and the formula for its false positives.
//!
//! Shown in `src/caching/negative.md` and `src/storage/bloom.md`.
//!
//! B. H. Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", CACM
//! 13(7), 1970. All places come from two hashes, as in A. Kirsch and M. Mitzenmacher,
//! "Less Hashing, Same Performance", ESA 2006.

use crate::hash::mix;

/// A set that may say yes by mistake, but never no.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Bloom {
    bits: Vec<bool>,
    hashes: u64,
}

impl Bloom {
    /// A filter of `bits` bits, at least one, that sets `hashes` of them for each key.
    pub fn new(bits: usize, hashes: u64) -> Self {
        Self {
            bits: vec![false; bits.max(1)],
            hashes,
        }
    }

    // ANCHOR: bloom
    /// The places of a key, one for each hash.
    pub fn places(&self, key: u64) -> impl Iterator<Item = usize> + use<> {
        let (first, step) = (mix(key), mix(!key) | 1);
        let bits = u64::try_from(self.bits.len()).unwrap_or(u64::MAX);
        let place = move |n: u64| first.wrapping_add(n.wrapping_mul(step)) % bits;
        (0..self.hashes).filter_map(move |n| usize::try_from(place(n)).ok())
    }

    /// Adds a key: sets its bits.
    pub fn insert(&mut self, key: u64) {
        for place in self.places(key) {
            self.bits[place] = true;
        }
    }

    /// Whether a key may be there. If one of its bits isn't set, it was never added.
    pub fn may_contain(&self, key: u64) -> bool {
        self.places(key).all(|place| self.bits[place])
    }
    // ANCHOR_END: bloom
}

/// The share of absent keys that a filter lets through, by the usual formula: (1 −
/// e^(−kn/m))^k.
pub fn false_positives(bits: f64, hashes: f64, keys: f64) -> f64 {
    (1.0 - (-hashes * keys / bits).exp()).powf(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn it_never_denies_what_is_there(keys in proptest::collection::vec(any::<u64>(), 0..100), bits in 0..500usize, hashes in 0..9u64) {
            let mut filter = Bloom::new(bits, hashes);
            for key in &keys { filter.insert(*key); }
            prop_assert!(keys.iter().all(|key| filter.may_contain(*key)));
        }
    }

    #[test]
    fn false_positives_are_those_of_the_formula() {
        for (per_key, hashes) in [(4usize, 3u32), (8, 6), (10, 7), (10, 2)] {
            let mut filter = Bloom::new(per_key * 20_000, u64::from(hashes));
            (0..20_000).for_each(|key| filter.insert(key));
            let let_through = (20_000..220_000).filter(|key| filter.may_contain(*key));
            let share = float(let_through.count()) / 200_000.0;
            let theory = false_positives(float(per_key), f64::from(hashes), 1.0);
            assert!(
                (share / theory - 1.0).abs() < 0.1,
                "{per_key} {hashes}: {share} {theory}"
            );
        }
    }

    #[test]
    fn a_key_passes_if_others_have_set_all_of_its_bits_and_only_then() {
        let mut filter = Bloom::new(64, 3);
        (0..12).for_each(|key| filter.insert(key));
        let set: Vec<usize> = (0..12).flat_map(|key| filter.places(key)).collect();
        for key in 0..2_000 {
            let all = filter.places(key).all(|place| set.contains(&place));
            assert_eq!(filter.may_contain(key), all);
            assert_eq!(filter.places(key).count(), 3);
        }
    }
}
