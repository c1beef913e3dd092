//! A node joins a ring while requests go on, on a simulated network.
//!
//! Shown in `src/partitioning/membership.md`.
//!
//! The newcomer announces itself to the nodes that hold its future keys. They send it
//! these keys, and drop them when it has them. All other nodes learn of it by gossip.
//! After G. `DeCandia` et al., "Dynamo: Amazon's Highly Available Key-value Store",
//! SOSP 2007, sections 4.8 and 4.9.

use std::collections::BTreeSet;
use std::fmt;

use crate::partitioning::hash::hash_number;
use crate::partitioning::ring::Ring;
use crate::simulation::{Conditions, Event, Network, NodeId};

/// What is tried. Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Join {
    /// How many nodes there are before.
    pub members: usize,
    /// Whether a node that hands over keys counts the newcomer as a member at once, and
    /// so forwards requests. Otherwise it learns of it by gossip, as the others do.
    pub forwards: bool,
    /// How long it takes to copy a node's keys to the newcomer.
    pub copying: u64,
    /// How often a node tells another random one who the members are.
    pub gossip: u64,
    /// The keys that are asked for in turn, one request a millisecond, and how many
    /// requests there are.
    pub keys: u64,
    /// How many requests there are.
    pub requests: u64,
}

/// The outcome of the requests.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Joined {
    /// Answered with the value.
    pub found: u64,
    /// Answered with "not found", although the key exists.
    pub lost: u64,
    /// How many times a node passed a request on.
    pub hops: u64,
    /// When the last node learned of the newcomer.
    pub known_by_all: u64,
    /// What arrived, as lines of a sequence.
    pub trace: Vec<String>,
}

#[derive(Debug, Clone)]
enum Message {
    Joining,
    Keys(Vec<u64>),
    Stored(Vec<u64>),
    Members,
    Get(u64),
    Found(u64),
    Missing(u64),
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Joining => write!(f, "I join"),
            Self::Keys(keys) => write!(f, "{}", count(keys)),
            Self::Stored(keys) => write!(f, "{} stored", count(keys)),
            Self::Members => write!(f, "list of members"),
            Self::Get(key) => write!(f, "get {key}"),
            Self::Found(key) => write!(f, "value of {key}"),
            Self::Missing(key) => write!(f, "{key} not found"),
        }
    }
}

fn count(keys: &[u64]) -> String {
    let s = if keys.len() == 1 { "" } else { "s" };
    format!("{} key{s}", keys.len())
}

#[derive(Debug, Clone, Copy)]
enum Timer {
    Request(u64),
    Gossip,
    Copied,
}

#[derive(Debug, Clone)]
struct Member {
    keys: BTreeSet<u64>,
    knows_newcomer: bool,
}

struct Simulation {
    join: Join,
    network: Network<Message, Timer>,
    /// The ring without the newcomer, and with it.
    rings: [Ring; 2],
    members: Vec<Member>,
    joined: Joined,
}

// ANCHOR: get
impl Simulation {
    fn on_get(&mut self, node: NodeId, key: u64) {
        let member = &self.members[node];
        let owner = self.owner(member.knows_newcomer, key);
        if member.keys.contains(&key) {
            self.network.send(node, self.client(), Message::Found(key));
        } else if owner != node {
            self.pass_on(node, owner, key);
        } else if node == self.newcomer() {
            // Still copying: the previous owner has it.
            self.pass_on(node, self.owner(false, key), key);
        } else {
            self.network
                .send(node, self.client(), Message::Missing(key));
        }
    }
    // ANCHOR_END: get

    fn pass_on(&mut self, from: NodeId, to: NodeId, key: u64) {
        self.joined.hops += 1;
        self.network.send(from, to, Message::Get(key));
    }

    fn newcomer(&self) -> NodeId {
        self.join.members
    }

    fn client(&self) -> NodeId {
        self.join.members + 1
    }

    fn owner(&self, knows_newcomer: bool, key: u64) -> NodeId {
        let ring = &self.rings[usize::from(knows_newcomer)];
        let owner = ring.owner(hash_number(key));
        let is_owner = |node: &NodeId| Some(self.network.name(*node)) == owner;
        (0..=self.newcomer()).find(is_owner).unwrap_or(0)
    }

    fn other_node(&mut self) -> NodeId {
        let members = self.join.members;
        self.network.random().index(members)
    }

    /// The keys of a node that the newcomer will own.
    fn leaving(&self, node: NodeId) -> Vec<u64> {
        let keys = self.members[node].keys.iter().copied();
        keys.filter(|key| self.owner(true, *key) == self.newcomer())
            .collect()
    }

