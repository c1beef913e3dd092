//! Refresh-ahead: a copy that is asked for late in its life is loaded again before it
//! expires.
//!
//! Shown in `src/caching/refresh-ahead.md`.

use crate::number::float;
use crate::workload::Zipf;
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
        // A refresh that was under way is done, or the old copy has ended meanwhile.
        Some(Copy {
            refreshed_at: Some(at),
            since,
            ..
        }) if now >= at.min(since + rule.ttl) => Copy::new(at, true),
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
        copy.is_unread_refresh = false;
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
    refresh_ahead_from(0, reads, rule)
}

/// The same, but nothing is counted of what happens before a moment.
fn refresh_ahead_from(
    begin: u64,
    reads: impl IntoIterator<Item = (u64, usize)>,
    rule: Refresh,
) -> Met {
    let (mut met, mut end, mut begun) = (Met::default(), 0, false);
    let mut copies: HashMap<usize, Copy> = HashMap::new();
    for (now, key) in reads {
        if now >= begin && !begun {
            (met, begun) = (Met::default(), true);
        }
        let copy = read(copies.get(&key).copied(), now, rule, &mut met);
        copies.insert(key, copy);
        end = now;
    }
    // Refreshed copies that were never read, and have expired.
    let is_wasted = |copy: &&Copy| match copy.refreshed_at {
        Some(at) => at + rule.ttl <= end,
        None => copy.is_unread_refresh && copy.since + rule.ttl <= end,
    };
    let unread = copies.values().filter(is_wasted).count();
    met.wasted += u32::try_from(unread).unwrap_or(u32::MAX);
    met
}

/// Keys with Zipf's popularity, one of which is read every few milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Reads {
    /// Different keys.
    pub keys: usize,
    /// The exponent of their popularity.
    pub exponent: f64,
    /// Milliseconds between two reads.
    pub every: u64,
    /// How many seconds are counted. The minute before them fills the cache.
    pub seconds: u64,
}

impl Reads {
    /// Runs the reads.
    pub fn run(self, rule: Refresh, seed: u64) -> Met {
        const WARM_UP: u64 = 60_000;
        let every = self.every.max(1);
        let moments =
            (0..(WARM_UP + 1_000 * self.seconds) / every).map(|at| at * every);
        let keys = Zipf::new(self.keys, self.exponent, seed);
        refresh_ahead_from(WARM_UP, moments.zip(keys), rule)
    }

    /// The share of reads that wait and the loads in all, in theory: each key is read
    /// at random moments.
    ///
    /// A copy's successor is loaded from the first read on that finds the copy older
    /// than `from_age`. So there is a load for each `from_age`, load, and mean distance
    /// of two reads. Readers wait in two cases. If nobody reads between `from_age` and
    /// the end, the next one waits, and all that come during the load. And if the first
    /// read there comes so late that the load ends after the copy, those wait that come
    /// between the two ends.
    pub fn expected(self, rule: Refresh) -> (f64, f64) {
        let weights = || (1..=self.keys).map(|rank| float(rank).powf(-self.exponent));
        let all: f64 = weights().sum();
        let load = float(rule.load);
        let from = float(rule.from_age.min(rule.ttl));
        let window = float(rule.ttl) - from;
        let (mut waits, mut loads) = (0.0, 0.0);
        for weight in weights() {
            let rate = weight / all / float(self.every.max(1));
            let cycle = from + load + 1.0 / rate;
            let (nobody, last) = ((-rate * window).exp(), (window - load).max(0.0));
            // The mean of what a load that starts in the window lasts beyond its end.
            let beyond = (last - (window - load) + 1.0 / rate) * (-rate * last).exp()
                - (load + 1.0 / rate) * nobody;
            waits += (nobody * (1.0 + rate * load) + rate * beyond) / cycle;
            loads += 1.0 / cycle;
        }
        (
            waits * float(self.every.max(1)),
            loads * 1_000.0 * float(self.seconds),
        )
    }
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

    #[test]
    fn a_read_after_the_end_waits_for_the_refresh_that_is_under_way() {
        // Loaded from 0 to 10, refreshed from 105 on: the copy ends at 110, the next
        // one comes at 115.
        let met = refresh_ahead([(0, 1), (105, 1), (112, 1), (116, 1)], RULE);
        assert_eq!((met.loads, met.refreshes), (1, 1));
        assert_eq!((met.waited, met.hits, met.wasted), (2, 2, 0));
    }

    #[test]
    fn what_is_still_fresh_at_the_end_is_not_wasted() {
        assert_eq!(refresh_ahead([(0, 1), (95, 1), (150, 2)], RULE).wasted, 0);
        assert_eq!(refresh_ahead([(0, 1), (95, 1), (250, 2)], RULE).wasted, 1);
    }

    #[test]
    fn waits_and_loads_are_those_of_the_formula() {
        let reads = Reads {
            keys: 100,
            exponent: 0.8,
            every: 20,
            seconds: 600,
        };
        for (from_age, load) in
            [(5_000, 300), (4_000, 300), (4_800, 500), (2_000, 1_000)]
        {
            let rule = Refresh {
                ttl: 5_000,
                from_age,
                load,
            };
            let runs: Vec<Met> = (0..5).map(|seed| reads.run(rule, seed)).collect();
            let mean = |of: fn(&Met) -> f64| runs.iter().map(of).sum::<f64>() / 5.0;
            let waited = mean(|met| f64::from(met.waited)) / 30_000.0;
            let loads = mean(|met| f64::from(met.loads + met.refreshes));
            let (waits, all) = reads.expected(rule);
            assert!(
                (waited / waits - 1.0).abs() < 0.03,
                "{rule:?} {waited} {waits}"
            );
            assert!((loads / all - 1.0).abs() < 0.02, "{rule:?} {loads} {all}");
        }
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
