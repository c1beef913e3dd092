//! Every order of the messages of a few ballots.
//!
//! Used by `consensus/paxos.rs`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Acceptor, Adopt, Promise, proposal};

/// The most ballots that can be explored.
const BALLOTS: usize = 4;

/// An acceptor, and the outcome of each ballot's two messages to it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct Column {
    acceptor: Acceptor,
    /// Promises that the proposer has heard, with what had been accepted.
    heard: [Option<Promise>; BALLOTS],
    /// The ballots in which it has accepted.
    accepted: [bool; BALLOTS],
}

/// What is true in all states that some order of messages leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Explored {
    /// Different states. Acceptors are interchangeable, so states that differ only in
    /// which acceptor is which count once.
    pub states: usize,
    /// States in which a value is chosen.
    pub decided: usize,
    /// States in which two are.
    pub contradictions: usize,
}

/// The distinct columns found so far, numbered: a state is then a short list of
/// numbers, and the steps of each column are worked out once. That is what makes
/// millions of steps affordable.
#[derive(Default)]
struct Columns {
    all: Vec<Column>,
    numbers: HashMap<Column, u16>,
    /// For a column and what is proposed: the columns that one more message leads to.
    steps: HashMap<(u16, Proposals), Vec<u16>>,
}

/// What is proposed in each ballot, if anything.
type Proposals = [Option<u16>; BALLOTS];

impl Columns {
    fn number(&mut self, column: Column) -> u16 {
        let next = u16::try_from(self.all.len()).unwrap_or(u16::MAX);
        let number = *self.numbers.entry(column).or_insert(next);
        if number == next {
            self.all.push(column);
        }
        number
    }

    fn steps(&mut self, column: u16, proposed: Proposals, ballots: usize) -> Vec<u16> {
        if let Some(known) = self.steps.get(&(column, proposed)) {
            return known.clone();
        }
        let next = steps(self.all[usize::from(column)], &proposed[..ballots]);
        let next: Vec<u16> = next.into_iter().map(|step| self.number(step)).collect();
        self.steps.insert((column, proposed), next.clone());
        next
    }
}

/// Tries every order of the messages of ballots 1, 2 and so on, each with the value
/// that its proposer wants: a proposer with two ballots is there twice. At most four.
///
/// Any message may be late or lost. A promise may be given and its answer lost. A
/// proposer may stop anywhere, and messages of its earlier ballot may arrive after
/// those of a later one. Every state on the way counts. What is not tried: acceptors
/// that forget.
pub fn explore(acceptors: usize, values: &[u16], adopt: Adopt) -> Explored {
    let values = &values[..values.len().min(BALLOTS)];
    let mut known = Columns::default();
    let first = vec![known.number(Column::default()); acceptors];
    let (mut seen, mut open) = (HashSet::from([first.clone()]), vec![first]);
    let mut explored = Explored::default();
    while let Some(state) = open.pop() {
        let columns: Vec<Column> =
            state.iter().map(|n| known.all[usize::from(*n)]).collect();
        let proposed = proposals(&columns, values, adopt);
        let has_majority = |ballot: &usize| {
            2 * columns.iter().filter(|it| it.accepted[*ballot]).count() > acceptors
        };
        let chosen: BTreeSet<u16> = (0..values.len())
            .filter(has_majority)
            .filter_map(|ballot| proposed[ballot])
            .collect();
        explored.states += 1;
        explored.decided += usize::from(!chosen.is_empty());
        explored.contradictions += usize::from(chosen.len() > 1);
        for at in 0..acceptors {
            for column in known.steps(state[at], proposed, values.len()) {
                let mut next = state.clone();
                next[at] = column;
                next.sort_unstable();
                if !seen.contains(&next) {
                    seen.insert(next.clone());
                    open.push(next);
                }
            }
        }
    }
    explored
}

/// What is proposed in each ballot, if a majority's promises were heard.
fn proposals(columns: &[Column], values: &[u16], adopt: Adopt) -> Proposals {
    let mut proposed = [None; BALLOTS];
    for (ballot, own) in values.iter().enumerate() {
        let heard: Vec<_> = columns.iter().filter_map(|it| it.heard[ballot]).collect();
        proposed[ballot] = proposal(*own, &heard, columns.len(), adopt);
    }
    proposed
}

/// All that one more message can do to an acceptor and to what is known of it.
fn steps(column: Column, proposed: &[Option<u16>]) -> Vec<Column> {
    let mut next = Vec::new();
    for (index, proposed) in proposed.iter().enumerate() {
        let ballot = u16::try_from(index + 1).unwrap_or(u16::MAX);
        let mut asked = column;
        let Some(promise) = asked.acceptor.prepare(ballot) else {
            continue; // It has promised a higher ballot and refuses both messages of this one.
        };
        // The request arrives, and the answer doesn't, or comes when the proposer has
        // its majority.
        next.push(asked);
        // The answer arrives as well, at once: a later one would carry the same
        // information.
        if proposed.is_none() && asked.heard[index].is_none() {
            asked.heard[index] = Some(promise);
            next.push(asked);
        }
        if let Some(value) = proposed {
            let mut taken = column;
            taken.accepted[index] = taken.acceptor.accept(ballot, *value);
            next.push(taken);
        }
    }
    next
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_order_of_messages_chooses_two_values_unless_accepted_ones_are_ignored() {
        for (acceptors, values) in [
            (3, &[1, 2][..]),
            (4, &[1, 2]),
            (5, &[1, 2]),
            (3, &[1, 2, 1]),
        ] {
            let right = explore(acceptors, values, Adopt::Accepted);
            assert!(right.decided > 0);
            assert_eq!(right.contradictions, 0, "{acceptors} {values:?}");
            let wrong = explore(acceptors, values, Adopt::Own);
            assert!(wrong.contradictions > 0, "{acceptors} {values:?}");
        }
    }

    /// Two proposers with two ballots each, in which an earlier ballot's messages may
    /// come after a later one's.
    #[test]
    fn nor_do_two_ballots_each() {
        let two_each = explore(3, &[1, 2, 1, 2], Adopt::Accepted);
        assert!(two_each.decided > 0);
        assert_eq!(two_each.contradictions, 0);
    }
}
