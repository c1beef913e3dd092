//! Delivery guarantees over a network that loses messages and answers, and a receiver
//! that remembers what it has done.
//!
//! Shown in `src/queues/delivery.md`.
//!
//! The argument is that of J. H. Saltzer, D. P. Reed and D. D. Clark, "End-to-End
//! Arguments in System Design", *ACM Transactions on Computer Systems* 2(4), 1984.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::Random;

/// What a sender and a receiver do about losses.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Guarantee {
    /// Send once.
    AtMostOnce,
    /// Send until an answer comes.
    AtLeastOnce,
    /// The same, with a key by which the receiver recognizes what it has done.
    WithKey,
}

/// How often each message took effect.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effects {
    /// Messages without effect.
    pub never: u32,
    /// Messages with one effect.
    pub once: u32,
    /// Messages with more.
    pub more: u32,
    /// All effects.
    pub total: u32,
    /// Messages sent, repeats included.
    pub sent: u32,
}

// ANCHOR: deliver
/// Sends messages through a network that loses each one, and each answer, with the
/// probability `loss`.
pub fn deliver(messages: u32, loss: f64, guarantee: Guarantee, seed: u64) -> Effects {
    let mut random = Random::new(seed);
    let mut effects = Effects::default();
    for _ in 0..messages {
        let mut done = 0;
        loop {
            effects.sent += 1;
            let arrives = !random.chance(loss);
            // The receiver always answers, and acts unless it knows the key.
            if arrives && !(guarantee == Guarantee::WithKey && done > 0) {
                done += 1;
            }
            let answered = arrives && !random.chance(loss);
            if answered || guarantee == Guarantee::AtMostOnce {
                break;
            }
        }
        effects.total += done;
        match done {
            0 => effects.never += 1,
            1 => effects.once += 1,
            _ => effects.more += 1,
        }
    }
    effects
}
// ANCHOR_END: deliver

/// Where a receiver crashes while it handles a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Note the key, then act.
    KeyFirst,
    /// Act, then note the key.
    EffectFirst,
    /// Both in one transaction.
    Together,
}

// ANCHOR: handle
/// How often a message takes effect when the receiver crashes after `survived` steps,
/// restarts, and gets the message again.
pub fn handle(order: Order, survived: usize) -> u32 {
    let (mut keys, mut effects) = (BTreeSet::new(), 0);
    for steps_left in [survived, usize::MAX] {
        if keys.contains("k1") {
            continue;
        }
        let (key_at, effect_at) = match order {
            Order::KeyFirst => (1, 2),
            Order::EffectFirst => (2, 1),
            Order::Together => (1, 1),
        };
        if steps_left >= key_at {
            keys.insert("k1");
        }
        if steps_left >= effect_at {
            effects += 1;
        }
    }
    effects
}
// ANCHOR_END: handle

/// A receiver that remembers keys for a while. Times are in seconds.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Receiver {
    remembers: u64,
    seen: BTreeMap<u64, u64>,
}

impl Receiver {
    /// A receiver that forgets a key after this many seconds.
    pub fn new(remembers: u64) -> Self {
        Self {
            remembers,
            seen: BTreeMap::new(),
        }
    }

    // ANCHOR: accept
    /// Whether a message with this key takes effect now: it does unless the key was
    /// seen lately.
    pub fn accept(&mut self, key: u64, now: u64) -> bool {
        self.seen.retain(|_, time| *time + self.remembers > now);
        let is_new = !self.seen.contains_key(&key);
        if is_new {
            self.seen.insert(key, now);
        }
        is_new
    }
    // ANCHOR_END: accept

    /// How many keys it remembers.
    pub fn remembered(&self) -> usize {
        self.seen.len()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn shares_are_those_of_the_formulas() {
        for loss in [0.05, 0.2, 0.5] {
            let n = 100_000;
            let once = deliver(n, loss, Guarantee::AtMostOnce, 1);
            assert!((f64::from(once.never) / f64::from(n) - loss).abs() < 0.01);
            // Each message arrives with 1 - loss and ends the tries with (1 - loss)^2:
            // 1 / (1 - loss) arrivals.
            let least = deliver(n, loss, Guarantee::AtLeastOnce, 1);
            let arrivals = f64::from(least.total) / f64::from(n);
            assert!((arrivals * (1.0 - loss) - 1.0).abs() < 0.01, "{arrivals}");
        }
    }

    #[test]
    fn only_together_survives_every_crash() {
        let outcome = |order| [0, 1, 2].map(|survived| handle(order, survived));
        assert_eq!(outcome(Order::KeyFirst), [1, 0, 1]);
        assert_eq!(outcome(Order::EffectFirst), [1, 2, 1]);
        assert_eq!(outcome(Order::Together), [1, 1, 1]);
    }

    proptest! {
        #[test]
        fn with_a_key_each_message_takes_effect_once(loss in 0.0..0.9f64, seed in 0..999u64) {
            let effects = deliver(50, loss, Guarantee::WithKey, seed);
            prop_assert_eq!((effects.never, effects.once, effects.more), (0, 50, 0));
            let least = deliver(50, loss, Guarantee::AtLeastOnce, seed);
            prop_assert_eq!((least.never, least.sent), (0, effects.sent));
        }

        #[test]
        fn a_receiver_forgets_after_its_time(gap in 0..20u64, remembers in 1..20u64) {
            let mut receiver = Receiver::new(remembers);
            prop_assert!(receiver.accept(1, 5));
            prop_assert_eq!(receiver.accept(1, 5 + gap), gap >= remembers);
            prop_assert_eq!(receiver.remembered(), 1);
        }
    }
}
