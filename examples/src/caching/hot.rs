//! A popular key on one of several cache servers, and two ways to take load off that server.
//!
//! Shown in `src/caching/hot-keys.md`.

use crate::hash::mix;
use std::collections::HashMap;

/// How clients spread their requests over cache servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Spread {
    /// Each key on the one server chosen by its hash.
    OneServer,
    /// The keys below the first number are copied to as many servers as the second says; a request
    /// takes the next copy in turn.
    Copies(usize, usize),
    /// Each of the web servers (the first number) keeps what it fetched for this many requests of its
    /// own (the second), then fetches again.
    NearCache(usize, usize),
}

// ANCHOR: loads
/// How many requests each of `servers` cache servers gets from a trace of keys.
pub fn loads(trace: &[usize], servers: usize, spread: Spread) -> Vec<u32> {
    let servers = servers.max(1);
    let mut loads = vec![0; servers];
    let mut near: HashMap<(usize, usize), usize> = HashMap::new();
    for (at, key) in trace.iter().enumerate() {
        let home = server(*key, servers);
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

/// The server a client chooses. The servers don't know each other, so all clients have to choose in the same way.
fn server(key: usize, servers: usize) -> usize {
    usize::try_from(mix(key as u64) % servers as u64).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::workload::Zipf;

    #[test]
    fn only_a_near_cache_takes_requests_away() {
        let trace: Vec<usize> = Zipf::new(1_000, 1.0, 3).take(10_000).collect();
        let sum = |spread| loads(&trace, 10, spread).iter().sum::<u32>();
        assert_eq!(sum(Spread::OneServer), 10_000);
        assert_eq!(sum(Spread::Copies(10, 10)), 10_000);
        assert!(sum(Spread::NearCache(5, 100)) < 10_000);
        assert_eq!(sum(Spread::NearCache(5, 0)), 10_000);
    }

    #[test]
    fn one_key_lands_on_one_server_or_evenly_on_its_copies() {
        let trace = [7; 1_000];
        let mut one = loads(&trace, 10, Spread::OneServer);
        one.sort_unstable();
        assert_eq!(one[9], 1_000);
        assert_eq!(loads(&trace, 10, Spread::Copies(8, 10)), [100; 10]);
        // 4 web servers with 250 requests each, one in 50 of them goes out.
        let near: u32 = loads(&trace, 10, Spread::NearCache(4, 50)).iter().sum();
        assert_eq!(near, 4 * 250 / 50);
    }
}
