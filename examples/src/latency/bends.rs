//! The queue in front of a busy server, with one assumption of the simplest model
//! changed.
//!
//! Shown in `src/latency/queueing.md`.
//!
//! The formulas are those of L. Kleinrock, *Queueing Systems*, volume 1, 1975: chapter
//! 5 for any service times (Pollaczek and Khinchine), chapter 6 for any arrivals,
//! chapter 4 for arrivals in groups, and Erlang's formula for several servers.

use super::queue::{Job, poisson_jobs};
use crate::capacity::servers::must_wait;
use crate::number::{float, whole};
use crate::random::Random;

/// The mean time of a job, in microseconds.
const SERVICE: f64 = 1_000.0;
/// Of the long jobs: their share, and how many mean times they take.
const LONG: (f64, f64) = (0.01, 25.0);
/// The jobs of a group that arrives together.
const GROUP: usize = 5;

/// What is different from random arrivals and exponentially distributed service times
/// at one server. The load of a server and the mean time of a job, 1 ms, stay the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    Nothing,
    /// Every job takes the same time.
    EqualTimes,
    /// Jobs arrive at regular times.
    RegularArrivals,
    /// Both.
    Regular,
    /// Jobs arrive in groups of five.
    Fives,
    /// One job in a hundred takes 25 times the mean, and the others take equally long.
    FewLong,
    /// Two servers share one queue, and twice as many jobs arrive.
    TwoServers,
}

// ANCHOR: jobs
impl Change {
    /// How many servers there are.
    pub fn servers(self) -> usize {
        if self == Self::TwoServers { 2 } else { 1 }
    }

    /// Jobs that keep a server busy for the share `load` of the time.
    pub fn jobs(self, count: usize, load: f64, seed: u64) -> Vec<Job> {
        let gap = SERVICE / load / float(self.servers());
        let plain = poisson_jobs(count, gap, SERVICE, seed);
        let equal = |job: Job| Job {
            service: whole(SERVICE),
            ..job
        };
        let regular = |n: usize, job: Job| Job {
            arrival: whole(float(n) * gap),
            ..job
        };
        let plain = plain.into_iter();
        match self {
            Self::Nothing | Self::TwoServers => plain.collect(),
            Self::EqualTimes => plain.map(equal).collect(),
            Self::RegularArrivals => {
                plain.enumerate().map(|(n, job)| regular(n, job)).collect()
            }
            Self::Regular => plain
                .enumerate()
                .map(|(n, job)| equal(regular(n, job)))
                .collect(),
            Self::Fives => in_groups(count, gap, seed),
            Self::FewLong => {
                let mut random = Random::new(!seed);
                plain.map(|job| few_long(job, &mut random)).collect()
            }
        }
    }
}
// ANCHOR_END: jobs

/// All jobs of a group arrive when its first one does.
fn in_groups(count: usize, gap: f64, seed: u64) -> Vec<Job> {
    let jobs = poisson_jobs(count, float(GROUP) * gap, SERVICE, seed);
    let groups = jobs.iter().flat_map(|group| [group.arrival; GROUP]);
    let jobs = groups.zip(&jobs);
    jobs.map(|(arrival, job)| Job { arrival, ..*job }).collect()
}

fn few_long(job: Job, random: &mut Random) -> Job {
    let (long, short) = long_and_short();
    let times = if random.chance(LONG.0) { long } else { short };
    Job {
        service: whole((times * SERVICE).round()),
        ..job
    }
}

/// What a long job takes and what any other one does, in mean times.
fn long_and_short() -> (f64, f64) {
    let (share, long) = LONG;
    (long, (1.0 - share * long) / (1.0 - share))
}

impl Change {
    /// The mean wait by the formula, in milliseconds.
    pub fn mean_wait(self, load: f64) -> f64 {
        // Pollaczek and Khinchine: with the mean square of the service time.
        let any_service = |square: f64| load * square / 2.0 / (1.0 - load);
        match self {
            Self::Nothing => any_service(2.0),
            Self::EqualTimes => any_service(1.0),
            Self::RegularArrivals => {
                // The share of jobs that wait is the solution of
                // s = exp((s - 1) / load).
                let step = |share: f64, _| ((share - 1.0) / load).exp();
                let waits = (0..2_000).fold(0.5, step);
                waits / (1.0 - waits)
            }
            Self::Regular => 0.0,
            Self::Fives => {
                // A job waits for the jobs before its group, and on average for half
                // of the others of its group.
                (load + (float(GROUP) - 1.0) / 2.0) / (1.0 - load)
            }
            Self::FewLong => {
                let ((long, short), share) = (long_and_short(), LONG.0);
                any_service(share * long * long + (1.0 - share) * short * short)
            }
            Self::TwoServers => must_wait(2, 2.0 * load) / (2.0 - 2.0 * load),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::percentile::mean;
    use super::super::queue::{Visit, queue};
    use super::*;

    const ALL: [Change; 7] = [
        Change::Nothing,
        Change::EqualTimes,
        Change::RegularArrivals,
        Change::Regular,
        Change::Fives,
        Change::FewLong,
        Change::TwoServers,
    ];

    #[test]
    fn each_change_waits_as_long_as_its_formula_says() {
        for change in ALL {
            for load in [0.5, 0.7] {
                let visits = queue(&change.jobs(600_000, load, 4), change.servers());
                let waits: Vec<u64> = visits.iter().map(Visit::wait).collect();
                let (seen, theory) = (mean(&waits) / 1e3, change.mean_wait(load));
                assert!(
                    (seen - theory).abs() <= 0.05 * theory,
                    "{change:?} at {load}: {seen} {theory}"
                );
            }
        }
    }

    #[test]
    fn the_load_and_the_mean_time_are_what_they_are_without_a_change() {
        for change in ALL {
            let jobs = change.jobs(400_000, 0.8, 9);
            let service: u64 = jobs.iter().map(|job| job.service).sum();
            let service = float(service) / float(jobs.len());
            let span = float(jobs.last().unwrap().arrival) / float(jobs.len());
            let load = service / span / float(change.servers());
            assert!(
                (service / 1_000.0 - 1.0).abs() < 0.02,
                "{change:?}: {service}"
            );
            assert!((load / 0.8 - 1.0).abs() < 0.02, "{change:?}: {load}");
            assert!(jobs.is_sorted_by_key(|job| job.arrival));
        }
    }

    #[test]
    fn known_formulas_agree() {
        // M/M/1 waits load / (1 - load), and M/D/1 half of that.
        assert!((Change::Nothing.mean_wait(0.8) - 4.0).abs() < 1e-12);
        assert!((Change::EqualTimes.mean_wait(0.8) - 2.0).abs() < 1e-12);
        // M/M/2 waits load² / (1 - load²).
        let two = 0.64 / 0.36;
        assert!((Change::TwoServers.mean_wait(0.8) - two).abs() < 1e-9);
        // Groups of five at no load at all wait for two of their own on average.
        assert!((Change::Fives.mean_wait(0.0) - 2.0).abs() < 1e-12);
    }
}
