//! Two-phase commit, with a coordinator that crashes.
//!
//! Shown in `src/consensus/two-phase-commit.md`.
//!
//! After J. Gray, "Notes on Data Base Operating Systems", 1978, and P. A. Bernstein, V.
//! Hadzilacos and N. Goodman, *Concurrency Control and Recovery in Database Systems*,
//! 1987, chapter 7.

use std::fmt;

/// The state of a participant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum State {
    /// It has not been asked. It may still abort by itself.
    Working,
    /// It has said yes, holds its locks, and may neither commit nor abort by itself.
    Prepared,
    /// It has made the change.
    Committed,
    /// It has dropped the change.
    Aborted,
}

impl fmt::Display for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Working => "working",
            Self::Prepared => "prepared",
            Self::Committed => "committed",
            Self::Aborted => "aborted",
        })
    }
}

/// The outcome of a transaction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transaction {
    /// The participants.
    pub participants: Vec<State>,
    /// What the coordinator has on disk: its decision, if it made one.
    pub decision: Option<bool>,
    /// The messages, as lines of a sequence diagram.
    pub trace: Vec<String>,
    sent: usize,
    crash_after: usize,
}

impl Transaction {
    // ANCHOR: run
    /// Runs the protocol. `votes` are the participants' answers; the coordinator
    /// crashes after `survived` of its steps, each of which is a message that it sends
    /// or a write of its decision.
    pub fn run(votes: &[bool], survived: usize) -> Self {
        let mut it = Self {
            participants: vec![State::Working; votes.len()],
            decision: None,
            trace: Vec::new(),
            sent: 0,
            crash_after: survived,
        };
        let mut all = true;
        for (n, vote) in votes.iter().enumerate() {
            if !it.step(format!("coordinator -> p{n}: prepare")) {
                return it;
            }
            let (state, answer) = if *vote {
                (State::Prepared, "yes")
            } else {
                (State::Aborted, "no")
            };
            it.participants[n] = state;
            it.trace.push(format!("p{n} --> coordinator: {answer}"));
            all &= vote;
        }
        let verb = if all { "commit" } else { "abort" };
        if !it.step(format!("coordinator -> coordinator: decide to {verb}")) {
            return it;
        }
        it.decision = Some(all);
        it.tell(all, verb);
        it
    }
    // ANCHOR_END: run

    /// Tells all participants that don't know it yet.
    fn tell(&mut self, commit: bool, verb: &str) {
        for n in 0..self.participants.len() {
            let is_open =
                matches!(self.participants[n], State::Prepared | State::Working);
            if is_open && !self.step(format!("coordinator -> p{n}: {verb}")) {
                return;
            }
            if is_open {
                self.participants[n] = if commit {
                    State::Committed
                } else {
                    State::Aborted
                };
            }
        }
    }

    // ANCHOR: recover
    /// The coordinator restarts. Without a decision on disk it decides to abort.
    pub fn recover(&mut self) {
        self.crash_after = usize::MAX;
        let commit = self.decision.unwrap_or(false);
        self.decision = Some(commit);
        self.tell(commit, if commit { "commit" } else { "abort" });
    }

    /// Participants whose time-out runs out: those that haven't said yes abort, the
    /// others must wait.
    pub fn time_out(&mut self) {
        for state in &mut self.participants {
            if *state == State::Working {
                *state = State::Aborted;
            }
        }
    }
    // ANCHOR_END: recover

    /// The participants that are up ask each other. One that has committed or aborted
    /// knows what was decided, or decides by what it did; without one, nobody learns
    /// anything.
    pub fn ask_each_other(&mut self) {
        let known = self
            .participants
            .iter()
            .copied()
            .find(|state| matches!(state, State::Committed | State::Aborted));
        if let Some(known) = known {
            for state in &mut self.participants {
                if *state == State::Prepared {
                    *state = known;
                }
            }
        }
    }

    /// How many participants are blocked.
    pub fn blocked(&self) -> usize {
        self.participants
            .iter()
            .filter(|state| **state == State::Prepared)
            .count()
    }

    fn step(&mut self, line: String) -> bool {
        if self.sent == self.crash_after {
            self.trace
                .push("coordinator -> coordinator: crashes".to_owned());
            return false;
        }
        self.sent += 1;
        self.trace.push(line);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn all_agree_in_the_end_wherever_it_crashed(votes in prop::collection::vec(any::<bool>(), 1..6), survived in 0..14usize, asks in any::<bool>()) {
            let mut transaction = Transaction::run(&votes, survived);
            let both = |t: &Transaction| t.participants.contains(&State::Committed) && t.participants.contains(&State::Aborted);
            prop_assert!(!both(&transaction));
            transaction.time_out();
            prop_assert!(!both(&transaction));
            if asks {
                transaction.ask_each_other();
                let all_said_yes = votes.iter().all(|vote| *vote) && survived >= votes.len();
                prop_assert_eq!(transaction.blocked() > 0, all_said_yes && survived <= votes.len() + 1);
                prop_assert!(!both(&transaction));
            }
            transaction.recover();
            prop_assert_eq!(transaction.blocked(), 0);
            let first = transaction.participants[0];
            prop_assert!(transaction.participants.iter().all(|state| *state == first));
            // Nothing is committed against a vote, and what was decided stays.
            prop_assert!(first == State::Aborted || votes.iter().all(|vote| *vote));
            prop_assert!(survived <= votes.len() || (first == State::Committed) == votes.iter().all(|vote| *vote));
        }
    }
}
