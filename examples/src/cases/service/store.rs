//! Where posts are kept: shards on a ring, each with a log and several copies, and
//! cache machines in front of them.
//!
//! Used by `cases/service/mod.rs`.

use std::collections::{BTreeMap, BTreeSet};

use crate::caching::lru::Lru;
use crate::cases::timelines::Post;
use crate::partitioning::hash::hash_number;
use crate::partitioning::ring::Ring;
use crate::service::SERVICE;
use crate::storage::lsm::{Lsm, Policy};
use crate::storage::wal::{append_pair, recover_pairs};

/// Points of each machine on its ring.
const POINTS: u32 = 100;

/// How many of an author's newest posts are kept at hand.
pub(super) const RECENT: usize = SERVICE.posts_a_page as usize;

/// Machines on a ring, found by their number.
#[derive(Debug, Clone)]
pub(super) struct Placed {
    ring: Ring,
    numbers: BTreeMap<String, usize>,
    /// The machines that were looked up so far, by key: keys are counted up from 0, and
    /// each is asked for very often.
    known: Vec<Option<usize>>,
}

impl Placed {
    pub(super) fn new(machines: usize) -> Self {
        let names: Vec<String> = (0..machines.max(1))
            .map(|n| format!("machine {n}"))
            .collect();
        Self {
            ring: Ring::of(names.iter().map(String::as_str), POINTS),
            numbers: names.into_iter().zip(0..).collect(),
            known: Vec::new(),
        }
    }

    /// The machine of a key.
    pub(super) fn of(&mut self, key: u64) -> usize {
        let place = usize::try_from(key).unwrap_or(0);
        if self.known.len() <= place {
            self.known.resize(place + 1, None);
        }
        *self.known[place].get_or_insert_with(|| {
            let name = self.ring.owner(hash_number(key));
            name.and_then(|name| self.numbers.get(name))
                .copied()
                .unwrap_or(0)
        })
    }
}

/// A copy of a shard: a tree of posts by number, each author's newest, and who marked a
/// post as a favorite.
#[derive(Debug, Clone)]
struct Copy {
    posts: Lsm,
    recent: BTreeMap<usize, Vec<u64>>,
    favorites: BTreeMap<u64, BTreeSet<u64>>,
}

impl Copy {
    fn new() -> Self {
        Self {
            posts: Lsm::new(Policy::Leveled, 1_024, 4, 10),
            recent: BTreeMap::new(),
            favorites: BTreeMap::new(),
        }
    }

    fn apply_favorite(&mut self, (number, user): (u64, u64)) {
        self.favorites.entry(number).or_default().insert(user);
    }

    fn apply(&mut self, (number, author): Post) {
        self.posts.put(number, Some(author as u64));
        let recent = self.recent.entry(author).or_default();
        recent.push(number);
        let old = recent.len().saturating_sub(RECENT);
        recent.drain(..old);
    }
}

#[derive(Debug, Clone)]
struct Shard {
    log: Vec<u8>,
    favorite_log: Vec<u8>,
    copies: Vec<Copy>,
    asked: usize,
}

/// All posts, divided by author.
#[derive(Debug, Clone)]
pub(super) struct Store {
    placed: Placed,
    shards: Vec<Shard>,
    copies: usize,
    /// For each shard, what each of its copies was asked.
    pub(super) reads: Vec<Vec<u64>>,
    /// For each shard, how many posts and favorites each of its copies wrote.
    pub(super) writes: Vec<u64>,
}

impl Store {
    pub(super) fn new(shards: usize, copies: usize) -> Self {
        let (shards, copies) = (shards.max(1), copies.max(1));
        let shard = Shard {
            log: Vec::new(),
            favorite_log: Vec::new(),
            copies: vec![Copy::new(); copies],
            asked: 0,
        };
        Self {
            placed: Placed::new(shards),
            shards: vec![shard; shards],
            copies,
            reads: vec![vec![0; copies]; shards],
            writes: vec![0; shards],
        }
    }

    /// Writes posts that are older than anything else: into the logs, from which the
    /// copies then start.
    pub(super) fn start_with(&mut self, past: impl Iterator<Item = Post>) {
        for (number, author) in past {
            let at = self.placed.of(author as u64);
            append_pair(&mut self.shards[at].log, (number, author as u64));
        }
        self.crash();
    }

