//! Requests at random times, a balancer, and servers that work through their queues.
//!
//! Shown in `src/balancing/rules.md` and `src/balancing/two-choices.md`.

use super::rule::{Balancer, Rule, View};
use crate::number::{float, whole, whole_count};
use crate::random::Random;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// A server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Server {
    /// How long it takes for a request on average, in microseconds.
    pub mean_us: f64,
    /// Its share of the requests, for the rules that use weights.
    pub weight: i64,
}

/// The outcome of one request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Served {
    /// The server that it went to.
    pub server: usize,
    /// From its arrival to its answer, in microseconds.
    pub took_us: u64,
}

/// The mean gap between two requests, in microseconds, that keeps these servers busy
/// for `busy` percent of the time, if each gets as much as it can do.
pub fn gap_us(servers: &[Server], busy: f64) -> f64 {
    let rate: f64 = servers.iter().map(|server| 1.0 / server.mean_us).sum();
    100.0 / (busy * rate)
}

/// How much longer some requests take than others. The mean is that of the server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Sizes {
    /// All take the same time.
    Equal,
    /// Exponentially distributed.
    Exponential,
    /// A share of the requests takes this many times as long as the rest.
    Two {
        /// The share of the long ones, from 0 to 1.
        long: f64,
        /// How many times as long they take.
        times: f64,
    },
}

impl Sizes {
    /// What one request takes, in microseconds.
    fn draw(self, mean_us: f64, random: &mut Random) -> u64 {
        match self {
            Self::Equal => whole(mean_us.round()),
            Self::Exponential => random.exponential_us(mean_us),
            Self::Two { long, times } => {
                let short = mean_us / (1.0 - long + long * times);
                let is_long = random.chance(long);
                whole((if is_long { short * times } else { short }).round())
            }
        }
    }

    /// The variance over the square of the mean.
    pub fn squared_variation(self) -> f64 {
        match self {
            Self::Equal => 0.0,
            Self::Exponential => 1.0,
            Self::Two { long, times } => {
                let mean = 1.0 - long + long * times;
                (1.0 - long + long * times * times) / (mean * mean) - 1.0
            }
        }
    }

    /// The mean response, in milliseconds, of a server with a queue of its own that gets
    /// requests at random times and is busy for this share of the time: Pollaczek and
    /// Khinchine's formula.
    pub fn response_ms(self, mean_ms: f64, busy: f64) -> f64 {
        let wait = busy / (1.0 - busy) * f64::midpoint(1.0, self.squared_variation());
        mean_ms * (1.0 + wait)
    }
}

/// Sends this many requests, on average one every `gap_us`, through a balancer to
/// servers that do one request at a time, in order. Gaps and service times are
/// exponentially distributed.
pub fn serve(
    rule: Rule,
    servers: &[Server],
    gap_us: f64,
    requests: u32,
    seed: u64,
) -> Vec<Served> {
    serve_seeing(rule, servers, gap_us, requests, 0, seed)
}

/// The same with requests of other sizes.
pub fn serve_sizes(
    rule: Rule,
    servers: &[Server],
    gap_us: f64,
    requests: u32,
    sizes: Sizes,
    seed: u64,
) -> Vec<Served> {
    let sent = Sent {
        gap_us,
        requests,
        look_us: 0,
        sizes,
    };
    run(rule, servers, sent, seed)
}

/// The same with a balancer that looks at the servers only every `look_us`, and decides
/// by what it saw then.
pub fn serve_seeing(
    rule: Rule,
    servers: &[Server],
    gap_us: f64,
    requests: u32,
    look_us: u64,
    seed: u64,
) -> Vec<Served> {
    let sent = Sent {
        gap_us,
        requests,
        look_us,
        sizes: Sizes::Exponential,
    };
    run(rule, servers, sent, seed)
}

/// What is sent, and how often the balancer looks at the servers.
#[derive(Debug, Clone, Copy)]
struct Sent {
    gap_us: f64,
    requests: u32,
    look_us: u64,
    sizes: Sizes,
}

// ANCHOR: serve
fn run(rule: Rule, servers: &[Server], sent: Sent, seed: u64) -> Vec<Served> {
    // Three streams a seed, so that runs with neighboring seeds share none.
    let [chooses, arrives, works] =
        [0, 1, 2].map(|stream| seed.wrapping_mul(3).wrapping_add(stream));
    let mut balancer = Balancer::new(rule, chooses);
    let mut arrivals = Random::new(arrives);
    let mut services = Random::new(works);
    let weights = servers.iter().map(|server| server.weight);
    let mut truth: Vec<View> = weights
        .map(|weight| View {
            weight,
            in_flight: 0,
        })
        .collect();
    let mut seen = truth.clone();
    let mut free_at = vec![0; servers.len()];
    // What is under way: when it will be done, and where, the soonest first.
    let mut under_way: BinaryHeap<Reverse<(u64, usize)>> = BinaryHeap::new();
    let (mut now, mut looks_at) = (0, 0);
    let mut served = Vec::new();
    for client in 0..u64::from(sent.requests) {
        now += arrivals.exponential_us(sent.gap_us);
        while let Some(Reverse((done, server))) = under_way.peek().copied()
            && done <= now
        {
            under_way.pop();
            truth[server].in_flight -= 1;
        }
        if now >= looks_at {
            looks_at = now + sent.look_us;
            seen.clone_from(&truth);
        }
        let Some(server) = balancer.pick(&seen, client) else {
            continue;
        };
        let starts = now.max(free_at[server]);
        let done = starts + sent.sizes.draw(servers[server].mean_us, &mut services);
        free_at[server] = done;
        truth[server].in_flight += 1;
        under_way.push(Reverse((done, server)));
        served.push(Served {
            server,
            took_us: done - now,
        });
    }
    served
}
// ANCHOR_END: serve

