//! Gossip: news that spreads from node to node, each of which contacts one other at random in every round.
//!
//! Shown in `src/replication/gossip.md`.
//!
//! A. Demers et al., "Epidemic Algorithms for Replicated Database Maintenance", PODC 1987.

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
    /// How many nodes knew at the start and after each round, up to the round in which all did.
    pub knew: Vec<usize>,
    /// Messages that were sent.
    pub messages: usize,
}

// ANCHOR: spread
/// Spreads the news of one node among `nodes`, until all know. A message is lost with a probability below 1.
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

/// More rounds than any spread takes unless everything is lost.
const MOST_ROUNDS: usize = 1_000;

fn other_than(node: usize, count: usize, random: &mut Random) -> usize {
    (node + 1 + random.index(count - 1)) % count
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    #[test]
    fn push_takes_about_log2_n_and_ln_n_rounds() {
        // B. Pittel, "On Spreading a Rumor", 1987: log2 n + ln n + O(1).
        for nodes in [100u32, 1_000] {
            let runs = 40;
            let rounds: usize = (0..runs)
                .map(|seed| {
                    super::spread(nodes as usize, Style::Push, 0.0, seed)
                        .knew
                        .len()
                        - 1
                })
                .sum();
            let mean = float(rounds) / 40.0;
            let theory = f64::from(nodes).log2() + f64::from(nodes).ln();
            assert!((mean - theory).abs() < 1.5, "{nodes}: {mean} {theory}");
        }
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
