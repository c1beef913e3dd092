//! How full the pages of an index are: sorted leaves that split when they are full.
//!
//! Shown in `src/capacity/sizes.md`.
//!
//! Only the leaves are kept, without the tree above them. That random keys fill them to
//! ln 2 is a result of A. C. Yao, "On Random 2–3 Trees", *Acta Informatica* 9, 1978.

use crate::number::float;

/// What happens to a full page.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Split {
    /// It is always split in the middle.
    Middle,
    /// The same, but a new key above all others starts a page of its own.
    EmptyAtTheEnd,
}

/// Sorted keys in pages.
#[derive(Debug, Clone)]
pub struct Leaves {
    pages: Vec<Vec<u64>>,
    capacity: usize,
    split: Split,
}

impl Leaves {
    /// No keys yet. A page has room for `capacity` keys, at least two.
    pub fn new(capacity: usize, split: Split) -> Self {
        Self {
            pages: vec![Vec::new()],
            capacity: capacity.max(2),
            split,
        }
    }

    // ANCHOR: insert
    /// Inserts a key. A full page is split first.
    pub fn insert(&mut self, key: u64) {
        let after = |page: &Vec<u64>| page.first().is_some_and(|first| *first <= key);
        let mut at = self.pages.partition_point(after).saturating_sub(1);
        if self.pages[at].len() == self.capacity {
            let last = at + 1 == self.pages.len();
            let ends = self.pages[at].last().is_some_and(|end| *end <= key);
            let keep = match self.split {
                Split::EmptyAtTheEnd if last && ends => self.capacity,
                _ => self.capacity / 2,
            };
            let rest = self.pages[at].split_off(keep);
            let goes_there = rest.first().is_none_or(|first| *first <= key);
            self.pages.insert(at + 1, rest);
            at += usize::from(goes_there);
        }
        let page = &mut self.pages[at];
        let place = page.partition_point(|other| *other <= key);
        page.insert(place, key);
    }
    // ANCHOR_END: insert

    /// The share of the pages' room that is used, from 0 to 1.
    pub fn fill(&self) -> f64 {
        let keys: usize = self.pages.iter().map(Vec::len).sum();
        float(keys) / float(self.pages.len() * self.capacity)
    }

    /// All keys in order.
    pub fn keys(&self) -> impl Iterator<Item = u64> {
        self.pages.iter().flatten().copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn the_keys_are_those_of_a_sorted_list(
            mut keys in prop::collection::vec(0..500u64, 0..300), capacity in 2..20usize, ends in any::<bool>(),
        ) {
            let split = if ends { Split::EmptyAtTheEnd } else { Split::Middle };
            let mut leaves = Leaves::new(capacity, split);
            for key in &keys {
                leaves.insert(*key);
            }
            prop_assert!(leaves.pages.iter().all(|page| page.len() <= capacity));
            prop_assert!(keys.is_empty() || leaves.pages.iter().all(|page| !page.is_empty()));
            keys.sort_unstable();
            prop_assert_eq!(leaves.keys().collect::<Vec<_>>(), keys);
        }
    }

    #[test]
    fn ascending_keys_leave_half_of_each_page_empty_unless_the_end_is_special() {
        for (split, share) in [(Split::Middle, 0.5), (Split::EmptyAtTheEnd, 1.0)] {
            let mut leaves = Leaves::new(100, split);
            (0..20_000).for_each(|key| leaves.insert(key));
            assert!((leaves.fill() - share).abs() < 0.01, "{}", leaves.fill());
        }
    }

    #[test]
    fn keys_in_random_order_fill_the_pages_to_the_logarithm_of_two() {
        for (split, capacity) in [(Split::Middle, 100), (Split::EmptyAtTheEnd, 40)] {
            let mut random = crate::random::Random::new(9);
            let mut leaves = Leaves::new(capacity, split);
            (0..60_000).for_each(|_| leaves.insert(random.below(u64::MAX)));
            let off = leaves.fill() - std::f64::consts::LN_2;
            assert!(off.abs() < 0.015, "{split:?}: {off}");
        }
    }
}
