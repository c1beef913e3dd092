//! A circuit breaker: calls to something that fails are refused for a while.
//!
//! The pattern is that of M. Nygard, *Release It!*, 2007, chapter 5. Times are in milliseconds.

use std::ops::Range;

/// What a breaker does with a call.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// Calls go through.
    Closed,
    /// Calls are refused at once.
    Open,
    /// One call goes through as a probe, the others are refused.
    HalfOpen,
}

/// A circuit breaker that counts failures in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    threshold: u32,
    pause: u64,
    failures: u32,
    opened: Option<u64>,
    probing: bool,
}

impl Breaker {
    /// A closed breaker. It opens after `threshold` failures in a row, and lets a probe through after `pause`.
    pub fn new(threshold: u32, pause: u64) -> Self {
        Self {
            threshold,
            pause,
            failures: 0,
            opened: None,
            probing: false,
        }
    }

    // ANCHOR: breaker
    /// The state at a time.
    pub fn state(&self, now: u64) -> State {
        match self.opened {
            None => State::Closed,
            Some(opened) if now < opened + self.pause => State::Open,
            Some(_) => State::HalfOpen,
        }
    }

    /// Whether a call may go through now. Who gets a yes has to report how it went.
    pub fn allows(&mut self, now: u64) -> bool {
        match self.state(now) {
            State::Closed => true,
            State::Open => false,
            State::HalfOpen => !std::mem::replace(&mut self.probing, true),
        }
    }

    /// Reports how a call went that ended now.
    pub fn report(&mut self, now: u64, success: bool) {
        if success {
            (self.failures, self.opened, self.probing) = (0, None, false);
            return;
        }
        self.failures += 1;
        let too_many = self.opened.is_none() && self.failures >= self.threshold;
        if self.probing || too_many {
            (self.opened, self.probing) = (Some(now), false);
        }
    }
    // ANCHOR_END: breaker
}

/// Calls at even distances to a service that doesn't answer for a while.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Calls {
    /// The time between two calls.
    pub gap: u64,
    /// How long a good answer takes.
    pub answer: u64,
    /// How long a caller waits for one.
    pub timeout: u64,
    /// When the service doesn't answer.
    pub down: Range<u64>,
    /// How long all of it lasts.
    pub length: u64,
}

/// What became of the calls.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Report {
    /// Calls that got an answer.
    pub answered: u32,
    /// Calls that reached the service while it was down.
    pub useless: u32,
    /// Calls that were refused by the breaker while the service was up.
    pub refused_in_vain: u32,
    /// The time that callers spent waiting for nothing.
    pub waited: u64,
    /// The most calls that waited at once.
    pub most_waiting: usize,
    /// Changes of the state, with their times.
    pub changes: Vec<(u64, State)>,
}

// ANCHOR: call
/// Makes the calls, through a breaker if there is one.
pub fn make_calls(calls: &Calls, mut breaker: Option<Breaker>) -> Report {
    let mut report = Report::default();
    let mut state = State::Closed;
    // Calls under way: when they end, and whether well.
    let mut under_way: Vec<(u64, bool)> = Vec::new();
    for now in 0..calls.length {
        let ended: Vec<_> = under_way.extract_if(.., |(end, _)| *end <= now).collect();
        for (end, success) in ended {
            report.answered += u32::from(success);
            if let Some(breaker) = &mut breaker {
                breaker.report(end, success);
            }
        }
        if let Some(breaker) = &breaker {
            let next = breaker.state(now);
            if next != state {
                report.changes.push((now, next));
                state = next;
            }
        }
        if now % calls.gap.max(1) == 0 {
            let up = !calls.down.contains(&now);
            if breaker.as_mut().is_none_or(|breaker| breaker.allows(now)) {
                report.useless += u32::from(!up);
                report.waited += if up { 0 } else { calls.timeout };
                under_way.push((now + if up { calls.answer } else { calls.timeout }, up));
            } else {
                report.refused_in_vain += u32::from(up);
            }
        }
        let waiting = under_way.iter().filter(|(_, success)| !success).count();
        report.most_waiting = report.most_waiting.max(waiting);
    }
    report
}
// ANCHOR_END: call

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_failed_probe_opens_it_again_and_a_good_one_closes_it() {
        let mut breaker = Breaker::new(2, 100);
        breaker.report(0, false);
        assert_eq!(breaker.state(0), State::Closed);
        breaker.report(1, false);
        assert_eq!(
            (breaker.state(100), breaker.allows(100)),
            (State::Open, false)
        );
        assert_eq!(
            (breaker.state(101), breaker.allows(101)),
            (State::HalfOpen, true)
        );
        assert!(!breaker.allows(102), "one probe at a time");
        breaker.report(110, false);
        assert_eq!(breaker.state(209), State::Open);
        assert!(breaker.allows(210));
        breaker.report(215, true);
        assert_eq!(
            (breaker.state(215), breaker.allows(215)),
            (State::Closed, true)
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn it_never_opens_for_a_service_that_answers(gap in 1..30u64, answer in 1..50u64, threshold in 1..5u32) {
            let calls = Calls { gap, answer, timeout: 100, down: 0..0, length: 2_000 };
            let report = make_calls(&calls, Some(Breaker::new(threshold, 50)));
            prop_assert_eq!((report.useless, report.refused_in_vain), (0, 0));
            prop_assert!(report.changes.is_empty());
            prop_assert_eq!(report.answered, make_calls(&calls, None).answered);
        }

        #[test]
        fn it_spares_calls_and_ends_closed(gap in 1..30u64, threshold in 1..5u32, pause in 50..400u64) {
            let calls = Calls { gap, answer: 5, timeout: 100, down: 500..1_500, length: 4_000 };
            let (with, without) = (make_calls(&calls, Some(Breaker::new(threshold, pause))), make_calls(&calls, None));
            prop_assert!(with.useless <= without.useless);
            prop_assert_eq!(with.changes.last().map(|(_, state)| *state), Some(State::Closed));
            // After the service is back, at most a pause, a probe's time-out and a call's distance are lost.
            prop_assert!(u64::from(with.refused_in_vain) * gap <= pause + 100 + 5 + 2 * gap);
        }
    }
}
