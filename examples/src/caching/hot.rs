//! A popular key on one of several cache servers, and two ways to take load off that
//! server.
//!
//! Shown in `src/caching/hot-keys.md`.

use crate::hash::mix;
use crate::number::float;
use std::collections::HashMap;

/// How clients spread their requests over cache servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Each key on the one server chosen by its hash.
    OneServer,
    /// The keys below the first number are copied to as many servers as the second
    /// says; a request takes the next copy in turn.
    Copies(usize, usize),
    /// Each of the web servers (the first number) keeps what it fetched for this many
    /// requests of its own (the second), then fetches again.
    NearCache(usize, usize),
}

// ANCHOR: loads
/// How many requests each of `servers` cache servers gets from a trace of keys. Another
/// `seed` is another hash.
pub fn loads(trace: &[usize], servers: usize, spread: Spread, seed: u64) -> Vec<u32> {
    let servers = servers.max(1);
    let mut loads = vec![0; servers];
    let mut near: HashMap<(usize, usize), usize> = HashMap::new();
    for (at, key) in trace.iter().enumerate() {
        let home = server(*key, servers, seed);
        match spread {
            Spread::OneServer => loads[home] += 1,
            Spread::Copies(hot, copies) => {
                let copy = if *key < hot { at % copies.max(1) } else { 0 };
                loads[(home + copy) % servers] += 1;
            }
            Spread::NearCache(webs, lifetime) => {
                let (web, clock) = (at % webs.max(1), at / webs.max(1));
                let expires = near.entry((web, *key)).or_insert(0);
                if clock >= *expires {
                    *expires = clock + lifetime;
                    loads[home] += 1;
                }
            }
        }
    }
    loads
}
// ANCHOR_END: loads

/// The share of the requests that near caches let through, in theory: a key that gets
/// the share p of the requests is fetched, then kept for `lifetime` requests, and asked
/// for again after 1/p more.
pub fn expected_left(keys: usize, exponent: f64, lifetime: u32) -> f64 {
    let weights = || (1..=keys).map(|rank| float(rank).powf(-exponent));
    let all: f64 = weights().sum();
    let kept = f64::from(lifetime.saturating_sub(1));
    weights()
        .map(|weight| weight / all)
        .map(|p| p / (1.0 + p * kept))
        .sum()
}

/// The server a client chooses. The servers don't know each other, so all clients have
/// to choose in the same way.
fn server(key: usize, servers: usize, seed: u64) -> usize {
    let hash = mix(mix(seed).wrapping_add(key as u64));
    usize::try_from(hash % servers as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Zipf;

    #[test]
    fn only_a_near_cache_takes_requests_away() {
        let trace: Vec<usize> = Zipf::new(1_000, 1.0, 3).take(10_000).collect();
        let sum = |spread| loads(&trace, 10, spread, 1).iter().sum::<u32>();
        assert_eq!(sum(Spread::OneServer), 10_000);
        assert_eq!(sum(Spread::Copies(10, 10)), 10_000);
        assert!(sum(Spread::NearCache(5, 100)) < 10_000);
        assert_eq!(sum(Spread::NearCache(5, 0)), 10_000);
    }

    #[test]
    fn one_key_lands_on_one_server_or_evenly_on_its_copies() {
        let trace = [7; 1_000];
        let mut one = loads(&trace, 10, Spread::OneServer, 1);
        one.sort_unstable();
        assert_eq!(one[9], 1_000);
        assert_eq!(loads(&trace, 10, Spread::Copies(8, 10), 1), [100; 10]);
        // 4 web servers with 250 requests each, one in 50 of them goes out.
        let near: u32 = loads(&trace, 10, Spread::NearCache(4, 50), 1).iter().sum();
        assert_eq!(near, 4 * 250 / 50);
    }

    #[test]
    fn another_seed_is_another_hash_and_each_spreads_keys_evenly() {
        let keys: Vec<usize> = (0..10_000).collect();
        let homes = |seed| -> Vec<usize> {
            keys.iter().map(|key| server(*key, 10, seed)).collect()
        };
        let same = homes(1)
            .iter()
            .zip(homes(2))
            .filter(|(one, other)| **one == *other)
            .count();
        assert!(same.abs_diff(1_000) < 150, "{same}");
        for seed in 0..5 {
            let counts = loads(&keys, 10, Spread::OneServer, seed);
            assert!(counts.iter().all(|count| count.abs_diff(1_000) < 150));
        }
    }

    #[test]
    fn a_near_cache_lets_through_what_the_formula_says() {
        for (exponent, lifetime) in [(0.8, 100), (1.2, 100), (1.2, 1_000)] {
            let trace: Vec<usize> =
                Zipf::new(1_000, exponent, 5).take(100_000).collect();
            let spread = Spread::NearCache(4, lifetime as usize);
            let left = loads(&trace, 10, spread, 1).iter().sum::<u32>();
            let share = f64::from(left) / 100_000.0;
            let expected = expected_left(1_000, exponent, lifetime);
            assert!((share / expected - 1.0).abs() < 0.05, "{share} {expected}");
        }
        // One key, kept for 50 requests: one in 50. Kept for none, or for the one that
        // fetched it: all.
        assert!((expected_left(1, 1.0, 50) - 0.02).abs() < 1e-9);
        assert!((expected_left(9, 1.0, 0) - 1.0).abs() < 1e-9);
    }
}
