//! The newest posts of many authors, by sorting all of them and by merging the authors'
//! own lists.
//!
//! Shown in `src/relational/timelines.md`.

use crate::random::Random;
use std::collections::BinaryHeap;

/// The times of an author's posts, newest first.
pub type Timeline = Vec<u64>;

/// Timelines of `authors` authors with `posts` posts each. Times are drawn in no order,
/// up to a million.
pub fn timelines(authors: usize, posts: usize, seed: u64) -> Vec<Timeline> {
    let mut random = Random::new(seed);
    let mut timeline = || {
        let mut times: Timeline = (0..posts)
            .map(|_| random.exponential_us(1e6) % 1_000_000)
            .collect();
        times.sort_unstable_by(|a, b| b.cmp(a));
        times
    };
    (0..authors).map(|_| timeline()).collect()
}

/// The times of the newest posts of all authors, and how many posts were read: all.
pub fn newest_by_sort(authors: &[Timeline], limit: usize) -> (Vec<u64>, usize) {
    let all = authors.concat();
    let read = all.len();
    (newest(all, limit), read)
}

/// The newest of some times, newest first.
pub(super) fn newest(mut times: Vec<u64>, limit: usize) -> Vec<u64> {
    times.sort_unstable_by(|a, b| b.cmp(a));
    times.truncate(limit);
    times
}

// ANCHOR: merge
/// The same by a k-way merge: one post of each author waits in a heap, and the newest
/// leaves it.
pub fn newest_by_merge(authors: &[Timeline], limit: usize) -> (Vec<u64>, usize) {
    let first =
        |(author, posts): (usize, &Timeline)| Some((*posts.first()?, author, 0));
    let mut heap: BinaryHeap<(u64, usize, usize)> =
        authors.iter().enumerate().filter_map(first).collect();
    let (mut newest, mut read) = (Vec::new(), heap.len());
    while newest.len() < limit
        && let Some((time, author, place)) = heap.pop()
    {
        newest.push(time);
        if newest.len() < limit
            && let Some(next) = authors[author].get(place + 1)
        {
            heap.push((*next, author, place + 1));
            read += 1;
        }
    }
    (newest, read)
}
// ANCHOR_END: merge

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn merging_finds_what_sorting_finds(authors in 0..20usize, posts in 0..20usize, limit in 0..50usize, seed in 0..500u64) {
            let authors = timelines(authors, posts, seed);
            let (sorted, all) = newest_by_sort(&authors, limit);
            let (merged, read) = newest_by_merge(&authors, limit);
            prop_assert_eq!(sorted, merged);
            prop_assert!(read <= all);
            prop_assert!(read <= authors.len() + limit);
        }
    }
}
