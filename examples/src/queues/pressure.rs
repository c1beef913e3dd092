//! A pipeline whose waiting lines are bounded: a stage that can't hand on its item is
//! blocked, and then so is the one before it.
//!
//! Shown in `src/queues/back-pressure.md`.
//!
//! This is a tandem queue with blocking after service; its recursion is that of H. G.
//! Perros, *Queueing Networks with Blocking*, 1994.

/// One stage of a pipeline.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stage {
    /// How long it works on an item, in microseconds.
    pub service: u64,
    /// How many items can wait in front of it.
    pub room: usize,
}

/// When each item entered and left each stage. Times are in microseconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Flow {
    /// For each stage, when each item came to it.
    pub entered: Vec<Vec<u64>>,
    /// For each stage, when each item left it.
    pub left: Vec<Vec<u64>>,
}

impl Flow {
    /// How many items a stage has at a time: those that wait and the one that it works
    /// on or can't hand over.
    pub fn held(&self, stage: usize, at: u64) -> usize {
        let (Some(entered), Some(left)) =
            (self.entered.get(stage), self.left.get(stage))
        else {
            return 0;
        };
        let items = entered.iter().zip(left);
        items
            .filter(|(entered, left)| **entered <= at && at < **left)
            .count()
    }
}

// ANCHOR: press
/// Sends items through stages. `arrivals` says when the source has each item ready, in
/// order.
pub fn press(arrivals: &[u64], stages: &[Stage]) -> Flow {
    let mut entered = vec![Vec::with_capacity(arrivals.len()); stages.len()];
    let mut left: Vec<Vec<u64>> = entered.clone();
    // A stage holds `room` items and the one in progress: item n enters when item n -
    // room - 1 has left.
    let has_room =
        |left: &[Vec<u64>], stage: usize, item: usize| match stages.get(stage) {
            Some(next) if item > next.room => left[stage][item - next.room - 1],
            _ => 0,
        };
    let mut source = 0;
    for (item, arrival) in arrivals.iter().enumerate() {
        // The source waits as well: it can't hand over an item before there is room.
        source = source.max(*arrival).max(has_room(&left, 0, item));
        let mut ready = source;
        for (stage, Stage { service, .. }) in stages.iter().enumerate() {
            entered[stage].push(ready);
            let free = left[stage].last().copied().unwrap_or(0);
            let done = ready.max(free) + service;
            ready = done.max(has_room(&left, stage + 1, item));
            left[stage].push(ready);
        }
    }
    Flow { entered, left }
}
// ANCHOR_END: press

// ANCHOR: room_for
/// How long a waiting line may be so that no item in it waits for longer than
/// `longest_wait`. Times are in microseconds.
///
/// Workers that began together end together, and then the line moves by as many places
/// as there are workers, once in a `service`. Without work every wait is short enough,
/// and the answer is `None`.
pub fn room_for(longest_wait: u64, service: u64, workers: u64) -> Option<u64> {
    Some(longest_wait.checked_div(service)? * workers)
}
// ANCHOR_END: room_for

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::queue::{Job, Visit, bounded_queue, queue};
    use proptest::prelude::*;

    fn stages() -> impl Strategy<Value = Vec<Stage>> {
        let stage =
            (1..9u64, 0..4usize).prop_map(|(service, room)| Stage { service, room });
        prop::collection::vec(stage, 1..5)
    }

    #[test]
    fn a_stage_that_waits_for_nothing_needs_no_bound() {
        assert_eq!(room_for(250_000, 10_000, 4), Some(100));
        assert_eq!(room_for(1, 0, 4), None);
    }

    #[test]
    fn an_empty_pipeline_holds_nothing() {
        let flow = press(&[0, 1], &[]);
        assert_eq!(flow.held(0, 0), 0);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn no_line_is_ever_longer_than_its_room(stages in stages(), gaps in prop::collection::vec(0..6u64, 1..40)) {
            let arrivals: Vec<u64> = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) }).collect();
            let flow = press(&arrivals, &stages);
            let end = *flow.left.last().unwrap().last().unwrap();
            for at in 0..=end {
                for (n, stage) in stages.iter().enumerate() {
                    prop_assert!(flow.held(n, at) <= stage.room + 1);
                }
            }
        }

        #[test]
        fn with_room_for_all_it_is_a_chain_of_plain_queues(services in prop::collection::vec(1..9u64, 1..4), count in 1..30usize) {
            let arrivals: Vec<u64> = (0..count as u64).map(|n| n * 3).collect();
            let stages: Vec<Stage> = services.iter().map(|s| Stage { service: *s, room: count }).collect();
            let mut times = arrivals.clone();
            for service in &services {
                let jobs: Vec<Job> = times.iter().map(|t| Job { arrival: *t, service: *service }).collect();
                times = queue(&jobs, 1).iter().map(|visit| visit.end).collect();
            }
            let flow = press(&arrivals, &stages);
            prop_assert_eq!(flow.left.last(), Some(&times));
        }

        #[test]
        fn nobody_waits_for_longer_than_was_promised(
            gaps in prop::collection::vec(0..4u64, 1..200), promise in 0..60u64, service in 1..20u64, workers in 1..5usize
        ) {
            let arrivals = gaps.iter().scan(0, |at, gap| { *at += gap; Some(*at) });
            let jobs: Vec<Job> = arrivals.map(|arrival| Job { arrival, service }).collect();
            let room = room_for(promise, service, workers as u64).unwrap();
            let (visits, _) = bounded_queue(&jobs, workers, usize::try_from(room).unwrap());
            prop_assert!(visits.iter().all(|visit| visit.wait() <= promise));
            // And no longer line would keep the promise: a burst waits for as long as
            // whole service times allow.
            let room = usize::try_from(room).unwrap();
            let burst = vec![Job { arrival: 0, service }; room + workers + 1];
            let (visits, refused) = bounded_queue(&burst, workers, room);
            prop_assert_eq!(refused, 1);
            prop_assert_eq!(visits.iter().map(Visit::wait).max(), Some(promise / service * service));
        }

        #[test]
        fn more_room_never_makes_an_item_late(stages in stages(), count in 1..30usize) {
            let arrivals = vec![0; count];
            let wider: Vec<Stage> = stages.iter().map(|s| Stage { room: s.room + 1, ..*s }).collect();
            let (narrow, wide) = (press(&arrivals, &stages), press(&arrivals, &wider));
            let ends = narrow.left.last().unwrap().iter().zip(wide.left.last().unwrap());
            for (narrow, wide) in ends {
                prop_assert!(wide <= narrow);
            }
        }
    }
}
