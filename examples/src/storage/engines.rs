//! What a B-tree and an LSM tree move for each new entry, in a store that is full.
//!
//! Shown in `src/storage/choosing.md`.
//!
//! Keys come in random order. The first half of what is measured fills the memory, so
//! that the second half is what goes on for as long as the store is used.

use super::btree::BTree;
use super::buffer::Buffer;
use super::lsm::{Lsm, Policy};
use crate::hash::mix;
use crate::number::{float, whole_count};

/// What a new entry moves, on average.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Moves {
    /// Pages read.
    pub pages_read: f64,
    /// Pages written.
    pub pages_written: f64,
    /// How often the entry is written, for an engine that writes entries and not pages.
    pub entries_written: f64,
}

/// A key for each number, in random order; another seed is another order.
fn key(number: u64, seed: u64) -> u64 {
    mix(mix(seed).wrapping_add(number))
}

// ANCHOR: btree
/// A B-tree with `room` entries a page and memory for a share of its pages. It has
/// `entries` entries at first, gets a fifth as many more that fill the memory, and then
/// as many again, which are measured. What is still changed in memory in the end is
/// written once, as by one checkpoint.
pub fn btree(entries: u64, room: usize, in_memory: f64, seed: u64) -> Moves {
    let tree_of = |entries: u64| {
        let mut tree = BTree::new(room);
        (0..entries).for_each(|n| drop(tree.put(key(n, seed), n)));
        tree
    };
    let (more, mut before) = (entries / 5, (0, 0));
    let (full, mut tree) = (tree_of(entries + 2 * more), tree_of(entries));
    let pages = float(full.page_count()) * in_memory;
    let mut buffer = Buffer::new(whole_count(pages) + 1);
    for n in entries..entries + 2 * more {
        if n == entries + more {
            before = (buffer.read, buffer.written);
        }
        for page in tree.path(key(n, seed)) {
            buffer.touch(page, false);
        }
        for page in tree.put(key(n, seed), n) {
            buffer.touch(page, true);
        }
    }
    buffer.flush();
    let each = |after: u64, before: u64| float(after - before) / float(more.max(1));
    Moves {
        pages_read: each(buffer.read, before.0),
        pages_written: each(buffer.written, before.1),
        entries_written: 0.0,
    }
}
// ANCHOR_END: btree

/// An LSM tree with room for `memory` entries in memory that gets `entries` entries and
/// then as many again, of which the second half is measured.
pub fn lsm(
    policy: Policy,
    entries: u64,
    memory: usize,
    ratio: usize,
    seed: u64,
) -> Moves {
    let mut store = Lsm::new(policy, memory, ratio, 0);
    (0..entries).for_each(|n| store.put(key(n, seed), Some(n)));
    let before = store.written;
    (entries..2 * entries).for_each(|n| store.put(key(n, seed), Some(n)));
    Moves {
        pages_read: 0.0,
        pages_written: 0.0,
        entries_written: float(store.written - before) / float(entries.max(1)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A leaf that isn't in memory is read, and written when it is evicted: the share
    /// that isn't in memory, less what the inner pages take up.
    #[test]
    fn a_tree_misses_the_share_that_is_not_in_memory() {
        for (share, seed) in [(0.25, 1), (0.5, 2), (0.75, 3)] {
            let seen = btree(40_000, 64, share, seed);
            assert!((seen.pages_read - (1.0 - share)).abs() < 0.15, "{seen:?}");
            assert!(
                (seen.pages_written - seen.pages_read).abs() < 0.2,
                "{seen:?}"
            );
        }
        let whole = btree(40_000, 64, 1.0, 4);
        assert!(whole.pages_read < 0.01 && whole.pages_written < 0.3);
    }

    /// Each entry is written to every level once by tiered merging.
    #[test]
    fn tiered_merging_writes_an_entry_once_a_level() {
        // 10,000 entries in runs of 10 are three levels below the first, or two, by the
        // time at which an entry comes.
        let seen = lsm(Policy::Tiered, 10_000, 10, 10, 5).entries_written;
        assert!((3.0..=5.0).contains(&seen), "{seen}");
        let leveled = lsm(Policy::Leveled, 10_000, 10, 10, 5).entries_written;
        assert!(leveled > 2.0 * seen, "{leveled}");
    }
}
