//! A leader that is cut off and replaced, and what clients read from both.
//!
//! Used by `consensus/raft/mod.rs`.

use super::cluster::{Cluster, Times};
use super::node::{Reads, Rules};
use crate::consensus::linearizable::Operation;
use crate::simulation::{Conditions, NodeId};

/// What clients saw of a leader and its successor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replaced {
    /// The operations that were answered, with times in milliseconds.
    pub history: Vec<Operation>,
    /// All operations, as lines of text.
    pub lines: Vec<String>,
}

const NAMES: [&str; 5] = ["A", "B", "C", "D", "E"];

// ANCHOR: replaced
/// Five members, 10 ms for a message. A client writes 5 at the leader, which is then
/// cut off with one other member. When the others have a leader, clients write 8 there,
/// read at the old leader, and read at the new one.
pub fn replaced_leader(reads: Reads, seed: u64) -> Replaced {
    let way = Conditions {
        min_delay: 10_000,
        max_delay: 10_000,
        ..Conditions::default()
    };
    let rules = Rules {
        reads,
        ..Rules::default()
    };
    let mut cluster = Cluster::new(&NAMES, way, Times::default(), rules, seed);
    let mut seen = Replaced {
        history: Vec::new(),
        lines: Vec::new(),
    };
    run(&mut cluster, 500);
    let old = run_to_new_leader(&mut cluster, 0);
    seen.write(&mut cluster, old, 5);
    cluster.network.partition(&[&[old, (old + 1) % 5]]);
    run(&mut cluster, 1_200);
    let term = cluster.nodes[old].term;
    let new = run_to_new_leader(&mut cluster, term);
    seen.write(&mut cluster, new, 8);
    let now = milliseconds(&cluster);
    run(&mut cluster, now + 40);
    seen.read(&mut cluster, old);
    seen.read(&mut cluster, new);
    seen
}
// ANCHOR_END: replaced

fn milliseconds(cluster: &Cluster) -> u64 {
    cluster.network.now() / 1_000
}

fn run(cluster: &mut Cluster, until: u64) {
    cluster.run_until(until * 1_000);
}

/// The member that leads in a term above this one, within ten seconds; the first member
/// if there is none.
fn run_to_new_leader(cluster: &mut Cluster, term: u64) -> NodeId {
    let leader = |cluster: &Cluster| {
        let leader = cluster.leader();
        leader.filter(|leader| cluster.nodes[*leader].term > term)
    };
    let until = cluster.network.now() + 10_000_000;
    while leader(cluster).is_none() && cluster.step(until) {}
    leader(cluster).unwrap_or(0)
}

impl Replaced {
    fn write(&mut self, cluster: &mut Cluster, leader: NodeId, value: u64) {
        let call = milliseconds(cluster);
        let index = cluster.propose(leader, value);
        run(cluster, call + 60);
        let is_done = index.is_some_and(|it| cluster.nodes[leader].commit >= it);
        let end = if is_done { "done" } else { "no answer" };
        if is_done {
            let operation = Operation::write(call, call + 60, value);
            self.history.push(operation);
        }
        let name = NAMES[leader];
        let line = format!("{call:4} ms  write {value} at {name}: {end}");
        self.lines.push(line);
    }

    fn read(&mut self, cluster: &mut Cluster, leader: NodeId) {
        let call = milliseconds(cluster);
        let read = cluster.read(leader).unwrap_or(0);
        run(cluster, call + 100);
        let answer = cluster.answers.iter().find(|answer| answer.read == read);
        let end = match answer {
            Some(answer) => {
                let (time, value) = (answer.time / 1_000, answer.value);
                self.history.push(Operation::read(call, time, value));
                format!("{value} after {} ms", time - call)
            }
            None => "no answer".to_owned(),
        };
        let name = NAMES[leader];
        self.lines
            .push(format!("{call:4} ms  read at {name}: {end}"));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::consensus::linearizable::{Action, linearize};

    /// The old leader can't commit and still answers at once; asked to confirm that it
    /// leads, it can't answer.
    #[test]
    fn a_replaced_leader_is_found_out_unless_it_asks_first() {
        for seed in 0..200 {
            let hasty = replaced_leader(Reads::AtOnce, seed);
            let values: Vec<_> = hasty.history.iter().map(|it| it.action).collect();
            let stale = [
                Action::Write(5),
                Action::Write(8),
                Action::Read(5),
                Action::Read(8),
            ];
            assert_eq!(values, stale, "{seed}");
            assert!(linearize(&hasty.history).is_none(), "{seed}");
            let careful = replaced_leader(Reads::AskAfterOwnCommit, seed);
            let values: Vec<_> = careful.history.iter().map(|it| it.action).collect();
            let right = [Action::Write(5), Action::Write(8), Action::Read(8)];
            assert_eq!(values, right, "{seed}");
            assert!(linearize(&careful.history).is_some(), "{seed}");
        }
    }
}
