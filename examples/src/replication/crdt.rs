//! Values that any replica may change, and that are equal once all replicas have seen
//! the same changes, in any order.
//!
//! Shown in `src/replication/crdts.md`.
//!
//! M. Shapiro et al., "A comprehensive study of Convergent and Commutative Replicated
//! Data Types", INRIA RR-7506, 2011.

use std::collections::{BTreeMap, BTreeSet};

/// A value that can be merged with that of another replica.
pub trait Merge {
    /// Merges in the other's state. Order, grouping and repetition of merges don't
    /// matter.
    fn merge(&mut self, other: &Self);
}

// ANCHOR: counter
/// A counter that only grows: each replica has a count of its own, and the value is
/// their sum.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct GrowCounter(BTreeMap<usize, u64>);

impl GrowCounter {
    /// Adds at a replica.
    pub fn add(&mut self, replica: usize, n: u64) {
        *self.0.entry(replica).or_default() += n;
    }

    /// The sum of all replicas' counts.
    pub fn value(&self) -> u64 {
        self.0.values().sum()
    }
}

impl Merge for GrowCounter {
    fn merge(&mut self, other: &Self) {
        for (replica, count) in &other.0 {
            let own = self.0.entry(*replica).or_default();
            *own = (*own).max(*count);
        }
    }
}
// ANCHOR_END: counter

/// A counter that also shrinks: one for what was added, and one for what was taken
/// away.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Counter {
    added: GrowCounter,
    taken: GrowCounter,
}

impl Counter {
    /// Adds at a replica, or takes away.
    pub fn add(&mut self, replica: usize, n: i64) {
        let side = if n < 0 {
            &mut self.taken
        } else {
            &mut self.added
        };
        side.add(replica, n.unsigned_abs());
    }

    /// What was added less what was taken away.
    pub fn value(&self) -> i64 {
        self.added.value().cast_signed() - self.taken.value().cast_signed()
    }
}

impl Merge for Counter {
    fn merge(&mut self, other: &Self) {
        self.added.merge(&other.added);
        self.taken.merge(&other.taken);
    }
}

// ANCHOR: set
/// A set in which an addition wins over a removal that didn't know of it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct ObservedSet {
    /// Each element with the additions that put it there: the replica and its number of
    /// them.
    added: BTreeSet<(String, usize, u64)>,
    /// Tombstones: the additions that a removal has seen.
    removed: BTreeSet<(String, usize, u64)>,
    numbers: BTreeMap<usize, u64>,
}

impl ObservedSet {
    /// Adds an element at a replica, as a unique addition.
    pub fn add(&mut self, replica: usize, element: &str) {
        let number = self.numbers.entry(replica).or_default();
        *number += 1;
        self.added.insert((element.to_owned(), replica, *number));
    }

    /// Removes the additions of an element that are known here.
    pub fn remove(&mut self, element: &str) {
        let added = std::mem::take(&mut self.added).into_iter();
        let (known, others) = added.partition(|(name, _, _)| name == element);
        self.added = others;
        self.removed.extend::<BTreeSet<_>>(known);
    }

    /// The elements that have an addition which was not removed.
    pub fn elements(&self) -> BTreeSet<&str> {
        self.added
            .iter()
            .map(|(name, _, _)| name.as_str())
            .collect()
    }
}
// ANCHOR_END: set

impl ObservedSet {
    /// What is stored besides the elements: every addition that was ever made, removed
    /// or not, and a count for each replica.
    pub fn metadata(&self) -> usize {
        self.added.len() + self.removed.len() + self.numbers.len()
    }
}

impl Merge for ObservedSet {
    fn merge(&mut self, other: &Self) {
        self.added.extend(other.added.iter().cloned());
        self.removed.extend(other.removed.iter().cloned());
        self.added
            .retain(|addition| !self.removed.contains(addition));
        for (replica, number) in &other.numbers {
            let own = self.numbers.entry(*replica).or_default();
            *own = (*own).max(*number);
        }
    }
}

/// A value that keeps the last write, by time stamp and then by replica.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LastWrite {
    stamp: (u64, usize),
    value: String,
}

impl LastWrite {
    /// Writes at a replica, at a time of its clock.
    pub fn set(&mut self, replica: usize, time: u64, value: &str) {
        let stamp = (time, replica);
        if stamp > self.stamp {
            *self = Self {
                stamp,
                value: value.to_owned(),
            };
        }
    }

    /// The value.
    pub fn value(&self) -> &str {
        &self.value
    }
}

impl Merge for LastWrite {
    fn merge(&mut self, other: &Self) {
        if other.stamp > self.stamp {
            self.clone_from(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    type Change = (usize, i64, u8);

    /// Three replicas that make changes and occasionally merge in another one's state.
    fn replicas<T: Merge + Clone + Default>(
        changes: &[Change],
        apply: impl Fn(&mut T, usize, i64),
    ) -> [T; 3] {
        let mut all: [T; 3] = Default::default();
        for (replica, n, what) in changes {
            let at = replica % 3;
            if *what < 2 {
                let other = all[(at + 1 + usize::from(*what)) % 3].clone();
                all[at].merge(&other);
            } else {
                apply(&mut all[at], at, *n);
            }
        }
        all
    }

    /// Whether all orders and repetitions of merging three states give the same.
    fn converges<T: Merge + Clone + PartialEq>([a, b, c]: &[T; 3]) -> bool {
        let merged = |order: [&T; 4]| {
            let mut state = order[0].clone();
            order[1..].iter().for_each(|other| state.merge(other));
            state
        };
        let first = merged([a, b, c, a]);
        let mut right = b.clone();
        right.merge(c);
        [
            merged([c, b, a, c]),
            merged([b, a, c, b]),
            merged([a, &right, &right, b]),
        ]
        .iter()
        .all(|other| *other == first)
    }

    fn set_change(set: &mut ObservedSet, at: usize, n: i64) {
        let name = ["x", "y", "z"][usize::try_from(n.rem_euclid(3)).unwrap()];
        if n < 0 {
            set.remove(name);
        } else {
            set.add(at, name);
        }
    }

    proptest! {
        #[test]
        fn all_types_converge(changes in prop::collection::vec((0..3usize, -5..5i64, 0..6u8), 0..40)) {
            let counters = replicas(&changes, Counter::add);
            prop_assert!(converges(&counters));
            let mut all = counters[0].clone();
            for other in &counters {
                all.merge(other);
            }
            let sum: i64 = changes.iter().filter(|(_, _, what)| *what >= 2).map(|(_, n, _)| n).sum();
            prop_assert_eq!(all.value(), sum);
            prop_assert!(converges(&replicas(&changes, set_change)));
            let write = |last: &mut LastWrite, at: usize, n: i64| last.set(at, n.unsigned_abs(), &format!("{at}-{n}"));
            let writes: Vec<Change> = changes.iter().map(|(at, n, what)| (*at, n.abs(), *what)).collect();
            prop_assert!(converges(&replicas(&writes, write)));
        }
    }

    #[test]
    fn an_addition_wins_over_a_removal_that_did_not_know_it() {
        let mut a = ObservedSet::default();
        a.add(0, "milk");
        let mut b = a.clone();
        b.remove("milk");
        a.add(0, "milk");
        a.merge(&b);
        assert!(a.elements().contains("milk"));
        a.remove("milk");
        b.merge(&a);
        assert!(b.elements().is_empty());
    }
}
