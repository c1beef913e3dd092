//! The eight fallacies of distributed computing as programs that fail.
//!
//! Shown in `src/services/fallacies.md`.
//!
//! The list is that of P. Deutsch and others at Sun Microsystems; A. Rotem-Gal-Oz,
//! "Fallacies of Distributed Computing Explained".

use crate::number::float;
use std::collections::BTreeSet;

use crate::random::Random;
use crate::simulation::{Conditions, Event, Network};

/// What a program expected, and what happened.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Failed {
    /// By the false assumption.
    pub expected: f64,
    /// On the network.
    pub got: f64,
}

// ANCHOR: first
/// Fallacy 1, "The network is reliable": messages are sent once; how many arrive?
pub fn reliable(messages: u32, loss: f64, seed: u64) -> Failed {
    let conditions = Conditions {
        loss,
        ..Conditions::default()
    };
    let mut network: Network<u32, ()> = Network::new(["a", "b"], conditions, seed);
    for n in 0..messages {
        network.send(0, 1, n);
    }
    let arrived = std::iter::from_fn(|| network.next_event());
    Failed {
        expected: f64::from(messages),
        got: float(arrived.count()),
    }
}

/// Fallacy 2, "Latency is zero": a loop requests one item after the other. Seconds,
/// with a delay in microseconds each way.
pub fn latency(items: u32, delay: u64) -> Failed {
    let conditions = Conditions {
        min_delay: delay,
        max_delay: delay,
        ..Conditions::default()
    };
    let mut network: Network<u32, ()> = Network::new(["a", "b"], conditions, 1);
    for n in 0..items {
        network.send(0, 1, n);
        while let Some(Event::Message { to: 1, message, .. }) = network.next_event() {
            network.send(1, 0, message);
        }
    }
    let seconds = float(network.now()) / 1e6;
    Failed {
        expected: 0.0,
        got: seconds,
    }
}
// ANCHOR_END: first

// ANCHOR: second
/// Fallacy 3, "Bandwidth is infinite": clients request a picture at the same time.
/// Seconds until the last one has it.
pub fn bandwidth(clients: u32, bytes: f64, bytes_a_second: f64) -> Failed {
    let one = bytes / bytes_a_second;
    let mut sent_at = 0.0; // The line sends one picture behind the other.
    for _ in 0..clients {
        sent_at += one;
    }
    Failed {
        expected: one,
        got: sent_at,
    }
}

/// Fallacy 4, "The network is secure": an attacker on the path inserts a digit into a
/// payment, in front of the amount.
pub fn secure(amount: u32, inserted: &str) -> Failed {
    let mut received = format!("pay {amount} to bob");
    received.insert_str("pay ".len(), inserted);
    let received = received
        .split(' ')
        .nth(1)
        .and_then(|number| number.parse().ok());
    Failed {
        expected: f64::from(amount),
        got: received.unwrap_or(0.0),
    }
}
// ANCHOR_END: second

// ANCHOR: third
/// Fallacy 5, "The topology doesn't change": a client resolved addresses once, and
/// instances chosen at random have been replaced since. Percent of its addresses that
/// still work, the mean of `trials`.
pub fn topology(
    instances: u64,
    replaced: usize,
    trials: u32,
    random: &mut Random,
) -> Failed {
    let mut working = 0;
    for _ in 0..trials {
        let mut addresses: BTreeSet<u64> = (0..instances).collect();
        for _ in 0..replaced {
            // The new instance has an address that the client doesn't know.
            addresses.remove(&random.below(instances));
        }
        working += addresses.len();
    }
    Failed {
        expected: 100.0,
        got: float(working) * 100.0 / (f64::from(trials) * float(instances)),
    }
}

/// Fallacy 6, "There is one administrator": a message passes only if every owner on the
/// path allows its port. Counts the ports that the first owner allows, and those that
/// actually work.
pub fn administrators(rules: &[&[u16]]) -> Failed {
    let first = rules.first().copied().unwrap_or(&[]);
    let pass = first
        .iter()
        .filter(|port| rules.iter().all(|rule| rule.contains(port)));
    Failed {
        expected: float(first.len()),
        got: float(pass.count()),
    }
}
// ANCHOR_END: third

// ANCHOR: fourth
/// How a record is encoded for transport.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// Four bytes for each value, in an order that both sides know.
    Binary,
    /// JSON: names and digits.
    Json,
}

/// Fallacy 7, "Transport cost is zero": bytes of a record's values in memory, and bytes
/// of the message that carries them.
pub fn transport_cost(record: &[(&str, u32)], format: Format) -> Failed {
    let message = match format {
        Format::Binary => record
            .iter()
            .flat_map(|(_, value)| value.to_be_bytes())
            .collect(),
        Format::Json => {
            let fields = record
                .iter()
                .map(|(name, value)| format!("\"{name}\":{value}"));
            let fields: Vec<String> = fields.collect();
            format!("{{{}}}", fields.join(",")).into_bytes()
        }
    };
    Failed {
        expected: float(size_of::<u32>() * record.len()),
        got: float(message.len()),
    }
}

/// Fallacy 8, "The network is homogeneous": one machine writes a number with its
/// highest byte first, another reads it with its lowest first.
pub fn homogeneous(number: u32) -> Failed {
    let sent = number.to_be_bytes();
    Failed {
        expected: f64::from(number),
        got: f64::from(u32::from_le_bytes(sent)),
    }
}
// ANCHOR_END: fourth

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_assumption_holds_only_in_its_own_world() {
        // Where the assumption is true, what was expected happens.
        let holds = |failed: Failed| (failed.expected - failed.got).abs() < 1e-9;
        assert!(holds(reliable(100, 0.0, 1)) && !holds(reliable(1_000, 0.1, 1)));
        assert!(holds(latency(100, 0)) && !holds(latency(100, 1_000)));
        assert!(holds(bandwidth(1, 1e6, 1e8)) && !holds(bandwidth(2, 1e6, 1e8)));
        assert!(holds(secure(5, "")) && !holds(secure(5, "9")));
        assert!(
            holds(topology(9, 0, 10, &mut Random::new(1)))
                && !holds(topology(9, 3, 10, &mut Random::new(1)))
        );
        assert!(
            holds(administrators(&[&[80], &[80, 22]]))
                && !holds(administrators(&[&[80, 22], &[80]]))
        );
        let record = [("user", 1)];
        assert!(
            holds(transport_cost(&record, Format::Binary))
                && !holds(transport_cost(&record, Format::Json))
        );
        assert!(holds(homogeneous(0)) && !holds(homogeneous(1)));
    }

    /// An address survives each replacement with probability 1 - 1/n.
    #[test]
    fn addresses_go_stale_as_the_formula_says() {
        for (instances, replaced) in [(12, 6), (3, 2), (50, 100)] {
            let found = topology(instances, replaced, 20_000, &mut Random::new(2)).got;
            let share = 1.0 - 1.0 / float(instances);
            let theory = 100.0 * share.powi(i32::try_from(replaced).unwrap());
            assert!(
                (found - theory).abs() < 0.5,
                "{instances}, {replaced}: {found} for {theory}"
            );
        }
    }

    #[test]
    fn a_loop_takes_a_round_trip_for_each_item() {
        assert!((latency(200, 20_000).got - 8.0).abs() < 1e-9);
    }
}
