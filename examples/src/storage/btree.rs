//! A B+-tree on pages: every entry in a leaf, leaves linked in order, inner pages that
//! only lead to them.
//!
//! Shown in `src/storage/btree.md`.
//!
//! R. Bayer and E. `McCreight`, "Organization and Maintenance of Large Ordered
//! Indexes", Acta Informatica 1, 1972; D. Comer, "The Ubiquitous B-Tree", ACM Computing
//! Surveys 11(2), 1979.

use crate::number::float;

#[derive(Debug, Clone)]
enum Page {
    /// Entries in order, and the leaf to the right.
    Leaf {
        entries: Vec<(u64, u64)>,
        next: Option<usize>,
    },
    /// `keys[i]` is the lowest key under `children[i + 1]`.
    Inner {
        keys: Vec<u64>,
        children: Vec<usize>,
    },
}

/// A B+-tree whose pages hold up to `room` entries or children.
#[derive(Debug, Clone)]
pub struct BTree {
    pages: Vec<Page>,
    root: usize,
    room: usize,
    /// How many pages were changed, one that is split counting as two.
    pub pages_changed: u64,
}

impl BTree {
    /// An empty tree, with pages of at least three entries.
    pub fn new(room: usize) -> Self {
        let leaf = Page::Leaf {
            entries: Vec::new(),
            next: None,
        };
        Self {
            pages: vec![leaf],
            root: 0,
            room: room.max(3),
            pages_changed: 0,
        }
    }

    // ANCHOR: get
    /// The path from the root to the leaf for a key.
    pub fn path(&self, key: u64) -> Vec<usize> {
        let mut path = vec![self.root];
        let mut at = self.root;
        while let Page::Inner { keys, children } = &self.pages[at] {
            at = children[keys.partition_point(|lowest| *lowest <= key)];
            path.push(at);
        }
        path
    }

    /// The value of a key, and how many pages were read.
    pub fn get(&self, key: u64) -> (Option<u64>, usize) {
        let path = self.path(key);
        let leaf = path.last().map(|page| &self.pages[*page]);
        let value = match leaf {
            Some(Page::Leaf { entries, .. }) => {
                let place = entries.binary_search_by_key(&key, |(key, _)| *key).ok();
                place.map(|place| entries[place].1)
            }
            _ => None,
        };
        (value, path.len())
    }
    // ANCHOR_END: get

    // ANCHOR: put
    /// Stores a value under a key. A page that is too full is split, and its parent
    /// gets one more child, up to the root. Returns the pages that were changed.
    pub fn put(&mut self, key: u64, value: u64) -> Vec<usize> {
        let mut path = self.path(key);
        let Some(leaf) = path.pop() else {
            return Vec::new();
        };
        if let Page::Leaf { entries, .. } = &mut self.pages[leaf] {
            match entries.binary_search_by_key(&key, |(key, _)| *key) {
                Ok(place) => entries[place].1 = value,
                Err(place) => entries.insert(place, (key, value)),
            }
        }
        let mut changed = vec![leaf];
        let mut split = self.split(leaf);
        while let Some((lowest, right)) = split {
            changed.push(right);
            if let Some(parent) = path.pop() {
                if let Page::Inner { keys, children } = &mut self.pages[parent] {
                    let place = keys.partition_point(|key| *key <= lowest);
                    keys.insert(place, lowest);
                    children.insert(place + 1, right);
                }
                changed.push(parent);
                split = self.split(parent);
            } else {
                self.pages.push(Page::Inner {
                    keys: vec![lowest],
                    children: vec![self.root, right],
                });
                self.root = self.pages.len() - 1;
                changed.push(self.root);
                split = None;
            }
        }
        self.pages_changed += changed.len() as u64;
        changed
    }
    // ANCHOR_END: put

