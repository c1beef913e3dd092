//! What a primary sends to its replicas: statements, changed rows, or the bytes that
//! changed on its pages.
//!
//! Shown in `src/replication/shipping.md`.

use std::collections::BTreeMap;

use crate::random::Random;

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shipping {
    /// The text of each statement, which a replica runs again.
    Statement,
    /// Each changed row, with its new values.
    Row,
    /// Each changed byte range of each page. Pages hold eight rows.
    Log,
}

/// A statement on a table of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// `INSERT INTO t VALUES (id, value)`
    Insert(u64, u64),
    /// `UPDATE t SET value = value + n`, of all rows
    AddToAll(u64),
    /// `UPDATE t SET value = NOW() WHERE id = …`
    SetNow(u64),
    /// `UPDATE t SET value = RANDOM() WHERE id = …`
    SetRandom(u64),
}

impl Statement {
    fn text(self) -> String {
        match self {
            Self::Insert(id, value) => format!("INSERT INTO t VALUES ({id}, {value})"),
            Self::AddToAll(n) => format!("UPDATE t SET value = value + {n}"),
            Self::SetNow(id) => format!("UPDATE t SET value = NOW() WHERE id = {id}"),
            Self::SetRandom(id) => {
                format!("UPDATE t SET value = RANDOM() WHERE id = {id}")
            }
        }
    }
}

/// A table on a machine that has its own clock and its own random numbers.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The rows, by id.
    pub rows: BTreeMap<u64, u64>,
    random: Random,
    clock: u64,
}

// ANCHOR: ship
impl Machine {
    /// Runs a statement. Returns the rows that it changed.
    pub fn run(&mut self, statement: Statement) -> Vec<(u64, u64)> {
        self.clock += 1;
        let changed: Vec<(u64, u64)> = match statement {
            Statement::Insert(id, value) => vec![(id, value)],
            Statement::AddToAll(n) => self
                .rows
                .iter()
                .map(|(id, value)| (*id, value + n))
                .collect(),
            Statement::SetNow(id) => vec![(id, self.clock)],
            Statement::SetRandom(id) => vec![(id, self.random.below(1_000_000))],
        };
        self.rows.extend(changed.iter().copied());
        changed
    }
}

/// Runs statements on a primary and ships them. Returns both machines and how many
/// bytes were sent.
pub fn ship(statements: &[Statement], shipping: Shipping) -> (Machine, Machine, usize) {
    let (mut primary, mut replica) = (Machine::new(1, 1_000), Machine::new(2, 1_007));
    let mut bytes = 0;
    for statement in statements {
        let changed = primary.run(*statement);
        match shipping {
            Shipping::Statement => {
                bytes += statement.text().len();
                replica.run(*statement);
            }
            Shipping::Row => {
                bytes += ROW * changed.len();
                replica.rows.extend(changed);
            }
            Shipping::Log => {
                bytes += changed
                    .iter()
                    .map(|(id, _)| LOG_HEAD + touched(&replica, *id))
                    .sum::<usize>();
                replica.rows.extend(changed);
            }
        }
    }
    (primary, replica, bytes)
}
// ANCHOR_END: ship

/// An id and a value of 8 bytes each.
const ROW: usize = 16;
/// The number of the page, the place in it and the length.
const LOG_HEAD: usize = 8;

/// How many bytes of a page change with a row: its value, and with a new row also its
/// id and the page's list of rows.
fn touched(machine: &Machine, id: u64) -> usize {
    if machine.rows.contains_key(&id) {
        8
    } else {
        ROW + 2
    }
}

impl Machine {
    /// An empty table, the seed of the random numbers, and the time.
    pub fn new(seed: u64, clock: u64) -> Self {
        Self {
            rows: BTreeMap::new(),
            random: Random::new(seed),
            clock,
        }
    }

    /// How many rows are not the same on another machine.
    pub fn differences(&self, other: &Self) -> usize {
        let ids = self.rows.keys().chain(other.rows.keys());
        let ids: std::collections::BTreeSet<&u64> = ids.collect();
        ids.iter()
            .filter(|id| self.rows.get(id) != other.rows.get(id))
            .count()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn statement() -> impl Strategy<Value = Statement> {
        prop_oneof![
            (0..20u64, 0..100u64).prop_map(|(id, value)| Statement::Insert(id, value)),
            (1..5u64).prop_map(Statement::AddToAll),
            (0..20u64).prop_map(Statement::SetNow),
            (0..20u64).prop_map(Statement::SetRandom),
        ]
    }

    #[test]
    fn now_and_random_differ_when_they_are_run_again() {
        for statement in [Statement::SetNow(1), Statement::SetRandom(1)] {
            let (primary, replica, _) =
                ship(&[Statement::Insert(1, 0), statement], Shipping::Statement);
            assert_eq!(primary.differences(&replica), 1);
        }
    }

    proptest! {
        #[test]
        fn rows_and_logs_always_agree(statements in prop::collection::vec(statement(), 0..60)) {
            for shipping in [Shipping::Row, Shipping::Log] {
                let (primary, replica, _) = ship(&statements, shipping);
                prop_assert_eq!(primary.rows, replica.rows);
            }
        }

        #[test]
        fn statements_agree_when_their_results_are_certain(statements in prop::collection::vec(statement(), 0..60)) {
            let certain: Vec<_> = statements.into_iter()
                .filter(|one| matches!(one, Statement::Insert(..) | Statement::AddToAll(_))).collect();
            let (primary, replica, _) = ship(&certain, Shipping::Statement);
            prop_assert_eq!(primary.rows, replica.rows);
        }
    }
}
