//! A request that needs answers from many servers, and hedged requests.
//!
//! Shown in `src/latency/hedging.md` and `src/latency/tail.md`.
//!
//! After J. Dean and L. A. Barroso, "The Tail at Scale", *Communications of the ACM*
//! 56(2), 2013.

use crate::number::float;
use crate::random::Random;

/// How long one server takes: usually around its typical time, occasionally far longer.
/// Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Backend {
    /// The least time of any answer.
    pub floor: u64,
    /// The mean of what is added to it, exponentially distributed.
    pub usual: f64,
    /// The share of slow answers, from 0 to 1.
    pub slow_share: f64,
    /// What is added to a slow answer.
    pub slow: u64,
}

impl Backend {
    /// The time of one answer.
    pub fn answer(&self, random: &mut Random) -> u64 {
        let usual = self.floor + random.exponential_us(self.usual);
        usual
            + if random.chance(self.slow_share) {
                self.slow
            } else {
                0
            }
    }

    /// The mean time of an answer, in theory.
    pub fn mean(&self) -> f64 {
        float(self.floor) + self.usual + self.slow_share * float(self.slow)
    }

    /// The share of answers that take longer than `patience`, in theory. A slow answer
    /// has to be slower than that.
    pub fn late_share(&self, patience: u64) -> f64 {
        let beyond = float(patience.saturating_sub(self.floor));
        self.slow_share + (1.0 - self.slow_share) * (-beyond / self.usual).exp()
    }
}

// ANCHOR: fan_out
/// The time of a request that asks `servers` servers at once and needs all of their
/// answers.
pub fn fan_out(backend: &Backend, servers: usize, random: &mut Random) -> u64 {
    let answers = (0..servers).map(|_| backend.answer(random));
    answers.max().unwrap_or(0)
}

/// The share of requests that meet at least one slow answer, if each server is slow
/// with probability `slow`.
pub fn tail_share(slow: f64, servers: i32) -> f64 {
    1.0 - (1.0 - slow).powi(servers)
}
// ANCHOR_END: fan_out

impl Backend {
    /// How often all servers are slow at once, and how often each of them is by itself
    /// otherwise, if the share `shared` of the slow answers has a cause that all
    /// servers have in common. A server is slow as often as without such a cause.
    fn shared_and_own(&self, shared: f64) -> (f64, f64) {
        let together = self.slow_share * shared;
        (together, (self.slow_share - together) / (1.0 - together))
    }
}

/// [`fan_out`] where the share `shared` of the slow answers comes from what all servers
/// have in common, and makes all of them slow at once.
pub fn fan_out_shared(
    backend: &Backend,
    servers: usize,
    shared: f64,
    random: &mut Random,
) -> u64 {
    let (together, own) = backend.shared_and_own(shared);
    let slow_share = if random.chance(together) { 1.0 } else { own };
    let backend = Backend {
        slow_share,
        ..*backend
    };
    fan_out(&backend, servers, random)
}

/// [`tail_share`] under the same condition.
pub fn tail_share_shared(backend: &Backend, servers: i32, shared: f64) -> f64 {
    let (together, own) = backend.shared_and_own(shared);
    1.0 - (1.0 - together) * (1.0 - own).powi(servers)
}

/// What a hedged request took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Hedge {
    /// The time until the first answer, in microseconds.
    pub time: u64,
    /// How many copies were sent: 1 or 2.
    pub copies: usize,
}

// ANCHOR: hedged
/// Asks one server and, when no answer came within `patience` microseconds, a second
/// one. The first answer counts.
pub fn hedged(backend: &Backend, patience: Option<u64>, random: &mut Random) -> Hedge {
    let first = backend.answer(random);
    match patience {
        Some(patience) if first > patience => {
            let second = patience + backend.answer(random);
            Hedge {
                time: first.min(second),
                copies: 2,
            }
        }
        _ => Hedge {
            time: first,
            copies: 1,
        },
    }
}
// ANCHOR_END: hedged

/// What this many hedged requests took, one after the other, in microseconds, and how
/// many of them had a second copy.
pub fn hedged_many(
    backend: &Backend,
    patience: Option<u64>,
    requests: usize,
    seed: u64,
) -> (Vec<u64>, usize) {
    let mut random = Random::new(seed);
    let mut extra = 0;
    let times = (0..requests).map(|_| {
        let Hedge { time, copies } = hedged(backend, patience, &mut random);
        extra += copies - 1;
        time
    });
    (times.collect(), extra)
}

