//! The hash that places keys: FNV-1a, and a finalizer that mixes its bits.
//!
//! Shown in `src/partitioning/hot-keys.md`, `src/partitioning/points.md` and
//! `src/partitioning/ranges.md`.
//!
//! The finalizer is that of A. Appleby's `MurmurHash3`.

use crate::hash::fnv1a;

/// A well-mixed hash of a text: each bit of the text changes about half of the bits of
/// the hash.
pub fn hash(text: &str) -> u64 {
    hash_number(fnv1a(text))
}

/// A well-mixed hash of a number. Different numbers have different hashes.
pub fn hash_number(number: u64) -> u64 {
    let mut hash = number;
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xff51_afd7_ed55_8ccd);
    hash = (hash ^ (hash >> 33)).wrapping_mul(0xc4ce_b9fe_1a85_ec53);
    hash ^ (hash >> 33)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_changed_bit_changes_half_of_the_bits() {
        let flips: u32 = (0..1_000u64)
            .flat_map(|number| (0..64).map(move |bit| (number, number ^ (1 << bit))))
            .map(|(one, other)| (hash_number(one) ^ hash_number(other)).count_ones())
            .sum();
        let mean = f64::from(flips) / 64_000.0;
        assert!((mean - 32.0).abs() < 0.1, "{mean}");
    }

    #[test]
    fn similar_names_are_spread_evenly() {
        let mut counts = [0u32; 16];
        for n in 0..16_000 {
            let top = hash(&format!("user{n}")) >> 60;
            counts[usize::try_from(top).unwrap()] += 1;
        }
        // Chi-squared with 15 degrees of freedom exceeds 37.7 once in a thousand times.
        let chi: f64 = counts
            .iter()
            .map(|count| (f64::from(*count) - 1_000.0).powi(2) / 1_000.0)
            .sum();
        assert!(chi < 37.7, "{chi}");
    }
}
