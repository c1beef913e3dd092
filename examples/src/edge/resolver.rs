//! A resolver that walks a small tree of zones, and caches what it learns.
//!
//! Shown in `src/edge/resolver.md`.

use super::message::{Data, Message, Record};
use super::zones::{NameServer, is_in};
use crate::number::whole;
use crate::random::Random;
use std::collections::BTreeMap;
use std::net::Ipv4Addr;

/// A resolver with its cache.
#[derive(Debug, Clone)]
pub struct Resolver {
    /// The messages, as `sender -> receiver: text`.
    pub trace: Vec<String>,
    /// How many questions it sent.
    pub sent: u32,
    /// The name servers of its world. A change here is a change of a zone.
    pub servers: Vec<NameServer>,
    /// What is known of a name, and until when: addresses, a canonical name, or that
    /// there is none.
    known: BTreeMap<String, (u64, Vec<Data>)>,
    /// Which server is known for a zone, and until when.
    zones: BTreeMap<String, (u64, String)>,
    negative_ttl: u64,
}

impl Resolver {
    /// A resolver that knows only the root. It keeps "no such name" for `negative_ttl`
    /// seconds.
    pub fn new(servers: Vec<NameServer>, negative_ttl: u64) -> Self {
        Self {
            trace: Vec::new(),
            sent: 0,
            servers,
            known: BTreeMap::new(),
            zones: BTreeMap::new(),
            negative_ttl,
        }
    }

    // ANCHOR: resolve
    /// The addresses of a name at a time in seconds; none if there is no such name.
    pub fn resolve(&mut self, name: &str, now: u64) -> Vec<Ipv4Addr> {
        let mut name = name.to_owned();
        // Enough for any sensible chain of referrals and canonical names; a loop ends
        // here.
        for _ in 0..16 {
            if let Some((until, data)) = self.known.get(&name)
                && now < *until
            {
                match data.first() {
                    Some(Data::Cname(proper)) => {
                        name = proper.clone();
                        continue;
                    }
                    _ => return data.iter().filter_map(address).collect(),
                }
            }
            let server = self.closest(&name, now);
            let Some(answer) = self.ask(&server, &name) else {
                return Vec::new();
            };
            self.learn(&name, &answer, now);
        }
        Vec::new()
    }

    /// The server of the longest zone that the name is in and that is still known, else
    /// a root server.
    fn closest(&self, name: &str, now: u64) -> String {
        let fits = self
            .zones
            .iter()
            .filter(|(zone, (until, _))| now < *until && is_in(name, zone));
        fits.max_by_key(|(zone, _)| zone.len())
            .map_or("root".into(), |(_, (_, server))| server.clone())
    }
    // ANCHOR_END: resolve

    fn ask(&mut self, server: &str, name: &str) -> Option<Message> {
        self.sent += 1;
        let id = u16::try_from(self.sent).unwrap_or(u16::MAX);
        // Both directions go over the wire, in the bytes of RFC 1035.
        let question = Message::decode(&Message::question(id, name).encode())?;
        self.trace.push(format!("resolver -> {server}: {name}?"));
        let asked = self.servers.iter().find(|s| s.name == server)?;
        let answer = Message::decode(&asked.answer(&question).encode())?;
        let what = match (answer.answers.first(), answer.authority.first()) {
            (
                Some(Record {
                    data: Data::A(a),
                    ttl,
                    ..
                }),
                _,
            ) => format!("{a}, for {ttl} s"),
            (
                Some(Record {
                    data: Data::Cname(proper),
                    ..
                }),
                _,
            ) => format!("its name is {proper}"),
            (
                _,
                Some(Record {
                    data: Data::Ns(other),
                    ..
                }),
            ) => format!("ask {other}"),
            _ => "no such name".into(),
        };
        self.trace.push(format!("{server} -> resolver: {what}"));
        (answer.id == id).then_some(answer)
    }

    fn learn(&mut self, name: &str, answer: &Message, now: u64) {
        let least = |records: &[Record]| records.iter().map(|r| u64::from(r.ttl)).min();
        if let Some(Record {
            name: zone,
            ttl,
            data: Data::Ns(server),
        }) = answer.authority.first()
        {
            self.zones
                .insert(zone.clone(), (now + u64::from(*ttl), server.clone()));
        } else {
            let ttl = least(&answer.answers).unwrap_or(self.negative_ttl);
            let data = answer
                .answers
                .iter()
                .map(|record| record.data.clone())
                .collect();
            self.known.insert(name.to_owned(), (now + ttl, data));
        }
    }
}

fn address(data: &Data) -> Option<Ipv4Addr> {
    match data {
        Data::A(address) => Some(*address),
        _ => None,
    }
}

/// The outcome for a name that was asked for at random times, and whose address changed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Asked {
    /// Questions to the resolver.
    pub asked: u32,
    /// Questions that the resolver sent on.
    pub sent: u32,
    /// For how many seconds the old address was given out after the change.
    pub old_for: u64,
}

