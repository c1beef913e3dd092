//! A balancer that removes failing servers, and how that can end up removing all of
//! them.
//!
//! Shown in `src/balancing/health.md`.
//!
//! The limit below which health is ignored is Envoy's panic threshold; counting
//! failures and successes in a row is what `HAProxy` calls fall and rise.

use crate::random::Random;
use std::ops::Range;

/// Servers and the balancer's rules for taking them out and back in.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pool {
    /// How many servers there are.
    pub servers: u32,
    /// Requests that one server answers in a round at most.
    pub capacity: f64,
    /// Failed checks in a row after which a server is taken out.
    pub failures: u32,
    /// Passed checks in a row after which a server is used again.
    pub successes: u32,
    /// How likely overload makes a check fail: the probability is this multiple of the
    /// overload, and at most 1. With 5, a server with 10 % too much fails half of its
    /// checks.
    pub sensitivity: f64,
    /// If a smaller share of the servers is healthy, all are used.
    pub panic_below: f64,
    /// The most requests that the balancer passes to one server in a round; the rest is
    /// refused at once.
    pub limit: f64,
}

impl Pool {
    /// Ten servers that answer 100 requests each, out after three failed and in again
    /// after two passed checks, with a sensitivity of 5 and no rule against a cascade.
    pub const TEN: Self = Self {
        servers: 10,
        capacity: 100.0,
        failures: 3,
        successes: 2,
        sensitivity: 5.0,
        panic_below: 0.0,
        limit: f64::INFINITY,
    };
}

/// One round.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Round {
    /// Servers that the balancer considers healthy.
    pub healthy: u32,
    /// Requests for each server that is used.
    pub load: f64,
    /// Requests answered.
    pub answered: f64,
}

/// What the balancer knows of a server: whether it is in, and for how many checks in a
/// row the opposite was seen.
#[derive(Debug, Clone, Copy)]
struct Health {
    is_in: bool,
    streak: u32,
}

// ANCHOR: round
/// One round of requests and checks. Only the first server may be broken.
fn round(
    pool: &Pool,
    servers: &mut [Health],
    load: f64,
    is_broken: bool,
    random: &mut Random,
) -> Round {
    let healthy = count(servers.iter().filter(|server| server.is_in).count());
    let is_panic = f64::from(healthy) < pool.panic_below * f64::from(pool.servers);
    let used = if is_panic { pool.servers } else { healthy };
    let each = (load / f64::from(used.max(1))).min(pool.limit);
    let overload = (each / pool.capacity - 1.0).max(0.0);
    let mut answered = 0.0;
    for (number, server) in servers.iter_mut().enumerate() {
        let is_used = server.is_in || is_panic;
        let works = number > 0 || !is_broken;
        if is_used && works {
            answered += answers(each, pool.capacity);
        }
        // A server without requests has no overload, and passes.
        let passes = works && !(is_used && random.chance(pool.sensitivity * overload));
        server.streak = if passes == server.is_in {
            0
        } else {
            server.streak + 1
        };
        let needed = if server.is_in {
            pool.failures
        } else {
            pool.successes
        };
        if server.streak >= needed {
            *server = Health {
                is_in: !server.is_in,
                streak: 0,
            };
        }
    }
    let each = if used == 0 { 0.0 } else { each };
    Round {
        healthy,
        load: each,
        answered,
    }
}
// ANCHOR_END: round

/// What an overloaded server still answers in time: less than its capacity, since it
/// also works on what no one waits for any more.
fn answers(load: f64, capacity: f64) -> f64 {
    if load <= capacity {
        load
    } else {
        capacity * capacity / load
    }
}

/// Rounds of requests and health checks under a constant load of requests a round. In
/// round `broken_at` one server breaks permanently.
pub fn rounds(
    pool: Pool,
    load: f64,
    rounds: u32,
    broken_at: u32,
    seed: u64,
) -> Vec<Round> {
    history(&pool, load, rounds, broken_at, &mut Random::new(seed))
}

/// The share of the requests that is answered in some rounds, counted from the moment
/// at which a server broke: the mean over this many pools, which a seed makes different
/// from each other.
pub fn answered_share(
    pool: Pool,
    load: f64,
    during: Range<u32>,
    pools: u32,
    seed: u64,
) -> f64 {
    let mut random = Random::new(seed);
    let mut total = 0.0;
    for _ in 0..pools {
        let history = history(&pool, load, during.end, 0, &mut random);
        let then = &history[during.start as usize..];
        total += then.iter().map(|round| round.answered).sum::<f64>();
    }
    total / (f64::from(pools) * f64::from(during.end - during.start) * load)
}

