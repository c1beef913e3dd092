//! A delivery network: copies of files at several places, loaded on request or pushed
//! in advance.
//!
//! Shown in `src/edge/cdn.md`.

use crate::number::float;
use crate::random::Random;
use crate::service::SERVICE;
use crate::workload::Zipf;

/// How files come to the edges.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Way {
    /// The first request loads a file; after this many seconds the edge asks whether it
    /// has changed.
    Pull(u64),
    /// Each new version is sent to all edges when it is made.
    Push,
}

/// Files, edges and traffic.
#[derive(Debug, Clone, Copy)]
pub struct Site {
    /// Files; how often each is asked for follows Zipf's law.
    pub files: usize,
    /// How uneven that is: the exponent of Zipf's law.
    pub popularity: f64,
    /// Places with copies. Requests take them in turn.
    pub edges: usize,
    /// Requests a second.
    pub rate: usize,
    /// How long the run lasts, in seconds.
    pub duration: u64,
    /// Requests and files sent before this second fill the edges and are not counted.
    pub counted_from: u64,
    /// The mean time between two changes of any file, in seconds; changes come at
    /// random.
    pub change_every: f64,
    /// How many files change: the most popular ones, each as often as the others.
    pub changing: usize,
}

impl Site {
    /// 1,000 files at five edges, ten requests a second, and a change a minute among the
    /// 60 most popular files. The first two hours are not counted, the next two are.
    pub const EXAMPLE: Self = Self {
        files: 1_000,
        popularity: SERVICE.popularity,
        edges: 5,
        rate: 10,
        duration: 4 * 3_600,
        counted_from: 2 * 3_600,
        change_every: 60.0,
        changing: 60,
    };
}

/// What happened to the traffic that is counted.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Met {
    /// Requests in all.
    pub requests: u32,
    /// Requests that waited for the origin.
    pub slow: u32,
    /// Requests answered with a version that the origin had replaced.
    pub stale: u32,
    /// Files sent by the origin.
    pub sent: u32,
    /// Of these, files sent to an edge that had no copy yet.
    pub first: u32,
    /// Questions to the origin that were answered with "not changed".
    pub unchanged: u32,
    /// Copies on all edges at the end.
    pub copies: usize,
    /// The longest time between a replacement and a request that still got the old
    /// version, in seconds.
    pub oldest: u64,
}

/// The origin and its edges while they run.
struct Network {
    site: Site,
    way: Way,
    /// The second in which each file changed last.
    changed: Vec<u64>,
    /// For each edge and file: the version it holds, and until when it doesn't ask.
    copies: Vec<Option<(u64, u64)>>,
    /// The edge that the last request came to.
    turn: usize,
    met: Met,
}

impl Network {
    // ANCHOR: run
    /// A file changes at the origin. With push, all edges get it.
    fn change(&mut self, file: usize, now: u64) {
        self.changed[file] = now;
        if self.way == Way::Push {
            for edge in 0..self.site.edges {
                self.copies[edge * self.site.files + file] = Some((now, u64::MAX));
                self.met.sent += 1;
            }
        }
    }

    /// A request for a file at the next edge.
    fn request(&mut self, file: usize, now: u64) {
        self.turn = (self.turn + 1) % self.site.edges;
        let at = self.turn * self.site.files + file;
        let newest = self.changed[file];
        self.met.requests += 1;
        let version = match (self.copies[at], self.way) {
            (Some((version, until)), _) if now < until => version,
            (held, Way::Pull(ttl)) => {
                self.met.slow += 1;
                match held {
                    Some((version, _)) if version == newest => self.met.unchanged += 1,
                    held => {
                        self.met.sent += 1;
                        self.met.first += u32::from(held.is_none());
                    }
                }
                self.copies[at] = Some((newest, now + ttl));
                newest
            }
            (_, Way::Push) => newest,
        };
        if version != newest {
            self.met.stale += 1;
            self.met.oldest = self.met.oldest.max(now - newest);
        }
    }
    // ANCHOR_END: run
}

/// Sends the traffic.
pub fn deliver(site: Site, way: Way, seed: u64) -> Met {
    if site.files == 0 || site.edges == 0 {
        return Met::default();
    }
    let mut network = Network {
        site,
        way,
        changed: vec![0; site.files],
        copies: vec![None; site.files * site.edges],
        turn: 0,
        met: Met::default(),
    };
    if way == Way::Push {
        (0..site.files).for_each(|file| network.change(file, 0));
    }
    let streams = [0, 1].map(|stream| seed.wrapping_mul(2).wrapping_add(stream));
    let mut requests = Zipf::new(site.files, site.popularity, streams[0]);
    let mut changes = Random::new(streams[1]);
    let changing = site.changing.clamp(1, site.files);
    for now in 0..site.duration {
        if now == site.counted_from {
            network.met = Met::default();
        }
        if now > 0 && changes.chance(1.0 / site.change_every) {
            network.change(changes.index(changing), now);
        }
        for file in requests.by_ref().take(site.rate) {
            network.request(file, now);
        }
    }
    network.met.copies = network.copies.iter().flatten().count();
    network.met
}

