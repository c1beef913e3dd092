//! Gossip: news that spreads from node to node, each of which contacts one other at
//! random in every round.
//!
//! Shown in `src/replication/gossip.md`.
//!
//! A. Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", PODC
//! 1987.

use crate::number::float;
use crate::random::Random;

/// The direction in which news travels.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Style {
    /// Nodes that know tell a random node.
    Push,
    /// Nodes that don't know ask a random node.
    Pull,
    /// Both.
    PushPull,
}

/// How far news spread in each round.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Spread {
    /// How many nodes knew at the start and after each round, up to the round in which
    /// all did.
    pub knew: Vec<usize>,
    /// Messages that were sent.
    pub messages: usize,
}

// ANCHOR: spread
/// Spreads the news of one node among `nodes`, until all know. A message is lost with a
/// probability below 1.
pub fn spread(nodes: usize, style: Style, loss: f64, seed: u64) -> Spread {
    let mut random = Random::new(seed);
    let mut knows = vec![false; nodes.max(1)];
    knows[0] = true;
    let mut seen = Spread {
        knew: vec![1],
        messages: 0,
    };
    while knows.contains(&false) && seen.knew.len() < MOST_ROUNDS {
        let before = knows.clone();
        for node in 0..knows.len() {
            let other = other_than(node, knows.len(), &mut random);
            let pushes = before[node] && style != Style::Pull;
            let pulls = !before[node] && style != Style::Push;
            if pushes || pulls {
                seen.messages += 1;
            }
            if random.chance(loss) {
                continue;
            }
            if pushes {
                knows[other] = true;
            }
            if pulls && before[other] {
                knows[node] = true;
            }
        }
        seen.knew.push(knows.iter().filter(|knows| **knows).count());
    }
    seen
}
// ANCHOR_END: spread

/// How many rounds it takes until all know, on average over so many runs.
pub fn mean_rounds(runs: u32, nodes: usize, style: Style, loss: f64, seed: u64) -> f64 {
    let mut seeds = Random::new(seed);
    let rounds = (0..runs).map(|_| {
        let seen = spread(nodes, style, loss, seeds.below(u64::MAX));
        seen.knew.len() - 1
    });
    float(rounds.sum::<usize>()) / f64::from(runs.max(1))
}

/// How many rounds pushing takes in theory: those in which the number of nodes that
/// know grows by a factor of 2 - `loss`, and those in which each node that doesn't know
/// is missed with the probability e^-(1 - `loss`).
///
/// B. Pittel, "On Spreading a Rumor", 1987, has log2 n + ln n for no loss.
pub fn push_rounds(nodes: usize, loss: f64) -> f64 {
    let nodes = float(nodes).ln();
    nodes / (2.0 - loss).ln() + nodes / (1.0 - loss)
}

/// More rounds than any spread takes unless everything is lost.
const MOST_ROUNDS: usize = 1_000;

fn other_than(node: usize, count: usize, random: &mut Random) -> usize {
    (node + 1 + random.index(count - 1)) % count
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn push_takes_as_many_rounds_as_the_formula_says_with_and_without_loss() {
        // The formula leaves out a constant, which is less than 15 % of so many rounds.
        for (nodes, loss) in [(100, 0.0), (1_000, 0.0), (300, 0.5), (300, 0.8)] {
            let mean = mean_rounds(40, nodes, Style::Push, loss, 1);
            let theory = push_rounds(nodes, loss);
            assert!(
                (mean / theory - 1.0).abs() < 0.15,
                "{nodes} {loss}: {mean} {theory}"
            );
        }
        assert!((push_rounds(1_024, 0.0) - (10.0 + 1_024f64.ln())).abs() < 1e-9);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn everybody_learns_and_nobody_forgets(nodes in 1..200usize, loss in 0.0..0.8f64, seed in any::<u64>()) {
            for style in [Style::Push, Style::Pull, Style::PushPull] {
                let seen = super::spread(nodes, style, loss, seed);
                prop_assert_eq!(seen.knew.last().copied(), Some(nodes));
                prop_assert!(seen.knew.is_sorted());
            }
        }

        #[test]
        fn pushing_at_most_doubles(nodes in 2..200usize, seed in any::<u64>()) {
            let seen = super::spread(nodes, Style::Push, 0.0, seed);
            prop_assert!(seen.knew.windows(2).all(|pair| pair[1] <= 2 * pair[0]));
        }
    }
}
