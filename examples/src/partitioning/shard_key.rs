//! Posts on shards, by one of several keys, and how many shards each question needs.

use super::hash_number;

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

/// An id that holds the author: the author in the upper 32 bits, a number in the lower ones.
pub fn post_id(author: u64, number: u64) -> u64 {
    author << 32 | (number & 0xffff_ffff)
}

/// What decides on which shard a post lies.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ShardKey {
    /// Its id.
    Id,
    /// Its author.
    Author,
    /// Its author, who can also be read off the id.
    AuthorInId,
    /// Its day.
    Day,
}

/// What a question knows of the posts that it looks for.
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
        let count = u64::try_from(self.shards.len()).ok()?;
        usize::try_from(hash_number(value?) % count).ok()
    }

    /// The posts that fit a question, and how many shards were asked.
    pub fn ask(&self, question: Question) -> (Vec<Post>, usize) {
        let asked: &[Vec<Post>] = match self.route(question) {
            Some(shard) => &self.shards[shard..=shard],
            None => &self.shards,
        };
        let fits = |post: &&Post| {
            question.id.is_none_or(|id| id == post.id)
                && question.author.is_none_or(|author| author == post.author)
                && question.day.is_none_or(|day| day == post.day)
        };
        let mut posts: Vec<Post> = asked.iter().flatten().filter(fits).copied().collect();
        posts.sort_unstable();
        (posts, asked.len())
    }
    // ANCHOR_END: route

    /// Empty shards, at least one.
    pub fn new(key: ShardKey, shards: usize) -> Self {
        Self {
            key,
            shards: vec![Vec::new(); shards.max(1)],
        }
    }

    /// Writes a post. Returns its shard: a new post has a value for every key.
    pub fn write(&mut self, post: Post) -> usize {
        let all = Question {
            id: Some(post.id),
            author: Some(post.author),
            day: Some(post.day),
        };
        let shard = self.route(all).unwrap_or(0);
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
                prop_assert_eq!(asked, if is_direct { 1 } else { shards });
            }
        }
    }
}
