//! Adding and removing servers by a rule, while the load changes and servers need time
//! to start.
//!
//! Shown in `src/balancing/scaling.md`.
//!
//! The rule is that of Kubernetes' horizontal autoscaler: servers × (load / target),
//! rounded up.

use crate::number::{float, whole_count};

/// The rule and the servers it works with. Times are minutes.
#[derive(Debug, Clone, Copy)]
pub struct Scaler {
    /// Requests a second that one server can take.
    pub capacity: f64,
    /// The load that the rule aims at, as a share of the capacity.
    pub target: f64,
    /// How long a new server takes until it serves.
    pub boot: usize,
    /// How long a drop of the load has to last before servers are removed.
    pub hold: usize,
    /// The fewest servers.
    pub least: usize,
}

impl Scaler {
    /// No rule: as many servers as this rate of requests fills.
    pub fn fixed(rate: f64, capacity: f64) -> Self {
        Self {
            capacity,
            target: f64::INFINITY,
            boot: 0,
            hold: 0,
            least: whole_count((rate / capacity).ceil()),
        }
    }
}

/// What a day cost, and what was missing.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Day {
    /// Server-hours paid for; a server costs money from the moment it is ordered.
    pub server_hours: f64,
    /// Minutes in which the load was above the capacity of the servers that served.
    pub overloaded: usize,
    /// The load in the worst minute, as a share of the capacity of the servers that
    /// served.
    pub busiest: f64,
    /// The most servers at once.
    pub most: usize,
    /// How often the number of servers changed.
    pub changes: usize,
    /// Servers that served in each minute.
    pub serving: Vec<usize>,
}

// ANCHOR: run
/// Runs the rule once a minute over a load in requests a second.
pub fn scale(load: &[f64], scaler: Scaler) -> Day {
    let mut day = Day::default();
    let first = wanted(load.first().copied().unwrap_or(0.0), scaler);
    // For each server, the minute from which it serves.
    let mut servers: Vec<usize> = vec![0; first];
    for (now, rate) in load.iter().enumerate() {
        let serving = servers.iter().filter(|ready| **ready <= now).count();
        day.serving.push(serving);
        let capacity = float(serving) * scaler.capacity;
        day.overloaded += usize::from(*rate > capacity);
        day.busiest = day.busiest.max(rate / capacity);
        day.server_hours += float(servers.len()) / 60.0;
        day.most = day.most.max(servers.len());
        let want = wanted(*rate, scaler);
        // Scales down only if fewer were enough during the whole time that a drop has
        // to last.
        let recent = &load[now.saturating_sub(scaler.hold)..=now];
        let keep = recent
            .iter()
            .map(|rate| wanted(*rate, scaler))
            .max()
            .unwrap_or(want);
        let before = servers.len();
        if want > before {
            servers.resize(want, now + scaler.boot);
        } else if keep < before {
            servers.truncate(keep);
        }
        day.changes += usize::from(servers.len() != before);
    }
    day
}

/// How many servers a load needs at the target.
fn wanted(rate: f64, scaler: Scaler) -> usize {
    let servers = (rate / (scaler.capacity * scaler.target)).ceil();
    // No rule without an upper limit.
    whole_count(servers).clamp(scaler.least, scaler.least.max(10_000))
}
// ANCHOR_END: run

/// The minutes of a day.
const DAY: usize = 1_440;

/// A day's load, minute by minute: from `low` at 4 o'clock to `peak` at 16 o'clock and
/// back, with the given mean.
///
/// The wave is a power of a cosine wave: the narrower its peak, the lower its mean, so
/// the mean decides the power. A mean that no such wave has gives the nearest one.
pub fn day_load(low: f64, mean: f64, peak: f64) -> Vec<f64> {
    let wave = |power: f64| {
        let minutes = (0..DAY).map(move |minute| {
            let angle =
                (float(minute) / float(DAY) - 4.0 / 24.0) * std::f64::consts::TAU;
            low + (peak - low) * ((1.0 - angle.cos()) / 2.0).powf(power)
        });
        minutes.collect::<Vec<f64>>()
    };
    let (mut wide, mut narrow) = (0.0, 100.0);
    for _ in 0..50 {
        let power = f64::midpoint(wide, narrow);
        if wave(power).iter().sum::<f64>() > mean * float(DAY) {
            wide = power;
        } else {
            narrow = power;
        }
    }
    wave(wide)
}

