//! Windows over a stream whose events arrive late and out of order, closed by a
//! watermark.
//!
//! Shown in `src/processing/windows.md`.
//!
//! After T. Akidau et al., "The Dataflow Model", *Proceedings of the VLDB Endowment*
//! 8(12), 2015. Times are in milliseconds.

use std::collections::BTreeMap;
use std::f64::consts::FRAC_PI_2;

use crate::random::Random;

/// An event: when it happened, and when it arrived.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamped {
    /// When it happened.
    pub event: u64,
    /// When it arrived.
    pub arrival: u64,
}

/// A window's result.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Fired {
    /// When the window begins, in event time.
    pub start: u64,
    /// How many events it counted.
    pub count: u64,
    /// When the result came out, in arrival time.
    pub at: u64,
}

/// Counts in tumbling windows: adjacent, and all of the same size.
#[derive(Debug, Clone)]
pub struct Tumbling {
    size: u64,
    slack: u64,
    newest: u64,
    open: BTreeMap<u64, u64>,
    late: u64,
}

impl Tumbling {
    /// Windows of a size; the watermark stays `slack` before the newest event that was
    /// seen.
    pub fn new(size: u64, slack: u64) -> Self {
        Self {
            size: size.max(1),
            slack,
            newest: 0,
            open: BTreeMap::new(),
            late: 0,
        }
    }

    // ANCHOR: push
    /// The time up to which all events are assumed to have arrived.
    pub fn watermark(&self) -> u64 {
        self.newest.saturating_sub(self.slack)
    }

    /// Takes an event, and returns the windows that it closes, oldest first. An event
    /// of a closed window is dropped.
    pub fn push(&mut self, Stamped { event, arrival }: Stamped) -> Vec<Fired> {
        let start = event / self.size * self.size;
        if start + self.size <= self.watermark() {
            self.late += 1;
            return Vec::new();
        }
        *self.open.entry(start).or_default() += 1;
        self.newest = self.newest.max(event);
        let mut fired = Vec::new();
        while let Some(first) = self.open.first_entry() {
            if first.key() + self.size > self.newest.saturating_sub(self.slack) {
                break;
            }
            let (start, count) = first.remove_entry();
            fired.push(Fired {
                start,
                count,
                at: arrival,
            });
        }
        fired
    }
    // ANCHOR_END: push

    /// How many events came too late.
    pub fn late(&self) -> u64 {
        self.late
    }
}

// ANCHOR: sliding
/// The starts of all windows of `size` that hold an event, if a new one begins every
/// `slide`.
pub fn windows_of(event: u64, size: u64, slide: u64) -> Vec<u64> {
    let slide = slide.max(1);
    let newest = event / slide * slide;
    let starts = (0..).map_while(|n| newest.checked_sub(n * slide));
    starts.take_while(|start| start + size > event).collect()
}
// ANCHOR_END: sliding

/// How long events take to arrive. Both times are exponentially distributed, and given
/// by their means in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delays {
    /// The transit time of every event.
    pub way: f64,
    /// The share of events that happen where there is no connection, such as in a
    /// tunnel.
    pub cut_off: f64,
    /// How long these wait before they can be sent.
    pub wait: f64,
}

/// Events on average `between` apart, in the order in which they arrive.
pub fn delayed_events(
    count: usize,
    between: f64,
    delays: Delays,
    seed: u64,
) -> Vec<Stamped> {
    let mut random = Random::new(seed);
    // A separate generator, so that the same events happen, with the same transit
    // times, whatever share of them is disconnected.
    let mut tunnels = Random::new(seed ^ 1 << 63);
    let mut event = 0;
    let mut events: Vec<Stamped> = (0..count)
        .map(|_| {
            event += random.exponential_us(between);
            let waits = tunnels.chance(delays.cut_off);
            let wait = tunnels.exponential_us(delays.wait);
            let arrival = event
                + random.exponential_us(delays.way)
                + if waits { wait } else { 0 };
            Stamped { event, arrival }
        })
        .collect();
    events.sort_by_key(|stamped| stamped.arrival);
    events
}

