//! Hedged requests to servers that have queues, where a second copy is work that delays
//! other requests.
//!
//! Shown in `src/latency/hedging.md`.
//!
//! Canceling the copy that lost is what J. Dean and L. A. Barroso, "The Tail at Scale",
//! *Communications of the ACM* 56(2), 2013, build their "tied requests" on.

use super::fanout::Backend;
use super::percentile::percentile;
use crate::number::float;
use crate::random::Random;
use std::cmp::Reverse;
use std::collections::{BinaryHeap, VecDeque};

/// What happens to the copy that lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Loser {
    /// It is processed like any other request.
    Served,
    /// If it still waits in its queue, it is removed. A server finishes what it has
    /// begun.
    Canceled,
}

/// Servers with a queue each, and clients that hedge. Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fleet {
    /// How many servers there are. A request goes to one of them at random, its second
    /// copy to another one.
    pub servers: usize,
    /// What a server takes for a request.
    pub backend: Backend,
    /// The mean time between two requests, exponentially distributed.
    pub gap: f64,
    /// The time after which a second copy is sent; `None` for never.
    pub patience: Option<u64>,
    /// What happens to the copy that lost.
    pub loser: Loser,
    /// No second copy is sent while the share of requests that had one is above this.
    pub most_extra: f64,
}

/// What the clients saw.
#[derive(Debug, Clone, PartialEq)]
pub struct Hedged {
    /// For each request the time until its first answer, in microseconds, in the order
    /// of their arrival.
    pub times: Vec<u64>,
    /// Second copies sent.
    pub copies: u32,
    /// The time that servers worked, added up, in microseconds.
    pub worked: u64,
}

