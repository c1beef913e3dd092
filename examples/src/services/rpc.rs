//! Remote procedure calls: stubs that encode and decode calls, and what a caller can't
//! know when messages are lost.
//!
//! Shown in `src/services/rpc.md`.
//!
//! After A. D. Birrell and B. J. Nelson, "Implementing Remote Procedure Calls", *ACM
//! Transactions on Computer Systems* 2(1), 1984.

use std::collections::BTreeMap;
use std::fmt;

use crate::simulation::{Conditions, Event, Network};

/// A call as it is sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Request {
    /// The caller's number for this call, the same in every repetition.
    pub id: u64,
    /// Which procedure.
    pub procedure: String,
    /// Its arguments.
    pub arguments: Vec<i64>,
}

// ANCHOR: marshal
impl Request {
    /// Encodes a call as bytes: the number, the name's length and bytes, and each
    /// argument, most significant byte first.
    pub fn marshal(&self) -> Vec<u8> {
        let name = self.procedure.as_bytes();
        let mut bytes = self.id.to_be_bytes().to_vec();
        bytes.extend(u16::try_from(name.len()).unwrap_or(u16::MAX).to_be_bytes());
        bytes.extend(name.iter().take(usize::from(u16::MAX)));
        for argument in &self.arguments {
            bytes.extend(argument.to_be_bytes());
        }
        bytes
    }

    /// Decodes it again. `None` if the bytes aren't a call.
    pub fn unmarshal(bytes: &[u8]) -> Option<Self> {
        let (id, rest) = bytes.split_first_chunk::<8>()?;
        let (length, rest) = rest.split_first_chunk::<2>()?;
        let (name, rest) =
            rest.split_at_checked(usize::from(u16::from_be_bytes(*length)))?;
        let (arguments, []) = rest.as_chunks::<8>() else {
            return None;
        };
        Some(Self {
            id: u64::from_be_bytes(*id),
            procedure: String::from_utf8(name.to_vec()).ok()?,
            arguments: arguments
                .iter()
                .map(|bytes| i64::from_be_bytes(*bytes))
                .collect(),
        })
    }
}
// ANCHOR_END: marshal

/// What the stubs send to each other.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Message {
    /// An encoded call.
    Call(Vec<u8>),
    /// The answer to a call's number.
    Answer(u64, i64),
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Call(bytes) => match Request::unmarshal(bytes) {
                Some(request) => {
                    let arguments: Vec<String> =
                        request.arguments.iter().map(i64::to_string).collect();
                    let (id, procedure) = (request.id, request.procedure);
                    write!(f, "call {id} {procedure}({})", arguments.join(", "))
                }
                None => write!(f, "{} bytes", bytes.len()),
            },
            Self::Answer(id, value) => write!(f, "answer {id}: {value}"),
        }
    }
}

/// What the client does when no answer comes, and what the server does with a call that
/// it knows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Semantics {
    /// Call once and don't retry: at most once.
    AtMostOnce,
    /// Call again until an answer comes: at least once.
    AtLeastOnce,
    /// Call again, and let the server remember the answers by their number: effectively
    /// once.
    Deduplicated,
}

/// The outcome of a client's calls to a server that adds to a balance.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Outcome {
    /// Calls whose answer came.
    pub answered: u64,
    /// How often the server ran the procedure.
    pub executed: u64,
    /// Calls that ran although the client has no answer.
    pub unknown: u64,
    /// The server's balance in the end.
    pub balance: i64,
    /// The trace, with times in milliseconds.
    pub trace: Vec<String>,
}

const CLIENT: usize = 0;
const SERVER: usize = 1;

/// Calls `add(1)` one after the other, with a time-out of 10 ms and at most `tries`
/// tries for each.
pub fn call_add(
    calls: u64,
    semantics: Semantics,
    tries: u32,
    conditions: Conditions,
    seed: u64,
) -> Outcome {
    let mut network: Network<Message, u64> =
        Network::new(["client", "server"], conditions, seed);
    let mut outcome = Outcome {
        answered: 0,
        executed: 0,
        unknown: 0,
        balance: 0,
        trace: Vec::new(),
    };
    let mut answers: BTreeMap<u64, i64> = BTreeMap::new();
    let tries = if semantics == Semantics::AtMostOnce {
        1
    } else {
        tries.max(1)
    };
    for id in 0..calls {
        let call = Request {
            id,
            procedure: "add".to_owned(),
            arguments: vec![1],
        }
        .marshal();
        let (mut tried, mut is_answered) = (1, false);
        network.send(CLIENT, SERVER, Message::Call(call.clone()));
        let mut timer = network.set_timer(CLIENT, 10_000, id);
        while let Some(event) = network.next_event() {
            match event {
                Event::Message {
                    message: Message::Call(bytes),
                    ..
                } => {
                    let Some(request) = Request::unmarshal(&bytes) else {
                        continue;
                    };
                    let known = answers
                        .get(&request.id)
                        .filter(|_| semantics == Semantics::Deduplicated);
                    let value = known.copied().unwrap_or_else(|| {
                        outcome.executed += 1;
                        outcome.balance += request.arguments.iter().sum::<i64>();
                        outcome.balance
                    });
                    answers.insert(request.id, value);
                    network.send(SERVER, CLIENT, Message::Answer(request.id, value));
                }
                Event::Message {
                    message: Message::Answer(of, _),
                    ..
                } if of == id => is_answered = true,
                Event::Message { .. } => {}
                Event::Timer { .. } if tried < tries => {
                    tried += 1;
                    network.send(CLIENT, SERVER, Message::Call(call.clone()));
                    timer = network.set_timer(CLIENT, 10_000, id);
                }
                Event::Timer { .. } => break,
            }
            if is_answered {
                network.cancel_timer(timer);
                break;
            }
        }
        outcome.answered += u64::from(is_answered);
        outcome.unknown += u64::from(!is_answered && answers.contains_key(&id));
    }
    outcome.trace = network.timed_lines().collect();
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_call_is_shown_as_it_is_written() {
        let call = |arguments: &[i64]| {
            let request = Request {
                id: 7,
                procedure: "add".to_owned(),
                arguments: arguments.to_vec(),
            };
            Message::Call(request.marshal()).to_string()
        };
        assert_eq!(call(&[1, -2]), "call 7 add(1, -2)");
        assert_eq!(call(&[]), "call 7 add()");
    }

    proptest! {
        #[test]
        fn what_is_packed_comes_out_again(id in any::<u64>(), procedure in ".{0,20}", arguments in prop::collection::vec(any::<i64>(), 0..5)) {
            let request = Request { id, procedure, arguments };
            let bytes = request.marshal();
            prop_assert_eq!(Request::unmarshal(&bytes), Some(request));
            prop_assert_eq!(Request::unmarshal(&bytes[..bytes.len() - 1]).is_some(), false);
        }

        #[test]
        fn each_semantics_keeps_its_promise(seed in any::<u64>(), loss in 0.0..0.5f64) {
            let conditions = Conditions { min_delay: 1_000, max_delay: 2_000, loss, duplication: 0.0 };
            let run = |semantics| call_add(30, semantics, 1_000, conditions, seed);
            let once = run(Semantics::AtMostOnce);
            prop_assert!(once.executed <= 30 && once.executed == once.answered + once.unknown);
            let least = run(Semantics::AtLeastOnce);
            prop_assert!(least.answered == 30 && least.executed >= 30);
            let exact = run(Semantics::Deduplicated);
            prop_assert_eq!((exact.answered, exact.executed, exact.balance), (30, 30, 30));
        }
    }
}
