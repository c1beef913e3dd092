//! The book's running example, put together from the parts of its chapters: a rate
//! limit and a balancer in front of servers, caches near and far, shards with a log and
//! copies, and a queue from which workers fill inboxes.
//!
//! Shown in `src/cases/assembled.md`.

mod delivery;
mod load;
mod scenes;
mod store;

use crate::number::float;
use std::collections::BTreeMap;

use super::timelines::{Follows, Post};
use crate::balancing::rule::{Balancer, Rule, View};
use crate::caching::lru::Lru;
use crate::queues::limits::{Limiter, TokenBucket};
use crate::random::Random;
use crate::service::Service as Inputs;
use delivery::Delivery;
pub use load::{Load, run_load};
pub use scenes::{
    Crash, Delays, busiest, busiest_with_hot_post, crash_under_load, minute_with_star,
};
use store::{Caches, RECENT, Store};

/// How many posts a timeline shows.
pub const PAGE: usize = RECENT;

/// How many there are of each part.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts {
    /// Application servers.
    pub servers: usize,
    /// How many posts each of them keeps for itself.
    pub near: usize,
    /// Cache machines.
    pub caches: usize,
    /// How many posts each of them has room for.
    pub room: usize,
    /// Store, by author.
    pub shards: usize,
    /// Copies of each shard. Reads are divided over them, and each does all writes.
    pub copies: usize,
    /// Workers that deliver posts.
    pub workers: usize,
    /// How many inbox entries each of them writes in a second.
    pub pace: u64,
    /// Authors with more followers than this are pulled, all others pushed.
    pub limit: usize,
}

/// What the parts had to do.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Tally {
    /// Requests at the busiest server.
    pub server: u64,
    /// Questions to the busiest cache machine.
    pub cache: u64,
    /// Posts and lists that were requested from caches.
    pub asked: u64,
    /// Of these, those that the caches had.
    pub hits: u64,
    /// Reads and writes at the busiest copy of the busiest shard.
    pub copy: u64,
    /// Reads at all copies of all shards.
    pub reads: u64,
    /// Inbox entries that the busiest worker wrote.
    pub worker: u64,
    /// Inbox entries that all of them wrote.
    pub entries: u64,
    /// Posts that wait for their delivery.
    pub waiting: u64,
}

/// How full the busiest machine of each kind is, in percent of what it can do.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Used {
    /// Application servers.
    pub servers: f64,
    /// Cache machines.
    pub caches: f64,
    /// Copies of a shard.
    pub copies: f64,
    /// Delivery workers.
    pub workers: f64,
    /// The share of the requests to the caches that they answered, in percent.
    pub hits: f64,
}

impl Tally {
    /// The work of some seconds, compared with what a machine of the book's example can
    /// do. Each of the model's users represents `scale` of the example's.
    pub fn used(&self, seconds: u64, inputs: &Inputs, scale: f64) -> Used {
        let percent = |count: u64, most: f64| {
            float(count) / float(seconds) * scale / most * 100.0
        };
        Used {
            servers: percent(self.server, inputs.server_rate),
            caches: percent(self.cache, inputs.cache_rate),
            copies: percent(self.copy, inputs.database_rate),
            workers: percent(self.worker, inputs.delivery_rate),
            hits: float(self.hits) / float(self.asked.max(1)) * 100.0,
        }
    }
}

/// The service.
#[derive(Debug)]
pub struct Service<'a> {
    follows: &'a Follows,
    parts: Parts,
    doors: BTreeMap<usize, TokenBucket>,
    balancer: Balancer,
    servers: Vec<View>,
    requests: Vec<u64>,
    near: Vec<Lru<u64, u64>>,
    caches: Caches,
    shards: Store,
    delivery: Delivery,
    next: u64,
}

impl<'a> Service<'a> {
    /// A service without posts.
    pub fn new(follows: &'a Follows, parts: Parts) -> Self {
        let servers = parts.servers.max(1);
        Self {
            follows,
            parts,
            doors: BTreeMap::new(),
            balancer: Balancer::new(Rule::RoundRobin, 1),
            servers: vec![
                View {
                    weight: 1,
                    in_flight: 0
                };
                servers
            ],
            requests: vec![0; servers],
            near: (0..servers).map(|_| Lru::new(parts.near)).collect(),
            caches: Caches::new(parts.caches, parts.room),
            shards: Store::new(parts.shards, parts.copies),
            delivery: Delivery::new(follows.following.len(), parts.workers, parts.pace),
            next: 1,
        }
    }

    /// A service whose users have each written this many posts in the past, before
    /// anything that timelines show.
    pub fn with_past(follows: &'a Follows, parts: Parts, posts: u64) -> Self {
        let mut service = Self::new(follows, parts);
        let authors = (0..posts).flat_map(|_| 0..follows.following.len());
        let past: Vec<Post> = (service.next..).zip(authors).collect();
        service.next += past.len() as u64;
        service.shards.start_with(past.into_iter());
        service
    }

    fn is_pulled(&self, author: usize) -> bool {
        let followers = self.follows.followers.get(author);
        followers.is_some_and(|followers| followers.len() > self.parts.limit)
    }

    /// The server for a request, which is counted there.
    fn server(&mut self, user: usize) -> usize {
        let server = self.balancer.pick(&self.servers, user as u64).unwrap_or(0);
        self.requests[server] += 1;
        server
    }