impl Hedged {
    /// A percentile of the times, in microseconds, without the first fifth of the
    /// requests, which find the queues emptier than they will be.
    pub fn percentile(&self, percent: f64) -> u64 {
        let warm = self.times.get(self.times.len() / 5..).unwrap_or_default();
        percentile(warm, percent).unwrap_or(0)
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Event {
    /// A server is done with a copy of a request.
    Done { server: usize, request: usize },
    /// A request's patience is over.
    Late { request: usize },
    /// The next request arrives.
    Arrival,
}

struct Request {
    arrival: u64,
    server: usize,
    answered: Option<u64>,
}

struct Run {
    fleet: Fleet,
    random: Random,
    arrivals: Random,
    /// Requests that are still to come.
    left: usize,
    now: u64,
    events: BinaryHeap<Reverse<(u64, Event)>>,
    requests: Vec<Request>,
    /// For each server its queue; the first one is being worked on.
    queues: Vec<VecDeque<usize>>,
    copies: u32,
    worked: u64,
}

impl Run {
    // ANCHOR: send
    /// Puts a copy of a request into a server's queue. An idle server begins at once.
    fn send(&mut self, request: usize, server: usize) {
        self.queues[server].push_back(request);
        if self.queues[server].len() == 1 {
            self.begin(server);
        }
    }

    /// Works on the first one in the queue. Copies whose request is already answered
    /// are dropped if losers are canceled.
    fn begin(&mut self, server: usize) {
        while let Some(request) = self.queues[server].front().copied() {
            let is_answered = self.requests[request].answered.is_some();
            if is_answered && self.fleet.loser == Loser::Canceled {
                self.queues[server].pop_front();
                continue;
            }
            let takes = self.fleet.backend.answer(&mut self.random);
            self.worked += takes;
            let done = Event::Done { server, request };
            self.events.push(Reverse((self.now + takes, done)));
            break;
        }
    }

    fn handle(&mut self, event: Event) {
        match event {
            Event::Done { server, request } => {
                self.requests[request].answered.get_or_insert(self.now);
                self.queues[server].pop_front();
                self.begin(server);
            }
            Event::Late { request } => {
                let within = f64::from(self.copies)
                    < self.fleet.most_extra * float(self.requests.len());
                if self.requests[request].answered.is_none() && within {
                    self.copies += 1;
                    let other = self.another_than(self.requests[request].server);
                    self.send(request, other);
                }
            }
            Event::Arrival => self.arrive(),
        }
    }
    // ANCHOR_END: send

    /// The next request arrives after a random time, if any is left.
    fn expect_next(&mut self) {
        if self.left > 0 {
            self.left -= 1;
            let at = self.now + self.arrivals.exponential_us(self.fleet.gap);
            self.events.push(Reverse((at, Event::Arrival)));
        }
    }

    fn arrive(&mut self) {
        self.expect_next();
        let (request, server) =
            (self.requests.len(), self.random.index(self.fleet.servers));
        self.requests.push(Request {
            arrival: self.now,
            server,
            answered: None,
        });
        self.send(request, server);
        if let Some(patience) = self.fleet.patience
            && self.fleet.servers > 1
        {
            let late = Event::Late { request };
            self.events.push(Reverse((self.now + patience, late)));
        }
    }

    fn another_than(&mut self, server: usize) -> usize {
        (server + 1 + self.random.index(self.fleet.servers - 1)) % self.fleet.servers
    }
}

/// Sends this many requests, and waits until all are answered.
pub fn hedge_queue(fleet: &Fleet, requests: usize, seed: u64) -> Hedged {
    let servers = fleet.servers.max(1);
    let mut run = Run {
        fleet: Fleet { servers, ..*fleet },
        random: Random::new(2 * seed),
        arrivals: Random::new(2 * seed + 1),
        left: requests,
        now: 0,
        events: BinaryHeap::new(),
        requests: Vec::with_capacity(requests),
        queues: vec![VecDeque::new(); servers],
        copies: 0,
        worked: 0,
    };
    run.expect_next();
    while let Some(Reverse((now, event))) = run.events.pop() {
        run.now = now;
        run.handle(event);
    }
    let times = run.requests.iter();
    let times =
        times.map(|request| request.answered.unwrap_or(run.now) - request.arrival);
    Hedged {
        times: times.collect(),
        copies: run.copies,
        worked: run.worked,
    }
}

#[cfg(test)]
mod tests {
    use super::super::fanout::hedged;
    use super::super::percentile::mean;
    use super::*;
    use proptest::prelude::*;

    const FLEET: Fleet = Fleet {
        servers: 5,
        backend: Backend {
            floor: 4_000,
            usual: 1_000.0,
            slow_share: 0.01,
            slow: 100_000,
        },
        gap: 2_000.0,
        patience: None,
        loser: Loser::Served,
        most_extra: 1.0,
    };

    #[test]
    fn without_a_hedge_each_server_is_the_queue_of_pollaczek_and_khinchine() {
        // A server gets a fifth of the requests, one every 10 ms, and takes 6 ms on
        // average: it is 60 % busy.
        let seen = hedge_queue(&FLEET, 600_000, 1);
        let (usual, slow, share) = (1_000.0, 100_000.0, 0.01);
        let service: f64 = 4_000.0 + usual + share * slow;
        let variance = usual * usual + share * (1.0 - share) * slow * slow;
        let wait = (variance + service * service)
            / 10_000.0
            / 2.0
            / (1.0 - service / 10_000.0);
        let seen = mean(&seen.times);
        let theory = service + wait;
        assert!((seen / theory - 1.0).abs() < 0.04, "{seen} {theory}");
    }

    #[test]
    fn on_idle_servers_a_hedge_does_what_it_does_without_queues() {
        let idle = Fleet {
            gap: 10_000_000.0,
            patience: Some(7_000),
            ..FLEET
        };
        let mut random = Random::new(9);
        let plain: Vec<_> = (0..200_000)
            .map(|_| hedged(&FLEET.backend, idle.patience, &mut random))
            .collect();
        let times: Vec<u64> = plain.iter().map(|run| run.time).collect();
        let copies = plain.iter().filter(|run| run.copies == 2).count();
        for loser in [Loser::Served, Loser::Canceled] {
            let seen = hedge_queue(&Fleet { loser, ..idle }, 200_000, 2);
            for percent in [50.0, 99.0, 99.9] {
                let at = |times: &[u64]| float(percentile(times, percent).unwrap());
                let (queued, alone) = (at(&seen.times), at(&times));
                assert!(
                    (queued / alone - 1.0).abs() < 0.03,
                    "{percent}: {queued} {alone}"
                );
            }
            assert!((f64::from(seen.copies) / float(copies) - 1.0).abs() < 0.05);
        }
    }

    #[test]
    fn two_copies_of_everything_are_twice_the_work_unless_the_loser_is_canceled() {
        let work = |patience, loser| {
            let fleet = Fleet {
                gap: 4_000.0,
                patience,
                loser,
                ..FLEET
            };
            float(hedge_queue(&fleet, 100_000, 3).worked)
        };
        let once = work(None, Loser::Served);
        assert!((work(Some(0), Loser::Served) / once - 2.0).abs() < 0.05);
        assert!(work(Some(0), Loser::Canceled) / once < 1.9);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn everybody_is_answered_and_the_cap_holds(
            servers in 1..6usize, patience in prop::option::of(0..30_000u64), cancel in any::<bool>(),
            most_extra in 0.0..1.0, seed in 0..100u64,
        ) {
            let loser = if cancel { Loser::Canceled } else { Loser::Served };
            let fleet = Fleet { servers, patience, loser, most_extra, gap: 9_000.0 / 5.0, ..FLEET };
            let seen = hedge_queue(&fleet, 300, seed);
            prop_assert_eq!(seen.times.len(), 300);
            prop_assert!(seen.times.iter().all(|time| *time >= 4_000));
            prop_assert!(f64::from(seen.copies) <= most_extra * 300.0 + 1.0);
            prop_assert!(patience.is_some() || seen.copies == 0);
        }
    }
}
