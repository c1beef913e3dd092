//! Caches behind caches: what each level still sees, and the time a request takes on
//! average.
//!
//! Shown in `src/caching/levels.md`.

use crate::caching::lru::Lru;
use crate::workload::Zipf;

/// Levels of LRU caches; a miss goes to the next one and fills all it came through.
#[derive(Debug)]
pub struct Levels {
    caches: Vec<Lru<usize, ()>>,
    /// Hits of each level, and last those of the store behind all levels.
    pub hits: Vec<u32>,
}

impl Levels {
    /// Empty caches of these capacities, the nearest first.
    pub fn new(capacities: &[usize]) -> Self {
        Self {
            caches: capacities
                .iter()
                .map(|entries| Lru::new(*entries))
                .collect(),
            hits: vec![0; capacities.len() + 1],
        }
    }

    /// Caches that got `requests` requests for `keys` keys with Zipf's popularity, and
    /// then as many again, of which only the second half is counted.
    pub fn warm(
        capacities: &[usize],
        keys: usize,
        exponent: f64,
        requests: usize,
        seed: u64,
    ) -> Self {
        let mut levels = Self::new(capacities);
        for (at, key) in Zipf::new(keys, exponent, seed)
            .take(2 * requests)
            .enumerate()
        {
            if at == requests {
                levels.hits.fill(0);
            }
            levels.request(key);
        }
        levels
    }

    // ANCHOR: request
    /// Asks level after level for a key, and returns the number of the one that had it.
    pub fn request(&mut self, key: usize) -> usize {
        let found = self
            .caches
            .iter_mut()
            .position(|cache| cache.get(&key).is_some());
        let found = found.unwrap_or(self.caches.len());
        for cache in &mut self.caches[..found] {
            cache.put(key, ());
        }
        self.hits[found] += 1;
        found
    }
    // ANCHOR_END: request

    /// The share of the requests that reach a level which it answers.
    pub fn hit_ratio(&self, level: usize) -> f64 {
        let reached: u32 = self.hits.iter().skip(level).sum();
        f64::from(self.hits.get(level).copied().unwrap_or(0))
            / f64::from(reached.max(1))
    }

    // ANCHOR: mean
    /// The mean time of a request, given the time that each level takes, whether it has
    /// the key or not.
    ///
    /// Hennessy and Patterson's average memory access time: each level's time plus its
    /// miss ratio times the mean of what is behind it.
    pub fn mean_time(&self, times: &[f64]) -> f64 {
        let levels = times.iter().enumerate().rev();
        levels.fold(0.0, |behind, (level, time)| {
            time + (1.0 - self.hit_ratio(level)) * behind
        })
    }
    // ANCHOR_END: mean
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caching::lru::hit_ratio;
    use crate::capacity::popularity::lru_share;

    #[test]
    fn the_mean_is_what_a_sum_over_all_requests_gives() {
        let mut levels = Levels::new(&[20, 200]);
        let times = [0.1, 2.0, 30.0];
        let mut sum = 0.0;
        for key in Zipf::new(1_000, 1.0, 9).take(5_000) {
            let found = levels.request(key);
            sum += times[..=found].iter().sum::<f64>();
        }
        let mean = sum / 5_000.0;
        assert!((levels.mean_time(&times) - mean).abs() < 1e-9);
    }

    #[test]
    fn what_fills_the_caches_is_not_counted_and_the_first_level_is_what_the_formula_says()
     {
        for (entries, exponent) in [(50, 0.8), (200, 0.8), (50, 1.2)] {
            let levels = Levels::warm(&[entries, 400], 1_000, exponent, 20_000, 4);
            assert_eq!(levels.hits.iter().sum::<u32>(), 20_000);
            let expected = lru_share(1_000, exponent, u32::try_from(entries).unwrap());
            let share = levels.hit_ratio(0);
            assert!((share - expected).abs() < 0.02, "{share} {expected}");
        }
    }

    #[test]
    fn the_first_level_is_a_cache_like_any_other() {
        let trace: Vec<usize> = Zipf::new(1_000, 1.0, 9).take(5_000).collect();
        let mut levels = Levels::new(&[50]);
        for key in &trace {
            levels.request(*key);
        }
        assert!((levels.hit_ratio(0) - hit_ratio(trace, 50)).abs() < 1e-12);
    }
}
