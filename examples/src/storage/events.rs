//! Event sourcing: the state as a fold over events, snapshots, and views that are kept
//! up to date.
//!
//! Shown in `src/storage/events.md`.
//!
//! The pattern is described in M. Fowler, "Event Sourcing", 2005; materialized views in
//! A. Gupta and I. S. Mumick, "Maintenance of Materialized Views", IEEE Data
//! Engineering Bulletin 18(2), 1995.

use crate::random::Random;
use std::collections::{BTreeMap, BTreeSet};

/// Something that happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Event {
    /// A user marked a post.
    Marked(u32, u32),
    /// A user removed a mark.
    Unmarked(u32, u32),
}

/// Events of users who mark posts with this probability, and otherwise take a mark back,
/// whether or not it is there. Users and posts are drawn from a seed.
pub fn random_events(
    count: usize,
    users: u32,
    posts: u32,
    marks: f64,
    seed: u64,
) -> Vec<Event> {
    let mut random = Random::new(seed);
    let event = |_| {
        let (user, post) = (one_of(&mut random, users), one_of(&mut random, posts));
        if random.chance(marks) {
            Event::Marked(user, post)
        } else {
            Event::Unmarked(user, post)
        }
    };
    (0..count).map(event).collect()
}

fn one_of(random: &mut Random, limit: u32) -> u32 {
    u32::try_from(random.below(u64::from(limit))).unwrap_or(0)
}

/// The state: which user marks which post.
pub type Marks = BTreeSet<(u32, u32)>;

// ANCHOR: apply
/// The state after one more event.
pub fn apply(marks: &mut Marks, event: Event) {
    match event {
        Event::Marked(user, post) => marks.insert((post, user)),
        Event::Unmarked(user, post) => marks.remove(&(post, user)),
    };
}

/// The state after events.
pub fn replay(events: &[Event]) -> Marks {
    let mut marks = Marks::new();
    for event in events {
        apply(&mut marks, *event);
    }
    marks
}
// ANCHOR_END: apply

/// Events, with periodic snapshots of the state.
#[derive(Debug, Clone, Default)]
pub struct Journal {
    events: Vec<Event>,
    snapshots: BTreeMap<usize, Marks>,
    state: Marks,
    every: usize,
}

impl Journal {
    /// An empty journal that takes a snapshot every `every` events, or never if that is
    /// 0.
    pub fn new(every: usize) -> Self {
        Self {
            every,
            ..Self::default()
        }
    }

    /// Adds an event.
    pub fn add(&mut self, event: Event) {
        self.events.push(event);
        apply(&mut self.state, event);
        if self.every > 0 && self.events.len().is_multiple_of(self.every) {
            self.snapshots.insert(self.events.len(), self.state.clone());
        }
    }

    /// How many entries all snapshots hold together.
    pub fn snapshot_entries(&self) -> usize {
        self.snapshots.values().map(BTreeSet::len).sum()
    }

    // ANCHOR: at
    /// The state after the first `count` events, and how many were replayed: from the
    /// last snapshot before.
    pub fn at(&self, count: usize) -> (Marks, usize) {
        let snapshot = self.snapshots.range(..=count).next_back();
        let (from, mut marks) =
            snapshot.map_or((0, Marks::new()), |(from, marks)| (*from, marks.clone()));
        let events = self.events.get(from..count).unwrap_or_default();
        for event in events {
            apply(&mut marks, *event);
        }
        (marks, events.len())
    }
    // ANCHOR_END: at
}

/// When a view is brought up to date.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Refresh {
    /// It isn't kept: each read counts again.
    Never,
    /// Everything is counted again every this many events.
    Every(usize),
    /// Each event updates the rows that it affects.
    Incremental,
}

/// What a view cost, and how wrong it was when read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Cost {
    /// Rows of the state that were read for it.
    pub rows_read: usize,
    /// Rows of the view that were written.
    pub rows_written: usize,
    /// Reads whose answer was not that of the state.
    pub stale_reads: usize,
}

