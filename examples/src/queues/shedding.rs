//! Load shedding: which requests an overloaded server should drop.
//!
//! Shown in `src/queues/shedding.md`.
//!
//! The rules are those of B. Beyer and others (editors), *Site Reliability
//! Engineering*, 2016, chapters 21 and 22. Times are in microseconds.

use std::collections::VecDeque;

use crate::latency::queue::Job;

/// What a server takes, and in which order.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Policy {
    /// Everything, in order.
    All,
    /// What arrives while fewer than this many wait, in order.
    Room(usize),
    /// Everything, in order, except requests that have waited longer than this when
    /// their turn comes.
    SkipAfter(u64),
    /// Everything, the newest first.
    NewestFirst,
}

/// The outcome of the requests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Tally {
    /// Answered while the client still waited.
    pub in_time: usize,
    /// Answered after the client had stopped waiting: wasted work.
    pub late: usize,
    /// Refused or skipped.
    pub shed: usize,
}

// ANCHOR: serve
/// One server gets requests whose clients wait for `patience` and then stop waiting
/// without notice.
pub fn serve(requests: &[Job], patience: u64, policy: Policy) -> Tally {
    let mut tally = Tally::default();
    let mut waiting: VecDeque<Job> = VecDeque::new();
    let mut incoming = requests.iter().peekable();
    let mut now = 0;
    loop {
        // Requests that have arrived by now join the line, or are refused.
        while let Some(request) = incoming.next_if(|request| request.arrival <= now) {
            match policy {
                Policy::Room(room) if waiting.len() >= room => tally.shed += 1,
                _ => waiting.push_back(*request),
            }
        }
        let next = match policy {
            Policy::NewestFirst => waiting.pop_back(),
            _ => waiting.pop_front(),
        };
        let Some(request) = next else {
            match incoming.peek() {
                Some(request) => now = request.arrival,
                None => return tally,
            }
            continue;
        };
        if let Policy::SkipAfter(limit) = policy
            && now > request.arrival + limit
        {
            tally.shed += 1;
            continue;
        }
        now += request.service;
        if now <= request.arrival + patience {
            tally.in_time += 1;
        } else {
            tally.late += 1;
        }
    }
}
// ANCHOR_END: serve

/// How many requests of two classes were let in, and how many came.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Classes {
    /// Important requests that came.
    pub important: usize,
    /// Important requests that were let in.
    pub important_in: usize,
    /// Other requests that came.
    pub other: usize,
    /// Other requests that were let in.
    pub other_in: usize,
}

// ANCHOR: admit
/// One server with a line of `room` places, the last `reserved` of which are for
/// important requests only.
pub fn admit(
    requests: &[Job],
    is_important: impl Fn(usize) -> bool,
    room: usize,
    reserved: usize,
) -> Classes {
    let mut classes = Classes::default();
    // When the admitted requests start; they are served in order.
    let mut starts: VecDeque<u64> = VecDeque::new();
    let mut free = 0;
    for (n, request) in requests.iter().enumerate() {
        while starts
            .front()
            .is_some_and(|start| *start <= request.arrival)
        {
            starts.pop_front();
        }
        let important = is_important(n);
        let places = if important {
            room
        } else {
            room.saturating_sub(reserved)
        };
        let let_in = free <= request.arrival || starts.len() < places;
        if let_in {
            let start = request.arrival.max(free);
            starts.push_back(start);
            free = start + request.service;
        }
        if important {
            classes.important += 1;
            classes.important_in += usize::from(let_in);
        } else {
            classes.other += 1;
            classes.other_in += usize::from(let_in);
        }
    }
    classes
}
// ANCHOR_END: admit

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::queue::{bounded_queue, poisson_jobs, queue};
    use proptest::prelude::*;

    const POLICIES: [Policy; 4] = [
        Policy::All,
        Policy::Room(3),
        Policy::SkipAfter(5_000),
        Policy::NewestFirst,
    ];

    proptest! {
        #[test]
        fn every_request_is_counted_once(seed in 0..500u64, between in 500.0..2_000.0f64) {
            let jobs = poisson_jobs(200, between, 1_000.0, seed);
            for policy in POLICIES {
                let tally = serve(&jobs, 5_000, policy);
                prop_assert_eq!(tally.in_time + tally.late + tally.shed, 200);
            }
        }

        #[test]
        fn in_order_it_is_the_plain_queue(seed in 0..500u64, patience in 0..9_000u64) {
            let jobs = poisson_jobs(200, 900.0, 1_000.0, seed);
            let in_time = queue(&jobs, 1).iter().filter(|visit| visit.response() <= patience).count();
            prop_assert_eq!(serve(&jobs, patience, Policy::All).in_time, in_time);
        }

        #[test]
        fn without_a_reserve_all_are_alike(seed in 0..500u64, room in 0..9usize) {
            let jobs = poisson_jobs(200, 900.0, 1_000.0, seed);
            let classes = admit(&jobs, |n| n % 3 == 0, room, 0);
            let (visits, _) = bounded_queue(&jobs, 1, room);
            prop_assert_eq!(classes.important_in + classes.other_in, visits.len());
        }

        #[test]
        fn a_request_that_is_skipped_early_enough_is_never_late(seed in 0..500u64, patience in 0..9_000u64) {
            let jobs: Vec<Job> = poisson_jobs(200, 700.0, 1_000.0, seed).iter().map(|job| Job { service: 1_000, ..*job }).collect();
            let tally = serve(&jobs, patience + 1_000, Policy::SkipAfter(patience));
            prop_assert_eq!(tally.late, 0);
            // Nobody is skipped who could still be served in time, except by this rule.
            let queued = queue(&jobs, 1).iter().filter(|visit| visit.wait() <= patience).count();
            prop_assert!(tally.in_time >= queued);
        }

        #[test]
        fn who_waits_for_ever_is_never_late(seed in 0..100u64) {
            let jobs = poisson_jobs(200, 700.0, 1_000.0, seed);
            for policy in POLICIES {
                prop_assert_eq!(serve(&jobs, u64::MAX / 2, policy).late, 0);
            }
        }
    }
}
