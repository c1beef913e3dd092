//! Rate limiters: token bucket, leaky bucket, fixed and sliding windows.
//!
//! Shown in `src/queues/rate-limits.md`.
//!
//! The token bucket is that of J. Turner, "New Directions in Communications (or Which
//! Way to the Information Age?)", *IEEE Communications Magazine* 24(10), 1986, who
//! called it a leaky bucket; RFC 2697 uses it for packets. Times are in milliseconds.

use std::collections::VecDeque;

/// Decides whether a request may pass at a given time. Times never decrease.
pub trait Limiter {
    /// Whether a request at this time may pass; if so, it is counted.
    fn allow(&mut self, now: u64) -> bool;
}

/// Tokens come in at a rate, up to a limit, and each request takes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenBucket {
    rate: u64,
    burst: u64,
    /// In thousandths of a token, so that a millisecond adds `rate` of them.
    level: u64,
    updated: u64,
}

impl TokenBucket {
    /// A full bucket with room for `burst` tokens, to which `rate` come a second.
    pub fn new(rate: u64, burst: u64) -> Self {
        Self {
            rate,
            burst,
            level: burst * 1_000,
            updated: 0,
        }
    }
}

impl Limiter for TokenBucket {
    // ANCHOR: token
    fn allow(&mut self, now: u64) -> bool {
        let came = self.rate * (now - self.updated);
        self.level = (self.level + came).min(self.burst * 1_000);
        self.updated = now;
        let passes = self.level >= 1_000;
        if passes {
            self.level -= 1_000;
        }
        passes
    }
    // ANCHOR_END: token
}

/// A queue with a constant output rate: requests leave `interval` apart, and those that
/// find no place are refused.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeakyBucket {
    interval: u64,
    places: u64,
    next_out: u64,
}

impl LeakyBucket {
    /// A bucket that lets one out every `interval` milliseconds and in which `places`
    /// can wait.
    pub fn new(interval: u64, places: u64) -> Self {
        Self {
            interval,
            places,
            next_out: 0,
        }
    }

    // ANCHOR: leaky
    /// When a request that comes now gets out, or `None` if the bucket is full.
    pub fn offer(&mut self, now: u64) -> Option<u64> {
        let out = self.next_out.max(now);
        if out - now > self.places * self.interval {
            return None;
        }
        self.next_out = out + self.interval;
        Some(out)
    }
    // ANCHOR_END: leaky
}

/// Counts requests in windows that start at multiples of their width.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FixedWindow {
    limit: u64,
    width: u64,
    window: u64,
    count: u64,
}

impl FixedWindow {
    /// At most `limit` in each window.
    pub fn new(limit: u64, width: u64) -> Self {
        Self {
            limit,
            width: width.max(1),
            window: 0,
            count: 0,
        }
    }
}

impl Limiter for FixedWindow {
    // ANCHOR: fixed
    fn allow(&mut self, now: u64) -> bool {
        let window = now / self.width;
        if window != self.window {
            self.window = window;
            self.count = 0;
        }
        let passes = self.count < self.limit;
        self.count += u64::from(passes);
        passes
    }
    // ANCHOR_END: fixed
}

/// Remembers the time of each request that passed in the last window.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlidingLog {
    limit: usize,
    width: u64,
    passed: VecDeque<u64>,
}

impl SlidingLog {
    /// At most `limit` in any window of this width, wherever it starts.
    pub fn new(limit: usize, width: u64) -> Self {
        Self {
            limit,
            width,
            passed: VecDeque::new(),
        }
    }
}

impl Limiter for SlidingLog {
    // ANCHOR: log
    fn allow(&mut self, now: u64) -> bool {
        while self
            .passed
            .front()
            .is_some_and(|time| time + self.width <= now)
        {
            self.passed.pop_front();
        }
        let passes = self.passed.len() < self.limit;
        if passes {
            self.passed.push_back(now);
        }
        passes
    }
    // ANCHOR_END: log
}

/// Two counts: the last window's, weighed by how much of it the sliding window still
/// covers, and this one's.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SlidingCounter {
    limit: u64,
    width: u64,
    window: u64,
    before: u64,
    count: u64,
}

impl SlidingCounter {
    /// About `limit` in any window of this width.
    pub fn new(limit: u64, width: u64) -> Self {
        Self {
            limit,
            width: width.max(1),
            window: 0,
            before: 0,
            count: 0,
        }
    }
}

