//! One decision by Paxos: proposers, acceptors, and every order of their messages.
//!
//! L. Lamport, "The Part-Time Parliament", ACM TOCS 16(2), 1998, and "Paxos Made Simple", 2001. A message and its answer are one
//! step here: a lost message is a step that never comes, and a late one comes later.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::Random;

/// What a proposer proposes after a majority has promised.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Adopt {
    /// The value with the highest ballot that those who promised have accepted, if any; otherwise its own.
    Accepted,
    /// Always its own: the mistake that shows what the rule is for.
    Own,
}

/// A ballot and a value.
type Accepted = (u64, u64);

/// What an acceptor keeps, on disk.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Acceptor {
    promised: u64,
    accepted: Option<Accepted>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Default)]
struct Proposer {
    own: u64,
    /// Its ballot; 0 before the first.
    ballot: u64,
    /// Who promised, and the newest value among what they had accepted.
    promises: BTreeSet<usize>,
    newest: Option<Accepted>,
    /// What it proposes, once a majority has promised.
    proposed: Option<u64>,
    /// Which acceptors it has sent that to.
    sent: BTreeSet<usize>,
}

/// Proposers and acceptors of one decision.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Paxos {
    acceptors: Vec<Acceptor>,
    proposers: Vec<Proposer>,
    votes: BTreeMap<Accepted, BTreeSet<usize>>,
    adopts: bool,
}

impl Paxos {
    /// So many acceptors, and a proposer for each value.
    pub fn new(acceptors: usize, values: &[u64], adopt: Adopt) -> Self {
        let proposer = |own: &u64| Proposer {
            own: *own,
            ..Proposer::default()
        };
        Self {
            acceptors: vec![Acceptor::default(); acceptors],
            proposers: values.iter().map(proposer).collect(),
            votes: BTreeMap::new(),
            adopts: adopt == Adopt::Accepted,
        }
    }

    /// A proposer begins anew, with a ballot that is higher than all others and that nobody else uses.
    pub fn start(&mut self, proposer: usize) -> u64 {
        let highest = self.proposers.iter().map(|other| other.ballot).max();
        let own = self.proposers[proposer].own;
        self.proposers[proposer] = Proposer {
            own,
            ballot: highest.unwrap_or(0) + 1,
            ..Proposer::default()
        };
        self.proposers[proposer].ballot
    }

    // ANCHOR: rules
    /// First phase: a proposer asks an acceptor to take nothing below its ballot any more. Says whether it promised.
    pub fn prepare(&mut self, proposer: usize, acceptor: usize) -> bool {
        let majority = self.acceptors.len() / 2 + 1;
        let (from, to) = (&mut self.proposers[proposer], &mut self.acceptors[acceptor]);
        if from.ballot < to.promised {
            return false;
        }
        to.promised = from.ballot;
        from.promises.insert(acceptor);
        from.newest = from.newest.max(to.accepted);
        if from.promises.len() == majority && from.proposed.is_none() {
            let adopted = from.newest.filter(|_| self.adopts);
            from.proposed = Some(adopted.map_or(from.own, |(_, value)| value));
        }
        true
    }

    /// Second phase, after a majority has promised: the acceptor takes the value, unless it has promised a higher ballot.
    pub fn accept(&mut self, proposer: usize, acceptor: usize) -> bool {
        let (from, to) = (&mut self.proposers[proposer], &mut self.acceptors[acceptor]);
        let Some(value) = from.proposed else {
            return false;
        };
        from.sent.insert(acceptor);
        if from.ballot < to.promised {
            return false;
        }
        to.promised = from.ballot;
        to.accepted = Some((from.ballot, value));
        let votes = self.votes.entry((from.ballot, value)).or_default();
        votes.insert(acceptor);
        true
    }

    /// The values that are chosen: that a majority has accepted in one ballot. There must never be two.
    pub fn chosen(&self) -> BTreeSet<u64> {
        let has_majority = |votes: &BTreeSet<usize>| 2 * votes.len() > self.acceptors.len();
        let chosen = self.votes.iter().filter(|(_, votes)| has_majority(votes));
        chosen.map(|((_, value), _)| *value).collect()
    }
    // ANCHOR_END: rules

