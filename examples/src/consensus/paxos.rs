//! One decision by Paxos: proposers, acceptors, every order of their messages, and a
//! duel of proposers on a network.
//!
//! Shown in `src/consensus/paxos.md`.
//!
//! L. Lamport, "The Part-Time Parliament", ACM TOCS 16(2), 1998, and "Paxos Made
//! Simple", 2001.

mod duel;
mod explore;

pub use duel::{Decision, Duel, duel};
pub use explore::{Explored, explore};

use std::collections::{BTreeMap, BTreeSet};

/// What a proposer proposes after a majority has promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopt {
    /// The value with the highest ballot that those who promised have accepted, if any;
    /// otherwise its own.
    Accepted,
    /// Always its own: the mistake that shows why the rule is needed.
    Own,
}

/// A ballot and the value that was accepted in it.
type Accepted = (u16, u16);

/// A promise, with what the acceptor had accepted last, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
struct Promise(Option<Accepted>);

/// What an acceptor keeps, on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
struct Acceptor {
    promised: u16,
    accepted: Option<Accepted>,
}

// ANCHOR: rules
impl Acceptor {
    /// First phase: is asked to accept nothing below a ballot any more. If it promises,
    /// it returns what it accepted last.
    fn prepare(&mut self, ballot: u16) -> Option<Promise> {
        if ballot < self.promised {
            return None;
        }
        self.promised = ballot;
        Some(Promise(self.accepted))
    }

    /// Second phase: takes a value, unless it has promised a higher ballot.
    fn accept(&mut self, ballot: u16, value: u16) -> bool {
        let may = ballot >= self.promised;
        if may {
            (self.promised, self.accepted) = (ballot, Some((ballot, value)));
        }
        may
    }
}

/// What a proposer proposes, given what each one that promised had accepted; nothing
/// before a majority has promised.
fn proposal(
    own: u16,
    promises: &[Promise],
    acceptors: usize,
    adopt: Adopt,
) -> Option<u16> {
    let newest = promises.iter().filter_map(|promise| promise.0).max();
    let adopted = newest.filter(|_| adopt == Adopt::Accepted);
    let value = adopted.map_or(own, |(_, value)| value);
    (2 * promises.len() > acceptors).then_some(value)
}
// ANCHOR_END: rules

#[derive(Debug, Clone, PartialEq, Eq, Default)]
struct Proposer {
    own: u16,
    /// Its ballot; 0 before the first.
    ballot: u16,
    /// Who promised, and what each had accepted.
    promises: BTreeMap<usize, Promise>,
    /// What it proposes, once a majority has promised.
    proposed: Option<u16>,
}

/// Proposers and acceptors of one decision, whose messages go exactly where a script
/// sends them.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paxos {
    acceptors: Vec<Acceptor>,
    proposers: Vec<Proposer>,
    votes: BTreeMap<Accepted, BTreeSet<usize>>,
    adopt: Adopt,
}

impl Paxos {
    /// This many acceptors, and a proposer for each value.
    pub fn new(acceptors: usize, values: &[u16], adopt: Adopt) -> Self {
        let proposer = |own: &u16| Proposer {
            own: *own,
            ..Proposer::default()
        };
        Self {
            acceptors: vec![Acceptor::default(); acceptors],
            proposers: values.iter().map(proposer).collect(),
            votes: BTreeMap::new(),
            adopt,
        }
    }

    /// A proposer starts over, with a ballot that is higher than all others and that no
    /// one else uses.
    pub fn start(&mut self, proposer: usize) -> u16 {
        let highest = self.proposers.iter().map(|other| other.ballot).max();
        let own = self.proposers[proposer].own;
        self.proposers[proposer] = Proposer {
            own,
            ballot: highest.unwrap_or(0) + 1,
            ..Proposer::default()
        };
        self.proposers[proposer].ballot
    }

    /// A proposer asks an acceptor for its promise, and hears the answer. Returns
    /// whether it promised.
    pub fn prepare(&mut self, proposer: usize, acceptor: usize) -> bool {
        let from = &mut self.proposers[proposer];
        let Some(promise) = self.acceptors[acceptor].prepare(from.ballot) else {
            return false;
        };
        if from.proposed.is_none() {
            from.promises.insert(acceptor, promise);
            let promises: Vec<_> = from.promises.values().copied().collect();
            from.proposed =
                proposal(from.own, &promises, self.acceptors.len(), self.adopt);
        }
        true
    }

    /// A proposer that has a majority of promises asks an acceptor to take its value.
    /// Returns whether it did.
    pub fn accept(&mut self, proposer: usize, acceptor: usize) -> bool {
        let from = &self.proposers[proposer];
        let Some(value) = from.proposed else {
            return false;
        };
        let taken = self.acceptors[acceptor].accept(from.ballot, value);
        if taken {
            let votes = self.votes.entry((from.ballot, value)).or_default();
            votes.insert(acceptor);
        }
        taken
    }

    /// The values that are chosen: that a majority has accepted in one ballot. There
    /// must never be two.
    pub fn chosen(&self) -> BTreeSet<u16> {
        let has_majority =
            |votes: &BTreeSet<usize>| 2 * votes.len() > self.acceptors.len();
        let chosen = self.votes.iter().filter(|(_, votes)| has_majority(votes));
        chosen.map(|((_, value), _)| *value).collect()
    }

    /// What a proposer proposes, once a majority has promised.
    pub fn proposed(&self, proposer: usize) -> Option<u16> {
        self.proposers[proposer].proposed
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn any_order_with_many_ballots_chooses_one_value(
            steps in proptest::collection::vec((0..3usize, 0..5usize, 0..4u32), 0..200),
        ) {
            let mut paxos = Paxos::new(5, &[1, 2, 3], Adopt::Accepted);
            let mut before = BTreeSet::new();
            for (proposer, acceptor, what) in steps {
                match what {
                    0 => drop(paxos.start(proposer)),
                    1 | 2 if paxos.proposers[proposer].ballot > 0 => drop(paxos.prepare(proposer, acceptor)),
                    _ => drop(paxos.accept(proposer, acceptor)),
                }
                let chosen = paxos.chosen();
                prop_assert!(chosen.len() <= 1);
                prop_assert!(chosen.is_superset(&before), "what is chosen stays");
                before = chosen;
            }
        }
    }
}
