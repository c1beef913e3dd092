//! Retries after an outage: backing off, jitter, and a budget.
//!
//! Shown in `src/queues/retries.md`.
//!
//! The rules are those of M. Brooker, "Exponential Backoff and Jitter", AWS
//! Architecture Blog, 2015; the budget is that of B. Beyer and others (editors), *Site
//! Reliability Engineering*, 2016, chapter 21. Times are in milliseconds.

use std::ops::Range;

use crate::number::float;
use crate::random::Random;

/// How long a client waits before it tries again, in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backoff {
    /// Always the same.
    Fixed(u64),
    /// Twice as long each time, from `base` up to `cap`.
    Exponential {
        /// The first wait.
        base: u64,
        /// The longest wait.
        cap: u64,
    },
    /// A random time between 0 and what [`Backoff::Exponential`] waits.
    FullJitter {
        /// The longest first wait.
        base: u64,
        /// The longest wait.
        cap: u64,
    },
}

impl Backoff {
    // ANCHOR: wait
    /// The wait after this many failures, one or more.
    pub fn wait(self, failures: u32, random: &mut Random) -> u64 {
        let doubled = |base: u64, cap: u64| {
            let factor = 1_u64.checked_shl(failures - 1).unwrap_or(u64::MAX);
            base.saturating_mul(factor).min(cap)
        };
        match self {
            Self::Fixed(wait) => wait,
            Self::Exponential { base, cap } => doubled(base, cap),
            Self::FullJitter { base, cap } => random.below(doubled(base, cap) + 1),
        }
    }
    // ANCHOR_END: wait
}

/// A service that is down for a while, and its clients.
#[derive(Debug, Clone, PartialEq)]
pub struct Storm {
    /// Requests that all come at the start.
    pub herd: usize,
    /// New requests a second, at regular intervals.
    pub arrivals: u32,
    /// How many requests a second the service answers if it does nothing else; it
    /// refuses the rest.
    pub capacity: u32,
    /// What it costs to refuse a request, as a part of what it costs to answer one.
    pub refusal: f64,
    /// When it refuses everything, in milliseconds.
    pub down: Range<u64>,
    /// How often a request is tried at most.
    pub tries: u32,
    /// Retries allowed for each new request, over all clients; `None` for any number.
    pub budget: Option<f64>,
}

impl Storm {
    /// New requests a second for a service that is up and refuses at no cost, each of
    /// which is tried 20 times.
    pub fn new(arrivals: u32, capacity: u32) -> Self {
        Self {
            herd: 0,
            arrivals,
            capacity,
            refusal: 0.0,
            down: 0..0,
            tries: 20,
            budget: None,
        }
    }

    // ANCHOR: tips
    /// The requests a second, new and repeated, above which the service answers fewer
    /// than come in new, because it is too busy with refusing. Below it the backlog
    /// shrinks, above it grows. Infinite if refusing costs nothing.
    pub fn tips_at(&self) -> f64 {
        let answering = (1.0 - self.refusal) * f64::from(self.arrivals);
        (f64::from(self.capacity) - answering) / self.refusal
    }
    // ANCHOR_END: tips
}

/// What happened in a second.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Second {
    /// Requests that reached the service, with retries.
    pub sent: u32,
    /// Requests that it answered.
    pub answered: u32,
    /// Requests that were abandoned.
    pub given_up: u32,
    /// The most that reached it within 10 ms.
    pub busiest: u32,
}

const TICK: u64 = 10;
const TICKS: u64 = 1_000 / TICK;

