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

#[cfg(test)]
mod tests;
