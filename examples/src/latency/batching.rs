//! Batching and prefetching: paying a fixed cost once for many items, or paying it in
//! advance.
//!
//! Shown in `src/latency/batching.md`.

use crate::number::float;

/// A worker that takes items in batches. Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Batches {
    /// The cost of a batch, however many items it has: a round trip, a flush to disk.
    pub fixed: u64,
    /// The cost of each item.
    pub each: u64,
    /// The maximum number of items in a batch.
    pub most: usize,
}

impl Batches {
    /// The time of a batch of some items.
    pub fn time(&self, items: usize) -> u64 {
        self.fixed + self.each * items as u64
    }

    /// Items a second when every batch is full.
    pub fn capacity(&self) -> f64 {
        let most = self.most.max(1);
        let (items, time) = (float(most), float(self.time(most)));
        items / (time / 1e6)
    }
}

// ANCHOR: batch_latency
/// The latency of each item when a free worker takes everything that waits, up to a
/// full batch, and doesn't wait for more.
///
/// `arrivals` are in order.
pub fn batch_latency(arrivals: &[u64], batches: Batches) -> Vec<u64> {
    let (mut latencies, mut free_at, mut rest) = (Vec::new(), 0, arrivals);
    while let Some(first) = rest.first() {
        let start = free_at.max(*first);
        let waiting = rest.iter().take(batches.most.max(1));
        let taken = waiting.take_while(|arrival| **arrival <= start).count();
        let (batch, later) = rest.split_at(taken);
        free_at = start + batches.time(taken);
        latencies.extend(batch.iter().map(|arrival| free_at - arrival));
        rest = later;
    }
    latencies
}
// ANCHOR_END: batch_latency

/// A reader that goes through blocks. Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Scan {
    /// The time until a requested block is there.
    pub fetch: u64,
    /// The time to process a block.
    pub process: u64,
    /// How many blocks ahead of the one in use are requested.
    pub ahead: usize,
}

// ANCHOR: scan_time
/// The time to read `blocks` blocks in order, when the reader asks for later blocks
/// while it processes one.
///
/// The storage answers any number of requests at once.
pub fn scan_time(blocks: usize, scan: Scan) -> u64 {
    let mut ready = Vec::new();
    let mut now = 0;
    for block in 0..blocks {
        while ready.len() <= block + scan.ahead && ready.len() < blocks {
            ready.push(now + scan.fetch);
        }
        now = now.max(ready[block]) + scan.process;
    }
    now
}
// ANCHOR_END: scan_time

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn batches_of_one_are_a_plain_queue() {
        use super::super::queue::{Job, queue};
        let jobs: Vec<Job> = (0..50)
            .map(|n| Job {
                arrival: n * 7 % 40 + n,
                service: 12,
            })
            .collect();
        let mut jobs = jobs;
        jobs.sort_by_key(|job| job.arrival);
        let arrivals: Vec<u64> = jobs.iter().map(|job| job.arrival).collect();
        let batches = Batches {
            fixed: 10,
            each: 2,
            most: 1,
        };
        let expected: Vec<u64> = queue(&jobs, 1)
            .iter()
            .map(|visit| visit.end - visit.arrival)
            .collect();
        assert_eq!(batch_latency(&arrivals, batches), expected);
    }

    #[test]
    fn capacity_is_what_a_crowd_is_served_at() {
        let batches = Batches {
            fixed: 100,
            each: 5,
            most: 20,
        };
        let last = batch_latency(&[0; 2_000], batches).into_iter().max();
        assert_eq!(last, Some(20_000));
        assert!((batches.capacity() - 100_000.0).abs() < 1e-6);
    }

    #[test]
    fn a_scan_has_the_time_of_the_formula() {
        // Without reading ahead each block costs both times; far enough ahead, only the
        // first fetch shows.
        let scan = |ahead| {
            scan_time(
                100,
                Scan {
                    fetch: 40,
                    process: 10,
                    ahead,
                },
            )
        };
        assert_eq!([scan(0), scan(4), scan(9)], [5_000, 1_040, 1_040]);
        assert_eq!(
            scan_time(
                0,
                Scan {
                    fetch: 1,
                    process: 1,
                    ahead: 1
                }
            ),
            0
        );
    }

    proptest! {
        #[test]
        fn everyone_is_served_once_and_not_before_the_cost_of_one(
            gaps in prop::collection::vec(0..30u64, 0..60),
            most in 0..9usize,
        ) {
            let arrivals: Vec<u64> = gaps.iter().scan(0, |time, gap| { *time += gap; Some(*time) }).collect();
            let batches = Batches { fixed: 10, each: 3, most };
            let latencies = batch_latency(&arrivals, batches);
            prop_assert_eq!(latencies.len(), arrivals.len());
            prop_assert!(latencies.iter().all(|latency| *latency >= batches.time(1)));
        }

        #[test]
        fn reading_further_ahead_is_never_slower(blocks in 0..40usize, fetch in 0..50u64, process in 0..50u64) {
            let time = |ahead| scan_time(blocks, Scan { fetch, process, ahead });
            for ahead in 0..5 {
                prop_assert!(time(ahead + 1) <= time(ahead));
            }
        }
    }
}
