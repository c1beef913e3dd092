//! A shared space: workers that each know one rule watch a board, and write on it what
//! they can conclude.
//!
//! Shown in `src/processing/patterns.md`.
//!
//! After L. D. Erman, F. Hayes-Roth, V. R. Lesser and D. R. Reddy, "The Hearsay-II
//! Speech-Understanding System", *ACM Computing Surveys* 12(2), 1980.

use std::collections::BTreeMap;

/// What is known so far: names and their values.
pub type Board = BTreeMap<String, i64>;

/// A worker's only rule: the first two names add up to the third. It can conclude any
/// one of them from the other two.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Worker {
    /// The names.
    pub sum: [&'static str; 3],
}

/// What a worker wrote, and in which round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Written {
    /// The round, from 1.
    pub round: usize,
    /// The worker's place in the list.
    pub worker: usize,
    /// The name.
    pub name: String,
    /// Its value.
    pub value: i64,
}

impl Worker {
    // ANCHOR: conclude
    /// What this worker can add to the board, if anything.
    pub fn conclude(&self, board: &Board) -> Option<(String, i64)> {
        let [a, b, c] = self.sum;
        let (name, value) = match [a, b, c].map(|name| board.get(name).copied()) {
            [None, Some(b), Some(c)] => (a, c.checked_sub(b)?),
            [Some(a), None, Some(c)] => (b, c.checked_sub(a)?),
            [Some(a), Some(b), None] => (c, a.checked_add(b)?),
            _ => return None,
        };
        Some((name.to_owned(), value))
    }
    // ANCHOR_END: conclude
}

// ANCHOR: solve
/// Lets all workers look at the board in turn, until a whole round adds nothing.
pub fn solve(board: &mut Board, workers: &[Worker]) -> Vec<Written> {
    let mut written = Vec::new();
    for round in 1.. {
        let before = written.len();
        for (number, worker) in workers.iter().enumerate() {
            if let Some((name, value)) = worker.conclude(board) {
                board.insert(name.clone(), value);
                written.push(Written {
                    round,
                    worker: number,
                    name,
                    value,
                });
            }
        }
        if written.len() == before {
            break;
        }
    }
    written
}
// ANCHOR_END: solve

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const NAMES: [&str; 6] = ["a", "b", "c", "d", "e", "f"];

    proptest! {
        #[test]
        fn all_orders_of_workers_end_at_the_same_board(
            rules in prop::collection::vec((0..6usize, 0..6usize), 1..8), known in prop::collection::vec(any::<bool>(), 6),
        ) {
            let workers: Vec<Worker> = rules
                .iter()
                .filter(|(x, y)| x != y)
                .map(|(x, y)| Worker { sum: [NAMES[*x], NAMES[*y], ["s0", "s1", "s2", "s3", "s4", "s5"][(x + y) % 6]] })
                .collect();
            // With all values zero every rule holds, and what is derivable depends on
            // names alone.
            let start: Board = NAMES.iter().zip(&known).filter(|(_, k)| **k).map(|(n, _)| ((*n).to_owned(), 0)).collect();
            let mut forward = start.clone();
            solve(&mut forward, &workers);
            let mut backward = start;
            let reversed: Vec<Worker> = workers.iter().rev().cloned().collect();
            solve(&mut backward, &reversed);
            prop_assert_eq!(&forward, &backward);
            for worker in &workers {
                prop_assert_eq!(worker.conclude(&forward), None);
            }
        }
    }
}
