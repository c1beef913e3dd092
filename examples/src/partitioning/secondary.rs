//! A secondary index over shards: each shard indexes its own rows, or the index is a
//! sharded table of its own.
//!
//! Shown in `src/partitioning/secondary.md`.

use std::collections::{BTreeMap, BTreeSet};

use crate::partitioning::hash::{hash, hash_number};

/// Where the entries of the index are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IndexKind {
    /// Beside the row. A term's entries are on all shards.
    Local,
    /// On the shard of the term. A row's entries are on as many shards as it has terms.
    Global,
}

/// Rows on shards by their id, with an index by term.
#[derive(Debug, Clone)]
pub struct IndexedShards {
    kind: IndexKind,
    rows: Vec<BTreeMap<u64, BTreeSet<String>>>,
    index: Vec<BTreeMap<String, BTreeSet<u64>>>,
    /// Entries that are not in the index yet: the shard, the term, the id, and whether
    /// to add or to take away.
    waiting: Vec<(usize, String, u64, bool)>,
}

/// What a query found and what it cost.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// The ids of the rows that have the term, in order.
    pub ids: Vec<u64>,
    /// How many shards had to answer.
    pub shards: usize,
}

// ANCHOR: put
impl IndexedShards {
    /// Writes a row. Returns how many shards are written to, now or later.
    pub fn put(&mut self, id: u64, terms: &[&str]) -> usize {
        let home = self.shard_of_row(id);
        let new: BTreeSet<String> =
            terms.iter().map(|term| (*term).to_owned()).collect();
        let old = self.rows[home].insert(id, new.clone()).unwrap_or_default();
        let mut touched = BTreeSet::from([home]);
        for term in old.symmetric_difference(&new) {
            let shard = match self.kind {
                IndexKind::Local => home,
                IndexKind::Global => self.shard_of_term(term),
            };
            touched.insert(shard);
            self.waiting
                .push((shard, term.clone(), id, new.contains(term)));
        }
        if self.kind == IndexKind::Local {
            self.apply();
        }
        touched.len()
    }

    /// Finds the rows with a term in the index.
    pub fn find(&self, term: &str) -> Found {
        let ask: Vec<usize> = match self.kind {
            IndexKind::Local => (0..self.index.len()).collect(),
            IndexKind::Global => vec![self.shard_of_term(term)],
        };
        let answers = ask.iter().filter_map(|shard| self.index[*shard].get(term));
        let ids: BTreeSet<u64> = answers.flatten().copied().collect();
        Found {
            ids: ids.into_iter().collect(),
            shards: ask.len(),
        }
    }
    // ANCHOR_END: put

    /// Empty shards, at least one.
    pub fn new(kind: IndexKind, shards: usize) -> Self {
        Self {
            kind,
            rows: vec![BTreeMap::new(); shards.max(1)],
            index: vec![BTreeMap::new(); shards.max(1)],
            waiting: Vec::new(),
        }
    }

    /// Brings a global index up to date. A local one always is, as it is written
    /// together with its row.
    pub fn apply(&mut self) {
        for (shard, term, id, is_added) in std::mem::take(&mut self.waiting) {
            let ids = self.index[shard].entry(term).or_default();
            if is_added {
                ids.insert(id);
            } else {
                ids.remove(&id);
            }
        }
    }

    fn shard_of_row(&self, id: u64) -> usize {
        self.shard_of_hash(hash_number(id))
    }

    fn shard_of_term(&self, term: &str) -> usize {
        self.shard_of_hash(hash(term))
    }

    fn shard_of_hash(&self, hash: u64) -> usize {
        let count = u64::try_from(self.rows.len()).unwrap_or(u64::MAX);
        usize::try_from(hash % count).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const TERMS: [&str; 5] = ["red", "green", "blue", "cyan", "pink"];

    #[test]
    fn a_global_index_lags_and_a_local_one_does_not() {
        for (kind, seen) in [(IndexKind::Local, vec![7]), (IndexKind::Global, vec![])] {
            let mut shards = IndexedShards::new(kind, 4);
            shards.put(7, &["red"]);
            assert_eq!(shards.find("red").ids, seen);
            shards.apply();
            assert_eq!(shards.find("red").ids, [7]);
        }
    }

    proptest! {
        #[test]
        fn both_find_what_a_scan_finds(
            writes in prop::collection::vec((0..30u64, prop::collection::vec(0..5usize, 0..4)), 0..60), count in 1..9usize,
        ) {
            for kind in [IndexKind::Local, IndexKind::Global] {
                let (mut shards, mut judge) = (IndexedShards::new(kind, count), BTreeMap::new());
                for (id, terms) in &writes {
                    let terms: Vec<&str> = terms.iter().map(|n| TERMS[*n]).collect();
                    let touched = shards.put(*id, &terms);
                    prop_assert!(touched >= 1 && (kind == IndexKind::Global || touched == 1));
                    judge.insert(*id, terms);
                }
                shards.apply();
                for term in TERMS {
                    let expected: Vec<u64> = judge.iter().filter(|(_, terms)| terms.contains(&term)).map(|(id, _)| *id).collect();
                    let found = shards.find(term);
                    prop_assert_eq!(&found.ids, &expected);
                    prop_assert_eq!(found.shards, if kind == IndexKind::Local { count } else { 1 });
                }
            }
        }
    }
}
