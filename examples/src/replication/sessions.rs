//! Sessions that read from lagging replicas, and a checker of session guarantees.
//!
//! Shown in `src/replication/sessions.md`.
//!
//! The guarantees: D. B. Terry et al., "Session Guarantees for Weakly Consistent
//! Replicated Data", PDIS 1994. Times are in milliseconds.

use crate::number::float;
use crate::random::Random;

/// How a read finds its replica.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Route {
    /// Any replica, at random.
    Any,
    /// Always the same one for a session.
    Sticky,
    /// The primary for a while after a write of the session, in milliseconds, and any
    /// replica otherwise.
    PrimaryAfterWrite(u32),
    /// A replica that has at least the version that the session has seen or written;
    /// the primary if none has.
    AtLeast,
    /// Always the primary.
    Primary,
}

/// What a session did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It wrote this version.
    Write(u64),
    /// It read this version.
    Read(u64),
}

/// Violations of the session guarantees.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Violations {
    /// Reads of a version older than one that the session had written.
    pub own_writes: usize,
    /// Reads of a version older than one that the session had read.
    pub monotonic_reads: usize,
}

// ANCHOR: check
/// Checks a session's steps, in order.
pub fn check(steps: &[Step]) -> Violations {
    let mut found = Violations::default();
    let (mut written, mut read) = (0, 0);
    for step in steps {
        match *step {
            Step::Write(version) => written = version,
            Step::Read(version) => {
                found.own_writes += usize::from(version < written);
                found.monotonic_reads += usize::from(version < read);
                read = read.max(version);
            }
        }
    }
    found
}
// ANCHOR_END: check

/// Readers and writers of one record with replicas.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Workload {
    /// How many replicas lag behind the primary.
    pub replicas: usize,
    /// The mean lag of a write on a replica, exponentially distributed; writes stay in
    /// order.
    pub lag: f64,
    /// How many sessions take turns.
    pub sessions: usize,
    /// The mean time between two steps of a session.
    pub pause: f64,
    /// The share of steps that write.
    pub writes: f64,
}

/// What sessions saw under a route.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Seen {
    /// The sum over all sessions.
    pub violations: Violations,
    /// Reads.
    pub reads: usize,
    /// Reads that went to the primary.
    pub at_primary: usize,
    /// Reads of a version that was not the newest, whoever wrote the newest.
    pub stale: usize,
}

struct Replica {
    /// When each version arrives. Version n is at index n - 1.
    applied: Vec<f64>,
}

impl Replica {
    fn version(&self, now: f64) -> u64 {
        u64::try_from(self.applied.partition_point(|at| *at <= now)).unwrap_or(u64::MAX)
    }
}

/// Runs `steps` steps of all sessions together.
pub fn run(workload: &Workload, route: Route, steps: usize, seed: u64) -> Seen {
    let mut random = Random::new(seed);
    let sessions = workload.sessions.max(1);
    let mut replicas: Vec<Replica> = (0..workload.replicas.max(1))
        .map(|_| Replica {
            applied: Vec::new(),
        })
        .collect();
    let mut histories = vec![Vec::new(); sessions];
    // When a session wrote last, and the newest version that it wrote or read.
    let mut last_write = vec![f64::NEG_INFINITY; sessions];
    let mut known = vec![0u64; sessions];
    let (mut now, mut newest) = (0.0, 0u64);
    let mut seen = Seen::default();
    let step_every = workload.pause / float(sessions);
    for _ in 0..steps {
        now += random.exponential(step_every);
        let session = random.index(sessions);
        let any = random.index(replicas.len());
        if random.chance(workload.writes) {
            newest += 1;
            for replica in &mut replicas {
                let before = replica.applied.last().copied().unwrap_or(0.0);
                replica
                    .applied
                    .push(before.max(now + random.exponential(workload.lag)));
            }
            last_write[session] = now;
            known[session] = newest;
            histories[session].push(Step::Write(newest));
            continue;
        }
        let chosen = match route {
            Route::Any => Some(any),
            Route::Sticky => Some(session % replicas.len()),
            Route::PrimaryAfterWrite(time) => {
                (now - last_write[session] > f64::from(time)).then_some(any)
            }
            Route::AtLeast => (0..replicas.len())
                .map(|n| (any + n) % replicas.len())
                .find(|n| replicas[*n].version(now) >= known[session]),
            Route::Primary => None,
        };
        let version = chosen.map_or(newest, |replica| replicas[replica].version(now));
        seen.reads += 1;
        seen.at_primary += usize::from(chosen.is_none());
        seen.stale += usize::from(version < newest);
        known[session] = known[session].max(version);
        histories[session].push(Step::Read(version));
    }
    for history in &histories {
        let found = check(history);
        seen.violations.own_writes += found.own_writes;
        seen.violations.monotonic_reads += found.monotonic_reads;
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const BUSY: Workload = Workload {
        replicas: 3,
        lag: 300.0,
        sessions: 5,
        pause: 200.0,
        writes: 0.2,
    };

    #[test]
    fn the_checker_finds_what_was_planted() {
        use Step::{Read, Write};
        assert_eq!(check(&[Write(3), Read(3), Read(4)]), Violations::default());
        assert_eq!(check(&[Write(3), Read(2)]).own_writes, 1);
        assert_eq!(check(&[Read(3), Read(2), Read(2)]).monotonic_reads, 2);
    }

    #[test]
    fn each_route_breaks_what_it_does_not_promise() {
        let found = |route| run(&BUSY, route, 4_000, 1).violations;
        assert!(
            found(Route::Any).own_writes > 0 && found(Route::Any).monotonic_reads > 0
        );
        assert!(found(Route::Sticky).own_writes > 0);
        assert!(found(Route::PrimaryAfterWrite(50)).own_writes > 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn each_route_keeps_what_it_promises(
            seed in any::<u64>(), replicas in 1..6usize, lag in 1.0..2_000.0f64, writes in 0.0..1.0f64,
        ) {
            let workload = Workload { replicas, lag, writes, ..BUSY };
            let seen = |route| run(&workload, route, 500, seed);
            prop_assert_eq!(seen(Route::Sticky).violations.monotonic_reads, 0);
            prop_assert_eq!(seen(Route::AtLeast).violations, Violations::default());
            prop_assert_eq!(seen(Route::Primary).violations, Violations::default());
            prop_assert_eq!(seen(Route::Primary).stale, 0);
        }
    }
}
