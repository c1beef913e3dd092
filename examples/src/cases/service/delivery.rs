//! How posts reach inboxes: a queue of posts, workers that copy each one's number to
//! the author's followers, and the inboxes.
//!
//! Shown in `src/cases/assembled.md`.

use std::collections::{BTreeMap, VecDeque};

use crate::cases::timelines::{Follows, Post};
use crate::queues::log::Topic;
use crate::service::SERVICE;

const GROUP: &str = "delivery";

/// How many entries an inbox keeps.
const KEPT: usize = SERVICE.timeline_length as usize;

/// The queue, its workers and the inboxes.
#[derive(Debug, Clone)]
pub(super) struct Delivery {
    queue: Topic,
    /// How long a worker needs for a copy, in microseconds.
    copy_time: u64,
    /// Up to when each worker has worked, in microseconds.
    clocks: Vec<u64>,
    /// How many followers of its record each worker has reached. Lost when it crashes.
    reached: Vec<usize>,
    /// For each user, the newest posts in order: a set, to which nearly all are added
    /// at its end.
    inboxes: Vec<VecDeque<Post>>,
    /// When each post that isn't delivered yet was handed over, in microseconds.
    posted: BTreeMap<u64, u64>,
    /// Entries that each worker wrote.
    pub(super) entries: Vec<u64>,
    /// For each delivered post, how long it took until the last inbox had it, in
    /// microseconds.
    pub(super) took: Vec<(Post, u64)>,
}

impl Delivery {
    /// Inboxes for this many users, and workers that each write this many copies a
    /// second.
    pub(super) fn new(users: usize, workers: usize, pace: u64) -> Self {
        let workers = workers.max(1);
        Self {
            queue: Topic::new(workers),
            copy_time: 1_000_000 / pace.clamp(1, 1_000_000),
            clocks: vec![0; workers],
            reached: vec![0; workers],
            inboxes: vec![VecDeque::new(); users],
            posted: BTreeMap::new(),
            entries: vec![0; workers],
            took: Vec::new(),
        }
    }

    /// Hands a post to the worker of its author, at a time in milliseconds.
    pub(super) fn send(&mut self, (number, author): Post, now: u64) {
        let record = self
            .queue
            .append(&author.to_string(), Some(&number.to_string()));
        if record.is_some() {
            self.posted.insert(number, now * 1_000);
        }
    }

    /// Puts a post into an inbox. A second time changes nothing.
    pub(super) fn put(&mut self, user: usize, post: Post) {
        if let Some(inbox) = self.inboxes.get_mut(user) {
            if let Err(place) = inbox.binary_search(&post) {
                inbox.insert(place, post);
            }
            if inbox.len() > KEPT {
                inbox.pop_front();
            }
        }
    }

    /// The newest entries of an inbox.
    pub(super) fn newest(&self, user: usize, most: usize) -> Vec<Post> {
        let inbox = self.inboxes.get(user).into_iter().flatten();
        inbox.rev().take(most).copied().collect()
    }

    // ANCHOR: work
    /// Each worker works until a time in milliseconds. A record is done, and committed,
    /// when all followers have it.
    pub(super) fn work(&mut self, follows: &Follows, until: u64) {
        if self.posted.is_empty() {
            return; // Nothing waits.
        }
        let until = until * 1_000;
        for worker in 0..self.reached.len() {
            while let Some(record) = self.queue.poll(GROUP, worker, 1).first() {
                let (offset, post) =
                    (record.offset, post_of(&record.key, record.value.as_deref()));
                let posted = self.posted.get(&post.0).copied().unwrap_or(0);
                let start = self.clocks[worker].max(posted);
                let followers =
                    follows.followers.get(post.1).map_or(&[][..], Vec::as_slice);
                let rest = &followers[self.reached[worker].min(followers.len())..];
                let in_time = until.saturating_sub(start) / self.copy_time;
                let written = rest
                    .len()
                    .min(usize::try_from(in_time).unwrap_or(usize::MAX));
                for follower in &rest[..written] {
                    self.put(*follower, post);
                }
                self.entries[worker] += written as u64;
                self.reached[worker] += written;
                self.clocks[worker] = start + written as u64 * self.copy_time;
                if written < rest.len() {
                    break; // The next call goes on from here.
                }
                self.queue.commit(GROUP, worker, offset);
                self.reached[worker] = 0;
                self.posted.remove(&post.0);
                self.took.push((post, self.clocks[worker] - posted));
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
