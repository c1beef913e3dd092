//! Machines that fail and are repaired, in virtual time.
//!
//! Shown in `src/availability/repair.md`.
//!
//! Theory: availability = MTBF' / (MTBF' + MTTR), where MTBF' is the mean time from a
//! repair to the next failure (also MTTF); see IEC 60050-192, *International
//! Electrotechnical Vocabulary, Part 192: Dependability*. Times are in hours.

use crate::random::Random;

/// What was seen over a long time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Outages {
    /// How often the system went down.
    pub count: u32,
    /// For how long it was down, in hours.
    pub down: f64,
    /// For how long it was watched, in hours.
    pub watched: f64,
}

impl Outages {
    /// The share of time in which it was up.
    pub fn availability(&self) -> f64 {
        1.0 - self.down / self.watched
    }
}

// ANCHOR: single
/// One machine that fails on average after `to_failure` hours and is repaired in
/// `to_repair` hours on average.
pub fn run_single(
    to_failure: f64,
    to_repair: f64,
    failures: u32,
    seed: u64,
) -> Outages {
    let mut random = Random::new(seed);
    let (mut up, mut down) = (0.0, 0.0);
    for _ in 0..failures {
        up += random.exponential(to_failure);
        down += random.exponential(to_repair);
    }
    Outages {
        count: failures,
        down,
        watched: up + down,
    }
}
// ANCHOR_END: single

// ANCHOR: pair
/// Two such machines, of which one is enough. The pair is down while both are in
/// repair.
///
/// Each has its own repair crew. It is watched for `hours`.
pub fn run_pair(to_failure: f64, to_repair: f64, hours: f64, seed: u64) -> Outages {
    let mut random = Random::new(seed);
    let mut is_up = [true, true];
    let mut change = [
        random.exponential(to_failure),
        random.exponential(to_failure),
    ];
    let mut outages = Outages {
        count: 0,
        down: 0.0,
        watched: hours,
    };
    let mut now = 0.0;
    while now < hours {
        let next = usize::from(change[1] < change[0]);
        let until = change[next].min(hours);
        if is_up == [false, false] {
            outages.down += until - now;
        }
        now = until;
        is_up[next] = !is_up[next];
        let mean = if is_up[next] { to_failure } else { to_repair };
        change[next] = now + random.exponential(mean);
        if is_up == [false, false] && now < hours {
            outages.count += 1;
        }
    }
    outages
}
// ANCHOR_END: pair

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_machine_is_up_for_the_share_of_the_formula() {
        let seen = run_single(1_000.0, 10.0, 100_000, 1);
        assert!(
            (seen.availability() - 1_000.0 / 1_010.0).abs() < 2e-4,
            "{seen:?}"
        );
    }

    #[test]
    fn a_pair_is_down_when_both_are() {
        let down = 50.0 / 150.0;
        let seen = run_pair(100.0, 50.0, 10_000_000.0, 2);
        assert!(
            (1.0 - seen.availability() - down * down).abs() < 2e-3,
            "{seen:?}"
        );
        // It goes down when one fails while the other is in repair.
        let rate = 2.0 * down * (1.0 - down) / 100.0;
        let expected = rate * seen.watched;
        assert!(
            (f64::from(seen.count) / expected - 1.0).abs() < 0.02,
            "{seen:?}"
        );
    }
}
