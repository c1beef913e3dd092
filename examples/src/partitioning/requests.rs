//! The requests of the service, on sharded posts: how many shards each of them needs.
//!
//! Shown in `src/partitioning/shard-key.md`.

use crate::number::float;
use std::collections::BTreeSet;

use crate::partitioning::shard_key::{Post, PostShards, Question, ShardKey, post_id};
use crate::random::Random;
use crate::service::SERVICE;

/// How a home timeline is built.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Home {
    /// The posts of all followed users are looked for when it is read.
    Pulled,
    /// Each post, with its author's name, is copied to the shards of the author's
    /// followers when it is written.
    Kept,
}

/// The mean number of shards that work for one request, by its kind.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Work {
    /// A single post by its id, with its author's name.
    pub post: f64,
    /// The posts of one user, with the name.
    pub user_page: f64,
    /// A page of a home timeline, with the names.
    pub home: f64,
    /// A new post.
    pub write: f64,
    /// The mean over the service's mix of requests. A favorite is one row on one shard.
    pub mean: f64,
    /// The busiest shard's share of the new posts, from 0 to 1.
    pub busiest_writer: f64,
}

// ANCHOR: work
/// Writes posts of one day, and then sends requests of each kind. The mix of the kinds
/// is that of the service.
pub fn work(key: ShardKey, home: Home, shards: usize, seed: u64) -> Work {
    const USERS: u64 = 2_000;
    const EACH: u32 = 200;
    let mut random = Random::new(seed);
    let mut store = PostShards::new(key, shards);
    let mut written = vec![0.0; shards.max(1)];
    let posts: Vec<Post> = (0..4_000)
        .map(|n| (n, random.below(USERS)))
        .map(|(n, author)| Post {
            id: post_id(author, n),
            author,
            day: 1,
        })
        .collect();
    for post in &posts {
        written[store.write(*post)] += 1.0;
    }
    // The users whom a user follows, or the followers of a user.
    let others = |random: &mut Random| -> Vec<u64> {
        (0..SERVICE.follows_per_user)
            .map(|_| random.below(USERS))
            .collect()
    };
    let mut sums = Work::default();
    for post in posts.iter().rev().take(EACH as usize) {
        let with_names = |(posts, mut asked): (Vec<Post>, BTreeSet<usize>)| {
            asked.extend(store.names(&posts));
            count(&asked)
        };
        let (id, author) = (Some(post.id), Some(post.author));
        sums.post += with_names(store.ask(Question {
            id,
            ..Question::default()
        }));
        sums.user_page += with_names(store.ask(Question {
            author,
            ..Question::default()
        }));
        let others = others(&mut random);
        sums.home += match home {
            Home::Pulled => {
                with_names(store.home(&others, SERVICE.posts_a_page as usize))
            }
            Home::Kept => 1.0,
        };
        let mut copied_to = BTreeSet::from([store.shard_for(post)]);
        if home == Home::Kept {
            copied_to.extend(others.iter().map(|follower| store.shard_of(*follower)));
        }
        sums.write += count(&copied_to);
    }
    let each = f64::from(EACH);
    let mix = sums.home * SERVICE.home_rate
        + sums.user_page * SERVICE.user_page_rate
        + sums.post * SERVICE.single_post_rate
        + sums.write * SERVICE.post_rate
        + each * SERVICE.favorite_rate;
    Work {
        post: sums.post / each,
        user_page: sums.user_page / each,
        home: sums.home / each,
        write: sums.write / each,
        mean: mix / each / SERVICE.request_rate,
        busiest_writer: written.iter().copied().fold(0.0, f64::max)
            / written.iter().sum::<f64>(),
    }
}
// ANCHOR_END: work

fn count(shards: &BTreeSet<usize>) -> f64 {
    float(shards.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What must hold for every seed and number of shards, by the definition of each
    /// key.
    #[test]
    fn each_key_is_direct_for_what_names_it_and_asks_all_shards_otherwise() {
        for (shards, seed) in [(4usize, 1), (11, 2), (32, 3)] {
            let all = float(shards);
            let is = |seen: f64, expected: f64| (seen - expected).abs() < 1e-9;
            let id = work(ShardKey::Id, Home::Pulled, shards, seed);
            assert!(
                id.post >= 1.0
                    && id.post <= 2.0
                    && is(id.user_page, all)
                    && is(id.home, all)
            );
            let author = work(ShardKey::Author, Home::Pulled, shards, seed);
            assert!(is(author.post, all) && is(author.user_page, 1.0));
            let both = work(ShardKey::AuthorInId, Home::Pulled, shards, seed);
            assert!(
                is(both.post, 1.0) && is(both.user_page, 1.0) && is(both.write, 1.0)
            );
            // Balls into bins: 200 followed users miss a shard with probability (1 -
            // 1/n)^200.
            let hit = all * (1.0 - (1.0 - 1.0 / all).powi(200));
            assert!((both.home / hit - 1.0).abs() < 0.02, "{} {hit}", both.home);
            let kept = work(ShardKey::AuthorInId, Home::Kept, shards, seed);
            assert!(is(kept.home, 1.0) && (kept.write / hit - 1.0).abs() < 0.02);
            let day = work(ShardKey::Day, Home::Pulled, shards, seed);
            assert!(is(day.busiest_writer, 1.0) && is(day.home, all));
        }
    }

    #[test]
    fn the_mix_is_all_requests() {
        let all = SERVICE.home_rate
            + SERVICE.user_page_rate
            + SERVICE.single_post_rate
            + SERVICE.post_rate
            + SERVICE.favorite_rate;
        assert!((all / SERVICE.request_rate - 1.0).abs() < 1e-4, "{all}");
        let one = work(ShardKey::AuthorInId, Home::Pulled, 1, 5);
        assert!((one.mean - 1.0).abs() < 1e-4);
    }
}
