//! Home timelines: put together when they are read, when posts are written, or a mix of
//! both.
//!
//! Shown in `src/cases/timelines.md`.
//!
//! After A. Silberstein, J. Terrace, B. F. Cooper and R. Ramakrishnan, "Feeding Frenzy:
//! Selectively Materializing Users' Event Feeds", SIGMOD 2010.

use crate::number::float;
use crate::random::Random;
use crate::service::SERVICE;
use crate::workload::Zipf;

/// A post: its number, which grows with time, and its author.
pub type Post = (u64, usize);

/// Who follows whom.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Follows {
    /// For each user, those whom it follows.
    pub following: Vec<Vec<usize>>,
    /// For each user its followers.
    pub followers: Vec<Vec<usize>>,
}

impl Follows {
    /// Each of `users` users follows `each` others; one in `fans` of them follows user
    /// 0 as well.
    pub fn random(users: usize, each: usize, fans: usize, random: &mut Random) -> Self {
        Self::drawn(
            users,
            each,
            |user| user % fans.max(1) == 0,
            || random.index(users),
        )
    }

    /// Each of `users` users follows `each` others, drawn by Zipf's law with an
    /// exponent of 1: user 0 is the most popular.
    pub fn by_popularity(users: usize, each: usize, seed: u64) -> Self {
        let mut popular = Zipf::new(users, 1.0, seed);
        Self::drawn(users, each, |_| false, || popular.next().unwrap_or(0))
    }

    /// Draws authors for each user until it follows `each` others, or all.
    fn drawn(
        users: usize,
        each: usize,
        is_fan: impl Fn(usize) -> bool,
        mut draw: impl FnMut() -> usize,
    ) -> Self {
        let mut following = Vec::new();
        let mut followers = vec![Vec::new(); users];
        // For each author, the last user who has chosen it.
        let mut chosen_by = vec![None; users];
        for user in 0..users {
            let mut chosen = Vec::new();
            while chosen.len() < each.min(users.saturating_sub(1)) {
                let author = draw();
                if author != user && chosen_by[author].replace(user) != Some(user) {
                    chosen.push(author);
                }
            }
            if is_fan(user) && user != 0 && chosen_by[0] != Some(user) {
                chosen.push(0);
            }
            chosen.sort_unstable();
            for author in &chosen {
                followers[*author].push(user);
            }
            following.push(chosen);
        }
        Self {
            following,
            followers,
        }
    }
}

/// Timelines over a store of posts. Counts what it touches.
#[derive(Debug, Clone)]
pub struct Timelines<'a> {
    follows: &'a Follows,
    /// Authors with more followers than this are pulled, all others pushed. 0 pulls
    /// everybody, `usize::MAX` pushes everybody.
    limit: usize,
    /// For each author, the numbers of its posts.
    posts: Vec<Vec<u64>>,
    /// For each user, the posts that were pushed to it.
    inboxes: Vec<Vec<Post>>,
    /// Entries that were written into inboxes.
    pub writes: u64,
    /// Lists that were read: an inbox, or an author's posts.
    pub reads: u64,
}

const PAGE: usize = SERVICE.posts_a_page as usize;

impl<'a> Timelines<'a> {
    /// Timelines that pull authors with more than `limit` followers.
    pub fn new(follows: &'a Follows, limit: usize) -> Self {
        let users = follows.following.len();
        Self {
            follows,
            limit,
            posts: vec![Vec::new(); users],
            inboxes: vec![Vec::new(); users],
            writes: 0,
            reads: 0,
        }
    }

    fn is_pulled(&self, author: usize) -> bool {
        self.limit == 0 || self.follows.followers[author].len() > self.limit
    }

    // ANCHOR: timelines
    /// Stores a post; unless its author is pulled, puts it into each follower's inbox.
    pub fn write(&mut self, post: Post) {
        let (number, author) = post;
        self.posts[author].push(number);
        if !self.is_pulled(author) {
            for follower in &self.follows.followers[author] {
                self.inboxes[*follower].push(post);
                self.writes += 1;
            }
        }
    }

    /// The newest posts of those whom a user follows: the inbox, merged with the
    /// authors that are pulled.
    pub fn read(&mut self, user: usize) -> Vec<Post> {
        let inbox = self.inboxes[user].iter().rev();
        let mut page: Vec<Post> = inbox.take(PAGE).copied().collect();
        self.reads += u64::from(self.limit > 0);
        for author in &self.follows.following[user] {
            if self.is_pulled(*author) {
                self.reads += 1;
                let posts = self.posts[*author].iter().rev();
                page.extend(posts.take(PAGE).map(|number| (*number, *author)));
            }
        }
        page.sort_unstable_by(|a, b| b.cmp(a));
        page.truncate(PAGE);
        page
    }
    // ANCHOR_END: timelines
}

