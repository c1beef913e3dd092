//! Deadlock: workers that lock several things, in virtual time, and its four conditions
//! removed one by one.
//!
//! Shown in `src/relational/deadlock.md`.
//!
//! The conditions are those of E. G. Coffman, M. J. Elphick and A. Shoshani, "System
//! Deadlocks", ACM Computing Surveys 3(2), 1971.

use crate::interleave::interleavings;
use crate::random::Random;
use std::collections::BTreeMap;

/// Which of the four conditions is removed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Without {
    /// All four hold.
    Nothing,
    /// Things are shared: no lock is exclusive. Right for readers only.
    MutualExclusion,
    /// All locks are taken at once, or none.
    HoldAndWait,
    /// A worker that would close a cycle of waiting loses its locks and starts over.
    NoPreemption,
    /// Wound-wait: a worker takes a lock from a younger one, which starts over. Workers
    /// are numbered by age. No one has to detect a cycle. D. J. Rosenkrantz, R. E.
    /// Stearns and P. M. Lewis, "System Level Concurrency Control for Distributed
    /// Database Systems", ACM TODS 3(2), 1978.
    WoundWait,
    /// Wait-die: a worker that would wait for an older one starts over instead. From
    /// the same paper.
    WaitDie,
    /// Locks are taken in the order of their numbers.
    CircularWait,
}

/// How a run ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ended {
    /// Workers that finished.
    pub finished: usize,
    /// Workers that wait for each other forever.
    pub stuck: usize,
    /// How often a worker lost its locks and started over.
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
/// The workers on a cycle of waiting, if there is one. `waits_for` leads from each
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

/// In how many of all orders of their lock requests these workers end in a deadlock,
/// and how many orders there are. A worker that waits takes its turns by waiting, and
/// none releases anything before all have asked.
pub fn in_every_order(wants: &[Vec<usize>]) -> (usize, usize) {
    let counts: Vec<usize> = wants.iter().map(Vec::len).collect();
    let orders = interleavings(&counts);
    let ends_in_a_circle = |order: &&Vec<usize>| {
        let mut holders: BTreeMap<usize, usize> = BTreeMap::new();
        let (mut held, mut waits_for) = (vec![0; wants.len()], BTreeMap::new());
        for who in *order {
            if waits_for.contains_key(who) {
                continue;
            }
            let thing = wants[*who][held[*who]];
            match holders.get(&thing) {
                Some(holder) if held[*holder] < wants[*holder].len() => {
                    waits_for.insert(*who, *holder);
                }
                // It is free, or its holder has all that it wants and will release it.
                _ => {
                    holders.insert(thing, *who);
                    held[*who] += 1;
                }
            }
        }
        circle(&waits_for).is_some()
    };
    let stuck = orders.iter().filter(ends_in_a_circle).count();
    (stuck, orders.len())
}

/// Workers that each lock these things in this order and then release all. At each step
/// a random one that isn't done moves on by one lock.
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
        // By age, a worker that finds a lock taken restarts or takes it, so no cycle
        // forms.
        let is_by_age = matches!(without, Without::WoundWait | Without::WaitDie);
        if let Some(circle) = circle(&waits_for).filter(|_| !is_by_age) {
            if without != Without::NoPreemption {
                // A worker can also wait for one on the cycle: all of these are stuck.
                ended.stuck = open
                    .iter()
                    .filter(|who| waits_for.contains_key(who))
                    .count();
                let can_move = open.len() > ended.stuck;
                if !can_move {
                    return ended;
                }
            } else if let Some(victim) =
                circle.iter().min_by_key(|who| workers[**who].held.len())
            {
                workers[*victim].held.clear();
                ended.restarts += 1;
            }
        }
        if open.is_empty() {
            return ended;
        }
        let who = open[random.index(open.len())];
        ended.steps += 1;
        // By age instead of by cycles: one of the two starts over.
        let gives_way = match (without, holder(&workers, who, without)) {
            (Without::WoundWait, Some(holder)) if who < holder => Some(holder),
            (Without::WaitDie, Some(holder)) if who > holder => Some(who),
            _ => None,
        };
        if let Some(younger) =
            gives_way.filter(|younger| !workers[*younger].held.is_empty())
        {
            workers[younger].held.clear();
            ended.restarts += 1;
        }
        // A worker that has just lost its locks starts over at a later step; otherwise
        // no one else would ever get them.
        if gives_way != Some(who) && holder(&workers, who, without).is_none() {
            let worker = &mut workers[who];
            let taken = worker.held.len();
            match worker.wants.get(taken) {
                Some(_) if without == Without::HoldAndWait => {
                    worker.held.clone_from(&worker.wants);
                }
                Some(thing) => worker.held.push(*thing),
                None => {
                    worker.held.clear();
                    worker.done = true;
                }
            }
        }
    }
}

