//! Deadlock: workers that lock several things, in virtual time, and its four conditions taken away
//! one by one.
//!
//! The conditions are those of E. G. Coffman, M. J. Elphick and A. Shoshani, "System Deadlocks",
//! ACM Computing Surveys 3(2), 1971.

use crate::random::Random;
use std::collections::BTreeMap;

/// Which of the four conditions is taken away.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// All four hold.
    Nothing,
    /// Things are shared: no lock is exclusive. Right for readers only.
    MutualExclusion,
    /// All locks are taken at once, or none.
    HoldAndWait,
    /// A worker that would wait in a circle loses its locks and starts again.
    NoPreemption,
    /// Locks are taken in the order of their numbers.
    CircularWait,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Workers that finished.
    pub finished: usize,
    /// Workers that wait for each other for ever.
    pub stuck: usize,
    /// How often a worker lost its locks and started again.
    pub restarts: usize,
    /// Steps that were taken, waiting ones included.
    pub steps: usize,
}

#[derive(Debug, Clone)]
struct Worker {
    wants: Vec<usize>,
    held: Vec<usize>,
    done: bool,
}

// ANCHOR: cycle
/// The workers on a circle of waiting, if there is one. `waits_for` leads from each
/// that waits to the one that holds what it wants.
pub fn circle(waits_for: &BTreeMap<usize, usize>) -> Option<Vec<usize>> {
    for start in waits_for.keys() {
        let (mut path, mut at) = (vec![*start], *start);
        while let Some(next) = waits_for.get(&at) {
            if let Some(begin) = path.iter().position(|worker| worker == next) {
                return Some(path.split_off(begin));
            }
            path.push(*next);
            at = *next;
        }
    }
    None
}
// ANCHOR_END: cycle

/// Workers that each lock these things in this order and then release all. At each step a random
/// one that isn't done moves on by one lock.
pub fn run(wants: &[Vec<usize>], without: Without, seed: u64) -> Ended {
    let mut random = Random::new(seed);
    let mut workers: Vec<Worker> = wants
        .iter()
        .map(|wants| {
            let mut wants = wants.clone();
            if without == Without::CircularWait {
                wants.sort_unstable();
            }
            Worker {
                wants,
                held: Vec::new(),
                done: false,
            }
        })
        .collect();
    let mut ended = Ended {
        finished: 0,
        stuck: 0,
        restarts: 0,
        steps: 0,
    };
    loop {
        let open: Vec<usize> = (0..workers.len())
            .filter(|who| !workers[*who].done)
            .collect();
        ended.finished = workers.len() - open.len();
        let waits_for: BTreeMap<usize, usize> = open
            .iter()
            .filter_map(|who| Some((*who, holder(&workers, *who, without)?)))
            .collect();
        if let Some(circle) = circle(&waits_for) {
            if without != Without::NoPreemption {
                // A worker that waits can wait for one on the circle, too: all that nobody can release.
                ended.stuck = open
                    .iter()
                    .filter(|who| waits_for.contains_key(who))
                    .count();
                let can_move = open.len() > ended.stuck;
                if !can_move {
                    return ended;
                }
            } else if let Some(victim) = circle.iter().min_by_key(|who| workers[**who].held.len()) {
                workers[*victim].held.clear();
                ended.restarts += 1;
            }
        }
        if open.is_empty() {
            return ended;
        }
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            clippy::cast_precision_loss,
            reason = "a place in a short list"
        )]
        let who = open[(random.uniform() * open.len() as f64) as usize];
        ended.steps += 1;
        if holder(&workers, who, without).is_none() {
            let worker = &mut workers[who];
            let taken = worker.held.len();
            match worker.wants.get(taken) {
                Some(_) if without == Without::HoldAndWait => worker.held.clone_from(&worker.wants),
                Some(thing) => worker.held.push(*thing),
                None => {
                    worker.held.clear();
                    worker.done = true;
                }
            }
        }
    }
}

/// Who holds what a worker wants next.
fn holder(workers: &[Worker], who: usize, without: Without) -> Option<usize> {
    let worker = &workers[who];
    let next = worker.wants.get(worker.held.len()..)?;
    let next = match without {
        Without::MutualExclusion => return None,
        Without::HoldAndWait => next,
        _ => next.get(..1)?,
    };
    let has = |other: &Worker| next.iter().any(|thing| other.held.contains(thing));
    let mut others = workers.iter().enumerate();
    others
        .find(|(other, state)| *other != who && has(state))
        .map(|(other, _)| other)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn wants() -> impl Strategy<Value = Vec<Vec<usize>>> {
        let one = Just(vec![0usize, 1, 2, 3])
            .prop_shuffle()
            .prop_flat_map(|all| (1..=3usize).prop_map(move |n| all[..n].to_vec()));
        proptest::collection::vec(one, 1..6)
    }

    proptest! {
        #[test]
        fn without_any_one_condition_all_finish(wants in wants(), seed in 0..1_000u64) {
            for without in [Without::MutualExclusion, Without::HoldAndWait, Without::NoPreemption, Without::CircularWait] {
                let ended = run(&wants, without, seed);
                prop_assert_eq!((ended.finished, ended.stuck), (wants.len(), 0), "{:?}", without);
            }
        }

        #[test]
        fn with_all_four_every_worker_finishes_or_is_stuck(wants in wants(), seed in 0..1_000u64) {
            let ended = run(&wants, Without::Nothing, seed);
            prop_assert_eq!(ended.finished + ended.stuck, wants.len());
        }
    }

    #[test]
    fn two_in_opposite_order_are_stuck_in_half_of_the_runs() {
        let wants = [vec![0, 1], vec![1, 0]];
        let stuck = (0..10_000).filter(|seed| run(&wants, Without::Nothing, *seed).stuck > 0);
        // Stuck when the second step is the other worker's: one half.
        let share = f64::from(u32::try_from(stuck.count()).unwrap()) / 1e4;
        assert!((share - 0.5).abs() < 0.02, "{share}");
    }
}
