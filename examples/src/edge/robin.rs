//! Round robin by DNS: a name server rotates its list of addresses, and resolvers cache
//! what they get.
//!
//! Shown in `src/edge/round-robin.md`.

use crate::number::float;
use crate::random::Random;
use crate::workload::Zipf;

/// Resolvers, their users, and the record's life.
#[derive(Debug, Clone, Copy)]
pub struct Robin {
    /// Addresses under the name, at least two.
    pub servers: usize,
    /// Resolvers.
    pub resolvers: usize,
    /// How uneven they are: the exponent of Zipf's law by which the requests come
    /// through them.
    pub skew: f64,
    /// How long a resolver keeps an answer, in seconds.
    pub ttl: u64,
    /// Requests a second, from all users.
    pub rate: usize,
    /// How long the run lasts, in seconds.
    pub duration: u64,
    /// The second in which a server stops, and is taken off the list.
    pub removed_at: u64,
}

/// The outcome.
#[derive(Debug, Clone, PartialEq)]
pub struct Outcome {
    /// Requests that each server got before one stopped.
    pub loads: Vec<u32>,
    /// The requests of the busiest server in a minute, in multiples of the mean of all
    /// servers: the mean over the full minutes before that.
    pub busiest: f64,
    /// Questions that the name server answered.
    pub questions: u32,
    /// Requests that go to the stopped server, minute by minute: the mean over the
    /// servers that may be the one which stops.
    pub failed: Vec<f64>,
    /// Seconds from the stop to the last of them, whichever server it is.
    pub last_failure: u64,
}

// ANCHOR: run
/// Sends the requests. Each resolver asks when it has no answer or an old one, takes
/// the first address of the list, which the name server rotates by one for each
/// question, and gives it to all its users. The run begins before second 0, with
/// answers of any age, so that resolvers don't ask in step.
pub fn round_robin(rule: Robin, seed: u64) -> Outcome {
    let servers = rule.servers.max(2);
    let mut answers = Answers::new(rule, servers, seed);
    let mut requests = Zipf::new(rule.resolvers, rule.skew, seed.wrapping_mul(2));
    let mut outcome = Outcome {
        loads: vec![0; servers],
        busiest: 0.0,
        questions: 0,
        failed: Vec::new(),
        last_failure: 0,
    };
    let mut minute = vec![0_u32; servers];
    let begin = rule.ttl;
    for time in 0..begin + rule.duration {
        if time == begin {
            answers.questions = 0;
        }
        let now = time.saturating_sub(begin);
        for resolver in requests.by_ref().take(rule.rate) {
            let (server, since) = answers.server(resolver, time);
            if time < begin {
                continue;
            }
            if now < rule.removed_at {
                minute[server] += 1;
            } else if since < begin + rule.removed_at {
                // An answer from before the stop names each server equally likely.
                outcome.fail(now - rule.removed_at);
            }
        }
        if time >= begin && (now + 1).is_multiple_of(60) && now < rule.removed_at {
            outcome.end_minute(&mut minute);
        }
    }
    outcome.questions = answers.questions;
    outcome.busiest /= float((rule.removed_at.min(rule.duration) / 60).max(1));
    outcome
}

/// The answers that resolvers keep, and the name server's list.
struct Answers {
    /// For each resolver: until when it keeps a server's address, and since when.
    kept: Vec<(u64, usize, u64)>,
    ttl: u64,
    servers: usize,
    next: usize,
    questions: u32,
}

impl Answers {
    /// At the start each resolver has an answer, of any age.
    fn new(rule: Robin, servers: usize, seed: u64) -> Self {
        let mut random = Random::new(seed.wrapping_mul(2).wrapping_add(1));
        let kept = (0..rule.resolvers)
            .map(|_| (random.below(rule.ttl + 1), random.index(servers), 0));
        Self {
            kept: kept.collect(),
            ttl: rule.ttl,
            servers,
            next: 0,
            questions: 0,
        }
    }

    /// The server that a resolver sends a request to, and since when it knows it.
    fn server(&mut self, resolver: usize, now: u64) -> (usize, u64) {
        let (until, server, since) = self.kept[resolver];
        if now < until {
            return (server, since);
        }
        self.questions += 1;
        self.next = (self.next + 1) % self.servers;
        self.kept[resolver] = (now + self.ttl, self.next, now);
        (self.next, now)
    }
}
// ANCHOR_END: run

impl Outcome {
    /// A request with an answer from before the stop, so many seconds after it.
    fn fail(&mut self, after: u64) {
        let at = usize::try_from(after / 60).unwrap_or(0);
        self.failed.resize(self.failed.len().max(at + 1), 0.0);
        self.failed[at] += 1.0 / float(self.loads.len());
        self.last_failure = after;
    }

    /// Counts a minute's requests, and starts the next one.
    fn end_minute(&mut self, minute: &mut [u32]) {
        let most = minute.iter().max().copied().unwrap_or(0);
        let all: u32 = minute.iter().sum();
        if all > 0 {
            self.busiest += f64::from(most) / f64::from(all) * float(minute.len());
        }
        for (load, requests) in self.loads.iter_mut().zip(minute) {
            *load += std::mem::take(requests);
        }
    }

    /// Requests that failed in all.
    pub fn all_failed(&self) -> f64 {
        self.failed.iter().fold(0.0, |sum, failed| sum + failed)
    }
}

/// How many requests fail if every resolver asks again as soon as its answer ends: the
/// stopped server's share of the requests, for half of the time to live on average.
pub fn expected_failed(rule: Robin) -> f64 {
    float(rule.rate) / float(rule.servers) * float(rule.ttl) / 2.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULE: Robin = Robin {
        servers: 4,
        resolvers: 100,
        skew: 1.0,
        ttl: 0,
        rate: 40,
        duration: 240,
        removed_at: 120,
    };

    #[test]
    fn without_a_cache_the_turn_is_perfect() {
        let outcome = round_robin(RULE, 1);
        assert_eq!(outcome.loads, [1_200; 4]);
        assert!((outcome.busiest - 1.0).abs() < 1e-9);
        assert_eq!((outcome.questions, outcome.failed.len()), (9_600, 0));
    }

    #[test]
    fn busy_resolvers_fail_for_half_of_the_time_to_live() {
        // Ten resolvers of the same size, each with four requests a second.
        let rule = Robin {
            resolvers: 10,
            skew: 0.0,
            ttl: 300,
            duration: 600,
            ..RULE
        };
        let mean = (0..100)
            .map(|seed| round_robin(rule, seed).all_failed())
            .sum::<f64>()
            / 100.0;
        let expected = expected_failed(rule);
        assert!((mean / expected - 1.0).abs() < 0.08, "{mean} {expected}");
    }

    #[test]
    fn one_resolver_sends_a_minute_to_one_server() {
        let rule = Robin {
            resolvers: 1,
            ttl: 10_000,
            ..RULE
        };
        let stays = (0..50).filter(|seed| round_robin(rule, *seed).busiest > 3.999);
        // In two minutes of 10,000 s an answer rarely ends.
        assert!(stays.count() >= 47);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn no_answer_outlives_its_time(ttl in 0..60u64, seed in 0..20u64) {
            let rule = Robin { ttl, rate: 20, resolvers: 50, ..RULE };
            let outcome = round_robin(rule, seed);
            prop_assert!(outcome.last_failure <= ttl);
            prop_assert_eq!(outcome.loads.iter().sum::<u32>(), 2_400);
        }
    }
}
