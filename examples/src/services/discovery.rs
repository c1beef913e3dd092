//! A registry in which services are found, with leases that run out. Times are in
//! milliseconds.
//!
//! Shown in `src/services/discovery.md`.
//!
//! After C. Gray and D. Cheriton, "Leases: An Efficient Fault-Tolerant Mechanism for
//! Distributed File Cache Consistency", SOSP 1989.

use crate::number::float;
use std::collections::BTreeMap;

use crate::random::Random;

/// Instances by their address, each until its lease ends.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Registry {
    leases: BTreeMap<String, u64>,
}

// ANCHOR: registry
impl Registry {
    /// Registers an instance, or renews its lease.
    pub fn register(&mut self, address: &str, now: u64, lease: u64) {
        self.leases.insert(address.to_owned(), now + lease);
    }

    /// The instances whose lease has not run out.
    pub fn look_up(&self, now: u64) -> Vec<&str> {
        let alive = self.leases.iter().filter(|(_, until)| **until > now);
        alive.map(|(address, _)| address.as_str()).collect()
    }

    /// Removes an instance at once, as an orderly shutdown does.
    pub fn leave(&mut self, address: &str) {
        self.leases.remove(address);
    }
}
// ANCHOR_END: registry

// ANCHOR: staleness
/// How long a crashed instance can still be found. It renews `renewals` times a lease,
/// and crashes at a random moment; the mean of `crashes` crashes.
pub fn found_after_crash(
    lease: u64,
    renewals: u64,
    crashes: u32,
    random: &mut Random,
) -> f64 {
    let interval = (lease / renewals.max(1)).max(1);
    let mut total = 0.0;
    for _ in 0..crashes {
        let mut registry = Registry::default();
        let crash = random.below(10 * lease.max(1));
        let renewed = (0..=crash)
            .step_by(usize::try_from(interval).unwrap_or(usize::MAX))
            .last();
        registry.register("10.0.0.1:80", renewed.unwrap_or(0), lease);
        // Once it is gone it stays gone, so that halving finds the moment.
        let (mut found, mut gone) = (crash, crash + lease);
        while found + 1 < gone {
            let middle = found.midpoint(gone);
            match registry.look_up(middle).is_empty() {
                true => gone = middle,
                false => found = middle,
            }
        }
        total += float(gone - crash);
    }
    total / f64::from(crashes.max(1))
}
// ANCHOR_END: staleness

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn whoever_leaves_is_gone_at_once() {
        let mut registry = Registry::default();
        registry.register("a", 0, 100);
        registry.register("b", 0, 100);
        registry.leave("a");
        assert_eq!(registry.look_up(99), ["b"]);
        assert!(registry.look_up(100).is_empty());
    }

    proptest! {
        #[test]
        fn a_dead_instance_is_found_for_a_lease_at_most_and_one_interval_less_at_least(
            renewals in 1..6u64, seed in any::<u64>(),
        ) {
            let lease = 60 * renewals;
            let stale = found_after_crash(lease, renewals, 20, &mut Random::new(seed));
            prop_assert!(stale <= 60.0 * float(renewals));
            prop_assert!(stale >= 60.0 * float(renewals - 1));
        }

        /// The reference: the age of the last renewal is spread evenly over an interval.
        #[test]
        fn on_average_it_is_found_for_the_lease_less_half_an_interval(renewals in 1..8u64, seed in any::<u64>()) {
            let lease = 300 * renewals;
            let stale = found_after_crash(lease, renewals, 4_000, &mut Random::new(seed));
            let theory = float(lease) - 150.0;
            prop_assert!((stale - theory).abs() < 9.0, "{stale} for {theory}");
        }
    }
}
