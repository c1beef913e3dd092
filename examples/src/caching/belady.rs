//! The best that any replacement policy could do on a trace, computed by a policy that
//! knows the future.
//!
//! Shown in `src/caching/eviction.md`.
//!
//! Belady, "A study of replacement algorithms for a virtual-storage computer", IBM
//! Systems Journal 5(2), 1966.

use std::collections::{BTreeSet, HashMap};

// ANCHOR: belady
/// How many requests of a trace are hits if the entry whose next use is furthest away
/// is always evicted.
pub fn belady_hits(trace: &[usize], capacity: usize) -> usize {
    let mut later = vec![usize::MAX; trace.len()];
    let mut seen = HashMap::new();
    for (at, key) in trace.iter().enumerate().rev() {
        later[at] = seen.insert(*key, at).unwrap_or(usize::MAX);
    }
    // Each kept key with the time of its next use: the last one is evicted.
    let mut kept: BTreeSet<(usize, usize)> = BTreeSet::new();
    let mut hits = 0;
    for (at, key) in trace.iter().enumerate() {
        hits += usize::from(kept.remove(&(at, *key)));
        kept.insert((later[at], *key));
        if kept.len() > capacity {
            kept.pop_last();
        }
    }
    hits
}
// ANCHOR_END: belady

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The reference: every choice of what to evict, tried. A cache may also leave the
    /// new key out, as Belady's rule does when that key is the one needed latest.
    fn best(trace: &[usize], kept: &mut Vec<usize>, capacity: usize) -> usize {
        let Some((key, rest)) = trace.split_first() else {
            return 0;
        };
        if kept.contains(key) {
            return 1 + best(rest, kept, capacity);
        }
        kept.push(*key);
        if kept.len() <= capacity {
            let most = best(rest, kept, capacity);
            kept.pop();
            return most;
        }
        let mut most = 0;
        for at in 0..kept.len() {
            let mut without = kept.clone();
            without.remove(at);
            most = most.max(best(rest, &mut without, capacity));
        }
        kept.pop();
        most
    }

    proptest! {
        #[test]
        fn no_sequence_of_choices_hits_more_often(
            trace in prop::collection::vec(0..5usize, 0..10),
            capacity in 1..4usize,
        ) {
            let most = best(&trace, &mut Vec::new(), capacity);
            prop_assert_eq!(belady_hits(&trace, capacity), most);
        }
    }
}
