//! Jobs that are due later, on a wheel of slots.
//!
//! After G. Varghese and A. Lauck, "Hashed and Hierarchical Timing Wheels", SOSP 1987: the wheel with rounds, their scheme 6.

/// A wheel on which each slot holds the jobs of every so many ticks, each with the rounds that it still has to wait.
#[derive(Debug, Clone)]
pub struct TimerWheel<T> {
    slots: Vec<Vec<(u64, T)>>,
    now: u64,
    /// Jobs that ticks have looked at.
    pub looked_at: u64,
}

impl<T> TimerWheel<T> {
    /// A wheel with so many slots, at least one.
    pub fn new(slots: usize) -> Self {
        Self {
            slots: (0..slots.max(1)).map(|_| Vec::new()).collect(),
            now: 0,
            looked_at: 0,
        }
    }

    // ANCHOR: wheel
    /// Puts a job on the wheel that is due in so many ticks. What is due now is due at the next one.
    pub fn add(&mut self, ticks: u64, job: T) {
        let slots = self.slots.len() as u64;
        let due = self.now + ticks.max(1);
        let rounds = (due - self.now - 1) / slots;
        let slot = usize::try_from(due % slots).unwrap_or(0);
        self.slots[slot].push((rounds, job));
    }

    /// Turns the wheel by one slot and takes what is due. The others in the slot have one round less to wait.
    pub fn tick(&mut self) -> Vec<T> {
        self.now += 1;
        let at = usize::try_from(self.now % self.slots.len() as u64).unwrap_or(0);
        let slot = std::mem::take(&mut self.slots[at]);
        self.looked_at += slot.len() as u64;
        let mut due = Vec::new();
        for (rounds, job) in slot {
            match rounds.checked_sub(1) {
                None => due.push(job),
                Some(left) => self.slots[at].push((left, job)),
            }
        }
        due
    }
    // ANCHOR_END: wheel

    /// How many jobs wait.
    pub fn len(&self) -> usize {
        self.slots.iter().map(Vec::len).sum()
    }

    /// Whether none does.
    pub fn is_empty(&self) -> bool {
        self.slots.iter().all(Vec::is_empty)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::simulation::EventQueue;
    use proptest::prelude::*;

    proptest! {
        /// The judge: a queue that is sorted by time.
        #[test]
        fn jobs_come_at_the_tick_at_which_a_sorted_queue_has_them(
            slots in 1..20usize, jobs in prop::collection::vec((0..30u64, 0..100u64), 0..60),
        ) {
            let mut wheel = TimerWheel::new(slots);
            let mut sorted = EventQueue::new();
            for now in 1..150 {
                for (job, (after, _)) in jobs.iter().enumerate().filter(|(_, (start, _))| *start == now - 1) {
                    let ticks = jobs[job].1;
                    wheel.add(ticks, job);
                    sorted.schedule_at(after + ticks.max(1), job);
                }
                let mut expected: Vec<usize> = std::iter::from_fn(|| sorted.pop_until(now)).collect();
                let mut due = wheel.tick();
                expected.sort_unstable();
                due.sort_unstable();
                prop_assert_eq!(due, expected);
                prop_assert_eq!(wheel.len(), sorted.len());
            }
            prop_assert!(wheel.is_empty());
        }
    }
}