/// What is expected, as shares of the requests: those that wait, and those that get an
/// old version. With push nobody does either.
///
/// A copy serves for its time to live after the request that fetched it, so that of
/// requests at random times, at a rate of λ, one in 1 + λ × TTL waits (Jung, Berger and
/// Balakrishnan, "Modeling TTL-based Internet Caches", 2003). The others get what has
/// changed since that moment.
pub fn expected(site: Site, way: Way) -> (f64, f64) {
    let Way::Pull(ttl) = way else {
        return (0.0, 0.0);
    };
    let weight = |file: usize| float(file + 1).powf(-site.popularity);
    let all: f64 = (0..site.files).map(weight).sum();
    let ttl = float(ttl);
    let changing = site.changing.clamp(1, site.files.max(1));
    let changes = 1.0 / (site.change_every * float(changing));
    // The time for which a copy is old, of its time to live.
    let old = ttl + (-changes * ttl).exp_m1() / changes;
    let (mut slow, mut stale) = (0.0, 0.0);
    for file in 0..site.files {
        let share = weight(file) / all;
        let rate = share * float(site.rate) / float(site.edges);
        slow += share / (1.0 + rate * ttl);
        if file < changing {
            stale += share * rate * old / (1.0 + rate * ttl);
        }
    }
    (slow, stale)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SITE: Site = Site {
        files: 50,
        popularity: 1.0,
        edges: 4,
        rate: 20,
        duration: 500,
        counted_from: 0,
        change_every: 25.0,
        changing: 50,
    };

    #[test]
    fn what_is_pushed_is_never_stale_or_slow_and_is_stored_everywhere() {
        let met = deliver(SITE, Way::Push, 1);
        assert_eq!((met.slow, met.stale, met.copies), (0, 0, 200));
        // Each change goes to all edges, and there are 20 on average. The 200 initial
        // copies are sent before anything is counted.
        assert!(met.sent.is_multiple_of(4));
        let mean = (0..200)
            .map(|seed| f64::from(deliver(SITE, Way::Push, seed).sent) / 4.0)
            .sum::<f64>()
            / 200.0;
        assert!((mean - 20.0).abs() < 1.0, "{mean}");
    }

    #[test]
    fn pull_waits_and_is_stale_as_often_as_the_theory_says() {
        let long = Site {
            files: 200,
            duration: 12_000,
            counted_from: 2_000,
            ..SITE
        };
        for (changing, popularity) in [(200, 1.0), (20, 0.7)] {
            for ttl in [10, 100, 1_000] {
                let site = Site {
                    popularity,
                    changing,
                    ..long
                };
                let (mut slow, mut stale, mut all) = (0.0, 0.0, 0.0);
                for seed in 0..8 {
                    let met = deliver(site, Way::Pull(ttl), seed);
                    slow += f64::from(met.slow);
                    stale += f64::from(met.stale);
                    all += f64::from(met.requests);
                }
                let (by_slow, by_stale) = expected(site, Way::Pull(ttl));
                assert!((slow / all - by_slow).abs() < 0.03 * by_slow + 0.001);
                assert!(
                    (stale / all - by_stale).abs() < 0.1 * by_stale + 0.001,
                    "{changing} {ttl}: {} {by_stale}",
                    stale / all
                );
            }
        }
    }

    #[test]
    fn what_is_not_counted_is_what_a_shorter_run_counts() {
        let add = |a: Met, b: Met| {
            (
                a.requests + b.requests,
                a.slow + b.slow,
                a.stale + b.stale,
                a.sent + b.sent,
            )
        };
        for way in [Way::Pull(30), Way::Push] {
            let whole = deliver(SITE, way, 3);
            let begin = deliver(
                Site {
                    duration: 200,
                    ..SITE
                },
                way,
                3,
            );
            let rest = deliver(
                Site {
                    counted_from: 200,
                    ..SITE
                },
                way,
                3,
            );
            assert_eq!(add(begin, rest), add(whole, Met::default()));
        }
    }

    #[test]
    fn without_a_ttl_every_request_asks_the_origin() {
        let met = deliver(SITE, Way::Pull(0), 1);
        assert_eq!((met.slow, met.stale), (met.requests, 0));
        assert_eq!(met.sent + met.unchanged, met.requests);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]

        #[test]
        fn nothing_is_older_than_its_time_to_live(ttl in 1..200u64, seed in 0..9u64) {
            let met = deliver(SITE, Way::Pull(ttl), seed);
            prop_assert!(met.oldest < ttl);
            prop_assert_eq!(met.slow, met.sent + met.unchanged);
            prop_assert!(met.copies <= 200);
        }

        /// By pull a file comes to an edge at most once, and each change at most once
        /// more, and only if it is requested there.
        #[test]
        fn pull_never_sends_more_files_than_push(
            ttl in 1..200u64, rate in 1..60usize, change_every in 5.0..60.0f64, changing in 1..50usize, seed in 0..9u64,
        ) {
            let site = Site { rate, change_every, changing, ..SITE };
            let [pull, push] = [Way::Pull(ttl), Way::Push].map(|way| deliver(site, way, seed));
            prop_assert!(pull.first <= 200);
            prop_assert!(pull.sent - pull.first <= push.sent);
        }
    }
}