// ANCHOR: view
/// A view "marks of each post" over events. After each `reads_every` events somebody
/// asks for the number of the next post in `asked`.
pub fn view(
    events: &[Event],
    refresh: Refresh,
    reads_every: usize,
    asked: &[u32],
) -> Cost {
    let (mut marks, mut counts, mut cost) =
        (Marks::new(), BTreeMap::new(), Cost::default());
    let mut asked = asked.iter().cycle();
    for (n, event) in (1..).zip(events) {
        let before = marks.len();
        apply(&mut marks, *event);
        let (Event::Marked(_, post) | Event::Unmarked(_, post)) = *event;
        match refresh {
            Refresh::Never => {}
            Refresh::Every(events) => {
                if n % events.max(1) == 0 {
                    counts.clear();
                    for (post, _) in &marks {
                        *counts.entry(*post).or_insert(0) += 1;
                    }
                    cost.rows_read += marks.len();
                    cost.rows_written += counts.len();
                }
            }
            // A repeated mark changes nothing, neither in the state nor in the view.
            Refresh::Incremental if marks.len() == before => {}
            Refresh::Incremental => {
                let count = counts.entry(post).or_insert(0usize);
                *count = if marks.len() > before {
                    *count + 1
                } else {
                    count.saturating_sub(1)
                };
                cost.rows_written += 1;
            }
        }
        if n % reads_every.max(1) == 0
            && let Some(post) = asked.next().copied()
        {
            let truth = marks.range((post, 0)..=(post, u32::MAX)).count();
            match refresh {
                Refresh::Never => cost.rows_read += truth,
                _ => {
                    cost.rows_read += 1;
                    cost.stale_reads +=
                        usize::from(counts.get(&post).copied().unwrap_or(0) != truth);
                }
            }
        }
    }
    cost
}
// ANCHOR_END: view

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn events() -> impl Strategy<Value = Vec<Event>> {
        let one = (any::<bool>(), 0..5u32, 0..5u32);
        let one = one.prop_map(|(adds, user, post)| {
            if adds {
                Event::Marked(user, post)
            } else {
                Event::Unmarked(user, post)
            }
        });
        proptest::collection::vec(one, 0..100)
    }

    proptest! {
        #[test]
        fn snapshots_change_nothing_but_the_work(events in events(), every in 1..20usize, count in 0..120usize) {
            let mut journal = Journal::new(every);
            for event in &events { journal.add(*event); }
            let count = count.min(events.len());
            let (marks, replayed) = journal.at(count);
            prop_assert_eq!(marks, replay(&events[..count]));
            prop_assert!(replayed < every);
        }

        #[test]
        fn an_incremental_view_is_never_stale(events in events(), reads in 1..5usize, asked in proptest::collection::vec(0..6u32, 1..9)) {
            prop_assert_eq!(view(&events, Refresh::Incremental, reads, &asked).stale_reads, 0);
            prop_assert_eq!(view(&events, Refresh::Every(1), reads, &asked).stale_reads, 0);
        }

        /// The judge counts anew from the events: those up to the last refresh, against
        /// all.
        #[test]
        fn a_read_is_stale_if_the_number_has_changed_since_the_refresh(events in events(), every in 1..30usize, reads in 1..5usize, asked in proptest::collection::vec(0..6u32, 1..9)) {
            let count = |upto: usize, post: u32| replay(&events[..upto]).iter().filter(|(of, _)| *of == post).count();
            let stale = (1..=events.len() / reads).filter(|read| {
                let (now, post) = (read * reads, asked[(read - 1) % asked.len()]);
                count(now, post) != count(now - now % every, post)
            });
            prop_assert_eq!(view(&events, Refresh::Every(every), reads, &asked).stale_reads, stale.count());
        }

        #[test]
        fn random_events_are_of_the_users_and_posts(users in 1..9u32, posts in 1..9u32, seed in any::<u64>()) {
            let events = random_events(50, users, posts, 1.0, seed);
            let is_known = |event: &Event| matches!(event, Event::Marked(user, post) if *user < users && *post < posts);
            prop_assert!(events.len() == 50 && events.iter().all(is_known));
        }
    }
}
