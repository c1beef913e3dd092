//! What the pages let happen to the service: phases of load, a post that everybody
//! opens, an author whom everybody follows.
//!
//! Shown in `src/cases/assembled.md`.
//! The page `src/cases/growth.md` uses it, too.

use super::{Load, Parts, Service, Tally, Used, run_load};
use crate::cases::timelines::{Follows, Post};
use crate::latency::percentile::percentile;
use crate::number::float;
use crate::random::Random;
use crate::service::SERVICE;

// ANCHOR: busiest
/// How full the busiest machines are in the last of several phases, each with a load
/// and its seconds, in a service whose users have each written 20 posts before. There
/// are `users` of them, who follow `each` others, and each represents `scale` users of
/// the example.
pub fn busiest(
    (users, each): (usize, usize),
    parts: Parts,
    scale: f64,
    phases: &[(Load, u64)],
    seed: u64,
) -> Option<Used> {
    let mut random = Random::new(seed);
    let follows = Follows::random(users, each, usize::MAX, &mut random);
    let mut service = Service::with_past(&follows, parts, 20);
    let (mut now, mut used) = (0, None);
    for (load, seconds) in phases {
        let tally = run_load(&mut service, *load, now, *seconds, &mut random);
        used = Some(tally.used(*seconds, &SERVICE, scale));
        now += seconds;
    }
    used
}
// ANCHOR_END: busiest

/// How full the busiest machines are in ten minutes in which one new post is opened
/// `opened` times a second, on top of a load. Before that, timelines have had three
/// hours to fill, and caches ten minutes.
pub fn busiest_with_hot_post(
    follows: &Follows,
    parts: Parts,
    scale: f64,
    (load, opened): (Load, f64),
    seed: u64,
) -> Used {
    let mut random = Random::new(seed);
    let mut service = Service::new(follows, parts);
    let posts = Load {
        posts: load.posts,
        ..Load::default()
    };
    run_load(&mut service, posts, 0, 10_800, &mut random);
    run_load(&mut service, load, 10_800, 600, &mut random);
    let post = service.write(0, 11_400_000).unwrap_or_default();
    let load = Load {
        opened: Some((post, opened)),
        ..load
    };
    // Until the post is where it is kept.
    run_load(&mut service, load, 11_400, 100, &mut random);
    let tally = run_load(&mut service, load, 11_500, 600, &mut random);
    tally.used(600, &SERVICE, scale)
}

/// How long posts take until the last follower has them, in seconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Delays {
    /// The star's post, if it was delivered and not left to the readers.
    pub star: Option<f64>,
    /// Half of the others are quicker.
    pub p50: Option<f64>,
    /// All but a hundredth of the others are quicker.
    pub p99: Option<f64>,
    /// The share of the others that take more than a second.
    pub late: f64,
}

// ANCHOR: star
/// A minute of posts, `rate` of them a second. User 0, the star, whom all others
/// follow, posts once, after five seconds; everybody follows `each` others besides.
pub fn minute_with_star(
    (users, each): (usize, usize),
    parts: Parts,
    rate: f64,
    seed: u64,
) -> Delays {
    let star = 0;
    let mut random = Random::new(seed);
    let follows = Follows::random(users, each, 1, &mut random);
    let mut service = Service::new(&follows, parts);
    let (mut now, mut has_posted) = (0, false); // In microseconds.
    while now < 60_000_000 {
        now += random.exponential_us(1e6 / rate);
        service.work(now / 1_000);
        let author = 1 + random.index(users - 1); // Anybody but the star.
        service.write(author, now / 1_000);
        if now >= 5_000_000 && !std::mem::replace(&mut has_posted, true) {
            service.write(star, now / 1_000);
        }
    }
    let (stars, others): (Vec<&(Post, u64)>, Vec<_>) = service
        .took()
        .iter()
        .partition(|((_, author), _)| *author == star);
    let others: Vec<u64> = others.iter().map(|(_, time)| *time).collect();
    let late = others.iter().filter(|time| **time > 1_000_000).count();
    let seconds = |time: u64| float(time) / 1e6;
    Delays {
        star: stars.first().map(|(_, time)| seconds(*time)),
        p50: percentile(&others, 50.0).map(seconds),
        p99: percentile(&others, 99.0).map(seconds),
        late: float(late) / float(others.len().max(1)),
    }
}
// ANCHOR_END: star

/// What the parts had to do around a crash.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Crash {
    /// In the ten minutes before it.
    pub before: Tally,
    /// In ten minutes right after it, an hour after it and two hours after it.
    pub after: [Tally; 3],
    /// How many users have another timeline afterwards.
    pub differ: usize,
}

// ANCHOR: crash
/// A load from a given second on, in which everything crashes at once after ten
/// minutes.
pub fn crash_under_load(
    service: &mut Service<'_>,
    load: Load,
    from: u64,
    random: &mut Random,
) -> Crash {
    let before = run_load(service, load, from, 600, random);
    let pages = service.pages();
    service.crash();
    let now = service.pages();
    service.crash(); // Again, since the comparison has filled the caches.
    let mut start = from + 600;
    let after = [(); 3].map(|()| {
        let tally = run_load(service, load, start, 600, random);
        run_load(service, load, start + 600, 3_000, random);
        start += 3_600;
        tally
    });
    let changed = pages.iter().zip(&now).filter(|(then, now)| then != now);
    Crash {
        before,
        after,
        differ: changed.count(),
    }
}
// ANCHOR_END: crash
