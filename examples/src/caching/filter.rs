//! A Bloom filter: says "certainly not there" or "perhaps there".
//!
//! Bloom, "Space/Time Trade-offs in Hash Coding with Allowable Errors", CACM 13(7), 1970; the two-hash scheme is
//! Kirsch and Mitzenmacher's, 2006.

/// A set of numbers that forgets nothing, and believes to know some that were never put in.
#[derive(Debug, Clone)]
pub struct Bloom {
    bits: Vec<bool>,
    hashes: u64,
}

impl Bloom {
    /// An empty filter of this many bits (at least one), with this many hashes a key.
    pub fn new(bits: usize, hashes: u64) -> Self {
        Self {
            bits: vec![false; bits.max(1)],
            hashes,
        }
    }

    // ANCHOR: bloom
    /// Adds a key.
    pub fn insert(&mut self, key: usize) {
        for place in self.places(key) {
            self.bits[place] = true;
        }
    }

    /// Whether a key may have been added. If not, it certainly wasn't.
    pub fn may_contain(&self, key: usize) -> bool {
        self.places(key).all(|place| self.bits[place])
    }
    // ANCHOR_END: bloom

    fn places(&self, key: usize) -> impl Iterator<Item = usize> + use<> {
        let (first, second) = (mix(key as u64), mix(!(key as u64)) | 1);
        let bits = self.bits.len() as u64;
        (0..self.hashes).map(move |i| {
            let place = first.wrapping_add(i.wrapping_mul(second)) % bits;
            usize::try_from(place).unwrap_or(0)
        })
    }
}

/// The finalizer of `SplitMix64`, which spreads a number over all 64 bits.
pub(crate) fn mix(number: u64) -> u64 {
    let mut z = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_found_and_strangers_are_as_rare_as_the_formula_says() {
        for (per_key, hashes) in [(4u32, 3u64), (8, 5), (10, 7)] {
            let mut bloom = Bloom::new(1_000 * per_key as usize, hashes);
            (0..1_000).for_each(|key| bloom.insert(key));
            assert!((0..1_000).all(|key| bloom.may_contain(key)));
            let strangers = (1_000..101_000).filter(|key| bloom.may_contain(*key));
            let measured = f64::from(u32::try_from(strangers.count()).unwrap()) / 100_000.0;
            let k = f64::from(u32::try_from(hashes).unwrap());
            let expected = (1.0 - (-k / f64::from(per_key)).exp()).powf(k);
            assert!(
                (measured - expected).abs() < 0.15 * expected + 0.001,
                "{measured} {expected}"
            );
        }
    }
}
