//! A failure detector that waits for heartbeats, on a network that delays and loses
//! them.
//!
//! Shown in `src/availability/heartbeats.md`.
//!
//! That such a detector can be fast or accurate, but not both, is the subject of T. D.
//! Chandra and S. Toueg, "Unreliable Failure Detectors for Reliable Distributed
//! Systems", *Journal of the ACM* 43(2), 1996. Times are in milliseconds.

use crate::random::Random;

/// How heartbeats travel.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Heartbeats {
    /// The time between two heartbeats.
    pub interval: f64,
    /// The mean delay of a heartbeat, exponentially distributed.
    pub delay: f64,
    /// The share of heartbeats that are lost, from 0 to 1.
    pub loss: f64,
    /// After a lost heartbeat, the share of cases in which the next one is lost as
    /// well. If it equals `loss`, losses are independent; in bursts of n on average it
    /// is 1 - 1/n (the model of E. N. Gilbert, "Capacity of a Burst-Noise Channel",
    /// *Bell System Technical Journal* 39(5), 1960).
    pub again: f64,
}

/// What arrived of the heartbeats of a server that crashed.
#[derive(Debug, Clone, PartialEq)]
pub struct Heard {
    /// When heartbeats arrived, in order.
    arrivals: Vec<f64>,
    /// When the server crashed.
    crash: f64,
}

/// What a detector said.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Verdict {
    /// How often it declared a live server dead.
    pub false_alarms: u32,
    /// The time from the crash until it noticed.
    pub detection: f64,
}

// ANCHOR: watch
impl Heartbeats {
    /// What arrives from a server that sends `beats` heartbeats and then crashes.
    pub fn hear(&self, beats: u32, seed: u64) -> Heard {
        let mut random = Random::new(seed);
        let mut is_lost = false;
        let mut arrivals = Vec::new();
        for beat in 0..beats {
            is_lost = random.chance(self.next_loss(is_lost));
            let delay = random.exponential(self.delay);
            if !is_lost {
                arrivals.push(f64::from(beat) * self.interval + delay);
            }
        }
        arrivals.sort_by(f64::total_cmp);
        let crash = f64::from(beats) * self.interval;
        Heard { arrivals, crash }
    }
}

impl Heard {
    /// What a detector says for which the sender counts as dead after this long without
    /// a heartbeat.
    pub fn judge(&self, timeout: f64) -> Verdict {
        let gaps = self.arrivals.windows(2).map(|pair| pair[1] - pair[0]);
        let last = self.arrivals.last().copied().unwrap_or(0.0);
        Verdict {
            false_alarms: gaps.map(|gap| u32::from(gap > timeout)).sum(),
            detection: last + timeout - self.crash,
        }
    }
}
// ANCHOR_END: watch

impl Heartbeats {
    /// How many false alarms are expected of this many heartbeats if they aren't
    /// delayed. A gap longer than the time-out takes as many lost ones in a row as the
    /// time-out has whole intervals.
    pub fn expected_alarms(&self, beats: u32, timeout: f64) -> f64 {
        let in_a_row = (timeout / self.interval).floor();
        let bursts = f64::from(beats) * self.loss * (1.0 - self.again);
        bursts * self.again.powf(in_a_row - 1.0)
    }

    /// The probability that the next heartbeat is lost, given whether the last one was.
    /// Together they keep the share of lost ones at `loss`.
    fn next_loss(&self, is_last_lost: bool) -> f64 {
        if is_last_lost {
            self.again
        } else {
            self.loss * (1.0 - self.again) / (1.0 - self.loss)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const STEADY: Heartbeats = Heartbeats {
        interval: 1_000.0,
        delay: 0.0,
        loss: 0.1,
        again: 0.1,
    };

    #[test]
    fn with_loss_alone_alarms_are_as_many_as_the_formula_says() {
        // A gap above 2.5 intervals takes two lost heartbeats, between one that arrived
        // and the next.
        let seen = STEADY.hear(1_000_000, 1).judge(2_500.0);
        let theory = 1_000_000.0 * 0.9 * 0.1 * 0.1;
        assert!(
            (STEADY.expected_alarms(1_000_000, 2_500.0) / theory - 1.0).abs() < 1e-9
        );
        assert!(
            (f64::from(seen.false_alarms) / theory - 1.0).abs() < 0.02,
            "{seen:?}"
        );
    }

    #[test]
    fn with_bursts_alarms_are_as_many_as_the_formula_says() {
        // A burst begins at the share loss × (1 - again) of the heartbeats, and has at
        // least k with again^(k - 1).
        for (again, lost) in [(0.5, 1), (2.0 / 3.0, 3), (0.9, 5)] {
            let heartbeats = Heartbeats { again, ..STEADY };
            let timeout = 1_000.0 * (f64::from(lost) + 0.5);
            let seen = heartbeats.hear(1_000_000, 2).judge(timeout);
            let theory = 1_000_000.0 * 0.1 * (1.0 - again) * again.powi(lost - 1);
            let expected = heartbeats.expected_alarms(1_000_000, timeout);
            assert!((expected / theory - 1.0).abs() < 1e-9);
            let seen = f64::from(seen.false_alarms);
            assert!(
                (seen / theory - 1.0).abs() < 0.05,
                "{again}: {seen} {theory}"
            );
        }
    }

    #[test]
    fn without_loss_and_delay_there_is_no_false_alarm() {
        let lossless = Heartbeats {
            loss: 0.0,
            again: 0.0,
            ..STEADY
        };
        let seen = lossless.hear(1_000, 1).judge(2_500.0);
        assert_eq!(seen.false_alarms, 0);
        assert!((seen.detection - 1_500.0).abs() < 1e-6);
    }

    #[test]
    fn a_longer_timeout_has_fewer_alarms_and_notices_later() {
        let late = Heartbeats {
            delay: 200.0,
            ..STEADY
        };
        let heard = late.hear(50_000, 7);
        let (short, long) = (heard.judge(1_500.0), heard.judge(5_000.0));
        assert!(short.false_alarms > 50 * long.false_alarms);
        assert!((long.detection - short.detection - 3_500.0).abs() < 1e-6);
    }
}
