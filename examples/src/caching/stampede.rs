//! A popular entry expires: who loads it again, and who waits.
//!
//! Shown in `src/caching/stampede.md`.
//!
//! Random early expiry is the `XFetch` rule of Vattani, Chierichetti and Lowenstein, "Optimal Probabilistic Cache
//! Stampede Prevention", PVLDB 8(8), 2015. Serving stale while one request refreshes is RFC 5861.

use crate::number::float;
use crate::random::Random;

/// What a request does that finds the entry expired, or about to be.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Guard {
    /// It loads, like every other one.
    None,
    /// The first one loads, the others wait for its result.
    SingleFlight,
    /// The first one starts a load; all get the old copy meanwhile.
    ServeStale,
    /// Some requests load before the entry expires, at random, and more likely the closer the expiry. The factor is
    /// the rule's beta; 1 is the usual choice.
    Early(f64),
}

/// The entry and its traffic. Times are microseconds.
#[derive(Debug, Clone, Copy)]
pub struct Traffic {
    /// Mean time between requests, which come at random.
    pub mean_gap: f64,
    /// How long the entry lives after it was loaded.
    pub ttl: u64,
    /// How long a load takes.
    pub load: u64,
    /// How long the traffic lasts.
    pub duration: u64,
}

/// What the database and the requests met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Requests in all.
    pub requests: u32,
    /// Loads from the database.
    pub loads: u32,
    /// The most loads that ran at the same time.
    pub most_at_once: usize,
    /// Requests that waited for a load.
    pub waited: u32,
}

// ANCHOR: run
/// Sends the traffic at an entry that was loaded at time 0.
pub fn stampede(guard: Guard, traffic: Traffic, seed: u64) -> Met {
    let mut random = Random::new(seed);
    let mut met = Met::default();
    let mut expires = traffic.ttl;
    let mut loading: Vec<u64> = Vec::new();
    let mut now = 0;
    if traffic.mean_gap <= 0.0 {
        return met;
    }
    loop {
        now += random.exponential_us(traffic.mean_gap);
        if now >= traffic.duration {
            return met;
        }
        met.requests += 1;
        for done in loading.extract_if(.., |done| *done <= now) {
            expires = expires.max(done + traffic.ttl);
        }
        let is_expired = now >= expires;
        let (loads, waits) = match guard {
            Guard::None => (is_expired, is_expired),
            Guard::SingleFlight => (is_expired && loading.is_empty(), is_expired),
            Guard::ServeStale => (is_expired && loading.is_empty(), false),
            Guard::Early(beta) => {
                let ahead = random.exponential_us(float(traffic.load) * beta);
                let starts = now + ahead >= expires;
                (starts, starts)
            }
        };
        met.waited += u32::from(waits);
        if loads {
            met.loads += 1;
            loading.push(now + traffic.load);
            met.most_at_once = met.most_at_once.max(loading.len());
        }
    }
}
// ANCHOR_END: run

#[cfg(test)]
mod tests {
    use super::*;

    const TRAFFIC: Traffic = Traffic {
        mean_gap: 1_000.0,
        ttl: 10_000_000,
        load: 200_000,
        duration: 100_000_000,
    };

    #[test]
    fn without_a_guard_an_expiry_costs_as_many_loads_as_requests_come_during_one() {
        let met = stampede(Guard::None, TRAFFIC, 1);
        // 9 expiries in 100 s, each with 1 + 1,000 requests/s × 0.2 s loads.
        let expected = 9.0 * (1.0 + 200.0);
        assert!(
            (f64::from(met.loads) - expected).abs() < 0.05 * expected,
            "{met:?}"
        );
        assert_eq!(met.loads, met.waited);
    }

    #[test]
    fn single_flight_loads_once_an_expiry_and_makes_the_same_requests_wait() {
        for seed in 0..20 {
            let met = stampede(Guard::SingleFlight, TRAFFIC, seed);
            assert_eq!((met.loads, met.most_at_once), (9, 1));
            // Those that come during nine loads of 0.2 s.
            assert!(met.waited.abs_diff(1_800) < 200, "{met:?}");
            let stale = stampede(Guard::ServeStale, TRAFFIC, seed);
            assert_eq!((stale.loads, stale.waited), (9, 0));
        }
    }

    #[test]
    fn early_expiry_keeps_loads_few() {
        for seed in 0..20 {
            let met = stampede(Guard::Early(1.0), TRAFFIC, seed);
            assert!(met.loads < 60 && met.most_at_once < 12, "{met:?}");
        }
    }
}
