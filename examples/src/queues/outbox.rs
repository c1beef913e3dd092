//! Writing to a database and telling others: two writes and a crash between them, and
//! an outbox that combines them into one.
//!
//! Shown in `src/queues/outbox.md`.
//!
//! The outbox is described by C. Richardson, *Microservices Patterns*, 2018, section
//! 3.3.

use std::collections::BTreeSet;
use std::fmt;

/// How a service stores an order and publishes it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Method {
    /// Store it, then publish it.
    StoreFirst,
    /// Publish it, then store it.
    PublishFirst,
    /// Store it together with the message, in one transaction; a relay publishes what
    /// it finds and then marks it.
    Outbox,
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::StoreFirst => "store first",
            Self::PublishFirst => "publish first",
            Self::Outbox => "outbox",
        })
    }
}

/// The final state.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Whether the order is in the database.
    pub stored: bool,
    /// How often its message was published.
    pub published: u32,
    /// How often a consumer that knows messages by their number acted on it.
    pub acted: u32,
    /// Whether the client was told that the order succeeded.
    pub confirmed: bool,
}

impl Outcome {
    /// Whether database and consumer agree.
    pub fn agrees(&self) -> bool {
        u32::from(self.stored) == self.acted
    }
}

#[derive(Debug, Clone, Copy)]
enum Step {
    Store,
    Publish,
    StoreBoth,
    Confirm,
    Relay,
    Mark,
}

// ANCHOR: place
/// Runs the steps of a method; the process crashes after `survived` of them and
/// restarts. Clients don't retry.
pub fn place_order(method: Method, survived: usize) -> Outcome {
    let steps: &[Step] = match method {
        Method::StoreFirst => &[Step::Store, Step::Publish, Step::Confirm],
        Method::PublishFirst => &[Step::Publish, Step::Store, Step::Confirm],
        Method::Outbox => &[Step::StoreBoth, Step::Confirm, Step::Relay, Step::Mark],
    };
    let mut database = Database::default();
    let mut topic = Vec::new();
    let mut confirmed = false;
    for step in steps.iter().take(survived) {
        match step {
            Step::Store => database.order = true,
            Step::Publish => topic.push(1),
            Step::StoreBoth => (database.order, database.outbox) = (true, vec![1]),
            Step::Confirm => confirmed = true,
            Step::Relay => topic.extend(&database.outbox),
            Step::Mark => database.outbox.clear(),
        }
    }
    // After the restart the relay goes on with what is in the table.
    topic.append(&mut database.outbox);
    let distinct: BTreeSet<u32> = topic.iter().copied().collect();
    Outcome {
        stored: database.order,
        published: u32::try_from(topic.len()).unwrap_or(u32::MAX),
        acted: u32::try_from(distinct.len()).unwrap_or(u32::MAX),
        confirmed,
    }
}
// ANCHOR_END: place

#[derive(Debug, Default)]
struct Database {
    order: bool,
    /// Numbers of messages that have to be published.
    outbox: Vec<u32>,
}

/// When a consumer acknowledges a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Acknowledge {
    /// As soon as it is received.
    OnReceipt,
    /// After the row is committed.
    AfterCommit,
}

// ANCHOR: consume
/// A consumer writes each message into a database that fails `failures` times. Returns
/// how often the row was written.
pub fn consume(
    acknowledge: Acknowledge,
    by_key: bool,
    failures: u32,
    crash_before_ack: bool,
) -> u32 {
    let mut queue = vec!["post 1"];
    let (mut rows, mut failures, mut crash) = (Vec::new(), failures, crash_before_ack);
    while let Some(message) = queue.pop() {
        if failures > 0 {
            failures -= 1;
            // The write fails; what is not acknowledged comes again.
            if acknowledge == Acknowledge::AfterCommit {
                queue.push(message);
            }
            continue;
        }
        if !(by_key && rows.contains(&message)) {
            rows.push(message);
        }
        if crash && acknowledge == Acknowledge::AfterCommit {
            crash = false;
            queue.push(message);
        }
    }
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}
// ANCHOR_END: consume

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_outbox_agrees_after_every_crash() {
        let disagreements = |method| {
            (0..=4)
                .filter(|n| !place_order(method, *n).agrees())
                .count()
        };
        assert_eq!(disagreements(Method::StoreFirst), 1);
        assert_eq!(disagreements(Method::PublishFirst), 1);
        assert_eq!(disagreements(Method::Outbox), 0);
    }

    #[test]
    fn what_was_confirmed_is_stored_and_published() {
        for method in [Method::StoreFirst, Method::PublishFirst, Method::Outbox] {
            for survived in 0..=4 {
                let outcome = place_order(method, survived);
                assert!(
                    !outcome.confirmed || (outcome.stored && outcome.published > 0)
                );
            }
        }
    }

    #[test]
    fn a_consumer_that_acknowledges_last_loses_nothing() {
        for failures in 0..5 {
            for crash in [false, true] {
                assert_eq!(consume(Acknowledge::AfterCommit, true, failures, crash), 1);
                assert_eq!(
                    consume(Acknowledge::AfterCommit, false, failures, crash),
                    1 + u32::from(crash)
                );
                let lost = consume(Acknowledge::OnReceipt, true, failures, crash) == 0;
                assert_eq!(lost, failures > 0);
            }
        }
    }
}
