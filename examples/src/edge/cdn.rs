//! A delivery network: copies of files at several places, loaded on request or pushed
//! in advance.
//!
//! Shown in `src/edge/cdn.md`.

use crate::workload::Zipf;
use std::collections::HashMap;

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
    /// Places with copies. Requests take them in turn.
    pub edges: usize,
    /// Requests a second.
    pub rate: usize,
    /// How long the run lasts, in seconds.
    pub duration: u64,
    /// Requests and files sent before this second fill the edges and are not counted.
    pub counted_from: u64,
    /// The seconds between two changes of a file.
    pub change_every: u64,
    /// How many files change: the most popular ones, in turn.
    pub changing: usize,
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
    copies: HashMap<(usize, usize), (u64, u64)>,
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
                self.copies.insert((edge, file), (now, u64::MAX));
                self.met.sent += 1;
            }
        }
    }

    /// A request for a file at the next edge.
    fn request(&mut self, file: usize, now: u64) {
        self.turn = (self.turn + 1) % self.site.edges;
        let edge = self.turn;
        let newest = self.changed[file];
        self.met.requests += 1;
        let version = match (self.copies.get(&(edge, file)).copied(), self.way) {
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
                self.copies.insert((edge, file), (newest, now + ttl));
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
        copies: HashMap::new(),
        turn: 0,
        met: Met::default(),
    };
    if way == Way::Push {
        (0..site.files).for_each(|file| network.change(file, 0));
    }
    let mut requests = Zipf::new(site.files, 1.0, seed);
    let changing = site.changing.clamp(1, site.files);
    for now in 0..site.duration {
        if now == site.counted_from {
            network.met = Met::default();
        }
        if now > 0 && now.is_multiple_of(site.change_every) {
            let file = usize::try_from(now / site.change_every).unwrap_or(0) % changing;
            network.change(file, now);
        }
        for file in requests.by_ref().take(site.rate) {
            network.request(file, now);
        }
    }
    network.met.copies = network.copies.len();
    network.met
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const SITE: Site = Site {
        files: 50,
        edges: 4,
        rate: 20,
        duration: 500,
        counted_from: 0,
        change_every: 25,
        changing: 50,
    };

    #[test]
    fn what_is_pushed_is_never_stale_or_slow_and_is_stored_everywhere() {
        let met = deliver(SITE, Way::Push, 1);
        assert_eq!((met.slow, met.stale, met.copies), (0, 0, 200));
        // 19 changes, each to all edges. The 200 initial copies are sent before
        // anything is counted.
        assert_eq!(met.sent, 19 * 4);
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
            ttl in 1..200u64, rate in 1..60usize, change_every in 5..60u64, changing in 1..50usize, seed in 0..9u64,
        ) {
            let site = Site { rate, change_every, changing, ..SITE };
            let [pull, push] = [Way::Pull(ttl), Way::Push].map(|way| deliver(site, way, seed));
            prop_assert!(pull.first <= 200);
            prop_assert!(pull.sent - pull.first <= push.sent);
        }
    }
}
