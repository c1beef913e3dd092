//! A seeded source of randomness for simulations: uniform and exponential draws.
//!
//! Shown in `src/capacity/sensitivity.md`; most programs that draw numbers use it.

use crate::number::{float, whole};
use rand_core::{Rng, SeedableRng};
use rand_pcg::Pcg64;

/// A generator whose values are guaranteed to be stable: PCG64. A seed gives the same
/// draws on every machine.
#[derive(Debug, Clone)]
pub struct Random {
    generator: Pcg64,
}

impl Random {
    /// A generator for a seed.
    pub fn new(seed: u64) -> Self {
        Self {
            generator: Pcg64::seed_from_u64(seed),
        }
    }

    /// A number from 0, included, to 1, excluded.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        float(self.generator.next_u64() >> 11) / float(1u64 << 53)
    }

    /// Whether something happens that has this probability.
    #[inline]
    pub fn chance(&mut self, probability: f64) -> bool {
        self.uniform() < probability
    }

    /// A uniform whole number below `bound`; 0 if there is none. By multiplication and
    /// shift, so that a value's share is off by less than `bound` / 2^64.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        let wide = u128::from(self.generator.next_u64()) * u128::from(bound);
        (wide >> 64) as u64
    }

    /// A uniform index into a list of `count` elements; 0 if it is empty.
    #[inline]
    pub fn index(&mut self, count: usize) -> usize {
        usize::try_from(self.below(count as u64)).unwrap_or(0)
    }

    /// An exponentially distributed number with this mean: the time until the next
    /// event of a memoryless process.
    #[inline]
    pub fn exponential(&mut self, mean: f64) -> f64 {
        -mean * (1.0 - self.uniform()).ln()
    }

    /// The same, in whole microseconds.
    #[inline]
    pub fn exponential_us(&mut self, mean_us: f64) -> u64 {
        whole(self.exponential(mean_us).round())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_draws_again() {
        let draw = |seed| {
            let mut random = Random::new(seed);
            [random.uniform(), random.exponential(3.0)]
        };
        assert!(draw(1).iter().eq(&draw(1)));
        assert!(draw(1).iter().ne(&draw(2)));
    }

    #[test]
    fn whole_numbers_are_evenly_spread_below_their_bound() {
        let mut random = Random::new(2);
        let mut counts = [0u32; 5];
        for _ in 0..100_000 {
            counts[random.index(5)] += 1;
        }
        assert!(counts.iter().all(|count| count.abs_diff(20_000) < 600));
        assert_eq!((random.below(1), random.below(0)), (0, 0));
    }

    #[test]
    fn means_are_those_of_the_distributions() {
        let mut random = Random::new(5);
        let n = 200_000;
        let uniform: f64 = (0..n).map(|_| random.uniform()).sum::<f64>() / f64::from(n);
        let exponential: f64 =
            (0..n).map(|_| random.exponential(7.0)).sum::<f64>() / f64::from(n);
        assert!((uniform - 0.5).abs() < 0.005, "{uniform}");
        assert!((exponential - 7.0).abs() < 0.05, "{exponential}");
    }
}
