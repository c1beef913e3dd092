//! One home timeline, queried in three ways, from a database that counts its queries.
//!
//! Shown in `src/relational/timelines.md`.

use super::timeline::{Timeline, newest};

/// Posts by author, and whom one user follows. Counts the queries and the rows that it
/// sends.
#[derive(Debug, Clone, Default)]
pub struct Home {
    posts: Vec<Timeline>,
    follows: Vec<usize>,
    /// Queries so far, each a round trip.
    pub queries: usize,
    /// Rows sent so far.
    pub rows: usize,
}

impl Home {
    /// A database of these authors' posts, and a user who follows some of them.
    pub fn new(posts: Vec<Timeline>, follows: Vec<usize>) -> Self {
        Self {
            posts,
            follows,
            ..Self::default()
        }
    }

    /// `select followee_id from follows where follower_id = ?`
    pub fn followed(&mut self) -> Vec<usize> {
        self.queries += 1;
        self.rows += self.follows.len();
        self.follows.clone()
    }

    // ANCHOR: query
    /// `select … from posts where author_id in (…) order by created_at desc limit ?`
    pub fn newest_of(&mut self, authors: &[usize], limit: usize) -> Vec<u64> {
        let of = |author: &usize| self.posts.get(*author).cloned().unwrap_or_default();
        let newest = newest(authors.iter().flat_map(of).collect(), limit);
        self.queries += 1;
        self.rows += newest.len();
        newest
    }

    /// The same with the followed users from a join, in one query.
    pub fn joined(&mut self, limit: usize) -> Vec<u64> {
        self.newest_of(&self.follows.clone(), limit)
    }
    // ANCHOR_END: query

    // ANCHOR: loop
    /// A query for the followed users, and then one for each of them.
    pub fn in_a_loop(&mut self, limit: usize) -> Vec<u64> {
        let authors = self.followed();
        let of = |author| self.newest_of(&[author], limit);
        newest(authors.into_iter().flat_map(of).collect(), limit)
    }
    // ANCHOR_END: loop
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::relational::timeline::{newest_by_merge, timelines};
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_ways_find_what_merging_finds(authors in 0..15usize, posts in 0..15usize, limit in 0..30usize, seed in 0..200u64) {
            let posts = timelines(authors, posts, seed);
            let follows: Vec<usize> = (0..authors).step_by(2).collect();
            let some: Vec<Timeline> = follows.iter().map(|author| posts[*author].clone()).collect();
            let (expected, _) = newest_by_merge(&some, limit);
            let mut home = Home::new(posts, follows.clone());
            prop_assert_eq!(&home.joined(limit), &expected);
            prop_assert_eq!(home.queries, 1);
            let list = home.followed();
            prop_assert_eq!(&home.newest_of(&list, limit), &expected);
            prop_assert_eq!(home.queries, 3);
            prop_assert_eq!(&home.in_a_loop(limit), &expected);
            prop_assert_eq!(home.queries, 4 + follows.len());
        }
    }
}
