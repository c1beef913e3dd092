//! What users do: a load for the whole service.
//!
//! Used by `cases/service/mod.rs`.

use super::{Service, Tally};
use crate::cases::timelines::Post;
use crate::random::Random;
use crate::service::Service as Inputs;

/// What happens in a second, on average: requests arrive independently of each other.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Load {
    /// Posts by all users.
    pub posts: f64,
    /// Favorites: a user marks a post of their own timeline.
    pub favorites: f64,
    /// Home timelines.
    pub timelines: f64,
    /// Pages with the newest posts of one author, whom the reader follows.
    pub user_pages: f64,
    /// Single posts: a user opens a post of their own timeline.
    pub single_posts: f64,
    /// How often this one post is opened on top of all that.
    pub opened: Option<(Post, f64)>,
}

impl Load {
    /// The load of the book's example, in multiples of its mean, in a model that has
    /// one user for `scale` of them.
    pub fn of(inputs: &Inputs, times: f64, scale: f64) -> Self {
        let scaled = |rate: f64| rate * times / scale;
        Self {
            posts: scaled(inputs.post_rate),
            favorites: scaled(inputs.favorite_rate),
            timelines: scaled(inputs.home_rate),
            user_pages: scaled(inputs.user_page_rate),
            single_posts: scaled(inputs.single_post_rate),
            opened: None,
        }
    }

    /// The same with this many times the reads.
    #[must_use]
    pub fn with_reads(self, times: f64) -> Self {
        Self {
            timelines: self.timelines * times,
            user_pages: self.user_pages * times,
            single_posts: self.single_posts * times,
            ..self
        }
    }

    /// The same with this many times the writes.
    #[must_use]
    pub fn with_writes(self, times: f64) -> Self {
        Self {
            posts: self.posts * times,
            favorites: self.favorites * times,
            ..self
        }
    }
}

// ANCHOR: load
/// Puts a load on a service for some seconds, from a given second on. Returns what the
/// parts had to do.
pub fn run_load(
    service: &mut Service<'_>,
    load: Load,
    from: u64,
    seconds: u64,
    random: &mut Random,
) -> Tally {
    service.count_anew();
    let users = service.follows.following.len() as u64;
    let (hot, opened) = load.opened.unwrap_or_default();
    let rates = [
        load.posts,
        load.favorites,
        load.timelines,
        load.user_pages,
        load.single_posts,
        opened,
    ];
    let all: f64 = rates.iter().sum();
    let (mut now, end) = (from * 1_000_000, (from + seconds) * 1_000_000);
    loop {
        now = match all {
            0.0 => end,
            _ => now + random.exponential_us(1e6 / all),
        };
        if now >= end {
            break;
        }
        let time = now / 1_000;
        service.work(time);
        let user = pick(random, users);
        let mut draw = random.uniform() * all;
        let kind = rates.iter().position(|rate| {
            draw -= rate;
            draw < 0.0
        });
        match kind {
            Some(0) => drop(service.write(user, time)),
            Some(1) => {
                if let Some(post) = service.one_of(user, random) {
                    service.favorite(user, post);
                }
            }
            Some(2) => drop(service.read(user)),
            Some(3) => {
                let authors = service.follows.following[user].as_slice();
                if !authors.is_empty() {
                    let author = authors[pick(random, authors.len() as u64)];
                    service.user_page(user, author);
                }
            }
            Some(4) => {
                if let Some(post) = service.one_of(user, random) {
                    service.open(user, post);
                }
            }
            _ => drop(service.open(user, hot)),
        }
    }
    service.work(end / 1_000);
    service.tally()
}
// ANCHOR_END: load

/// A number below `count`, or 0.
pub(super) fn pick(random: &mut Random, count: u64) -> usize {
    usize::try_from(random.below(count)).unwrap_or(0)
}
