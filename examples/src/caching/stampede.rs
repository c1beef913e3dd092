//! A popular entry expires: who loads it again, and who waits.
//!
//! Shown in `src/caching/stampede.md`.
//!
//! Random early expiry is the `XFetch` rule of Vattani, Chierichetti and Lowenstein,
//! "Optimal Probabilistic Cache Stampede Prevention", PVLDB 8(8), 2015. Serving stale
//! while one request refreshes is RFC 5861.

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
    /// Some requests load before the entry expires, at random, and more likely the
    /// closer the expiry. The factor is the rule's beta; 1 is the usual choice.
    Early(f64),
}

/// The entry and its traffic. Times are seconds.
#[derive(Debug, Clone, Copy)]
pub struct Traffic {
    /// Requests a second, which come at random.
    pub rate: f64,
    /// How long the entry lives after it was loaded.
    pub ttl: f64,
    /// How long a load takes.
    pub load: f64,
    /// How long the traffic lasts.
    pub duration: f64,
}

/// What the database and the requests met.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Requests in all.
    pub requests: u32,
    /// Loads from the database.
    pub loads: u32,
    /// Loads that started while no other one ran. Each begins a stampede, even if it is
    /// one of a single load.
    pub first_loads: u32,
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
    // When each of the loads that run now will be done.
    let mut loading: Vec<f64> = Vec::new();
    let mut now = 0.0;
    if traffic.rate <= 0.0 {
        return met;
    }
    loop {
        now += random.exponential(1.0 / traffic.rate);
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
                let ahead = random.exponential(traffic.load * beta);
                let starts = now + ahead >= expires;
                (starts, starts)
            }
        };
        met.waited += u32::from(waits);
        if loads {
            met.loads += 1;
            met.first_loads += u32::from(loading.is_empty());
            loading.push(now + traffic.load);
            met.most_at_once = met.most_at_once.max(loading.len());
        }
    }
}
// ANCHOR_END: run

impl Met {
    /// How many loads an expiry costs, on average: the loads for each one that started
    /// while no other ran.
    pub fn loads_an_expiry(&self) -> f64 {
        f64::from(self.loads) / f64::from(self.first_loads.max(1))
    }
}

/// How many loads an expiry costs on average, in theory.
///
/// Without a guard these are the first load and the requests during it. With early
/// expiry, requests load at a rate that grows as e^(t / (beta × load)); while the first
/// load runs, it grows by the factor e^(1 / beta), and so does the expected number of
/// loads since the entry came. That holds if many requests come during a load, and the
/// entry lives much longer than a load takes.
pub fn expected_loads(guard: Guard, traffic: Traffic) -> f64 {
    match guard {
        Guard::None => 1.0 + traffic.rate * traffic.load,
        Guard::SingleFlight | Guard::ServeStale => 1.0,
        Guard::Early(beta) => (1.0 / beta).exp(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TRAFFIC: Traffic = Traffic {
        rate: 1_000.0,
        ttl: 10.0,
        load: 0.2,
        duration: 100.0,
    };

    #[test]
    fn without_a_guard_an_expiry_costs_as_many_loads_as_requests_come_during_one() {
        let met = stampede(Guard::None, TRAFFIC, 1);
        // 9 expiries in 100 s, each with 1 + 1,000 requests/s × 0.2 s loads.
        assert_eq!(met.first_loads, 9);
        let expected = expected_loads(Guard::None, TRAFFIC);
        assert!((expected - 201.0).abs() < 1e-9);
        assert!(
            (met.loads_an_expiry() / expected - 1.0).abs() < 0.05,
            "{met:?}"
        );
        assert_eq!(met.loads, met.waited);
    }

    #[test]
    fn single_flight_loads_once_an_expiry_and_makes_the_same_requests_wait() {
        for seed in 0..20 {
            let met = stampede(Guard::SingleFlight, TRAFFIC, seed);
            assert_eq!((met.loads, met.first_loads, met.most_at_once), (9, 9, 1));
            // Those that come during nine loads of 0.2 s.
            assert!(met.waited.abs_diff(1_800) < 200, "{met:?}");
            let stale = stampede(Guard::ServeStale, TRAFFIC, seed);
            assert_eq!((stale.loads, stale.waited), (9, 0));
        }
    }

    /// For any traffic with many requests during a load, an expiry costs as many loads
    /// as the formula says.
    #[test]
    fn early_expiry_costs_the_same_few_loads_whatever_the_traffic() {
        for (rate, load) in [(100.0, 0.2), (400.0, 0.1), (400.0, 0.2)] {
            let traffic = Traffic {
                rate,
                load,
                ..TRAFFIC
            };
            for beta in [1.0, 2.0, 3.0] {
                let guard = Guard::Early(beta);
                let mut sum = Met::default();
                // 270 expiries and more: a standard error of 5 % with a beta of 1, and
                // less with a larger one.
                for seed in 0..30 {
                    let met = stampede(guard, traffic, seed);
                    sum.loads += met.loads;
                    sum.first_loads += met.first_loads;
                }
                let expected = expected_loads(guard, traffic);
                let ratio = sum.loads_an_expiry() / expected;
                assert!((ratio - 1.0).abs() < 0.15, "{traffic:?} {beta}: {ratio}");
            }
        }
    }

    #[test]
    fn no_traffic_loads_nothing() {
        let none = Traffic {
            rate: 0.0,
            ..TRAFFIC
        };
        let met = stampede(Guard::None, none, 1);
        assert_eq!((met, met.loads_an_expiry()), (Met::default(), 0.0));
    }
}
