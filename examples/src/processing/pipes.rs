//! Pipe and filter: a series of stages, with channels of limited capacity between them.
//! Times are in microseconds.
//!
//! Shown in `src/processing/pipes.md`.

use crate::number::float;

// ANCHOR: pipes
/// When each item leaves the last stage. `service[s][i]` is how long stage `s` works on
/// item `i`; all items wait at the entrance.
///
/// A stage that is done with an item keeps it until the next one takes it, or the
/// channel between them has room.
pub fn run_pipes(service: &[Vec<u64>], room: usize) -> Vec<u64> {
    let items = service.iter().map(Vec::len).min().unwrap_or(0);
    let stages = service.len();
    let mut starts = vec![vec![0; items]; stages];
    let mut leaves = vec![vec![0; items]; stages];
    for item in 0..items {
        let mut arrives = 0;
        for stage in 0..stages {
            let free = item
                .checked_sub(1)
                .map_or(0, |previous| leaves[stage][previous]);
            let start = free.max(arrives);
            let done = start + service[stage][item];
            // The channel has room once the item `room` places ahead was taken out of
            // it. Without any room, the next stage itself has to be free of the item
            // ahead.
            let taken = match room {
                0 => leaves.get(stage + 1).zip(item.checked_sub(1)),
                _ => starts.get(stage + 1).zip(item.checked_sub(room)),
            };
            let has_room = taken.map_or(0, |(next, ahead)| next[ahead]);
            starts[stage][item] = start;
            leaves[stage][item] = done.max(has_room);
            arrives = leaves[stage][item];
        }
    }
    leaves.pop().unwrap_or_default()
}
// ANCHOR_END: pipes

/// Items in a second, from the times at which they left.
pub fn items_per_second(leaves: &[u64]) -> f64 {
    let count = float(leaves.len());
    let last = leaves.last().copied().unwrap_or(0);
    let seconds = float(last) / 1e6;
    if seconds > 0.0 { count / seconds } else { 0.0 }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::VecDeque;

    /// The reference: the same machine, a microsecond at a time.
    fn by_ticks(service: &[Vec<u64>], room: usize) -> Vec<u64> {
        let (stages, items) = (service.len(), service[0].len());
        let mut at: Vec<Option<(usize, u64)>> = vec![None; stages];
        let mut channel: Vec<VecDeque<usize>> = vec![VecDeque::new(); stages];
        channel[0] = (0..items).collect();
        let mut left = Vec::new();
        let mut now = 0;
        while left.len() < items {
            let mut moved = true;
            while moved {
                moved = false;
                for s in (0..stages).rev() {
                    if let Some((item, end)) = at[s].filter(|(_, end)| *end <= now) {
                        let _ = end;
                        let next_takes = s + 1 < stages
                            && at[s + 1].is_none()
                            && channel[s + 1].is_empty();
                        if s + 1 == stages {
                            left.push(now);
                        } else if channel[s + 1].len() < room || next_takes {
                            channel[s + 1].push_back(item);
                        } else {
                            continue;
                        }
                        at[s] = None;
                        moved = true;
                    }
                }
                for s in 0..stages {
                    if at[s].is_none()
                        && let Some(item) = channel[s].pop_front()
                    {
                        at[s] = Some((item, now + service[s][item]));
                        moved = true;
                    }
                }
            }
            now += 1;
        }
        left
    }

    #[test]
    fn the_slowest_stage_sets_the_pace() {
        let service = vec![vec![2; 50], vec![10; 50], vec![3; 50]];
        let last = *run_pipes(&service, 1).last().unwrap();
        assert_eq!(last, 2 + 3 + 50 * 10);
        assert!(run_pipes(&[], 3).is_empty());
    }

    /// Two stages with exponential times: with `room` places between them there are
    /// `room` + 3 states, all equally likely, and in one of them the second stage has
    /// nothing to do.
    #[test]
    fn two_stages_are_as_fast_as_the_formula_says() {
        let mut random = crate::random::Random::new(1);
        for room in [0, 1, 3, 10] {
            let service: Vec<Vec<u64>> = (0..2)
                .map(|_| {
                    (0..200_000)
                        .map(|_| random.exponential_us(1_000.0))
                        .collect()
                })
                .collect();
            let pace = items_per_second(&run_pipes(&service, room)) / 1_000.0;
            let theory = (float(room) + 2.0) / (float(room) + 3.0);
            assert!(
                (pace / theory - 1.0).abs() < 0.01,
                "{room}: {pace} {theory}"
            );
        }
    }

    proptest! {
        #[test]
        fn the_recurrence_says_what_a_simulation_by_ticks_says(
            service in prop::collection::vec(prop::collection::vec(1..9u64, 12), 1..4), room in 0..4usize,
        ) {
            prop_assert_eq!(run_pipes(&service, room), by_ticks(&service, room));
        }
    }
}
