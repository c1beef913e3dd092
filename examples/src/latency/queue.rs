//! A waiting line in front of one or more servers, in virtual time.
//!
//! Shown in `src/latency/little.md`, `src/latency/queueing.md` and
//! `src/latency/throughput.md`.
//!
//! The observations come from queueing theory: J. D. C. Little, "A Proof for the
//! Queuing Formula: L = λW", *Operations Research* 9(3), 1961; L. Kleinrock, *Queueing
//! Systems*, volume 1, 1975.

use crate::number::float;
use crate::random::Random;

/// Work that arrives. Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Job {
    /// When it arrives.
    pub arrival: u64,
    /// How long a server works on it.
    pub service: u64,
}

/// The outcome of a job. Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Visit {
    /// When it arrived.
    pub arrival: u64,
    /// When a server took it.
    pub start: u64,
    /// When it was done.
    pub end: u64,
}

impl Visit {
    /// The time in the waiting line.
    pub fn wait(&self) -> u64 {
        self.start - self.arrival
    }

    /// The time from the arrival to the end: wait and service.
    pub fn response(&self) -> u64 {
        self.end - self.arrival
    }
}

/// Jobs that arrive as a Poisson process and need exponentially distributed service:
/// the two Ms of M/M/1.
///
/// The means are in microseconds.
pub fn poisson_jobs(count: usize, between: f64, service: f64, seed: u64) -> Vec<Job> {
    let mut random = Random::new(seed);
    let mut arrival = 0;
    let jobs = (0..count).map(|_| {
        arrival += random.exponential_us(between);
        Job {
            arrival,
            service: random.exponential_us(service),
        }
    });
    jobs.collect()
}

// ANCHOR: queue
/// Serves jobs first come, first served; `jobs` are in the order of their arrival.
/// Without servers nothing is served.
pub fn queue(jobs: &[Job], servers: usize) -> Vec<Visit> {
    let mut free_at = vec![0; servers];
    let mut visits = Vec::new();
    for job in jobs {
        let Some(soonest) = free_at.iter_mut().min() else {
            break;
        };
        visits.push(job.served_by(soonest));
    }
    visits
}

impl Job {
    /// The visit to a server that is free from a given time, which is moved to the end
    /// of the visit.
    fn served_by(&self, free_at: &mut u64) -> Visit {
        let start = self.arrival.max(*free_at);
        *free_at = start + self.service;
        Visit {
            arrival: self.arrival,
            start,
            end: *free_at,
        }
    }
}
// ANCHOR_END: queue

/// The same with a waiting line of limited length. Returns the visits, and how many
/// jobs were turned away.
pub fn bounded_queue(jobs: &[Job], servers: usize, line: usize) -> (Vec<Visit>, usize) {
    let mut free_at = vec![0; servers];
    let mut visits: Vec<Visit> = Vec::new();
    for job in jobs {
        let waiting = visits.iter().rev().take(line + 1);
        let waiting = waiting.filter(|visit| visit.start > job.arrival).count();
        let Some(soonest) = free_at.iter_mut().min() else {
            break;
        };
        let must_wait = *soonest > job.arrival;
        if must_wait && waiting >= line {
            continue;
        }
        visits.push(job.served_by(soonest));
    }
    let refused = jobs.len() - visits.len();
    (visits, refused)
}

// ANCHOR: time_in_system
/// How many jobs are in the system, added up over time: the area under the curve of
/// their number, in job-microseconds.
///
/// It sweeps over arrivals and departures and doesn't use any job's response time.
pub fn time_in_system(visits: &[Visit]) -> u64 {
    let arrivals = visits.iter().map(|visit| (visit.arrival, true));
    let departures = visits.iter().map(|visit| (visit.end, false));
    let mut events: Vec<_> = arrivals.chain(departures).collect();
    events.sort_by_key(|(time, is_arrival)| (*time, !is_arrival));
    let (mut inside, mut since, mut area) = (0, 0, 0);
    for (time, is_arrival) in events {
        area += inside * (time - since);
        since = time;
        if is_arrival {
            inside += 1;
        } else {
            inside -= 1;
        }
    }
    area
}
// ANCHOR_END: time_in_system

/// The three quantities of Little's law, from the first moment until the last job has
/// left.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Little {
    /// λ: jobs that arrive in a second.
    pub rate: f64,
    /// W: the mean time that a job stays, in seconds.
    pub stay: f64,
    /// L: the mean number of jobs inside, counted by [`time_in_system`].
    pub inside: f64,
}

impl Little {
    /// Measured from these visits; all 0 without any.
    pub fn of(visits: &[Visit]) -> Self {
        let Some(end) = visits.iter().map(|visit| visit.end).max() else {
            return Self {
                rate: 0.0,
                stay: 0.0,
                inside: 0.0,
            };
        };
        let seconds = float(end.max(1)) / 1e6;
        let stay: u64 = visits.iter().map(Visit::response).sum();
        Self {
            rate: float(visits.len()) / seconds,
            stay: float(stay) / 1e6 / float(visits.len()),
            inside: float(time_in_system(visits)) / 1e6 / seconds,
        }
    }
}