/// What is sent when, in order, as lines such as `7 ms  client -> two: get`.
///
/// `first` and `second` are how long the two servers take, in milliseconds. The client
/// cancels what it no longer needs.
pub fn hedge_trace(first: u64, second: u64, patience: u64) -> Vec<String> {
    let mut events = vec![(0, "client -> one: get")];
    if first <= patience {
        events.push((first, "one --> client: answer"));
    } else {
        events.push((patience, "client -> two: get"));
        let other = patience + second;
        if other < first {
            events.push((other, "two --> client: answer"));
            events.push((other, "client -> one: cancel"));
        } else {
            events.push((first, "one --> client: answer"));
            events.push((first, "client -> two: cancel"));
        }
    }
    let lines = events
        .into_iter()
        .map(|(time, line)| format!("{time} ms  {line}"));
    lines.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const BACKEND: Backend = Backend {
        floor: 4_000,
        usual: 1_000.0,
        slow_share: 0.01,
        slow: 1_000_000,
    };

    /// The share of `runs` for which a condition holds.
    fn share(runs: u32, mut holds: impl FnMut() -> bool) -> f64 {
        let held = (0..runs).filter(|_| holds()).count();
        float(held) / f64::from(runs)
    }

    #[test]
    fn the_mean_answer_is_that_of_the_formula() {
        let mut random = Random::new(4);
        let sum: u64 = (0..400_000).map(|_| BACKEND.answer(&mut random)).sum();
        let seen = float(sum) / 400_000.0;
        assert!((seen / BACKEND.mean() - 1.0).abs() < 0.03, "{seen}");
    }

    #[test]
    fn slow_requests_are_as_many_as_the_formula_says() {
        let mut random = Random::new(1);
        for servers in [1, 10, 100] {
            let slow =
                share(20_000, || fan_out(&BACKEND, servers, &mut random) > 500_000);
            let theory = tail_share(0.01, i32::try_from(servers).unwrap());
            assert!((slow - theory).abs() < 0.01, "{servers}: {slow} {theory}");
        }
        assert_eq!(fan_out(&BACKEND, 0, &mut random), 0);
    }

    #[test]
    fn shared_causes_leave_one_server_as_it_is_and_make_pages_slow_more_rarely() {
        let mut random = Random::new(5);
        for shared in [0.0, 0.3, 1.0] {
            for servers in [1, 50] {
                let slow = share(40_000, || {
                    fan_out_shared(&BACKEND, servers, shared, &mut random) > 500_000
                });
                let servers = i32::try_from(servers).unwrap();
                let theory = tail_share_shared(&BACKEND, servers, shared);
                assert!((slow - theory).abs() < 0.01, "{shared}: {slow} {theory}");
            }
            assert!((tail_share_shared(&BACKEND, 1, shared) - 0.01).abs() < 1e-12);
        }
        let none = tail_share_shared(&BACKEND, 50, 0.0);
        assert!((none - tail_share(0.01, 50)).abs() < 1e-12);
        assert!((tail_share_shared(&BACKEND, 50, 1.0) - 0.01).abs() < 1e-12);
    }

    #[test]
    fn a_hedge_is_slow_only_if_both_copies_are() {
        let mut random = Random::new(2);
        let backend = Backend {
            slow_share: 0.1,
            ..BACKEND
        };
        let slow = share(100_000, || {
            hedged(&backend, Some(10_000), &mut random).time > 500_000
        });
        assert!((slow - 0.01).abs() < 0.001, "{slow}");
    }

    #[test]
    fn a_trace_ends_with_the_first_answer() {
        for (first, second, patience) in [(3, 9, 5), (50, 9, 5), (12, 9, 5)] {
            let trace = hedge_trace(first, second, patience);
            let answers: Vec<_> = trace
                .iter()
                .filter(|line| line.contains("answer"))
                .collect();
            let best = if first <= patience {
                first
            } else {
                first.min(patience + second)
            };
            assert_eq!(answers.len(), 1);
            let time =
                |line: &String| line.split(' ').next().unwrap().parse::<u64>().unwrap();
            assert_eq!(time(answers[0]), best);
            assert!(trace.is_sorted_by_key(time));
        }
    }

    #[test]
    fn copies_are_sent_for_what_is_late() {
        let (times, extra) = hedged_many(&BACKEND, Some(6_000), 100_000, 3);
        assert_eq!(times.len(), 100_000);
        let late = float(extra) / 100_000.0;
        // Late are the slow ones, and of the others those above floor + 2 means.
        let theory = 0.01 + 0.99 * (-2.0_f64).exp();
        assert!((late - theory).abs() < 0.005, "{late} {theory}");
        assert!((BACKEND.late_share(6_000) - theory).abs() < 1e-12);
        assert!((BACKEND.late_share(0) - 1.0).abs() < 1e-12);
        assert_eq!(hedged_many(&BACKEND, None, 100, 3).1, 0);
    }
}
