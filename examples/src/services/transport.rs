//! Two protocols over a network that loses and reorders packets: a reliable, ordered
//! transfer with a window, and datagrams.
//!
//! Shown in `src/services/transport.md`.
//!
//! After RFC 9293 (TCP), with selective acknowledgments as in RFC 2018, and RFC 768
//! (UDP); simplified to numbered packets.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use crate::number::float;
use crate::random::Random;
use crate::simulation::{Conditions, Event, Network};

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Packet {
    /// A piece of data, by its number.
    Data(u64),
    /// An acknowledgment of one packet.
    Ack(u64),
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Data(n) => write!(f, "data {n}"),
            Self::Ack(n) => write!(f, "ack {n}"),
        }
    }
}

/// A timer of the sender: a packet exists from now on, or its acknowledgment is
/// overdue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timer {
    Ready(u64),
    Overdue(u64),
}

/// How data is sent. Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sending {
    /// How many packets there are.
    pub packets: u64,
    /// The time between two packets at their source. 0 if all exist from the beginning.
    pub pace: u64,
    /// How many packets may be under way without an acknowledgment.
    pub window: u64,
    /// After which time a packet without one is sent again.
    pub timeout: u64,
}

/// The outcome of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transfer {
    /// For each packet that came, when it was handed to the application. Times are in
    /// microseconds.
    pub delivered: BTreeMap<u64, u64>,
    /// How many data packets were sent, repeated ones included.
    pub sent: u64,
    /// The trace, with times in milliseconds.
    pub trace: Vec<String>,
}

impl Transfer {
    /// How old each packet that came was when the application got it, if one was
    /// made every `pace` microseconds.
    pub fn ages(&self, pace: u64) -> Vec<u64> {
        let delivered = self.delivered.iter();
        delivered.map(|(n, time)| time - n * pace).collect()
    }

    /// Packets a second, from the first one to the last acknowledgment, if the way back
    /// takes `back` microseconds.
    pub fn rate(&self, back: u64) -> f64 {
        let end = self.delivered.values().last().map_or(0, |time| time + back);
        float(self.delivered.len()) / float(end.max(1)) * 1e6
    }
}

const SENDER: usize = 0;
const RECEIVER: usize = 1;

/// Sends until all packets are acknowledged. The receiver hands them on in order: one
/// that came early waits for those before it. Stops after a thousand sent packets for
/// each one there is.
pub fn reliable(sending: Sending, conditions: Conditions, seed: u64) -> Transfer {
    let mut network = Network::new(["sender", "receiver"], conditions, seed);
    let mut waits_for_ack: BTreeSet<u64> = (0..sending.packets).collect();
    let (mut ready, mut next, mut sent) = (0, 0, 0);
    let mut early = BTreeSet::new();
    let most = sending.packets.saturating_mul(1_000);
    let mut delivered = BTreeMap::new();
    for n in 0..sending.packets {
        network.set_timer(SENDER, n * sending.pace, Timer::Ready(n));
    }
    // ANCHOR: reliable
    while let (Some(&oldest), Some(event)) =
        (waits_for_ack.first(), network.next_event())
    {
        let mut resend = None;
        match event {
            Event::Timer {
                timer: Timer::Ready(n),
                ..
            } => ready = n + 1,
            Event::Timer {
                timer: Timer::Overdue(n),
                ..
            } => resend = waits_for_ack.contains(&n).then_some(n),
            Event::Message {
                message: Packet::Ack(n),
                ..
            } => {
                waits_for_ack.remove(&n);
            }
            Event::Message {
                message: Packet::Data(n),
                ..
            } => {
                network.send(RECEIVER, SENDER, Packet::Ack(n));
                early.insert(n);
                while early.remove(&(delivered.len() as u64)) {
                    delivered.insert(delivered.len() as u64, network.now());
                }
            }
        }
        let oldest = waits_for_ack.first().map_or(oldest + 1, |n| *n);
        if sent > most {
            break; // The connection is given up.
        }
        let end = ready.min(oldest + sending.window.max(1));
        for n in resend.into_iter().chain(next..end) {
            network.send(SENDER, RECEIVER, Packet::Data(n));
            network.set_timer(SENDER, sending.timeout.max(1), Timer::Overdue(n));
            sent += 1;
        }
        next = next.max(end);
    }
    // ANCHOR_END: reliable
    Transfer {
        delivered,
        sent,
        trace: network.timed_lines().collect(),
    }
}