// ANCHOR: crossover
/// How many timelines have to be read for each post until pull has done as much work as
/// push. User 0 writes one post in `every`, the others write the rest.
pub fn crossover(follows: &Follows, posts: u64, every: u64, seed: u64) -> f64 {
    let users = follows.following.len();
    let [mut pull, mut push] =
        [0, usize::MAX].map(|limit| Timelines::new(follows, limit));
    let mut random = Random::new(seed);
    for number in 0..posts {
        let author = match number % every {
            0 => 0,
            _ => 1 + random.index(users - 1),
        };
        pull.write((number, author));
        push.write((number, author));
    }
    let mut reads: u64 = 0;
    while pull.reads < push.reads + push.writes {
        let user = random.index(users);
        pull.read(user);
        push.read(user);
        reads += 1;
    }
    float(reads) / float(posts)
}
// ANCHOR_END: crossover

impl Follows {
    /// The entries that push writes for a post on average, if user 0 writes one post in
    /// `every`, and the lists that pull reads for a timeline: sums of who follows whom.
    pub fn entries_and_lists(&self, every: u64) -> (f64, f64) {
        let users = float(self.following.len());
        let popular = float(self.followers.first().map_or(0, Vec::len));
        let all = float(self.following.iter().map(Vec::len).sum::<usize>());
        let others = (all - popular) / (users - 1.0);
        (others + (popular - others) / float(every), all / users)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn follows_are_the_same_from_both_sides() {
        for follows in [
            Follows::random(40, 6, 3, &mut Random::new(1)),
            Follows::by_popularity(40, 6, 1),
        ] {
            for user in 0..40 {
                for other in 0..40 {
                    let forth = follows.following[user]
                        .iter()
                        .filter(|author| **author == other)
                        .count();
                    let back = follows.followers[other]
                        .iter()
                        .filter(|fan| **fan == user)
                        .count();
                    assert_eq!(forth, back);
                    assert!(forth <= 1 && (user != other || forth == 0));
                }
            }
        }
        let random = Follows::random(40, 6, 3, &mut Random::new(1));
        for (user, following) in random.following.iter().enumerate() {
            let is_fan = user % 3 == 0 && user != 0;
            assert!((6..=6 + usize::from(is_fan)).contains(&following.len()));
            assert!(!is_fan || following.contains(&0));
        }
        let popular = Follows::by_popularity(1_000, 20, 2).followers;
        assert!(popular[0].len() > 500 && popular[999].len() < 20);
    }

    /// A timeline costs L lists or one, and a post F entries: r × L = F + r.
    #[test]
    fn pull_and_push_cross_where_the_formula_says() {
        for (each, fans, every) in [(20, 500, 20), (20, 1, 5), (60, 2, 50)] {
            let follows = Follows::random(500, each, fans, &mut Random::new(2));
            let (entries, lists) = follows.entries_and_lists(every);
            let (found, theory) =
                (crossover(&follows, 400, every, 3), entries / (lists - 1.0));
            assert!((found / theory - 1.0).abs() < 0.05, "{found} for {theory}");
        }
    }

    proptest! {
        /// The reference: all posts of all authors, sorted.
        #[test]
        fn push_pull_and_hybrid_show_the_same_page(seed in any::<u64>(), posts in 0..120u64, limit in 0..12usize) {
            let mut random = Random::new(seed);
            let follows = Follows::random(30, 5, 2, &mut random);
            let [mut pull, mut push, mut hybrid] = [0, usize::MAX, limit].map(|limit| Timelines::new(&follows, limit));
            let mut all: Vec<Post> = Vec::new();
            for number in 0..posts {
                let post = (number, random.index(30));
                all.push(post);
                for timelines in [&mut pull, &mut push, &mut hybrid] {
                    timelines.write(post);
                }
            }
            for user in 0..30 {
                let mut expected: Vec<Post> =
                    all.iter().rev().filter(|post| follows.following[user].contains(&post.1)).copied().collect();
                expected.truncate(PAGE);
                for timelines in [&mut pull, &mut push, &mut hybrid] {
                    prop_assert_eq!(&timelines.read(user), &expected);
                }
            }
            prop_assert_eq!(pull.writes, 0);
        }
    }
}
