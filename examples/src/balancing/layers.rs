//! What a balancer can decide by: addresses and ports (layer 4), or the request itself
//! (layer 7).
//!
//! Shown in `src/balancing/layers.md`.

use super::rule::{Balancer, Rule, View, hash};
use crate::random::Random;
use crate::workload::Zipf;

/// What identifies a connection: the five values that a layer 4 balancer sees in each
/// packet.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Flow {
    /// The client's address.
    pub source: u32,
    /// The client's port.
    pub source_port: u16,
    /// The address it connected to.
    pub target: u32,
    /// The port it connected to.
    pub target_port: u16,
    /// 6 for TCP, 17 for UDP.
    pub protocol: u8,
}

// ANCHOR: four
/// Layer 4: the server for a packet. All packets of a connection get the same one, and
/// nothing has to be remembered for it.
pub fn by_flow(flow: Flow, servers: usize) -> usize {
    let ports = u64::from(flow.source_port) << 16 | u64::from(flow.target_port);
    let addresses = u64::from(flow.source) << 32 | u64::from(flow.target);
    (hash(addresses) ^ hash(ports << 8 | u64::from(flow.protocol))) % servers.max(1)
}
// ANCHOR_END: four

/// What a layer 7 balancer reads of an HTTP/1.1 request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Request<'a> {
    /// `GET`, `POST` and so on.
    pub method: &'a str,
    /// The path.
    pub path: &'a str,
    /// The `Host` header.
    pub host: &'a str,
    /// The `Cookie` header.
    pub cookie: &'a str,
}

// ANCHOR: seven
/// Layer 7: reads the head of a request. Returns nothing if it is not HTTP, as when it
/// is encrypted.
pub fn parse(text: &str) -> Option<Request<'_>> {
    let mut lines = text.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, path, version) = (words.next()?, words.next()?, words.next()?);
    if !version.starts_with("HTTP/1.") || words.next().is_some() {
        return None;
    }
    let mut request = Request {
        method,
        path,
        host: "",
        cookie: "",
    };
    for line in lines.take_while(|line| !line.is_empty()) {
        let (name, value) = line.split_once(':')?;
        match name.to_ascii_lowercase().as_str() {
            "host" => request.host = value.trim(),
            "cookie" => request.cookie = value.trim(),
            _ => {}
        }
    }
    Some(request)
}

/// The first route whose prefix the path has names the pool of servers.
pub fn pool<'r>(request: &Request<'_>, routes: &[(&str, &'r str)]) -> Option<&'r str> {
    let fits = |route: &&(&str, &str)| request.path.starts_with(route.0);
    routes.iter().find(fits).map(|(_, pool)| *pool)
}
// ANCHOR_END: seven

/// How many requests each server gets from clients that keep one connection each: if
/// connections are balanced, by their hash, and if requests are, in turn.
///
/// Clients have random addresses and ports; how many requests each sends follows Zipf's
/// law with this exponent.
pub fn by_connection_and_request(
    clients: usize,
    exponent: f64,
    requests: usize,
    servers: usize,
    seed: u64,
) -> [Vec<u32>; 2] {
    let mut random = Random::new(seed.wrapping_mul(2).wrapping_add(1));
    let mut number = |below| u32::try_from(random.below(below)).unwrap_or(0);
    let mut flow = |_| Flow {
        source: number(1 << 32),
        source_port: u16::try_from(number(1 << 16)).unwrap_or(0),
        target: 0xc000_0201,
        target_port: 443,
        protocol: 6,
    };
    let flows: Vec<Flow> = (0..clients).map(&mut flow).collect();
    let servers = servers.max(1);
    let views = vec![
        View {
            weight: 1,
            in_flight: 0,
        };
        servers
    ];
    let mut balancer = Balancer::new(Rule::RoundRobin, seed);
    let mut loads = [vec![0; servers], vec![0; servers]];
    for client in Zipf::new(clients, exponent, seed.wrapping_mul(2)).take(requests) {
        loads[0][by_flow(flows[client], servers)] += 1;
        if let Some(server) = balancer.pick(&views, client as u64) {
            loads[1][server] += 1;
        }
    }
    loads
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn flow(source_port: u16) -> Flow {
        Flow {
            source: 0x0a00_0001,
            source_port,
            target: 0xcb00_7105,
            target_port: 443,
            protocol: 6,
        }
    }

    #[test]
    fn connections_spread_and_one_connection_stays() {
        let mut counts = [0u32; 4];
        for port in 1_024..5_024 {
            counts[by_flow(flow(port), 4)] += 1;
            assert_eq!(by_flow(flow(port), 4), by_flow(flow(port), 4));
        }
        assert!(
            counts.iter().all(|count| count.abs_diff(1_000) < 150),
            "{counts:?}"
        );
    }

    #[test]
    fn connections_of_equal_clients_are_as_uneven_as_balls_in_bins() {
        // Of 100 clients on 4 servers each has 25 ± 4.3, and so has the variance of the
        // requests, which come evenly from all.
        let (mut squares, mut seeds) = (0.0, 0.0);
        for seed in 0..400 {
            let [four, seven] = by_connection_and_request(100, 0.0, 20_000, 4, seed);
            assert_eq!(seven, [5_000; 4]);
            assert_eq!(four.iter().sum::<u32>(), 20_000);
            squares += (f64::from(four[0]) / 200.0 - 25.0).powi(2);
            seeds += 1.0;
        }
        let spread = (squares / seeds).sqrt();
        assert!((spread - 4.33).abs() < 0.5, "{spread}");
    }

    #[test]
    fn a_request_is_read_and_routed() {
        let text = "GET /img/a.png HTTP/1.1\r\nHost: example.com\r\nCOOKIE: id=7\r\n\r\nbody: x";
        let request = parse(text).unwrap();
        assert_eq!((request.host, request.cookie), ("example.com", "id=7"));
        let routes = [("/img/", "files"), ("/", "pages")];
        assert_eq!(pool(&request, &routes), Some("files"));
        assert_eq!(
            pool(
                &Request {
                    path: "/",
                    ..request
                },
                &routes
            ),
            Some("pages")
        );
        assert_eq!(pool(&request, &[]), None);
    }

    proptest! {
        #[test]
        fn nothing_that_arrives_breaks_the_parser(text in "\\PC{0,60}") {
            if let Some(request) = parse(&text) {
                prop_assert!(text.contains(request.path));
            }
        }

        #[test]
        fn what_is_written_is_read(
            method in "[A-Z]{1,7}", path in "/[a-z/]{0,12}", host in "[a-z.]{1,12}",
        ) {
            let text = format!("{method} {path} HTTP/1.1\r\nhost:  {host} \r\n\r\n");
            let request = parse(&text).unwrap();
            prop_assert_eq!((request.method, request.path, request.host), (&*method, &*path, &*host));
        }
    }
}
