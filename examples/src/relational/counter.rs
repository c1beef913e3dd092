//! A count that is stored beside the rows it counts, and updated in a step of its own.

use crate::random::Random;
use std::collections::BTreeSet;

/// Users mark a post and take it back, `operations` times; between the row and the counter a crash
/// comes with a probability, after which the user sends the operation again. Returns the rows and
/// the counter in the end.
pub fn drift(operations: u64, crash: f64, seed: u64) -> (u64, u64) {
    const USERS: f64 = 1_000.0;
    let mut random = Random::new(seed);
    let mut rows: BTreeSet<u64> = BTreeSet::new();
    let mut counter = 0u64;
    for _ in 0..operations {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a number from 0 to 999"
        )]
        let user = (random.uniform() * USERS) as u64;
        let marks = random.chance(0.5);
        loop {
            // First step: the row. A repetition finds nothing to do.
            let is_new = if marks {
                rows.insert(user)
            } else {
                rows.remove(&user)
            };
            if is_new && random.chance(crash) {
                continue;
            }
            // Second step: the counter.
            counter = match (is_new, marks) {
                (true, true) => counter + 1,
                (true, false) => counter.saturating_sub(1),
                _ => counter,
            };
            break;
        }
    }
    (u64::try_from(rows.len()).unwrap_or(u64::MAX), counter)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_crashes_the_counter_is_right() {
        for seed in 0..50 {
            let (rows, counter) = drift(2_000, 0.0, seed);
            assert_eq!(rows, counter);
        }
    }

    /// Every change of a row reaches the counter with the same probability, so on average the counter has
    /// that share of the rows.
    #[test]
    fn on_average_the_share_of_the_crashes_is_missing() {
        for crash in [0.05, 0.2, 0.5] {
            let sum = |(rows, counter), seed| {
                let (more, and) = drift(5_000, crash, seed);
                (rows + more, counter + and)
            };
            let (rows, counter) = (0..200).fold((0, 0), sum);
            let share = f64::from(u32::try_from(counter).unwrap())
                / f64::from(u32::try_from(rows).unwrap());
            assert!((share - (1.0 - crash)).abs() < 0.01, "{crash}: {share}");
        }
    }

    #[test]
    fn with_crashes_it_drifts_for_nearly_every_seed() {
        let off = (0..50).filter(|seed| {
            let (rows, counter) = drift(5_000, 0.05, *seed);
            rows != counter
        });
        assert!(off.count() > 40);
    }
}
