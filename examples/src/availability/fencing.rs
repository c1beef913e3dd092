//! Split brain: a pair whose heartbeat link fails, and a store that refuses the one
//! that was replaced.
//!
//! Shown in `src/availability/split-brain.md`.
//!
//! The token is that of M. Burrows, "The Chubby Lock Service for Loosely-Coupled
//! Distributed Systems", OSDI 2006, section 2.4 (a *sequencer*), and of M. Kleppmann,
//! *Designing Data-Intensive Applications*, 2017, chapter 8.

/// A store for one value that may check fencing tokens.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Storage {
    /// What is stored.
    pub value: u64,
    checks_tokens: bool,
    highest: u64,
}

impl Storage {
    /// A store that holds 0.
    pub fn new(checks_tokens: bool) -> Self {
        Self {
            checks_tokens,
            ..Self::default()
        }
    }

    // ANCHOR: admit
    /// The value, for a reader with a token; nothing if a higher token was seen before.
    pub fn read(&mut self, token: u64) -> Option<u64> {
        self.admits(token).then_some(self.value)
    }

    /// Writes a value, unless a higher token was seen before. Returns whether it was
    /// written.
    pub fn write(&mut self, token: u64, value: u64) -> bool {
        let is_admitted = self.admits(token);
        if is_admitted {
            self.value = value;
        }
        is_admitted
    }

    fn admits(&mut self, token: u64) -> bool {
        let is_stale = token < self.highest;
        self.highest = self.highest.max(token);
        !(self.checks_tokens && is_stale)
    }
    // ANCHOR_END: admit
}

/// What happened in a split.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scenario {
    /// The steps, as lines such as `client -> one: add 1`.
    pub trace: Vec<String>,
    /// What the store holds in the end.
    pub stored: u64,
    /// How many additions were acknowledged.
    pub acknowledged: u64,
}

/// Two servers that add to a counter in a store. Each keeps the counter in memory and
/// writes it back.
#[derive(Debug, Clone)]
struct Node {
    name: &'static str,
    token: u64,
    counter: u64,
}

// ANCHOR: split
/// `before` additions reach the active server; then the heartbeat link fails, the
/// passive one takes over, and additions reach both in turn, the old one first,
/// `during` in all, because some clients still know the old address.
pub fn split_brain(checks_tokens: bool, before: u64, during: u64) -> Scenario {
    split_between(checks_tokens, before, (0..during).map(|n| n % 2 == 1))
}

/// The same, with additions during the split that each reach the new server or the old
/// one.
fn split_between(
    checks_tokens: bool,
    before: u64,
    reach_new: impl IntoIterator<Item = bool>,
) -> Scenario {
    let mut store = Storage::new(checks_tokens);
    let mut one = Node {
        name: "one",
        token: 1,
        counter: 0,
    };
    let mut scenario = Scenario {
        trace: Vec::new(),
        stored: 0,
        acknowledged: 0,
    };
    for _ in 0..before {
        scenario.add(&mut one, &mut store);
    }
    scenario.trace.push("one -x two: heartbeat".to_owned());
    let mut two = scenario.take_over("two", 2, &mut store);
    for reaches_new in reach_new {
        let node = if reaches_new { &mut two } else { &mut one };
        scenario.add(node, &mut store);
    }
    scenario.stored = store.value;
    scenario
}
// ANCHOR_END: split

impl Scenario {
    /// A server becomes active with the next token: it reads the store, which makes the
    /// token known there.
    fn take_over(
        &mut self,
        name: &'static str,
        token: u64,
        store: &mut Storage,
    ) -> Node {
        let counter = store.read(token).unwrap_or(0);
        self.trace
            .push(format!("{name} -> store: read (token {token})"));
        self.trace.push(format!("store --> {name}: {counter}"));
        Node {
            name,
            token,
            counter,
        }
    }

    fn add(&mut self, node: &mut Node, store: &mut Storage) {
        let name = node.name;
        self.trace.push(format!("client -> {name}: add 1"));
        let value = node.counter + 1;
        let token = node.token;
        self.trace
            .push(format!("{name} -> store: write {value} (token {token})"));
        if store.write(token, value) {
            node.counter = value;
            self.acknowledged += 1;
            self.trace.push(format!("{name} --> client: done"));
        } else {
            self.trace.push(format!("store --> {name}: refused"));
            self.trace.push(format!("{name} --> client: error"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn without_tokens_acknowledged_additions_are_lost() {
        let split = split_brain(false, 2, 4);
        assert_eq!((split.acknowledged, split.stored), (6, 4));
    }

    #[test]
    fn a_store_that_checks_refuses_reads_and_writes_of_the_one_that_was_replaced() {
        let mut store = Storage::new(true);
        assert!(store.write(1, 5));
        assert_eq!(store.read(2), Some(5));
        assert_eq!(store.read(1), None);
        assert!(!store.write(1, 6));
        assert!(store.write(2, 6));
    }

    proptest! {
        #[test]
        fn with_tokens_only_the_new_server_is_served_after_the_split(
            before in 0..9u64, reach_new in prop::collection::vec(any::<bool>(), 0..20),
        ) {
            let split = split_between(true, before, reach_new.iter().copied());
            let served = reach_new.iter().filter(|reaches_new| **reaches_new).count() as u64;
            prop_assert_eq!(split.acknowledged, before + served);
            prop_assert_eq!(split.stored, split.acknowledged);
        }
    }
}
