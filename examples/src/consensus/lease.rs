//! A lock with a lease: it ends by itself, so that a crashed holder doesn't keep it, and a holder that was paused may believe in it
//! for too long.
//!
//! After C. Gray and D. Cheriton, "Leases: an Efficient Fault-Tolerant Mechanism for Distributed File Cache Consistency", SOSP
//! 1989, and M. Kleppmann, *Designing Data-Intensive Applications*, 2017, chapter 8. Times are in milliseconds.

use crate::availability::Storage;

/// Who holds a lock, until when, and with which token.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lease {
    /// The holder.
    pub client: usize,
    /// When it ends.
    pub until: u64,
    /// The number of the grant: each is one higher than the last.
    pub token: u64,
}

/// A service that gives a lock to one client at a time.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct LockService {
    length: u64,
    granted: u64,
    current: Option<Lease>,
}

impl LockService {
    /// A service whose leases are so long.
    pub fn new(length: u64) -> Self {
        Self {
            length,
            granted: 0,
            current: None,
        }
    }

    // ANCHOR: acquire
    /// Gives the lock to a client if nobody holds it now.
    pub fn acquire(&mut self, client: usize, now: u64) -> Option<Lease> {
        if self.current.is_some_and(|lease| now < lease.until) {
            return None;
        }
        self.granted += 1;
        let lease = Lease {
            client,
            until: now + self.length,
            token: self.granted,
        };
        self.current = Some(lease);
        self.current
    }

    /// Makes a lease longer, if it is still the current one.
    pub fn renew(&mut self, lease: Lease, now: u64) -> Option<Lease> {
        let is_current = self.current == Some(lease) && now < lease.until;
        let longer = Lease {
            until: now + self.length,
            ..lease
        };
        if is_current {
            self.current = Some(longer);
        }
        is_current.then_some(longer)
    }
    // ANCHOR_END: acquire
}

/// What came of two clients that both add to a value under the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Story {
    /// What happened, as lines with their times.
    pub trace: Vec<(u64, String)>,
    /// Additions that their clients hold to be done.
    pub done: u64,
    /// What is stored.
    pub stored: u64,
}

// ANCHOR: pause
/// Client 1 takes the lock, reads, looks at its lease, is paused for so long, and writes. Client 2 tries for the lock every 100 ms,
/// and 10 ms after it has it, it reads, and after 20 it writes. Every read and write carries its client's token.
pub fn paused_holder(length: u64, pause: u64, store_checks_tokens: bool) -> Story {
    let mut service = LockService::new(length);
    let mut store = Storage::new(store_checks_tokens);
    let mut story = Story {
        trace: Vec::new(),
        done: 0,
        stored: 0,
    };
    let Some(one) = service.acquire(1, 0) else {
        return story;
    };
    story.tell(0, format!("client1 -> lock: acquire, token {}", one.token));
    let read_by_one = story.read(5, "client1", &mut store, one.token);
    story.tell(
        10,
        format!("client1 -> client1: lease is valid, paused for {pause} ms"),
    );
    let wakes = 10 + pause;
    let (mut two, mut read_by_two) = (None, 0);
    for now in 10..=wakes + 20 {
        if now == wakes {
            story.add(now, "client1", &mut store, one.token, read_by_one);
        }
        if now % 100 == 0 && now < wakes && two.is_none() {
            two = service.acquire(2, now).map(|lease| (now, lease.token));
            if let Some((_, token)) = two {
                story.tell(now, format!("client2 -> lock: acquire, token {token}"));
            }
        }
        match two {
            Some((since, token)) if now == since + 10 => {
                read_by_two = story.read(now, "client2", &mut store, token);
            }
            Some((since, token)) if now == since + 20 => {
                story.add(now, "client2", &mut store, token, read_by_two);
            }
            _ => {}
        }
    }
    story.stored = store.value;
    story
}
// ANCHOR_END: pause

impl Story {
    fn tell(&mut self, now: u64, line: String) {
        self.trace.push((now, line));
    }

    /// Only the current holder reads, so that no token is refused.
    fn read(&mut self, now: u64, client: &str, store: &mut Storage, token: u64) -> u64 {
        let value = store.read(token).unwrap_or(0);
        self.tell(
            now,
            format!("{client} -> store: read {value}, token {token}"),
        );
        value
    }

    fn add(&mut self, now: u64, client: &str, store: &mut Storage, token: u64, read: u64) {
        let value = read + 1;
        self.tell(
            now,
            format!("{client} -> store: write {value}, token {token}"),
        );
        if store.write(token, value) {
            self.done += 1;
        } else {
            self.tell(now, format!("store -> {client}: refused"));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_paused_holder_overwrites_unless_the_store_checks() {
        let plain = paused_holder(1_000, 5_000, false);
        assert_eq!((plain.done, plain.stored), (2, 1));
        let fenced = paused_holder(1_000, 5_000, true);
        assert_eq!((fenced.done, fenced.stored), (1, 1));
    }

    /// It may wake up before the new holder's read, between its read and its write, or after that.
    #[test]
    fn with_tokens_nothing_is_lost_whenever_the_old_holder_wakes_up() {
        let stories = (980..1_030).map(|pause| paused_holder(1_000, pause, true));
        let ends: Vec<_> = stories.map(|story| (story.done, story.stored)).collect();
        assert!(ends.contains(&(1, 1)) && ends.contains(&(2, 2)), "{ends:?}");
        assert!(ends.iter().all(|(done, stored)| done == stored), "{ends:?}");
    }

    proptest! {
        #[test]
        fn no_two_leases_overlap_and_tokens_grow(steps in prop::collection::vec((0..3usize, 0..500u64, any::<bool>()), 1..60)) {
            let mut service = LockService::new(700);
            let (mut now, mut last): (u64, Option<Lease>) = (0, None);
            for (client, gap, renews) in steps {
                now += gap;
                let got = match last {
                    Some(lease) if renews => service.renew(lease, now),
                    _ => service.acquire(client, now),
                };
                if let (Some(old), Some(new)) = (last, got) {
                    prop_assert!(new.token > old.token && old.until <= now || new.token == old.token && now < old.until);
                }
                last = got.or(last);
            }
        }

        #[test]
        fn with_tokens_what_is_done_is_stored(length in 1..2_000u64, pause in 0..5_000u64) {
            let story = paused_holder(length, pause, true);
            prop_assert_eq!(story.done, story.stored);
        }

        #[test]
        fn a_pause_within_the_lease_does_no_harm(length in 200..2_000u64, pause in 0..150u64) {
            let story = paused_holder(length, pause, false);
            prop_assert_eq!((story.done, story.stored), (1, 1));
        }
    }
}
