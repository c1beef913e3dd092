//! A Raft cluster on a simulated network, watched by the safety properties of the
//! paper's figure 3.
//!
//! Shown in `src/consensus/raft-safety.md`.

use std::collections::BTreeMap;

use super::message::{Entry, Message};
use super::node::{Node, Outgoing, Role, Rules};
use crate::simulation::{Conditions, Event, EventId, Network, NodeId};

/// What a node's timer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Timer {
    /// No leader was heard from.
    Election,
    /// A leader of this term sends its heartbeats.
    Heartbeat(u64),
}

/// Times of a cluster, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Times {
    /// The shortest election time-out.
    pub shortest: u64,
    /// The longest. Each is drawn evenly from between the two.
    pub longest: u64,
    /// The time between two heartbeats.
    pub heartbeat: u64,
}

impl Default for Times {
    /// The paper's example: time-outs of 150 to 300 ms, and a heartbeat every 50 ms.
    fn default() -> Self {
        Self {
            shortest: 150_000,
            longest: 300_000,
            heartbeat: 50_000,
        }
    }
}

/// A read that was answered.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Answer {
    /// Its number, as [`Cluster::read`] gave it.
    pub read: u64,
    /// The newest command that the leader knew to be committed, or 0.
    pub value: u64,
    /// When it was answered, in microseconds.
    pub time: u64,
}

/// A member's role, term, length of its log, last entry, and how far it is committed.
type Checked = (Role, u64, usize, Option<Entry>, usize);

/// A cluster and everything that was ever committed in it.
#[derive(Debug, Clone)]
pub struct Cluster {
    /// The network between the members.
    pub network: Network<Message, Timer>,
    /// The members.
    pub nodes: Vec<Node>,
    times: Times,
    elections: Vec<Option<EventId>>,
    /// What each member was when it was last checked.
    checked: Vec<Option<Checked>>,
    /// The leader of each term.
    pub leaders: BTreeMap<u64, NodeId>,
    /// The first entry that any member considered committed at each index.
    pub committed: Vec<Entry>,
    /// Violations of the safety properties.
    pub violations: Vec<String>,
    asked: u64,
    /// The reads that were answered, in order.
    pub answers: Vec<Answer>,
}

impl Cluster {
    /// Members with these names, all of whose election time-outs start now.
    pub fn new(
        names: &[&str],
        conditions: Conditions,
        times: Times,
        rules: Rules,
        seed: u64,
    ) -> Self {
        let members = names.len();
        let mut cluster = Self {
            network: Network::new(names.iter().copied(), conditions, seed),
            nodes: (0..members)
                .map(|id| Node::new(id, members, rules))
                .collect(),
            times,
            elections: vec![None; members],
            checked: vec![None; members],
            leaders: BTreeMap::new(),
            committed: Vec::new(),
            violations: Vec::new(),
            asked: 0,
            answers: Vec::new(),
        };
        (0..members).for_each(|node| cluster.reset_timer(node));
        cluster
    }

    /// Runs until a time, in microseconds.
    pub fn run_until(&mut self, time: u64) {
        while self.step(time) {}
    }

    /// Handles the next event up to a time, in microseconds. Returns whether there was
    /// one.
    pub fn step(&mut self, time: u64) -> bool {
        let event = self.network.next_event_until(time);
        let happened = event.is_some();
        if let Some(event) = event {
            self.handle(event);
        }
        happened
    }

    /// Runs until there is a leader, or until a time. Returns when that was.
    pub fn run_to_leader(&mut self, time: u64) -> Option<u64> {
        while self.leaders.is_empty() {
            let event = self.network.next_event_until(time)?;
            self.handle(event);
        }
        Some(self.network.now())
    }

    /// The member that leads in the latest term and is up.
    pub fn leader(&self) -> Option<NodeId> {
        let leads = |id: &NodeId| {
            self.nodes[*id].role == Role::Leader && !self.network.is_down(*id)
        };
        let leaders = self.network.nodes().filter(leads);
        leaders.max_by_key(|id| self.nodes[*id].term)
    }

    /// A client asks a member, which answers only if it believes that it leads.
    pub fn propose(&mut self, node: NodeId, command: u64) -> Option<usize> {
        if self.network.is_down(node) {
            return None;
        }
        let index = self.nodes[node].propose(command);
        let appends = self.nodes[node].appends();
        self.send(node, appends);
        self.check(node);
        index
    }

    /// A client asks a member for the newest command. The number of the read, by which
    /// it is found in [`Cluster::answers`], or `None` if the member is down, doesn't
    /// believe that it leads, or must not answer yet.
    pub fn read(&mut self, node: NodeId) -> Option<u64> {
        if self.network.is_down(node) {
            return None;
        }
        let outgoing = self.nodes[node].read(self.asked + 1)?;
        self.asked += 1;
        self.send(node, outgoing);
        self.take_answers(node);
        Some(self.asked)
    }

