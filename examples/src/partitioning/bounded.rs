//! A ring on which no node gets much more than its share: a full node passes keys on to
//! the next.
//!
//! Shown in `src/partitioning/hot-keys.md`.
//!
//! V. Mirrokni, M. Thorup and M. Zadimoghaddam, "Consistent Hashing with Bounded
//! Loads", SODA 2018.

use crate::number::{float, whole_count};
use std::collections::BTreeMap;

use crate::partitioning::ring::Ring;

// ANCHOR: bounded
/// Places keys, in order, on the nodes of a ring. No node takes more than `slack` times
/// the mean, rounded up; a key whose node is full goes to the next one on the ring that
/// isn't. `None` sets no bound.
pub fn place_bounded<'a>(
    ring: &'a Ring,
    keys: &[u64],
    slack: Option<f64>,
) -> Vec<&'a str> {
    let nodes = ring.points().len();
    let bound = slack.map_or(usize::MAX, |slack| most(keys.len(), nodes, slack));
    let mut load: BTreeMap<&str, usize> = BTreeMap::new();
    let mut placed = Vec::with_capacity(keys.len());
    for key in keys {
        let mut onward = ring.onward(*key);
        if let Some(node) =
            onward.find(|node| load.get(node).is_none_or(|load| *load < bound))
        {
            *load.entry(node).or_default() += 1;
            placed.push(node);
        }
    }
    placed
}
// ANCHOR_END: bounded

/// How many of `keys` keys a node may have.
fn most(keys: usize, nodes: usize, slack: f64) -> usize {
    whole_count((float(keys) / float(nodes.max(1)) * slack.max(1.0)).ceil())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partitioning::hash::hash_number;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_key_has_a_node_and_no_node_too_many(nodes in 1..8usize, keys in 0..200u64, slack in 1.0..3.0f64, seed in any::<u32>()) {
            let names: Vec<String> = (0..nodes).map(|n| format!("n{n}")).collect();
            let ring = Ring::of(names.iter().map(String::as_str), 5);
            let keys: Vec<u64> = (0..keys).map(|n| hash_number(n + u64::from(seed))).collect();
            let placed = place_bounded(&ring, &keys, Some(slack));
            prop_assert_eq!(placed.len(), keys.len());
            for name in &names {
                let load = placed.iter().filter(|node| *node == name).count();
                prop_assert!(load <= most(keys.len(), nodes, slack));
            }
            // Without a bound it is the ring itself.
            let plain: Vec<&str> = keys.iter().filter_map(|key| ring.owner(*key)).collect();
            prop_assert_eq!(place_bounded(&ring, &keys, None), plain);
        }
    }
}
