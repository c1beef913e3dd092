//! Requests for keys that don't exist, and ways to remember that they don't.
//!
//! Shown in `src/caching/negative.md`.

use crate::caching::lru::Lru;
use crate::random::Random;
use crate::storage::bloom::Bloom;
use crate::workload::Zipf;

/// What keeps requests for missing keys from the database.
#[derive(Debug, Clone)]
pub enum Memory {
    /// Nothing: only what exists is cached.
    Nothing,
    /// "Not there" is cached like a value, in the same cache.
    SameCache,
    /// "Not there" is cached in a cache of its own, with this many entries.
    OwnCache(usize),
    /// A Bloom filter of the keys that exist, asked before the cache.
    Filter(Bloom),
}

/// What the database was asked.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Asked {
    /// Reads of keys that exist.
    pub existing: u32,
    /// Reads of keys that don't.
    pub missing: u32,
}

/// Which keys that don't exist are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// One of so many, again and again.
    DeadLinks(usize),
    /// Another one each time.
    Strangers,
}

/// Requests for keys below `existing`, which exist, and with the probability `share`
/// for others. Popularity is Zipf's with this exponent. Another seed gives other
/// missing keys, too.
pub fn trace(
    missing: Missing,
    share: f64,
    existing: usize,
    exponent: f64,
    requests: usize,
    seed: u64,
) -> Vec<usize> {
    let mut random = Random::new(seed);
    let mut real = Zipf::new(existing, exponent, seed.wrapping_add(1));
    let dead_links = match missing {
        Missing::DeadLinks(links) => links,
        Missing::Strangers => 1,
    };
    let mut dead = Zipf::new(dead_links, exponent, seed.wrapping_add(2));
    let first = existing + usize::try_from(seed).unwrap_or(0).wrapping_mul(1_000_000);
    let next = |at: usize| match (random.chance(share), missing) {
        (false, _) => real.next(),
        (true, Missing::DeadLinks(_)) => dead.next().map(|key| first + key),
        (true, Missing::Strangers) => Some(first + at),
    };
    (0..requests).filter_map(next).collect()
}

// ANCHOR: run
/// Sends requests at an LRU cache of `capacity` entries; keys below `existing` exist.
pub fn database_reads(
    trace: &[usize],
    existing: usize,
    capacity: usize,
    memory: &Memory,
) -> Asked {
    let mut cache = Lru::new(capacity);
    let mut absent = match memory {
        Memory::OwnCache(entries) => Lru::new(*entries),
        _ => Lru::new(0),
    };
    let mut asked = Asked::default();
    for key in trace {
        let is_known_absent = match memory {
            Memory::Filter(filter) => !filter.may_contain(*key as u64),
            _ => absent.get(key).is_some(),
        };
        if is_known_absent || cache.get(key).is_some() {
            continue;
        }
        if *key < existing {
            asked.existing += 1;
            cache.put(*key, ());
            continue;
        }
        asked.missing += 1;
        match memory {
            Memory::SameCache => _ = cache.put(*key, ()),
            Memory::OwnCache(_) => _ = absent.put(*key, ()),
            Memory::Nothing | Memory::Filter(_) => {}
        }
    }
    asked
}
// ANCHOR_END: run

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn a_trace_has_its_share_of_missing_keys_and_strangers_come_once() {
        for missing in [Missing::DeadLinks(10), Missing::Strangers] {
            let trace = trace(missing, 0.2, 100, 0.8, 10_000, 3);
            let absent: Vec<usize> =
                trace.iter().copied().filter(|key| *key >= 100).collect();
            assert_eq!(trace.len(), 10_000);
            assert!(absent.len().abs_diff(2_000) < 150, "{}", absent.len());
            let different = absent.iter().collect::<BTreeSet<_>>().len();
            let expected = match missing {
                Missing::DeadLinks(links) => links,
                Missing::Strangers => absent.len(),
            };
            assert_eq!(different, expected);
        }
    }

    proptest! {
        #[test]
        fn with_room_for_all_each_key_is_read_once_and_without_memory_each_time(
            trace in prop::collection::vec(0..20usize, 0..200),
        ) {
            let missing = trace.iter().filter(|key| **key >= 10);
            let all = u32::try_from(missing.clone().count()).unwrap();
            let once = u32::try_from(missing.collect::<BTreeSet<_>>().len()).unwrap();
            let reads = |memory| database_reads(&trace, 10, 20, &memory);
            prop_assert_eq!(reads(Memory::Nothing).missing, all);
            prop_assert_eq!(reads(Memory::SameCache).missing, once);
            prop_assert_eq!(reads(Memory::OwnCache(10)).missing, once);
            let mut exact = Bloom::new(10_000, 7);
            (0..10).for_each(|key| exact.insert(key));
            prop_assert_eq!(reads(Memory::Filter(exact)).missing, 0);
            prop_assert_eq!(
                reads(Memory::Nothing).existing,
                reads(Memory::OwnCache(10)).existing
            );
        }
    }
}
