//! A circuit breaker: calls to something that fails are refused for a while.
//!
//! Shown in `src/queues/circuit-breaker.md`.
//!
//! The pattern is that of M. Nygard, *Release It!*, 2007, chapter 5. Times are in
//! milliseconds.

use std::fmt;
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

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Closed => "closed",
            Self::Open => "open",
            Self::HalfOpen => "half-open",
        })
    }
}

/// Permission for one call. The caller returns it with the result, so it can be used
/// only once.
#[derive(Debug, PartialEq, Eq)]
pub struct Pass {
    generation: u64,
}

impl Pass {
    /// The generation of the breaker in which it was given. This consumes it.
    fn spend(self) -> u64 {
        self.generation
    }
}

/// A circuit breaker that counts failures in a row.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Breaker {
    threshold: u32,
    pause: u64,
    failures: u32,
    opened: Option<u64>,
    probing: bool,
    /// How often it has opened or closed so far.
    generation: u64,
}

impl Breaker {
    /// A closed breaker. It opens after `threshold` failures in a row, and lets a probe
    /// through after `pause`.
    pub fn new(threshold: u32, pause: u64) -> Self {
        Self {
            threshold,
            pause,
            failures: 0,
            opened: None,
            probing: false,
            generation: 0,
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

    /// A pass for a call, if it may go through now. The caller must report the result
    /// of the call.
    pub fn allows(&mut self, now: u64) -> Option<Pass> {
        let may_pass = match self.state(now) {
            State::Closed => true,
            State::Open => false,
            State::HalfOpen => !std::mem::replace(&mut self.probing, true),
        };
        let generation = self.generation;
        may_pass.then_some(Pass { generation })
    }

    /// Reports the result of a call that ended now.
    pub fn report(&mut self, now: u64, pass: Pass, success: bool) {
        if pass.spend() != self.generation {
            // The call began before the breaker last opened or closed: its result is
            // old news.
            return;
        }
        match (self.probing, success) {
            (false, true) => self.failures = 0,
            (false, false) if self.failures + 1 < self.threshold => self.failures += 1,
            (true, true) => self.change(None),
            (_, false) => self.change(Some(now)),
        }
    }

    fn change(&mut self, opened: Option<u64>) {
        (self.opened, self.failures, self.probing) = (opened, 0, false);
        self.generation += 1;
    }
    // ANCHOR_END: breaker
}

/// Calls at regular intervals to a service that doesn't answer for a while.
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
    /// How long the run lasts.
    pub length: u64,
}

/// The outcome of the calls.
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
    // Calls in progress: when they end, whether they succeed, and the breaker's pass.
    let mut under_way: Vec<(u64, bool, Option<Pass>)> = Vec::new();
    for now in 0..calls.length {
        let ended: Vec<_> = under_way
            .extract_if(.., |(end, _, _)| *end <= now)
            .collect();
        for (end, success, pass) in ended {
            report.answered += u32::from(success);
            if let (Some(breaker), Some(pass)) = (&mut breaker, pass) {
                breaker.report(end, pass, success);
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
            let pass = breaker.as_mut().and_then(|breaker| breaker.allows(now));
            if breaker.is_none() || pass.is_some() {
                report.useless += u32::from(!up);
                report.waited += if up { 0 } else { calls.timeout };
                let takes = if up { calls.answer } else { calls.timeout };
                under_way.push((now + takes, up, pass));
            } else {
                report.refused_in_vain += u32::from(up);
            }
        }
        let waiting = under_way.iter().filter(|(_, up, _)| !up).count();
        report.most_waiting = report.most_waiting.max(waiting);
    }
    report
}
// ANCHOR_END: call

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn pass(breaker: &mut Breaker, now: u64) -> Pass {
        breaker.allows(now).expect("the call may pass")
    }