    // ANCHOR: write
    /// A user posts at a time in milliseconds. `None` if that was too many in a short
    /// time. What is returned is stored.
    pub fn write(&mut self, author: usize, now: u64) -> Option<Post> {
        let door = self
            .doors
            .entry(author)
            .or_insert_with(|| TokenBucket::new(1, 5));
        if !door.allow(now) {
            return None;
        }
        self.server(author);
        let post = (self.next, author);
        self.next += 1;
        self.shards.write(post);
        self.caches.forget(author);
        self.delivery.put(author, post); // Authors see their own posts at once.
        if !self.is_pulled(author) {
            self.delivery.send(post, now);
        }
        Some(post)
    }
    // ANCHOR_END: write

    // ANCHOR: read
    /// A user's timeline: the inbox, merged with the newest posts of those who are
    /// pulled; then the content of each.
    pub fn read(&mut self, user: usize) -> Vec<Post> {
        let server = self.server(user);
        let mut page = self.delivery.newest(user, PAGE);
        let follows = self.follows;
        for author in follows.following.get(user).into_iter().flatten() {
            if self.is_pulled(*author) {
                let recent = self.caches.recent(*author, &mut self.shards);
                page.extend(recent.iter().map(|number| (*number, *author)));
            }
        }
        page.sort_unstable_by(|a, b| b.cmp(a));
        page.truncate(PAGE);
        page.retain(|post| self.load(server, *post).is_some());
        page
    }

    /// A post's content: from the server's own memory, from a cache machine, or from a
    /// shard.
    fn load(&mut self, server: usize, post: Post) -> Option<u64> {
        if let Some(content) = self.near[server].get(&post.0) {
            return Some(*content);
        }
        let content = self.caches.post(post, &mut self.shards)?;
        self.near[server].put(post.0, content);
        Some(content)
    }
    // ANCHOR_END: read

    /// The newest posts of one author, newest first.
    pub fn user_page(&mut self, user: usize, author: usize) -> Vec<Post> {
        let server = self.server(user);
        let recent = self.caches.recent(author, &mut self.shards);
        let mut page: Vec<Post> = recent
            .iter()
            .rev()
            .map(|number| (*number, author))
            .collect();
        page.retain(|post| self.load(server, *post).is_some());
        page
    }

    /// A user marks a post as a favorite.
    pub fn favorite(&mut self, user: usize, post: Post) {
        self.server(user);
        self.shards.favorite(post, user);
    }

    /// How many users marked a post.
    pub fn favorites(&mut self, post: Post) -> usize {
        self.shards.favorites(post)
    }

    /// Everybody's timeline, read one after the other.
    pub fn pages(&mut self) -> Vec<Vec<Post>> {
        let users = 0..self.follows.following.len();
        users.map(|user| self.read(user)).collect()
    }

    /// One of the posts that a user's timeline shows.
    fn one_of(&self, user: usize, random: &mut Random) -> Option<Post> {
        let page = self.delivery.newest(user, PAGE);
        page.get(load::pick(random, page.len() as u64)).copied()
    }

    /// A user opens a single post.
    pub fn open(&mut self, user: usize, post: Post) -> bool {
        let server = self.server(user);
        self.load(server, post).is_some()
    }

    /// The workers deliver, until a time in milliseconds.
    pub fn work(&mut self, until: u64) {
        self.delivery.work(self.follows, until);
    }

    /// Everything that is only in memory is lost, except the inboxes: shards read their
    /// logs, caches are empty, and workers begin again what they were at.
    pub fn crash(&mut self) {
        self.near = self
            .near
            .iter()
            .map(|_| Lru::new(self.parts.near))
            .collect();
        self.caches = Caches::new(self.parts.caches, self.parts.room);
        self.shards.crash();
        self.delivery.crash();
    }

    /// How many posts wait for their delivery.
    pub fn waiting(&self) -> u64 {
        self.delivery.waiting()
    }

    /// For each post that was delivered, how many microseconds it took until the last
    /// inbox had it.
    pub fn took(&self) -> &[(Post, u64)] {
        &self.delivery.took
    }

    /// Resets the counts. What is stored and cached stays.
    pub fn count_anew(&mut self) {
        self.requests.fill(0);
        self.caches.asked.fill(0);
        self.caches.hits = 0;
        self.shards.writes.fill(0);
        self.shards.reads.iter_mut().for_each(|reads| reads.fill(0));
        self.delivery.entries.fill(0);
        self.delivery.took.clear();
    }

    /// What the parts have done since the last reset.
    pub fn tally(&self) -> Tally {
        let copies = self.shards.reads.iter().zip(&self.shards.writes);
        let copies = copies
            .flat_map(|(reads, writes)| reads.iter().map(move |reads| reads + writes));
        Tally {
            server: self.requests.iter().copied().max().unwrap_or(0),
            cache: self.caches.asked.iter().copied().max().unwrap_or(0),
            asked: self.caches.asked.iter().sum(),
            hits: self.caches.hits,
            copy: copies.max().unwrap_or(0),
            reads: self.shards.reads.iter().flatten().sum(),
            worker: self.delivery.entries.iter().copied().max().unwrap_or(0),
            entries: self.delivery.entries.iter().sum(),
            waiting: self.delivery.waiting(),
        }
    }
}

#[cfg(test)]
mod tests;
