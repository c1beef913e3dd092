//! Ingestion with and without a buffer, and jobs that run on a schedule.
//!
//! Shown in `src/processing/ingestion.md` and `src/processing/jobs.md`.

use std::collections::BTreeMap;

/// A second of a system that takes in data.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Second {
    /// Records that arrived.
    pub arrived: u64,
    /// Records that were written to the database.
    pub written: u64,
    /// Records that wait at the end of the second.
    pub waiting: u64,
    /// Records that were turned away.
    pub refused: u64,
}

// ANCHOR: ingest
/// Records arrive, wait in a buffer with some room, and are written at `capacity` a
/// second. Without room they are written at once, or refused. Goes on until the buffer
/// is empty.
pub fn ingest(arrivals: &[u64], capacity: u64, room: u64) -> Vec<Second> {
    let mut seconds = Vec::new();
    let mut waiting = 0;
    let mut arrivals = arrivals.iter().copied();
    loop {
        let arrived = arrivals.next();
        if arrived.is_none() && (waiting == 0 || capacity == 0) {
            return seconds;
        }
        let arrived = arrived.unwrap_or(0);
        let written = (waiting + arrived).min(capacity);
        let rest = waiting + arrived - written;
        waiting = rest.min(room);
        seconds.push(Second {
            arrived,
            written,
            waiting,
            refused: rest - waiting,
        });
    }
}
// ANCHOR_END: ingest

/// How a load treats rows that already exist.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Load {
    /// Every row is added.
    Append,
    /// A row replaces the one with its key.
    Upsert,
}

/// A target table: rows with their key and amount.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Target {
    appended: Vec<(u64, u64)>,
    by_key: BTreeMap<u64, u64>,
}

impl Target {
    // ANCHOR: load
    /// Extracts rows, transforms them by multiplying each amount, and loads them, up to
    /// a crash.
    pub fn load(
        &mut self,
        source: &[(u64, u64)],
        factor: u64,
        mode: Load,
        crash_after: Option<usize>,
    ) {
        let rows = source.iter().map(|(key, amount)| (*key, amount * factor));
        for (key, amount) in rows.take(crash_after.unwrap_or(usize::MAX)) {
            match mode {
                Load::Append => self.appended.push((key, amount)),
                Load::Upsert => {
                    self.by_key.insert(key, amount);
                }
            }
        }
    }
    // ANCHOR_END: load

    /// How many rows there are.
    pub fn rows(&self) -> usize {
        self.appended.len() + self.by_key.len()
    }

    /// The sum of all amounts.
    pub fn sum(&self) -> u64 {
        let appended = self.appended.iter().map(|(_, amount)| amount);
        appended.chain(self.by_key.values()).sum()
    }
}

/// What a schedule does when its job still runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Overlap {
    /// Starts another run beside it. All runs share the machine, so each gets slower.
    Allow,
    /// Skips this run.
    Skip,
    /// Adds a message to a queue, from which one worker takes one run after the other.
    Queue,
}

/// The outcome of a schedule.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Schedule {
    /// Runs that were finished.
    pub finished: u64,
    /// Runs that were skipped.
    pub skipped: u64,
    /// The most runs at the same time, or waiting.
    pub most: usize,
}

// ANCHOR: cron
/// Starts a job every `interval` minutes for `minutes` minutes. A run needs `work`
/// minutes of the machine.
pub fn run_schedule(
    interval: u64,
    work: u64,
    minutes: u64,
    overlap: Overlap,
) -> Schedule {
    // What each run still needs, in 1/1,000 of a minute.
    let mut runs: Vec<u64> = Vec::new();
    let mut result = Schedule {
        finished: 0,
        skipped: 0,
        most: 0,
    };
    for minute in 0..minutes {
        if minute % interval.max(1) == 0 {
            match overlap {
                Overlap::Skip if !runs.is_empty() => result.skipped += 1,
                _ => runs.push(work * 1_000),
            }
        }
        result.most = result.most.max(runs.len());
        match overlap {
            Overlap::Allow => {
                let share = 1_000 / runs.len().max(1) as u64;
                for run in &mut runs {
                    *run = run.saturating_sub(share);
                }
            }
            _ => {
                if let Some(first) = runs.first_mut() {
                    *first = first.saturating_sub(1_000);
                }
            }
        }
        let before = runs.len();
        runs.retain(|run| *run > 0);
        result.finished += (before - runs.len()) as u64;
    }
    result
}
// ANCHOR_END: cron

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn nothing_is_lost_unless_it_is_refused(
            arrivals in prop::collection::vec(0..100u64, 0..30), capacity in 1..60u64, room in 0..200u64,
        ) {
            let seconds = ingest(&arrivals, capacity, room);
            let sum = |f: fn(&Second) -> u64| seconds.iter().map(f).sum::<u64>();
            prop_assert_eq!(sum(|s| s.arrived), arrivals.iter().sum::<u64>());
            prop_assert_eq!(sum(|s| s.written) + sum(|s| s.refused), sum(|s| s.arrived));
            prop_assert!(seconds.iter().all(|s| s.written <= capacity && s.waiting <= room));
        }

        #[test]
        fn an_upsert_may_run_again_after_any_crash(
            amounts in prop::collection::vec(1..100u64, 1..30), crash in 0..30usize,
        ) {
            let source: Vec<(u64, u64)> = (0..).zip(amounts).collect();
            let [mut once, mut again, mut appended] = [(); 3].map(|()| Target::default());
            once.load(&source, 3, Load::Upsert, None);
            again.load(&source, 3, Load::Upsert, Some(crash));
            again.load(&source, 3, Load::Upsert, None);
            prop_assert_eq!(&once, &again);
            appended.load(&source, 3, Load::Append, Some(crash));
            appended.load(&source, 3, Load::Append, None);
            prop_assert_eq!(appended.rows(), source.len() + crash.min(source.len()));
        }

        #[test]
        fn a_job_shorter_than_its_interval_always_ends_in_time(interval in 2..60u64, times in 1..20u64, work in 1..60u64) {
            let work = work % (interval - 1) + 1;
            for overlap in [Overlap::Allow, Overlap::Skip, Overlap::Queue] {
                let schedule = run_schedule(interval, work, interval * times, overlap);
                prop_assert_eq!(schedule, Schedule { finished: times, skipped: 0, most: 1 });
            }
        }
    }
}
