//! Lines that one phone sends, each as a request that may be lost.
//!
//! Used by `cases/chat/mod.rs`.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use super::MessageId;
use crate::simulation::{Conditions, Event, Network};

/// What a phone does with lines that are not acknowledged yet. It sends each of them
/// again after a time-out.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phone {
    /// It sends a line as soon as it is written.
    AtOnce,
    /// It sends a line when the one before was acknowledged.
    OneByOne,
    /// It sends at once and numbers its lines; the server waits for the one that is
    /// missing.
    Numbered,
}

/// How lines came into the room.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sent {
    /// The lines in the order in which the room has them.
    pub order: Vec<MessageId>,
    /// The time from writing a line until the room has it, in microseconds, on average.
    pub delay: u64,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Packet {
    Line(MessageId),
    Acknowledged(MessageId),
}

impl fmt::Display for Packet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Line(line) => write!(f, "line {line}"),
            Self::Acknowledged(line) => write!(f, "has line {line}"),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Timer {
    Writes(MessageId),
    GivesUp(MessageId),
}

/// Sends `lines` lines, one every `pace`, each again after `timeout` until it is
/// acknowledged. Times are in microseconds.
///
/// Does not end if `conditions` lose everything.
pub fn send_lines(
    phone: Phone,
    (lines, pace, timeout): (u64, u64, u64),
    conditions: Conditions,
    seed: u64,
) -> Sent {
    const PHONE: usize = 0;
    const SERVER: usize = 1;
    let mut network: Network<Packet, Timer> =
        Network::new(["phone", "server"], conditions, seed);
    // At the phone: what is written and not acknowledged; at the server: what waits for
    // a line before it.
    let mut unsure: BTreeMap<MessageId, bool> = BTreeMap::new();
    let mut early = BTreeSet::new();
    let (mut order, mut delay) = (Vec::new(), 0);
    for line in 0..lines {
        network.set_timer(PHONE, line * pace, Timer::Writes(line));
    }
    while let Some(event) = network.next_event() {
        match event {
            Event::Timer {
                timer: Timer::Writes(line),
                ..
            } => drop(unsure.insert(line, false)),
            Event::Timer {
                timer: Timer::GivesUp(line),
                ..
            } => {
                if let Some(is_sent) = unsure.get_mut(&line) {
                    *is_sent = false;
                }
            }
            Event::Message {
                message: Packet::Line(line),
                ..
            } => {
                network.send(SERVER, PHONE, Packet::Acknowledged(line));
                if !order.contains(&line) {
                    early.insert(line);
                }
                while let Some(line) = early.first().copied() {
                    if phone == Phone::Numbered && line != order.len() as u64 {
                        break; // The one before it is still missing.
                    }
                    early.remove(&line);
                    order.push(line);
                    delay += network.now() - line * pace;
                }
            }
            Event::Message {
                message: Packet::Acknowledged(line),
                ..
            } => drop(unsure.remove(&line)),
        }
        // The phone sends what it may and hasn't.
        let may = if phone == Phone::OneByOne {
            1
        } else {
            usize::MAX
        };
        let mut waiting = Vec::new();
        for (line, is_sent) in unsure.iter_mut().take(may) {
            if !std::mem::replace(is_sent, true) {
                waiting.push(*line);
            }
        }
        for line in waiting {
            network.send(PHONE, SERVER, Packet::Line(line));
            network.set_timer(PHONE, timeout, Timer::GivesUp(line));
        }
    }
    Sent {
        order,
        delay: delay / lines.max(1),
    }
}
