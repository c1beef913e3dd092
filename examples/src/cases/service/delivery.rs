//! How posts reach inboxes: a queue of posts, workers that copy each one's number to the author's followers, and the inboxes.

use std::collections::{BTreeMap, BTreeSet};

use super::super::{Follows, Post};
use crate::queues::Topic;

const GROUP: &str = "delivery";

/// How many entries an inbox keeps.
const INBOX: usize = 800;

/// The queue, its workers and the inboxes.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    queue: Topic,
    /// How far each worker is in the followers of its record. Lost when it crashes.
    reached: Vec<usize>,
    inboxes: BTreeMap<usize, BTreeSet<Post>>,
    posted: BTreeMap<u64, u64>,
    /// Entries that each worker wrote.
    pub(super) entries: Vec<u64>,
    /// For each delivered post, how long it took until the last inbox had it, in milliseconds.
    pub(super) took: Vec<(Post, u64)>,
}

impl Delivery {
    pub(super) fn new(workers: usize) -> Self {
        let workers = workers.max(1);
        Self {
            queue: Topic::new(workers),
            reached: vec![0; workers],
            inboxes: BTreeMap::new(),
            posted: BTreeMap::new(),
            entries: vec![0; workers],
            took: Vec::new(),
        }
    }

    /// Hands a post to the worker of its author.
    pub(super) fn send(&mut self, (number, author): Post, now: u64) {
        let record = self
            .queue
            .append(&author.to_string(), Some(&number.to_string()));
        if record.is_some() {
            self.posted.insert(number, now);
        }
    }

    /// Puts a post into an inbox. A second time changes nothing.
    pub(super) fn put(&mut self, user: usize, post: Post) {
        let inbox = self.inboxes.entry(user).or_default();
        inbox.insert(post);
        if inbox.len() > INBOX {
            inbox.pop_first();
        }
    }

    /// The newest entries of an inbox.
    pub(super) fn newest(&self, user: usize, most: usize) -> Vec<Post> {
        let inbox = self.inboxes.get(&user).into_iter().flatten();
        inbox.rev().take(most).copied().collect()
    }

    // ANCHOR: work
    /// Each worker writes up to `pace` entries. A record is done, and committed, when all followers have it.
    pub(super) fn work(&mut self, follows: &Follows, pace: usize, now: u64) {
        for worker in 0..self.reached.len() {
            let mut left = pace;
            while let Some(record) = self.queue.poll(GROUP, worker, 1).first() {
                let (offset, post) = (record.offset, post_of(&record.key, record.value.as_deref()));
                let followers = follows.followers.get(post.1).map_or(&[][..], Vec::as_slice);
                let rest = &followers[self.reached[worker].min(followers.len())..];
                let now_written = rest.len().min(left);
                for follower in &rest[..now_written] {
                    self.put(*follower, post);
                }
                self.entries[worker] += now_written as u64;
                self.reached[worker] += now_written;
                left -= now_written;
                if now_written < rest.len() {
                    break; // The next step goes on from here.
                }
                self.queue.commit(GROUP, worker, offset);
                self.reached[worker] = 0;
                let posted = self.posted.remove(&post.0).unwrap_or(now);
                self.took.push((post, now - posted));
            }
        }
    }
    // ANCHOR_END: work

    /// All workers crash: each begins its record again.
    pub(super) fn crash(&mut self) {
        self.reached.fill(0);
    }

    /// How many posts wait.
    pub(super) fn waiting(&self) -> u64 {
        self.queue.lag(GROUP)
    }
}

/// A record's post; its number and its author are written as text.
fn post_of(author: &str, number: Option<&str>) -> Post {
    let number = number.and_then(|number| number.parse().ok());
    (number.unwrap_or(0), author.parse().unwrap_or(0))
}
