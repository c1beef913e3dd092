//! A replica that was down, and three ways for it to catch up: hints, read repair, and
//! a comparison of trees.
//!
//! Shown in `src/replication/repair.md`.
//!
//! G. `DeCandia` et al., "Dynamo: Amazon's Highly Available Key-value Store", SOSP
//! 2007, sections 4.6 and 4.7.

use std::collections::BTreeMap;

use crate::service::SERVICE;
use crate::workload::Zipf;

/// How a replica that was down catches up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Repairs {
    /// Whether another node keeps the writes that the replica missed, and how many at
    /// most.
    pub hints: usize,
    /// Whether a read writes the newest version back to the replicas that answered with
    /// an older one.
    pub by_reads: bool,
}

/// How many keys are outdated on the replica that was down.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Behind {
    /// Right when it is back, after hints were delivered.
    pub at_return: usize,
    /// After each tenth of the reads.
    pub after_reads: [usize; 10],
    /// Writes that hints and reads sent to it.
    pub sent: usize,
}

type Store = BTreeMap<usize, u64>;

// ANCHOR: away
/// Three replicas, one of which is down for the second half of `writes` writes.
/// Afterwards come `reads` reads of two replicas each, in turn. Keys are drawn from
/// `keys`, by the popularity of the service's posts.
pub fn away(
    keys: usize,
    writes: usize,
    reads: usize,
    repairs: Repairs,
    seed: u64,
) -> Behind {
    let mut draws = Zipf::new(keys, SERVICE.popularity, seed);
    let mut replicas: [Store; 3] = Default::default();
    let mut hints: Store = Store::new();
    for (version, key) in (1..).zip(draws.by_ref().take(writes)) {
        let is_away = version > u64::try_from(writes / 2).unwrap_or(u64::MAX);
        replicas[0].insert(key, version);
        replicas[1].insert(key, version);
        if !is_away {
            replicas[2].insert(key, version);
        } else if hints.len() < repairs.hints || hints.contains_key(&key) {
            hints.insert(key, version);
        }
    }
    let mut sent = hints.len();
    replicas[2].extend(hints);
    let at_return = behind(&replicas);
    let mut after_reads = [0; 10];
    for n in 0..reads {
        let Some(key) = draws.next() else { break };
        let asked = [n % 3, (n + 1) % 3];
        if repairs.by_reads {
            let newest = asked
                .iter()
                .filter_map(|one| replicas[*one].get(&key).copied())
                .max();
            for one in asked {
                if let Some(version) =
                    newest.filter(|version| replicas[one].get(&key) != Some(version))
                {
                    replicas[one].insert(key, version);
                    sent += 1;
                }
            }
        }
        let (tenth, next) = (n * 10 / reads, (n + 1) * 10 / reads);
        if next > tenth {
            after_reads[tenth..next].fill(behind(&replicas));
        }
    }
    Behind {
        at_return,
        after_reads,
        sent,
    }
}
// ANCHOR_END: away

/// How many keys of the third replica are older than those of the first.
fn behind(replicas: &[Store; 3]) -> usize {
    replicas[0]
        .iter()
        .filter(|(key, version)| replicas[2].get(key) != Some(version))
        .count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(40))]

        #[test]
        fn enough_hints_leave_nothing_behind(seed in any::<u64>(), keys in 1..200usize) {
            let seen = away(keys, 400, 10, Repairs { hints: keys, by_reads: false }, seed);
            prop_assert_eq!(seen.at_return, 0);
        }

        #[test]
        fn reads_only_ever_bring_a_replica_nearer(seed in any::<u64>(), hints in 0..50usize) {
            let seen = away(100, 400, 200, Repairs { hints, by_reads: true }, seed);
            prop_assert!(seen.after_reads.is_sorted_by(|a, b| a >= b));
            prop_assert!(seen.at_return >= seen.after_reads[0]);
            prop_assert_eq!(seen.sent, seen.at_return - seen.after_reads[9] + seen.sent.min(hints));
        }

        #[test]
        fn without_repair_nothing_changes(seed in any::<u64>()) {
            let seen = away(100, 400, 200, Repairs { hints: 0, by_reads: false }, seed);
            prop_assert!(seen.after_reads.iter().all(|behind| *behind == seen.at_return));
        }
    }
}
