//! Percentiles, exactly and from a histogram that can be merged.
//!
//! Shown in `src/latency/percentiles.md`.
//!
//! The histogram's buckets grow by a fixed factor, as in Prometheus's native histograms
//! and in `DDSketch`: C. Masson, J. E. Rim and H. K. Lee, "`DDSketch`: A Fast and
//! Fully-Mergeable Quantile Sketch with Relative-Error Guarantees", *VLDB* 2019.

use crate::number::{float, whole_count};
use std::collections::BTreeMap;

/// The mean; 0 without values.
pub fn mean(values: &[u64]) -> f64 {
    float(values.iter().sum::<u64>()) / float(values.len().max(1))
}

// ANCHOR: percentile
/// The smallest value that at least `percent` of the values don't exceed (the nearest
/// rank). `None` without values.
pub fn percentile(values: &[u64], percent: f64) -> Option<u64> {
    let mut sorted = values.to_vec();
    sorted.sort_unstable();
    let at = rank(percent, sorted.len())?;
    sorted.get(at - 1).copied()
}
// ANCHOR_END: percentile

/// The rank of a percentile among `count` values, from 1 to `count`.
fn rank(percent: f64, count: usize) -> Option<usize> {
    let rank =
        whole_count((percent.clamp(0.0, 100.0) * float(count) / 100.0 - 1e-9).ceil());
    (count > 0).then_some(rank.max(1).min(count))
}

/// Counts of values in buckets, each a fixed share wider than the one before.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Histogram {
    counts: BTreeMap<i32, usize>,
}

/// Buckets grow by 2 %, so that a bucket's middle is at most 1 % off.
const GROWTH: f64 = 1.02;

// ANCHOR: histogram
impl Histogram {
    /// Counts a value. 0 is counted as 1.
    pub fn record(&mut self, value: u64) {
        #[expect(
            clippy::cast_possible_truncation,
            reason = "the logarithm of a u64 is small"
        )]
        let bucket = float(value.max(1)).log(GROWTH).floor() as i32;
        *self.counts.entry(bucket).or_default() += 1;
    }

    /// Adds another histogram's counts. This is all that merging takes.
    pub fn merge(&mut self, other: &Self) {
        for (bucket, count) in &other.counts {
            *self.counts.entry(*bucket).or_default() += count;
        }
    }

    /// A percentile: the middle of the bucket in which its rank lies.
    pub fn percentile(&self, percent: f64) -> Option<f64> {
        let mut rank = rank(percent, self.counts.values().sum())?;
        for (bucket, count) in &self.counts {
            if rank <= *count {
                return Some(GROWTH.powf(f64::from(*bucket) + 0.5));
            }
            rank -= count;
        }
        None
    }
    // ANCHOR_END: histogram

    /// How many buckets hold something.
    pub fn buckets(&self) -> usize {
        self.counts.len()
    }
}

impl FromIterator<u64> for Histogram {
    fn from_iter<I: IntoIterator<Item = u64>>(values: I) -> Self {
        let mut histogram = Self::default();
        for value in values {
            histogram.record(value);
        }
        histogram
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn of_nothing_there_is_no_percentile() {
        assert_eq!(percentile(&[], 50.0), None);
        assert_eq!(Histogram::default().percentile(50.0), None);
    }

    #[test]
    fn ranks_are_the_nearest() {
        let values: Vec<u64> = (1..=100).collect();
        let at = |percent| percentile(&values, percent);
        assert_eq!(
            [at(0.0), at(50.0), at(99.0), at(99.9)],
            [Some(1), Some(50), Some(99), Some(100)]
        );
    }

    proptest! {
        #[test]
        fn enough_values_are_no_larger_and_no_smaller_value_has_enough(
            values in prop::collection::vec(0..50u64, 1..60),
            percent in 1..=100u32,
        ) {
            let found = percentile(&values, f64::from(percent)).unwrap();
            let share = |limit: u64| values.iter().filter(|v| **v <= limit).count() * 100;
            let needed = percent as usize * values.len();
            prop_assert!(share(found) >= needed);
            prop_assert!(found == 0 || share(found - 1) < needed);
        }

        #[test]
        fn a_merged_histogram_is_within_its_error_of_the_exact_percentile(
            one in prop::collection::vec(1..1_000_000u64, 1..100),
            two in prop::collection::vec(1..1_000_000u64, 0..100),
            percent in 1..=100u32,
        ) {
            let mut merged: Histogram = one.iter().copied().collect();
            merged.merge(&two.iter().copied().collect());
            let all: Vec<u64> = one.into_iter().chain(two).collect();
            prop_assert_eq!(&merged, &all.iter().copied().collect::<Histogram>());
            let exact = percentile(&all, f64::from(percent)).unwrap();
            let exact = float(exact);
            let near = merged.percentile(f64::from(percent)).unwrap();
            prop_assert!((near / exact - 1.0).abs() < 0.0101, "{} {}", near, exact);
        }
    }
}
