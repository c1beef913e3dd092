//! Adding and removing servers by a rule, while the load changes and servers need time to start.
//!
//! The rule is that of Kubernetes' horizontal autoscaler: servers × (load / target), rounded up.

/// The rule and the servers it works with. Times are minutes.
#[derive(Debug, Clone, Copy)]
pub struct Scaler {
    /// Requests a second that one server can take.
    pub capacity: f64,
    /// The load that the rule aims at, as a share of the capacity.
    pub target: f64,
    /// How long a new server takes until it serves.
    pub boot: usize,
    /// How long a fall of the load has to last until servers are removed.
    pub hold: usize,
    /// The fewest servers.
    pub least: usize,
}

/// What a day cost, and what it lacked.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Day {
    /// Server-hours paid for; a server is paid for from its order on.
    pub server_hours: f64,
    /// Minutes in which the load was above the capacity of the servers that served.
    pub overloaded: usize,
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
    // For each server the minute from which on it serves.
    let mut servers: Vec<usize> = vec![0; first];
    for (now, rate) in load.iter().enumerate() {
        let serving = servers.iter().filter(|ready| **ready <= now).count();
        day.serving.push(serving);
        day.overloaded += usize::from(*rate > number(serving) * scaler.capacity);
        day.server_hours += number(servers.len()) / 60.0;
        day.most = day.most.max(servers.len());
        let want = wanted(*rate, scaler);
        // Fewer only if fewer were enough for the whole time that a fall has to last.
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
    whole(servers).clamp(scaler.least, scaler.least.max(10_000))
}
// ANCHOR_END: run

fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap_or(u32::MAX))
}

fn whole(count: f64) -> usize {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a cast from float saturates"
    )]
    let count = count as usize;
    count
}

/// A day's load, minute by minute: between a low at 4 o'clock and a narrow peak at 16 o'clock (the cube of a
/// cosine wave), and from minute `jump_at` on for an hour `jump` times as much.
pub fn day_load(low: f64, peak: f64, jump_at: usize, jump: f64) -> Vec<f64> {
    let wave = |minute: usize| {
        let angle = (number(minute) / 1_440.0 - 4.0 / 24.0) * std::f64::consts::TAU;
        low + (peak - low) * ((1.0 - angle.cos()) / 2.0).powi(3)
    };
    let is_jump = |minute: usize| (jump_at..jump_at + 60).contains(&minute);
    (0..1_440)
        .map(|minute| wave(minute) * if is_jump(minute) { jump } else { 1.0 })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

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
    fn the_day_has_its_low_and_its_peak() {
        let load = day_load(100.0, 500.0, 0, 1.0);
        assert!((load[240] - 100.0).abs() < 1e-6 && (load[960] - 500.0).abs() < 1e-6);
        // The mean of the cube of (1 - cos) / 2 is 5/16.
        let mean = load.iter().sum::<f64>() / 1_440.0;
        assert!((mean - (100.0 + 400.0 * 5.0 / 16.0)).abs() < 1e-6);
        assert!((day_load(100.0, 500.0, 960, 3.0)[960] - 1_500.0).abs() < 1e-6);
    }
}