/// Runs it for some seconds, in steps of 10 ms, and returns what happened in each
/// second.
pub fn storm(storm: &Storm, backoff: Backoff, seconds: u64, seed: u64) -> Vec<Second> {
    let mut random = Random::new(seed);
    // For each step, the requests that are tried again then: how often each has failed
    // so far.
    let mut due = vec![Vec::new(); usize::try_from(seconds * TICKS).unwrap_or(0)];
    if let Some(first) = due.first_mut() {
        *first = vec![0; storm.herd];
    }
    let mut allowance = 0.0;
    // The part of an answer that the last step had time for.
    let mut begun = 0.0;
    let mut result = Vec::new();
    for second in 0..seconds {
        let mut count = Second::default();
        for tick in second * TICKS..(second + 1) * TICKS {
            let mut requests =
                at(&mut due, tick).map(std::mem::take).unwrap_or_default();
            let new = share(storm.arrivals, tick);
            requests.extend((0..new).map(|_| 0));
            allowance += f64::from(new) * storm.budget.unwrap_or(0.0);
            let sent = u32::try_from(requests.len()).unwrap_or(u32::MAX);
            count.sent += sent;
            count.busiest = count.busiest.max(sent);
            // ANCHOR: storm
            let up = !storm.down.contains(&(tick * TICK));
            let room = if up { share(storm.capacity, tick) } else { 0 };
            // Of `sent`, as many are answered as leaves enough work to refuse the
            // others.
            let room = (f64::from(room) - storm.refusal * f64::from(sent)).max(0.0);
            let answered = begun + room / (1.0 - storm.refusal);
            let is_busy = up && answered < f64::from(sent);
            begun = if is_busy { answered.fract() } else { 0.0 };
            for (n, failures) in (1..).zip(requests) {
                if f64::from(n) <= answered {
                    count.answered += 1;
                    continue;
                }
                let within_budget = storm.budget.is_none() || allowance >= 1.0;
                if failures + 1 >= storm.tries || !within_budget {
                    count.given_up += 1;
                    continue;
                }
                if storm.budget.is_some() {
                    allowance -= 1.0;
                }
                let wait = backoff
                    .wait(failures + 1, &mut random)
                    .div_ceil(TICK)
                    .max(1);
                if let Some(later) = at(&mut due, tick + wait) {
                    later.push(failures + 1);
                }
            }
            // ANCHOR_END: storm
        }
        result.push(count);
    }
    result
}

/// A step's requests; none for a step after the end.
fn at(due: &mut [Vec<u32>], tick: u64) -> Option<&mut Vec<u32>> {
    due.get_mut(usize::try_from(tick).ok()?)
}

/// How much of a rate a second falls into a step.
fn share(a_second: u32, tick: u64) -> u32 {
    let until = |tick: u64| u64::from(a_second) * tick / TICKS;
    u32::try_from(until(tick + 1) - until(tick)).unwrap_or(u32::MAX)
}

// ANCHOR: amplified
/// Calls a service through several layers, each of which tries up to `tries` times
/// until the one below it succeeds. A call of the service itself fails with the
/// probability `failing`. Returns whether the request succeeded, and how many calls
/// the service got.
pub fn call_through(
    layers: u32,
    tries: u32,
    failing: f64,
    random: &mut Random,
) -> (bool, u64) {
    if layers == 0 {
        return (!random.chance(failing), 1);
    }
    let mut calls = 0;
    for _ in 0..tries {
        let (succeeds, more) = call_through(layers - 1, tries, failing, random);
        calls += more;
        if succeeds {
            return (true, calls);
        }
    }
    (false, calls)
}
// ANCHOR_END: amplified

/// What requests through several layers cost on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Through {
    /// Calls that the service got for a request.
    pub calls: f64,
    /// The share of requests that failed, in percent.
    pub failed: f64,
}

