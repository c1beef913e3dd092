//! A Raft cluster under everything that can go wrong: lost, late, doubled and reordered
//! messages, crashes, partitions.
//!
//! Shown in `src/consensus/raft-safety.md`.

use super::cluster::{Cluster, Times};
use super::node::Rules;
use crate::random::Random;
use crate::simulation::Conditions;

/// The outcome of a run under chaos.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Entries that were committed.
    pub committed: usize,
    /// Terms that had a leader.
    pub leaders: usize,
    /// Violations of the safety properties.
    pub violations: Vec<String>,
    /// Whether a new command was committed everywhere after the faults ended.
    pub recovered: bool,
}

/// Five members, 3 s of chaos, then 1.5 s of peace. The seed decides everything.
pub fn chaos(rules: Rules, seed: u64) -> Outcome {
    let bad = Conditions {
        min_delay: 500,
        max_delay: 40_000,
        loss: 0.1,
        duplication: 0.1,
    };
    let names = ["a", "b", "c", "d", "e"];
    let times = Times {
        heartbeat: 90_000,
        ..Times::default()
    };
    let mut cluster = Cluster::new(&names, bad, times, rules, seed);
    let mut random = Random::new(seed ^ 0x5eed);
    let mut command = 0;
    // ANCHOR: chaos
    for step in 1..=75 {
        cluster.run_until(step * 40_000);
        let node = random.index(5);
        match random.below(12) {
            0 | 1 => cluster.crash(node),
            2..=4 => cluster.restart(node),
            5 => {
                let other = (node + 1) % 5;
                cluster.network.partition(&[&[node, other]]);
            }
            6 => cluster.network.heal(),
            // Every member that believes it leads takes commands, even if it is wrong.
            _ => {
                for node in 0..5 {
                    command += 1;
                    cluster.propose(node, command);
                }
            }
        }
    }
    cluster.network.heal();
    cluster.network.conditions = Conditions::default();
    // ANCHOR_END: chaos
    (0..5).for_each(|node| cluster.restart(node));
    cluster.run_until(4_000_000);
    let last = cluster
        .leader()
        .and_then(|leader| cluster.propose(leader, command + 1));
    cluster.run_until(4_500_000);
    let recovered =
        last.is_some() && cluster.nodes.iter().all(|node| Some(node.commit) == last);
    Outcome {
        committed: cluster.committed.len(),
        leaders: cluster.leaders.len(),
        violations: cluster.violations,
        recovered,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn violations(rules: Rules, seeds: u64) -> Vec<String> {
        (0..seeds)
            .flat_map(|seed| chaos(rules, seed).violations)
            .collect()
    }

    fn hold_everything(seeds: std::ops::Range<u64>) {
        let (mut committed, mut leaders) = (0, 0);
        for seed in seeds {
            let outcome = chaos(Rules::default(), seed);
            assert_eq!(outcome.violations, Vec::<String>::new(), "seed {seed}");
            assert!(outcome.recovered, "seed {seed}");
            committed += outcome.committed;
            leaders += outcome.leaders;
        }
        // The chaos is neither too mild nor too severe for a meaningful test.
        assert!(
            committed > 10_000 && leaders > 2_000,
            "{committed} {leaders}"
        );
    }

    // Two tests, so that they run side by side.
    #[test]
    fn a_thousand_seeds_break_no_property_and_all_recover() {
        hold_everything(0..1_000);
    }

    #[test]
    fn another_thousand_seeds_neither() {
        hold_everything(1_000..2_000);
    }

    #[test]
    fn without_the_check_of_logs_committed_entries_get_lost() {
        let rules = Rules {
            vote_checks_log: false,
            ..Rules::default()
        };
        let found = violations(rules, 100);
        assert!(
            found
                .iter()
                .any(|violation| violation.contains("lacks committed"))
        );
    }

    #[test]
    fn with_votes_that_a_crash_forgets_a_term_gets_two_leaders() {
        let rules = Rules {
            vote_is_stored: false,
            ..Rules::default()
        };
        assert!(
            violations(rules, 200)
                .iter()
                .any(|violation| violation.contains("two leaders"))
        );
    }
}