    // ANCHOR: store
    /// Writes a post at its author's shard: first into the log, then to every copy.
    pub(super) fn write(&mut self, post: Post) {
        let at = self.placed.of(post.1 as u64);
        append_pair(&mut self.shards[at].log, (post.0, post.1 as u64));
        for copy in &mut self.shards[at].copies {
            copy.apply(post);
        }
        self.writes[at] += 1;
    }

    /// Writes at a post's shard that a user marked it.
    pub(super) fn favorite(&mut self, (number, author): Post, user: usize) {
        let at = self.placed.of(author as u64);
        let pair = (number, user as u64);
        append_pair(&mut self.shards[at].favorite_log, pair);
        for copy in &mut self.shards[at].copies {
            copy.apply_favorite(pair);
        }
        self.writes[at] += 1;
    }

    /// What is stored under a post's number, asked of one of the copies in turn.
    pub(super) fn post(&mut self, (number, author): Post) -> Option<u64> {
        self.copy_of(author).posts.get(number).0
    }
    // ANCHOR_END: store

    /// An author's newest posts, oldest first.
    pub(super) fn recent(&mut self, author: usize) -> Vec<u64> {
        let copy = self.copy_of(author);
        copy.recent.get(&author).cloned().unwrap_or_default()
    }

    /// How many users marked a post.
    pub(super) fn favorites(&mut self, (number, author): Post) -> usize {
        let copy = self.copy_of(author);
        copy.favorites.get(&number).map_or(0, BTreeSet::len)
    }

    fn copy_of(&mut self, author: usize) -> &mut Copy {
        let at = self.placed.of(author as u64);
        let shard = &mut self.shards[at];
        shard.asked = (shard.asked + 1) % self.copies;
        self.reads[at][shard.asked] += 1;
        &mut shard.copies[shard.asked]
    }

    // ANCHOR: crash
    /// All shards lose what they have in memory and read their logs.
    pub(super) fn crash(&mut self) {
        for shard in &mut self.shards {
            let mut copy = Copy::new();
            for (post, author) in recover_pairs(&shard.log) {
                copy.apply((post, usize::try_from(author).unwrap_or(0)));
            }
            for pair in recover_pairs(&shard.favorite_log) {
                copy.apply_favorite(pair);
            }
            shard.copies = vec![copy; self.copies];
        }
    }
    // ANCHOR_END: crash
}

/// Cache machines on a ring: posts by number, and authors' newest posts.
#[derive(Debug)]
pub(super) struct Caches {
    placed: Placed,
    posts: Vec<Lru<u64, u64>>,
    recent: Vec<Lru<usize, Vec<u64>>>,
    /// What each machine was asked.
    pub(super) asked: Vec<u64>,
    /// What they answered, together.
    pub(super) hits: u64,
}

impl Caches {
    /// Machines with room for this many posts each, and for as many lists.
    pub(super) fn new(machines: usize, room: usize) -> Self {
        let machines = machines.max(1);
        Self {
            placed: Placed::new(machines),
            posts: (0..machines).map(|_| Lru::new(room)).collect(),
            recent: (0..machines).map(|_| Lru::new(room)).collect(),
            asked: vec![0; machines],
            hits: 0,
        }
    }

    // ANCHOR: aside
    /// A post from the cache, or else from its shard and then kept.
    pub(super) fn post(&mut self, post: Post, shards: &mut Store) -> Option<u64> {
        let at = self.placed.of(post.0);
        self.asked[at] += 1;
        if let Some(content) = self.posts[at].get(&post.0) {
            self.hits += 1;
            return Some(*content);
        }
        let content = shards.post(post)?;
        self.posts[at].put(post.0, content);
        Some(content)
    }
    // ANCHOR_END: aside

    /// The same for an author's newest posts.
    pub(super) fn recent(&mut self, author: usize, shards: &mut Store) -> Vec<u64> {
        let at = self.placed.of(author as u64);
        self.asked[at] += 1;
        if let Some(recent) = self.recent[at].get(&author) {
            self.hits += 1;
            return recent.clone();
        }
        let recent = shards.recent(author);
        self.recent[at].put(author, recent.clone());
        recent
    }

    /// An author has a new post: the cached list of the newest is out of date.
    pub(super) fn forget(&mut self, author: usize) {
        let at = self.placed.of(author as u64);
        self.recent[at].remove(&author);
    }
}
