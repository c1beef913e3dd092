//! Split brain: a pair whose heartbeat link fails, and a store that refuses the one that was replaced.
//!
//! The token is that of M. Burrows, "The Chubby Lock Service for Loosely-Coupled Distributed Systems", OSDI 2006, section 2.4 (a
//! *sequencer*), and of M. Kleppmann, *Designing Data-Intensive Applications*, 2017, chapter 8.

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

    /// Reads the value for the holder of a token, which makes the token known: nobody with a lower one writes after that.
    pub fn read(&mut self, token: u64) -> u64 {
        self.highest = self.highest.max(token);
        self.value
    }

    // ANCHOR: write
    /// Writes a value, unless the writer's token is lower than one that was seen before. Says whether it was written.
    pub fn write(&mut self, token: u64, value: u64) -> bool {
        if self.checks_tokens && token < self.highest {
            return false;
        }
        self.highest = self.highest.max(token);
        self.value = value;
        true
    }
    // ANCHOR_END: write
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

/// Two servers that add to a counter in a store. Each keeps the counter in memory and writes it back.
#[derive(Debug, Clone)]
struct Node {
    name: &'static str,
    token: u64,
    counter: u64,
}

// ANCHOR: split
/// `before` additions reach the active server; then the heartbeat link fails, the passive one takes over, and additions
/// reach both in turn, `during` in all, because some clients still know the old address.
pub fn split_brain(checks_tokens: bool, before: u64, during: u64) -> Scenario {
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
    // The passive server reads the store and becomes active with the next token.
    let mut two = Node {
        name: "two",
        token: 2,
        counter: store.value,
    };
    for n in 0..during {
        let node = if n % 2 == 0 { &mut two } else { &mut one };
        scenario.add(node, &mut store);
    }
    scenario.stored = store.value;
    scenario
}
// ANCHOR_END: split

impl Scenario {
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

    proptest! {
        #[test]
        fn with_tokens_what_was_acknowledged_is_stored(before in 0..9u64, during in 0..20u64) {
            let split = split_brain(true, before, during);
            prop_assert_eq!(split.acknowledged, split.stored);
            // Only the new active server is served after the split.
            prop_assert_eq!(split.stored, before + during.div_ceil(2));
        }
    }
}
