use super::*;
use crate::random::Random;
use proptest::prelude::*;

const PARTS: Parts = Parts {
    servers: 3,
    near: 2,
    caches: 2,
    room: 5,
    shards: 3,
    copies: 2,
    workers: 2,
    pace: 7,
    limit: usize::MAX,
};

fn below(random: &mut Random, bound: usize) -> usize {
    usize::try_from(random.below(bound as u64)).unwrap()
}

/// The judge: all posts that a user wrote or follows, sorted.
fn timeline(follows: &Follows, posts: &[Post], user: usize) -> Vec<Post> {
    let is_seen = |post: &&Post| post.1 == user || follows.following[user].contains(&post.1);
    posts
        .iter()
        .rev()
        .filter(is_seen)
        .take(PAGE)
        .copied()
        .collect()
}

proptest! {
    #[test]
    fn every_arrangement_shows_what_a_sort_of_all_posts_shows(
        seed in any::<u64>(), steps in 1..150u64, limit in 0..15usize, near in 0..4usize, caches in 1..4usize, room in 0..30usize,
        shards in 1..5usize, copies in 1..4usize, workers in 1..4usize, pace in 1..40usize, crash in 0..200u64,
    ) {
        let mut random = Random::new(seed);
        let follows = Follows::random(25, 5, 2, &mut random);
        let parts = Parts { servers: 3, near, caches, room, shards, copies, workers, pace, limit };
        let mut service = Service::new(&follows, parts);
        let mut posts = Vec::new();
        for step in 0..steps {
            let author = below(&mut random, 25);
            let post = service.write(author, step * 1_000).unwrap();
            posts.push(post);
            // Whatever still waits: one's own post is there.
            prop_assert_eq!(service.read(author).first().copied(), Some(post));
            prop_assert!(service.open(0, post));
            service.work(step * 1_000);
            if step == crash {
                service.crash();
            }
        }
        while service.waiting() > 0 {
            service.work(steps * 1_000);
        }
        for user in 0..25 {
            prop_assert_eq!(service.read(user), timeline(&follows, &posts, user));
        }
    }

    #[test]
    fn what_was_returned_survives_a_crash(seed in any::<u64>(), count in 1..200u64) {
        let mut random = Random::new(seed);
        let follows = Follows::random(10, 3, 2, &mut random);
        let mut service = Service::new(&follows, PARTS);
        let posts: Vec<Post> = (0..count).filter_map(|n| service.write(below(&mut random, 10), n * 100)).collect();
        service.crash();
        for post in posts {
            prop_assert!(service.open(0, post));
        }
    }
}

#[test]
fn a_flood_of_posts_is_cut_to_the_limit() {
    let follows = Follows::random(10, 3, 2, &mut Random::new(1));
    let mut service = Service::new(&follows, PARTS);
    let passed = (0..100).filter(|n| service.write(1, n * 100).is_some());
    // Five at once, and one for each of the 9.9 seconds.
    assert_eq!(passed.count(), 14);
}

#[test]
fn work_is_counted_where_it_is_done() {
    let follows = Follows::random(10, 3, 2, &mut Random::new(1));
    let mut service = Service::new(
        &follows,
        Parts {
            near: 0,
            room: 0,
            ..PARTS
        },
    );
    let post = service.write(1, 0).unwrap();
    for _ in 0..12 {
        assert!(service.open(0, post));
    }
    let tally = service.tally();
    // Thirteen requests over three servers; twelve reads over two copies, and a write at each.
    assert_eq!((tally.server, tally.asked, tally.hits), (5, 12, 0));
    assert_eq!((tally.reads, tally.copy), (12, 7));
    assert_eq!(tally.waiting, 1);
    service.work(50);
    assert_eq!(service.tally().entries, follows.followers[1].len() as u64);
}

#[test]
fn a_load_does_what_it_says() {
    let follows = Follows::random(100, 5, 2, &mut Random::new(1));
    let mut service = Service::new(&follows, PARTS);
    let load = Load {
        seconds: 7,
        posts: 3,
        timelines: 12,
        opened: Some(((1, 0), 5)),
    };
    let tally = run_load(&mut service, load, 0, &mut Random::new(2));
    assert_eq!(service.requests.iter().sum::<u64>(), 7 * (3 + 12 + 5));
    assert_eq!(service.shards.writes.iter().sum::<u64>(), 21);
    assert!(tally.entries > 21 && tally.worker <= tally.entries);
    // Pushed to at most seven followers a step, a post of fifty takes several.
    assert!(
        service
            .took()
            .iter()
            .any(|((_, author), took)| *author == 0 && *took >= 700)
    );
}