/// The share of runs in which some workers get stuck. In each run, each of `workers`
/// workers wants `rows` different things of `things`, drawn at random.
pub fn stuck_share(
    workers: usize,
    rows: usize,
    things: usize,
    without: Without,
    runs: u32,
    seed: u64,
) -> f64 {
    let mut random = Random::new(seed);
    let mut stuck = 0;
    for _ in 0..runs {
        let mut draw = || {
            let mut wants: Vec<usize> = Vec::new();
            while wants.len() < rows.min(things) {
                let thing = random.index(things);
                if !wants.contains(&thing) {
                    wants.push(thing);
                }
            }
            wants
        };
        let wants: Vec<Vec<usize>> = (0..workers).map(|_| draw()).collect();
        let scheduler = random.below(u64::MAX);
        stuck += u32::from(run(&wants, without, scheduler).stuck > 0);
    }
    f64::from(stuck) / f64::from(runs.max(1))
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
    use crate::number::float;
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
            for without in [Without::MutualExclusion, Without::HoldAndWait, Without::NoPreemption, Without::WoundWait, Without::WaitDie, Without::CircularWait] {
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
    fn two_in_opposite_order_are_stuck_in_four_of_six_orders() {
        let wants = [vec![0, 1], vec![1, 0]];
        assert_eq!(in_every_order(&wants), (4, 6));
        assert_eq!(in_every_order(&[vec![0, 1], vec![0, 1]]), (0, 6));
        // In a circle all are stuck if no worker's second request comes before its
        // neighbor's first one.
        for n in 2..=4 {
            let wants: Vec<Vec<usize>> =
                (0..n).map(|who| vec![who, (who + 1) % n]).collect();
            let orders = interleavings(&vec![2; n]);
            let nobody_gets_both = |order: &&Vec<usize>| {
                let first = |who| order.iter().position(|asks| *asks == who);
                let second = |who| order.iter().rposition(|asks| *asks == who);
                (0..n).all(|who| second(who) > first((who + 1) % n))
            };
            let stuck = orders.iter().filter(nobody_gets_both).count();
            assert_eq!(in_every_order(&wants), (stuck, orders.len()));
        }
        let stuck =
            (0..10_000).filter(|seed| run(&wants, Without::Nothing, *seed).stuck > 0);
        // The runs choose who moves, at each step, by a coin: stuck when the second
        // step is the other worker's.
        let share = float(stuck.count()) / 1e4;
        assert!((share - 0.5).abs() < 0.02, "{share}");
    }

    /// The oldest never loses its locks, and no cycle of waiting forms.
    #[test]
    fn by_age_no_cycle_of_waiting_forms() {
        for seed in 0..500 {
            let wants: Vec<Vec<usize>> =
                (0..5).map(|who| vec![who, (who + 1) % 5]).collect();
            for without in [Without::WoundWait, Without::WaitDie] {
                let ended = run(&wants, without, seed);
                assert_eq!((ended.finished, ended.stuck), (5, 0));
            }
        }
    }

    #[test]
    fn a_share_counts_the_stuck_runs() {
        // Both want both things: as in the runs with two in opposite order, but only
        // half of the draws are in opposite order.
        let share = stuck_share(2, 2, 2, Without::Nothing, 10_000, 3);
        assert!((share - 0.25).abs() < 0.02, "{share}");
        for without in [Without::CircularWait, Without::WaitDie] {
            assert!(stuck_share(6, 8, 20, without, 100, 3) < 1e-9);
        }
        assert!(stuck_share(6, 1, 20, Without::Nothing, 100, 3) < 1e-9);
    }
}
