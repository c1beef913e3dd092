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

/// Two such machines, of which one is enough. Each has its own repair crew.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Pair {
    /// The mean time from a repair of a machine to its next failure.
    pub to_failure: f64,
    /// The mean time of a repair.
    pub to_repair: f64,
    /// The share of a machine's failures that hit the other one at the same time, from
    /// 0 to 1.
    pub shared: f64,
}

// ANCHOR: pair
impl Pair {
    /// Watches the pair for some hours. It is down while both machines are in repair.
    pub fn run(&self, hours: f64, seed: u64) -> Outages {
        let mut random = Random::new(seed);
        let own = self.to_failure / (1.0 - self.shared);
        let both = self.to_failure / self.shared;
        let mut is_up = [true; 2];
        let mut change = [own; 2].map(|mean| until_next(&mut random, mean));
        let mut shock = until_next(&mut random, both);
        let (mut now, mut count, mut down) = (0.0, 0, 0.0);
        while now < hours {
            let next = usize::from(change[1] < change[0]);
            let is_shock = shock < change[next];
            let was_down = is_up == [false; 2];
            let until = change[next].min(shock).min(hours);
            down += if was_down { until - now } else { 0.0 };
            now = until;
            for machine in 0..2 {
                // A shock hits what is up; any other change is one machine's.
                let is_alone = !is_shock && machine == next;
                let changes = is_alone || is_shock && is_up[machine];
                if changes {
                    is_up[machine] = !is_up[machine];
                    let mean = if is_up[machine] { own } else { self.to_repair };
                    change[machine] = now + until_next(&mut random, mean);
                }
            }
            if is_shock {
                shock = now + until_next(&mut random, both);
            }
            count += u32::from(is_up == [false; 2] && !was_down && now < hours);
        }
        Outages {
            count,
            down,
            watched: hours,
        }
    }
}
// ANCHOR_END: pair

/// A random time with this mean, which may be infinite.
fn until_next(random: &mut Random, mean: f64) -> f64 {
    if mean.is_finite() {
        random.exponential(mean)
    } else {
        f64::INFINITY
    }
}

impl Pair {
    /// How many outages are expected in some hours, and how many hours down: the steady
    /// state of the Markov chain of 0, 1 and 2 machines in repair.
    pub fn expected(&self, hours: f64) -> (f64, f64) {
        let busy = self.to_repair / self.to_failure;
        // Compared with the time in which both are up.
        let one = (2.0 - self.shared) * busy;
        let two = (self.shared + one) * busy / 2.0;
        let down = hours * two / (1.0 + one + two);
        // With two crews an outage takes half of a repair on average.
        (2.0 * down / self.to_repair, down)
    }
}

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
        let pair = Pair {
            to_failure: 100.0,
            to_repair: 50.0,
            shared: 0.0,
        };
        let seen = pair.run(10_000_000.0, 2);
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
        let (outages, hours) = pair.expected(seen.watched);
        assert!((outages / expected - 1.0).abs() < 1e-9);
        assert!((hours / (seen.watched * down * down) - 1.0).abs() < 1e-9);
    }

    #[test]
    fn shared_failures_are_counted_as_the_markov_chain_says() {
        for (to_repair, shared) in [(5.0, 0.02), (50.0, 0.2), (2.0, 1.0)] {
            let pair = Pair {
                to_failure: 100.0,
                to_repair,
                shared,
            };
            let seen = pair.run(20_000_000.0, 3);
            let (outages, hours) = pair.expected(seen.watched);
            assert!(
                (f64::from(seen.count) / outages - 1.0).abs() < 0.03,
                "{pair:?} {seen:?} {outages}"
            );
            assert!(
                (seen.down / hours - 1.0).abs() < 0.04,
                "{pair:?} {seen:?} {hours}"
            );
        }
    }

    #[test]
    fn if_all_failures_are_shared_each_is_an_outage_of_half_a_repair() {
        let pair = Pair {
            to_failure: 1_000.0,
            to_repair: 1.0,
            shared: 1.0,
        };
        let seen = pair.run(50_000_000.0, 4);
        assert!(
            (f64::from(seen.count) / 50_000.0 - 1.0).abs() < 0.02,
            "{seen:?}"
        );
        assert!((seen.down / 25_000.0 - 1.0).abs() < 0.03, "{seen:?}");
    }
}
