//! A chat whose messages overtake each other, and what numbers do about it.

use std::collections::BTreeMap;
use std::fmt;

use crate::simulation::{Conditions, Event, Network};

/// A chat message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Message {
    /// What was written.
    pub text: String,
    /// The number of the message that it answers, if any.
    pub answers: Option<u64>,
    /// Its number in the room, once the server gave it one.
    pub number: u64,
}

impl fmt::Display for Message {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.number, self.text)
    }
}

/// How a reader's screen is filled.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Show {
    /// As messages arrive.
    Arrival,
    /// By the room's numbers: a message waits for the ones before it.
    Numbers,
}

/// A room's server numbers each message and sends it to all readers. Every message after the first answers the one before.
/// Returns each reader's screen, and how long messages were held back at readers in all, in microseconds.
pub fn run_room(
    messages: u64,
    readers: usize,
    pace: u64,
    conditions: Conditions,
    seed: u64,
    show: Show,
) -> (Vec<Vec<u64>>, u64) {
    let names =
        std::iter::once("server".to_owned()).chain((1..=readers).map(|n| format!("reader {n}")));
    let mut network: Network<Message, u64> = Network::new(names, conditions, seed);
    let mut screens = vec![Vec::new(); readers];
    let mut early: Vec<BTreeMap<u64, u64>> = vec![BTreeMap::new(); readers];
    let mut held = 0;
    for number in 0..messages {
        network.set_timer(0, number * pace, number);
    }
    // ANCHOR: room
    while let Some(event) = network.next_event() {
        match event {
            Event::Timer { timer: number, .. } => {
                let answers = number.checked_sub(1);
                network.broadcast(
                    0,
                    &Message {
                        text: format!("text {number}"),
                        answers,
                        number,
                    },
                );
            }
            Event::Message { to, message, .. } => {
                let (screen, early) = (&mut screens[to - 1], &mut early[to - 1]);
                match show {
                    Show::Arrival => screen.push(message.number),
                    Show::Numbers => {
                        early.insert(message.number, network.now());
                        while let Some(arrived) = early.remove(&(screen.len() as u64)) {
                            held += network.now() - arrived;
                            screen.push(screen.len() as u64);
                        }
                    }
                }
            }
        }
    }
    // ANCHOR_END: room
    (screens, held)
}

/// How many messages stand above one that they answer.
pub fn answers_before_questions(screen: &[u64]) -> usize {
    let place = |number: u64| screen.iter().position(|other| *other == number);
    let wrong = |number: &&u64| {
        number
            .checked_sub(1)
            .is_some_and(|asked| place(asked) > place(**number))
    };
    screen.iter().filter(wrong).count()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn with_numbers_all_screens_are_equal_and_in_order(seed in any::<u64>(), messages in 0..30u64, spread in 0..20_000u64) {
            let conditions = Conditions { min_delay: 1_000, max_delay: 1_000 + spread, ..Conditions::default() };
            let (screens, _) = run_room(messages, 3, 500, conditions, seed, Show::Numbers);
            for screen in &screens {
                prop_assert_eq!(screen, &(0..messages).collect::<Vec<_>>());
            }
            let (arrival, _) = run_room(messages, 3, 500, conditions, seed, Show::Arrival);
            for screen in arrival {
                prop_assert_eq!(screen.len() as u64, messages);
                prop_assert!(spread >= 500 || answers_before_questions(&screen) == 0);
            }
        }
    }
}
