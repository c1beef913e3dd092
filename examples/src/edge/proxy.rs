//! Proxies on the path of a request: who learns which address, and how many requests a
//! shared cache absorbs.
//!
//! Shown in `src/edge/proxies.md`.

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
}
