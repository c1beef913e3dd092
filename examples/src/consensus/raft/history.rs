//! What clients see of a Raft cluster while its network is cut and its members crash: a
//! history of reads and writes, for a checker.
//!
//! Used by `consensus/raft/mod.rs`.

use super::cluster::{Cluster, Times};
use super::node::{Role, Rules};
use crate::consensus::linearizable::Operation;
use crate::random::Random;
use crate::simulation::{Conditions, NodeId};

/// A cluster and how it is treated.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// How many members it has.
    pub members: usize,
    /// How its network treats messages.
    pub conditions: Conditions,
    /// Clients, each of which waits for its answer before it goes on.
    pub clients: usize,
    /// Whether the network is cut and members crash.
    pub faults: bool,
}

impl Default for Trial {
    /// Five members, 0.5 to 40 ms for a message, of which one in ten is lost and one in
    /// ten comes twice, three clients, and faults.
    fn default() -> Self {
        Self {
            members: 5,
            conditions: Conditions {
                min_delay: 500,
                max_delay: 40_000,
                loss: 0.1,
                duplication: 0.1,
            },
            clients: 3,
            faults: true,
        }
    }
}

/// An operation that a client waits for.
#[derive(Debug, Clone, Copy)]
struct Waiting {
    node: NodeId,
    operation: Operation,
    asked: Asked,
}

#[derive(Debug, Clone, Copy)]
enum Asked {
    Write { index: usize, term: u64 },
    Read(u64),
}

/// A client stops waiting after 300 ms.
const PATIENCE: u64 = 300_000;

impl Trial {
    // ANCHOR: history
    /// Three seconds of reads and writes, as their clients saw them, at most 60. Times
    /// are in microseconds; the seed decides everything.
    pub fn run(&self, rules: Rules, seed: u64) -> Vec<Operation> {
        let names = ["a", "b", "c", "d", "e", "f", "g"];
        let names = &names[..self.members.min(names.len())];
        let mut cluster =
            Cluster::new(names, self.conditions, Times::default(), rules, seed);
        let mut random = Random::new(seed ^ 0xc11e_0075);
        let mut clients: Vec<Option<Waiting>> = vec![None; self.clients];
        let (mut history, mut value) = (Vec::new(), 0);
        for step in 1..=150 {
            while cluster.step(step * 20_000) {
                collect(&cluster, &mut clients, &mut history);
            }
            if self.faults {
                disturb(&mut cluster, &mut random);
            }
            for client in &mut clients {
                if client.is_some()
                    || history.len() + self.clients >= 60
                    || random.chance(0.5)
                {
                    continue;
                }
                // A member that believes it leads is asked, even if it is wrong.
                let leads = |node: &NodeId| cluster.nodes[*node].role == Role::Leader;
                let believers: Vec<NodeId> =
                    cluster.network.nodes().filter(leads).collect();
                if let Some(node) = believers.get(random.index(believers.len().max(1)))
                {
                    value += 1;
                    *client =
                        ask(&mut cluster, *node, random.chance(0.5).then_some(value));
                }
            }
            collect(&cluster, &mut clients, &mut history);
        }
        history.extend(clients.into_iter().flatten().filter_map(Waiting::given_up));
        history
    }
    // ANCHOR_END: history
}

/// Sends a write of a value, or a read, unless the member refuses it.
fn ask(cluster: &mut Cluster, node: NodeId, value: Option<u64>) -> Option<Waiting> {
    let now = cluster.network.now();
    let (asked, mut operation) = match value {
        Some(value) => {
            let index = cluster.propose(node, value)?;
            let term = cluster.nodes[node].term;
            (
                Asked::Write { index, term },
                Operation::write(now, now, value),
            )
        }
        None => (
            Asked::Read(cluster.read(node)?),
            Operation::read(now, now, 0),
        ),
    };
    operation.answer = None;
    Some(Waiting {
        node,
        operation,
        asked,
    })
}