/// The mean of what requests took, in milliseconds.
pub fn mean_ms(served: &[Served]) -> f64 {
    let sum: u64 = served.iter().map(|s| s.took_us).sum();
    millis(sum) / float(served.len().max(1))
}

/// What a share (0 to 1) of the requests took at most, in milliseconds: the nearest
/// rank.
pub fn percentile_ms(served: &[Served], share: f64) -> f64 {
    let mut times: Vec<u64> = served.iter().map(|s| s.took_us).collect();
    times.sort_unstable();
    let rank = whole_count((share * float(times.len())).ceil());
    millis(times.get(rank.saturating_sub(1)).copied().unwrap_or(0))
}

fn millis(us: u64) -> f64 {
    float(us) / 1_000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    const EQUAL: [Server; 4] = [Server {
        mean_us: 10_000.0,
        weight: 1,
    }; 4];

    #[test]
    fn a_random_split_makes_each_server_an_m_m_1_queue() {
        // 4 servers of 100/s, 320 requests/s: each is busy 80 % of the time, so a
        // request takes 1 / (100 - 80) s = 50 ms on average.
        let served = serve(Rule::Random, &EQUAL, 1e6 / 320.0, 200_000, 3);
        let mean = mean_ms(&served);
        assert!((mean - 50.0).abs() < 3.0, "{mean}");
        // The response time is exponential: 99 % are below mean × ln 100.
        let p99 = percentile_ms(&served, 0.99);
        assert!((p99 - 230.0).abs() < 25.0, "{p99}");
    }

    #[test]
    fn what_knows_more_waits_less() {
        let mean = |rule| mean_ms(&serve(rule, &EQUAL, 1e6 / 320.0, 50_000, 3));
        let [random, robin, two, least] = [
            Rule::Random,
            Rule::RoundRobin,
            Rule::TwoChoices,
            Rule::LeastConnections,
        ]
        .map(mean);
        assert!(
            random > robin && robin > two && two > least,
            "{random} {robin} {two} {least}"
        );
    }

    #[test]
    fn old_views_hurt_the_rule_that_relies_on_them_most() {
        let mean = |rule, look_us| {
            mean_ms(&serve_seeing(rule, &EQUAL, 1e6 / 320.0, 20_000, look_us, 3))
        };
        // A random pick looks at nothing.
        assert!((mean(Rule::Random, 0) - mean(Rule::Random, 200_000)).abs() < 1e-9);
        assert!(
            mean(Rule::LeastConnections, 200_000) > mean(Rule::TwoChoices, 200_000)
        );
        assert!(mean(Rule::LeastConnections, 0) < mean(Rule::TwoChoices, 0));
    }

    #[test]
    fn a_gap_keeps_servers_as_busy_as_it_says() {
        // 3 × 100/s and 50/s are 350/s; at 80 % they are 280/s, one every 3571 µs.
        let mut servers = EQUAL;
        servers[3].mean_us = 20_000.0;
        assert!((gap_us(&servers, 80.0) - 1e6 / 280.0).abs() < 1e-6);
        // One server at 50 %: its response time is 10 ms / (1 - 0.5).
        let gap = gap_us(&EQUAL[..1], 50.0);
        let mean = mean_ms(&serve(Rule::Random, &EQUAL[..1], gap, 100_000, 1));
        assert!((mean - 20.0).abs() < 0.8, "{mean}");
    }

    #[test]
    fn a_random_split_waits_as_pollaczek_and_khinchine_say() {
        let two = Sizes::Two {
            long: 0.1,
            times: 10.0,
        };
        // (0.9 + 0.1 × 100) / 1.9² - 1.
        assert!((two.squared_variation() - 2.0194).abs() < 1e-3);
        assert!((Sizes::Exponential.response_ms(10.0, 0.8) - 50.0).abs() < 1e-9);
        for sizes in [Sizes::Equal, Sizes::Exponential, two] {
            let gap = gap_us(&EQUAL, 70.0);
            let mean: f64 = (0..5)
                .map(|seed| {
                    let served =
                        serve_sizes(Rule::Random, &EQUAL, gap, 100_000, sizes, seed);
                    mean_ms(&served[10_000..]) / 5.0
                })
                .sum();
            let theory = sizes.response_ms(10.0, 0.7);
            assert!(
                (mean / theory - 1.0).abs() < 0.05,
                "{sizes:?} {mean} {theory}"
            );
        }
    }

    #[test]
    fn one_idle_server_serves_without_waiting() {
        let served = serve(Rule::RoundRobin, &EQUAL[..1], 1e9, 2_000, 3);
        let mean = mean_ms(&served);
        assert!((mean - 10.0).abs() < 0.7, "{mean}");
    }

    #[test]
    fn ranks_are_counted_from_one() {
        let served: Vec<Served> = (1..=10)
            .map(|ms| Served {
                server: 0,
                took_us: ms * 1_000,
            })
            .collect();
        for (share, expected) in [(0.0, 1.0), (0.5, 5.0), (0.99, 10.0), (1.0, 10.0)] {
            assert!((percentile_ms(&served, share) - expected).abs() < 1e-9);
        }
        assert!((mean_ms(&served) - 5.5).abs() < 1e-9);
    }
}
