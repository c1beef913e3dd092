//! A primary and its replicas: when a write is acknowledged, and what is lost when the
//! primary crashes. Times are in milliseconds.
//!
//! Shown in `src/replication/primary.md`.

use crate::random::Random;

/// A primary with replicas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Setup {
    /// How many replicas there are.
    pub replicas: usize,
    /// How many of them must have a write before it is acknowledged to the client. 0 is
    /// asynchronous.
    pub acks: usize,
    /// The mean time until a replica has confirmed a write, exponentially distributed.
    /// Writes stay in order.
    pub delay: f64,
    /// The time between two writes.
    pub interval: f64,
}

/// Which replica becomes the primary after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Promote {
    /// The one that has most of the log.
    MostAdvanced,
    /// The first in the list, whatever it has.
    First,
}

/// What clients saw before the crash, and what is left after it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outcome {
    /// The mean time until enough replicas had a write, as if the primary had not
    /// crashed. The first tenth of the writes is left out, because it meets replicas
    /// that are up to date.
    pub latency: f64,
    /// Writes that were acknowledged.
    pub acknowledged: usize,
    /// Of these, those that the new primary doesn't have.
    pub lost: usize,
}

// ANCHOR: crash
/// Writes at a steady pace, a crash of the primary at a random moment after the last of
/// `writes`, before the next would come, and a promotion.
pub fn crash(setup: &Setup, writes: u32, promote: Promote, seed: u64) -> Outcome {
    let mut random = Random::new(seed);
    let crash = (f64::from(writes) - random.uniform()) * setup.interval;
    let mut has = vec![0.0f64; setup.replicas];
    let mut latest = vec![0usize; setup.replicas];
    let (mut acknowledged, mut waited, mut counted) = (Vec::new(), 0.0, 0u32);
    for (n, write) in (0..writes).enumerate() {
        let start = f64::from(write) * setup.interval;
        for (at, latest) in has.iter_mut().zip(&mut latest) {
            // A log is applied in order: no write arrives before the one ahead of it.
            *at = at.max(start + random.exponential(setup.delay));
            if *at <= crash {
                *latest = n + 1;
            }
        }
        let mut arrivals = has.clone();
        arrivals.sort_by(f64::total_cmp);
        let done = match setup.acks {
            0 => Some(start),
            acks => arrivals.get(acks - 1).copied(),
        };
        let Some(done) = done else { continue };
        if done <= crash {
            acknowledged.push(n);
        }
        if write >= writes / 10 {
            (waited, counted) = (waited + done - start, counted + 1);
        }
    }
    let kept = match promote {
        Promote::MostAdvanced => latest.iter().max().copied(),
        Promote::First => latest.first().copied(),
    };
    let kept = kept.unwrap_or(0);
    Outcome {
        latency: waited / f64::from(counted.max(1)),
        acknowledged: acknowledged.len(),
        lost: acknowledged.iter().filter(|n| **n >= kept).count(),
    }
}
// ANCHOR_END: crash

impl Setup {
    /// [`Outcome::latency`] by the formula, for a log that has been busy for a while.
    ///
    /// A replica has a write as soon as it has that one and all before it. The write
    /// that is k earlier was sent k intervals earlier, so that the replica has them all
    /// within t with the probability Π (1 - e^-((t + k `interval`) / `delay`)). The
    /// replicas are independent, so the number of those that have it is binomial, and
    /// the mean is the integral of the probability that they are fewer than `acks`.
    pub fn theory(&self) -> f64 {
        let step = self.delay / 100.0;
        let late = (0..3_000u32).map(|n| {
            let time = (f64::from(n) + 0.5) * step;
            1.0 - self.acknowledged_within(self.applied_within(time))
        });
        step * late.sum::<f64>()
    }

    /// The probability that a replica has a write within a time.
    fn applied_within(&self, time: f64) -> f64 {
        let sent = (0..100_000u32).map(|k| time + f64::from(k) * self.interval);
        // What was sent 20 mean delays ago has arrived for certain.
        let recent = sent.take_while(|since| *since <= time.max(20.0 * self.delay));
        recent
            .map(|since| 1.0 - (-since / self.delay).exp())
            .product()
    }