    /// What a proposer proposes, once a majority has promised.
    pub fn proposed(&self, proposer: usize) -> Option<u64> {
        self.proposers[proposer].proposed
    }

    /// All states that one more message leads to. Each proposer begins once.
    fn next(&self) -> impl Iterator<Item = Self> {
        let pairs = (0..self.proposers.len())
            .flat_map(|from| (0..self.acceptors.len()).map(move |to| (from, to)));
        pairs.flat_map(|(from, to)| {
            let it = &self.proposers[from];
            let mut next = Vec::new();
            if it.ballot > 0 && it.proposed.is_none() && !it.promises.contains(&to) {
                let mut state = self.clone();
                if state.prepare(from, to) {
                    next.push(state);
                }
            }
            if it.proposed.is_some() && !it.sent.contains(&to) {
                let mut state = self.clone();
                state.accept(from, to);
                next.push(state);
            }
            next
        })
    }
}

/// What is so in all states that some order of messages leads to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Explored {
    /// Different states.
    pub states: usize,
    /// States in which a value is chosen.
    pub decided: usize,
    /// States in which two are.
    pub contradictions: usize,
}

/// Tries every order of messages between so many acceptors and proposers, each of which has one ballot. Messages may be lost at
/// any place, since every state counts.
pub fn explore(acceptors: usize, proposers: u64, adopt: Adopt) -> Explored {
    let values: Vec<u64> = (1..=proposers).collect();
    let mut first = Paxos::new(acceptors, &values, adopt);
    (0..values.len()).for_each(|proposer| {
        first.start(proposer);
    });
    let (mut seen, mut open) = (BTreeSet::from([first.clone()]), vec![first]);
    let mut explored = Explored::default();
    while let Some(state) = open.pop() {
        explored.states += 1;
        let chosen = state.chosen().len();
        explored.decided += usize::from(chosen > 0);
        explored.contradictions += usize::from(chosen > 1);
        let fresh = state.next().filter(|next| seen.insert(next.clone()));
        open.extend(fresh);
    }
    explored
}

/// Two proposers. With this chance the other one asks for promises between the two phases of a ballot. Counts the ballots until
/// a value is chosen, or up to `most`.
pub fn duel(interrupts: f64, most: u32, random: &mut Random) -> u32 {
    let mut paxos = Paxos::new(3, &[1, 2], Adopt::Accepted);
    let ask = |paxos: &mut Paxos, proposer| {
        paxos.start(proposer);
        (0..3).for_each(|acceptor| {
            paxos.prepare(proposer, acceptor);
        });
    };
    let mut proposer = 0;
    ask(&mut paxos, proposer);
    for ballot in 1..most {
        let other = 1 - proposer;
        let is_interrupted = random.chance(interrupts);
        if is_interrupted {
            ask(&mut paxos, other);
        }
        (0..3).for_each(|acceptor| {
            paxos.accept(proposer, acceptor);
        });
        if !paxos.chosen().is_empty() {
            return ballot;
        }
        proposer = other;
    }
    most
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn no_order_of_messages_chooses_two_values_unless_accepted_ones_are_ignored() {
        for (acceptors, proposers) in [(3, 2), (4, 2), (2, 3)] {
            let right = explore(acceptors, proposers, Adopt::Accepted);
            assert!(right.decided > 0);
            assert_eq!(right.contradictions, 0, "{acceptors} {proposers}");
            let wrong = explore(acceptors, proposers, Adopt::Own);
            assert!(wrong.contradictions > 0, "{acceptors} {proposers}");
        }
    }

    #[test]
    fn a_duel_takes_as_many_ballots_as_a_geometric_law_says() {
        let mut random = Random::new(1);
        for interrupts in [0.0, 0.3, 0.7] {
            let all: u32 = (0..4_000)
                .map(|_| duel(interrupts, 1_000, &mut random))
                .sum();
            let mean = f64::from(all) / 4_000.0;
            let theory = 1.0 / (1.0 - interrupts);
            assert!((mean / theory - 1.0).abs() < 0.06, "{interrupts} {mean}");
        }
        assert_eq!(duel(1.0, 50, &mut random), 50);
    }

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
