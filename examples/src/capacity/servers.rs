//! How many servers: for the load, so that few have to wait, and for failures, so that
//! enough are up.
//!
//! Shown in `src/capacity/servers.md`.
//!
//! Waiting is A. K. Erlang's second formula of 1917 (Erlang C). The rule of the square
//! root is that of S. Halfin and W. Whitt, "Heavy-Traffic Limits for Queues with Many
//! Exponential Servers", *Operations Research* 29(3), 1981.

use crate::availability::blocks::at_least;
use crate::latency::queue::{Job, Visit, queue};
use crate::number::{float, whole};
use crate::random::Random;
use std::f64::consts::TAU;

// ANCHOR: must_wait
/// The share of requests that find all workers busy, if `busy` workers' worth of work
/// arrives at random.
///
/// `busy` is arrivals × time of a request, which is also the mean number of busy
/// workers.
pub fn must_wait(workers: u32, busy: f64) -> f64 {
    if busy >= f64::from(workers) {
        return 1.0;
    }
    // First the share that would be lost if no request could wait, worker by worker.
    let lost =
        (1..=workers).fold(1.0, |lost, n| busy * lost / (f64::from(n) + busy * lost));
    let load = busy / f64::from(workers);
    lost / (1.0 - load * (1.0 - lost))
}

/// The fewest workers with which no more than a share of requests has to wait.
pub fn workers_needed(busy: f64, share: f64) -> u32 {
    let mut workers = 1;
    while must_wait(workers, busy) > share.max(f64::MIN_POSITIVE) {
        workers += 1;
    }
    workers
}
// ANCHOR_END: must_wait

// ANCHOR: own_queues
/// The fewest servers with `workers` workers each, with which no more than a share of
/// requests has to wait, if each server has a queue of its own and is sent requests at
/// random.
pub fn own_queues(workers: u32, busy: f64, share: f64) -> u32 {
    let share = share.max(f64::MIN_POSITIVE);
    let waits = |servers: &u32| must_wait(workers, busy / f64::from(*servers));
    (1..=u32::MAX)
        .find(|servers| waits(servers) <= share)
        .unwrap_or(u32::MAX)
}
// ANCHOR_END: own_queues

// ANCHOR: with_spares
/// The fewest servers of which `needed` are up for a share `goal` of the time, if each
/// server is up for a share `up`.
///
/// None if a hundred spares are not enough.
pub fn with_spares(needed: u32, up: f64, goal: f64) -> Option<u32> {
    let enough = |servers: &u32| at_least(needed, *servers, up) >= goal;
    (needed..=needed.saturating_add(100)).find(enough)
}
// ANCHOR_END: with_spares

/// The workers that the rule of the square root gives, `busy + margin × √busy`, not
/// rounded, if a share may wait.
///
/// The margin b is the one for which 1 / (1 + b Φ(b) / φ(b)) is that share, with φ and
/// Φ of the normal distribution.
pub fn square_root_rule(busy: f64, share: f64) -> f64 {
    let density = |x: f64| (-x * x / 2.0).exp() / TAU.sqrt();
    // Φ(b) by Simpson's rule, which is exact enough with a hundred steps.
    let below = |b: f64| {
        let step = b / 100.0;
        let inner =
            (1..100).map(|n| f64::from(2 + n % 2 * 2) * density(f64::from(n) * step));
        0.5 + (density(0.0) + inner.sum::<f64>() + density(b)) * step / 3.0
    };
    let waits = |b: f64| 1.0 / (1.0 + b * below(b) / density(b));
    let (mut low, mut high) = (0.0, 8.0);
    for _ in 0..60 {
        let middle = f64::midpoint(low, high);
        if waits(middle) > share {
            low = middle;
        } else {
            high = middle;
        }
    }
    busy + low * busy.sqrt()
}

/// How the times of requests are distributed around their mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Times {
    /// Each request takes as long as any other.
    Constant,
    /// Exponential, as Erlang's formula assumes.
    Exponential,
    /// One request in ten takes ten times as long as the others; both kinds are
    /// exponential.
    FewLong,
}

impl Times {
    /// The time of a request, in microseconds.
    pub fn draw(self, mean_us: f64, random: &mut Random) -> u64 {
        match self {
            Self::Constant => whole(mean_us),
            Self::Exponential => random.exponential_us(mean_us),
            Self::FewLong => {
                let long = random.chance(0.1);
                // 0.9 × 1 + 0.1 × 10 = 1.9
                random.exponential_us(if long { 10.0 } else { 1.0 } * mean_us / 1.9)
            }
        }
    }
}

