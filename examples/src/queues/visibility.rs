//! A queue whose messages are hidden while a worker has them, reappear if it doesn't
//! delete them, and end up in a dead-letter queue.
//!
//! Shown in `src/queues/redelivery.md`.
//!
//! The terms are those of the Amazon Simple Queue Service: visibility timeout, receive
//! count, dead-letter queue.

use std::collections::BTreeMap;

/// Names one delivery of a message; only the latest one can delete it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Receipt {
    id: u64,
    receives: u32,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Entry<T> {
    body: T,
    visible_from: u64,
    receives: u32,
}

/// A queue of messages. Times are in any unit, and never decrease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkQueue<T> {
    timeout: u64,
    most_receives: u32,
    messages: BTreeMap<u64, Entry<T>>,
    sent: u64,
    /// Messages that were received too often without being deleted.
    pub dead: Vec<T>,
}

impl<T: Clone> WorkQueue<T> {
    /// A queue that hides a received message for `timeout`, and puts it aside after
    /// `most_receives`.
    pub fn new(timeout: u64, most_receives: u32) -> Self {
        Self {
            timeout,
            most_receives,
            messages: BTreeMap::new(),
            sent: 0,
            dead: Vec::new(),
        }
    }

    /// Adds a message.
    pub fn send(&mut self, body: T) {
        let entry = Entry {
            body,
            visible_from: 0,
            receives: 0,
        };
        self.messages.insert(self.sent, entry);
        self.sent += 1;
    }

    // ANCHOR: receive
    /// The oldest visible message. It is hidden for the time-out, and comes back unless
    /// it is deleted by then.
    pub fn receive(&mut self, now: u64) -> Option<(Receipt, T)> {
        loop {
            let visible =
                |(_, entry): &(&u64, &mut Entry<T>)| entry.visible_from <= now;
            let (&id, entry) = self.messages.iter_mut().find(visible)?;
            if entry.receives < self.most_receives {
                entry.receives += 1;
                entry.visible_from = now + self.timeout;
                let receives = entry.receives;
                return Some((Receipt { id, receives }, entry.body.clone()));
            }
            let entry = self.messages.remove(&id)?;
            self.dead.push(entry.body);
        }
    }

    /// Deletes a message that was worked on. Returns whether the receipt was still the
    /// latest one.
    pub fn delete(&mut self, receipt: Receipt) -> bool {
        let latest = self.messages.get(&receipt.id);
        let is_latest = latest.is_some_and(|entry| entry.receives == receipt.receives);
        if is_latest {
            self.messages.remove(&receipt.id);
        }
        is_latest
    }
    // ANCHOR_END: receive

    /// How many messages are neither deleted nor put aside.
    pub fn len(&self) -> usize {
        self.messages.len()
    }

    /// Whether none is left.
    pub fn is_empty(&self) -> bool {
        self.messages.is_empty()
    }

    /// When a message can be received next, if there is one.
    fn next_visible(&self) -> Option<u64> {
        self.messages.values().map(|entry| entry.visible_from).min()
    }
}

/// The work done on a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Work {
    /// How often a worker finished a message.
    pub done: u32,
    /// How often that message had been finished before.
    pub again: u32,
    /// When the last message was deleted.
    pub finished: u64,
}

// ANCHOR: drain
/// Some workers empty a queue. `effort` says how long a message takes; one that gives
/// `None` crashes its worker at once, which restarts after `restart`. Stops when
/// nothing is left.
pub fn drain<T: Clone + Ord>(
    queue: &mut WorkQueue<T>,
    workers: usize,
    restart: u64,
    mut effort: impl FnMut(&T) -> Option<u64>,
) -> Work {
    let mut work = Work::default();
    let mut done: BTreeMap<T, u32> = BTreeMap::new();
    // When each worker is free, and what it then has to report.
    let mut busy: Vec<(u64, Option<(Receipt, T)>)> = vec![(0, None); workers];
    while let Some(worker) = busy.iter_mut().min_by_key(|(free, _)| *free) {
        let now = worker.0;
        if let Some((receipt, body)) = worker.1.take() {
            work.done += 1;
            let times = done.entry(body).or_default();
            work.again += u32::from(*times > 0);
            *times += 1;
            if queue.delete(receipt) {
                work.finished = now;
            }
        }
        match queue.receive(now) {
            Some((receipt, body)) => match effort(&body) {
                Some(time) => *worker = (now + time, Some((receipt, body))),
                None => worker.0 = now + restart,
            },
            None => match queue.next_visible() {
                Some(time) => worker.0 = time.max(now + 1),
                None => break,
            },
        }
    }
    work
}
// ANCHOR_END: drain

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_message_comes_back_after_its_timeout_and_an_old_receipt_is_void() {
        let mut queue = WorkQueue::new(30, 5);
        queue.send("a");
        let (first, _) = queue.receive(0).unwrap();
        assert_eq!(queue.receive(29), None);
        let (second, _) = queue.receive(30).unwrap();
        assert!(!queue.delete(first));
        assert!(queue.delete(second));
        assert!(queue.is_empty());
    }

    proptest! {
        #[test]
        fn everything_is_done_or_dead(
            efforts in prop::collection::vec(prop::option::weighted(0.8, 1..50u64), 1..30), timeout in 1..60u64, workers in 1..4usize
        ) {
            let mut queue = WorkQueue::new(timeout, 4);
            (0..efforts.len()).for_each(|n| queue.send(n));
            let work = drain(&mut queue, workers, 5, |n| efforts[*n]);
            prop_assert_eq!(queue.len(), 0);
            let mut dead = queue.dead.clone();
            dead.sort_unstable();
            for (n, effort) in efforts.iter().enumerate() {
                // What crashes is put aside, and what is quick enough never is.
                if effort.is_none() {
                    prop_assert!(dead.contains(&n));
                }
                if effort.is_some_and(|effort| effort < timeout) {
                    prop_assert!(!dead.contains(&n));
                }
            }
            let quick = efforts.iter().flatten().all(|effort| *effort < timeout);
            prop_assert!(!quick || work.again == 0);
        }
    }
}
