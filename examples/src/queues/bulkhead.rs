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
    /// How these times are distributed.
    pub length: Length,
}

/// How the lengths of calls are distributed around their mean.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Length {
    /// All the same.
    Constant,
    /// Exponentially.
    Exponential,
    /// Nine of ten calls are exponential with half the mean, and the tenth with 5.5 times
    /// the mean.
    Mixed,
}

impl Demand {
    /// How long a call holds its thread.
    fn draw(&self, random: &mut Random) -> f64 {
        match self.length {
            Length::Constant => self.holds,
            Length::Exponential => random.exponential(self.holds),
            Length::Mixed => {
                let factor = if random.chance(0.1) { 5.5 } else { 0.5 };
                random.exponential(factor * self.holds)
            }
        }
    }
}

/// The share of each demand's calls that found a thread, once the pool has filled.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Shares {
    /// Of the first.
    pub first: f64,
    /// Of the second.
    pub second: f64,
}

// ANCHOR: share
/// Calls to two dependencies from one pool of threads, each of which may use at most
/// its limit at a time. A call that finds no thread fails at once. The first fifth of
/// the calls isn't counted: the pool is empty at the start.
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
    for call in 0..calls {
        let who = usize::from(next[1] < next[0]);
        let now = next[who];
        next[who] = now + random.exponential(demands[who].between);
        for held in &mut ends {
            held.retain(|end| *end > now);
        }
        let counts = u32::from(call >= calls / 5);
        came[who] += counts;
        let free = ends[0].len() + ends[1].len() < threads;
        if free && ends[who].len() < limits[who] {
            served[who] += counts;
            ends[who].push(now + demands[who].draw(&mut random));
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
                length: Length::Exponential,
            };
            let never = Demand {
                between: 1e15,
                holds: 1.0,
                length: Length::Exponential,
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

    /// Erlang's formula needs no more than the mean.
    #[test]
    fn the_distribution_of_the_lengths_does_not_matter() {
        let theory = 1.0 - erlang_b(10.0, 12);
        for length in [Length::Constant, Length::Exponential, Length::Mixed] {
            let demand = Demand {
                between: 1_000.0,
                holds: 5_000.0,
                length,
            };
            let shares = share_threads([demand; 2], [12; 2], 12, 200_000, 4);
            assert!((shares.first - theory).abs() < 0.01, "{length:?}");
        }
    }

    #[test]
    fn two_that_share_without_limits_fare_alike() {
        let demand = Demand {
            between: 2_000.0,
            holds: 3_000.0,
            length: Length::Exponential,
        };
        let shares = share_threads([demand, demand], [5, 5], 5, 100_000, 4);
        let theory = 1.0 - erlang_b(3.0, 5);
        assert!(
            (shares.first - theory).abs() < 0.01
                && (shares.second - theory).abs() < 0.01
        );
    }

    /// The pool is empty at first: if the first calls counted, a run that is hardly longer
    /// than a call would lose too few.
    #[test]
    fn the_start_of_a_run_does_not_count() {
        let demand = Demand {
            between: 1_000.0,
            holds: 500_000.0,
            length: Length::Exponential,
        };
        let never = Demand {
            between: 1e15,
            holds: 1.0,
            length: Length::Exponential,
        };
        let theory = 1.0 - erlang_b(500.0, 50);
        let shares = (0..200)
            .map(|seed| share_threads([demand, never], [50; 2], 50, 1_000, seed).first);
        let mean = shares.sum::<f64>() / 200.0;
        assert!((mean - theory).abs() < 0.005, "{mean} {theory}");
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
