//! What happens when an address is typed: its parts, and the trips over the network
//! that it takes.
//!
//! Shown in `src/edge/address.md`.

/// The parts of an address that a browser needs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Url {
    /// `http` or `https`.
    pub scheme: String,
    /// The name of the server.
    pub host: String,
    /// The port.
    pub port: u16,
    /// What is asked of the server: path and query.
    pub path: String,
    /// What the browser keeps to itself: the part after `#`.
    pub fragment: Option<String>,
}

// ANCHOR: parse
/// Splits an address into its parts, after RFC 3986. Without a scheme it is taken as
/// `https`, as browsers do.
///
/// Returns nothing for other schemes, an empty host or a bad port. User names and
/// addresses in brackets are not known to it.
pub fn parse(address: &str) -> Option<Url> {
    let (scheme, rest) = address.split_once("://").unwrap_or(("https", address));
    let scheme = scheme.to_ascii_lowercase();
    let default_port = match scheme.as_str() {
        "http" => 80,
        "https" => 443,
        _ => return None,
    };
    let (rest, fragment) = match rest.split_once('#') {
        Some((rest, fragment)) => (rest, Some(fragment.to_owned())),
        None => (rest, None),
    };
    let split = rest.find(['/', '?']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(split);
    let (host, port) = match authority.split_once(':') {
        Some((host, port)) => (host, port.parse().ok()?),
        None => (authority, default_port),
    };
    let path = if path.starts_with('/') {
        path.to_owned()
    } else {
        format!("/{path}")
    };
    let host = host.to_ascii_lowercase();
    (!host.is_empty()).then_some(Url {
        scheme,
        host,
        port,
        path,
        fragment,
    })
}
// ANCHOR_END: parse

/// What the browser has already.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Has {
    /// Nothing.
    Nothing,
    /// The server's address.
    Address,
    /// An open connection.
    Connection,
    /// A fresh copy of the page.
    Page,
}

/// How connections are made secure.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Protocol {
    /// TCP, then TLS 1.2: one trip and two.
    Tls12,
    /// TCP, then TLS 1.3 (RFC 9846): one trip and one.
    Tls13,
    /// QUIC (RFC 9000), which does both in one.
    Quic,
}

/// Round-trip times, in milliseconds.
#[derive(Debug, Clone, Copy)]
pub struct Distances {
    /// From the browser to its resolver.
    pub resolver: f64,
    /// From the resolver to a name server.
    pub name_server: f64,
    /// How many name servers the resolver has to ask; 0 if it knows the address.
    pub name_servers: u32,
    /// From the browser to the server.
    pub server: f64,
    /// How long the server works on the page.
    pub work: f64,
}

/// A visit: its steps, as `time  sender -> receiver: text`, and the total time.
#[derive(Debug, Clone, PartialEq)]
pub struct Visit {
    /// The steps.
    pub trace: Vec<String>,
    /// Milliseconds until the first byte of the page is there.
    pub total: f64,
}

// ANCHOR: visit
/// Visits an address.
pub fn visit(url: &Url, has: Has, protocol: Protocol, far: Distances) -> Visit {
    let mut visit = Visit {
        trace: Vec::new(),
        total: 0.0,
    };
    if has == Has::Page {
        visit.step("browser -> browser", "the page is here and fresh", 0.0);
        return visit;
    }
    if has == Has::Nothing {
        visit.step(
            "browser -> resolver",
            &format!("address of {}?", url.host),
            0.0,
        );
        for number in 1..=far.name_servers {
            visit.step(
                "resolver -> name servers",
                &format!("question {number}"),
                far.name_server,
            );
        }
        visit.step("resolver -> browser", "192.0.2.11", far.resolver);
    }
    if has != Has::Connection {
        if protocol != Protocol::Quic {
            visit.step(
                "browser -> server",
                &format!("open port {}", url.port),
                far.server,
            );
        }
        let trips = match (url.scheme.as_str(), protocol) {
            ("http", _) => 0,
            (_, Protocol::Tls12) => 2,
            (_, Protocol::Tls13 | Protocol::Quic) => 1,
        };
        for trip in 1..=trips {
            visit.step(
                "browser -> server",
                &format!("agree on keys, trip {trip}"),
                far.server,
            );
        }
    }
    visit.step(
        "browser -> server",
        &format!("GET {}", url.path),
        far.server / 2.0,
    );
    visit.step("server -> server", "make the page", far.work);
    visit.step("server -> browser", "200 OK", far.server / 2.0);
    visit
}
// ANCHOR_END: visit

impl Visit {
    fn step(&mut self, who: &str, what: &str, takes: f64) {
        self.total += takes;
        self.trace
            .push(format!("{:.0} ms  {who}: {what}", self.total));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const FAR: Distances = Distances {
        resolver: 10.0,
        name_server: 30.0,
        name_servers: 3,
        server: 80.0,
        work: 50.0,
    };

    #[test]
    fn addresses_are_taken_apart() {
        let url = parse("HTTP://Example.com:8080/a/b?q=1#top").unwrap();
        assert_eq!(
            (&*url.scheme, &*url.host, url.port),
            ("http", "example.com", 8080)
        );
        assert_eq!(
            (&*url.path, url.fragment.as_deref()),
            ("/a/b?q=1", Some("top"))
        );
        let url = parse("example.com?q").unwrap();
        assert_eq!((url.port, &*url.path, url.fragment), (443, "/?q", None));
        for bad in [
            "",
            "https://",
            "ftp://example.com",
            "example.com:port",
            "https:///path",
        ] {
            assert_eq!(parse(bad), None, "{bad}");
        }
    }

    #[test]
    fn trips_add_up() {
        let url = parse("example.com").unwrap();
        // 10 + 3 × 30 for the name; 80 each for TCP and TLS; 80 and 50 for the page.
        for (has, protocol, expected) in [
            (Has::Nothing, Protocol::Tls13, 100.0 + 160.0 + 130.0),
            (Has::Nothing, Protocol::Tls12, 100.0 + 240.0 + 130.0),
            (Has::Address, Protocol::Quic, 80.0 + 130.0),
            (Has::Connection, Protocol::Tls13, 130.0),
            (Has::Page, Protocol::Tls13, 0.0),
        ] {
            let total = visit(&url, has, protocol, FAR).total;
            assert!(
                (total - expected).abs() < 1e-9,
                "{has:?} {protocol:?}: {total}"
            );
        }
    }

    proptest! {
        #[test]
        fn no_text_breaks_it_and_parts_come_from_the_text(text in "\\PC{0,40}") {
            if let Some(url) = parse(&text) {
                prop_assert!(!url.host.is_empty() && url.path.starts_with('/'));
                prop_assert!(!url.path.contains('#') && !url.host.contains(['/', '?', '#']));
            }
        }
    }
}
