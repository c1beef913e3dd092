//! Proxies on the path of a request: who learns which address, and how many requests a
//! shared cache absorbs.
//!
//! Shown in `src/edge/proxies.md`.

use crate::number::float;
use crate::random::Random;
use crate::workload::Zipf;
use std::collections::BTreeSet;

/// What a machine on the path does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// It sends requests on behalf of clients, which are configured to use it.
    Forward,
    /// It answers in place of servers; to clients it looks like the server.
    Reverse,
}

/// A machine on the path of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Proxy {
    /// Its name.
    pub name: &'static str,
    /// Whose side it is on.
    pub kind: Kind,
    /// Whether it adds the address it was called from to the request.
    pub tells: bool,
}

/// What the two ends learn.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Seen {
    /// The steps, as `sender -> receiver: text`.
    pub trace: Vec<String>,
    /// Which name the client had to know to make the call, the site's name aside.
    pub client_calls: String,
    /// Where the request comes from, as the server sees it.
    pub server_sees: String,
    /// The earlier callers that the proxies named.
    pub told: Vec<String>,
}

// ANCHOR: send
/// Sends a request from a client over proxies to a server. Each machine only knows who
/// called it.
pub fn send(client: &str, proxies: &[Proxy], server: &str) -> Seen {
    let mut told: Vec<String> = Vec::new();
    let mut trace = Vec::new();
    let mut caller = client.to_owned();
    for proxy in proxies {
        let what = match proxy.kind {
            Kind::Forward => "GET http://site/",
            Kind::Reverse => "GET /",
        };
        trace.push(format!(
            "{caller} -> {}: {what}{}",
            proxy.name,
            header(&told)
        ));
        let former = std::mem::replace(&mut caller, proxy.name.to_owned());
        if proxy.tells {
            told.push(former);
        }
    }
    trace.push(format!("{caller} -> {server}: GET /{}", header(&told)));
    Seen {
        trace,
        client_calls: proxies
            .first()
            .map_or(server, |first| first.name)
            .to_owned(),
        server_sees: caller,
        told,
    }
}
// ANCHOR_END: send

fn header(told: &[String]) -> String {
    if told.is_empty() {
        return String::new();
    }
    format!(", for {}", told.join(", "))
}

/// How many requests reach the server when groups of clients share a cache with room
/// for everything.
///
/// A request is a client and a file. Clients are assigned to groups in turn.
pub fn requests_left(requests: &[(usize, usize)], groups: usize) -> usize {
    let fetched: BTreeSet<(usize, usize)> = requests
        .iter()
        .map(|(client, file)| (client % groups.max(1), *file))
        .collect();
    fetched.len()
}

/// The requests of an office, each a client and a file: clients ask equally often, and
/// files follow Zipf's law with this exponent.
pub fn office(
    people: usize,
    files: usize,
    popularity: f64,
    requests: usize,
    seed: u64,
) -> Vec<(usize, usize)> {
    let mut who = Random::new(seed.wrapping_mul(2).wrapping_add(1));
    Zipf::new(files, popularity, seed.wrapping_mul(2))
        .take(requests)
        .map(|file| (who.index(people), file))
        .collect()
}

/// How many of these requests are expected to leave, with as many equally busy groups: of
/// each file and group the first, if there is one.
pub fn expected_left(
    files: usize,
    popularity: f64,
    requests: usize,
    groups: usize,
) -> f64 {
    let weight = |file: usize| float(file + 1).powf(-popularity);
    let all: f64 = (0..files).map(weight).sum();
    let groups = float(groups.max(1));
    let none = |file| (-weight(file) / all / groups).ln_1p() * float(requests);
    groups * (0..files).map(|file| -none(file).exp_m1()).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;

    const OFFICE: Proxy = Proxy {
        name: "office proxy",
        kind: Kind::Forward,
        tells: false,
    };
    const EDGE: Proxy = Proxy {
        name: "edge",
        kind: Kind::Reverse,
        tells: true,
    };

    #[test]
    fn the_server_sees_the_last_proxy_and_what_proxies_tell() {
        let seen = send("ann", &[], "site");
        assert_eq!((&*seen.client_calls, &*seen.server_sees), ("site", "ann"));
        let seen = send("ann", &[OFFICE, EDGE], "site");
        assert_eq!(
            (&*seen.client_calls, &*seen.server_sees),
            ("office proxy", "edge")
        );
        // The office hides ann, so the edge can only name the office.
        assert_eq!(seen.told, ["office proxy"]);
        assert_eq!(seen.trace.len(), 3);
    }

    #[test]
    fn one_cache_for_all_fetches_each_file_once() {
        let requests: Vec<_> = (0..100).map(|at| (at % 20, at % 7)).collect();
        assert_eq!(requests_left(&requests, 1), 7);
        assert_eq!(requests_left(&requests, 20), 100);
    }

    #[test]
    fn as_many_requests_leave_as_expected() {
        for (popularity, groups) in [(0.0, 1), (0.8, 10), (1.2, 200)] {
            let left = (0..20)
                .map(|seed| {
                    let requests = office(200, 500, popularity, 20_000, seed);
                    float(requests_left(&requests, groups))
                })
                .sum::<f64>()
                / 20.0;
            let expected = expected_left(500, popularity, 20_000, groups);
            assert!((left / expected - 1.0).abs() < 0.01, "{left} {expected}");
        }
    }
}
