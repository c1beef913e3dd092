//! Sagas: a long transaction as a series of short ones, each with a compensating
//! transaction.
//!
//! Shown in `src/consensus/sagas.md`.
//!
//! After H. Garcia-Molina and K. Salem, "Sagas", SIGMOD 1987.

use std::fmt;

/// What the services hold for a trip that a user books.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Trip {
    /// Seats that are taken.
    pub seats: i64,
    /// Rooms that are taken.
    pub rooms: i64,
    /// Money that was charged.
    pub charged: i64,
}

/// A step of a saga.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// Takes a seat.
    Flight,
    /// Takes a room.
    Hotel,
    /// Charges the card.
    Payment,
}

impl fmt::Display for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Flight => "flight",
            Self::Hotel => "hotel",
            Self::Payment => "payment",
        })
    }
}

impl Step {
    // ANCHOR: steps
    fn apply(self, trip: &mut Trip) {
        match self {
            Self::Flight => trip.seats += 1,
            Self::Hotel => trip.rooms += 1,
            Self::Payment => trip.charged += 250,
        }
    }

    /// Compensates for the step. It is another change, not a rollback.
    fn compensate(self, trip: &mut Trip) {
        match self {
            Self::Flight => trip.seats -= 1,
            Self::Hotel => trip.rooms -= 1,
            Self::Payment => trip.charged -= 250,
        }
    }
    // ANCHOR_END: steps
}

/// The outcome of a saga.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Saga {
    /// What the services hold after each step: others can see it.
    pub seen: Vec<Trip>,
    /// What was done, and what the services hold then, line by line.
    pub trace: Vec<String>,
    /// Whether all steps were done.
    pub completed: bool,
}

// ANCHOR: run
/// Runs steps in order. The one at `fails`, if any, fails, and those before it are
/// compensated in reverse; each compensation fails `stubborn` times before it works.
pub fn run_saga(steps: &[Step], fails: Option<usize>, stubborn: u32) -> Saga {
    let mut trip = Trip::default();
    let mut saga = Saga {
        seen: vec![trip],
        trace: Vec::new(),
        completed: fails.is_none(),
    };
    for (n, step) in steps.iter().enumerate() {
        if fails == Some(n) {
            saga.log(&format!("{step} fails"), trip);
            for done in steps[..n].iter().rev() {
                // There is no alternative: a compensation is retried until it works.
                for _ in 0..stubborn {
                    saga.log(&format!("compensate {done} fails"), trip);
                }
                done.compensate(&mut trip);
                saga.log(&format!("compensate {done}"), trip);
                saga.seen.push(trip);
            }
            break;
        }
        step.apply(&mut trip);
        saga.log(&step.to_string(), trip);
        saga.seen.push(trip);
    }
    saga
}
// ANCHOR_END: run

impl Saga {
    fn log(&mut self, what: &str, trip: Trip) {
        let Trip {
            seats,
            rooms,
            charged,
        } = trip;
        self.trace.push(format!(
            "{what:23} seats {seats}, rooms {rooms}, charged {charged}"
        ));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_failed_saga_leaves_nothing_behind(
            steps in prop::collection::vec(prop_oneof![Just(Step::Flight), Just(Step::Hotel), Just(Step::Payment)], 1..8),
            at in 0..8usize, stubborn in 0..3u32
        ) {
            let fails = (at < steps.len()).then_some(at);
            let saga = run_saga(&steps, fails, stubborn);
            prop_assert_eq!(saga.completed, fails.is_none());
            let count = |step| i64::try_from(steps.iter().filter(|s| **s == step).count()).unwrap();
            let whole = Trip { seats: count(Step::Flight), rooms: count(Step::Hotel), charged: 250 * count(Step::Payment) };
            let expected = if saga.completed { whole } else { Trip::default() };
            prop_assert_eq!(*saga.seen.last().unwrap(), expected);
        }
    }
}
