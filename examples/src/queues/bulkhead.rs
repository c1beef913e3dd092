//! Bulkheads: threads that are shared by two dependencies, or divided between them.
//!
//! Shown in `src/queues/bulkheads.md`.
//!
//! The pattern is that of M. Nygard, *Release It!*, 2007, chapter 5; the loss of calls
//! that find no free thread is A. K. Erlang's formula B of 1917. Times are in
//! microseconds.

use crate::random::Random;

/// Calls to one dependency.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Demand {
    /// The mean time between two calls.
    pub between: f64,
    /// How long a call holds its thread, on average.
    pub holds: f64,
}

/// The share of each demand's calls that found a thread.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// Of the first.
    pub first: f64,
    /// Of the second.
    pub second: f64,
}

// ANCHOR: share
/// Calls to two dependencies from one pool of threads, each of which may use at most
/// its limit at a time. A call that finds no thread fails at once.
pub fn share_threads(
    demands: [Demand; 2],
    limits: [usize; 2],
    threads: usize,
    calls: u32,
    seed: u64,
) -> Shares {
    let mut random = Random::new(seed);
    let mut next = demands.map(|demand| random.exponential(demand.between));
    let mut ends: [Vec<f64>; 2] = [Vec::new(), Vec::new()];
    let (mut came, mut served) = ([0_u32; 2], [0_u32; 2]);
    for _ in 0..calls {
        let who = usize::from(next[1] < next[0]);
        let now = next[who];
        next[who] = now + random.exponential(demands[who].between);
        for held in &mut ends {
            held.retain(|end| *end > now);
        }
        came[who] += 1;
        let free = ends[0].len() + ends[1].len() < threads;
        if free && ends[who].len() < limits[who] {
            served[who] += 1;
            ends[who].push(now + random.exponential(demands[who].holds));
        }
    }
    let share = |who: usize| f64::from(served[who]) / f64::from(came[who].max(1));
    Shares {
        first: share(0),
        second: share(1),
    }
}
// ANCHOR_END: share

// ANCHOR: erlang
/// The share of calls that find no free one of `threads`, when `load` of them would be
/// held on average (Erlang B).
pub fn erlang_b(load: f64, threads: u32) -> f64 {
    (1..=threads).fold(1.0, |blocked, n| {
        load * blocked / (f64::from(n) + load * blocked)
    })
}
// ANCHOR_END: erlang

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pool_of_one_kind_loses_what_erlang_says() {
        for (holds, threads) in [(500.0, 1_u32), (2_000.0, 3), (8_000.0, 10)] {
            let demand = Demand {
                between: 1_000.0,
                holds,
            };
            let never = Demand {
                between: 1e15,
                holds: 1.0,
            };
            let limits = [threads as usize; 2];
            let shares =
                share_threads([demand, never], limits, threads as usize, 100_000, 4);
            let theory = 1.0 - erlang_b(holds / 1_000.0, threads);
            assert!(
                (shares.first - theory).abs() < 0.01,
                "{} {theory}",
                shares.first
            );
        }
    }

    #[test]
    fn two_that_share_without_limits_fare_alike() {
        let demand = Demand {
            between: 2_000.0,
            holds: 3_000.0,
        };
        let shares = share_threads([demand, demand], [5, 5], 5, 100_000, 4);
        let theory = 1.0 - erlang_b(3.0, 5);
        assert!(
            (shares.first - theory).abs() < 0.01
                && (shares.second - theory).abs() < 0.01
        );
    }

    #[test]
    fn erlang_b_is_the_sum_formula() {
        let mut term = 1.0;
        let mut sum = 1.0;
        for n in 1..=7_u32 {
            term *= 4.5 / f64::from(n);
            sum += term;
            assert!((erlang_b(4.5, n) - term / sum).abs() < 1e-12);
        }
    }
}
