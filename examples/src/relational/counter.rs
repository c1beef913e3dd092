//! A count that is stored beside the rows it counts, and updated in a step of its own.
//!
//! Shown in `src/relational/counters.md`.

use crate::random::Random;

/// Users mark and unmark a post, `operations` times; between the row and the counter a crash
/// comes with a probability, after which the user sends the operation again. Returns the rows and
/// the counter in the end, and how often a row was added or removed.
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

    /// Each change of a row is lost with the same probability: the mean of what is missing is that share of the rows,
    /// and its deviation that of a walk with as many steps of one, up or down, as changes are lost.
    #[test]
    fn the_counter_is_off_as_a_random_walk_is() {
        for (operations, crash) in [(2_000, 0.05), (5_000, 0.2), (20_000, 0.01)] {
            let (mut off, mut rows, mut changes) = (Vec::new(), 0.0, 0.0);
            for seed in 0..400 {
                let (at_end, counter, changed) = drift(operations, crash, seed);
                off.push(f64::from(at_end - counter));
                rows += f64::from(at_end) / 400.0;
                changes += f64::from(changed) / 400.0;
            }
            let mean = off.iter().sum::<f64>() / 400.0;
            let variance = off.iter().map(|off| (off - mean).powi(2)).sum::<f64>() / 399.0;
            let expected = (crash * rows, (crash * (1.0 - crash) * changes).sqrt());
            // Three standard errors of the mean; 15 % of the deviation are four of its.
            assert!(
                (mean - expected.0).abs() < 3.0 * expected.1 / 20.0,
                "{mean} {expected:?}"
            );
            assert!(
                (variance.sqrt() / expected.1 - 1.0).abs() < 0.15,
                "{variance} {expected:?}"
            );
        }
    }
}
