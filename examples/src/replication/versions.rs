//! Version vectors, and a register that keeps concurrent values side by side.
//!
//! Shown in `src/replication/versions.md`.
//!
//! D. S. Parker et al., "Detection of Mutual Inconsistency in Distributed Systems",
//! *IEEE Transactions on Software Engineering* SE-9(3), 1983.

use std::cmp::Ordering;
use std::collections::BTreeMap;
use std::fmt;

/// How many writes of each replica a version includes.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct VersionVector(BTreeMap<&'static str, u64>);

// ANCHOR: vector
impl VersionVector {
    /// One more write at a replica.
    pub fn increment(&mut self, replica: &'static str) {
        *self.0.entry(replica).or_default() += 1;
    }

    /// Takes in everything that another version includes.
    pub fn merge(&mut self, other: &Self) {
        for (replica, count) in &other.0 {
            let own = self.0.entry(replica).or_default();
            *own = (*own).max(*count);
        }
    }

    /// Whether this version includes all that the other does.
    pub fn includes(&self, other: &Self) -> bool {
        other
            .0
            .iter()
            .all(|(replica, count)| self.get(replica) >= *count)
    }
}

impl PartialOrd for VersionVector {
    /// Earlier, later or equal, or none of these: then the two are concurrent.
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        match (self.includes(other), other.includes(self)) {
            (true, true) => Some(Ordering::Equal),
            (true, false) => Some(Ordering::Greater),
            (false, true) => Some(Ordering::Less),
            (false, false) => None,
        }
    }
}
// ANCHOR_END: vector

impl VersionVector {
    /// How many writes of a replica are included.
    pub fn get(&self, replica: &str) -> u64 {
        self.0.get(replica).copied().unwrap_or(0)
    }

    /// How many replicas it has a count for.
    pub fn replicas(&self) -> usize {
        self.0.len()
    }
}

impl fmt::Display for VersionVector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let parts: Vec<String> = self
            .0
            .iter()
            .map(|(replica, count)| format!("{replica}{count}"))
            .collect();
        write!(f, "[{}]", parts.join(" "))
    }
}

/// Names a write: the replica that took it, and which of its writes it was.
pub type Dot = (&'static str, u64);

/// A register on a replica: one value, or several that are concurrent, each with the
/// write that made it.
///
/// After N. Preguiça et al., "Dotted Version Vectors: Logical Clocks for Optimistic
/// Replication", 2010, arXiv:1011.5808. A vector for each value is not enough, when
/// clients write through a replica without having read its newest value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Register {
    replica: &'static str,
    seen: VersionVector,
    values: Vec<(Dot, String)>,
}

// ANCHOR: register
impl Register {
    /// Writes a value that replaces those which `context` includes: what the client has
    /// read.
    pub fn put(&mut self, context: &VersionVector, value: &str) {
        self.values
            .retain(|((replica, n), _)| context.get(replica) < *n);
        self.seen.merge(context);
        self.seen.increment(self.replica);
        let dot = (self.replica, self.seen.get(self.replica));
        self.values.push((dot, value.to_owned()));
    }

    /// Takes in what another replica holds. A value is dropped if the other replica has
    /// seen it and no longer holds it.
    pub fn merge(&mut self, other: &Self) {
        self.values.retain(|value| {
            let ((replica, n), _) = value;
            other.seen.get(replica) < *n || other.values.contains(value)
        });
        for value in &other.values {
            let ((replica, n), _) = value;
            if self.seen.get(replica) < *n {
                self.values.push(value.clone());
            }
        }
        self.seen.merge(&other.seen);
        self.values.sort();
    }
    // ANCHOR_END: register

    /// An empty register on a replica.
    pub fn new(replica: &'static str) -> Self {
        Self {
            replica,
            seen: VersionVector::default(),
            values: Vec::new(),
        }
    }

    /// The values that are held.
    pub fn values(&self) -> Vec<&str> {
        self.values
            .iter()
            .map(|(_, value)| value.as_str())
            .collect()
    }

    /// The context of a client that has read everything here, to be passed along with
    /// its next write.
    pub fn context(&self) -> VersionVector {
        self.seen.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    const REPLICAS: [&str; 3] = ["a", "b", "c"];

    proptest! {
        /// The reference keeps, for each value, the set of all writes that it knew of.
        #[test]
        fn a_value_is_dropped_only_for_one_that_knew_it(
            steps in prop::collection::vec((0..3usize, 0..3usize, any::<bool>()), 1..40),
        ) {
            let mut registers = REPLICAS.map(Register::new);
            let mut known: [BTreeSet<usize>; 3] = Default::default();
            let mut history: BTreeMap<String, BTreeSet<usize>> = BTreeMap::new();
            for (n, (at, other, is_write)) in steps.into_iter().enumerate() {
                if is_write {
                    let context = registers[at].context();
                    let name = format!("w{n}");
                    known[at].insert(n);
                    history.insert(name.clone(), known[at].clone());
                    registers[at].put(&context, &name);
                } else {
                    let (from, seen) = (registers[other].clone(), known[other].clone());
                    registers[at].merge(&from);
                    known[at].extend(seen);
                }
                for (register, known) in registers.iter().zip(&known) {
                    let held: BTreeSet<&str> = register.values().into_iter().collect();
                    // Those known writes that no other known write knew.
                    let newest: BTreeSet<&str> = history.iter()
                        .filter(|(name, _)| known.contains(&name[1..].parse().unwrap()))
                        .filter(|(name, _)| {
                            let number: usize = name[1..].parse().unwrap();
                            !known.iter().any(|k| *k != number && history[&format!("w{k}")].contains(&number))
                        })
                        .map(|(name, _)| name.as_str()).collect();
                    prop_assert_eq!(held, newest);
                }
            }
        }
    }

    #[test]
    fn a_client_that_read_nothing_makes_a_sibling() {
        let mut register = Register::new("a");
        register.put(&VersionVector::default(), "one");
        register.put(&VersionVector::default(), "two");
        assert_eq!(register.values().len(), 2);
        let context = register.context();
        register.put(&context, "three");
        assert_eq!(register.values().len(), 1);
    }
}
