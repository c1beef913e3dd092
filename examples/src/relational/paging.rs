//! Reading a list page by page while it changes: by offset and by key ("keyset" or
//! "seek" paging).
//!
//! Shown in `src/relational/paging.md`.

use std::collections::BTreeMap;

/// How the beginning of a page is identified.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Paging {
    /// As a number of rows to skip.
    Offset,
    /// As the last key that was shown.
    Key,
}

/// What happens to the list between two pages.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Churn {
    /// Nothing.
    None,
    /// This many posts are added at the top.
    Add(usize),
    /// This many of the newest posts that were already shown are deleted.
    DeleteShown(usize),
}

/// What a reader saw of the posts that were there at the start and at the end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// Posts that were shown more than once.
    pub twice: usize,
    /// Posts that were there all the time and were not shown.
    pub never: usize,
    /// Rows that the database walked over, skipped ones included.
    pub read: usize,
}

// ANCHOR: pages
/// A page of a list that is sorted by key, newest (highest) first, and how many rows
/// were walked over.
fn page(list: &[u64], place: Place, size: usize) -> (Vec<u64>, usize) {
    let (start, skipped) = match place {
        Place::Offset(offset) => (offset.min(list.len()), offset.min(list.len())),
        // An index finds the place without walking.
        Place::After(key) => (list.partition_point(|post| *post >= key), 0),
    };
    let page: Vec<u64> = list[start..].iter().copied().take(size).collect();
    let read = skipped + page.len();
    (page, read)
}
// ANCHOR_END: pages

#[derive(Debug, Clone, Copy)]
enum Place {
    Offset(usize),
    After(u64),
}

/// Reads a list of `posts` posts in pages of `size`, with `churn` between two pages,
/// until a page comes back empty. A list that grows faster than it is read has no end,
/// so reading stops after as many pages as there were posts.
pub fn read_all(posts: u64, size: usize, churn: Churn, paging: Paging) -> Seen {
    let mut list: Vec<u64> = (1..=posts).rev().collect();
    let mut shown: BTreeMap<u64, usize> = BTreeMap::new();
    let mut place = match paging {
        Paging::Offset => Place::Offset(0),
        Paging::Key => Place::After(u64::MAX),
    };
    let (mut read, mut newest) = (0, posts);
    for _ in 0..=posts {
        let (page, rows) = page(&list, place, size);
        read += rows;
        let Some(last) = page.last() else { break };
        for post in &page {
            *shown.entry(*post).or_default() += 1;
        }
        if shown.contains_key(&1) {
            break;
        }
        place = match place {
            Place::Offset(offset) => Place::Offset(offset + size),
            Place::After(_) => Place::After(*last),
        };
        match churn {
            Churn::None => {}
            Churn::Add(n) => {
                for _ in 0..n {
                    newest += 1;
                    list.insert(0, newest);
                }
            }
            Churn::DeleteShown(n) => {
                let mut gone = 0;
                list.retain(|post| {
                    let delete = gone < n && shown.contains_key(post);
                    gone += usize::from(delete);
                    !delete
                });
            }
        }
    }
    let twice = shown.values().filter(|times| **times > 1).count();
    let never = list
        .iter()
        .filter(|post| **post <= posts && !shown.contains_key(post))
        .count();
    Seen { twice, never, read }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn by_offset_each_added_post_repeats_one() {
        // Ten pages of ten, three added after each: from page two on, three of each
        // page were on the one before.
        let seen = read_all(20, 10, Churn::Add(3), Paging::Offset);
        assert_eq!((seen.twice, seen.never), (6, 0));
        let seen = read_all(20, 10, Churn::DeleteShown(3), Paging::Offset);
        assert_eq!((seen.twice, seen.never), (0, 3));
    }

    #[test]
    fn offsets_read_a_sum_of_multiples() {
        let pages: usize = 1_000 / 20;
        let seen = read_all(1_000, 20, Churn::None, Paging::Offset);
        assert_eq!(seen.read, 20 * pages * (pages + 1) / 2);
    }

    proptest! {
        #[test]
        fn by_key_all_are_seen_once(posts in 1..200u64, size in 1..30usize, n in 0..9usize, add in any::<bool>()) {
            let churn = if add { Churn::Add(n) } else { Churn::DeleteShown(n) };
            let seen = read_all(posts, size, churn, Paging::Key);
            prop_assert_eq!((seen.twice, seen.never), (0, 0));
            prop_assert_eq!(u64::try_from(seen.read).unwrap(), posts);
        }
    }
}