    /// The probability that enough replicas have a write, if each has it with this one.
    fn acknowledged_within(&self, has: f64) -> f64 {
        // By the number of replicas that have it, one replica after the other.
        let mut by_number = vec![0.0; self.replicas + 1];
        by_number[0] = 1.0;
        for _ in 0..self.replicas {
            for number in (0..=self.replicas).rev() {
                let one_fewer = number.checked_sub(1).map_or(0.0, |n| by_number[n]);
                by_number[number] = by_number[number] * (1.0 - has) + one_fewer * has;
            }
        }
        by_number.iter().skip(self.acks).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    #[test]
    fn latency_is_that_of_the_slowest_replica_that_is_waited_for() {
        // Writes so far apart that none waits for another. The k-th of n exponential
        // times has the mean of the formula.
        for acks in 0..=4u32 {
            let setup = Setup {
                replicas: 4,
                acks: acks as usize,
                delay: 5.0,
                interval: 1_000.0,
            };
            let theory: f64 = (0..acks).map(|n| 5.0 / f64::from(4 - n)).sum();
            let seen = crash(&setup, 20_000, Promote::MostAdvanced, 1).latency;
            assert!((seen - theory).abs() < 0.15, "{acks}: {seen} {theory}");
        }
    }

    #[test]
    fn in_a_busy_log_latency_is_what_the_formula_says() {
        for (replicas, acks, interval) in [
            (5, 1, 8.64),
            (5, 5, 8.64),
            (5, 3, 2.88),
            (3, 2, 1.0),
            (1, 1, 40.0),
        ] {
            let setup = Setup {
                replicas,
                acks,
                delay: 20.0,
                interval,
            };
            let (seen, theory) = (
                crash(&setup, 60_000, Promote::First, 3).latency,
                setup.theory(),
            );
            assert!(
                (seen / theory - 1.0).abs() < 0.03,
                "{setup:?} {seen} {theory}"
            );
        }
        // A single write takes the k-th of n exponential times.
        let setup = Setup {
            replicas: 4,
            acks: 2,
            delay: 12.0,
            interval: 1e6,
        };
        assert!((setup.theory() - 12.0 * (1.0 / 4.0 + 1.0 / 3.0)).abs() < 0.01);
    }

    /// Little's law: the mean number of writes in flight is the number that arrive
    /// during the latency of one. That latency is what a primary that waits for its
    /// only replica measures, and the writes in flight at the crash are those that one
    /// that doesn't wait loses.
    #[test]
    fn asynchronous_loses_what_is_under_way() {
        for (delay, interval, writes) in [
            (50.0, 500.0, 20),
            (50.0, 50.0, 60),
            (50.0, 5.0, 400),
            (20.0, 3.0, 300),
            (100.0, 30.0, 120),
        ] {
            let setup = |acks| Setup {
                replicas: 1,
                acks,
                delay,
                interval,
            };
            let latency = crash(&setup(1), 100_000, Promote::First, 1).latency;
            let runs = 1_000_000 / u64::from(writes);
            let lost = (0..runs)
                .map(|seed| crash(&setup(0), writes, Promote::First, seed).lost);
            let mean = float(lost.sum::<usize>()) / float(runs);
            let law = latency / interval;
            assert!(
                (mean / law - 1.0).abs() < 0.06,
                "{setup:?}: {mean} {law}",
                setup = setup(0)
            );
        }
    }

    proptest! {
        #[test]
        fn one_ack_and_the_most_advanced_replica_lose_nothing(
            seed in any::<u64>(), replicas in 1..6usize, acks in 1..6usize, delay in 1.0..100.0f64,
        ) {
            let setup = Setup { replicas, acks: acks.min(replicas), delay, interval: 3.0 };
            prop_assert_eq!(crash(&setup, 200, Promote::MostAdvanced, seed).lost, 0);
        }

        #[test]
        fn if_all_acknowledge_any_replica_will_do(seed in any::<u64>(), replicas in 1..6usize) {
            let setup = Setup { replicas, acks: replicas, delay: 20.0, interval: 3.0 };
            prop_assert_eq!(crash(&setup, 200, Promote::First, seed).lost, 0);
        }
    }
}