/// Moves operations that were answered, or that timed out, into the history.
fn collect(
    cluster: &Cluster,
    clients: &mut [Option<Waiting>],
    history: &mut Vec<Operation>,
) {
    let now = cluster.network.now();
    for client in clients {
        let Some(waiting) = *client else { continue };
        let call = waiting.operation.call;
        let node = &cluster.nodes[waiting.node];
        let answered = match waiting.asked {
            Asked::Write { index, term } => {
                let entry = node.log.get(index - 1);
                let is_ours = entry.is_some_and(|entry| entry.term == term);
                let is_done = is_ours && node.commit >= index;
                (is_done && !cluster.network.is_down(waiting.node)).then_some(
                    Operation {
                        answer: Some(now),
                        ..waiting.operation
                    },
                )
            }
            Asked::Read(read) => {
                let value = cluster.answer(read);
                value.map(|value| Operation::read(call, now, value))
            }
        };
        let is_over = now >= call + PATIENCE;
        if answered.is_some() || is_over {
            history.extend(answered.or(waiting.given_up()));
            *client = None;
        }
    }
}

impl Waiting {
    /// A write without an answer may have happened, or still happen. A read without one
    /// says nothing.
    fn given_up(self) -> Option<Operation> {
        matches!(self.asked, Asked::Write { .. }).then_some(self.operation)
    }
}

/// A crash, a restart, a cut or its end, now and then.
fn disturb(cluster: &mut Cluster, random: &mut Random) {
    let members = cluster.nodes.len();
    let node = random.index(members);
    match random.below(24) {
        0 => cluster.crash(node),
        1..=3 => cluster.restart(node),
        4 | 5 => {
            // A minority, of random members, is cut off.
            let size = 1 + random.index(members / 2);
            let minority: Vec<NodeId> =
                (node..node + size).map(|n| n % members).collect();
            cluster.network.partition(&[&minority]);
        }
        6 => {
            let other = (node + 1) % members;
            cluster.network.cut(node, other);
        }
        7 => cluster.network.heal(),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::super::node::Reads;
    use super::*;
    use crate::consensus::linearizable::linearize;
    use proptest::prelude::*;

    fn is_linearizable(trial: &Trial, rules: Rules, seed: u64) -> bool {
        linearize(&trial.run(rules, seed)).is_some()
    }

    fn reading(reads: Reads) -> Rules {
        Rules {
            reads,
            ..Rules::default()
        }
    }

    #[test]
    fn the_histories_are_neither_too_mild_nor_too_severe_to_be_meaningful() {
        let histories: Vec<_> = (0..50)
            .map(|seed| Trial::default().run(Rules::default(), seed))
            .collect();
        let all = histories.iter().flatten();
        let answered = all.clone().filter(|op| op.answer.is_some()).count();
        let lost = all.count() - answered;
        assert!(answered > 800 && lost > 100, "{answered} {lost}");
        assert!(histories.iter().all(|history| history.len() <= 60));
    }

    #[test]
    fn reads_that_skip_a_step_are_found_out_by_what_clients_see() {
        for reads in [Reads::AtOnce, Reads::AskMajority] {
            let trial = Trial::default();
            let found =
                (0..400).any(|seed| !is_linearizable(&trial, reading(reads), seed));
            assert!(found, "{reads:?}");
        }
    }

    #[test]
    fn without_faults_a_single_leader_may_answer_at_once() {
        let calm = Trial {
            conditions: Conditions::default(),
            faults: false,
            ..Trial::default()
        };
        assert!((0..50).all(|seed| is_linearizable(
            &calm,
            reading(Reads::AtOnce),
            seed
        )));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(400))]

        #[test]
        fn with_all_rules_every_history_is_linearizable(
            seed in any::<u64>(), members in 3..8usize, clients in 1..6usize, loss in 0.0..0.25, duplication in 0.0..0.3, slowest in 500..60_000u64,
        ) {
            let conditions = Conditions { min_delay: 500, max_delay: slowest, loss, duplication };
            let trial = Trial { members, conditions, clients, faults: true };
            prop_assert!(is_linearizable(&trial, Rules::default(), seed));
        }
    }
}
