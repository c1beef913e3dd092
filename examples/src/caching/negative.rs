//! Requests for keys that don't exist, and ways to remember that they don't.
//!
//! Shown in `src/caching/negative.md`.

use crate::caching::lru::Lru;
use crate::storage::bloom::Bloom;

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
