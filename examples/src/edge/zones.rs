//! Name servers, the zones they know, and a small tree of them: RFC 1034, section 4.
//!
//! Shown in `src/edge/resolver.md`.

use super::message::{Data, Message, Record};
use std::net::Ipv4Addr;

/// A server that knows some zones: what it is called, and its records.
#[derive(Debug, Clone)]
pub struct NameServer {
    /// Its name.
    pub name: &'static str,
    /// The zone it is responsible for; the root is the empty name.
    pub zone: &'static str,
    /// The zone's records, those that hand parts of it to other servers included.
    pub records: Vec<Record>,
}

impl NameServer {
    // ANCHOR: answer
    /// Answers a question for an address: with records, with the servers that know
    /// more, or with the fact that there is no such name.
    pub fn answer(&self, question: &Message) -> Message {
        let mut answer = Message {
            is_answer: true,
            ..question.clone()
        };
        let Some((name, _)) = question.questions.first() else {
            return answer;
        };
        let is_delegation = |record: &Record| {
            matches!(record.data, Data::Ns(_)) && record.name != self.zone
        };
        let handed_on = |r: &&Record| is_delegation(r) && is_in(name, &r.name);
        if let Some(delegation) = self.records.iter().find(handed_on) {
            let servers = self.of(&delegation.name).filter(|r| is_delegation(r));
            answer.authority = servers.cloned().collect();
            return answer;
        }
        answer.is_authoritative = true;
        let found = self.of(name).filter(|r| !matches!(r.data, Data::Ns(_)));
        answer.answers = found.cloned().collect();
        answer.code = if answer.answers.is_empty() { 3 } else { 0 };
        answer
    }
    // ANCHOR_END: answer

    fn of<'a>(&'a self, name: &'a str) -> impl Iterator<Item = &'a Record> {
        self.records
            .iter()
            .filter(move |record| record.name == name)
    }
}

/// Whether a name is a zone's name or below it.
pub(crate) fn is_in(name: &str, zone: &str) -> bool {
    zone.is_empty()
        || name == zone
        || name
            .strip_suffix(zone)
            .is_some_and(|rest| rest.ends_with('.'))
}

/// A small tree: the root, `com`, `example.com` with a page server, and `cdn.net` with
/// its pictures.
pub fn toy_tree() -> Vec<NameServer> {
    let ns = |name: &str, server: &str, ttl| Record {
        name: name.into(),
        ttl,
        data: Data::Ns(server.into()),
    };
    let a = |name: &str, last, ttl| Record {
        name: name.into(),
        ttl,
        data: Data::A(Ipv4Addr::new(192, 0, 2, last)),
    };
    let cname = |name: &str, proper: &str, ttl| Record {
        name: name.into(),
        ttl,
        data: Data::Cname(proper.into()),
    };
    let server = |name, zone, records| NameServer {
        name,
        zone,
        records,
    };
    vec![
        server(
            "root",
            "",
            vec![
                ns("com", "a.com-servers", 172_800),
                ns("net", "a.net-servers", 172_800),
            ],
        ),
        server(
            "a.com-servers",
            "com",
            vec![ns("example.com", "ns.example.com", 172_800)],
        ),
        server(
            "a.net-servers",
            "net",
            vec![ns("cdn.net", "ns.cdn.net", 172_800)],
        ),
        server(
            "ns.example.com",
            "example.com",
            vec![
                a("example.com", 10, 300),
                a("www.example.com", 11, 300),
                cname("img.example.com", "example.cdn.net", 300),
            ],
        ),
        server("ns.cdn.net", "cdn.net", vec![a("example.cdn.net", 77, 60)]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_zone_is_not_the_end_of_another_word() {
        assert!(is_in("www.example.com", "example.com") && is_in("a", ""));
        assert!(!is_in("badexample.com", "example.com"));
    }
}
