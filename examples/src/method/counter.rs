//! A counter that writes only now and then, and is right on average.
//!
//! Shown in `src/method/lessons.md`.
//!
//! A simple form of R. Morris, "Counting Large Numbers of Events in Small Registers",
//! *Communications of the ACM* 21(10), 1978: here every event is counted with the same
//! probability.

use crate::number::float;
use crate::random::Random;

/// Counts about one event in `every`, and counts it as `every`.
#[derive(Debug, Clone)]
pub struct SampledCounter {
    random: Random,
    every: u32,
    counted: u64,
}

// ANCHOR: counter
impl SampledCounter {
    /// A counter at 0. With `every` at 1, or 0, it counts exactly.
    pub fn new(every: u32, seed: u64) -> Self {
        Self {
            random: Random::new(seed),
            every: every.max(1),
            counted: 0,
        }
    }

    /// An event happened.
    pub fn event(&mut self) {
        if self.random.chance(1.0 / f64::from(self.every)) {
            self.counted += 1;
        }
    }

    /// The number of writes: what the counter costs.
    pub fn writes(&self) -> u64 {
        self.counted
    }

    /// The estimate of how many events there were.
    pub fn estimate(&self) -> u64 {
        self.counted * u64::from(self.every)
    }
}
// ANCHOR_END: counter

/// What counters of `events` events each cost and how wrong they are: the writes of one
/// on average, and the root of the mean square of their errors, as a share of the
/// events.
pub fn usual_error(events: u32, every: u32, counters: u32, seed: u64) -> (f64, f64) {
    let (mut writes, mut squares) = (0.0, 0.0);
    for number in 0..u64::from(counters) {
        let mut counter =
            SampledCounter::new(every, seed * u64::from(counters) + number);
        (0..events).for_each(|_| counter.event());
        writes += float(counter.writes());
        squares += (float(counter.estimate()) / f64::from(events) - 1.0).powi(2);
    }
    let counters = f64::from(counters);
    (writes / counters, (squares / counters).sqrt())
}

/// The error that `usual_error` approaches, by the binomial distribution.
pub fn expected_error(events: u32, every: u32) -> f64 {
    (f64::from(every.max(1) - 1) / f64::from(events)).sqrt()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_in_one_is_exact() {
        let mut counter = SampledCounter::new(0, 1);
        (0..1_000).for_each(|_| counter.event());
        assert_eq!((counter.estimate(), counter.writes()), (1_000, 1_000));
    }

    #[test]
    fn it_is_right_on_average() {
        let (events, every) = (10_000_u32, 100_u32);
        let estimates = (0..300).map(|seed| {
            let mut counter = SampledCounter::new(every, seed);
            (0..events).for_each(|_| counter.event());
            float(counter.estimate()) / f64::from(events) - 1.0
        });
        let mean = estimates.sum::<f64>() / 300.0;
        assert!(mean.abs() < 0.02, "{mean}");
    }

    #[test]
    fn it_is_off_by_what_the_formula_says() {
        for (events, every) in [(1_000, 10), (10_000, 100), (2_000, 50)] {
            let (writes, error) = usual_error(events, every, 1_000, 3);
            let theory = expected_error(events, every);
            assert!((error / theory - 1.0).abs() < 0.08, "{error} {theory}");
            let expected = f64::from(events) / f64::from(every);
            assert!(
                (writes / expected - 1.0).abs() < 0.02,
                "{writes} {expected}"
            );
        }
    }
}