    /// The answer to a read, if it came.
    pub fn answer(&self, read: u64) -> Option<u64> {
        let found = self.answers.iter().find(|answer| answer.read == read);
        found.map(|answer| answer.value)
    }

    fn take_answers(&mut self, node: NodeId) {
        let time = self.network.now();
        let taken = std::mem::take(&mut self.nodes[node].answers);
        let answers =
            taken
                .into_iter()
                .map(|(read, value)| Answer { read, value, time });
        self.answers.extend(answers);
    }

    /// Stops a member.
    pub fn crash(&mut self, node: NodeId) {
        self.network.crash(node);
    }

    /// Starts it again, with what it had on disk.
    pub fn restart(&mut self, node: NodeId) {
        if self.network.is_down(node) {
            self.network.restart(node);
            self.nodes[node].restart();
            self.reset_timer(node);
        }
    }

    fn handle(&mut self, event: Event<Message, Timer>) {
        let (node, outgoing) = match event {
            Event::Message { from, to, message } => {
                (to, self.nodes[to].receive(from, message))
            }
            Event::Timer {
                node,
                timer: Timer::Election,
            } => {
                if self.nodes[node].role == Role::Leader {
                    self.reset_timer(node);
                    return;
                }
                self.nodes[node].heard = true;
                (node, self.nodes[node].time_out())
            }
            Event::Timer {
                node,
                timer: Timer::Heartbeat(term),
            } => {
                if self.nodes[node].term != term
                    || self.nodes[node].role != Role::Leader
                {
                    return;
                }
                self.network.set_timer(
                    node,
                    self.times.heartbeat,
                    Timer::Heartbeat(term),
                );
                (node, self.nodes[node].appends())
            }
        };
        self.send(node, outgoing);
        if std::mem::take(&mut self.nodes[node].heard) {
            self.reset_timer(node);
        }
        self.take_answers(node);
        self.check(node);
    }

    fn send(&mut self, from: NodeId, outgoing: Outgoing) {
        for (to, message) in outgoing {
            self.network.send(from, to, message);
        }
    }

    fn reset_timer(&mut self, node: NodeId) {
        if let Some(id) = self.elections[node].take() {
            self.network.cancel_timer(id);
        }
        let spread = self.times.longest - self.times.shortest + 1;
        let delay = self.times.shortest + self.network.random().below(spread);
        self.elections[node] =
            Some(self.network.set_timer(node, delay, Timer::Election));
    }

    /// Checks what must always hold, for the member that has just changed.
    fn check(&mut self, id: NodeId) {
        let node = &self.nodes[id];
        let state = (
            node.role,
            node.term,
            node.log.len(),
            node.log.last().copied(),
            node.commit,
        );
        if self.checked[id].replace(state) == Some(state) {
            return;
        }
        // ANCHOR: leader
        // Election safety: a term has one leader at most. Leader completeness: it has
        // everything that was committed.
        if node.role == Role::Leader {
            let term = node.term;
            let is_new = !self.leaders.contains_key(&term);
            let first = *self.leaders.entry(term).or_insert(id);
            if first != id {
                self.violations.push(format!("two leaders in term {term}"));
            }
            if is_new {
                if node.log.get(..self.committed.len()) != Some(&self.committed) {
                    self.violations.push(format!(
                        "the leader of term {term} lacks committed entries"
                    ));
                }
                self.network.set_timer(
                    id,
                    self.times.heartbeat,
                    Timer::Heartbeat(term),
                );
            }
        }
        // ANCHOR_END: leader
        // ANCHOR: match
        // State machine safety: no two members consider different entries committed at
        // the same index.
        for (index, entry) in node.log.iter().enumerate().take(node.commit) {
            match self.committed.get(index) {
                Some(known) if known != entry => {
                    self.violations
                        .push(format!("two entries committed at {}", index + 1));
                }
                Some(_) => {}
                None => self.committed.push(*entry),
            }
        }
        // Log matching: logs with the same term at an index are the same up to it.
        for other in self
            .nodes
            .iter()
            .filter(|other| !std::ptr::eq(*other, node))
        {
            let mut pairs = node.log.iter().zip(&other.log).enumerate().rev();
            let same = pairs.find(|(_, (mine, yours))| mine.term == yours.term);
            let upto = same.map_or(0, |(index, _)| index + 1);
            if node.log[..upto] != other.log[..upto] {
                self.violations.push(format!("logs differ before {upto}"));
            }
        }
        // ANCHOR_END: match
    }

    /// A line about each member: role, term, log as commands with their terms, and how
    /// far it is committed.
    pub fn describe(&self, node: NodeId) -> String {
        let it = &self.nodes[node];
        let log: Vec<_> = (1..)
            .zip(&it.log)
            .map(|(index, entry)| {
                let mark = if index <= it.commit { "" } else { "?" };
                format!("{}{mark}", entry.command)
            })
            .collect();
        format!(
            "{} {:9} term {}  {}",
            self.network.name(node),
            it.role,
            it.term,
            log.join(" ")
        )
    }
}
