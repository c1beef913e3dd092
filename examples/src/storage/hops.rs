//! Who can be reached in a number of hops: by neighbors that each node knows, by an
//! index on edges, and by reading all edges.
//!
//! Shown in `src/storage/models.md`.

use std::collections::BTreeSet;

use crate::random::Random;

/// How the neighbors of a person are found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// Each node has a list of its neighbors, as in a graph store.
    Neighbors,
    /// Edges are rows of a table, in order, and each person's first one is found by
    /// binary search.
    Index,
    /// All edges are read once per hop, and compared with the people reached so far.
    Scan,
}

/// Who follows whom.
#[derive(Debug, Clone)]
pub struct Follows {
    neighbors: Vec<Vec<usize>>,
    edges: Vec<(usize, usize)>,
}

impl Follows {
    /// People, each of whom follows `each` others at random.
    pub fn new(people: usize, each: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut one = || random.index(people);
        let neighbors: Vec<Vec<usize>> = (0..people)
            .map(|_| (0..each).map(|_| one()).collect())
            .collect();
        let mut edges: Vec<(usize, usize)> = neighbors
            .iter()
            .enumerate()
            .flat_map(|(from, all)| all.iter().map(move |to| (from, *to)))
            .collect();
        edges.sort_unstable();
        Self { neighbors, edges }
    }

    // ANCHOR: reach
    /// Who can be reached from a person in at most this many hops, and the steps: edges
    /// that were read, and comparisons in the index.
    pub fn reach(&self, from: usize, hops: u32, way: Way) -> (BTreeSet<usize>, usize) {
        let (mut reached, mut newest, mut steps) =
            (BTreeSet::from([from]), vec![from], 0);
        for _ in 0..hops {
            let mut found = BTreeSet::new();
            if way == Way::Scan {
                steps += self.edges.len();
                let wanted: BTreeSet<usize> = newest.into_iter().collect();
                let hits = self.edges.iter().filter(|(from, _)| wanted.contains(from));
                found.extend(hits.map(|(_, to)| *to));
            } else {
                for person in newest {
                    let (neighbors, read) = self.neighbors_of(person, way);
                    steps += read;
                    found.extend(neighbors);
                }
            }
            newest = found.difference(&reached).copied().collect();
            reached.extend(&newest);
        }
        (reached, steps)
    }

    fn neighbors_of(&self, person: usize, way: Way) -> (Vec<usize>, usize) {
        if way == Way::Neighbors {
            let neighbors = self.neighbors[person].clone();
            let read = neighbors.len();
            return (neighbors, read);
        }
        let mut compared = 0;
        let first = self.edges.partition_point(|(from, _)| {
            compared += 1;
            *from < person
        });
        let rows = self.edges[first..].iter();
        let rows = rows.take_while(|(from, _)| *from == person);
        let neighbors: Vec<usize> = rows.map(|(_, to)| *to).collect();
        let read = compared + neighbors.len();
        (neighbors, read)
    }
    // ANCHOR_END: reach
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_ways_reach_whom_repeated_relaxing_reaches(people in 1..40usize, each in 0..5usize, seed in 0..500u64, hops in 0..6u32) {
            let follows = Follows::new(people, each, seed);
            // The shortest distances, by Bellman and Ford.
            let mut distance = vec![u32::MAX; people];
            distance[0] = 0;
            for _ in 0..people {
                for (from, to) in &follows.edges {
                    distance[*to] = distance[*to].min(distance[*from].saturating_add(1));
                }
            }
            let near: BTreeSet<usize> = (0..people).filter(|person| distance[*person] <= hops).collect();
            for way in [Way::Neighbors, Way::Index, Way::Scan] {
                prop_assert_eq!(&follows.reach(0, hops, way).0, &near);
            }
        }
    }
}
