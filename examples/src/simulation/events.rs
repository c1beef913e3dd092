//! A queue of events with virtual time, in whole microseconds.
//!
//! Used by `simulation/mod.rs`.

use std::collections::BTreeMap;

/// Identifies a scheduled event, to cancel it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct EventId {
    time: u64,
    order: u64,
}

/// Events that wait for their time. Events of the same time come in the order in which
/// they were scheduled.
///
/// Scheduling, cancelling and taking the next one cost O(log n).
#[derive(Debug, Clone)]
pub struct EventQueue<E> {
    waiting: BTreeMap<EventId, E>,
    now: u64,
    scheduled: u64,
}

impl<E> Default for EventQueue<E> {
    fn default() -> Self {
        Self {
            waiting: BTreeMap::new(),
            now: 0,
            scheduled: 0,
        }
    }
}

impl<E> EventQueue<E> {
    /// An empty queue at time 0.
    pub fn new() -> Self {
        Self::default()
    }

    /// The time of the last event that was taken, in microseconds.
    pub fn now(&self) -> u64 {
        self.now
    }

    /// Schedules an event for a time. An event in the past happens now.
    pub fn schedule_at(&mut self, time: u64, event: E) -> EventId {
        let id = EventId {
            time: time.max(self.now),
            order: self.scheduled,
        };
        self.scheduled += 1;
        self.waiting.insert(id, event);
        id
    }

    /// Schedules an event for `delay` microseconds from now.
    pub fn schedule_in(&mut self, delay: u64, event: E) -> EventId {
        self.schedule_at(self.now.saturating_add(delay), event)
    }

    /// Cancels an event that has not happened yet.
    pub fn cancel(&mut self, id: EventId) -> Option<E> {
        self.waiting.remove(&id)
    }

    /// Keeps only the waiting events for which `keep` holds.
    pub fn retain(&mut self, mut keep: impl FnMut(&E) -> bool) {
        self.waiting.retain(|_, event| keep(event));
    }

    /// When the next event is due.
    pub fn next_time(&self) -> Option<u64> {
        self.waiting.first_key_value().map(|(id, _)| id.time)
    }

    /// Takes the next event and moves the time to it.
    pub fn pop(&mut self) -> Option<E> {
        let (id, event) = self.waiting.pop_first()?;
        self.now = id.time;
        Some(event)
    }

    /// The same for events up to and including a time. When there is none left, the
    /// time moves to it.
    pub fn pop_until(&mut self, time: u64) -> Option<E> {
        if self.next_time().is_some_and(|next| next <= time) {
            return self.pop();
        }
        self.now = self.now.max(time);
        None
    }

    /// How many events wait.
    pub fn len(&self) -> usize {
        self.waiting.len()
    }

    /// Whether none waits.
    pub fn is_empty(&self) -> bool {
        self.waiting.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn equal_times_keep_the_order_of_scheduling() {
        let mut queue = EventQueue::new();
        for name in ["a", "b", "c"] {
            queue.schedule_at(5, name);
        }
        queue.schedule_at(4, "first");
        let order: Vec<_> = std::iter::from_fn(|| queue.pop()).collect();
        assert_eq!(order, ["first", "a", "b", "c"]);
        assert_eq!(queue.now(), 5);
    }

    #[test]
    fn the_past_happens_now_and_a_cancelled_event_never() {
        let mut queue = EventQueue::new();
        queue.schedule_at(10, "ten");
        queue.pop();
        let late = queue.schedule_at(3, "late");
        let gone = queue.schedule_in(1, "gone");
        assert_eq!(queue.cancel(gone), Some("gone"));
        assert_eq!(queue.cancel(gone), None);
        assert_eq!((queue.pop(), queue.now()), (Some("late"), 10));
        assert_eq!(queue.cancel(late), None);
        assert!(queue.is_empty());
    }

    #[test]
    fn waiting_until_a_time_moves_the_clock_there() {
        let mut queue = EventQueue::new();
        queue.schedule_at(7, ());
        assert_eq!((queue.pop_until(6), queue.now()), (None, 6));
        assert_eq!((queue.pop_until(7), queue.now()), (Some(()), 7));
        assert_eq!((queue.pop_until(9), queue.now()), (None, 9));
    }

    proptest! {
        #[test]
        fn events_come_as_a_stable_sort_would_put_them(times in prop::collection::vec(0..20u64, 0..100)) {
            let mut queue = EventQueue::new();
            for (n, time) in times.iter().enumerate() {
                queue.schedule_at(*time, n);
            }
            let mut expected: Vec<usize> = (0..times.len()).collect();
            expected.sort_by_key(|n| times[*n]);
            let order: Vec<usize> = std::iter::from_fn(|| queue.pop()).collect();
            prop_assert_eq!(order, expected);
        }
    }
}