impl Limiter for SlidingCounter {
    // ANCHOR: counter
    fn allow(&mut self, now: u64) -> bool {
        let window = now / self.width;
        if window != self.window {
            let next = window == self.window + 1;
            self.before = if next { self.count } else { 0 };
            self.window = window;
            self.count = 0;
        }
        let covered = self.width - now % self.width;
        let estimate = self.before * covered + self.count * self.width;
        let passes = estimate + self.width <= self.limit * self.width;
        self.count += u64::from(passes);
        passes
    }
    // ANCHOR_END: counter
}

/// The times at which a request passes, of those at which one arrives.
pub fn passed(limiter: &mut dyn Limiter, times: &[u64]) -> Vec<u64> {
    let times = times.iter().copied();
    times.filter(|time| limiter.allow(*time)).collect()
}

// ANCHOR: most
/// The largest number of these times, which are in order, that fall into one window of
/// this width.
pub fn most_in_a_window(times: &[u64], width: u64) -> usize {
    let ends = |start: u64| times.partition_point(|time| *time < start + width);
    let counts = times.iter().enumerate().map(|(n, start)| ends(*start) - n);
    counts.max().unwrap_or(0)
}
// ANCHOR_END: most

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn times() -> impl Strategy<Value = Vec<u64>> {
        prop::collection::vec(0..120u64, 1..200).prop_map(|gaps| {
            let gaps = gaps
                .iter()
                .map(|gap| if *gap < 90 { *gap / 15 } else { gap * 10 });
            gaps.scan(0, |at, gap| {
                *at += gap;
                Some(*at)
            })
            .collect()
        })
    }

    /// The generic cell rate algorithm of ITU-T I.371, an independent way to the same
    /// decisions. In thousandths of a token.
    fn gcra(rate: u64, burst: u64, times: &[u64]) -> Vec<u64> {
        let mut arrival = 0;
        let mut result = Vec::new();
        for time in times {
            let now = time * rate;
            if arrival <= now + (burst - 1) * 1_000 {
                arrival = arrival.max(now) + 1_000;
                result.push(*time);
            }
        }
        result
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(96))]

        #[test]
        fn a_token_bucket_is_the_cell_rate_algorithm(times in times(), rate in 1..50u64, burst in 1..20u64) {
            prop_assert_eq!(passed(&mut TokenBucket::new(rate, burst), &times), gcra(rate, burst, &times));
        }

        #[test]
        fn no_interval_passes_more_than_burst_and_rate(times in times(), rate in 1..50u64, burst in 1..20u64) {
            let out = passed(&mut TokenBucket::new(rate, burst), &times);
            for (n, first) in out.iter().enumerate() {
                for (m, last) in out.iter().enumerate().skip(n) {
                    prop_assert!((m - n + 1) as u64 * 1_000 <= burst * 1_000 + rate * (last - first));
                }
            }
        }

        #[test]
        fn the_log_keeps_its_limit_in_every_window(times in times(), limit in 1..20usize) {
            let out = passed(&mut SlidingLog::new(limit, 1_000), &times);
            prop_assert!(most_in_a_window(&out, 1_000) <= limit);
            // And it refuses no request without a reason.
            for time in times.iter().filter(|time| !out.contains(time)) {
                let recent = out.iter().filter(|t| **t <= *time && *time < **t + 1_000).count();
                prop_assert_eq!(recent, limit);
            }
        }

        #[test]
        fn windows_pass_at_most_twice_their_limit(times in times(), limit in 1..20u64) {
            let fixed = passed(&mut FixedWindow::new(limit, 1_000), &times);
            let counter = passed(&mut SlidingCounter::new(limit, 1_000), &times);
            prop_assert!(most_in_a_window(&fixed, 1_000) as u64 <= 2 * limit);
            prop_assert!(most_in_a_window(&counter, 1_000) as u64 <= 2 * limit);
        }

        #[test]
        fn a_leaky_bucket_is_even_and_in_order(times in times(), interval in 1..200u64, places in 0..9u64) {
            let mut bucket = LeakyBucket::new(interval, places);
            let out: Vec<u64> = times.iter().filter_map(|time| {
                let out = bucket.offer(*time);
                assert!(out.is_none_or(|out| out - time <= places * interval));
                out
            }).collect();
            prop_assert!(out.windows(2).all(|pair| pair[1] - pair[0] >= interval));
        }
    }
}