    fn on_timer(&mut self, node: NodeId, timer: Timer) {
        match timer {
            Timer::Request(n) => {
                let asked = self.other_node();
                self.network
                    .send(node, asked, Message::Get(n % self.join.keys.max(1)));
            }
            Timer::Gossip => {
                let to = self.other_node();
                if self.members[node].knows_newcomer && to != node {
                    self.network.send(node, to, Message::Members);
                }
                self.network
                    .set_timer(node, self.join.gossip, Timer::Gossip);
            }
            Timer::Copied => {
                let keys = self.leaving(node);
                self.network
                    .send(node, self.newcomer(), Message::Keys(keys));
            }
        }
    }

    fn on_message(&mut self, from: NodeId, to: NodeId, message: Message) {
        match message {
            Message::Joining => {
                self.network.set_timer(to, self.join.copying, Timer::Copied);
                if self.join.forwards {
                    self.learn(to);
                }
            }
            Message::Members => self.learn(to),
            Message::Keys(keys) => {
                self.members[to].keys.extend(&keys);
                self.network.send(to, from, Message::Stored(keys));
            }
            Message::Stored(keys) => {
                let gone: BTreeSet<u64> = keys.into_iter().collect();
                self.members[to].keys.retain(|key| !gone.contains(key));
            }
            Message::Get(key) => self.on_get(to, key),
            Message::Found(_) => self.joined.found += 1,
            Message::Missing(_) => self.joined.lost += 1,
        }
    }

    fn learn(&mut self, node: NodeId) {
        if !std::mem::replace(&mut self.members[node].knows_newcomer, true) {
            self.joined.known_by_all = self.network.now();
        }
    }

    fn run(mut self) -> Joined {
        for key in 0..self.join.keys {
            let owner = self.owner(false, key);
            self.members[owner].keys.insert(key);
        }
        for node in 0..self.newcomer() {
            if !self.leaving(node).is_empty() {
                self.network.send(self.newcomer(), node, Message::Joining);
            }
        }
        for node in 0..=self.newcomer() {
            self.network
                .set_timer(node, self.join.gossip.max(1), Timer::Gossip);
        }
        for n in 0..self.join.requests {
            self.network
                .set_timer(self.client(), 1_000 * (n + 1), Timer::Request(n));
        }
        let end = 1_000 * self.join.requests + 20_000;
        while let Some(event) = self.network.next_event_until(end) {
            match event {
                Event::Timer { node, timer } => self.on_timer(node, timer),
                Event::Message { from, to, message } => {
                    self.on_message(from, to, message);
                }
            }
        }
        self.joined.trace = self.network.lines().map(str::to_owned).collect();
        self.joined
    }
}

/// Sends requests to members at random while a node joins.
pub fn join(join: Join, seed: u64) -> Joined {
    let join = Join {
        members: join.members.max(1),
        gossip: join.gossip.max(1),
        ..join
    };
    let mut names: Vec<String> = (1..=join.members).map(|n| format!("n{n}")).collect();
    names.push("new".to_owned());
    let old = Ring::of(names.iter().take(join.members).map(String::as_str), 8);
    let new = Ring::of(names.iter().map(String::as_str), 8);
    let member = |n| Member {
        keys: BTreeSet::new(),
        knows_newcomer: n == join.members,
    };
    let members = (0..names.len()).map(member).collect();
    names.push("client".to_owned());
    let conditions = Conditions {
        min_delay: 200,
        max_delay: 400,
        ..Conditions::default()
    };
    let simulation = Simulation {
        join,
        network: Network::new(names, conditions, seed),
        rings: [old, new],
        members,
        joined: Joined::default(),
    };
    simulation.run()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const JOIN: Join = Join {
        members: 5,
        forwards: true,
        copying: 30_000,
        gossip: 10_000,
        keys: 50,
        requests: 200,
    };

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(60))]

        #[test]
        fn with_forwarding_every_request_is_answered(
            seed in any::<u64>(), members in 1..8usize, copying in 0..60_000u64, gossip in 1_000..50_000u64,
        ) {
            let joined = join(Join { members, copying, gossip, ..JOIN }, seed);
            prop_assert_eq!((joined.found, joined.lost), (JOIN.requests, 0));
        }
    }

    #[test]
    fn without_forwarding_keys_seem_lost_until_gossip_arrives() {
        let lost = |gossip| {
            let runs = (0..10).map(|seed| {
                join(
                    Join {
                        forwards: false,
                        gossip,
                        ..JOIN
                    },
                    seed,
                )
            });
            runs.map(|joined| joined.lost).sum::<u64>()
        };
        let (quick, slow) = (lost(10_000), lost(100_000));
        assert!(quick < slow, "{quick} {slow}");
    }

    #[test]
    fn a_request_takes_at_most_one_hop_more_than_asking_a_stranger() {
        let joined = join(JOIN, 1);
        assert!(joined.hops <= 3 * JOIN.requests);
        assert!(joined.known_by_all > 0);
    }
}
