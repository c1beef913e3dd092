//! A count that is stored beside the rows it counts, and updated in a step of its own.
//!
//! Shown in `src/relational/counters.md`.

use crate::number::float;
use crate::random::Random;

/// Users mark and unmark a post, `operations` times; between the row and the counter a
/// crash comes with a probability, after which the user sends the operation again.
/// Returns the rows and the counter in the end, and how often a row was added or
/// removed.
pub fn drift(operations: u64, crash: f64, seed: u64) -> (i32, i32, u32) {
    let mut random = Random::new(seed);
    // Whether each of the users has a row.
    let mut rows = [false; 1_000];
    let (mut counter, mut changes) = (0, 0);
    for _ in 0..operations {
        let user = random.index(rows.len());
        let marks = random.chance(0.5);
        loop {
            // First step: the row. A repetition finds nothing to do.
            let is_new = std::mem::replace(&mut rows[user], marks) != marks;
            changes += u32::from(is_new);
            if is_new && random.chance(crash) {
                continue;
            }
            // Second step: the counter.
            if is_new {
                counter += if marks { 1 } else { -1 };
            }
            break;
        }
    }
    let left = rows.iter().filter(|is_there| **is_there).count();
    (i32::try_from(left).unwrap_or(i32::MAX), counter, changes)
}

/// How far many counters drifted, each by itself.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Drift {
    /// Rows in the end, on average.
    pub rows: f64,
    /// How many of them the counter misses, on average.
    pub missing: f64,
    /// The standard deviation of what is missing.
    pub deviation: f64,
    /// The same in theory: that of a walk with a step up or down for each lost change,
    /// √(p (1 − p) × changes).
    pub expected_deviation: f64,
    /// Counters that are lower than their rows.
    pub too_low: usize,
    /// Counters that are higher.
    pub too_high: usize,
}

/// Lets `counters` counters drift, one after the other.
pub fn drifts(counters: usize, operations: u64, crash: f64, seed: u64) -> Drift {
    let mut seeds = Random::new(seed);
    let runs: Vec<(i32, i32, u32)> = (0..counters)
        .map(|_| drift(operations, crash, seeds.below(u64::MAX)))
        .collect();
    let mean = |of: &dyn Fn(&(i32, i32, u32)) -> f64| {
        runs.iter().map(of).sum::<f64>() / float(counters.max(1))
    };
    let off = |(rows, counter, _): &(i32, i32, u32)| f64::from(rows - counter);
    let missing = mean(&off);
    let variance = mean(&|run| (off(run) - missing).powi(2));
    let changes = mean(&|(_, _, changes)| f64::from(*changes));
    Drift {
        rows: mean(&|(rows, _, _)| f64::from(*rows)),
        missing,
        // Divided by one less than there are, for the mean is theirs.
        deviation: (variance * float(counters) / float(counters.max(2) - 1)).sqrt(),
        expected_deviation: (crash * (1.0 - crash) * changes).sqrt(),
        too_low: runs.iter().filter(|run| off(run) > 0.0).count(),
        too_high: runs.iter().filter(|run| off(run) < 0.0).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_crashes_the_counter_is_right() {
        for seed in 0..50 {
            let (rows, counter, _) = drift(2_000, 0.0, seed);
            assert_eq!(rows, counter);
        }
    }

    /// Each change of a row is lost with the same probability: the mean of what is
    /// missing is that share of the rows, and its deviation that of a walk with as many
    /// steps of one, up or down, as changes are lost.
    #[test]
    fn the_counter_is_off_as_a_random_walk_is() {
        for (operations, crash) in [(2_000, 0.05), (5_000, 0.2), (20_000, 0.01)] {
            let seen = drifts(400, operations, crash, 7);
            let expected = seen.expected_deviation;
            // Three standard errors of the mean; 15 % of the deviation are four of its.
            assert!(
                (seen.missing - crash * seen.rows).abs() < 3.0 * expected / 20.0,
                "{seen:?}"
            );
            assert!((seen.deviation / expected - 1.0).abs() < 0.15, "{seen:?}");
            assert!(seen.too_low + seen.too_high <= 400);
        }
    }

    #[test]
    fn a_counter_that_is_never_off_has_no_deviation() {
        let seen = drifts(20, 500, 0.0, 1);
        assert_eq!((seen.too_low, seen.too_high), (0, 0));
        assert_eq!((seen.missing, seen.deviation), (0.0, 0.0));
        assert_eq!(drifts(0, 500, 0.5, 1).too_low, 0);
    }
}
