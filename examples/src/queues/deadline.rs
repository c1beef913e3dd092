//! Deadlines: a chain of services in which each uses a time-out of its own for its
//! callee, or what is left of its caller's.
//!
//! Shown in `src/queues/deadlines.md`.
//!
//! Deadline propagation is described by B. Beyer and others (editors), *Site
//! Reliability Engineering*, 2016, chapter 22. Times are in milliseconds.

use crate::number::float;
use crate::random::Random;

/// How long a service waits for the one below it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Patience {
    /// Each for the same fixed time, whatever happened before.
    Fixed(u64),
    /// Until the user's deadline.
    Deadline,
}

/// A chain of services. Each works for a while, asks the next one, and works on the
/// answer.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Chain {
    /// How many services there are.
    pub depth: usize,
    /// How long each works on a request, on average.
    pub work: f64,
    /// How long a user waits.
    pub user: u64,
    /// How long each service waits for the next.
    pub patience: Patience,
    /// How often each tries.
    pub tries: u32,
}

/// What many requests cost.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub struct Cost {
    /// Requests that were answered while the user waited.
    pub answered: u32,
    /// Work of all services.
    pub work: u64,
    /// Work that began after the user had stopped waiting.
    pub wasted: u64,
}

// ANCHOR: ask
/// One service asks the next. Returns when it has an answer, or when it stops waiting.
fn ask(
    chain: &Chain,
    level: usize,
    now: u64,
    cost: &mut Cost,
    random: &mut Random,
) -> Result<u64, u64> {
    if level == chain.depth {
        return Ok(now);
    }
    if chain.patience == Patience::Deadline && now >= chain.user {
        return Err(now); // No one waits for this any more.
    }
    let effort = random.exponential_us(chain.work);
    cost.work += effort;
    cost.wasted += if now >= chain.user { effort } else { 0 };
    let mut at = now + effort;
    for _ in 0..chain.tries {
        let until = match chain.patience {
            Patience::Fixed(wait) => at + wait,
            Patience::Deadline => chain.user,
        };
        // The service below continues in any case, even when no one waits for its
        // answer.
        match ask(chain, level + 1, at, cost, random) {
            Ok(end) if end <= until => return Ok(end),
            Ok(_) => at = until.max(at),
            Err(end) => at = end.min(until).max(at),
        }
    }
    Err(at)
}
// ANCHOR_END: ask

/// The share of requests that a chain answers in time if no service tries twice: that of
/// sums of `depth` exponential times that are at most `user` (the Erlang distribution).
pub fn in_time(chain: &Chain) -> f64 {
    let rate = float(chain.user) / chain.work;
    let terms = (1..chain.depth).scan(1.0, |term, n| {
        *term *= rate / float(n);
        Some(*term)
    });
    1.0 - (-rate).exp() * (1.0 + terms.sum::<f64>())
}

/// Sends many requests through a chain.
pub fn ask_all(chain: &Chain, requests: u32, seed: u64) -> Cost {
    let mut random = Random::new(seed);
    let mut cost = Cost::default();
    for _ in 0..requests {
        let answer = ask(chain, 0, 0, &mut cost, &mut random);
        cost.answered += u32::from(answer.is_ok_and(|end| end <= chain.user));
    }
    cost
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_chain_of_one_is_answered_as_the_exponential_says() {
        let chain = Chain {
            depth: 1,
            work: 500.0,
            user: 1_000,
            patience: Patience::Deadline,
            tries: 1,
        };
        let share = f64::from(ask_all(&chain, 100_000, 3).answered) / 100_000.0;
        assert!((share - (1.0 - (-2.0_f64).exp())).abs() < 0.005, "{share}");
    }

    #[test]
    fn a_longer_chain_is_answered_as_the_erlang_distribution_says() {
        for (depth, work) in [(1, 700.0), (3, 200.0), (5, 150.0), (8, 300.0)] {
            let chain = Chain {
                depth,
                work,
                user: 1_000,
                patience: Patience::Deadline,
                tries: 1,
            };
            let share = f64::from(ask_all(&chain, 100_000, 3).answered) / 100_000.0;
            assert!((share - in_time(&chain)).abs() < 0.005, "{depth} {share}");
        }
    }

    proptest! {
        #[test]
        fn with_a_deadline_nothing_begins_when_the_user_is_gone(
            depth in 1..6usize, work in 1.0..900.0f64, tries in 1..4u32, seed in 0..999u64
        ) {
            let chain = Chain { depth, work, user: 1_000, patience: Patience::Deadline, tries };
            prop_assert_eq!(ask_all(&chain, 50, seed).wasted, 0);
        }

        #[test]
        fn without_retries_the_first_asked_decide_alike(depth in 1..6usize, work in 1.0..300.0f64, seed in 0..999u64) {
            let deadline = Chain { depth, work, user: 1_000, patience: Patience::Deadline, tries: 1 };
            let fixed = Chain { patience: Patience::Fixed(u64::MAX / 2), ..deadline };
            // Unlimited patience answers no request later than a deadline does; only
            // single requests are comparable.
            for seed in [seed, seed + 1_000] {
                prop_assert_eq!(ask_all(&deadline, 1, seed).answered, ask_all(&fixed, 1, seed).answered);
            }
        }
    }
}
