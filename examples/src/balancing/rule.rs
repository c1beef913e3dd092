//! The rules by which a balancer picks a server.
//!
//! Shown in `src/balancing/rules.md`.
//!
//! Smooth weighted round robin is nginx's; two choices are Mitzenmacher's, "The Power
//! of Two Choices in Randomized Load Balancing", IEEE TPDS 12(10), 2001.

use crate::hash::mix;
use crate::random::Random;

/// What a balancer knows of a server.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct View {
    /// Its share of the requests, for the rules that use weights.
    pub weight: i64,
    /// Requests that it was sent and hasn't answered.
    pub in_flight: usize,
}

/// How a balancer picks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// At random, all equally likely.
    Random,
    /// One after the other.
    RoundRobin,
    /// One after the other, each as often as its weight says, and spread out.
    Weighted,
    /// The one with the fewest requests in flight; of several, the next one in turn.
    LeastConnections,
    /// Of two different ones drawn at random, the one with fewer requests in flight.
    /// With a single server, that one.
    TwoChoices,
    /// By a hash of the client.
    HashOfClient,
}

/// A balancer with a rule and what the rule has to remember.
#[derive(Debug, Clone)]
pub struct Balancer {
    rule: Rule,
    next: usize,
    credits: Vec<i64>,
    random: Random,
}

impl Balancer {
    /// A balancer that has sent nothing yet.
    pub fn new(rule: Rule, seed: u64) -> Self {
        Self {
            rule,
            next: 0,
            credits: Vec::new(),
            random: Random::new(seed),
        }
    }

    // ANCHOR: pick
    /// The server for a client's request, or none if there are no servers.
    pub fn pick(&mut self, servers: &[View], client: u64) -> Option<usize> {
        let last = servers.len().checked_sub(1)?;
        Some(match self.rule {
            Rule::Random => self.any(last),
            Rule::RoundRobin => self.turn(last),
            Rule::Weighted => self.smooth(servers),
            Rule::LeastConnections => {
                let first = self.turn(last);
                let in_turn = (first..=last).chain(0..first);
                in_turn.min_by_key(|at| servers[*at].in_flight)?
            }
            Rule::TwoChoices => {
                let (one, other) = self.any_two(last);
                if servers[other].in_flight < servers[one].in_flight {
                    other
                } else {
                    one
                }
            }
            Rule::HashOfClient => hash(client) % (last + 1),
        })
    }
    // ANCHOR_END: pick

    // ANCHOR: smooth
    /// Each server earns its weight; the one with the most credit serves and pays the
    /// sum of all weights.
    fn smooth(&mut self, servers: &[View]) -> usize {
        self.credits.resize(servers.len(), 0);
        let mut richest = 0;
        for (at, server) in servers.iter().enumerate() {
            self.credits[at] += server.weight;
            if self.credits[at] > self.credits[richest] {
                richest = at;
            }
        }
        self.credits[richest] -=
            servers.iter().map(|server| server.weight).sum::<i64>();
        richest
    }
    // ANCHOR_END: smooth

    /// One after the other, starting over after the last.
    fn turn(&mut self, last: usize) -> usize {
        let now = if self.next > last { 0 } else { self.next };
        self.next = now + 1;
        now
    }

    fn any(&mut self, last: usize) -> usize {
        self.random.index(last + 1)
    }

    /// Two different servers, each pair as likely as the others. A single server is
    /// both.
    fn any_two(&mut self, last: usize) -> (usize, usize) {
        let one = self.any(last);
        if last == 0 {
            return (one, one);
        }
        // The second draw is a distance from the first, from 1 to `last`, around the
        // circle of servers.
        let other = (one + 1 + self.any(last - 1)) % (last + 1);
        (one, other)
    }
}