    /// Moves the upper half of a page that is too full to a new one; the lowest key
    /// there, and the page.
    fn split(&mut self, page: usize) -> Option<(u64, usize)> {
        let new = self.pages.len();
        let (lowest, right) = match &mut self.pages[page] {
            Page::Leaf { entries, next } if entries.len() > self.room => {
                let upper = entries.split_off(entries.len() / 2);
                let right = Page::Leaf {
                    entries: upper.clone(),
                    next: next.replace(new),
                };
                (upper.first()?.0, right)
            }
            Page::Inner { keys, children } if children.len() > self.room => {
                let middle = children.len() / 2;
                let upper = children.split_off(middle);
                let upper_keys = keys.split_off(middle);
                (
                    keys.pop()?,
                    Page::Inner {
                        keys: upper_keys,
                        children: upper,
                    },
                )
            }
            _ => return None,
        };
        self.pages.push(right);
        Some((lowest, new))
    }

    /// The values of keys from `from` up to `to`, excluded, and how many pages were
    /// read.
    pub fn range(&self, from: u64, to: u64) -> (Vec<u64>, usize) {
        let path = self.path(from);
        let (mut found, mut read) = (Vec::new(), path.len());
        let mut leaf = path.last().copied();
        while let Some(Page::Leaf { entries, next }) =
            leaf.map(|page| &self.pages[page])
        {
            let inside = entries.iter().filter(|(key, _)| (from..to).contains(key));
            found.extend(inside.map(|(_, value)| *value));
            let goes_on = entries.last().is_none_or(|(last, _)| *last < to);
            leaf = next.filter(|_| goes_on);
            read += usize::from(leaf.is_some());
        }
        (found, read)
    }

    /// How many pages lie on the way to a leaf, the leaf included.
    pub fn height(&self) -> usize {
        self.path(0).len()
    }

    /// How many pages there are.
    pub fn page_count(&self) -> usize {
        self.pages.len()
    }

    /// How full the leaves are, from 0 to 1.
    pub fn fill(&self) -> f64 {
        let leaves = self.pages.iter().filter_map(|page| match page {
            Page::Leaf { entries, .. } => Some(entries.len()),
            Page::Inner { .. } => None,
        });
        let (count, entries) =
            leaves.fold((0, 0), |(count, sum), n| (count + 1, sum + n));
        float(entries) / float(count * self.room)
    }

    /// The pages level by level, each with its keys, for small trees.
    pub fn levels(&self) -> Vec<String> {
        let mut lines = Vec::new();
        let mut level = vec![self.root];
        while !level.is_empty() {
            let mut below = Vec::new();
            let page = |page: &usize| match &self.pages[*page] {
                Page::Leaf { entries, .. } => {
                    let keys: Vec<String> =
                        entries.iter().map(|(key, _)| key.to_string()).collect();
                    format!("[{}]", keys.join(" "))
                }
                Page::Inner { keys, .. } => {
                    let keys: Vec<String> =
                        keys.iter().map(ToString::to_string).collect();
                    format!("<{}>", keys.join(" "))
                }
            };
            lines.push(level.iter().map(page).collect::<Vec<_>>().join(" "));
            for page in &level {
                if let Page::Inner { children, .. } = &self.pages[*page] {
                    below.extend(children);
                }
            }
            level = below;
        }
        lines
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    proptest! {
        #[test]
        fn it_is_the_standard_map(puts in proptest::collection::vec((0..200u64, any::<u64>()), 0..300), room in 3..9usize, from in 0..200u64, to in 0..200u64) {
            let (mut tree, mut model) = (BTree::new(room), BTreeMap::new());
            for (key, value) in puts {
                tree.put(key, value);
                model.insert(key, value);
            }
            for key in 0..200 {
                prop_assert_eq!(tree.get(key).0, model.get(&key).copied());
            }
            let expected: Vec<u64> = model.iter().filter(|(key, _)| (from..to).contains(*key)).map(|(_, value)| *value).collect();
            prop_assert_eq!(tree.range(from, to).0, expected);
            // All leaves have the same depth, and no page is too full.
            let depths: Vec<usize> = (0..200).map(|key| tree.path(key).len()).collect();
            prop_assert!(depths.iter().all(|depth| *depth == tree.height()));
            for page in &tree.pages {
                let size = match page { Page::Leaf { entries, .. } => entries.len(), Page::Inner { children, .. } => children.len() };
                prop_assert!(size <= tree.room);
            }
        }
    }
}
