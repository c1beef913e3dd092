//! Jobs that are due later, on a wheel of slots.
//!
//! Shown in `src/queues/timers.md`.
//!
//! After G. Varghese and A. Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987:
//! the wheel with rounds, their scheme 6.

use std::collections::HashMap;

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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::EventQueue;
    use proptest::prelude::*;

    proptest! {
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
