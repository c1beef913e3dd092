//! How a monitor notices that an instance died, by requesting metrics (pull) or by
//! receiving them (push).
//!
//! Shown in `src/services/monitoring.md`.

use crate::number::float;
use crate::random::Random;

/// How an instance's metrics reach the monitor.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Collection {
    /// The monitor asks.
    Pull,
    /// The instance sends, even when it has nothing to report.
    Push,
    /// The instance sends if it had work since the last time. Its requests arrive at
    /// random, on average this many milliseconds apart.
    PushWhenBusy(f64),
}

/// A monitor that looks after an instance. Times are in milliseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Watch {
    /// The interval between questions, messages and checks.
    pub interval: u64,
    /// How many in a row may be missing before the alarm is raised.
    pub misses: u32,
    /// How long a message may take. Each takes a random time up to that.
    pub delay: u64,
    /// The share of messages that get lost.
    pub loss: f64,
}

/// What the monitor noticed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Noticed {
    /// How often the alarm was raised while the instance was alive.
    pub false_alarms: u64,
    /// How long after its death the alarm was on.
    pub after: u64,
}

impl Watch {
    // ANCHOR: notice
    /// Watches an instance until the alarm reports its death.
    pub fn notice(
        &self,
        collection: Collection,
        death: u64,
        random: &mut Random,
    ) -> Noticed {
        let came = self.came(collection, death, random);
        let (mut missed, mut false_alarms) = (0, 0);
        for tick in (1..).map(|n| n * self.interval) {
            // A question has its answer until the time-out. A message may arrive at any
            // time between two checks.
            let (since, look) = match collection {
                Collection::Pull => (tick, tick + 2 * self.delay),
                _ => (tick, tick + self.interval),
            };
            let next = came.partition_point(|time| *time < since);
            let is_missing = came.get(next).is_none_or(|time| *time > look);
            missed = if is_missing { missed + 1 } else { 0 };
            if look >= death && missed >= self.misses {
                return Noticed {
                    false_alarms,
                    after: look - death,
                };
            }
            false_alarms += u64::from(missed == self.misses);
        }
        unreachable!("after the death nothing comes, and the looks go on")
    }
    // ANCHOR_END: notice

    /// When something came from an instance that dies at a moment, in order. In pull
    /// the monitor asks at the multiples of the interval, and an answer comes if
    /// neither of the two messages is lost; in push the instance has a clock of its
    /// own.
    fn came(
        &self,
        collection: Collection,
        death: u64,
        random: &mut Random,
    ) -> Vec<u64> {
        let first = match collection {
            Collection::Pull => 0,
            _ => random.below(self.interval),
        };
        let times = (0..).map(|n| first + n * self.interval);
        let mut came = Vec::new();
        let mut next_request = 0.0;
        for time in times.take_while(|time| *time < death) {
            let travels = random.below(self.delay + 1);
            let arrives = !random.chance(self.loss);
            let sends = match collection {
                Collection::Pull => {
                    // The question travels first, and finds the instance or not.
                    let back = random.below(self.delay + 1);
                    if arrives && time + travels < death && !random.chance(self.loss) {
                        came.push(time + travels + back);
                    }
                    continue;
                }
                Collection::Push => true,
                Collection::PushWhenBusy(between) => {
                    let mut worked = false;
                    let now = float(time);
                    while next_request <= now {
                        worked |= next_request > now - float(self.interval);
                        next_request += random.exponential(between);
                    }
                    worked
                }
            };
            if sends && arrives {
                came.push(time + travels);
            }
        }
        came.sort_unstable();
        came
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DAY: u64 = 86_400_000;

    /// Means over instances that die at a random moment of a day: false alarms for each
    /// interval lived, and the time until the alarm, in intervals.
    fn means(watch: Watch, collection: Collection, instances: u64) -> (f64, f64) {
        let mut random = Random::new(5);
        let (mut alarms, mut lived, mut after) = (0, 0, 0);
        for _ in 0..instances {
            let death = random.below(DAY);
            let noticed = watch.notice(collection, death, &mut random);
            alarms += noticed.false_alarms;
            lived += death / watch.interval;
            after += noticed.after;
        }
        (
            float(alarms) / float(lived),
            float(after / instances) / float(watch.interval),
        )
    }

    /// The closed formulas. The first question without an answer comes half an interval
    /// after the death on average. The last message comes half an interval before it,
    /// the check that misses its successor one and a half intervals after that message.
    #[test]
    fn on_a_perfect_network_no_alarm_is_false_and_deaths_are_seen_after_the_formula_s_time()
     {
        for misses in 1..=3 {
            let watch = Watch {
                interval: 15_000,
                misses,
                delay: 0,
                loss: 0.0,
            };
            for (collection, theory) in
                [(Collection::Pull, -0.5), (Collection::Push, 0.0)]
            {
                let (alarms, after) = means(watch, collection, 4_000);
                assert!(alarms.abs() < 1e-12, "{collection:?}");
                let theory = theory + f64::from(misses);
                assert!(
                    (after - theory).abs() < 0.05,
                    "{collection:?}, {misses}: {after} for {theory}"
                );
            }
        }
    }

    /// An alarm begins where `misses` idle intervals follow a busy one. An interval has
    /// no request with probability e^(-interval / between).
    #[test]
    fn an_idle_silent_instance_raises_alarms_as_often_as_the_formula_says() {
        for (between, misses) in [(5_000.0, 1), (5_000.0, 2), (15_000.0, 3)] {
            let watch = Watch {
                interval: 15_000,
                misses,
                delay: 0,
                loss: 0.0,
            };
            let (alarms, _) = means(watch, Collection::PushWhenBusy(between), 400);
            let idle = (-15_000.0 / between).exp();
            let theory = (1.0 - idle) * idle.powi(i32::try_from(misses).unwrap());
            assert!(
                (alarms / theory - 1.0).abs() < 0.05,
                "{between}, {misses}: {alarms} for {theory}"
            );
        }
    }

    /// A pull needs two messages, a push one. Without delay an alarm begins where
    /// `misses` losses follow something that came.
    #[test]
    fn losses_raise_alarms_as_often_as_the_formula_says() {
        for (collection, messages) in [(Collection::Pull, 2), (Collection::Push, 1)] {
            let watch = Watch {
                interval: 15_000,
                misses: 2,
                delay: 0,
                loss: 0.1,
            };
            let came = 0.9_f64.powi(messages);
            let theory = came * (1.0 - came).powi(2);
            let (alarms, _) = means(watch, collection, 400);
            assert!(
                (alarms / theory - 1.0).abs() < 0.05,
                "{collection:?}: {alarms} for {theory}"
            );
        }
    }
}