// ANCHOR: datagrams
/// Sends each packet once. What arrives is delivered at once; what is lost stays lost.
pub fn datagrams(sending: Sending, conditions: Conditions, seed: u64) -> Transfer {
    let mut network = Network::new(["sender", "receiver"], conditions, seed);
    let mut delivered = BTreeMap::new();
    for n in 0..sending.packets {
        network.set_timer(SENDER, n * sending.pace, Timer::Ready(n));
    }
    while let Some(event) = network.next_event() {
        match event {
            Event::Timer {
                timer: Timer::Ready(n),
                ..
            } => network.send(SENDER, RECEIVER, Packet::Data(n)),
            Event::Message {
                message: Packet::Data(n),
                ..
            } => {
                delivered.entry(n).or_insert(network.now());
            }
            _ => {}
        }
    }
    Transfer {
        delivered,
        sent: sending.packets,
        trace: network.timed_lines().collect(),
    }
}
// ANCHOR_END: datagrams

// ANCHOR: rounds
/// How many packets a sender sends in each round trip until a number of them has
/// arrived. Slow start doubles its window while nothing is lost; from the first loss on
/// it grows by one in a round trip without loss and is halved in one with. Each packet
/// is lost with the same probability, and every loss is noticed within the round trip.
/// After M. Allman, V. Paxson and E. Blanton, RFC 5681; without time-outs.
pub fn windows_by_round(
    packets: u64,
    first: u64,
    loss: f64,
    random: &mut Random,
) -> Vec<u64> {
    let (mut window, mut missing, mut is_slow_start) = (first.max(1), packets, true);
    let mut rounds = Vec::new();
    while missing > 0 && loss < 1.0 {
        let sent = window.min(missing);
        let mut lost = 0;
        for _ in 0..sent {
            lost += u64::from(random.chance(loss));
        }
        rounds.push(sent);
        missing -= sent - lost;
        is_slow_start &= lost == 0;
        window = match (lost, is_slow_start) {
            (0, true) => window * 2,
            (0, false) => window + 1,
            _ => (window / 2).max(1),
        };
    }
    rounds
}
// ANCHOR_END: rounds

/// How two senders that share a link react to congestion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reaction {
    /// One more while there is room, half when there is none: TCP's way.
    IncreaseAddDecreaseMultiply,
    /// One more, and one less.
    AddBoth,
}