/// Makes the load `factor` times what it is for an hour from minute `at` on. It takes
/// `rise` minutes to get there.
pub fn add_event(load: &mut [f64], at: usize, factor: f64, rise: usize) {
    for (minute, rate) in load.iter_mut().enumerate().skip(at).take(60) {
        let risen = if rise == 0 {
            1.0
        } else {
            (float(minute + 1 - at) / float(rise)).min(1.0)
        };
        *rate *= 1.0 + (factor - 1.0) * risen;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SCALER: Scaler = Scaler {
        capacity: 100.0,
        target: 0.6,
        boot: 5,
        hold: 10,
        least: 2,
    };

    #[test]
    fn a_constant_load_keeps_the_number_that_the_rule_gives() {
        let day = scale(&[550.0; 1_440], SCALER);
        // 550 / 60 is 9.2.
        assert_eq!((day.most, day.changes, day.overloaded), (10, 0, 0));
        assert!((day.server_hours - 240.0).abs() < 1e-6);
    }

    #[test]
    fn a_fixed_number_of_servers_never_changes() {
        let mut load = vec![300.0; 60];
        load.extend([1_200.0; 60]);
        let day = scale(&load, Scaler::fixed(550.0, 100.0));
        assert_eq!((day.most, day.changes, day.overloaded), (6, 0, 60));
        assert!((day.server_hours - 12.0).abs() < 1e-9);
    }

    #[test]
    fn a_jump_is_overload_for_as_long_as_a_server_boots() {
        let mut load = vec![300.0; 60];
        load.extend([1_200.0; 60]);
        for boot in [1, 5, 20] {
            let day = scale(&load, Scaler { boot, ..SCALER });
            // Seen in the minute of the jump, and served `boot` minutes later.
            assert_eq!(day.overloaded, boot);
        }
    }

    #[test]
    fn the_day_has_its_low_its_mean_and_its_peak() {
        for (low, mean, peak) in [
            (100.0, 225.0, 500.0),
            (116.0, 1_157.0, 3_472.0),
            (5.0, 80.0, 100.0),
        ] {
            let load = day_load(low, mean, peak);
            assert!((load[240] - low).abs() < 1e-6 && (load[960] - peak).abs() < 1e-6);
            assert!((load.iter().sum::<f64>() / 1_440.0 - mean).abs() < 1e-6);
        }
        // The mean of the cube of (1 - cos) / 2 is 5/16, and in the middle of the rise
        // it is 1/8.
        let cube = day_load(0.0, 5.0, 16.0);
        assert!((cube[600] - 2.0).abs() < 1e-3, "{}", cube[600]);
    }

    #[test]
    fn an_event_rises_and_ends() {
        let mut load = vec![100.0; 200];
        add_event(&mut load, 50, 3.0, 4);
        let start = [100.0, 150.0, 200.0, 250.0, 300.0, 300.0];
        assert_eq!(load[49..55], start);
        assert_eq!((load[109], load[110]), (300.0, 100.0));
        let mut jump = vec![100.0; 60];
        add_event(&mut jump, 50, 3.0, 0);
        assert_eq!((jump[49], jump[50]), (100.0, 300.0));
    }

    proptest! {
        /// What the page concludes: overload needs a load that grows by more than 1 /
        /// target within the time to start.
        #[test]
        fn growth_within_the_room_is_no_overload(
            target in 0.3..0.95_f64, boot in 1..30_usize, factor in 1.0..4.0_f64, rise in 0..40_usize,
        ) {
            let mut load = vec![10_000.0; 180];
            add_event(&mut load, 60, factor, rise);
            let day = scale(&load, Scaler { target, boot, ..SCALER });
            // A change is seen in its own minute, and the servers serve `boot` minutes
            // later.
            let growth = load.iter().skip(boot).zip(&load).map(|(now, then)| now / then);
            if growth.fold(1.0, f64::max) < 1.0 / target {
                prop_assert_eq!(day.overloaded, 0);
            } else if rise == 0 && factor > 1.0 / target + 0.05 {
                // Rounding up leaves at most one server more.
                prop_assert_eq!(day.overloaded, boot);
            }
        }
    }
}
