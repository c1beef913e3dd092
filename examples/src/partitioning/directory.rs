//! Many logical shards, fixed in number, and a directory that says which node holds
//! each of them.
//!
//! Shown in `src/partitioning/directory.md`.
//!
//! G. `DeCandia` et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP
//! 2007, section 6.2, strategy 3, places equal parts in this way.

use crate::partitioning::hash::hash_number;

/// Which node holds each logical shard. Nodes have numbers and are never renumbered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directory {
    node_of: Vec<usize>,
    nodes: Vec<usize>,
    /// Grows with each change, so that a client can detect that its copy is outdated.
    pub version: u64,
}

// ANCHOR: directory
impl Directory {
    /// The logical shard of a key. It never changes.
    pub fn shard_of(&self, key: u64) -> usize {
        let count = u64::try_from(self.node_of.len()).unwrap_or(u64::MAX);
        usize::try_from(hash_number(key) % count.max(1)).unwrap_or(0)
    }

    /// The node that holds a key now.
    pub fn node_of(&self, key: u64) -> Option<usize> {
        self.node_of.get(self.shard_of(key)).copied()
    }

    /// Adds a node: shards move to it, one after the other from the node that has most,
    /// until no node has two more than the new one.
    pub fn add_node(&mut self, node: usize) {
        if self.nodes.contains(&node) {
            return;
        }
        self.nodes.push(node);
        self.version += 1;
        while let Some(full) = self
            .fullest()
            .filter(|full| self.count(*full) > self.count(node) + 1)
        {
            self.move_one(full, node);
        }
    }
    // ANCHOR_END: directory

    /// A directory of `shards` logical shards, assigned to the nodes `0..nodes` in
    /// turn. There is at least one of each.
    pub fn new(shards: usize, nodes: usize) -> Self {
        let nodes: Vec<usize> = (0..nodes.max(1)).collect();
        Self {
            node_of: (0..shards.max(1))
                .map(|shard| shard % nodes.len())
                .collect(),
            nodes,
            version: 1,
        }
    }

    /// Removes a node: each of its shards moves to the node with the fewest. The last
    /// node stays.
    pub fn remove_node(&mut self, node: usize) {
        if !self.nodes.contains(&node) || self.nodes.len() == 1 {
            return;
        }
        self.nodes.retain(|other| *other != node);
        self.version += 1;
        while self.count(node) > 0 {
            let emptiest = self
                .nodes
                .iter()
                .copied()
                .min_by_key(|other| self.count(*other));
            let Some(to) = emptiest else { return };
            self.move_one(node, to);
        }
    }

    /// Moves the shards with the most load until no move relieves the busiest node.
    /// `load` is each shard's load. Returns the number of moves.
    pub fn balance(&mut self, load: &[u64]) -> usize {
        let mut moves = 0;
        loop {
            let loads = self.loads(load);
            let busiest = loads
                .iter()
                .max_by_key(|(node, load)| (*load, *node))
                .copied();
            let idlest = loads
                .iter()
                .min_by_key(|(node, load)| (*load, *node))
                .copied();
            let (Some((from, high)), Some((to, low))) = (busiest, idlest) else {
                return moves;
            };
            let of = |shard: &usize| load.get(*shard).copied().unwrap_or(0);
            let fits = (0..self.node_of.len()).filter(|shard| {
                self.node_of[*shard] == from && of(shard) > 0 && low + of(shard) < high
            });
            let Some(shard) = fits.max_by_key(of) else {
                return moves;
            };
            self.node_of[shard] = to;
            self.version += 1;
            moves += 1;
        }
    }

    /// Each node and its load, when `load` is each shard's.
    pub fn loads(&self, load: &[u64]) -> Vec<(usize, u64)> {
        let on = |node| {
            move |(of, load): (&usize, &u64)| if *of == node { *load } else { 0 }
        };
        let sum = |node| self.node_of.iter().zip(load).map(on(node)).sum();
        self.nodes.iter().map(|node| (*node, sum(*node))).collect()
    }

    /// How many shards a node holds.
    pub fn count(&self, node: usize) -> usize {
        self.node_of.iter().filter(|of| **of == node).count()
    }

    fn fullest(&self) -> Option<usize> {
        self.nodes
            .iter()
            .copied()
            .max_by_key(|node| (self.count(*node), *node))
    }

    fn move_one(&mut self, from: usize, to: usize) {
        if let Some(node) = self.node_of.iter_mut().find(|node| **node == from) {
            *node = to;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::partitioning::modulo::moved;
    use proptest::prelude::*;

    #[test]
    fn a_new_node_gets_its_part_and_nothing_else_moves() {
        let before = Directory::new(1_024, 11);
        let mut after = before.clone();
        after.add_node(11);
        let share = moved(50_000, |key| before.node_of(key), |key| after.node_of(key));
        assert!((share - 1.0 / 12.0).abs() < 0.005, "{share}");
        let others = (0..1_000).filter(|key| after.node_of(*key) != Some(11));
        assert!(
            others
                .into_iter()
                .all(|key| before.node_of(key) == after.node_of(key))
        );
    }

    proptest! {
        #[test]
        fn counts_differ_by_at_most_one_after_adding(shards in 1..200usize, nodes in 1..8usize, more in 0..5usize) {
            let mut directory = Directory::new(shards, nodes);
            for node in nodes..nodes + more {
                directory.add_node(node);
            }
            let counts: Vec<usize> = (0..nodes + more).map(|node| directory.count(node)).collect();
            prop_assert!(counts.iter().max().unwrap() - counts.iter().min().unwrap() <= 1);
            prop_assert_eq!(counts.iter().sum::<usize>(), shards);
        }

        #[test]
        fn removing_leaves_no_shard_behind(shards in 1..100usize, nodes in 2..8usize, gone in 0..8usize) {
            let mut directory = Directory::new(shards, nodes);
            directory.remove_node(gone);
            prop_assert!(gone >= nodes || directory.count(gone) == 0);
        }

        #[test]
        fn balancing_never_makes_the_busiest_busier(load in prop::collection::vec(0..100u64, 1..40), nodes in 1..6usize) {
            let mut directory = Directory::new(load.len(), nodes);
            let busiest = |directory: &Directory| directory.loads(&load).iter().map(|(_, load)| *load).max().unwrap();
            let before = busiest(&directory);
            directory.balance(&load);
            let after = busiest(&directory);
            prop_assert!(after <= before);
            // No node can have less than the heaviest shard, nor than the mean.
            prop_assert!(after >= *load.iter().max().unwrap());
            prop_assert!(after * nodes as u64 >= load.iter().sum::<u64>());
        }
    }
}
