//! Monitoring: counters that restart, quantiles from buckets, and alerts by the rate at
//! which an error budget burns.
//!
//! Shown in `src/services/monitoring.md`.
//!
//! The alert is that of B. Beyer et al. (editors), *The Site Reliability Workbook*,
//! O'Reilly, 2018, chapter 5.

use crate::number::float;

/// How much a counter grew over its samples. A value below the one before means that
/// the process restarted from 0.
// ANCHOR: increase
pub fn increase(samples: &[u64]) -> u64 {
    let steps = samples
        .windows(2)
        .map(|pair| match pair[1].checked_sub(pair[0]) {
            Some(step) => step,
            None => pair[1], // Restarted: it counted from 0 to here.
        });
    steps.sum()
}
// ANCHOR_END: increase

/// Counts values in buckets with upper bounds.
#[derive(Debug, Clone, PartialEq)]
pub struct Buckets {
    bounds: Vec<f64>,
    counts: Vec<u64>,
}

impl Buckets {
    /// Buckets with these upper bounds, in ascending order. Larger values count as the
    /// last bound.
    pub fn new(bounds: &[f64]) -> Self {
        Self {
            bounds: bounds.to_vec(),
            counts: vec![0; bounds.len()],
        }
    }

    // ANCHOR: buckets
    /// Counts a value.
    pub fn observe(&mut self, value: f64) {
        let bucket = self.bounds.partition_point(|bound| *bound < value);
        let last = self.counts.len().saturating_sub(1);
        if let Some(count) = self.counts.get_mut(bucket.min(last)) {
            *count += 1;
        }
    }

    /// A quantile from 0 to 1, on a straight line through the bucket that it falls in.
    pub fn quantile(&self, q: f64) -> f64 {
        let rank = q * float(self.counts.iter().sum::<u64>());
        let (mut below, mut lower) = (0.0, 0.0);
        for (count, upper) in self.counts.iter().zip(&self.bounds) {
            let count = float(*count);
            if count > 0.0 && below + count >= rank {
                return lower + (upper - lower) * (rank - below) / count;
            }
            below += count;
            lower = *upper;
        }
        lower
    }
    // ANCHOR_END: buckets
}

/// An alert that looks at a long and a short window.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct BurnAlert {
    /// The share of requests that may fail, such as 0.001.
    pub budget: f64,
    /// How many times faster than allowed the budget has to burn.
    pub threshold: f64,
    /// The long window, in minutes.
    pub long: usize,
    /// The short window, in minutes.
    pub short: usize,
}

impl BurnAlert {
    // ANCHOR: burn
    /// The minutes in which the alert is on. `errors` is the share of failed requests
    /// in each minute.
    pub fn minutes_on(&self, errors: &[f64]) -> Vec<usize> {
        let burn = |minute: usize, window: usize| {
            let first = (minute + 1).saturating_sub(window);
            let sum: f64 = errors[first..=minute].iter().sum();
            let minutes = float(window.max(1));
            sum / minutes / self.budget
        };
        let is_on = |minute: &usize| {
            burn(*minute, self.long) >= self.threshold
                && burn(*minute, self.short) >= self.threshold
        };
        (0..errors.len()).filter(is_on).collect()
    }
    // ANCHOR_END: burn
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::whole_count;
    use proptest::prelude::*;

    #[test]
    fn a_restart_is_no_step_back() {
        assert_eq!(increase(&[5, 9, 2, 4]), 8);
        assert_eq!(increase(&[]), 0);
    }

    proptest! {
        #[test]
        fn a_quantile_is_at_most_a_bucket_away(values in prop::collection::vec(0.0..100.0f64, 1..200), q in 0.01..1.0f64) {
            let bounds: Vec<f64> = (1..=20).map(|n| f64::from(n) * 5.0).collect();
            let mut buckets = Buckets::new(&bounds);
            for value in &values {
                buckets.observe(*value);
            }
            let mut sorted = values.clone();
            sorted.sort_by(f64::total_cmp);
            let rank = whole_count((q * float(sorted.len())).ceil()).clamp(1, sorted.len());
            prop_assert!((buckets.quantile(q) - sorted[rank - 1]).abs() <= 5.0);
        }

        /// A steady error rate r fires once the long window holds enough of it:
        /// threshold × budget × long / r minutes.
        #[test]
        fn a_steady_rate_fires_after_the_formula_s_time(rate in 0.02..1.0f64) {
            let alert = BurnAlert { budget: 0.001, threshold: 14.4, long: 60, short: 5 };
            let first = alert.minutes_on(&[rate; 100])[0];
            let theory = 14.4 * 0.001 * 60.0 / rate;
            let minutes = float(first + 1);
            prop_assert!(minutes >= theory - 1e-6 && minutes < theory.max(14.4 * 0.001 * 5.0 / rate) + 1.0 + 1e-6);
        }
    }
}
