//! A pool of connections between an application server and its database.
//!
//! Shown in `src/services/tiers.md`.

use crate::number::float;
use std::collections::VecDeque;

use crate::latency::queue::Job;

/// A database. It shares its cores evenly among the requests that it works on.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Database {
    /// How many requests it serves at full speed.
    pub cores: f64,
    /// By what share each busy connection beyond the cores slows down all of them,
    /// through locks and context switches.
    pub overhead: f64,
}

// ANCHOR: speed
impl Database {
    /// The speed at which each of this many requests is processed; 1 is the speed of a
    /// single one.
    pub fn speed(&self, busy: f64) -> f64 {
        let crowd = (busy - self.cores).max(0.0);
        (self.cores / busy.max(1.0)).min(1.0) / (1.0 + self.overhead * crowd)
    }
}
// ANCHOR_END: speed

/// A request that has a connection.
#[derive(Debug, Clone, Copy)]
struct Busy {
    job: usize,
    left: f64,
}

/// The response times of requests, in microseconds, if at most `limit` connections are
/// open and all others wait for one.
pub fn with_pool(jobs: &[Job], limit: usize, database: Database) -> Vec<f64> {
    let mut responses = vec![0.0; jobs.len()];
    let mut arrivals = jobs.iter().enumerate().peekable();
    let (mut waiting, mut busy, mut now) = (VecDeque::new(), Vec::<Busy>::new(), 0.0);
    // ANCHOR: pool
    loop {
        while busy.len() < limit.max(1)
            && let Some(job) = waiting.pop_front()
        {
            busy.push(Busy {
                job,
                left: float(jobs[job].service),
            });
        }
        let active: f64 = busy.iter().map(|_| 1.0).sum();
        let speed = database.speed(active);
        let next_end = busy
            .iter()
            .map(|busy| busy.left)
            .fold(f64::INFINITY, f64::min)
            / speed;
        let next_arrival = arrivals
            .peek()
            .map_or(f64::INFINITY, |(_, job)| float(job.arrival) - now);
        let step = next_end.min(next_arrival);
        if step.is_infinite() {
            return responses;
        }
        now += step;
        for busy in &mut busy {
            busy.left -= step * speed;
        }
        for done in busy.extract_if(.., |busy| busy.left < 1e-6) {
            responses[done.job] = now - float(jobs[done.job].arrival);
        }
        if next_arrival <= next_end
            && let Some((job, _)) = arrivals.next()
        {
            waiting.push_back(job);
        }
    }
    // ANCHOR_END: pool
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::queue::{Visit, poisson_jobs, queue};

    #[test]
    fn a_pool_of_the_cores_size_is_a_queue_with_as_many_servers() {
        let jobs = poisson_jobs(2_000, 300.0, 1_000.0, 3);
        let database = Database {
            cores: 4.0,
            overhead: 0.5,
        };
        let found = with_pool(&jobs, 4, database);
        for (visit, response) in queue(&jobs, 4).iter().map(Visit::response).zip(found)
        {
            assert!((float(visit) - response).abs() < 1.0);
        }
    }

    #[test]
    fn two_requests_on_one_core_share_it() {
        let jobs = [
            Job {
                arrival: 0,
                service: 1_000,
            },
            Job {
                arrival: 500,
                service: 200,
            },
        ];
        let database = Database {
            cores: 1.0,
            overhead: 0.0,
        };
        // From 500 on both run at half speed; the second ends at 900, and the first has
        // 300 left then.
        assert_eq!(with_pool(&jobs, 9, database), [1_200.0, 400.0]);
    }

    /// A pool whose full capacity is below the arrival rate never gets rid of its line:
    /// four times the requests, and the mean grows with them. One with more capacity
    /// keeps its mean.
    #[test]
    fn the_line_grows_where_a_full_pool_carries_less_than_arrives() {
        let database = |overhead| Database {
            cores: 8.0,
            overhead,
        };
        let mean = |limit, overhead, count, seed| {
            let jobs = poisson_jobs(count, 1e6 / 700.0, 10_000.0, seed);
            let responses = with_pool(&jobs, limit, database(overhead));
            responses.iter().sum::<f64>() / float(count)
        };
        for (limit, overhead) in [
            (10, 0.01),
            (16, 0.01),
            (32, 0.001),
            (100, 0.000_5),
            (32, 0.02),
            (60, 0.01),
            (100, 0.01),
        ] {
            let busy = float(limit);
            let carried = busy * database(overhead).speed(busy) * 100.0;
            let growth = (0..5).map(|seed| {
                mean(limit, overhead, 40_000, seed)
                    / mean(limit, overhead, 10_000, seed)
            });
            let growth = growth.sum::<f64>() / 5.0;
            assert_eq!(
                growth > 2.0,
                carried < 700.0,
                "limit {limit}, overhead {overhead}: {carried} carried, growth {growth}"
            );
        }
    }
}
