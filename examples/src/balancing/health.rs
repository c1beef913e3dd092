//! A balancer that takes failing servers out, and how that can take out all of them.
//!
//! The limit below which health is ignored is Envoy's panic threshold.

use crate::random::Random;

/// Servers and the balancer's rule for taking them out.
#[derive(Debug, Clone, Copy)]
pub struct Pool {
    /// How many servers there are.
    pub servers: u32,
    /// Requests that one server answers in a round at most.
    pub capacity: f64,
    /// If a smaller share of the servers is healthy, all are used again.
    pub panic_below: f64,
    /// The most requests that the balancer passes to one server in a round; the rest is refused at once.
    pub limit: f64,
}

/// One round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// Servers that pass their checks.
    pub healthy: u32,
    /// Requests for each server that is used.
    pub load: f64,
    /// Requests answered.
    pub answered: f64,
}

/// The servers while they run: for each the round from which on it is used again.
struct Servers {
    pool: Pool,
    out_until: Vec<u32>,
    random: Random,
}

impl Servers {
    // ANCHOR: run
    /// One round with so many requests. A server that gets more than its capacity answers too late and
    /// fails its check with a chance that grows with the overload: 20 % too much is half of a failure, 40 %
    /// a certain one. It is tried again three rounds later.
    fn round(&mut self, load: f64, now: u32) -> Round {
        let is_healthy = |until: &u32| *until <= now;
        let healthy = number(
            self.out_until
                .iter()
                .filter(|until| is_healthy(until))
                .count(),
        );
        let is_panic = f64::from(healthy) < self.pool.panic_below * f64::from(self.pool.servers);
        let used = if is_panic { self.pool.servers } else { healthy };
        let each = if used == 0 {
            0.0
        } else {
            load / f64::from(used)
        };
        let each = each.min(self.pool.limit);
        let overload = (each / self.pool.capacity - 1.0).max(0.0);
        let is_one_broken = self.out_until.contains(&BROKEN);
        let working = used - u32::from(is_panic && is_one_broken);
        for until in &mut self.out_until {
            let is_used = is_panic || is_healthy(until);
            if is_used && *until != BROKEN && self.random.chance(2.5 * overload) {
                *until = now + 4;
            }
        }
        Round {
            healthy,
            load: each,
            answered: f64::from(working) * answered(each, self.pool.capacity),
        }
    }
    // ANCHOR_END: run
}

/// A server that never works again.
const BROKEN: u32 = u32::MAX;

/// What an overloaded server still answers in time: less than its capacity, since it also works on what
/// nobody waits for any more.
fn answered(load: f64, capacity: f64) -> f64 {
    if load <= capacity {
        load
    } else {
        capacity * capacity / load
    }
}

/// Rounds of health checks under a constant load of requests a round. In round `broken_at` one server
/// breaks for good.
pub fn rounds(pool: Pool, load: f64, rounds: u32, broken_at: u32, seed: u64) -> Vec<Round> {
    let mut servers = Servers {
        pool,
        out_until: vec![0; pool.servers as usize],
        random: Random::new(seed),
    };
    let mut history = Vec::new();
    for now in 0..rounds {
        if now == broken_at
            && let Some(first) = servers.out_until.first_mut()
        {
            *first = BROKEN;
        }
        history.push(servers.round(load, now));
    }
    history
}

fn number(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

/// The time until a broken server is out: the last good check may be just over, then so many checks in a
/// row have to fail, the last one by running into its time-out. All times in one unit.
pub fn slowest_detection(interval: f64, failures: u32, timeout: f64) -> f64 {
    interval * f64::from(failures) + timeout
}

#[cfg(test)]
mod tests {
    use super::*;

    const POOL: Pool = Pool {
        servers: 10,
        capacity: 100.0,
        panic_below: 0.0,
        limit: f64::INFINITY,
    };

    #[test]
    fn with_room_for_one_failure_nothing_follows() {
        for seed in 0..20 {
            let history = rounds(POOL, 900.0, 50, 5, seed);
            assert!(
                history
                    .iter()
                    .all(|round| (round.answered - 900.0).abs() < 1e-9)
            );
            assert_eq!(history.last().map(|round| round.healthy), Some(9));
        }
    }

    #[test]
    fn without_room_one_failure_takes_all_and_a_threshold_or_a_limit_stops_it() {
        for seed in 0..20 {
            let worst = |pool| {
                let history = rounds(pool, 980.0, 60, 5, seed);
                history
                    .iter()
                    .map(|round| round.answered)
                    .fold(f64::INFINITY, f64::min)
            };
            assert!(worst(POOL) < 300.0);
            assert!(
                worst(Pool {
                    panic_below: 0.7,
                    ..POOL
                }) > worst(POOL)
            );
            assert!(
                (worst(Pool {
                    limit: 100.0,
                    ..POOL
                }) - 900.0)
                    .abs()
                    < 1e-9
            );
        }
    }

    #[test]
    fn three_checks_of_five_seconds_need_seventeen_at_worst() {
        assert!((slowest_detection(5.0, 3, 2.0) - 17.0).abs() < 1e-9);
    }
}
