//! A key-value store on several nodes, put together from the parts of the data
//! chapters: a ring, quorums, logs, trees, hints and read repair.
//!
//! Shown in `src/cases/keyvalue.md`.
//!
//! After G. `DeCandia` et al., "Dynamo: Amazon's Highly Available Key-value Store",
//! SOSP 2007, with one coordinator that numbers all writes where Dynamo has vector
//! clocks.

use std::collections::BTreeMap;

use crate::number::float;
use crate::partitioning::hash::hash_number;
use crate::partitioning::ring::Ring;
use crate::random::Random;
use crate::storage::lsm::{Lsm, Policy};
use crate::storage::wal::{append_pair, recover_pairs};

/// A value and the number of its write, as one number that is greater the newer it is.
type Stamped = u64;

/// How the store is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Promise {
    /// Copies of each key.
    pub copies: usize,
    /// How many have to answer a read.
    pub read: usize,
    /// How many have to take a write.
    pub write: usize,
    /// Whether writes are noted for nodes that are down, and handed over when they are
    /// back.
    pub hints: bool,
    /// Whether nodes write to a log first.
    pub log: bool,
}

/// Too few of a key's nodes are up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Refused;

#[derive(Debug, Clone)]
struct Node {
    log: Vec<u8>,
    tree: Lsm,
    is_up: bool,
    hints: Vec<(String, u64, Stamped)>,
}

impl Node {
    fn new() -> Self {
        Self {
            log: Vec::new(),
            tree: Lsm::new(Policy::Leveled, 32, 4, 10),
            is_up: true,
            hints: Vec::new(),
        }
    }

    // ANCHOR: node
    /// Keeps the newer of the stored and the incoming value: first in the log, then in
    /// the tree.
    fn take(&mut self, key: u64, value: Stamped, has_log: bool) {
        if self.tree.get(key).0.is_some_and(|kept| kept >= value) {
            return;
        }
        if has_log {
            append_pair(&mut self.log, (key, value));
        }
        self.tree.put(key, Some(value));
    }

    /// A crash loses the tree, and the log restores it.
    fn restart(&mut self) {
        self.tree = Node::new().tree;
        self.is_up = true;
        for (key, value) in recover_pairs(&self.log) {
            self.tree.put(key, Some(value));
        }
    }
    // ANCHOR_END: node
}

/// The store.
#[derive(Debug, Clone)]
pub struct KeyStore {
    promise: Promise,
    ring: Ring,
    nodes: BTreeMap<String, Node>,
    writes: u64,
    /// Copies that a read found to be old, and repaired.
    pub repaired: u64,
    /// Writes that were noted for a node that was down.
    pub hinted: u64,
}

impl KeyStore {
    /// A store of this many nodes, named `node 0`, `node 1` and so on.
    pub fn new(nodes: usize, promise: Promise) -> Self {
        let names: Vec<String> = (0..nodes).map(|n| format!("node {n}")).collect();
        Self {
            promise,
            ring: Ring::of(names.iter().map(String::as_str), 100),
            nodes: names.into_iter().map(|name| (name, Node::new())).collect(),
            writes: 0,
            repaired: 0,
            hinted: 0,
        }
    }

    /// The nodes that hold a key's copies, the first one first.
    pub fn owners(&self, key: u64) -> Vec<String> {
        let owners = self.ring.owners(hash_number(key), self.promise.copies);
        owners.into_iter().map(str::to_owned).collect()
    }

    fn is_up(&self, name: &str) -> bool {
        self.nodes.get(name).is_some_and(|node| node.is_up)
    }

    // ANCHOR: put
    /// Writes a value, if enough of the key's nodes are up. For one that isn't, another
    /// node keeps a hint.
    ///
    /// # Errors
    ///
    /// If too few nodes are up. Then nothing is written.
    pub fn put(&mut self, key: u64, value: u32) -> Result<(), Refused> {
        let (up, down): (Vec<_>, Vec<_>) = self
            .owners(key)
            .into_iter()
            .partition(|name| self.is_up(name));
        if up.len() < self.promise.write.max(1) {
            return Err(Refused);
        }
        self.writes += 1;
        let value = self.writes << 32 | u64::from(value);
        for name in &up {
            if let Some(node) = self.nodes.get_mut(name) {
                node.take(key, value, self.promise.log);
            }
        }
        if let Some(keeper) = self.nodes.get_mut(&up[0]).filter(|_| self.promise.hints)
        {
            self.hinted += down.len() as u64;
            keeper
                .hints
                .extend(down.into_iter().map(|owner| (owner, key, value)));
        }
        Ok(())
    }
    // ANCHOR_END: put

