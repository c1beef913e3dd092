//! An active server and a passive one that takes over, in virtual time. Times are in
//! milliseconds.
//!
//! Shown in `src/availability/failover.md`.

use crate::number::float;

/// How ready the passive server is, and with that how long it takes to serve.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Standby {
    /// It runs, has the data, and only takes over the address.
    Hot,
    /// It runs, and has to load the data first.
    Warm,
    /// It has to be started.
    Cold,
}

/// A pair of servers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Pair {
    /// The time between two heartbeats.
    pub interval: u64,
    /// After how many heartbeats in a row that don't come the passive server takes
    /// over.
    pub missed: u64,
    /// How ready the passive server is.
    pub standby: Standby,
    /// How long it takes to move the address to the passive server.
    pub take_address: u64,
    /// How long it takes to load the data, when it has to be loaded.
    pub load: u64,
    /// How long it takes to start the machine, when it has to be started.
    pub boot: u64,
}

// ANCHOR: pair
impl Pair {
    /// When the passive server declares the active one dead that crashed at some time.
    ///
    /// Heartbeats leave at 0, one interval, two intervals and so on, and take no time.
    /// One is missed when its time has passed.
    pub fn detected_at(&self, crash: u64) -> u64 {
        let last_beat = crash.saturating_sub(1) / self.interval.max(1) * self.interval;
        last_beat + self.missed.max(1) * self.interval
    }

    /// The time from the decision until the passive server serves.
    pub fn takeover(&self) -> u64 {
        self.take_address
            + match self.standby {
                Standby::Hot => 0,
                Standby::Warm => self.load,
                Standby::Cold => self.boot + self.load,
            }
    }

    /// How long the service is down after a crash.
    pub fn downtime(&self, crash: u64) -> u64 {
        self.detected_at(crash) + self.takeover() - crash
    }
    // ANCHOR_END: pair

    /// The shortest, the mean and the longest downtime over every moment between two
    /// heartbeats at which the crash may come, one for each millisecond.
    pub fn downtimes(&self) -> (u64, f64, u64) {
        let interval = self.interval.max(1);
        let times = (1..=interval).map(|at| self.downtime(interval + at));
        let (mut shortest, mut longest, mut sum) = (u64::MAX, 0, 0);
        for time in times {
            shortest = shortest.min(time);
            longest = longest.max(time);
            sum += time;
        }
        (shortest, float(sum) / float(interval), longest)
    }

    /// What happens around a crash, as lines such as `1000 ms  active -> passive:
    /// heartbeat`.
    pub fn trace(&self, crash: u64) -> Vec<String> {
        let interval = self.interval.max(1);
        let beats = (0..).map(|n| n * interval).take_while(|time| *time < crash);
        let mut lines: Vec<String> = beats
            .map(|time| format!("{time} ms  active -> passive: heartbeat"))
            .collect();
        lines.push(format!("{crash} ms  active -> active: crashes"));
        let detected = self.detected_at(crash);
        let late = (0..).map(|n| n * interval).skip_while(|time| *time < crash);
        for (time, n) in late.take_while(|time| *time <= detected).zip(1..) {
            lines.push(format!(
                "{time} ms  passive -> passive: heartbeat {n} missed"
            ));
        }
        lines.push(format!(
            "{detected} ms  passive -> network: take over the address"
        ));
        let serves = detected + self.takeover();
        lines.push(format!("{serves} ms  client -> passive: request, answered"));
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pair(standby: Standby) -> Pair {
        Pair {
            interval: 1_000,
            missed: 3,
            standby,
            take_address: 200,
            load: 30_000,
            boot: 60_000,
        }
    }

    #[test]
    fn a_colder_standby_takes_longer() {
        let takeover =
            [Standby::Hot, Standby::Warm, Standby::Cold].map(|s| pair(s).takeover());
        assert_eq!(takeover, [200, 30_200, 90_200]);
    }

    proptest! {
        #[test]
        fn the_mean_downtime_is_half_an_interval_less_than_the_missed_ones_take(
            interval in 1..500u64, missed in 1..6u64,
        ) {
            let pair = Pair { interval, missed, ..pair(Standby::Warm) };
            let (shortest, mean, longest) = pair.downtimes();
            let most = missed * interval + pair.takeover();
            prop_assert_eq!((shortest, longest), (most - interval, most - 1));
            let middle = f64::midpoint(1.0, float(interval));
            prop_assert!((mean - (float(most) - middle)).abs() < 1e-6);
        }

        #[test]
        fn detection_takes_between_the_missed_beats_and_one_interval_less(
            interval in 1..500u64, missed in 1..6u64, crash in 1..10_000u64,
        ) {
            let pair = Pair { interval, missed, ..pair(Standby::Hot) };
            let took = pair.detected_at(crash) - crash;
            prop_assert!(took < missed * interval);
            prop_assert!(took + interval >= missed * interval);
        }

        #[test]
        fn the_trace_is_in_order_and_ends_when_service_is_back(crash in 1..10_000u64) {
            let pair = pair(Standby::Warm);
            let trace = pair.trace(crash);
            let times: Vec<u64> = trace.iter().map(|line| line.split(' ').next().unwrap().parse().unwrap()).collect();
            prop_assert!(times.is_sorted());
            prop_assert_eq!(*times.last().unwrap(), crash + pair.downtime(crash));
            let missed = trace.iter().filter(|line| line.contains("missed")).count();
            prop_assert_eq!(missed as u64, pair.missed);
        }
    }
}
