//! A lock with a lease: it expires by itself, so that a crashed holder doesn't keep it,
//! and a holder that was paused may rely on it for too long.
//!
//! Shown in `src/consensus/leases.md`.
//!
//! After C. Gray and D. Cheriton, "Leases: an Efficient Fault-Tolerant Mechanism for
//! Distributed File Cache Consistency", SOSP 1989, and M. Kleppmann, *Designing
//! Data-Intensive Applications*, 2017, chapter 8. Times are in milliseconds.

use crate::availability::fencing::Storage;

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
    /// A service whose leases last this long.
    pub fn new(length: u64) -> Self {
        Self {
            length,
            granted: 0,
            current: None,
        }
    }

    // ANCHOR: acquire
    /// Gives the lock to a client if no one holds it now.
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

/// The outcome of two clients that each add to a value under the lock.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// What happened, as lines such as `1010 ms  client2 -> store: read 0, token 2`.
    pub trace: Vec<String>,
    /// Additions that their clients consider done.
    pub done: u64,
    /// What is stored.
    pub stored: u64,
}

// ANCHOR: pause
/// Client 1 takes the lock, reads, checks its lease, is paused, and writes. Client 2
/// tries to get the lock every 100 ms, reads 10 ms after it got it, and writes after 20
/// ms. Every read and write carries its client's token.
pub fn paused_holder(length: u64, pause: u64, store_checks_tokens: bool) -> Outcome {
    let mut service = LockService::new(length);
    let mut store = Storage::new(store_checks_tokens);
    let mut outcome = Outcome {
        trace: Vec::new(),
        done: 0,
        stored: 0,
    };
    let Some(one) = service.acquire(1, 0) else {
        return outcome;
    };
    outcome.log(0, &format!("client1 -> lock: acquire, token {}", one.token));
    let read_by_one = outcome.read(5, "client1", &mut store, one.token);
    outcome.log(
        10,
        &format!("client1 -> client1: lease is valid, paused for {pause} ms"),
    );
    let wakes = 10 + pause;
    let (mut two, mut read_by_two) = (None, 0);
    for now in 10..=wakes + 20 {
        if now == wakes {
            outcome.add(now, "client1", &mut store, one.token, read_by_one);
        }
        if now % 100 == 0 && now < wakes && two.is_none() {
            two = service.acquire(2, now).map(|lease| (now, lease.token));
            if let Some((_, token)) = two {
                outcome.log(now, &format!("client2 -> lock: acquire, token {token}"));
            }
        }
        match two {
            Some((since, token)) if now == since + 10 => {
                read_by_two = outcome.read(now, "client2", &mut store, token);
            }
            Some((since, token)) if now == since + 20 => {
                outcome.add(now, "client2", &mut store, token, read_by_two);
            }
            _ => {}
        }
    }
    outcome.stored = store.value;
    outcome
}
// ANCHOR_END: pause

impl Outcome {
    fn log(&mut self, now: u64, line: &str) {
        self.trace.push(format!("{now:4} ms  {line}"));
    }

    /// Only the current holder reads, so that no token is refused.
    fn read(&mut self, now: u64, client: &str, store: &mut Storage, token: u64) -> u64 {
        let value = store.read(token).unwrap_or(0);
        self.log(
            now,
            &format!("{client} -> store: read {value}, token {token}"),
        );
        value
    }

    fn add(
        &mut self,
        now: u64,
        client: &str,
        store: &mut Storage,
        token: u64,
        read: u64,
    ) {
        let value = read + 1;
        self.log(
            now,
            &format!("{client} -> store: write {value}, token {token}"),
        );
        if store.write(token, value) {
            self.done += 1;
        } else {
            self.log(now, &format!("store -> {client}: refused"));
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

    /// It may wake up before the new holder's read, between its read and its write, or
    /// after that.
    #[test]
    fn with_tokens_nothing_is_lost_whenever_the_old_holder_wakes_up() {
        let outcomes = (980..1_030).map(|pause| paused_holder(1_000, pause, true));
        let ends: Vec<_> = outcomes
            .map(|outcome| (outcome.done, outcome.stored))
            .collect();
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
            let outcome = paused_holder(length, pause, true);
            prop_assert_eq!(outcome.done, outcome.stored);
        }

        #[test]
        fn a_pause_within_the_lease_does_no_harm(length in 200..2_000u64, pause in 0..150u64) {
            let outcome = paused_holder(length, pause, false);
            prop_assert_eq!((outcome.done, outcome.stored), (1, 1));
        }
    }
}