// ANCHOR: aimd
/// The rates of two senders, round by round. After D.-M. Chiu and R. Jain, *Computer
/// Networks and ISDN Systems* 17(1), 1989.
pub fn share_link(
    start: [f64; 2],
    capacity: f64,
    rounds: usize,
    reaction: Reaction,
) -> Vec<[f64; 2]> {
    let step = |rates: &[f64; 2]| {
        let is_full = rates.iter().sum::<f64>() > capacity;
        rates.map(|rate| match (is_full, reaction) {
            (false, _) => rate + 1.0,
            (true, Reaction::IncreaseAddDecreaseMultiply) => rate / 2.0,
            (true, Reaction::AddBoth) => (rate - 1.0).max(0.0),
        })
    };
    std::iter::successors(Some(start), |rates| Some(step(rates)))
        .take(rounds)
        .collect()
}
// ANCHOR_END: aimd

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const STILL: Conditions = Conditions {
        min_delay: 10_000,
        max_delay: 10_000,
        loss: 0.0,
        duplication: 0.0,
    };

    #[test]
    fn without_loss_a_window_moves_once_a_round_trip() {
        let sending = Sending {
            packets: 100,
            pace: 0,
            window: 10,
            timeout: 100_000,
        };
        let transfer = reliable(sending, STILL, 1);
        // Ten windows; the last arrives half a round trip after it was sent.
        assert_eq!(transfer.delivered[&99], 9 * 20_000 + 10_000);
        assert_eq!(transfer.sent, 100);
        assert!((transfer.rate(10_000) - 500.0).abs() < 1e-9);
    }

    #[test]
    fn a_packet_that_is_not_lost_is_as_old_as_the_line_is_long() {
        let sending = Sending {
            packets: 5,
            pace: 20_000,
            window: 10,
            timeout: 100_000,
        };
        for transfer in [reliable(sending, STILL, 1), datagrams(sending, STILL, 1)] {
            assert_eq!(transfer.ages(20_000), [10_000; 5]);
        }
    }

    /// Without loss slow start carries `first` × (2^k - 1) packets in k round trips.
    #[test]
    fn slow_start_doubles_until_all_is_sent() {
        let rounds = |packets| windows_by_round(packets, 10, 0.0, &mut Random::new(1));
        assert_eq!(rounds(70), [10, 20, 40]);
        assert_eq!(rounds(71), [10, 20, 40, 1]);
        assert_eq!(rounds(1_000).len(), 7);
        assert_eq!(rounds(0), [0; 0]);
    }

    /// The reference is the formula of M. Mathis et al., √(3/2) / √loss packets in a
    /// round trip. It assumes losses at equal distances; lost at random, they make it a
    /// little more. There are enough packets for slow start to hardly matter.
    #[test]
    fn a_long_transfer_is_as_fast_as_the_formula_says() {
        for loss in [0.001_f64, 0.002, 0.005, 0.01, 0.02] {
            let rounds = windows_by_round(1_000_000, 10, loss, &mut Random::new(3));
            let mean = 1e6 / float(rounds.len());
            let theory = (1.5 / loss).sqrt();
            assert!(
                (mean / theory - 1.0).abs() < 0.1,
                "loss {loss}: {mean} for {theory}"
            );
        }
    }

    proptest! {
        #[test]
        fn a_window_is_at_most_doubled_and_everything_arrives(packets in 0..2_000u64, first in 0..20u64, loss in 0.0..0.9f64, seed in any::<u64>()) {
            let rounds = windows_by_round(packets, first, loss, &mut Random::new(seed));
            prop_assert!(rounds.iter().sum::<u64>() >= packets);
            prop_assert!(rounds.windows(2).all(|pair| pair[1] <= 2 * pair[0]));
        }

        #[test]
        fn whatever_the_network_does_all_arrives_once_and_in_order(
            seed in any::<u64>(), packets in 0..40u64, window in 1..20u64, loss in 0.0..0.6f64, duplication in 0.0..0.5f64,
        ) {
            let conditions = Conditions { min_delay: 1_000, max_delay: 9_000, loss, duplication };
            let sending = Sending { packets, pace: 500, window, timeout: 20_000 };
            let transfer = reliable(sending, conditions, seed);
            let numbers: Vec<u64> = transfer.delivered.keys().copied().collect();
            let times: Vec<u64> = transfer.delivered.values().copied().collect();
            prop_assert_eq!(numbers, (0..packets).collect::<Vec<_>>());
            prop_assert!(times.is_sorted());
            let plain = datagrams(sending, conditions, seed);
            prop_assert!(plain.delivered.len() as u64 <= packets);
        }

        #[test]
        fn halving_makes_shares_fair_and_subtracting_does_not(a in 0.0..40.0f64, b in 0.0..40.0f64) {
            let difference = |reaction| {
                let last = share_link([a, b], 50.0, 2_000, reaction)[1_999];
                (last[0] - last[1]).abs()
            };
            prop_assert!(difference(Reaction::IncreaseAddDecreaseMultiply) < 0.01);
            prop_assert!((difference(Reaction::AddBoth) - (a - b).abs()).abs() < 1e-6 || a.min(b) < 1.0);
        }
    }
}