fn history(
    pool: &Pool,
    load: f64,
    rounds: u32,
    broken_at: u32,
    random: &mut Random,
) -> Vec<Round> {
    let healthy = Health {
        is_in: true,
        streak: 0,
    };
    let mut servers = vec![healthy; pool.servers as usize];
    (0..rounds)
        .map(|now| round(pool, &mut servers, load, now >= broken_at, random))
        .collect()
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    const POOL: Pool = Pool::TEN;

    #[test]
    fn a_broken_server_is_out_after_exactly_so_many_checks() {
        for failures in 1..6 {
            let history = rounds(Pool { failures, ..POOL }, 800.0, 20, 5, 1);
            let out = history.iter().position(|round| round.healthy == 9);
            assert_eq!(out, Some(5 + failures as usize));
            assert!((history[5].answered - 720.0).abs() < 1e-9);
            assert_eq!(history[19].healthy, 9);
        }
    }

    #[test]
    fn failures_in_a_row_take_as_long_as_the_formula_says() {
        // One server with 40 % too much fails a check with p = 0.4. Until three fail in
        // a row it takes (1 - p³) / ((1 - p) p³) checks on average.
        let pool = Pool {
            servers: 1,
            sensitivity: 1.0,
            ..POOL
        };
        let seeds = 4_000;
        let taken: usize = (0..seeds)
            .map(|seed| {
                let history = rounds(pool, 140.0, 2_000, u32::MAX, seed);
                history.iter().position(|round| round.healthy == 0).unwrap()
            })
            .sum();
        let mean = float(taken) / 4_000.0;
        let theory = (1.0 - 0.4_f64.powi(3)) / (0.6 * 0.4_f64.powi(3));
        assert!((mean / theory - 1.0).abs() < 0.05, "{mean} {theory}");
    }

    #[test]
    fn checks_that_always_fail_under_overload_make_all_come_and_go_together() {
        // Nine servers with 980 requests fail at once, come back after two good checks,
        // and fail again: of each `failures + 2` rounds, two without a server.
        let certain = Pool {
            sensitivity: 1e9,
            ..POOL
        };
        for failures in [1, 3] {
            let pool = Pool {
                failures,
                ..certain
            };
            let history = rounds(pool, 980.0, 150, 0, 1);
            let cycle = failures as usize + 2;
            let answered: f64 = history[150 - 10 * cycle..]
                .iter()
                .map(|round| round.answered)
                .sum();
            let each = 9.0 * 100.0 * 100.0 / (980.0 / 9.0);
            let expected = 10.0 * f64::from(failures) * each;
            assert!((answered - expected).abs() < 1e-6, "{answered} {expected}");
        }
    }

    #[test]
    fn a_limit_answers_all_that_the_working_servers_can() {
        for load in [850.0, 920.0, 980.0] {
            let share = answered_share(
                Pool {
                    limit: 100.0,
                    ..POOL
                },
                load,
                50..150,
                5,
                1,
            );
            assert!((share - (900.0 / load).min(1.0)).abs() < 1e-9, "{share}");
        }
    }

    #[test]
    fn where_overload_never_fails_a_check_there_is_a_slope_and_panic_changes_nothing() {
        let calm = Pool {
            sensitivity: 0.0,
            ..POOL
        };
        for load in [920.0_f64, 950.0, 980.0] {
            let slope = (900.0 / load).powi(2);
            for panic_below in [0.0, 0.5] {
                let share = answered_share(
                    Pool {
                        panic_below,
                        ..calm
                    },
                    load,
                    50..150,
                    3,
                    1,
                );
                assert!((share - slope).abs() < 1e-9, "{share} {slope}");
            }
        }
    }

    #[test]
    fn a_share_is_that_of_the_rounds_it_names() {
        // Three rounds with all but the broken server's tenth, and then nine servers
        // with too much.
        let calm = Pool {
            sensitivity: 0.0,
            ..POOL
        };
        let share = |during| answered_share(calm, 980.0, during, 2, 1);
        assert!((share(0..3) - 0.9).abs() < 1e-9);
        assert!((share(3..9) - (900.0_f64 / 980.0).powi(2)).abs() < 1e-9);
        // A seed makes pools that differ, so that more of them are not the same number
        // again.
        let few = |pools, seed| answered_share(POOL, 920.0, 50..150, pools, seed);
        assert!(
            (few(1, 1) - few(2, 1)).abs() > 1e-9
                && (few(1, 1) - few(1, 2)).abs() > 1e-9
        );
    }

    proptest! {
        #[test]
        fn no_more_is_answered_than_asked_or_than_the_working_servers_can(
            load in 1.0..2_000.0, failures in 1..6u32, successes in 1..6u32, sensitivity in 0.0..20.0,
            panic_below in 0.0..1.0, seed in 0..50u64,
        ) {
            let pool = Pool { failures, successes, sensitivity, panic_below, ..POOL };
            for round in rounds(pool, load, 60, 0, seed) {
                prop_assert!(round.healthy <= 10);
                prop_assert!(round.answered <= load + 1e-9);
                prop_assert!(round.answered <= 900.0 + 1e-9);
            }
        }

        #[test]
        fn with_room_for_one_failure_nothing_follows(
            load in 1.0..900.0, failures in 1..6u32, sensitivity in 0.0..20.0, seed in 0..50u64,
        ) {
            let pool = Pool { failures, sensitivity, ..POOL };
            let history = rounds(pool, load, 60, 0, seed);
            let is_calm = history[failures as usize..]
                .iter()
                .all(|round| round.healthy == 9 && (round.answered - load).abs() < 1e-6);
            prop_assert!(is_calm);
        }
    }
}