/// A hash whose last bits also differ for neighboring numbers, since its remainder
/// picks the server.
pub(crate) fn hash(number: u64) -> usize {
    usize::try_from(mix(number) >> 32).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn views(weights: &[i64]) -> Vec<View> {
        let view = |weight: &i64| View {
            weight: *weight,
            in_flight: 0,
        };
        weights.iter().map(view).collect()
    }

    fn picks(rule: Rule, servers: &[View], requests: u64) -> Vec<usize> {
        let mut balancer = Balancer::new(rule, 1);
        (0..requests)
            .filter_map(|client| balancer.pick(servers, client))
            .collect()
    }

    #[test]
    fn smooth_weights_give_the_order_that_nginx_documents() {
        // The commit that brought the rule to nginx gives { a a b a c a a } for weights
        // 5, 1, 1.
        let order = picks(Rule::Weighted, &views(&[5, 1, 1]), 7);
        assert_eq!(order, [0, 0, 1, 0, 2, 0, 0]);
    }

    #[test]
    fn round_robin_starts_over() {
        assert_eq!(
            picks(Rule::RoundRobin, &views(&[1; 3]), 7),
            [0, 1, 2, 0, 1, 2, 0]
        );
    }

    #[test]
    fn without_servers_nothing_is_served() {
        for rule in [
            Rule::Random,
            Rule::RoundRobin,
            Rule::Weighted,
            Rule::LeastConnections,
        ] {
            assert_eq!(Balancer::new(rule, 1).pick(&[], 7), None);
        }
    }

    #[test]
    fn a_client_s_hash_always_names_the_same_server() {
        let mut balancer = Balancer::new(Rule::HashOfClient, 1);
        let servers = views(&[1; 5]);
        for client in 0..100 {
            assert_eq!(
                balancer.pick(&servers, client),
                balancer.pick(&servers, client)
            );
        }
    }

    #[test]
    fn neighboring_clients_are_spread_as_if_at_random() {
        // Of pairs of neighbors a quarter meets on the same one of four servers, and so
        // do those two or three apart.
        let order = picks(Rule::HashOfClient, &views(&[1; 4]), 40_000);
        for apart in 1..=3 {
            let pairs = order.iter().zip(&order[apart..]);
            let meet = pairs.filter(|(one, other)| one == other).count();
            assert!(meet.abs_diff(10_000) < 400, "{apart}: {meet}");
        }
    }

    #[test]
    fn random_picks_spread_and_two_choices_avoid_the_busy_one() {
        let mut servers = views(&[1; 4]);
        servers[2].in_flight = 9;
        let count = |rule, server| {
            picks(rule, &servers, 8_000)
                .iter()
                .filter(|pick| **pick == server)
                .count()
        };
        assert!(count(Rule::Random, 2).abs_diff(2_000) < 150);
        // The busiest server is always drawn beside a less busy one.
        assert_eq!(count(Rule::TwoChoices, 2), 0);
        assert_eq!(count(Rule::LeastConnections, 2), 0);
    }

    #[test]
    fn two_choices_look_at_each_pair_of_different_servers_equally_often() {
        // In the order of their load each server wins against those above it: 4, 3, 2,
        // 1 and 0 of the 10 pairs.
        let servers: Vec<View> = (0..5)
            .map(|in_flight| View {
                weight: 1,
                in_flight,
            })
            .collect();
        let order = picks(Rule::TwoChoices, &servers, 50_000);
        for server in 0..5 {
            let picked = order.iter().filter(|pick| **pick == server).count();
            assert!(
                picked.abs_diff(5_000 * (4 - server)) < 400,
                "{server}: {picked}"
            );
        }
        // Equally busy servers are picked equally often, and a single one always.
        let order = picks(Rule::TwoChoices, &views(&[1; 3]), 30_000);
        for server in 0..3 {
            let picked = order.iter().filter(|pick| **pick == server).count();
            assert!(picked.abs_diff(10_000) < 400, "{server}: {picked}");
        }
        assert_eq!(picks(Rule::TwoChoices, &views(&[1]), 3), [0, 0, 0]);
    }

    proptest! {
        #[test]
        fn in_a_full_cycle_each_server_serves_as_often_as_its_weight_says(
            weights in prop::collection::vec(1..9i64, 1..6),
        ) {
            let cycle = u64::try_from(weights.iter().sum::<i64>()).unwrap();
            let order = picks(Rule::Weighted, &views(&weights), cycle);
            for (server, weight) in weights.iter().enumerate() {
                let served = order.iter().filter(|pick| **pick == server).count();
                prop_assert_eq!(i64::try_from(served).unwrap(), *weight);
            }
        }
    }
}