    #[test]
    fn a_failed_probe_opens_it_again_and_a_good_one_closes_it() {
        let mut breaker = Breaker::new(2, 100);
        let (one, two) = (pass(&mut breaker, 0), pass(&mut breaker, 0));
        breaker.report(0, one, false);
        assert_eq!(breaker.state(0), State::Closed);
        breaker.report(1, two, false);
        assert_eq!(
            (breaker.state(100), breaker.allows(100)),
            (State::Open, None)
        );
        assert_eq!(breaker.state(101), State::HalfOpen);
        let probe = pass(&mut breaker, 101);
        assert_eq!(breaker.allows(102), None, "one probe at a time");
        breaker.report(110, probe, false);
        assert_eq!(breaker.state(209), State::Open);
        let probe = pass(&mut breaker, 210);
        breaker.report(215, probe, true);
        assert_eq!(breaker.state(215), State::Closed);
        assert!(breaker.allows(215).is_some());
    }

    #[test]
    fn a_success_from_before_it_opened_does_not_close_it() {
        let mut breaker = Breaker::new(1, 100);
        let (slow, failing) = (pass(&mut breaker, 0), pass(&mut breaker, 1));
        breaker.report(2, failing, false);
        breaker.report(3, slow, true);
        assert_eq!(breaker.state(3), State::Open);
    }

    #[test]
    fn a_failure_from_before_it_opened_does_not_judge_the_probe() {
        let mut breaker = Breaker::new(1, 100);
        let (slow, failing) = (pass(&mut breaker, 0), pass(&mut breaker, 1));
        breaker.report(2, failing, false);
        let probe = pass(&mut breaker, 102);
        breaker.report(103, slow, false);
        assert_eq!(breaker.state(103), State::HalfOpen);
        breaker.report(104, probe, true);
        assert_eq!(breaker.state(104), State::Closed);
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// The reference knows which call is the probe and when the breaker last
        /// changed, so it needs no generations.
        #[test]
        fn it_changes_only_along_the_arrows_of_its_diagram(
            threshold in 1..4u32, pause in 1..40u64, steps in prop::collection::vec((0..12u64, any::<bool>(), 0..8usize, any::<bool>()), 1..200),
        ) {
            let mut breaker = Breaker::new(threshold, pause);
            let mut open_calls: Vec<(u64, Pass)> = Vec::new();
            let (mut now, mut calls, mut changed_at) = (0, 0, 0);
            let (mut state, mut since, mut failures, mut probe) = (State::Closed, 0, 0, None);
            for (gap, starts, which, success) in steps {
                now += gap;
                if state == State::Open && now >= since + pause {
                    (state, probe) = (State::HalfOpen, None);
                }
                prop_assert_eq!(breaker.state(now), state);
                if starts || open_calls.is_empty() {
                    let may_pass = state == State::Closed || state == State::HalfOpen && probe.is_none();
                    let pass = breaker.allows(now);
                    prop_assert_eq!(pass.is_some(), may_pass);
                    if let Some(pass) = pass {
                        calls += 1;
                        if state == State::HalfOpen { probe = Some(calls); }
                        open_calls.push((calls, pass));
                    }
                    continue;
                }
                let (call, pass) = open_calls.swap_remove(which % open_calls.len());
                breaker.report(now, pass, success);
                match state {
                    State::Closed if call > changed_at => {
                        failures = if success { 0 } else { failures + 1 };
                        if failures == threshold {
                            (state, since, failures, changed_at) = (State::Open, now, 0, calls);
                        }
                    }
                    State::HalfOpen if probe == Some(call) => {
                        state = if success { State::Closed } else { State::Open };
                        (since, failures, changed_at) = (now, 0, calls);
                    }
                    _ => {}
                }
                prop_assert_eq!(breaker.state(now), state);
            }
        }

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
            // After the service is back, at most a pause, a probe's time-out and the
            // interval between two calls are lost.
            prop_assert!(u64::from(with.refused_in_vain) * gap <= pause + 100 + 5 + 2 * gap);
        }
    }
}
