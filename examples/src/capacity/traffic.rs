//! How a day's requests are distributed over its seconds: a rate that rises and falls
//! with the hours, and randomness within each second.
//!
//! Shown in `src/capacity/rates.md`.
//!
//! Users act independently of each other, so the actions of a second follow the Poisson
//! distribution. An action may send several requests at once; measured rates of
//! requests have such a compound distribution: J. Judge, "A Model for the Marginal
//! Distribution of Aggregate per Second HTTP Request Rate", *IEEE Workshop on Local and
//! Metropolitan Area Networks*, 1999.

use crate::number::whole;
use crate::random::Random;
use std::f64::consts::TAU;

/// The seconds of a day.
const DAY: u32 = 86_400;

/// A day's traffic.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Traffic {
    /// The mean rate, in requests a second.
    pub mean: f64,
    /// By what share of the mean the rate rises at the busiest time and falls at the
    /// quietest, from 0 to 1.
    pub swing: f64,
    /// How many requests an action of a user sends at once, at least one.
    pub together: u32,
}

// ANCHOR: traffic
impl Traffic {
    /// The rate that is expected at a second of the day, in requests a second. It is
    /// lowest at midnight.
    pub fn rate(&self, second: u32) -> f64 {
        let turn = TAU * f64::from(second) / f64::from(DAY);
        self.mean * (1.0 - self.swing * turn.cos())
    }

    /// How many requests arrive in each second of a day, if each user decides alone
    /// when to act.
    pub fn day(&self, random: &mut Random) -> Vec<u32> {
        let together = self.together.max(1);
        let actions = |second| poisson(self.rate(second) / f64::from(together), random);
        (0..DAY).map(actions).map(|n| n * together).collect()
    }
}

/// The rate in the busiest of the windows of `seconds` seconds that a day divides into,
/// in requests a second.
pub fn busiest(day: &[u32], seconds: u32) -> f64 {
    let windows = day.chunks(seconds.max(1) as usize);
    let most = windows.map(|window| window.iter().sum()).max();
    f64::from(most.unwrap_or(0)) / f64::from(seconds.max(1))
}
// ANCHOR_END: traffic

/// A number from the Poisson distribution: the number of rare and independent events
/// that happen.
///
/// The distribution is searched from its mode outward, so a draw costs O(√mean).
pub fn poisson(mean: f64, random: &mut Random) -> u32 {
    if mean <= 0.0 {
        return 0;
    }
    let mode = u32::try_from(whole(mean)).unwrap_or(u32::MAX);
    let (mut above, mut below) = (mode, mode);
    let at_mode = (f64::from(mode) * mean.ln() - mean - ln_factorial(mode)).exp();
    let (mut p_above, mut p_below) = (at_mode, at_mode);
    let mut left = random.uniform() - at_mode;
    while left >= 0.0 {
        above += 1;
        p_above *= mean / f64::from(above);
        left -= p_above;
        if left < 0.0 {
            return above;
        }
        if below > 0 {
            p_below *= f64::from(below) / mean;
            below -= 1;
            left -= p_below;
            if left < 0.0 {
                return below;
            }
        }
        // The remainder from rounding belongs to the far tail.
        if p_above < f64::MIN_POSITIVE {
            return above;
        }
    }
    mode
}

/// The logarithm of n!, by Stirling's series from 16 on.
fn ln_factorial(n: u32) -> f64 {
    if n < 16 {
        return (2..=n).map(|k| f64::from(k).ln()).sum();
    }
    let x = f64::from(n);
    x * x.ln() - x + (TAU * x).ln() / 2.0 + 1.0 / (12.0 * x) - 1.0 / (360.0 * x.powi(3))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moments(mean: f64, draws: u32) -> (f64, f64) {
        let mut random = Random::new(3);
        let values: Vec<f64> = (0..draws)
            .map(|_| f64::from(poisson(mean, &mut random)))
            .collect();
        let average = values.iter().sum::<f64>() / f64::from(draws);
        let squares: f64 = values.iter().map(|value| (value - average).powi(2)).sum();
        (average, squares / f64::from(draws))
    }

    #[test]
    fn mean_and_variance_of_poisson_counts_are_equal() {
        for mean in [0.3, 4.0, 38.0, 1_157.0] {
            let (average, variance) = moments(mean, 50_000);
            assert!((average / mean - 1.0).abs() < 0.02, "{mean}: {average}");
            assert!((variance / mean - 1.0).abs() < 0.04, "{mean}: {variance}");
        }
        assert_eq!(poisson(0.0, &mut Random::new(1)), 0);
    }

    #[test]
    fn counts_are_as_many_as_arrivals_with_exponential_gaps() {
        // The definition of a Poisson process is the reference: how often does nothing,
        // one, two … arrive in a second?
        let mut random = Random::new(8);
        let mut arrivals = [0.0_f64; 8];
        let mut drawn = [0.0_f64; 8];
        for _ in 0..40_000 {
            let (mut time, mut count) = (random.exponential(0.5), 0);
            while time < 1.0 {
                time += random.exponential(0.5);
                count += 1;
            }
            arrivals[count.min(7)] += 1.0 / 40_000.0;
            drawn[poisson(2.0, &mut random).min(7) as usize] += 1.0 / 40_000.0;
        }
        for (one, two) in arrivals.iter().zip(drawn) {
            assert!((one - two).abs() < 0.01, "{one} {two}");
        }
    }

    #[test]
    fn the_factorial_series_meets_the_sum() {
        for n in [15, 16, 40, 300] {
            let sum: f64 = (2..=n).map(|k| f64::from(k).ln()).sum();
            assert!((ln_factorial(n) - sum).abs() < 1e-8, "{n}");
        }
    }

    #[test]
    fn a_longer_window_is_never_busier() {
        for (seed, swing) in [(1, 0.0), (2, 0.5), (3, 1.0)] {
            let traffic = Traffic {
                mean: 2.0,
                swing,
                together: 1,
            };
            let day = traffic.day(&mut Random::new(seed));
            let total: u32 = day.iter().sum();
            let rates = [1, 60, 3_600, DAY].map(|seconds| busiest(&day, seconds));
            assert!(rates.is_sorted_by(|shorter, longer| shorter >= longer));
            assert!((rates[3] * f64::from(DAY) - f64::from(total)).abs() < 1e-6);
        }
    }

    #[test]
    fn requests_that_come_together_vary_as_those_of_a_smaller_service() {
        // Neither the mean nor the distribution of actions changes: the reference is
        // the variance of a compound Poisson count, mean × together.
        for together in [1, 5, 20] {
            let traffic = Traffic {
                mean: 100.0,
                swing: 0.0,
                together,
            };
            let day = traffic.day(&mut Random::new(4));
            let count = f64::from(DAY);
            let mean = day.iter().map(|n| f64::from(*n)).sum::<f64>() / count;
            let squares = day.iter().map(|n| (f64::from(*n) - mean).powi(2));
            let variance = squares.sum::<f64>() / count;
            let theory = 100.0 * f64::from(together);
            assert!((mean / 100.0 - 1.0).abs() < 0.01, "{together}: {mean}");
            assert!(
                (variance / theory - 1.0).abs() < 0.03,
                "{together}: {variance}"
            );
        }
    }
}
