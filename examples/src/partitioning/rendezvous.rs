//! Two placements without a ring: rendezvous hashing and jump hashing.
//!
//! Shown in `src/partitioning/rendezvous.md`.

use crate::number::float;
use crate::partitioning::hash::{hash, hash_number};

// ANCHOR: rendezvous
/// The nodes of a key, best first: each node gets a score from its name and the key,
/// and the highest wins.
///
/// After D. G. Thaler and C. V. Ravishankar, "Using name-based mappings to increase hit
/// rates", *IEEE/ACM Transactions on Networking* 6(1), 1998.
pub fn rendezvous<'a>(key: u64, nodes: &[&'a str]) -> Vec<&'a str> {
    let mut ranked: Vec<(u64, &str)> = nodes
        .iter()
        .map(|node| (hash_number(hash(node) ^ hash_number(key)), *node))
        .collect();
    ranked.sort_unstable();
    ranked.into_iter().rev().map(|(_, node)| node).collect()
}
// ANCHOR_END: rendezvous

// ANCHOR: jump
/// The node of a key, of `nodes` numbered nodes. Nodes can only be added and taken away
/// at the end.
///
/// After J. Lamping and E. Veach, "A Fast, Minimal Memory, Consistent Hash Algorithm",
/// 2014, arXiv:1406.2294.
pub fn jump(key: u64, nodes: u32) -> u32 {
    let mut state = key;
    let (mut at, mut next) = (0, 0.0);
    while next < f64::from(nodes) {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "below `nodes`"
        )]
        let here = next as u32;
        at = here;
        state = state
            .wrapping_mul(2_862_933_555_777_941_757)
            .wrapping_add(1);
        let draw = float(1u64 << 31) / float((state >> 33) + 1);
        next = f64::from(at + 1) * draw;
        next = next.floor();
    }
    at
}
// ANCHOR_END: jump

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partitioning::modulo::{moved, spread};
    use proptest::prelude::*;

    fn loads(owners: impl Iterator<Item = usize>, nodes: usize) -> Vec<f64> {
        let mut loads = vec![0.0; nodes];
        for owner in owners {
            loads[owner] += 1.0;
        }
        loads
    }

    #[test]
    fn both_spread_keys_as_evenly_as_random_placement_does() {
        let names = ["a", "b", "c", "d", "e", "f", "g", "h"];
        let index = |name: &str| names.iter().position(|other| *other == name).unwrap();
        let ranked = (0..40_000).map(|key| index(rendezvous(key, &names)[0]));
        let jumped = (0..40_000).map(|key| jump(hash_number(key), 8) as usize);
        // Each of the 5,000 keys that a node has on average varies by about 1.3 %.
        assert!(spread(&loads(ranked, 8)).variation < 0.03);
        assert!(spread(&loads(jumped, 8)).variation < 0.03);
    }

    #[test]
    fn jump_moves_as_little_as_possible() {
        for nodes in [1u32, 5, 20] {
            let place = |nodes| move |key: u64| jump(hash_number(key), nodes);
            let share = moved(20_000, place(nodes), place(nodes + 1));
            assert!(
                (share - 1.0 / f64::from(nodes + 1)).abs() < 0.01,
                "{nodes}: {share}"
            );
        }
    }

    #[test]
    fn jump_gives_published_values() {
        // From the test of the implementation in Google's Guava library,
        // `Hashing.consistentHash`.
        assert_eq!(
            [
                jump(10_863_919_174_838_991, 11),
                jump(2_016_238_256_797_177_309, 11),
                jump(1_673_758_223_894_951_030, 11)
            ],
            [6, 3, 5]
        );
    }

    proptest! {
        #[test]
        fn without_its_first_node_a_key_goes_to_its_second(key in any::<u64>(), count in 2..9usize) {
            let all = ["a", "b", "c", "d", "e", "f", "g", "h"];
            let ranked = rendezvous(key, &all[..count]);
            let rest: Vec<&str> = all[..count].iter().copied().filter(|node| *node != ranked[0]).collect();
            prop_assert_eq!(&rendezvous(key, &rest), &ranked[1..]);
        }

        #[test]
        fn a_key_jumps_only_to_the_new_node(key in any::<u64>(), nodes in 1..50u32) {
            let (before, after) = (jump(key, nodes), jump(key, nodes + 1));
            prop_assert!(before < nodes);
            prop_assert!(after == before || after == nodes);
        }
    }
}