// ANCHOR: pipeline
/// Sends jobs through a series of stages. A stage is its number of workers and its time
/// for a job, in microseconds.
///
/// Returns each job's visit to the whole pipeline.
pub fn pipeline(arrivals: &[u64], stages: &[(usize, u64)]) -> Vec<Visit> {
    let mut times = arrivals.to_vec();
    for (workers, service) in stages {
        let jobs: Vec<Job> = times
            .iter()
            .map(|arrival| Job {
                arrival: *arrival,
                service: *service,
            })
            .collect();
        times = queue(&jobs, *workers)
            .iter()
            .map(|visit| visit.end)
            .collect();
    }
    let visits = arrivals.iter().zip(times).map(|(arrival, end)| Visit {
        arrival: *arrival,
        start: *arrival,
        end,
    });
    visits.collect()
}
// ANCHOR_END: pipeline

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn jobs() -> impl Strategy<Value = Vec<Job>> {
        prop::collection::vec((0..20u64, 0..30u64), 0..60).prop_map(|gaps| {
            let mut arrival = 0;
            let jobs = gaps.into_iter().map(|(gap, service)| {
                arrival += gap;
                Job { arrival, service }
            });
            jobs.collect()
        })
    }

    #[test]
    fn mm1_has_the_response_time_of_the_formula() {
        for load in [0.3, 0.5, 0.8] {
            let visits = queue(&poisson_jobs(400_000, 1_000.0 / load, 1_000.0, 3), 1);
            let total: u64 = visits.iter().map(Visit::response).sum();
            let mean = float(total) / float(visits.len());
            let theory = 1_000.0 / (1.0 - load);
            assert!(
                (mean / theory - 1.0).abs() < 0.05,
                "{load}: {mean} {theory}"
            );
        }
    }

    #[test]
    fn nobody_to_serve_serves_nobody() {
        assert!(queue(&poisson_jobs(3, 1.0, 1.0, 1), 0).is_empty());
        assert_eq!(bounded_queue(&[], 0, 0), (vec![], 0));
    }

    #[test]
    fn a_full_line_waits_as_long_as_the_bound_says_and_then_is_served() {
        let burst = vec![
            Job {
                arrival: 0,
                service: 10
            };
            200
        ];
        let (visits, refused) = bounded_queue(&burst, 4, 100);
        assert_eq!(refused, 96);
        assert_eq!(visits.iter().map(Visit::wait).max(), Some(250));
        assert_eq!(visits.iter().map(Visit::response).max(), Some(260));
    }

    #[test]
    fn a_pipeline_is_as_fast_as_its_slowest_stage() {
        let arrivals = vec![0; 100];
        let visits = pipeline(&arrivals, &[(1, 2), (1, 5), (1, 3)]);
        assert_eq!(visits[0].end, 10);
        assert!(visits.windows(2).all(|pair| pair[1].end - pair[0].end == 5));
    }

    proptest! {
        #[test]
        fn one_server_obeys_lindleys_recursion(jobs in jobs()) {
            let visits = queue(&jobs, 1);
            for (pair, visit) in jobs.windows(2).zip(visits.windows(2)) {
                let gap = pair[1].arrival - pair[0].arrival;
                let next = (visit[0].wait() + pair[0].service).saturating_sub(gap);
                prop_assert_eq!(visit[1].wait(), next);
            }
        }

        #[test]
        fn the_area_is_the_sum_of_the_responses(jobs in jobs(), servers in 1..4usize) {
            let visits = queue(&jobs, servers);
            prop_assert_eq!(time_in_system(&visits), visits.iter().map(Visit::response).sum::<u64>());
        }

        #[test]
        fn littles_law_holds_for_any_jobs(jobs in jobs(), servers in 1..4usize) {
            let law = Little::of(&queue(&jobs, servers));
            prop_assert!((law.inside - law.rate * law.stay).abs() < 1e-9, "{:?}", law);
        }

        #[test]
        fn no_moment_has_more_jobs_in_service_than_servers(jobs in jobs(), servers in 1..4usize) {
            let visits = queue(&jobs, servers);
            for time in 0..600 {
                let busy = visits.iter().filter(|v| v.start <= time && time < v.end).count();
                prop_assert!(busy <= servers);
                let waits = visits.iter().any(|v| v.arrival <= time && time < v.start);
                prop_assert!(!waits || busy == servers);
            }
        }

        #[test]
        fn a_bounded_line_is_never_longer(jobs in jobs(), line in 0..5usize) {
            let (visits, refused) = bounded_queue(&jobs, 2, line);
            prop_assert_eq!(visits.len() + refused, jobs.len());
            for job in &jobs {
                let waiting = visits.iter().filter(|v| v.arrival <= job.arrival && job.arrival < v.start);
                prop_assert!(waiting.count() <= line);
            }
        }
    }
}
