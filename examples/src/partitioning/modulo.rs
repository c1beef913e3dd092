//! Placement by remainder, and two measures for any placement: how evenly it spreads
//! keys, and how many keys a change moves.
//!
//! Shown in `src/partitioning/modulo.md`.

use crate::number::float;
use crate::partitioning::hash::hash_number;

// ANCHOR: modulo
/// The node of a key, of `nodes` nodes: the remainder of its hash.
pub fn place_modulo(key: u64, nodes: u64) -> u64 {
    hash_number(key) % nodes.max(1)
}

/// The share of the keys `0..keys` whose node is a different one after a change.
pub fn moved<T: PartialEq>(
    keys: u64,
    before: impl Fn(u64) -> T,
    after: impl Fn(u64) -> T,
) -> f64 {
    let moved = (0..keys).filter(|key| before(*key) != after(*key)).count();
    float(moved) / float(keys.max(1))
}
// ANCHOR_END: modulo

/// How a load is spread over nodes.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Spread {
    /// The largest load, as a multiple of the mean.
    pub largest: f64,
    /// The smallest.
    pub smallest: f64,
    /// The coefficient of variation: standard deviation over mean.
    pub variation: f64,
}

/// Sums up the loads of all nodes. Without any load all figures are 0.
pub fn spread(loads: &[f64]) -> Spread {
    let count = float(loads.len().max(1));
    let mean = loads.iter().sum::<f64>() / count;
    if mean <= 0.0 {
        return Spread {
            largest: 0.0,
            smallest: 0.0,
            variation: 0.0,
        };
    }
    let variance = loads.iter().map(|load| (load - mean).powi(2)).sum::<f64>() / count;
    Spread {
        largest: loads.iter().copied().fold(0.0, f64::max) / mean,
        smallest: loads.iter().copied().fold(f64::INFINITY, f64::min) / mean,
        variation: variance.sqrt() / mean,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_node_more_moves_all_keys_but_one_in_n_plus_one() {
        for nodes in [1u32, 3, 9, 31] {
            let n = u64::from(nodes);
            let share = moved(
                100_000,
                |key| place_modulo(key, n),
                |key| place_modulo(key, n + 1),
            );
            let theory = f64::from(nodes) / f64::from(nodes + 1);
            assert!((share - theory).abs() < 0.005, "{nodes}: {share} {theory}");
        }
    }

    #[test]
    fn doubling_moves_a_half() {
        let share = moved(
            100_000,
            |key| place_modulo(key, 8),
            |key| place_modulo(key, 16),
        );
        assert!((share - 0.5).abs() < 0.005, "{share}");
    }

    #[test]
    fn spread_of_a_known_list() {
        let seen = spread(&[2.0, 4.0, 4.0, 4.0, 5.0, 5.0, 7.0, 9.0]);
        assert!((seen.variation - 2.0 / 5.0).abs() < 1e-12);
        assert!(
            (seen.largest - 1.8).abs() < 1e-12 && (seen.smallest - 0.4).abs() < 1e-12
        );
        assert!(spread(&[]).largest.abs() < 1e-12);
    }
}
