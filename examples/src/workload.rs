//! Seeded workloads: requests for keys whose popularity follows Zipf's law.
//!
//! Shown in `src/caching/lru.md`; most programs that send requests use it.

use crate::number::float;
use crate::random::Random;

/// Draws keys `0..keys`, key `k` with a weight of `1 / (k + 1)^exponent`.
///
/// The draw inverts the cumulative distribution by binary search, so one costs O(log
/// keys). A seed gives the same requests on every machine.
#[derive(Debug, Clone)]
pub struct Zipf {
    cumulative: Vec<f64>,
    random: Random,
}

impl Zipf {
    /// A sampler over `keys` keys. With no keys it draws nothing.
    pub fn new(keys: usize, exponent: f64, seed: u64) -> Self {
        let mut sum = 0.0;
        let cumulative = (1..=keys)
            .map(|rank| {
                sum += float(rank).powf(-exponent);
                sum
            })
            .collect();
        Self {
            cumulative,
            random: Random::new(seed),
        }
    }
}

impl Iterator for Zipf {
    type Item = usize;

    fn next(&mut self) -> Option<usize> {
        let total = *self.cumulative.last()?;
        let at = self.random.uniform() * total;
        Some(self.cumulative.partition_point(|sum| *sum <= at))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seed_gives_the_same_requests_again() {
        let draw = |seed| Zipf::new(100, 1.0, seed).take(50).collect::<Vec<_>>();
        assert_eq!(draw(7), draw(7));
        assert_ne!(draw(7), draw(8));
        assert_eq!(Zipf::new(0, 1.0, 7).next(), None);
    }

    #[test]
    fn frequencies_follow_the_weights() {
        const DRAWS: usize = 200_000;
        let mut counts = [0usize; 4];
        for key in Zipf::new(4, 1.0, 1).take(DRAWS) {
            counts[key] += 1;
        }
        let total = 1.0 + 1.0 / 2.0 + 1.0 / 3.0 + 1.0 / 4.0;
        for (rank, count) in (1u32..).zip(counts) {
            let expected = 1.0 / f64::from(rank) / total;
            let measured = float(count) / 200_000.0;
            assert!((measured - expected).abs() < 0.005, "{rank}: {measured}");
        }
    }
}