    // ANCHOR: get
    /// Reads from as many of the key's nodes as promised, takes the newest value, and
    /// repairs those that had an older one.
    ///
    /// # Errors
    ///
    /// If too few nodes are up.
    pub fn get(&mut self, key: u64) -> Result<Option<u32>, Refused> {
        let up = self.owners(key).into_iter().filter(|name| self.is_up(name));
        let asked: Vec<String> = up.take(self.promise.read.max(1)).collect();
        if asked.len() < self.promise.read.max(1) {
            return Err(Refused);
        }
        let found =
            |name: &String| self.nodes.get(name).and_then(|node| node.tree.get(key).0);
        let answers: Vec<Option<Stamped>> = asked.iter().map(found).collect();
        let Some(newest) = answers.iter().flatten().max().copied() else {
            return Ok(None);
        };
        for (name, answer) in asked.iter().zip(answers) {
            if let Some(node) =
                self.nodes.get_mut(name).filter(|_| answer != Some(newest))
            {
                node.take(key, newest, self.promise.log);
                self.repaired += 1;
            }
        }
        Ok(u32::try_from(newest & u64::from(u32::MAX)).ok())
    }
    // ANCHOR_END: get

    /// A node stops, and loses what it has in memory, the hints included.
    pub fn crash(&mut self, name: &str) {
        if let Some(node) = self.nodes.get_mut(name) {
            node.is_up = false;
            node.hints.clear();
        }
    }

    // ANCHOR: restart
    /// A node comes back: it reads its log, and gets what others have noted for it.
    pub fn restart(&mut self, name: &str) {
        let mut hints = Vec::new();
        for other in self.nodes.values_mut().filter(|node| node.is_up) {
            hints.extend(other.hints.extract_if(.., |(owner, ..)| owner == name));
        }
        if let Some(node) = self.nodes.get_mut(name).filter(|node| !node.is_up) {
            node.restart();
            for (_, key, value) in hints {
                node.take(key, value, self.promise.log);
            }
        }
    }
    // ANCHOR_END: restart

    // ANCHOR: join
    /// A new node joins, if all others are up: it takes over the keys that now belong
    /// to it. Returns how many of `keys` these are.
    pub fn join(
        &mut self,
        name: &str,
        keys: impl IntoIterator<Item = u64>,
    ) -> Option<u64> {
        if self.nodes.contains_key(name) || self.nodes.values().any(|node| !node.is_up)
        {
            return None;
        }
        let mut ring = self.ring.clone();
        ring.add(name);
        let mut new = Node::new();
        let mut moved = 0;
        for key in keys {
            if ring
                .owners(hash_number(key), self.promise.copies)
                .contains(&name)
            {
                let before = self.owners(key).into_iter();
                let copies =
                    before.filter_map(|owner| self.nodes.get(&owner)?.tree.get(key).0);
                if let Some(newest) = copies.max() {
                    new.take(key, newest, self.promise.log);
                    moved += 1;
                }
            }
        }
        self.ring = ring;
        self.nodes.insert(name.to_owned(), new);
        Some(moved)
    }
    // ANCHOR_END: join
}

impl Promise {
    /// The share of requests that are refused, if half of them are reads and each node
    /// is up with this probability, independently of the others: too few of the copies
    /// are up.
    pub fn refused(&self, up: f64) -> f64 {
        // The sum of binomial probabilities, with the coefficients of Pascal's triangle.
        let fewer = |needed: usize| {
            let mut ways = 1.0;
            let mut sum = 0.0;
            for alive in 0..needed.max(1) {
                let dead = self.copies.saturating_sub(alive);
                sum += ways * powi(up, alive) * powi(1.0 - up, dead);
                ways *= float(dead) / float(alive + 1);
            }
            sum
        };
        f64::midpoint(fewer(self.read), fewer(self.write))
    }
}

fn powi(base: f64, exponent: usize) -> f64 {
    (0..exponent).fold(1.0, |power, _| power * base)
}

/// What came of many requests while nodes crashed and came back.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// The share of requests that were refused.
    pub refused: f64,
    /// Answers that were not the last confirmed value.
    pub wrong: u64,
    /// Copies that a read repaired.
    pub repaired: u64,
    /// Writes that were noted for a node that was down.
    pub hinted: u64,
}

// ANCHOR: trial
/// Reads and writes random keys of a hundred on five nodes. Before each request, a node
/// drawn at random crashes with probability `crash`, and returns, if it is down, with
/// probability `back`. Compares each answer with a map of what was confirmed.
pub fn trial(
    promise: Promise,
    requests: u32,
    (crash, back): (f64, f64),
    seed: u64,
) -> Trial {
    let (mut store, mut random) = (KeyStore::new(5, promise), Random::new(seed));
    let (mut last, mut refused, mut wrong) = (BTreeMap::new(), 0, 0);
    for request in 0..requests {
        let node = format!("node {}", random.below(5));
        if random.chance(crash) {
            store.crash(&node);
        }
        if random.chance(back) {
            store.restart(&node);
        }
        let key = random.below(100);
        if random.chance(0.5) {
            match store.put(key, request) {
                Ok(()) => drop(last.insert(key, request)),
                Err(Refused) => refused += 1,
            }
        } else {
            match store.get(key) {
                Ok(value) => wrong += u64::from(value != last.get(&key).copied()),
                Err(Refused) => refused += 1,
            }
        }
    }
    Trial {
        refused: f64::from(refused) / f64::from(requests.max(1)),
        wrong,
        repaired: store.repaired,
        hinted: store.hinted,
    }
}
// ANCHOR_END: trial

#[cfg(test)]
mod tests;
