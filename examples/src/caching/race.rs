//! A cache and a database that several clients change at once, step by step in any
//! order.
//!
//! Shown in `src/replication/two-copies.md`.
//!
//! Leases are those of Nishtala et al., "Scaling Memcache at Facebook", NSDI 2013.

use crate::interleave::interleavings;

/// What one client does in one indivisible step.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Ask the cache. A hit ends the client's work; a miss hands out a lease.
    Get,
    /// Read value and version from the database.
    Read,
    /// Put what was read or written into the cache.
    Fill,
    /// The same, unless a delete has revoked the lease in between.
    FillWithLease,
    /// The same, unless the cache holds a newer version.
    FillIfNewer,
    /// Write a value to the database, which gives it the next version.
    Write(u32),
    /// Delete the entry from the cache, and revoke leases.
    Delete,
}

/// A value with the version that the database gave it.
pub type Versioned = (u32, u32);

/// What is left when all clients are done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What the database holds.
    pub database: Versioned,
    /// What the cache holds.
    pub cache: Option<Versioned>,
    /// The steps, as `sender -> receiver: text`.
    pub trace: Vec<String>,
}

impl Outcome {
    // ANCHOR: orders
    /// Whether the cache holds something that the database doesn't.
    pub fn is_stale(&self) -> bool {
        self.cache.is_some_and(|cached| cached != self.database)
    }
    // ANCHOR_END: orders
}

/// A client: its name and its steps.
pub type Client<'a> = (&'a str, &'a [Step]);

#[derive(Default, Clone)]
struct Local {
    at: usize,
    seen: Option<Versioned>,
    is_done: bool,
    lease: Option<u32>,
}

// ANCHOR: run
/// Lets the clients move in the order of the schedule. The database starts with the
/// value 1.
pub fn run(clients: &[Client<'_>], schedule: &[usize]) -> Outcome {
    let mut database: Versioned = (1, 1);
    let mut cache: Option<Versioned> = None;
    let mut lease = 0;
    let mut locals = vec![Local::default(); clients.len()];
    let mut trace = Vec::new();
    for who in schedule {
        let (Some((name, steps)), Some(local)) =
            (clients.get(*who), locals.get_mut(*who))
        else {
            continue;
        };
        let Some(step) = steps.get(local.at).copied() else {
            continue;
        };
        local.at += 1;
        if local.is_done {
            continue;
        }
        let what = match step {
            Step::Get => {
                local.is_done = cache.is_some();
                local.lease = Some(lease);
                let found = cache.map_or("miss".into(), |(value, _)| value.to_string());
                format!("cache: get, {found}")
            }
            Step::Read => {
                local.seen = Some(database);
                format!("database: read {}", database.0)
            }
            Step::Write(value) => {
                database = (value, database.1 + 1);
                local.seen = Some(database);
                format!("database: write {value}")
            }
            Step::Delete => {
                cache = None;
                lease += 1;
                "cache: delete".into()
            }
            Step::Fill | Step::FillWithLease | Step::FillIfNewer => {
                let is_refused = match step {
                    Step::FillWithLease => local.lease != Some(lease),
                    Step::FillIfNewer => newer(cache, local.seen),
                    _ => false,
                };
                if !is_refused {
                    cache = local.seen;
                }
                let verdict = if is_refused { ", refused" } else { "" };
                let value = local.seen.map_or(0, |(value, _)| value);
                format!("cache: set {value}{verdict}")
            }
        };
        trace.push(format!("{name} -> {what}"));
    }
    Outcome {
        database,
        cache,
        trace,
    }
}
// ANCHOR_END: run

fn newer(held: Option<Versioned>, offered: Option<Versioned>) -> bool {
    held.map(|(_, version)| version) > offered.map(|(_, version)| version)
}

// ANCHOR: orders
/// Runs the clients in every order.
pub fn all_orders(clients: &[Client<'_>]) -> Vec<Outcome> {
    let lengths: Vec<usize> = clients.iter().map(|(_, steps)| steps.len()).collect();
    let schedules = interleavings(&lengths);
    schedules.iter().map(|order| run(clients, order)).collect()
}
// ANCHOR_END: orders

#[cfg(test)]
mod tests {
    use super::Step::{Delete, Fill, FillIfNewer, FillWithLease, Get, Read, Write};
    use super::*;

    fn stale(clients: &[Client<'_>]) -> (usize, usize) {
        let all = all_orders(clients);
        (all.iter().filter(|o| o.is_stale()).count(), all.len())
    }

    #[test]
    fn one_order_of_ten_leaves_a_reader_s_old_value() {
        let reader = ("reader", [Get, Read, Fill].as_slice());
        let writer = ("writer", [Write(2), Delete].as_slice());
        assert_eq!(stale(&[reader, writer]), (1, 10));
    }

    #[test]
    fn two_writers_that_set_the_cache_cross_in_two_orders_of_six() {
        let a = ("a", [Write(2), Fill].as_slice());
        let b = ("b", [Write(3), Fill].as_slice());
        assert_eq!(stale(&[a, b]), (2, 6));
    }

    #[test]
    fn writers_that_set_only_if_newer_or_delete_leave_nothing_stale() {
        for writers in 1..=4u32 {
            for (second, is_safe) in
                [(Fill, writers == 1), (FillIfNewer, true), (Delete, true)]
            {
                let steps: Vec<_> = (1..=writers).map(|n| [Write(n), second]).collect();
                let clients: Vec<_> =
                    steps.iter().map(|steps| ("w", steps.as_slice())).collect();
                let (stale, orders) = stale(&clients);
                // (2 n)! / 2^n
                assert_eq!(orders, [1, 6, 90, 2_520][writers as usize - 1]);
                assert_eq!(stale == 0, is_safe, "{writers} {second:?}");
            }
        }
    }

    #[test]
    fn leases_leave_nothing_stale_with_any_readers_and_writers() {
        let reader = ("reader", [Get, Read, FillWithLease].as_slice());
        let writer = ("writer", [Write(2), Delete].as_slice());
        let other = ("other", [Write(3), Delete].as_slice());
        assert_eq!(stale(&[reader, writer]).0, 0);
        assert_eq!(stale(&[reader, writer, other]).0, 0);
        assert_eq!(stale(&[reader, reader, writer]).0, 0);
    }

    #[test]
    fn versions_leave_nothing_stale_when_writers_set() {
        let reader = ("reader", [Get, Read, FillIfNewer].as_slice());
        let a = ("a", [Write(2), FillIfNewer].as_slice());
        let b = ("b", [Write(3), FillIfNewer].as_slice());
        assert_eq!(stale(&[a, b]).0, 0);
        assert_eq!(stale(&[reader, a, b]).0, 0);
    }

    #[test]
    fn versions_don_t_help_when_writers_delete() {
        let reader = ("reader", [Get, Read, FillIfNewer].as_slice());
        let writer = ("writer", [Write(2), Delete].as_slice());
        assert_eq!(stale(&[reader, writer]).0, 1);
    }
}
