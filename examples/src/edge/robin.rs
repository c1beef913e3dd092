//! Round robin by DNS: a name server rotates its list of addresses, and resolvers cache
//! what they get.
//!
//! Shown in `src/edge/round-robin.md`.

use crate::workload::Zipf;

/// Resolvers, their users, and the record's life.
#[derive(Debug, Clone, Copy)]
pub struct Robin {
    /// Addresses under the name, at least two.
    pub servers: usize,
    /// Resolvers; how many requests come through each follows Zipf's law.
    pub resolvers: usize,
    /// How long a resolver keeps an answer, in seconds.
    pub ttl: u64,
    /// Requests a second, from all users.
    pub rate: usize,
    /// How long the run lasts, in seconds.
    pub duration: u64,
    /// The second in which the name server removes the first server, which stops
    /// serving at the same time.
    pub removed_at: u64,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Requests that each server got before one was removed.
    pub loads: Vec<u32>,
    /// Questions that the name server answered.
    pub questions: u32,
    /// Requests that went to the removed server after its removal.
    pub failed: u32,
    /// Seconds from the removal to the last of them.
    pub last_failure: u64,
}

// ANCHOR: run
/// Sends the requests. Each resolver asks when it has no answer or an old one, takes
/// the first address of the list, which the name server rotates by one for each
/// question, and gives it to all its users.
pub fn round_robin(rule: Robin, seed: u64) -> Outcome {
    let servers = rule.servers.max(2);
    let mut outcome = Outcome {
        loads: vec![0; servers],
        questions: 0,
        failed: 0,
        last_failure: 0,
    };
    let mut kept: Vec<Option<(u64, usize)>> = vec![None; rule.resolvers];
    let mut requests = Zipf::new(rule.resolvers, 1.0, seed);
    let mut next = 0;
    for now in 0..rule.duration {
        for resolver in requests.by_ref().take(rule.rate) {
            let server = match kept[resolver] {
                Some((until, server)) if now < until => server,
                _ => {
                    outcome.questions += 1;
                    let first = usize::from(now >= rule.removed_at);
                    next = (next + 1) % (servers - first);
                    let server = first + next;
                    kept[resolver] = Some((now + rule.ttl, server));
                    server
                }
            };
            if now < rule.removed_at {
                outcome.loads[server] += 1;
            } else if server == 0 {
                outcome.failed += 1;
                outcome.last_failure = now - rule.removed_at;
            }
        }
    }
    outcome
}
// ANCHOR_END: run

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_a_cache_the_turn_is_perfect() {
        let rule = Robin {
            servers: 4,
            resolvers: 100,
            ttl: 0,
            rate: 40,
            duration: 100,
            removed_at: 50,
        };
        let outcome = round_robin(rule, 1);
        assert_eq!(outcome.loads, [500; 4]);
        assert_eq!((outcome.questions, outcome.failed), (4_000, 0));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn no_answer_outlives_its_time(ttl in 0..60u64, seed in 0..20u64) {
            let rule = Robin {
                servers: 4,
                resolvers: 50,
                ttl,
                rate: 20,
                duration: 200,
                removed_at: 100,
            };
            let outcome = round_robin(rule, seed);
            prop_assert!(outcome.last_failure <= ttl);
            prop_assert_eq!(outcome.loads.iter().sum::<u32>(), 2_000);
        }
    }
}
