//! A counter that writes only now and then, and is right on average.
//!
//! Shown in `src/method/lessons.md`.
//!
//! A simple form of R. Morris, "Counting Large Numbers of Events in Small Registers",
//! *Communications of the ACM* 21(10), 1978: here every event is counted with the same
//! probability.

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;

    #[test]
    fn one_in_one_is_exact() {
        let mut counter = SampledCounter::new(0, 1);
        (0..1_000).for_each(|_| counter.event());
        assert_eq!((counter.estimate(), counter.writes()), (1_000, 1_000));
    }

    #[test]
    fn it_is_right_on_average_and_off_by_what_the_formula_says() {
        let (events, every) = (10_000_u32, 100_u32);
        let estimates = (0..300).map(|seed| {
            let mut counter = SampledCounter::new(every, seed);
            (0..events).for_each(|_| counter.event());
            float(counter.estimate()) / f64::from(events) - 1.0
        });
        let errors: Vec<f64> = estimates.collect();
        let mean = errors.iter().sum::<f64>() / 300.0;
        let spread =
            (errors.iter().map(|error| error * error).sum::<f64>() / 300.0).sqrt();
        let theory = (f64::from(every - 1) / f64::from(events)).sqrt();
        assert!(mean.abs() < 0.02, "{mean}");
        assert!((spread / theory - 1.0).abs() < 0.15, "{spread} {theory}");
    }
}
