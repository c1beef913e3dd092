//! A key that is requested more than others, on many shards, whole or split into parts.
//!
//! Shown in `src/partitioning/hot-keys.md`.

use crate::number::float;
use crate::partitioning::hash::hash_number;

// ANCHOR: busiest
/// The share of the requests that the busiest of `shards` shards gets, when the `parts`
/// of the keys below `hot` take turns and every other key is whole. Another `seed` is
/// another hash.
pub fn busiest(
    requests: &[usize],
    shards: usize,
    hot: usize,
    parts: usize,
    seed: u64,
) -> f64 {
    let mut loads = vec![0u32; shards.max(1)];
    for (n, key) in requests.iter().enumerate() {
        let part = if *key < hot { n % parts.max(1) } else { 0 };
        loads[shard_of(*key, part, shards, seed)] += 1;
    }
    let most = loads.iter().max().copied().unwrap_or(0);
    f64::from(most) / float(requests.len().max(1))
}

/// The shard of a part of a key. Part 0 is on the shard of the whole key, the others on
/// the next ones, so that up to `shards` parts are on different shards.
pub fn shard_of(key: usize, part: usize, shards: usize, seed: u64) -> usize {
    let shards = shards.max(1);
    let key = u64::try_from(key).unwrap_or(u64::MAX);
    let hash = hash_number(hash_number(seed).wrapping_add(key));
    let count = u64::try_from(shards).unwrap_or(u64::MAX);
    (usize::try_from(hash % count).unwrap_or(0) + part) % shards
}
// ANCHOR_END: busiest

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Zipf;
    use proptest::prelude::*;

    #[test]
    fn no_number_of_shards_gets_below_the_hottest_key() {
        let requests: Vec<usize> = Zipf::new(1_000, 1.0, 1).take(50_000).collect();
        let hottest = requests
            .iter()
            .map(|key| if *key == 0 { 1.0 / 50_000.0 } else { 0.0 })
            .sum::<f64>()
            - 1e-9;
        for shards in [1, 10, 100, 10_000] {
            assert!(busiest(&requests, shards, 0, 1, 1) >= hottest);
            assert!(busiest(&requests, shards, 1, 4, 1) >= hottest / 4.0 - 1e-3);
        }
    }

    #[test]
    fn one_key_in_as_many_parts_as_shards_is_even() {
        let share = busiest(&[0; 1_000], 10, 1, 10, 1);
        assert!((share - 0.1).abs() < 1e-9, "{share}");
    }

    proptest! {
        #[test]
        fn parts_lie_on_different_shards(key in 0..1_000usize, shards in 1..50usize, seed in any::<u64>()) {
            let mut seen: Vec<usize> = (0..shards).map(|part| shard_of(key, part, shards, seed)).collect();
            seen.sort_unstable();
            prop_assert_eq!(seen, (0..shards).collect::<Vec<_>>());
        }
    }
}
