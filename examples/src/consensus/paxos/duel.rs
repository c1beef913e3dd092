//! Proposers that get in each other's way, on a simulated network.
//!
//! Used by `consensus/paxos.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::{Accepted, Acceptor, Adopt, Promise, proposal};
use crate::simulation::{Conditions, Event, Network, NodeId};

/// Three acceptors, and proposers that all begin at the same time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Duel {
    /// How many proposers there are, each with a value of its own.
    pub proposers: usize,
    /// How the network treats messages. It should lose none: no message is resent.
    pub conditions: Conditions,
    /// After a refusal a proposer waits for a random time up to this, in microseconds,
    /// before its next ballot.
    pub longest_wait: u64,
}

/// The outcome of a duel.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Decision {
    /// When a value was chosen, in microseconds; `None` if none was.
    pub time: Option<u64>,
    /// Ballots that were begun by then.
    pub ballots: u16,
    /// What was chosen. There must never be two.
    pub chosen: BTreeSet<u16>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Message {
    Prepare(u16),
    Promise(u16, Promise),
    Accept(u16, u16),
    /// The ballot that is refused, and the higher one that was promised.
    Refused(u16, u16),
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Prepare(ballot) => write!(f, "prepare {ballot}"),
            Self::Promise(ballot, Promise(None)) => write!(f, "promise {ballot}"),
            Self::Promise(ballot, Promise(Some((_, value)))) => {
                write!(f, "promise {ballot}, has {value}")
            }
            Self::Accept(ballot, value) => write!(f, "accept {value} in {ballot}"),
            Self::Refused(ballot, _) => write!(f, "refuse {ballot}"),
        }
    }
}

/// What a proposer knows of its ballot.
#[derive(Debug, Clone, Default)]
struct Proposer {
    own: u16,
    ballot: u16,
    promises: BTreeMap<NodeId, Promise>,
    proposed: Option<u16>,
    /// Whether the ballot was refused, so that the next one is waited for.
    waits: bool,
}

const ACCEPTORS: usize = 3;

// ANCHOR: duel
/// Lets the proposers run, also after a value was chosen, until each one is done or a
/// time in microseconds has come. The seed decides everything.
pub fn duel(duel: &Duel, until: u64, seed: u64) -> Decision {
    let names = (0..ACCEPTORS + duel.proposers).map(|n| format!("node {n}"));
    let mut network: Network<Message, u16> = Network::new(names, duel.conditions, seed);
    let mut acceptors = [Acceptor::default(); ACCEPTORS];
    let mut proposers: Vec<Proposer> = (1..)
        .take(duel.proposers)
        .map(|own| Proposer {
            own,
            ..Proposer::default()
        })
        .collect();
    let mut votes: BTreeMap<Accepted, BTreeSet<NodeId>> = BTreeMap::new();
    let mut decision = Decision::default();
    for (n, proposer) in proposers.iter().enumerate() {
        network.set_timer(ACCEPTORS + n, 0, proposer.own);
    }
    while let Some(event) = network.next_event_until(until) {
        match event {
            // A ballot begins, with a number that no other proposer uses.
            Event::Timer { node, timer } => {
                let proposer = &mut proposers[node - ACCEPTORS];
                let own = proposer.own;
                *proposer = Proposer {
                    own,
                    ballot: timer,
                    ..Proposer::default()
                };
                decision.ballots += u16::from(decision.time.is_none());
                (0..ACCEPTORS)
                    .for_each(|to| network.send(node, to, Message::Prepare(timer)));
            }
            Event::Message { from, to, message } => match message {
                Message::Prepare(ballot) => {
                    let acceptor = &mut acceptors[to];
                    let answer = match acceptor.prepare(ballot) {
                        Some(promise) => Message::Promise(ballot, promise),
                        None => Message::Refused(ballot, acceptor.promised),
                    };
                    network.send(to, from, answer);
                }
                Message::Accept(ballot, value) => {
                    if !acceptors[to].accept(ballot, value) {
                        let promised = acceptors[to].promised;
                        network.send(to, from, Message::Refused(ballot, promised));
                        continue;
                    }
                    let votes = votes.entry((ballot, value)).or_default();
                    votes.insert(to);
                    if 2 * votes.len() > ACCEPTORS {
                        decision.time = decision.time.or(Some(network.now()));
                        decision.chosen.insert(value);
                    }
                }
                Message::Promise(ballot, promise) => {
                    let proposer = &mut proposers[to - ACCEPTORS];
                    if ballot != proposer.ballot
                        || proposer.waits
                        || proposer.proposed.is_some()
                    {
                        continue;
                    }
                    proposer.promises.insert(from, promise);
                    let promises: Vec<_> =
                        proposer.promises.values().copied().collect();
                    let proposed =
                        proposal(proposer.own, &promises, ACCEPTORS, Adopt::Accepted);
                    proposer.proposed = proposed;
                    if let Some(value) = proposed {
                        let accept = Message::Accept(ballot, value);
                        (0..ACCEPTORS)
                            .for_each(|other| network.send(to, other, accept));
                    }
                }
                Message::Refused(ballot, promised) => {
                    let proposer = &mut proposers[to - ACCEPTORS];
                    if ballot == proposer.ballot && !proposer.waits {
                        proposer.waits = true;
                        let count = u16::try_from(duel.proposers).unwrap_or(1);
                        let next = (promised / count + 1) * count + proposer.own;
                        let wait = network.random().below(duel.longest_wait + 1);
                        network.set_timer(to, wait, next);
                    }
                }
            },
        }
    }
    decision
}
// ANCHOR_END: duel

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    #[test]
    fn a_single_proposer_needs_one_ballot_and_three_messages_of_delay() {
        let alone = Duel {
            proposers: 1,
            conditions: Conditions::default(),
            longest_wait: 0,
        };
        let decision = duel(&alone, 1_000_000, 1);
        assert_eq!((decision.time, decision.ballots), (Some(3_000), 1));
    }

    /// Over many seeds: without a wait proposers interrupt each other, the more of them
    /// the longer, and with a wait far longer than a round trip nearly every ballot but
    /// one is merely refused.
    #[test]
    fn waiting_ends_a_duel() {
        let conditions = Conditions {
            min_delay: 10_000,
            max_delay: 20_000,
            ..Conditions::default()
        };
        let ballots = |proposers, longest_wait| {
            let it = Duel {
                proposers,
                conditions,
                longest_wait,
            };
            let all =
                (0..300).map(|seed| f64::from(duel(&it, 20_000_000, seed).ballots));
            all.sum::<f64>() / 300.0
        };
        for proposers in [2, 3, 5] {
            let least = float(proposers);
            let (hasty, patient) =
                (ballots(proposers, 0), ballots(proposers, 1_000_000));
            assert!(hasty > 1.5 * least, "{proposers} {hasty}");
            assert!(
                (least..1.1 * least).contains(&patient),
                "{proposers} {patient}"
            );
        }
    }

    proptest! {
        /// Messages are lost and doubled here, so it may not end, but what is chosen is
        /// one value that was proposed.
        #[test]
        fn whatever_is_chosen_was_proposed(
            proposers in 1..5usize, loss in 0.0..0.3, duplication in 0.0..0.3, longest_wait in 0..50_000u64, seed in any::<u64>(),
        ) {
            let conditions = Conditions { min_delay: 500, max_delay: 30_000, loss, duplication };
            let decision = duel(&Duel { proposers, conditions, longest_wait }, 2_000_000, seed);
            prop_assert!(decision.chosen.len() <= 1);
            prop_assert!(decision.chosen.iter().all(|value| usize::from(*value) <= proposers && *value > 0));
        }
    }
}