/// Sends 2,000 requests by [`call_through`], and returns their means.
pub fn mean_through(layers: u32, tries: u32, failing: f64, seed: u64) -> Through {
    let mut random = Random::new(seed);
    let (mut calls, mut failed) = (0, 0);
    for _ in 0..2_000 {
        let (succeeds, more) = call_through(layers, tries, failing, &mut random);
        calls += more;
        failed += u32::from(!succeeds);
    }
    Through {
        calls: float(calls) / 2_000.0,
        failed: f64::from(failed) / 20.0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BACKOFFS: [Backoff; 3] = [
        Backoff::Fixed(1_000),
        Backoff::Exponential {
            base: 100,
            cap: 5_000,
        },
        Backoff::FullJitter {
            base: 100,
            cap: 5_000,
        },
    ];

    #[test]
    fn waits_double_up_to_the_cap() {
        let backoff = Backoff::Exponential {
            base: 100,
            cap: 900,
        };
        let waits = [1, 2, 3, 4, 5, 200].map(|n| backoff.wait(n, &mut Random::new(1)));
        assert_eq!(waits, [100, 200, 400, 800, 900, 900]);
    }

    #[test]
    fn full_jitter_is_uniform() {
        let (mut random, backoff) =
            (Random::new(2), Backoff::FullJitter { base: 99, cap: 99 });
        let sum: u64 = (0..100_000).map(|_| backoff.wait(1, &mut random)).sum();
        assert!((49_000..50_000).contains(&(sum / 100)), "{sum}");
    }

    #[test]
    fn without_a_cost_of_refusing_what_fits_is_answered() {
        let calm = Storm {
            herd: 0,
            arrivals: 800,
            capacity: 500,
            refusal: 0.0,
            down: 0..0,
            tries: 1,
            budget: None,
        };
        let seconds = storm(&calm, BACKOFFS[0], 3, 1);
        assert!(
            seconds
                .iter()
                .all(|s| (s.sent, s.answered, s.given_up) == (800, 500, 300))
        );
        // Refusing all 800 takes 160 of the 500; each one that is answered instead
        // takes 0.8 more.
        let dear = Storm {
            refusal: 0.2,
            ..calm
        };
        let seconds = storm(&dear, BACKOFFS[0], 3, 1);
        assert!(seconds.iter().all(|s| s.answered == 425), "{seconds:?}");
    }

    #[test]
    fn above_the_tipping_point_fewer_are_answered_than_come_in_new() {
        for (arrivals, refusal) in [(800, 0.1), (800, 0.05), (600, 0.2), (900, 0.02)] {
            let calm = Storm {
                herd: 0,
                arrivals,
                capacity: 1_000,
                refusal,
                down: 0..0,
                tries: 1,
                budget: None,
            };
            let tips_at = calm.tips_at();
            // As if the retries were new requests too: what matters is how many reach
            // the service.
            let answered = |factor: f64| {
                let arrivals = format!("{:.0}", tips_at * factor).parse().unwrap();
                let all = Storm {
                    arrivals,
                    ..calm.clone()
                };
                storm(&all, BACKOFFS[0], 1, 1)[0].answered
            };
            assert!(
                answered(0.9) > arrivals && answered(1.1) < arrivals,
                "{arrivals} {refusal}"
            );
        }
    }

    #[test]
    fn a_herd_that_stays_together_is_served_a_step_s_worth_each_time() {
        let herd = Storm {
            herd: 1_000,
            arrivals: 0,
            capacity: 1_000,
            refusal: 0.0,
            down: 0..0,
            tries: 100,
            budget: None,
        };
        // Ten in the first step, and ten each second, since all come back together.
        let seconds = storm(&herd, Backoff::Fixed(1_000), 20, 1);
        assert!(seconds.iter().all(|s| s.answered == 10), "{seconds:?}");
    }

    #[test]
    fn layers_multiply_when_every_call_fails() {
        for (layers, tries) in [(0, 3), (1, 3), (3, 3), (4, 2)] {
            let (succeeds, calls) =
                call_through(layers, tries, 1.0, &mut Random::new(1));
            assert_eq!((succeeds, calls), (false, u64::from(tries).pow(layers)));
        }
    }

    /// A request is a row of calls that ends with the first success, and with the last
    /// of `tries`^`layers` calls at the latest.
    #[test]
    fn the_mean_number_of_calls_is_a_geometric_sum() {
        for (layers, tries, failing) in
            [(1, 3, 0.5), (2, 3, 0.9), (3, 2, 0.8), (4, 3, 0.3)]
        {
            let runs = (1..=20).map(|seed| mean_through(layers, tries, failing, seed));
            let runs: Vec<Through> = runs.collect();
            let mean =
                |of: fn(&Through) -> f64| runs.iter().map(of).sum::<f64>() / 20.0;
            let most = f64::from(tries.pow(layers));
            let calls = (1.0 - failing.powf(most)) / (1.0 - failing);
            assert!((mean(|run| run.calls) / calls - 1.0).abs() < 0.03);
            assert!((mean(|run| run.failed) - 100.0 * failing.powf(most)).abs() < 1.0);
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]

        #[test]
        fn every_request_is_answered_or_abandoned_in_the_end(
            arrivals in 1..900u32, capacity in 0..900u32, tries in 1..5u32, seed in 0..9u64
        ) {
            let storm_of = Storm { herd: 0, arrivals, capacity, refusal: 0.1, down: 500..2_500, tries, budget: None };
            for backoff in BACKOFFS {
                let seconds = storm(&storm_of, backoff, 30, seed);
                let done: u64 = seconds.iter().map(|s| u64::from(s.answered + s.given_up)).sum();
                prop_assert!(done <= u64::from(arrivals) * 30);
                // No request is retried for longer than three waits of 5 s, so all that
                // came in the first 14 s are done by then.
                prop_assert!(done >= u64::from(arrivals) * 14);
                prop_assert!(seconds.iter().all(|s| s.answered <= capacity));
            }
        }

        #[test]
        fn a_budget_bounds_the_retries(budget in 0.0..0.5f64, seed in 0..9u64) {
            let down = Storm { herd: 0, arrivals: 500, capacity: 0, refusal: 0.0, down: 0..0, tries: 10, budget: Some(budget) };
            let sent: u32 = storm(&down, BACKOFFS[2], 20, seed).iter().map(|s| s.sent).sum();
            prop_assert!(f64::from(sent) <= 500.0 * 20.0 * (1.0 + budget) + 1.0);
        }
    }
}