/// Asks a resolver that knows nothing for `www.example.com`, `rate` times a second on
/// average, for `seconds`. The record has this time to live, and its address changes at
/// the second `change`.
pub fn ask_at_random(
    ttl: u32,
    rate: f64,
    change: u64,
    seconds: u64,
    seed: u64,
) -> Asked {
    let new = Ipv4Addr::new(192, 0, 2, 99);
    let mut resolver = Resolver::new(super::zones::toy_tree(), 60);
    let mut random = Random::new(seed);
    let mut is_changed = false;
    resolver.servers[3].records[1].ttl = ttl;
    let (mut asked, mut old_until, mut time) = (0, change, 0.0);
    loop {
        time += random.exponential(1.0 / rate);
        let now = whole(time);
        if now >= seconds {
            break;
        }
        if now >= change && !is_changed {
            is_changed = true;
            resolver.servers[3].records[1].data = Data::A(new);
        }
        asked += 1;
        let found = resolver.resolve("www.example.com", now);
        if now >= change && found != [new] {
            old_until = now + 1;
        }
    }
    Asked {
        asked,
        sent: resolver.sent,
        old_for: old_until - change,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::edge::zones::toy_tree;
    use proptest::prelude::*;

    fn asked(resolver: &mut Resolver, name: &str, now: u64) -> (u32, Vec<u8>) {
        let before = resolver.sent;
        let found = resolver.resolve(name, now);
        (
            resolver.sent - before,
            found.iter().map(|a| a.octets()[3]).collect(),
        )
    }

    #[test]
    fn a_walk_asks_one_server_a_level_and_then_remembers() {
        let mut resolver = Resolver::new(toy_tree(), 60);
        assert_eq!(asked(&mut resolver, "www.example.com", 0), (3, vec![11]));
        assert_eq!(asked(&mut resolver, "www.example.com", 299), (0, vec![11]));
        assert_eq!(asked(&mut resolver, "example.com", 299), (1, vec![10]));
        assert_eq!(asked(&mut resolver, "www.example.com", 300), (1, vec![11]));
        assert_eq!(
            asked(&mut resolver, "www.example.com", 172_801),
            (3, vec![11])
        );
    }

    #[test]
    fn a_canonical_name_is_looked_up_in_its_own_zone() {
        let mut resolver = Resolver::new(toy_tree(), 60);
        assert_eq!(asked(&mut resolver, "img.example.com", 0), (6, vec![77]));
        // The canonical name is kept longer than its address.
        assert_eq!(asked(&mut resolver, "img.example.com", 100), (1, vec![77]));
    }

    #[test]
    fn what_does_not_exist_is_remembered_too() {
        let mut resolver = Resolver::new(toy_tree(), 60);
        assert_eq!(asked(&mut resolver, "ww.example.com", 0), (3, vec![]));
        assert_eq!(asked(&mut resolver, "ww.example.com", 59), (0, vec![]));
        assert_eq!(asked(&mut resolver, "ww.example.com", 60), (1, vec![]));
    }

    #[test]
    fn a_circle_of_names_ends() {
        let mut tree = toy_tree();
        tree[3].records.push(Record {
            name: "loop.example.com".into(),
            ttl: 9,
            data: Data::Cname("loop.example.com".into()),
        });
        assert_eq!(
            asked(&mut Resolver::new(tree, 60), "loop.example.com", 0).1,
            vec![]
        );
    }
    proptest! {
        /// The reference looks at the zone itself, without any walk: each answer was
        /// true at some moment within the last TTL.
        #[test]
        fn no_answer_is_older_than_its_time_to_live(
            ttl in 1..50u32,
            steps in prop::collection::vec((0..40u64, any::<bool>()), 1..60),
        ) {
            let mut resolver = Resolver::new(toy_tree(), 60);
            resolver.servers[3].records[1].ttl = ttl;
            let (mut now, mut truths, mut version) = (0, vec![(0, 11)], 11);
            for (wait, changes) in steps {
                now += wait;
                if changes {
                    version += 1;
                    resolver.servers[3].records[1].data = Data::A([192, 0, 2, version].into());
                    truths.push((now, version));
                }
                let (_, found) = asked(&mut resolver, "www.example.com", now);
                let end = |at: usize| truths.get(at + 1).map_or(u64::MAX, |(until, _)| *until);
                let was_true = truths
                    .iter()
                    .enumerate()
                    .any(|(at, (_, last))| found == [*last] && now < end(at).saturating_add(u64::from(ttl)));
                prop_assert!(was_true, "{found:?} at {now}, {truths:?}");
            }
        }
    }

    #[test]
    fn a_name_is_fetched_once_in_its_time_to_live_and_the_gap_after_it() {
        // Jung, Berger and Balakrishnan, 2003: at a rate of λ, one question is sent in
        // TTL + 1 / λ. The seconds here are whole, which takes half of one away.
        for (ttl, rate) in [(30, 0.01), (100, 0.1), (300, 2.0)] {
            let seconds = 200_000;
            let asked = ask_at_random(ttl, rate, 500, seconds, 1);
            let theory = 200_000.0 / (f64::from(ttl) + 1.0 / rate);
            let off = f64::from(asked.sent - 2) / theory - 1.0;
            assert!(off.abs() < 0.05, "{ttl} {rate}: {asked:?} {theory}");
            assert!(asked.old_for <= u64::from(ttl));
        }
    }
}
