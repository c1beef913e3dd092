//! Lamport clocks and vector clocks, on the events of processes that send each other
//! messages.
//!
//! Shown in `src/replication/clocks.md`.
//!
//! L. Lamport, "Time, Clocks, and the Ordering of Events in a Distributed System",
//! *Communications of the ACM* 21(7), 1978. Vector clocks: C. J. Fidge, 1988, and F.
//! Mattern, 1989.

use crate::number::float;
use std::cmp::Ordering;

use crate::random::Random;

/// Something that happens in a process.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// A local event.
    Local {
        /// The process.
        at: usize,
    },
    /// A message is sent and, at once, received: two events.
    Message {
        /// The sender.
        from: usize,
        /// The receiver.
        to: usize,
    },
}

/// An event and its two time stamps.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// The process in which it happened.
    pub process: usize,
    /// Lamport's clock.
    pub lamport: u64,
    /// The vector clock: how many events of each process are known.
    pub vector: Vec<u64>,
    /// The event before it in the process, and for a receipt the sending: places in the
    /// list of events.
    pub after: Vec<usize>,
}

// ANCHOR: stamp
/// Gives every event its time stamps.
pub fn stamp(processes: usize, steps: &[Step]) -> Vec<Stamped> {
    let mut events: Vec<Stamped> = Vec::new();
    let mut last: Vec<Option<usize>> = vec![None; processes];
    let mut tick = |process: usize, sending: Option<usize>| {
        let after: Vec<usize> = last[process].into_iter().chain(sending).collect();
        let mut event = Stamped {
            process,
            lamport: 0,
            vector: vec![0; processes],
            after,
        };
        for before in &event.after {
            event.lamport = event.lamport.max(events[*before].lamport);
            for (own, theirs) in event.vector.iter_mut().zip(&events[*before].vector) {
                *own = (*own).max(*theirs);
            }
        }
        event.lamport += 1;
        event.vector[process] += 1;
        events.push(event);
        last[process] = Some(events.len() - 1);
        events.len() - 1
    };
    for step in steps {
        match *step {
            Step::Local { at } => {
                tick(at, None);
            }
            Step::Message { from, to } => {
                let sending = tick(from, None);
                tick(to, Some(sending));
            }
        }
    }
    events
}

/// How two vectors are ordered; `None` means that neither event could know of the
/// other.
pub fn order(one: &[u64], other: &[u64]) -> Option<Ordering> {
    let ahead = one.iter().zip(other).any(|(a, b)| a > b);
    let behind = one.iter().zip(other).any(|(a, b)| a < b);
    match (ahead, behind) {
        (false, false) => Some(Ordering::Equal),
        (true, false) => Some(Ordering::Greater),
        (false, true) => Some(Ordering::Less),
        (true, true) => None,
    }
}
// ANCHOR_END: stamp

/// Random steps: a message with this probability, otherwise a local event.
pub fn random_steps(
    processes: usize,
    count: usize,
    messages: f64,
    seed: u64,
) -> Vec<Step> {
    let mut random = Random::new(seed);
    let wide = processes.max(1);
    (0..count)
        .map(|_| {
            let at = random.index(wide);
            let hop = random.index(wide - 1) + 1;
            let is_message = float(random.below(1_000_000)) / 1e6 < messages;
            match is_message && wide > 1 {
                true => Step::Message {
                    from: at,
                    to: (at + hop) % processes,
                },
                false => Step::Local { at },
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Whether one event could have caused the other, by walking back along all links.
    fn happened_before(events: &[Stamped], one: usize, other: usize) -> bool {
        let mut open = events[other].after.clone();
        while let Some(at) = open.pop() {
            if at == one {
                return true;
            }
            open.extend(&events[at].after);
        }
        false
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(80))]

        #[test]
        fn vectors_tell_exactly_what_happened_before_and_lamport_never_contradicts(
            seed in any::<u64>(), processes in 1..5usize, messages in 0.0..1.0f64,
        ) {
            let events = stamp(processes, &random_steps(processes, 16, messages, seed));
            for one in 0..events.len() {
                for other in 0..events.len() {
                    let before = happened_before(&events, one, other);
                    let by_vector = order(&events[one].vector, &events[other].vector);
                    prop_assert_eq!(before, by_vector == Some(Ordering::Less));
                    prop_assert!(!before || events[one].lamport < events[other].lamport);
                }
            }
        }
    }

    #[test]
    fn lamport_orders_what_is_not_ordered() {
        let events = stamp(
            2,
            &[
                Step::Local { at: 0 },
                Step::Local { at: 1 },
                Step::Local { at: 1 },
            ],
        );
        assert!(events[0].lamport < events[2].lamport);
        assert_eq!(order(&events[0].vector, &events[2].vector), None);
    }
}
