//! The consistent hash ring, with several points a node.
//!
//! Shown in `src/partitioning/points.md` and `src/partitioning/ring.md`.
//!
//! After D. Karger et al., "Consistent Hashing and Random Trees", STOC 1997. Several
//! points a node: F. Dabek et al., "Wide-area cooperative storage with CFS", SOSP 2001,
//! as virtual servers.

use crate::number::float;
use crate::partitioning::hash::{hash, hash_number};
use crate::partitioning::modulo::{Spread, spread};
use std::collections::{BTreeMap, BTreeSet};

/// How a ring makes its points, and what it does when two nodes want the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RingRule {
    /// The separator between a node's name and the number of the point when the two are
    /// hashed.
    pub separator: &'static str,
    /// How many bits of the hash place a point, from 1 to 64.
    pub bits: u32,
    /// Whether a point remembers all nodes that want it. If not, the last one takes it,
    /// and any of them takes it away.
    pub keeps_claims: bool,
}

impl Default for RingRule {
    /// A separator that no name contains, all bits, and claims that are kept.
    fn default() -> Self {
        Self {
            separator: "#",
            bits: 64,
            keeps_claims: true,
        }
    }
}

/// A ring of points, each with the nodes that claim it. The first of them, by name,
/// owns it.
#[derive(Debug, Clone)]
pub struct Ring {
    points: BTreeMap<u64, BTreeSet<String>>,
    points_per_node: u32,
    rule: RingRule,
}

// ANCHOR: ring
impl Ring {
    /// Puts a node on the ring, at as many points as every node has.
    pub fn add(&mut self, node: &str) {
        for n in 0..self.points_per_node {
            let claims = self.points.entry(self.point(node, n)).or_default();
            if !self.rule.keeps_claims {
                claims.clear();
            }
            claims.insert(node.to_owned());
        }
    }

    /// The node of a key: the owner of the first point at or after the key's place;
    /// after the last point comes the first.
    pub fn owner(&self, key_hash: u64) -> Option<&str> {
        let place = self.place(key_hash);
        let mut onward = self.points.range(place..).chain(&self.points);
        let (_, claims) = onward.next()?;
        claims.first().map(String::as_str)
    }
    // ANCHOR_END: ring

    /// A ring without nodes.
    pub fn new(points_per_node: u32, rule: RingRule) -> Self {
        Self {
            points: BTreeMap::new(),
            points_per_node,
            rule,
        }
    }

    /// A ring of these nodes, by the usual rule.
    pub fn of<'a>(
        nodes: impl IntoIterator<Item = &'a str>,
        points_per_node: u32,
    ) -> Self {
        let mut ring = Self::new(points_per_node, RingRule::default());
        for node in nodes {
            ring.add(node);
        }
        ring
    }

    // ANCHOR: remove
    /// Takes a node off the ring.
    pub fn remove(&mut self, node: &str) {
        for n in 0..self.points_per_node {
            let point = self.point(node, n);
            if let Some(claims) = self.points.get_mut(&point) {
                claims.remove(node);
                if claims.is_empty() || !self.rule.keeps_claims {
                    self.points.remove(&point);
                }
            }
        }
    }
    // ANCHOR_END: remove

    /// The nodes that hold a key's copies: the owners met on the way around the ring,
    /// each once, at most `count`.
    pub fn owners(&self, key_hash: u64, count: usize) -> Vec<&str> {
        let mut owners: Vec<&str> = Vec::new();
        for node in self.onward(key_hash) {
            if owners.len() == count {
                break;
            }
            if !owners.contains(&node) {
                owners.push(node);
            }
        }
        owners
    }

    /// The owner of each point from a key's place on, once around the ring. A node is
    /// met as often as it has points.
    pub fn onward(&self, key_hash: u64) -> impl Iterator<Item = &str> {
        let place = self.place(key_hash);
        let points = self.points.range(place..).chain(self.points.range(..place));
        points.filter_map(|(_, claims)| claims.first().map(String::as_str))
    }

    /// How many points the ring has.
    pub fn len(&self) -> usize {
        self.points.len()
    }

    /// Whether it has none.
    pub fn is_empty(&self) -> bool {
        self.points.is_empty()
    }

    /// How many points each node owns.
    pub fn points(&self) -> BTreeMap<&str, usize> {
        let mut counts = BTreeMap::new();
        for node in self.points.values().filter_map(BTreeSet::first) {
            *counts.entry(node.as_str()).or_default() += 1;
        }
        counts
    }

    /// The share of the ring that each node owns, from the lengths of the arcs before
    /// its points.
    pub fn shares(&self) -> BTreeMap<&str, f64> {
        let mut shares: BTreeMap<&str, f64> = BTreeMap::new();
        let size = 2f64.powi(self.rule.bits.min(64).cast_signed());
        let Some((last, _)) = self.points.last_key_value() else {
            return shares;
        };
        let mut before = *last;
        for (point, claims) in &self.points {
            // The difference wraps around the end of the ring; a single point owns
            // everything.
            let arc = point.wrapping_sub(before) & self.mask();
            let share = if arc == 0 { 1.0 } else { float(arc) / size };
            if let Some(node) = claims.first() {
                *shares.entry(node).or_default() += share;
            }
            before = *point;
        }
        shares
    }

    fn point(&self, node: &str, n: u32) -> u64 {
        self.place(hash(&format!("{node}{}{n}", self.rule.separator)))
    }

    fn place(&self, hash: u64) -> u64 {
        hash & self.mask()
    }

    fn mask(&self) -> u64 {
        u64::MAX >> (64 - self.rule.bits.clamp(1, 64))
    }
}

