//! TLS as a trace of messages, with a toy key exchange. It shows round trips and who
//! knows what, and protects nothing.
//!
//! Shown in `src/services/handshake.md`.
//!
//! The messages are those of RFC 5246 (TLS 1.2), RFC 9846 (TLS 1.3), and RFC 9001 (TLS
//! in QUIC).

use std::fmt;

use crate::simulation::{Conditions, Event, Network};

/// How a connection is set up.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Setup {
    /// TCP alone, with nothing hidden.
    Plain,
    /// TLS 1.2 from the beginning.
    Tls12,
    /// TLS 1.3 from the beginning.
    Tls13,
    /// TLS 1.3 with early data, to a server that was visited before.
    Tls13Early,
    /// QUIC, whose first message already has the client hello of TLS 1.3.
    Quic,
    /// QUIC with early data, to a server that was visited before.
    QuicEarly,
}

/// A message, by its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Named(&'static str);

impl fmt::Display for Named {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl Setup {
    // ANCHOR: steps
    /// The messages until the first answer, from the client and from the server in
    /// turn.
    fn steps(self) -> &'static [&'static str] {
        match self {
            Self::Plain => &["TCP SYN", "TCP SYN, ACK", "request", "answer"],
            Self::Tls12 => &[
                "TCP SYN",
                "TCP SYN, ACK",
                "client hello",
                "server hello, certificate, key share",
                "key share, finished",
                "finished",
                "request (hidden)",
                "answer (hidden)",
            ],
            Self::Tls13 => &[
                "TCP SYN",
                "TCP SYN, ACK",
                "client hello, key share",
                "server hello, key share, certificate (hidden), finished",
                "finished, request (hidden)",
                "answer (hidden)",
            ],
            Self::Tls13Early => &[
                "TCP SYN",
                "TCP SYN, ACK",
                "client hello, key share, request (hidden, early)",
                "server hello, finished, answer (hidden)",
            ],
            Self::Quic => &[
                "client hello, key share",
                "server hello, key share, certificate (hidden), finished",
                "finished, request (hidden)",
                "answer (hidden)",
            ],
            Self::QuicEarly => &[
                "client hello, key share, request (hidden, early)",
                "server hello, finished, answer (hidden)",
            ],
        }
    }
    // ANCHOR_END: steps
}

// ANCHOR: connect
/// Plays the messages over a network with a delay each way, in microseconds. Returns
/// when the answer came, and the trace.
pub fn connect(setup: Setup, delay: u64) -> (u64, Vec<String>) {
    let conditions = Conditions {
        min_delay: delay,
        max_delay: delay,
        ..Conditions::default()
    };
    let mut network: Network<Named, ()> =
        Network::new(["client", "server"], conditions, 1);
    let mut steps = setup.steps().iter().map(|name| Named(name));
    if let Some(first) = steps.next() {
        network.send(0, 1, first);
    }
    while let Some(event) = network.next_event() {
        if let (Event::Message { from, to, .. }, Some(next)) = (event, steps.next()) {
            network.send(to, from, next);
        }
    }
    (network.now(), network.timed_lines().collect())
}
// ANCHOR_END: connect

// ANCHOR: exchange
/// `base` to the power of `secret`, modulo a prime: easy to compute, and hard to invert
/// when the numbers are large. Here they are tiny.
pub fn key_share(base: u64, secret: u64, prime: u64) -> u64 {
    let prime = prime.max(1);
    let mut power = 1 % prime;
    for _ in 0..secret {
        power = power * (base % prime) % prime;
    }
    power
}
// ANCHOR_END: exchange

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn round_trips_are_those_of_the_standards() {
        let round_trips = |setup| connect(setup, 500).0 / 1_000;
        let all = [
            Setup::Plain,
            Setup::Tls12,
            Setup::Tls13,
            Setup::Tls13Early,
            Setup::Quic,
            Setup::QuicEarly,
        ];
        assert_eq!(all.map(round_trips), [2, 4, 3, 2, 2, 1]);
    }

    proptest! {
        #[test]
        fn both_sides_come_to_the_same_key(a in 1..500u64, b in 1..500u64, base in 2..1_000u64) {
            let prime = 7_919;
            let (alice, bob) = (key_share(base, a, prime), key_share(base, b, prime));
            prop_assert_eq!(key_share(bob, a, prime), key_share(alice, b, prime));
        }
    }
}
