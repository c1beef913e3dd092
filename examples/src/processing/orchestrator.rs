//! An execution orchestrator: tasks that depend on each other, on workers without
//! knowledge of the dependencies.
//!
//! Shown in `src/processing/orchestrator.md`.
//!
//! The bounds are those of R. L. Graham, "Bounds on Multiprocessing Timing Anomalies",
//! *SIAM Journal on Applied Mathematics* 17(2), 1969. Times are in minutes.

use crate::random::Random;
use crate::simulation::EventQueue;

/// A task, and the tasks that have to be done before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Task {
    /// Its name.
    pub name: String,
    /// How long it takes.
    pub length: u64,
    /// Numbers of the tasks that it needs. They are lower than its own, so that there
    /// are no cycles.
    pub needs: Vec<usize>,
}

/// When a task ran, and where.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ran {
    /// The task's number.
    pub task: usize,
    /// The worker.
    pub worker: usize,
    /// When it started.
    pub start: u64,
    /// When it ended.
    pub end: u64,
}

// ANCHOR: tails
/// For each task the length of the longest chain that begins with it. The greatest is
/// the critical path.
pub fn tails(tasks: &[Task]) -> Vec<u64> {
    let mut after = vec![0; tasks.len()];
    let mut tails = vec![0; tasks.len()];
    for (number, task) in tasks.iter().enumerate().rev() {
        tails[number] = task.length + after[number];
        for need in task.needs.iter().filter(|need| **need < number) {
            after[*need] = after[*need].max(tails[number]);
        }
    }
    tails
}
// ANCHOR_END: tails

// ANCHOR: schedule
/// Gives each free worker a task that is ready: of several, the one that starts the
/// longest chain.
pub fn schedule(tasks: &[Task], workers: usize) -> Vec<Ran> {
    let tails = tails(tasks);
    let mut missing: Vec<usize> = tasks.iter().map(|task| task.needs.len()).collect();
    let mut ready: Vec<usize> = (0..tasks.len()).filter(|n| missing[*n] == 0).collect();
    let mut idle: Vec<usize> = (0..workers).rev().collect();
    let mut running = EventQueue::new();
    let mut ran = Vec::new();
    loop {
        ready.sort_by_key(|number| (tails[*number], usize::MAX - number));
        while let Some(worker) = idle.pop() {
            let Some(task) = ready.pop() else {
                idle.push(worker);
                break;
            };
            let start = running.now();
            let end = start + tasks[task].length;
            running.schedule_at(end, (task, worker));
            ran.push(Ran {
                task,
                worker,
                start,
                end,
            });
        }
        let Some((done, worker)) = running.pop() else {
            return ran;
        };
        idle.push(worker);
        for (number, task) in tasks.iter().enumerate() {
            let needs = task.needs.iter().filter(|need| **need == done).count();
            missing[number] -= needs;
            if needs > 0 && missing[number] == 0 {
                ready.push(number);
            }
        }
    }
}
// ANCHOR_END: schedule

/// Random tasks, each of which needs up to three earlier ones.
pub fn random_tasks(count: usize, longest: u64, seed: u64) -> Vec<Task> {
    let mut random = Random::new(seed);
    let tasks = (0..count).map(|number| {
        let mut needs: Vec<usize> = (0..random.below(4))
            .map(|_| random.index(number))
            .filter(|need| *need < number)
            .collect();
        needs.sort_unstable();
        needs.dedup();
        Task {
            name: format!("t{number}"),
            length: 1 + random.below(longest),
            needs,
        }
    });
    tasks.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn schedules_keep_the_order_and_graham_s_bounds(
            count in 0..60usize, workers in 1..8usize, seed in any::<u64>(),
        ) {
            let tasks = random_tasks(count, 20, seed);
            let ran = schedule(&tasks, workers);
            prop_assert_eq!(ran.len(), count);
            let mut end = vec![0; count];
            for run in &ran {
                end[run.task] = run.end;
            }
            for run in &ran {
                for need in &tasks[run.task].needs {
                    prop_assert!(end[*need] <= run.start);
                }
            }
            for a in &ran {
                for b in ran.iter().filter(|b| b.task != a.task && b.worker == a.worker) {
                    prop_assert!(a.end <= b.start || b.end <= a.start);
                }
            }
            let total: u64 = tasks.iter().map(|task| task.length).sum();
            let critical = tails(&tasks).into_iter().max().unwrap_or(0);
            let makespan = end.into_iter().max().unwrap_or(0);
            let m = workers as u64;
            prop_assert!(makespan >= critical && makespan * m >= total);
            prop_assert!(makespan * m <= total + (m - 1) * critical);
        }
    }

    #[test]
    fn without_workers_nothing_runs() {
        assert!(schedule(&random_tasks(5, 3, 1), 0).is_empty());
    }
}
