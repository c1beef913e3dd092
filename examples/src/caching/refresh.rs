//! Refresh-ahead: a copy that is asked for late in its life is loaded again before it
//! expires.
//!
//! Shown in `src/caching/refresh-ahead.md`.

use std::collections::HashMap;

/// When copies expire and when they are loaded again. Times are milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Refresh {
    /// How long a copy may be served.
    pub ttl: u64,
    /// From which age on a read starts a refresh. At `ttl` or above there is none.
    pub from_age: u64,
    /// How long a load takes.
    pub load: u64,
}

/// What the reads met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Reads that were answered from memory.
    pub hits: u32,
    /// Reads that waited for a load.
    pub waited: u32,
    /// Loads that a waiting read started.
    pub loads: u32,
    /// Loads that were started ahead.
    pub refreshes: u32,
    /// Refreshed copies that expired before they were read.
    pub wasted: u32,
}

#[derive(Clone, Copy)]
struct Copy {
    /// From when on the copy is there.
    since: u64,
    /// When the refresh that is under way ends.
    refreshed_at: Option<u64>,
    is_unread_refresh: bool,
}

impl Copy {
    fn new(since: u64, is_unread_refresh: bool) -> Self {
        Self {
            since,
            refreshed_at: None,
            is_unread_refresh,
        }
    }
}

// ANCHOR: run
/// One read of a key whose copy is `copy`, if there is one; returns the copy that is
/// there afterwards.
fn read(copy: Option<Copy>, now: u64, rule: Refresh, met: &mut Met) -> Copy {
    let mut copy = match copy {
        // A refresh that was under way is done.
        Some(Copy {
            refreshed_at: Some(at),
            ..
        }) if at <= now => Copy::new(at, true),
        Some(copy) => copy,
        None => {
            met.loads += 1;
            Copy::new(now + rule.load, false)
        }
    };
    if now >= copy.since + rule.ttl {
        met.wasted += u32::from(copy.is_unread_refresh);
        met.loads += 1;
        copy = Copy::new(now + rule.load, false);
    }
    if now < copy.since {
        met.waited += 1;
        return copy;
    }
    met.hits += 1;
    copy.is_unread_refresh = false;
    if now >= copy.since + rule.from_age && copy.refreshed_at.is_none() {
        met.refreshes += 1;
        copy.refreshed_at = Some(now + rule.load);
    }
    copy
}
// ANCHOR_END: run

/// Reads keys at their times, which must not fall.
pub fn refresh_ahead(
    reads: impl IntoIterator<Item = (u64, usize)>,
    rule: Refresh,
) -> Met {
    let mut met = Met::default();
    let mut copies: HashMap<usize, Copy> = HashMap::new();
    for (now, key) in reads {
        let copy = read(copies.get(&key).copied(), now, rule, &mut met);
        copies.insert(key, copy);
    }
    // Refreshes whose copy was never read.
    let is_wasted =
        |copy: &&Copy| copy.is_unread_refresh || copy.refreshed_at.is_some();
    let unread = copies.values().filter(is_wasted).count();
    met.wasted += u32::try_from(unread).unwrap_or(u32::MAX);
    met
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const RULE: Refresh = Refresh {
        ttl: 100,
        from_age: 80,
        load: 10,
    };

    #[test]
    fn a_key_read_all_the_time_is_waited_for_once() {
        let reads = (0..10_000).map(|now| (now, 7));
        let met = refresh_ahead(reads.clone(), RULE);
        // The first load takes 10 ms, then each copy lives for 90 ms: 80 until its
        // refresh starts, 10 of it.
        assert_eq!((met.waited, met.loads), (10, 1));
        assert_eq!(met.refreshes, (10_000 - 10 - 80) / 90 + 1);
        let without = Refresh {
            from_age: 100,
            ..RULE
        };
        let met = refresh_ahead(reads, without);
        // A cycle is a load of 10 ms and a life of 100.
        assert_eq!((met.loads, met.refreshes), (10_000 / 110 + 1, 0));
    }

    #[test]
    fn a_key_that_is_dropped_wastes_its_refresh() {
        let met = refresh_ahead([(0, 1), (95, 1), (400, 1)], RULE);
        assert_eq!((met.refreshes, met.wasted, met.loads), (1, 1, 2));
    }

    proptest! {
        #[test]
        fn every_read_hits_or_waits_and_nothing_old_is_served(
            gaps in prop::collection::vec((0..60u64, 0..3usize), 0..200),
        ) {
            let mut now = 0;
            let reads: Vec<_> = gaps.into_iter().map(|(gap, key)| {
                now += gap;
                (now, key)
            }).collect();
            let met = refresh_ahead(reads.clone(), RULE);
            prop_assert_eq!((met.hits + met.waited) as usize, reads.len());
            prop_assert!(met.wasted <= met.refreshes);
        }
    }
}
