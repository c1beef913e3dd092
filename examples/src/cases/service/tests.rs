use super::*;
use crate::number::float;
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
    pace: 70,
    limit: usize::MAX,
};

/// The reference: all posts that a user wrote or follows, sorted.
fn timeline(follows: &Follows, posts: &[Post], user: usize) -> Vec<Post> {
    let is_seen =
        |post: &&Post| post.1 == user || follows.following[user].contains(&post.1);
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
        shards in 1..5usize, copies in 1..4usize, workers in 1..4usize, pace in 1..400u64, crash in 0..200u64,
    ) {
        let mut random = Random::new(seed);
        let follows = Follows::random(25, 5, 2, &mut random);
        let parts = Parts { servers: 3, near, caches, room, shards, copies, workers, pace, limit };
        let mut service = Service::new(&follows, parts);
        let mut posts = Vec::new();
        for step in 0..steps {
            let author = random.index(25);
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
        let mut now = steps * 1_000;
        while service.waiting() > 0 {
            now += 1_000;
            service.work(now);
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
        let posts: Vec<Post> = (0..count).filter_map(|n| service.write(random.index(10), n * 100)).collect();
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
    // Thirteen requests over three servers; twelve reads over two copies, and a write
    // at each.
    assert_eq!((tally.server, tally.asked, tally.hits), (5, 12, 0));
    assert_eq!((tally.reads, tally.copy), (12, 7));
    assert_eq!(tally.waiting, 1);
    service.work(1_000);
    assert_eq!(service.tally().entries, follows.followers[1].len() as u64);
}

#[test]
fn a_load_does_what_it_says() {
    let follows = Follows::random(100, 5, 2, &mut Random::new(1));
    let mut service = Service::with_past(&follows, PARTS, 3);
    let load = Load {
        posts: 3.0,
        favorites: 6.0,
        timelines: 12.0,
        user_pages: 4.0,
        single_posts: 2.0,
        opened: Some(((1, 0), 5.0)),
    };
    let tally = run_load(&mut service, load, 10, 1_000, &mut Random::new(2));
    // Poisson counts: four standard deviations of each.
    let near = |count: u64, mean: f64| (float(count) - mean).abs() < 4.0 * mean.sqrt();
    assert!(near(service.requests.iter().sum(), 32_000.0));
    let writes = service.shards.writes.iter().sum();
    assert!(near(writes, 9_000.0), "{writes}");
    // Most pages show 20 posts.
    assert!(tally.asked > 12_000 * 18 && tally.worker <= tally.entries);
    let copies = float(tally.entries) / 3_000.0;
    assert!((4.5..6.5).contains(&copies), "{copies}");
}

#[test]
fn a_worker_needs_its_time_for_each_copy_and_what_waits_behind_waits() {
    // User 0 has 50 followers, and one worker writes ten copies a second.
    let follows = Follows::random(100, 5, 2, &mut Random::new(1));
    let mut service = Service::new(
        &follows,
        Parts {
            workers: 1,
            pace: 10,
            ..PARTS
        },
    );
    let star = service.write(0, 100).unwrap();
    let other = service.write(7, 200).unwrap();
    let [of_star, of_other] =
        [0, 7].map(|author: usize| follows.followers[author].len() as u64);
    service.work(1_100);
    assert_eq!(service.tally().entries, 10);
    service.work(60_000);
    let star_takes = of_star * 100_000;
    let other_takes = star_takes - 100_000 + of_other * 100_000;
    assert_eq!(service.took(), [(star, star_takes), (other, other_takes)]);
    // However often it is called in between, the same is written.
    let mut steps = Service::new(
        &follows,
        Parts {
            workers: 1,
            pace: 10,
            ..PARTS
        },
    );
    steps.write(0, 100);
    steps.work(150);
    steps.write(7, 200);
    for time in (200..60_000).step_by(70) {
        steps.work(time);
    }
    assert_eq!(steps.took(), service.took());
}

#[test]
fn favorites_survive_a_crash_and_count_once_a_user() {
    let follows = Follows::random(10, 3, 2, &mut Random::new(1));
    let mut service = Service::new(&follows, PARTS);
    let post = service.write(1, 0).unwrap();
    for user in [3, 4, 3, 5] {
        service.favorite(user, post);
    }
    assert_eq!(service.favorites(post), 3);
    service.crash();
    assert_eq!(service.favorites(post), 3);
}

proptest! {
    #[test]
    fn a_user_page_shows_the_newest_posts_of_its_author(seed in any::<u64>(), count in 1..200u64, room in 0..30usize, past in 0..3u64) {
        let mut random = Random::new(seed);
        let follows = Follows::random(10, 3, 2, &mut random);
        let mut service = Service::with_past(&follows, Parts { room, ..PARTS }, past);
        let mut posts: Vec<Post> = (1..=past * 10).zip((0..10).cycle()).collect();
        for n in 0..count {
            posts.extend(service.write(random.index(10), n * 1_000));
            let author = random.index(10);
            let expected: Vec<Post> = posts.iter().rev().filter(|post| post.1 == author).take(PAGE).copied().collect();
            prop_assert_eq!(service.user_page(0, author), expected);
        }
    }
}
