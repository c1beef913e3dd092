//! Lambda and kappa: an exact batch view next to a fast one, and one log that is
//! reprocessed.
//!
//! Shown in `src/processing/lambda.md`.
//!
//! After N. Marz and J. Warren, *Big Data*, Manning, 2015, and J. Kreps, "Questioning
//! the Lambda Architecture", O'Reilly Radar, 2014.

use std::collections::BTreeSet;

use crate::random::Random;

/// Counts events twice: exactly in batches, and roughly since the last batch.
#[derive(Debug, Clone, Default)]
pub struct Lambda {
    log: Vec<u64>,
    batch_view: u64,
    speed_view: u64,
}

// ANCHOR: lambda
impl Lambda {
    /// Takes a delivery. The log keeps it, and the speed layer counts it at once, even
    /// if it is a duplicate.
    pub fn deliver(&mut self, id: u64) {
        self.log.push(id);
        self.speed_view += 1;
    }

    /// Counts the whole log again, each event once, and forgets what the speed layer
    /// counted.
    pub fn run_batch(&mut self) {
        self.batch_view = self.log.iter().collect::<BTreeSet<_>>().len() as u64;
        self.speed_view = 0;
    }

    /// The answer to a query: both views together.
    pub fn answer(&self) -> u64 {
        self.batch_view + self.speed_view
    }
}
// ANCHOR_END: lambda

/// Deliveries of the events `first..first + count`, some of which come twice.
pub fn deliveries(first: u64, count: u64, twice: f64, random: &mut Random) -> Vec<u64> {
    let ids = first..first + count;
    ids.flat_map(|id| std::iter::repeat_n(id, 1 + usize::from(random.chance(twice))))
        .collect()
}

// ANCHOR: catch_up
/// How many seconds a new version of a stream job needs to read the log from the
/// beginning until it has caught up. It never gets there if it reads no faster than
/// events arrive.
pub fn catch_up(log: u64, read_rate: u64, arrival_rate: u64) -> Option<u64> {
    if read_rate <= arrival_rate && log > 0 {
        return None;
    }
    let (mut seconds, mut end, mut read) = (0, log, 0);
    while read < end {
        seconds += 1;
        end += arrival_rate;
        read = end.min(read + read_rate);
    }
    Some(seconds)
}
// ANCHOR_END: catch_up

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_batch_makes_the_answer_exact(seed in any::<u64>(), count in 0..300u64, twice in 0.0..1.0f64) {
            let mut lambda = Lambda::default();
            for id in deliveries(0, count, twice, &mut Random::new(seed)) {
                lambda.deliver(id);
            }
            prop_assert!(lambda.answer() >= count);
            lambda.run_batch();
            prop_assert_eq!(lambda.answer(), count);
        }

        #[test]
        fn catching_up_takes_the_log_over_the_difference_of_the_rates(
            log in 0..10_000u64, arrival in 0..50u64, more in 1..200u64,
        ) {
            prop_assert_eq!(catch_up(log, arrival + more, arrival), Some(log.div_ceil(more)));
        }
    }
}
