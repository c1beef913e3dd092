//! Bulk synchronous parallel: supersteps with a barrier, on a search for distances in a
//! graph.
//!
//! Shown in `src/processing/supersteps.md`.
//!
//! After L. G. Valiant, "A Bridging Model for Parallel Computation", *Communications of
//! the ACM* 33(8), 1990, and G. Malewicz et al., "Pregel: A System for Large-Scale
//! Graph Processing", SIGMOD 2010.

use crate::random::Random;
use crate::simulation::EventQueue;

/// A directed graph: for each vertex, the neighbors that it sends messages to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Graph {
    /// For each vertex its neighbors.
    pub edges: Vec<Vec<usize>>,
}

impl Graph {
    /// A graph in which each vertex has `degree` neighbors, drawn with a seed.
    pub fn random(vertices: usize, degree: usize, seed: u64) -> Self {
        let mut random = Random::new(seed);
        let mut pick = || random.index(vertices);
        let edges = (0..vertices).map(|_| (0..degree).map(|_| pick()).collect());
        Self {
            edges: edges.collect(),
        }
    }
}

/// What happened in one superstep.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Superstep {
    /// Vertices that learned their distance in it.
    pub reached: usize,
    /// Messages that were sent for the next one.
    pub messages: usize,
    /// How long all waited for the slowest worker at the barrier: the messages that it
    /// handled, times its slowness.
    pub time: u64,
}

// ANCHOR: bsp
/// Distances from a vertex, in hops. Vertex `v` belongs to worker `v` mod the number of
/// workers.
///
/// In a superstep each worker handles the messages that came before the barrier, and
/// sends new ones that are delivered after it.
pub fn distances(
    graph: &Graph,
    from: usize,
    slowness: &[u64],
) -> (Vec<Option<u64>>, Vec<Superstep>) {
    let workers = slowness.len().max(1);
    let mut distance = vec![None; graph.edges.len()];
    let mut inbox = vec![from];
    let mut steps = Vec::new();
    while !inbox.is_empty() {
        let mut outbox = Vec::new();
        let mut handled = vec![0; workers];
        let mut reached = 0;
        for vertex in inbox {
            handled[vertex % workers] += 1;
            let unknown = distance.get_mut(vertex).filter(|d| d.is_none());
            if let Some(unknown) = unknown {
                *unknown = Some(steps.len() as u64);
                reached += 1;
                outbox.extend(&graph.edges[vertex]);
            }
        }
        let times = handled.iter().zip(slowness).map(|(n, slow)| n * slow);
        let time = times.max().unwrap_or(0);
        steps.push(Superstep {
            reached,
            messages: outbox.len(),
            time,
        });
        // The barrier: all are done, and only now is anything delivered.
        inbox = outbox;
    }
    (distance, steps)
}
// ANCHOR_END: bsp

// ANCHOR: free
/// The same without the barrier: a message carries the number of its hops and is
/// handled as soon as its worker is free; a vertex keeps the first number that it
/// hears.
pub fn distances_without_barrier(
    graph: &Graph,
    from: usize,
    slowness: &[u64],
) -> Vec<Option<u64>> {
    let workers = slowness.len().max(1);
    let mut distance = vec![None; graph.edges.len()];
    let mut free_at = vec![0; workers];
    let mut queue = EventQueue::new();
    queue.schedule_at(0, (from, 0));
    while let Some((vertex, hops)) = queue.pop() {
        let unknown = distance.get_mut(vertex).filter(|d| d.is_none());
        let Some(unknown) = unknown else {
            continue;
        };
        *unknown = Some(hops);
        for next in &graph.edges[vertex] {
            let worker = next % workers;
            let slow = slowness.get(worker).copied().unwrap_or(1);
            free_at[worker] = queue.now().max(free_at[worker]) + slow;
            queue.schedule_at(free_at[worker], (*next, hops + 1));
        }
    }
    distance
}
// ANCHOR_END: free

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reference: Floyd and Warshall's all-pairs distances.
    fn reference(graph: &Graph, from: usize) -> Vec<Option<u64>> {
        let n = graph.edges.len();
        let mut d = vec![vec![u64::MAX / 2; n]; n];
        for (a, row) in d.iter_mut().enumerate() {
            row[a] = 0;
            for b in &graph.edges[a] {
                row[*b] = row[*b].min(1);
            }
        }
        for k in 0..n {
            for a in 0..n {
                for b in 0..n {
                    d[a][b] = d[a][b].min(d[a][k] + d[k][b]);
                }
            }
        }
        d[from]
            .iter()
            .map(|d| (*d < u64::MAX / 2).then_some(*d))
            .collect()
    }

    #[test]
    fn a_slow_worker_breaks_the_search_without_a_barrier() {
        // 0 -> 1 -> 3 is short but 1's worker is slow; 0 -> 2 -> 4 -> 3 is long and
        // quick.
        let graph = Graph {
            edges: vec![vec![1, 2], vec![3], vec![4], vec![], vec![3]],
        };
        let slowness = [1, 50, 1, 1, 1];
        assert_eq!(distances_without_barrier(&graph, 0, &slowness)[3], Some(3));
        assert_eq!(distances(&graph, 0, &slowness).0[3], Some(2));
    }

    proptest! {
        #[test]
        fn with_the_barrier_distances_are_right_whatever_the_workers(
            vertices in 1..25usize, degree in 0..4usize, seed in any::<u64>(),
            slowness in prop::collection::vec(1..20u64, 0..5),
        ) {
            let graph = Graph::random(vertices, degree, seed);
            let (found, steps) = distances(&graph, 0, &slowness);
            prop_assert_eq!(&found, &reference(&graph, 0));
            let reached: usize = steps.iter().map(|step| step.reached).sum();
            prop_assert_eq!(reached, found.iter().flatten().count());
            let free = distances_without_barrier(&graph, 0, &slowness);
            for (right, heard) in found.iter().zip(free) {
                prop_assert_eq!(right.is_some(), heard.is_some());
                prop_assert!(right <= &heard);
            }
        }
    }
}
