//! The frontier of a web crawler: what to fetch next, without asking one host too
//! often. Times are in milliseconds.
//!
//! Shown in `src/cases/crawler.md`.
//!
//! After A. Heydon and M. Najork, "Mercator: A Scalable, Extensible Web Crawler",
//! *World Wide Web* 2(4), 1999.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use crate::number::{float, whole_count};

/// A page's host and its number there.
pub type Page = (usize, usize);

/// Pages to fetch: a queue for each host, and the time from which the host may be asked
/// again.
#[derive(Debug, Clone, Default)]
pub struct Frontier {
    queues: BTreeMap<usize, VecDeque<Page>>,
    allowed: BTreeSet<(u64, usize)>,
    seen: BTreeSet<Page>,
    delay: u64,
}

impl Frontier {
    /// A frontier that leaves `delay` between two requests to a host.
    pub fn new(delay: u64) -> Self {
        Self {
            delay,
            ..Self::default()
        }
    }

    // ANCHOR: frontier
    /// Adds a page, unless it was seen before.
    pub fn add(&mut self, page: Page, now: u64) -> bool {
        if !self.seen.insert(page) {
            return false;
        }
        let (host, _) = page;
        let queue = self.queues.entry(host).or_insert_with(|| {
            self.allowed.insert((now, host));
            VecDeque::new()
        });
        queue.push_back(page);
        true
    }

    /// The next page and the time from which it may be fetched: of the host that may be
    /// asked first.
    pub fn next(&mut self, now: u64) -> Option<(u64, Page)> {
        loop {
            let (time, host) = self.allowed.pop_first()?;
            let Some(page) = self.queues.get_mut(&host).and_then(VecDeque::pop_front)
            else {
                self.queues.remove(&host); // Empty, and polite again from now on.
                continue;
            };
            let at = time.max(now);
            self.allowed.insert((at + self.delay, host));
            return Some((at, page));
        }
    }
    // ANCHOR_END: frontier
}

/// What a crawl took.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Crawl {
    /// Pages that were fetched.
    pub fetched: u64,
    /// When the last one was.
    pub time: u64,
    /// Links to pages that were known.
    pub known: u64,
    /// The shortest time between two requests to one host.
    pub closest: u64,
}

// ANCHOR: crawl
/// Fetches all pages of hosts that have as many each as `sizes` says, one request after
/// the other of `fetch` ms. Page n links to pages 2n + 1 and 2n + 2 of its host, to its
/// first page, and to the same page of the next host.
pub fn crawl(sizes: &[usize], fetch: u64, delay: u64) -> Crawl {
    let mut frontier = Frontier::new(delay);
    let mut crawl = Crawl {
        fetched: 0,
        time: 0,
        known: 0,
        closest: u64::MAX,
    };
    let mut last: BTreeMap<usize, u64> = BTreeMap::new();
    let mut now = 0;
    let exists = |(host, page): &Page| sizes.get(*host).is_some_and(|size| page < size);
    if exists(&(0, 0)) {
        frontier.add((0, 0), 0);
    }
    while let Some((at, (host, page))) = frontier.next(now) {
        if let Some(before) = last.insert(host, at) {
            crawl.closest = crawl.closest.min(at - before);
        }
        now = at + fetch;
        crawl.fetched += 1;
        crawl.time = now;
        let links = [
            (host, 2 * page + 1),
            (host, 2 * page + 2),
            (host, 0),
            ((host + 1) % sizes.len(), page),
        ];
        for link in links.into_iter().filter(exists) {
            crawl.known += u64::from(!frontier.add(link, now));
        }
    }
    crawl
}
// ANCHOR_END: crawl

/// Pages divided over hosts: the host of rank k gets a share in proportion to
/// 1 / k^`exponent`, and at least one page. An exponent of 0 makes them equal.
pub fn sizes(hosts: usize, pages: usize, exponent: f64) -> Vec<usize> {
    let weight = |rank: usize| float(rank).powf(-exponent);
    let all: f64 = (1..=hosts).map(weight).sum();
    let share = |rank| whole_count((float(pages) * weight(rank) / all).round());
    (1..=hosts).map(|rank| share(rank).max(1)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn every_page_is_fetched_once_and_hosts_are_left_in_peace(
            sizes in prop::collection::vec(1..30usize, 1..8), fetch in 1..50u64, delay in 0..500u64,
        ) {
            let crawl = crawl(&sizes, fetch, delay);
            prop_assert_eq!(crawl.fetched, sizes.iter().sum::<usize>() as u64);
            prop_assert!(crawl.closest >= delay.max(1));
            prop_assert!(crawl.time >= crawl.fetched * fetch);
            // No plan is faster than the largest host at its own pace.
            let largest = *sizes.iter().max().unwrap_or(&1) as u64;
            prop_assert!(crawl.time >= (largest - 1) * delay.max(fetch) + fetch);
        }

        #[test]
        fn sizes_add_up_and_fall(hosts in 1..60usize, exponent in 0.0..1.5f64) {
            let sizes = sizes(hosts, 2_000, exponent);
            prop_assert!(sizes.is_sorted_by(|a, b| a >= b));
            prop_assert!(sizes.iter().sum::<usize>().abs_diff(2_000) <= hosts);
        }
    }
}
