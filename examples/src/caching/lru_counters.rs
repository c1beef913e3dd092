//! Least recently used, as it is built in hardware: a counter for each block of a cache
//! set.
//!
//! Shown in `src/caching/lru.md`.
//!
//! Of n blocks the most recently used one has the counter n − 1 and the next to go
//! has 0. The counters are a permutation of 0 to n − 1 as long as a touch decrements
//! those that were *higher*.

/// Which counters a touch decrements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Rule {
    /// Those higher than the touched block's counter, which keeps the order.
    DecrementHigher,
    /// Those lower than it, as the rule is often stated. The order is lost.
    DecrementLower,
}

/// A block and how recently it was used.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    /// What the block holds.
    pub tag: char,
    /// Its counter.
    pub counter: i32,
}

/// A cache set whose blocks are ordered by counters.
#[derive(Debug, Clone)]
pub struct CounterLru {
    rule: Rule,
    blocks: Vec<Block>,
}

impl CounterLru {
    /// A set that holds the tags, the first one the least recently used.
    pub fn new(tags: &str, rule: Rule) -> Self {
        Self {
            rule,
            blocks: tags
                .chars()
                .zip(0..)
                .map(|(tag, counter)| Block { tag, counter })
                .collect(),
        }
    }

    /// The blocks, place by place.
    pub fn blocks(&self) -> &[Block] {
        &self.blocks
    }

    // ANCHOR: access
    /// Reads a tag; on a miss it replaces the block whose counter is lowest, and
    /// returns that tag.
    pub fn access(&mut self, tag: char) -> Option<char> {
        let hit = self.blocks.iter().position(|block| block.tag == tag);
        let at = hit.or_else(|| {
            let lowest = self.blocks.iter().map(|block| block.counter).min()?;
            self.blocks.iter().position(|block| block.counter == lowest)
        })?;
        self.touch(at);
        let evicted = std::mem::replace(&mut self.blocks[at].tag, tag);
        hit.is_none().then_some(evicted)
    }

    fn touch(&mut self, at: usize) {
        let touched = self.blocks[at].counter;
        let counters = self.blocks.iter().map(|block| block.counter);
        let highest = counters.max().unwrap_or(touched);
        for block in &mut self.blocks {
            let falls = match self.rule {
                Rule::DecrementHigher => block.counter > touched,
                Rule::DecrementLower => block.counter < touched,
            };
            block.counter -= i32::from(falls);
        }
        self.blocks[at].counter = highest;
    }
    // ANCHOR_END: access

    /// Whether every counter from 0 to n − 1 occurs exactly once.
    pub fn is_permutation(&self) -> bool {
        let mut counters: Vec<i32> =
            self.blocks.iter().map(|block| block.counter).collect();
        counters.sort_unstable();
        counters.into_iter().eq((0..).take(self.blocks.len()))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::caching::lru::Lru;
    use proptest::prelude::*;

    #[test]
    fn the_rule_that_decrements_lower_counters_breaks_the_order() {
        let mut set = CounterLru::new("ABCD", Rule::DecrementLower);
        set.access('B');
        let counters: Vec<i32> = set.blocks().iter().map(|b| b.counter).collect();
        assert_eq!(counters, [-1, 3, 2, 3]);
        assert!(!set.is_permutation());
    }

    #[test]
    fn an_empty_set_holds_nothing() {
        assert_eq!(CounterLru::new("", Rule::DecrementHigher).access('A'), None);
    }

    proptest! {
        #[test]
        fn counters_stay_a_permutation_and_evict_what_the_list_evicts(
            tags in "[A-H]{0,200}",
        ) {
            let mut set = CounterLru::new("ABCD", Rule::DecrementHigher);
            let mut list = Lru::new(4);
            for tag in "ABCD".chars() {
                list.put(tag, ());
            }
            for tag in tags.chars() {
                let expected = match list.get(&tag) {
                    Some(()) => None,
                    None => list.put(tag, ()).map(|(tag, ())| tag),
                };
                prop_assert_eq!(set.access(tag), expected);
                prop_assert!(set.is_permutation());
            }
        }
    }
}
