//! A Merkle tree over the keys of a replica, to find the keys whose values differ
//! between two replicas.
//!
//! Shown in `src/replication/merkle.md`.
//!
//! R. C. Merkle, "A Digital Signature Based on a Conventional Encryption Function",
//! CRYPTO '87.

use std::collections::BTreeMap;

use crate::partitioning::hash::{hash, hash_number};

/// Hashes of hashes, over the values of `2^depth` buckets of keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Merkle {
    /// The root at 1, the children of n at 2 n and 2 n + 1, the buckets at the end.
    nodes: Vec<u64>,
    buckets: Vec<BTreeMap<u64, String>>,
}

/// What a comparison found and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// The keys whose values differ, or that only one side has, in order.
    pub keys: Vec<u64>,
    /// Hashes of nodes that were compared.
    pub hashes: usize,
    /// Keys in the buckets that had to be compared one by one, on the side that has
    /// more of them.
    pub compared: usize,
}

// ANCHOR: diff
impl Merkle {
    /// Finds the keys that differ: goes down only where hashes differ.
    pub fn diff(&self, other: &Self) -> Difference {
        let mut found = Difference {
            keys: Vec::new(),
            hashes: 0,
            compared: 0,
        };
        let mut open = vec![1];
        while let Some(node) = open.pop() {
            found.hashes += 1;
            if self.nodes[node] == other.nodes[node] {
                continue;
            }
            if node < self.buckets.len() {
                open.extend([2 * node, 2 * node + 1]);
                continue;
            }
            let bucket = node - self.buckets.len();
            let (ours, theirs) = (&self.buckets[bucket], &other.buckets[bucket]);
            found.compared += ours.len().max(theirs.len());
            let differs = |key: &&u64| ours.get(key) != theirs.get(key);
            found
                .keys
                .extend(ours.keys().chain(theirs.keys()).filter(differs));
        }
        found.keys.sort_unstable();
        found.keys.dedup();
        found
    }
    // ANCHOR_END: diff

    /// A tree of a depth, at most 20, over some keys and values.
    pub fn new<'a>(
        depth: u32,
        entries: impl IntoIterator<Item = (u64, &'a str)>,
    ) -> Self {
        let depth = depth.min(20);
        let count = 1usize << depth;
        let mut buckets = vec![BTreeMap::new(); count];
        for (key, value) in entries {
            let place = hash_number(key).checked_shr(64 - depth).unwrap_or(0);
            buckets[usize::try_from(place).unwrap_or(0)].insert(key, value.to_owned());
        }
        let mut nodes = vec![0; count];
        nodes.extend(buckets.iter().map(hash_of));
        for node in (1..count).rev() {
            nodes[node] = combine(nodes[2 * node], nodes[2 * node + 1]);
        }
        Self { nodes, buckets }
    }

    /// The hash of everything.
    pub fn root(&self) -> u64 {
        self.nodes[1]
    }
}

fn hash_of(bucket: &BTreeMap<u64, String>) -> u64 {
    bucket.iter().fold(0, |sum, (key, value)| {
        combine(sum, combine(*key, hash(value)))
    })
}

fn combine(left: u64, right: u64) -> u64 {
    hash_number(
        left.rotate_left(17) ^ hash_number(right.wrapping_add(0x9e37_79b9_7f4a_7c15)),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_difference_is_what_a_comparison_of_all_keys_finds(
            ours in prop::collection::btree_map(0..200u64, "[ab]", 0..60),
            theirs in prop::collection::btree_map(0..200u64, "[ab]", 0..60),
            depth in 0..8u32,
        ) {
            let tree = |side: &BTreeMap<u64, String>| Merkle::new(depth, side.iter().map(|(key, value)| (*key, value.as_str())));
            let found = tree(&ours).diff(&tree(&theirs));
            let expected: Vec<u64> = (0..200).filter(|key| ours.get(key) != theirs.get(key)).collect();
            prop_assert_eq!(&found.keys, &expected);
            prop_assert!(found.hashes < 2usize << depth);
            prop_assert_eq!(tree(&ours).root() == tree(&theirs).root(), expected.is_empty());
        }
    }
}
