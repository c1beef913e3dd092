//! A chat room: people who answer what they see, the gateways that hold their
//! connections, and how numbering the messages affects their order.
//!
//! Shown in `src/cases/chat.md`.
//!
//! Every line between two machines delivers in order, as TCP does, so nothing overtakes
//! on one line. Messages that reach a reader by two different ways may: over two
//! gateways, or over a new connection and the history that fills the gap before it.

mod room;
mod sending;

use std::collections::BTreeSet;

use crate::number::float;
use crate::simulation::Conditions;

pub use room::{Design, Room, Seen};
pub use sending::{Phone, Sent, send_lines};

/// A message's place in the order in which the messages were written, from 0.
pub type MessageId = u64;

/// How many messages of a screen are shown above the one that they answer. `answers`
/// says for each message which one that is.
pub fn answers_before_questions(
    screen: &[MessageId],
    answers: &[Option<MessageId>],
) -> usize {
    let index = |id: MessageId| usize::try_from(id).ok();
    let mut places = vec![None; answers.len()];
    for (place, id) in screen.iter().enumerate() {
        if let Some(known) = index(*id).and_then(|id| places.get_mut(id)) {
            *known = Some(place);
        }
    }
    let place_of =
        |id: MessageId| index(id).and_then(|id| places.get(id).copied().flatten());
    let is_above = |id: &&MessageId| {
        let question = index(**id).and_then(|id| answers.get(id).copied().flatten());
        question.is_some_and(|question| {
            // A question that isn't there at all counts as one that comes too late.
            place_of(question).is_none_or(|asked| Some(asked) > place_of(**id))
        })
    };
    screen.iter().filter(is_above).count()
}

/// Means over the talks of many seeds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Order {
    /// The share of the messages on all screens that are above what they answer, in
    /// percent.
    pub mean: f64,
    /// The same for the seed at which it is largest.
    pub worst: f64,
    /// How many different screens there are.
    pub screens: f64,
    /// How long a message on a screen was held back, in milliseconds.
    pub held: f64,
}

/// How often answers are shown before questions, over the seeds from 0 on.
pub fn wrong_share(room: Room, design: Design, seeds: u64) -> Order {
    let talks = (0..seeds).map(|seed| {
        let seen = room.talk(design, seed);
        let wrong = |screen: &Vec<MessageId>| {
            float(answers_before_questions(screen, &seen.answers))
        };
        let shown: f64 = seen.screens.iter().map(|screen| float(screen.len())).sum();
        let screens = seen.screens.iter().collect::<BTreeSet<_>>().len();
        Order {
            mean: seen.screens.iter().map(wrong).sum::<f64>() / shown.max(1.0) * 100.0,
            worst: 0.0,
            screens: float(screens),
            held: float(seen.held) / shown.max(1.0) / 1e3,
        }
    });
    let talks: Vec<Order> = talks.collect();
    let mean = |of: fn(&Order) -> f64| {
        talks.iter().map(of).sum::<f64>() / float(talks.len().max(1))
    };
    Order {
        mean: mean(|talk| talk.mean),
        worst: talks.iter().map(|talk| talk.mean).fold(0.0, f64::max),
        screens: mean(|talk| talk.screens),
        held: mean(|talk| talk.held),
    }
}

/// Sends lines from a phone with the seeds from 0 on. Returns the share of lines that
/// come after a later one, in percent, and the mean time until a line is in the room, in
/// milliseconds. `lines` is what [`send_lines`] takes.
pub fn send_often(
    phone: Phone,
    lines: (u64, u64, u64),
    conditions: Conditions,
    seeds: u64,
) -> (f64, f64) {
    let follows: Vec<Option<MessageId>> =
        (0..lines.0).map(|line| line.checked_sub(1)).collect();
    let (mut wrong, mut delay) = (0, 0);
    for seed in 0..seeds {
        let sent = send_lines(phone, lines, conditions, seed);
        wrong += answers_before_questions(&sent.order, &follows);
        delay += sent.delay;
    }
    let runs = float(seeds.max(1));
    (
        float(wrong) / runs / float(lines.0.max(1)) * 100.0,
        float(delay) / runs / 1e3,
    )
}

#[cfg(test)]
mod tests;