/// The share of requests that wait at a server with a queue of its own, and the mean
/// wait of all in milliseconds, from a run of `requests` of which the first half only
/// fills the server.
///
/// Requests arrive at random, `busy` workers' worth of work in all, and take
/// `mean_ms` on average.
pub fn simulate(
    workers: u32,
    busy: f64,
    mean_ms: f64,
    times: Times,
    requests: usize,
    seed: u64,
) -> (f64, f64) {
    let mut random = Random::new(seed);
    let mean_us = mean_ms * 1_000.0;
    let mut arrival = 0;
    let jobs: Vec<Job> = (0..requests)
        .map(|_| {
            arrival += random.exponential_us(mean_us / busy);
            let service = times.draw(mean_us, &mut random);
            Job { arrival, service }
        })
        .collect();
    let visits = queue(&jobs, workers as usize);
    let counted = &visits[requests / 2..];
    let waited = counted.iter().filter(|visit| visit.wait() > 0).count();
    let total: u64 = counted.iter().map(Visit::wait).sum();
    let count = float(counted.len());
    (float(waited) / count, float(total) / count / 1_000.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::queue::poisson_jobs;
    use proptest::prelude::*;

    #[test]
    fn one_worker_is_busy_as_often_as_it_is_loaded() {
        for load in [0.1, 0.5, 0.9] {
            assert!((must_wait(1, load) - load).abs() < 1e-12);
        }
        assert!((must_wait(3, 3.0) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn as_many_wait_as_in_a_simulated_queue() {
        for (workers, busy) in [(2_u32, 1.2), (5, 4.0), (20, 16.0)] {
            let jobs = poisson_jobs(100_000, 10_000.0 / busy, 10_000.0, 5);
            let visits = queue(&jobs, workers as usize);
            let waited = visits.iter().filter(|visit| Visit::wait(visit) > 0).count();
            let share = float(waited) / 100_000.0;
            let theory = must_wait(workers, busy);
            assert!((share - theory).abs() < 0.02, "{workers}: {share} {theory}");
        }
    }

    #[test]
    fn as_many_wait_as_in_simulated_queues_with_a_random_split() {
        let (workers, servers, busy) = (4_u32, 6_usize, 15.0);
        let mut random = Random::new(9);
        let mut queues = vec![Vec::new(); servers];
        for job in poisson_jobs(100_000, 10_000.0 / busy, 10_000.0, 6) {
            queues[random.index(6)].push(job);
        }
        let waited = queues.iter().flat_map(|jobs| queue(jobs, workers as usize));
        let waited = waited.filter(|visit| Visit::wait(visit) > 0).count();
        let share = float(waited) / 100_000.0;
        let theory = must_wait(workers, busy / 6.0);
        assert!((share - theory).abs() < 0.02, "{share} {theory}");
        assert_eq!(own_queues(workers, busy, theory + 1e-9), 6);
        assert_eq!(own_queues(workers, busy, theory - 1e-9), 7);
    }

    #[test]
    fn all_times_have_the_same_mean() {
        for times in [Times::Constant, Times::Exponential, Times::FewLong] {
            let mut random = Random::new(7);
            let sum: u64 = (0..200_000)
                .map(|_| times.draw(50_000.0, &mut random))
                .sum();
            let mean = float(sum) / 200_000.0;
            assert!((mean / 50_000.0 - 1.0).abs() < 0.02, "{times:?}: {mean}");
        }
    }

    #[test]
    fn one_worker_waits_as_pollaczek_and_khinchine_say() {
        // The mean wait of M/G/1 is load / (1 − load) × mean × (1 + c²) / 2, with c²
        // the squared coefficient of variation.
        let cases = [
            (Times::Constant, 0.0),
            (Times::Exponential, 1.0),
            (Times::FewLong, 2.0 * 10.9 / 1.9_f64.powi(2) - 1.0),
        ];
        for (times, variation) in cases {
            let runs =
                (0..10).map(|seed| simulate(1, 0.6, 50.0, times, 200_000, seed).1);
            let wait = runs.sum::<f64>() / 10.0;
            let theory = 0.6 / 0.4 * 50.0 * (1.0 + variation) / 2.0;
            assert!(
                (wait / theory - 1.0).abs() < 0.05,
                "{times:?}: {wait} {theory}"
            );
        }
    }

    #[test]
    fn ten_workers_wait_as_erlang_says() {
        let (share, wait) = simulate(10, 6.0, 50.0, Times::Exponential, 400_000, 1);
        let theory = must_wait(10, 6.0);
        assert!((share / theory - 1.0).abs() < 0.05, "{share} {theory}");
        let mean = theory * 50.0 / 4.0;
        assert!((wait / mean - 1.0).abs() < 0.08, "{wait} {mean}");
    }

    #[test]
    fn the_square_root_rule_is_near_for_many_workers() {
        for share in [0.01, 0.2, 0.5] {
            for busy in [100.0, 1_000.0, 10_000.0] {
                let needed = f64::from(workers_needed(busy, share));
                let rule = square_root_rule(busy, share);
                assert!((needed - rule).abs() <= 2.0, "{busy}: {needed} {rule}");
            }
        }
    }

    #[test]
    fn no_number_of_spares_makes_a_part_perfect() {
        assert_eq!(with_spares(2, 0.9, 1.1), None);
        assert_eq!(with_spares(4, 1.0, 1.0), Some(4));
    }

    proptest! {
        #[test]
        fn one_worker_fewer_is_too_few(busy in 0.1..200.0_f64, share in 0.001..0.5_f64) {
            let workers = workers_needed(busy, share);
            prop_assert!(must_wait(workers, busy) <= share);
            prop_assert!(workers == 1 || must_wait(workers - 1, busy) > share);
        }

        #[test]
        fn spares_reach_the_goal_and_one_less_does_not(needed in 1..30u32, up in 0.9..0.999_f64) {
            let all = with_spares(needed, up, 0.9999).unwrap();
            prop_assert!(at_least(needed, all, up) >= 0.9999);
            prop_assert!(all == needed || at_least(needed, all - 1, up) < 0.9999);
        }
    }
}