// ANCHOR: late
/// The share of events that come after their window was closed, if they are `between`
/// apart. All times are in milliseconds.
///
/// An event is late if its delay is longer than the slack and the rest of its window
/// together, so this is the integral of that over the window, for one exponential delay
/// and for the sum of two. The newest event that has arrived is itself a little old,
/// and that adds to the slack: it is the first of a Poisson process of growing rate, on
/// average √(π/2 × transit × between).
pub fn late_share(window: f64, slack: f64, between: f64, delays: Delays) -> f64 {
    let Delays { way, cut_off, wait } = delays;
    let slack = slack + (FRAC_PI_2 * way * between).sqrt();
    let late = |mean: f64| {
        mean * (-slack / mean).exp() * (1.0 - (-window / mean).exp()) / window
    };
    let both = (wait * late(wait) - way * late(way)) / (wait - way);
    (1.0 - cut_off) * late(way) + cut_off * both
}
// ANCHOR_END: late

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    #[test]
    fn a_window_slides_and_overlaps() {
        assert_eq!(windows_of(65, 60, 20), [60, 40, 20]);
        assert_eq!(windows_of(60, 60, 60), [60]);
        assert_eq!(windows_of(5, 60, 20), [0]);
    }

    #[test]
    fn the_share_of_late_events_is_the_formula_s() {
        let (way, wait) = (2_000.0, 30_000.0);
        for (window, slack, cut_off) in [
            (60_000_u32, 4_000_u32, 0.0),
            (60_000, 8_000, 0.01),
            (60_000, 30_000, 0.01),
            (60_000, 20_000, 0.2),
            (5_000, 1_000, 0.0),
        ] {
            let delays = Delays { way, cut_off, wait };
            let theory = late_share(f64::from(window), f64::from(slack), 10.0, delays);
            let late: u64 = (0..5)
                .map(|seed| {
                    let mut windows =
                        Tumbling::new(u64::from(window), u64::from(slack));
                    for event in delayed_events(100_000, 10.0, delays, seed) {
                        windows.push(event);
                    }
                    windows.late()
                })
                .sum();
            let found = float(late) / 500_000.0;
            assert!(
                (found / theory - 1.0).abs() < 0.12,
                "window {window}, slack {slack}, cut off {cut_off}: {found} for {theory}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_slack_beyond_the_longest_delay_loses_nothing(
            seed in any::<u64>(), size in 1..500u64, slack in 0..400u64,
        ) {
            let events = delayed_events(200, 10.0, Delays { way: 50.0, cut_off: 0.1, wait: 200.0 }, seed);
            let mut windows = Tumbling::new(size, slack);
            let mut fired: Vec<Fired> = events.iter().flat_map(|e| windows.push(*e)).collect();
            let counted: u64 = fired.iter().map(|f| f.count).sum::<u64>() + windows.open.values().sum::<u64>();
            prop_assert_eq!(counted + windows.late(), 200);
            let longest = events.iter().map(|e| e.arrival - e.event).max().unwrap();
            if slack >= longest {
                prop_assert_eq!(windows.late(), 0);
                // The reference: count by event time alone.
                for window in &fired {
                    let within = |e: &&Stamped| e.event / size * size == window.start;
                    prop_assert_eq!(events.iter().filter(within).count() as u64, window.count);
                }
            }
            prop_assert!(fired.iter().all(|f| f.count > 0));
            fired.dedup_by_key(|f| f.start);
            prop_assert!(fired.is_sorted_by_key(|f| f.start));
        }

        #[test]
        fn an_event_is_in_exactly_the_windows_that_span_it(event in 0..5_000u64, size in 1..300u64, slide in 1..300u64) {
            let expected: Vec<u64> = (0..=event).rev().filter(|s| s % slide == 0 && s + size > event).collect();
            prop_assert_eq!(windows_of(event, size, slide), expected);
        }
    }
}
