//! A set in which additions win, without tombstones: a version vector alone tells what
//! was removed.
//!
//! Shown in `src/replication/crdts.md`.
//!
//! A. Bieniusa et al., "An optimized conflict-free replicated set", 2012,
//! arXiv:1210.3368. Riak calls its version an observed-remove set without tombstones,
//! ORSWOT.

use std::collections::{BTreeMap, BTreeSet};

use super::crdt::{Merge, ObservedSet};
use super::versions::{Dot, VersionVector};
use crate::random::Random;

// ANCHOR: set
/// A set that any replica may change. Each addition is a dot: the replica that made it,
/// and which of its additions it was.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct AddWinsSet {
    /// How many additions of each replica are known here, whether they are still held
    /// or not.
    seen: VersionVector,
    /// The elements, each with the additions that put it there.
    held: BTreeMap<String, BTreeSet<Dot>>,
}

impl AddWinsSet {
    /// Adds an element at a replica. The new addition takes the place of those that are
    /// known here.
    pub fn add(&mut self, replica: &'static str, element: &str) {
        self.seen.increment(replica);
        let dot = (replica, self.seen.get(replica));
        self.held.insert(element.to_owned(), BTreeSet::from([dot]));
    }

    /// Removes an element. What remains is only that its additions were seen.
    pub fn remove(&mut self, element: &str) {
        self.held.remove(element);
    }
}

impl Merge for AddWinsSet {
    /// Merges in the other's state. An addition that only one side holds stays if the
    /// other side has never seen it; if the other side has seen it, it was removed
    /// there.
    fn merge(&mut self, other: &Self) {
        let is_news =
            |(replica, number): &Dot, seen: &VersionVector| seen.get(replica) < *number;
        for (element, dots) in &mut self.held {
            let theirs = other.held.get(element);
            dots.retain(|dot| {
                theirs.is_some_and(|dots| dots.contains(dot))
                    || is_news(dot, &other.seen)
            });
        }
        for (element, dots) in &other.held {
            let news = dots.iter().filter(|dot| is_news(dot, &self.seen));
            self.held.entry(element.clone()).or_default().extend(news);
        }
        self.held.retain(|_, dots| !dots.is_empty());
        self.seen.merge(&other.seen);
    }
}
// ANCHOR_END: set

impl AddWinsSet {
    /// The elements.
    pub fn elements(&self) -> BTreeSet<&str> {
        self.held.keys().map(String::as_str).collect()
    }

    /// What is stored besides the elements: dots, and counts in the version vector.
    pub fn metadata(&self) -> usize {
        self.held.values().map(BTreeSet::len).sum::<usize>() + self.seen.replicas()
    }
}

/// What two kinds of set store after the same changes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stored {
    /// Changes that were made.
    pub changes: u32,
    /// How many of them were additions.
    pub additions: u32,
    /// Elements in the end, the same in both.
    pub elements: usize,
    /// Dots and counts of the set with tombstones.
    pub with_tombstones: usize,
    /// Dots and counts of the set with a version vector.
    pub with_vector: usize,
}

/// Three replicas that add and remove `elements` elements at random, half and half.
/// Every twenty changes each replica merges in what the others had. Both kinds of set
/// get the same changes; the result is for the first replica after each of these
/// numbers of changes, in rising order.
pub fn stored(changes: &[u32], elements: u64, seed: u64) -> Vec<Stored> {
    let mut random = Random::new(seed);
    let mut kept: [ObservedSet; 3] = Default::default();
    let mut lean: [AddWinsSet; 3] = Default::default();
    let mut stored = Vec::new();
    let mut additions = 0;
    for change in 1..=changes.last().copied().unwrap_or(0) {
        let at = random.index(3);
        let element = random.below(elements).to_string();
        if random.chance(0.5) {
            additions += 1;
            kept[at].add(at, &element);
            lean[at].add(["a", "b", "c"][at], &element);
        } else {
            kept[at].remove(&element);
            lean[at].remove(&element);
        }
        if change % 20 == 0 {
            meet(&mut kept);
            meet(&mut lean);
        }
        if changes.contains(&change) {
            stored.push(Stored {
                changes: change,
                additions,
                elements: lean[0].elements().len(),
                with_tombstones: kept[0].metadata(),
                with_vector: lean[0].metadata(),
            });
        }
    }
    stored
}

/// Each takes in what the others had.
fn meet<T: Merge + Clone>(sets: &mut [T; 3]) {
    let before = sets.clone();
    for set in sets {
        for other in &before {
            set.merge(other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const REPLICAS: [&str; 3] = ["a", "b", "c"];
    const ELEMENTS: [&str; 4] = ["w", "x", "y", "z"];

    proptest! {
        /// The reference is the set that keeps every addition and every removal
        /// forever.
        #[test]
        fn it_holds_what_the_set_with_tombstones_holds(
            steps in prop::collection::vec((0..3usize, 0..3usize, 0..4usize, 0..4u8), 0..80),
        ) {
            let mut sets: [AddWinsSet; 3] = Default::default();
            let mut judges: [ObservedSet; 3] = Default::default();
            for (at, other, element, what) in steps {
                let element = ELEMENTS[element];
                match what {
                    0 => {
                        sets[at].remove(element);
                        judges[at].remove(element);
                    }
                    1 | 2 => {
                        sets[at].add(REPLICAS[at], element);
                        judges[at].add(at, element);
                    }
                    _ => {
                        let (set, judge) = (sets[other].clone(), judges[other].clone());
                        sets[at].merge(&set);
                        judges[at].merge(&judge);
                    }
                }
                prop_assert_eq!(sets[at].elements(), judges[at].elements());
                let dots = sets[at].metadata() - sets[at].seen.replicas();
                prop_assert!(dots <= REPLICAS.len() * sets[at].elements().len());
            }
            // Merged in any order, grouping and number of times, all are equal: not
            // only what they show, but all that they store.
            let [a, b, c] = &sets;
            let merged = |order: &[&AddWinsSet]| {
                let mut all = order[0].clone();
                order[1..].iter().for_each(|other| all.merge(other));
                all
            };
            let all = merged(&[a, b, c]);
            prop_assert_eq!(&all, &merged(&[c, b, a, c]));
            prop_assert_eq!(&all, &merged(&[b, &merged(&[a, c]), b]));
        }
    }

    /// Tombstones keep a dot of every addition that was ever made. A vector keeps, for
    /// each element, at most one dot of each replica.
    #[test]
    fn tombstones_grow_with_the_additions_and_a_vector_does_not() {
        for (elements, seed) in [(5, 1), (20, 2), (60, 3)] {
            for stored in stored(&[200, 1_000], elements, seed) {
                let all = usize::try_from(stored.additions).unwrap();
                assert_eq!(stored.with_tombstones, all + 3, "{stored:?}");
                let most = 3 * stored.elements + 3;
                assert!(stored.with_vector <= most, "{stored:?}");
            }
        }
    }

    #[test]
    fn what_was_removed_leaves_nothing_behind() {
        let mut set = AddWinsSet::default();
        for _ in 0..1_000 {
            set.add("a", "milk");
            set.remove("milk");
        }
        assert_eq!(set.metadata(), 1);
        let mut late = AddWinsSet::default();
        late.add("b", "eggs");
        late.merge(&set);
        assert_eq!(late.elements(), BTreeSet::from(["eggs"]));
    }
}
