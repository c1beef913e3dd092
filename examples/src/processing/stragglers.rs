//! Tasks on machines of which some are slow, with and without backup copies of the last
//! tasks.
//!
//! Shown in `src/processing/stragglers.md`.
//!
//! After Dean and Ghemawat, "`MapReduce`: Simplified Data Processing on Large
//! Clusters", OSDI 2004, section 3.6. Times are in seconds.

use crate::simulation::{EventId, EventQueue};

/// What to do with idle machines when no task waits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Backup {
    /// Leave them idle.
    Off,
    /// Let them run a second copy of a task that is still running; the first copy to
    /// end counts.
    On,
}

/// What a job took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Finish {
    /// When the last task was done.
    pub time: u64,
    /// How many second copies were started.
    pub copies: u64,
    /// The seconds that all machines together were busy.
    pub busy: u64,
}

/// A copy of a task that runs on a machine.
#[derive(Debug, Clone, Copy)]
struct Running {
    task: usize,
    machine: usize,
    since: u64,
    end: EventId,
}

/// Runs `tasks` tasks of `length` seconds each. A machine with slowness 3 takes three
/// times as long. A free machine takes the next task; when none waits, it may back up
/// the one that has been running longest alone.
pub fn run_tasks(
    tasks: usize,
    length: u64,
    slowness: &[u64],
    backup: Backup,
) -> Finish {
    let mut queue = EventQueue::new();
    let mut waiting = 0..tasks;
    let mut idle: Vec<usize> = (0..slowness.len()).rev().collect();
    let mut running: Vec<Running> = Vec::new();
    let mut finish = Finish {
        time: 0,
        copies: 0,
        busy: 0,
    };
    // ANCHOR: run
    loop {
        while let Some(machine) = idle.pop() {
            let task = waiting.next().or_else(|| {
                let task =
                    (backup == Backup::On).then(|| longest_alone(&running))??;
                finish.copies += 1;
                Some(task)
            });
            let Some(task) = task else {
                idle.push(machine);
                break;
            };
            let end = queue.schedule_in(length * slowness[machine], task);
            running.push(Running {
                task,
                machine,
                since: queue.now(),
                end,
            });
        }
        let Some(first) = queue.pop() else {
            return finish;
        };
        finish.time = queue.now();
        let same_time = std::iter::from_fn(|| queue.pop_until(finish.time));
        let done: Vec<usize> = std::iter::once(first).chain(same_time).collect();
        for copy in running.extract_if(.., |copy| done.contains(&copy.task)) {
            queue.cancel(copy.end);
            finish.busy += finish.time - copy.since;
            idle.push(copy.machine);
        }
    }
    // ANCHOR_END: run
}

/// The task with a single copy that has been running longest.
fn longest_alone(running: &[Running]) -> Option<usize> {
    let copies = |task| running.iter().filter(|copy| copy.task == task).count();
    let alone = running.iter().filter(|copy| copies(copy.task) == 1);
    alone.min_by_key(|copy| copy.since).map(|copy| copy.task)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    #[test]
    fn equal_machines_work_in_rounds() {
        let finish = run_tasks(10, 7, &[1; 4], Backup::Off);
        assert_eq!((finish.time, finish.copies, finish.busy), (21, 0, 70));
    }

    #[test]
    fn without_machines_or_tasks_nothing_happens() {
        assert_eq!(run_tasks(3, 5, &[], Backup::On).time, 0);
        assert_eq!(run_tasks(0, 5, &[1, 2], Backup::On).busy, 0);
    }

    proptest! {
        /// Backups start only when nothing waits, so they can't delay a first copy.
        #[test]
        fn a_backup_never_makes_a_job_later(
            tasks in 0..40usize, length in 1..50u64, slowness in prop::collection::vec(1..9u64, 1..12),
        ) {
            let plain = run_tasks(tasks, length, &slowness, Backup::Off);
            let backed = run_tasks(tasks, length, &slowness, Backup::On);
            prop_assert!(backed.time <= plain.time);
            prop_assert!(backed.copies < slowness.len() as u64);
            // No schedule beats all machines working all the time.
            let speed: f64 = slowness.iter().map(|s| 1.0 / float(*s)).sum();
            let work = float(tasks as u64 * length);
            prop_assert!(float(backed.time) >= work / speed - 1e-6);
        }
    }
}