/// How unevenly rings of so many nodes are divided, on average over `rings` of them,
/// whose nodes have other names on each. The variation is that of all rings together,
/// the root of the mean square.
pub fn uneven_rings(rings: u32, nodes: u32, points: u32, seed: u64) -> Spread {
    let mut mean = Spread {
        largest: 0.0,
        smallest: 0.0,
        variation: 0.0,
    };
    let share = 1.0 / f64::from(rings.max(1));
    for number in 0..rings {
        let mut ring = Ring::new(points, RingRule::default());
        for node in 0..nodes {
            ring.add(&format!("{seed}-{number}-node{node}"));
        }
        let shares: Vec<f64> = ring.shares().into_values().collect();
        let seen = spread(&shares);
        mean.largest += seen.largest * share;
        mean.smallest += seen.smallest * share;
        mean.variation += seen.variation.powi(2) * share;
    }
    mean.variation = mean.variation.sqrt();
    mean
}

/// Who gets the keys of a node that leaves.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heirs {
    /// How many nodes get some of them.
    pub count: usize,
    /// The share of the node's keys that the largest heir gets, from 0 to 1.
    pub largest: f64,
    /// The share of the other nodes' keys that stay where they were, from 0 to 1.
    pub kept: f64,
}

/// Takes a node off a ring, and looks at the owners of these many keys.
pub fn heirs(before: &Ring, node: &str, keys: u64) -> Heirs {
    let mut after = before.clone();
    after.remove(node);
    let (mut heirs, mut kept, mut others) = (BTreeMap::new(), 0usize, 0usize);
    for key in (0..keys).map(hash_number) {
        let (old, new) = (before.owner(key), after.owner(key));
        if old == Some(node) {
            *heirs.entry(new).or_insert(0usize) += 1;
        } else {
            others += 1;
            kept += usize::from(old == new);
        }
    }
    let orphans: usize = heirs.values().sum();
    let most = heirs.values().max().copied().unwrap_or(0);
    Heirs {
        count: heirs.len(),
        largest: float(most) / float(orphans.max(1)),
        kept: float(kept) / float(others.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use proptest::prelude::*;

    fn names(prefix: &str, count: usize) -> Vec<String> {
        (0..count).map(|n| format!("{prefix}{n}")).collect()
    }

    fn ring(nodes: &[String], points: u32, rule: RingRule) -> Ring {
        let mut ring = Ring::new(points, rule);
        for node in nodes {
            ring.add(node);
        }
        ring
    }

    /// Looks at every point of every node, without an ordered map.
    fn nearest(
        nodes: &[String],
        points: u32,
        rule: RingRule,
        key: u64,
    ) -> Option<&str> {
        let empty = Ring::new(points, rule);
        let place = empty.place(key);
        let all = nodes.iter().flat_map(|node| {
            let empty = &empty;
            (0..points).map(move |n| (empty.point(node, n), node.as_str()))
        });
        all.min_by_key(|(point, node)| {
            (point.wrapping_sub(place) & empty.mask(), *node)
        })
        .map(|(_, node)| node)
    }

    #[test]
    fn variation_is_what_the_formula_says() {
        for (nodes, points) in [(5u32, 1u32), (10, 1), (10, 16), (10, 100)] {
            let seen = uneven_rings(400, nodes, points, 1);
            let theory = f64::from(nodes - 1) / f64::from(nodes * points + 1);
            let ratio = seen.variation / theory.sqrt();
            assert!((ratio - 1.0).abs() < 0.07, "{nodes} {points}: {ratio}");
        }
    }

    #[test]
    fn one_point_a_node_has_one_heir_and_no_other_key_moves() {
        for (nodes, seed) in [(3, 1), (10, 2), (20, 3)] {
            let names = names(&format!("h{seed}-"), nodes);
            for points in [1, 20] {
                let ring = Ring::of(names.iter().map(String::as_str), points);
                let seen = heirs(&ring, &names[0], 5_000);
                assert!((seen.kept - 1.0).abs() < 1e-9);
                assert!(seen.count < nodes && seen.largest <= 1.0);
                // A node whose arc holds none of the keys has no heir.
                assert!(points > 1 || seen.count <= 1);
                let orphans = (0..5_000)
                    .map(hash_number)
                    .any(|key| ring.owner(key) == Some(names[0].as_str()));
                assert_eq!(orphans, seen.count > 0);
            }
        }
    }

    #[test]
    fn names_that_run_into_their_numbers_share_points() {
        let nodes: Vec<_> = (1..=20).map(|n| format!("cache{n}")).collect();
        let points = |separator| {
            let rule = RingRule {
                separator,
                ..RingRule::default()
            };
            ring(&nodes, 200, rule).len()
        };
        let texts: BTreeSet<_> = (1..=20)
            .flat_map(|node| (0..200).map(move |n| format!("cache{node}{n}")))
            .collect();
        assert_eq!(points(""), texts.len());
        assert_eq!(points("#"), 4_000);
    }

    #[test]
    fn a_ring_of_all_nodes_owns_all_of_itself() {
        let names = names("n", 7);
        for rule in [
            RingRule::default(),
            RingRule {
                bits: 9,
                ..RingRule::default()
            },
        ] {
            let ring = ring(&names, 20, rule);
            let whole: f64 = ring.shares().values().sum();
            assert!((whole - 1.0).abs() < 1e-9, "{whole}");
        }
    }

    /// Whether the owners of some keys are as before, after a node came and went again.
    fn survives_a_visit(rule: RingRule, points: u32, seed: u64) -> bool {
        let nodes = names("n", 3);
        let mut visited = ring(&nodes, points, rule);
        let before = visited.clone();
        visited.add("guest");
        visited.remove("guest");
        (0..200)
            .map(|key| hash_number(seed + key))
            .all(|key| before.owner(key) == visited.owner(key))
    }

    #[test]
    fn without_claims_a_leaving_node_takes_points_of_others_along() {
        let broken = RingRule {
            bits: 8,
            keeps_claims: false,
            ..RingRule::default()
        };
        assert!((0..50).any(|seed| !survives_a_visit(broken, 20, seed * 1_000)));
    }

    proptest! {
        #[test]
        fn the_owner_is_the_node_with_the_nearest_point(
            count in 1..6usize, points in 1..8u32, bits in 3..65u32, key in any::<u64>(),
        ) {
            let (nodes, rule) = (names("n", count), RingRule { bits, ..RingRule::default() });
            let ring = ring(&nodes, points, rule);
            prop_assert_eq!(ring.owner(key), nearest(&nodes, points, rule, key));
        }

        #[test]
        fn a_new_node_only_takes_and_a_visit_leaves_no_trace(
            count in 1..6usize, points in 1..20u32, bits in 5..65u32, seed in 0..u64::MAX / 2,
        ) {
            let (nodes, rule) = (names("n", count), RingRule { bits, ..RingRule::default() });
            let before = ring(&nodes, points, rule);
            let mut after = before.clone();
            after.add("new");
            for key in (0..100).map(|n| hash_number(seed + n)) {
                let owner = after.owner(key);
                prop_assert!(owner == Some("new") || owner == before.owner(key));
            }
            prop_assert!(survives_a_visit(rule, points, seed));
        }

        #[test]
        fn copies_lie_on_different_nodes(count in 0..6usize, copies in 0..8usize, key in any::<u64>()) {
            let nodes = names("n", count);
            let ring = ring(&nodes, 5, RingRule::default());
            let owners = ring.owners(key, copies);
            prop_assert_eq!(owners.len(), count.min(copies));
            prop_assert_eq!(owners.iter().collect::<BTreeSet<_>>().len(), owners.len());
            if copies > 0 {
                prop_assert_eq!(owners.first().copied(), ring.owner(key));
            }
        }
    }
}
