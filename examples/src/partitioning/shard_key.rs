//! Posts on shards, by one of several keys, and how many shards each question needs.
//!
//! Shown in `src/partitioning/shard-key.md`.

use std::collections::BTreeSet;

use crate::partitioning::hash::hash_number;

/// A post. Its id may tell who wrote it: see [`post_id`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Post {
    /// The post's own id.
    pub id: u64,
    /// Who wrote it.
    pub author: u64,
    /// The day on which it was written.
    pub day: u64,
}

/// An id that holds the author: the author in the upper 32 bits, a number in the lower
/// ones.
pub fn post_id(author: u64, number: u64) -> u64 {
    author << 32 | (number & 0xffff_ffff)
}

impl Post {
    /// What orders posts by time: the day, and within it the number in the id.
    pub fn written(&self) -> (u64, u64) {
        (self.day, self.id & 0xffff_ffff)
    }
}

/// What decides which shard holds a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardKey {
    /// Its id.
    Id,
    /// Its author.
    Author,
    /// Its author, whom the id also contains.
    AuthorInId,
    /// Its day.
    Day,
}

/// What a query knows about the posts that it looks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Question {
    /// Their id.
    pub id: Option<u64>,
    /// Their author.
    pub author: Option<u64>,
    /// Their day.
    pub day: Option<u64>,
}

/// Posts on shards.
#[derive(Debug, Clone)]
pub struct PostShards {
    key: ShardKey,
    shards: Vec<Vec<Post>>,
}

// ANCHOR: route
impl PostShards {
    /// The shard that holds all answers, if the question knows the key.
    fn route(&self, question: Question) -> Option<usize> {
        let value = match self.key {
            ShardKey::Id => question.id,
            ShardKey::Author => question.author,
            ShardKey::AuthorInId => question.author.or(question.id.map(|id| id >> 32)),
            ShardKey::Day => question.day,
        };
        value.map(|value| self.shard_of(value))
    }

    /// The posts that fit a question, and the shards that were asked.
    pub fn ask(&self, question: Question) -> (Vec<Post>, BTreeSet<usize>) {
        let asked: BTreeSet<usize> = match self.route(question) {
            Some(shard) => BTreeSet::from([shard]),
            None => (0..self.shards.len()).collect(),
        };
        let fits = |post: &&Post| {
            question.id.is_none_or(|id| id == post.id)
                && question.author.is_none_or(|author| author == post.author)
                && question.day.is_none_or(|day| day == post.day)
        };
        let held = asked.iter().flat_map(|shard| &self.shards[*shard]);
        let mut posts: Vec<Post> = held.filter(fits).copied().collect();
        posts.sort_unstable();
        (posts, asked)
    }
    // ANCHOR_END: route

    // ANCHOR: home
    /// The newest posts by any of these authors, at most `limit`, and the shards that
    /// were asked: a home timeline that is put together when it is read.
    pub fn home(&self, authors: &[u64], limit: usize) -> (Vec<Post>, BTreeSet<usize>) {
        let (mut posts, mut asked) = (Vec::new(), BTreeSet::new());
        for author in authors {
            let author = Some(*author);
            let (found, shards) = self.ask(Question {
                author,
                ..Question::default()
            });
            posts.extend(found);
            asked.extend(shards);
        }
        posts.sort_unstable_by_key(|post| std::cmp::Reverse(post.written()));
        posts.truncate(limit);
        (posts, asked)
    }

    /// The shards that hold the names of these posts' authors: users are sharded by
    /// their own id.
    pub fn names(&self, posts: &[Post]) -> BTreeSet<usize> {
        posts
            .iter()
            .map(|post| self.shard_of(post.author))
            .collect()
    }
    // ANCHOR_END: home

    /// The shard of a value of the key, and of a user by the user's id.
    pub fn shard_of(&self, value: u64) -> usize {
        let count = u64::try_from(self.shards.len()).unwrap_or(u64::MAX);
        usize::try_from(hash_number(value) % count).unwrap_or(0)
    }

    /// Empty shards, at least one.
    pub fn new(key: ShardKey, shards: usize) -> Self {
        Self {
            key,
            shards: vec![Vec::new(); shards.max(1)],
        }
    }

    /// The shard that holds a post: it has a value for every key.
    pub fn shard_for(&self, post: &Post) -> usize {
        let all = Question {
            id: Some(post.id),
            author: Some(post.author),
            day: Some(post.day),
        };
        self.route(all).unwrap_or(0)
    }

    /// Writes a post. Returns its shard.
    pub fn write(&mut self, post: Post) -> usize {
        let shard = self.shard_for(&post);
        self.shards[shard].push(post);
        shard
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_key_finds_what_a_scan_finds(
            posts in prop::collection::vec((0..5u64, 0..4u64), 0..40), shards in 1..8usize,
            at in 0..40usize, knows in any::<(bool, bool, bool)>(),
        ) {
            let posts: Vec<Post> = (0..).zip(posts)
                .map(|(n, (author, day))| Post { id: post_id(author, n), author, day }).collect();
            let Some(wanted) = posts.get(at) else { return Ok(()) };
            let question = Question {
                id: knows.0.then_some(wanted.id),
                author: knows.1.then_some(wanted.author),
                day: knows.2.then_some(wanted.day),
            };
            let mut expected: Vec<Post> = posts.iter().copied().filter(|post| {
                (!knows.0 || post.id == wanted.id) && (!knows.1 || post.author == wanted.author) && (!knows.2 || post.day == wanted.day)
            }).collect();
            expected.sort_unstable();
            for key in [ShardKey::Id, ShardKey::Author, ShardKey::AuthorInId, ShardKey::Day] {
                let mut store = PostShards::new(key, shards);
                for post in &posts {
                    store.write(*post);
                }
                let (found, asked) = store.ask(question);
                prop_assert_eq!(&found, &expected);
                let is_direct = match key {
                    ShardKey::Id => knows.0,
                    ShardKey::Author => knows.1,
                    ShardKey::AuthorInId => knows.0 || knows.1,
                    ShardKey::Day => knows.2,
                };
                prop_assert_eq!(asked.len(), if is_direct { 1 } else { shards });
            }
        }

        #[test]
        fn a_home_timeline_has_the_newest_posts_of_the_followed_and_nothing_else(
            posts in prop::collection::vec((0..9u64, 0..3u64), 0..60), shards in 1..8usize,
            followed in prop::collection::btree_set(0..9u64, 0..6), limit in 0..12usize,
        ) {
            let posts: Vec<Post> = (0..).zip(posts)
                .map(|(n, (author, day))| Post { id: post_id(author, n), author, day }).collect();
            let followed: Vec<u64> = followed.into_iter().collect();
            let mut expected: Vec<Post> = posts.iter().copied().filter(|post| followed.contains(&post.author)).collect();
            expected.sort_by_key(|post| std::cmp::Reverse((post.day, post.id & 0xffff_ffff)));
            expected.truncate(limit);
            for key in [ShardKey::Id, ShardKey::Author, ShardKey::AuthorInId, ShardKey::Day] {
                let mut store = PostShards::new(key, shards);
                for post in &posts {
                    store.write(*post);
                }
                let (found, asked) = store.home(&followed, limit);
                prop_assert_eq!(&found, &expected);
                // An author's name is on the shard of that author's posts, if the
                // author is the key.
                if matches!(key, ShardKey::Author | ShardKey::AuthorInId) {
                    prop_assert!(store.names(&found).is_subset(&asked));
                    prop_assert!(asked.len() <= followed.len());
                }
            }
        }
    }
}
