//! Jobs that are due later, on a wheel of slots.
//!
//! Shown in `src/queues/timers.md`.
//!
//! After G. Varghese and A. Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987:
//! the wheel with rounds, their scheme 6.

use std::collections::{BTreeSet, HashMap};
use std::ops::Range;

/// Names a job on a wheel, to cancel it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct TimerId(u64);

/// A wheel whose slots take turns, one per tick. Each job in a slot has a number of
/// rounds that it still has to wait.
#[derive(Debug, Clone)]
pub struct TimerWheel<T> {
    slots: Vec<Vec<(u64, TimerId)>>,
    /// The jobs that are still wanted.
    jobs: HashMap<TimerId, T>,
    now: u64,
    added: u64,
    /// Places on the wheel that ticks have looked at.
    pub looked_at: u64,
}

impl<T> TimerWheel<T> {
    /// A wheel with this many slots, at least one.
    pub fn new(slots: usize) -> Self {
        Self {
            slots: (0..slots.max(1)).map(|_| Vec::new()).collect(),
            jobs: HashMap::new(),
            now: 0,
            added: 0,
            looked_at: 0,
        }
    }

    // ANCHOR: wheel
    /// Adds a job that is due in this many ticks, at least one.
    pub fn add(&mut self, ticks: u64, job: T) -> TimerId {
        let slots = self.slots.len() as u64;
        let due = self.now + ticks.max(1);
        let rounds = (due - self.now - 1) / slots;
        let slot = usize::try_from(due % slots).unwrap_or(0);
        let id = TimerId(self.added);
        self.added += 1;
        self.slots[slot].push((rounds, id));
        self.jobs.insert(id, job);
        id
    }

    /// Cancels a job. Its place on the wheel is cleared when its slot comes up next.
    pub fn cancel(&mut self, id: TimerId) -> Option<T> {
        self.jobs.remove(&id)
    }

    /// Advances the wheel by one slot and returns the jobs that are due. The others in
    /// the slot have one round less to wait.
    pub fn tick(&mut self) -> Vec<T> {
        self.now += 1;
        let at = usize::try_from(self.now % self.slots.len() as u64).unwrap_or(0);
        let slot = std::mem::take(&mut self.slots[at]);
        self.looked_at += slot.len() as u64;
        let mut due = Vec::new();
        for (rounds, id) in slot {
            match rounds.checked_sub(1) {
                None => due.extend(self.jobs.remove(&id)),
                Some(left) if self.jobs.contains_key(&id) => {
                    self.slots[at].push((left, id));
                }
                Some(_) => {} // It was canceled.
            }
        }
        due
    }
    // ANCHOR_END: wheel

    /// How many places on the wheel are taken, those of canceled jobs included.
    pub fn places(&self) -> usize {
        self.slots.iter().map(Vec::len).sum()
    }

    /// How many jobs wait.
    pub fn len(&self) -> usize {
        self.jobs.len()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.jobs.is_empty()
    }
}

/// How a wheel is filled from a database.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Loading {
    /// The seconds between two loads, each of which puts the jobs of that time on the
    /// wheel.
    pub every: u64,
    /// Whether the program also loads when it starts again.
    pub at_restart: bool,
}

/// The outcomes of jobs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Outcome {
    /// Done in their second.
    pub in_time: u64,
    /// Done later.
    pub late: u64,
    /// Not done.
    pub never: u64,
    /// The most jobs that were on the wheel.
    pub most: usize,
}

/// Jobs `1..=jobs`, each due in the second of its number, on a wheel of 60 slots. The
/// program is down in some seconds, and with it the wheel is gone. Jobs are also stored
/// in a database from which it loads, unless `loading` is `None`.
pub fn survive(jobs: u64, down: Range<u64>, loading: Option<Loading>) -> Outcome {
    let mut stored: BTreeSet<u64> = (1..=jobs).collect();
    let (mut wheel, mut outcome) = (TimerWheel::new(60), Outcome::default());
    if loading.is_none() {
        for due in std::mem::take(&mut stored) {
            wheel.add(due, due);
        }
    }
    for now in 0..jobs + down.end {
        if down.contains(&now) {
            wheel = TimerWheel::new(60);
            continue;
        }
        let loads = |loading: &Loading| {
            now % loading.every.max(1) == 0 || loading.at_restart && now == down.end
        };
        if let Some(loading) = loading.filter(loads) {
            wheel = TimerWheel::new(60);
            for due in stored.range(..=now + loading.every) {
                wheel.add(due.saturating_sub(now), *due);
            }
        }
        outcome.most = outcome.most.max(wheel.len());
        for due in wheel.tick() {
            stored.remove(&due); // It is done.
            match due == now + 1 {
                true => outcome.in_time += 1,
                false => outcome.late += 1,
            }
        }
    }
    outcome.never = jobs - outcome.in_time - outcome.late;
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::EventQueue;
    use proptest::prelude::*;

    proptest! {
        /// What is late is what fell due until the first load after the crash.
        #[test]
        fn a_database_loses_nothing_and_a_load_at_the_restart_delays_least(
            from in 1..200u64, down in 1..200u64, every in 1..200u64, jobs in 600..900u64,
        ) {
            let down = from..from + down;
            let memory = survive(jobs, down.clone(), None);
            prop_assert_eq!((memory.in_time, memory.never), (from, jobs - from));
            for at_restart in [false, true] {
                let stored = survive(jobs, down.clone(), Some(Loading { every, at_restart }));
                let first = if at_restart { down.end } else { down.end.div_ceil(every) * every };
                prop_assert_eq!((stored.never, stored.late), (0, first - from));
                prop_assert!(stored.most as u64 <= every + first - from);
            }
        }

        /// The reference: a queue that is sorted by time.
        #[test]
        fn jobs_come_at_the_tick_at_which_a_sorted_queue_has_them(
            slots in 1..20usize, jobs in prop::collection::vec((0..30u64, 0..100u64, prop::option::of(0..80u64)), 0..60),
        ) {
            let mut wheel = TimerWheel::new(slots);
            let mut sorted = EventQueue::new();
            let mut ids = vec![None; jobs.len()];
            for now in 1..150 {
                for (job, (start, ticks, cancel)) in jobs.iter().enumerate() {
                    if *start == now - 1 {
                        ids[job] = Some((wheel.add(*ticks, job), sorted.schedule_at(start + (*ticks).max(1), job)));
                    }
                    // Each job may be canceled at some time, also after it was due.
                    if let (Some(cancel), Some((on_wheel, in_queue))) = (cancel, ids[job]) && now - 1 == start + cancel {
                        prop_assert_eq!(wheel.cancel(on_wheel), sorted.cancel(in_queue));
                    }
                }
                let mut expected: Vec<usize> = std::iter::from_fn(|| sorted.pop_until(now)).collect();
                let mut due = wheel.tick();
                expected.sort_unstable();
                due.sort_unstable();
                prop_assert_eq!(due, expected);
                prop_assert_eq!(wheel.len(), sorted.len());
            }
            prop_assert!(wheel.is_empty());
            prop_assert!(wheel.slots.iter().all(Vec::is_empty), "canceled jobs leave nothing behind");
        }
    }
}
