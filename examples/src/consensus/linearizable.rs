//! A checker for linearizability: could one copy of a register have given these
//! answers?
//!
//! Shown in `src/consensus/linearizability.md`.
//!
//! The search is that of J. M. Wing and C. Gong, "Testing and Verifying Concurrent
//! Objects", *Journal of Parallel and Distributed Computing* 17, 1993, with the cache
//! of tried states that G. Lowe added in "Testing for Linearizability", 2017.

use std::collections::BTreeSet;

/// What a client did.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Action {
    /// It wrote a value.
    Write(u64),
    /// It read a value.
    Read(u64),
}

/// An operation of a client, from its call to its answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Operation {
    /// When it was called.
    pub call: u64,
    /// When the answer came; `None` if none did, so that it may have happened at any
    /// time or not at all.
    pub answer: Option<u64>,
    /// What it did.
    pub action: Action,
}

impl Operation {
    /// A write that was answered.
    pub fn write(call: u64, answer: u64, value: u64) -> Self {
        Self {
            call,
            answer: Some(answer),
            action: Action::Write(value),
        }
    }

    /// A read that was answered.
    pub fn read(call: u64, answer: u64, value: u64) -> Self {
        Self {
            call,
            answer: Some(answer),
            action: Action::Read(value),
        }
    }
}

/// The calls and answers of a history in order of time, as lines of a sequence diagram
/// in which each operation has a client of its own.
pub fn trace(history: &[Operation]) -> Vec<String> {
    let mut events = Vec::new();
    for (client, operation) in (1..).zip(history) {
        let (call, answer) = match operation.action {
            Action::Write(value) => (format!("write {value}"), "done".to_owned()),
            Action::Read(value) => ("read".to_owned(), value.to_string()),
        };
        let call = format!("client {client} -> register: {call}");
        events.push((operation.call, call));
        if let Some(time) = operation.answer {
            events.push((time, format!("register --> client {client}: {answer}")));
        }
    }
    events.sort_by_key(|(time, _)| *time);
    let lines = events.into_iter();
    lines
        .map(|(time, line)| format!("{time:2} ms  {line}"))
        .collect()
}

/// An order in which one copy, holding 0 at first, could have done the operations (at
/// most 64); `None` if there is no such order. It contains unanswered operations only
/// where they may be needed.
///
/// An operation may be next if no other one that is left was answered before it was
/// called.
pub fn linearize(history: &[Operation]) -> Option<Vec<usize>> {
    if history.len() > 64 {
        return None;
    }
    // What no one observed constrains nothing: an unanswered read, and an unanswered
    // write of a value that no read gave.
    let is_idle = |operation: &Operation| match operation.action {
        _ if operation.answer.is_some() => false,
        Action::Read(_) => true,
        Action::Write(value) => history
            .iter()
            .all(|other| other.answer.is_none() || other.action != Action::Read(value)),
    };
    let idle = (0..history.len()).filter(|n| is_idle(&history[*n]));
    let done = idle.fold(0, |done, n| done | 1 << n);
    let mut order = Vec::new();
    search(history, done, 0, &mut order, &mut BTreeSet::new()).then_some(order)
}

// ANCHOR: check
fn search(
    history: &[Operation],
    done: u64,
    value: u64,
    order: &mut Vec<usize>,
    tried: &mut BTreeSet<(u64, u64)>,
) -> bool {
    let left = || (0..history.len()).filter(|n| done & (1 << n) == 0);
    // What was never answered doesn't have to happen.
    if left().all(|n| history[n].answer.is_none()) {
        return true;
    }
    if !tried.insert((done, value)) {
        return false;
    }
    let first_answer = left()
        .filter_map(|n| history[n].answer)
        .min()
        .unwrap_or(u64::MAX);
    for n in left().filter(|n| history[*n].call <= first_answer) {
        let next = match history[n].action {
            Action::Write(written) => written,
            Action::Read(read) if read == value => value,
            Action::Read(_) => continue,
        };
        order.push(n);
        if search(history, done | 1 << n, next, order, tried) {
            return true;
        }
        order.pop();
    }
    false
}
// ANCHOR_END: check

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// Tries every order of every choice of the unanswered operations, and looks at the
    /// rules only in the end.
    fn brute_force(history: &[Operation]) -> bool {
        fn is_legal(history: &[Operation], order: &[usize]) -> bool {
            let mut value = 0;
            let register = order.iter().all(|n| match history[*n].action {
                Action::Write(written) => {
                    value = written;
                    true
                }
                Action::Read(read) => read == value,
            });
            let in_time = order.iter().enumerate().all(|(place, n)| {
                order[place + 1..].iter().all(|later| {
                    history[*later]
                        .answer
                        .is_none_or(|answer| answer >= history[*n].call)
                })
            });
            register && in_time
        }
        fn extend(history: &[Operation], order: &mut Vec<usize>) -> bool {
            let complete = (0..history.len())
                .all(|n| history[n].answer.is_none() || order.contains(&n));
            if complete && is_legal(history, order) {
                return true;
            }
            (0..history.len()).any(|n| {
                if order.contains(&n) {
                    return false;
                }
                order.push(n);
                let found = extend(history, order);
                order.pop();
                found
            })
        }
        extend(history, &mut Vec::new())
    }

    fn operation() -> impl Strategy<Value = Operation> {
        let action = prop_oneof![
            (1..4u64).prop_map(Action::Write),
            (0..4u64).prop_map(Action::Read)
        ];
        (0..12u64, prop::option::weighted(0.8, 0..8u64), action).prop_map(
            |(call, length, action)| Operation {
                call,
                answer: length.map(|length| call + length),
                action,
            },
        )
    }

    #[test]
    fn a_trace_has_calls_and_answers_in_order_of_time() {
        let lost = Operation {
            call: 1,
            answer: None,
            action: Action::Write(2),
        };
        let lines = trace(&[Operation::read(0, 7, 5), lost]);
        let expected = [
            " 0 ms  client 1 -> register: read",
            " 1 ms  client 2 -> register: write 2",
            " 7 ms  register --> client 1: 5",
        ];
        assert_eq!(lines, expected);
    }

    #[test]
    fn too_long_a_history_is_not_judged() {
        assert_eq!(linearize(&[Operation::read(0, 1, 0); 65]), None);
        assert_eq!(linearize(&[]), Some(vec![]));
    }

    proptest! {
        #[test]
        fn it_agrees_with_trying_every_order(history in prop::collection::vec(operation(), 0..6)) {
            prop_assert_eq!(linearize(&history).is_some(), brute_force(&history));
        }

        #[test]
        fn what_one_copy_answered_is_accepted(steps in prop::collection::vec((any::<bool>(), 1..5u64, 0..6u64, 0..6u64), 0..20)) {
            // Operations that take effect one after the other, each at a moment between
            // its call and its answer.
            let mut value = 0;
            let history: Vec<Operation> = (0..).zip(&steps).map(|(n, (is_write, written, before, after))| {
                let at = 10 + n * 3;
                if *is_write { value = *written; }
                let action = if *is_write { Action::Write(value) } else { Action::Read(value) };
                Operation { call: at - before, answer: Some(at + after), action }
            }).collect();
            prop_assert!(linearize(&history).is_some());
        }
    }
}
