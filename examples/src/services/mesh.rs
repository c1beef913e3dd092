//! Sidecars and retries in a chain of services, and switches that turn on a feature for
//! some of the users.
//!
//! Shown in `src/services/mesh.md`.

use crate::hash::mix;
use crate::random::Random;

/// A chain of services, each of which calls the next one.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chain {
    /// The depth of the chain.
    pub depth: u32,
    /// How often each caller tries again after a failure.
    pub retries: u32,
    /// The share of a caller's calls that may be retries. 1 for no such limit.
    pub budget: f64,
}

/// The account of one caller: how many calls it made, and how many of those were
/// retries.
#[derive(Debug, Clone, Copy, Default)]
struct Account {
    calls: f64,
    retries: f64,
}

// ANCHOR: chain
impl Chain {
    /// How many calls reach the last service for each request, if it fails with this
    /// probability. The mean of `requests` requests.
    pub fn load_on_last(
        &self,
        failure: f64,
        requests: u32,
        random: &mut Random,
    ) -> f64 {
        let mut accounts =
            vec![Account::default(); usize::try_from(self.depth).unwrap_or(0)];
        let mut reached = 0;
        for _ in 0..requests {
            self.call(&mut accounts, failure, &mut reached, random);
        }
        f64::from(reached) / f64::from(requests.max(1))
    }

    /// Calls down the rest of the chain; returns whether it worked.
    fn call(
        &self,
        callers: &mut [Account],
        failure: f64,
        reached: &mut u32,
        random: &mut Random,
    ) -> bool {
        let Some((caller, below)) = callers.split_first_mut() else {
            *reached += 1;
            return !random.chance(failure);
        };
        for attempt in 0..=self.retries {
            if attempt > 0 {
                if caller.retries >= self.budget * caller.calls {
                    return false;
                }
                caller.retries += 1.0;
            }
            caller.calls += 1.0;
            if self.call(below, failure, reached, random) {
                return true;
            }
        }
        false
    }
}
// ANCHOR_END: chain

// ANCHOR: feature
/// Whether a feature that is rolled out to some percent of the users is on for this
/// one. The same user always gets the same answer, and keeps the feature when the
/// percentage grows. Each feature selects different users.
pub fn is_on(feature: u64, user: u64, percent: u64) -> bool {
    mix(mix(feature) ^ user) % 100 < percent
}
// ANCHOR_END: feature

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn when_all_fails_retries_multiply_and_a_budget_stops_them() {
        let chain = Chain {
            depth: 3,
            retries: 3,
            budget: 1.0,
        };
        let load = chain.load_on_last(1.0, 500, &mut Random::new(1));
        assert!((load - 64.0).abs() < 1e-9, "{load}");
        let limited = Chain {
            budget: 0.1,
            ..chain
        };
        let load = limited.load_on_last(1.0, 5_000, &mut Random::new(1));
        // Each level may make a tenth of its calls retries: 1 / (1 - 0.1) for each,
        // cubed.
        assert!((load - (1.0_f64 / 0.9).powi(3)).abs() < 0.05, "{load}");
    }

    proptest! {
        #[test]
        fn a_rollout_only_ever_adds_users(feature in any::<u64>(), user in any::<u64>(), percent in 0..100u64) {
            prop_assert!(!is_on(feature, user, percent) || is_on(feature, user, percent + 1));
            prop_assert!(is_on(feature, user, 100) && !is_on(feature, user, 0));
        }
    }
}
