//! What a primary sends to its replicas: statements, changed rows, or the bytes that
//! changed on its pages.
//!
//! Shown in `src/replication/shipping.md`.

use std::collections::{BTreeMap, BTreeSet};

use crate::random::Random;

/// What is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Shipping {
    /// The text of each statement, which a replica runs again.
    Statement,
    /// Each changed row, with its new values.
    Row,
    /// Each changed range of bytes of each page.
    Log,
}

/// A statement on a table of numbers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Statement {
    /// `INSERT INTO t VALUES (id, value)`, with the id in the place of an older row
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

/// A page, in words of eight bytes: how many rows it has, and then each row's id and
/// value.
type Page = Vec<u64>;

/// A row: its id and its value.
type Row = (u64, u64);

/// A change of a page: which page, from which word on, and the new words.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    page: usize,
    word: usize,
    words: Vec<u64>,
}

/// A table on a machine that has its own clock and its own random numbers.
#[derive(Debug, Clone)]
pub struct Machine {
    /// The table's pages.
    pages: Vec<Page>,
    /// How many rows this version of the software puts on a page.
    rows_a_page: usize,
    random: Random,
    clock: u64,
}

// ANCHOR: ship
impl Machine {
    /// Runs a statement. Returns the rows that it changed.
    pub fn run(&mut self, statement: Statement) -> Vec<Row> {
        self.clock += 1;
        let has = |id| self.rows().contains_key(&id);
        let changed: Vec<Row> = match statement {
            Statement::Insert(id, value) => vec![(id, value)],
            Statement::AddToAll(n) => {
                let rows = self.rows().into_iter();
                rows.map(|(id, value)| (id, value.wrapping_add(n)))
                    .collect()
            }
            Statement::SetNow(id) | Statement::SetRandom(id) if !has(id) => Vec::new(),
            Statement::SetNow(id) => vec![(id, self.clock)],
            Statement::SetRandom(id) => vec![(id, self.random.below(1_000_000))],
        };
        for row in &changed {
            self.store(*row);
        }
        changed
    }
}

/// Runs statements on a primary and ships them to a replica. Returns how many bytes
/// were sent.
pub fn ship(
    statements: &[Statement],
    shipping: Shipping,
    primary: &mut Machine,
    replica: &mut Machine,
) -> usize {
    let mut bytes = 0;
    for statement in statements {
        let before = primary.pages.clone();
        let rows = primary.run(*statement);
        match shipping {
            Shipping::Statement => {
                bytes += statement.text().len();
                replica.run(*statement);
            }
            Shipping::Row => {
                bytes += ROW * rows.len();
                for row in rows {
                    replica.store(row);
                }
            }
            Shipping::Log => {
                for change in changes(&before, &primary.pages) {
                    bytes += LOG_HEAD + WORD * change.words.len();
                    replica.copy(&change);
                }
            }
        }
    }
    bytes
}
// ANCHOR_END: ship

const WORD: usize = 8;
/// An id and a value.
const ROW: usize = 2 * WORD;
/// The number of the page, the place in it and the length.
const LOG_HEAD: usize = 8;

/// What changed between two states of a table, as few ranges as there are.
fn changes(before: &[Page], after: &[Page]) -> Vec<Change> {
    let mut changes: Vec<Change> = Vec::new();
    for (page, words) in after.iter().enumerate() {
        let old = |word: usize| before.get(page).and_then(|page| page.get(word));
        for (word, value) in words.iter().enumerate() {
            if old(word).unwrap_or(&0) == value {
                continue;
            }
            match changes.last_mut() {
                Some(last)
                    if last.page == page && last.word + last.words.len() == word =>
                {
                    last.words.push(*value);
                }
                _ => changes.push(Change {
                    page,
                    word,
                    words: vec![*value],
                }),
            }
        }
    }
    changes
}

impl Machine {
    /// An empty table, the seed of the random numbers, the time, and how many rows go
    /// on a page.
    pub fn new(seed: u64, clock: u64, rows_a_page: usize) -> Self {
        Self {
            pages: Vec::new(),
            rows_a_page: rows_a_page.max(1),
            random: Random::new(seed),
            clock,
        }
    }

    /// The rows by their ids, as this machine reads its pages.
    pub fn rows(&self) -> BTreeMap<u64, u64> {
        let places = (0..self.pages.len())
            .flat_map(|page| (0..self.rows_a_page).map(move |row| (page, row)));
        places
            .filter_map(|(page, row)| self.row(page, row))
            .collect()
    }

    /// How many rows are not the same on another machine.
    pub fn differences(&self, other: &Self) -> usize {
        let (ours, theirs) = (self.rows(), other.rows());
        let ids: BTreeSet<&u64> = ours.keys().chain(theirs.keys()).collect();
        ids.iter()
            .filter(|id| ours.get(id) != theirs.get(id))
            .count()
    }

    fn row(&self, page: usize, row: usize) -> Option<Row> {
        let words = self.pages.get(page)?;
        let is_used = row < usize::try_from(*words.first()?).unwrap_or(usize::MAX);
        let id = words.get(1 + 2 * row).filter(|_| is_used)?;
        Some((*id, *words.get(2 + 2 * row)?))
    }

    /// Writes a row in the place of the one with its id, or after all others.
    fn store(&mut self, (id, value): Row) {
        for page in 0..self.pages.len() {
            for row in 0..self.rows_a_page {
                if self.row(page, row).is_some_and(|(other, _)| other == id) {
                    self.pages[page][2 + 2 * row] = value;
                    return;
                }
            }
        }
        let used = |page: &Page| usize::try_from(page[0]).unwrap_or(usize::MAX);
        if self
            .pages
            .last()
            .is_none_or(|page| used(page) >= self.rows_a_page)
        {
            self.pages.push(vec![0; 1 + 2 * self.rows_a_page]);
        }
        if let Some(page) = self.pages.last_mut() {
            let at = 1 + 2 * used(page);
            page[at..at + 2].copy_from_slice(&[id, value]);
            page[0] += 1;
        }
    }

    /// Copies changed words to the same place, whatever they mean.
    fn copy(&mut self, change: &Change) {
        let size = 1 + 2 * self.rows_a_page;
        while self.pages.len() <= change.page {
            self.pages.push(vec![0; size]);
        }
        let page = &mut self.pages[change.page];
        let end = (change.word + change.words.len()).max(page.len());
        page.resize(end, 0);
        page[change.word..change.word + change.words.len()]
            .copy_from_slice(&change.words);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shipped(
        statements: &[Statement],
        shipping: Shipping,
    ) -> (Machine, Machine, usize) {
        let (mut primary, mut replica) =
            (Machine::new(1, 1_000, 8), Machine::new(2, 1_007, 8));
        let bytes = ship(statements, shipping, &mut primary, &mut replica);
        (primary, replica, bytes)
    }

    fn statement() -> impl Strategy<Value = Statement> {
        prop_oneof![
            (0..40u64, 0..100u64).prop_map(|(id, value)| Statement::Insert(id, value)),
            (1..5u64).prop_map(Statement::AddToAll),
            (0..40u64).prop_map(Statement::SetNow),
            (0..40u64).prop_map(Statement::SetRandom),
        ]
    }

    #[test]
    fn now_and_random_differ_when_they_are_run_again() {
        for statement in [Statement::SetNow(1), Statement::SetRandom(1)] {
            let (primary, replica, _) =
                shipped(&[Statement::Insert(1, 0), statement], Shipping::Statement);
            assert_eq!(primary.differences(&replica), 1);
        }
    }

    #[test]
    fn bytes_mean_something_else_to_another_version() {
        let inserts: Vec<_> =
            (0..100).map(|id| Statement::Insert(id, id + 1)).collect();
        for (shipping, is_same) in [
            (Shipping::Statement, true),
            (Shipping::Row, true),
            (Shipping::Log, false),
        ] {
            let (mut old, mut new) = (Machine::new(1, 0, 8), Machine::new(2, 0, 6));
            ship(&inserts, shipping, &mut old, &mut new);
            assert_eq!(old.differences(&new) == 0, is_same, "{shipping:?}");
        }
    }

    proptest! {
        /// The reference is a plain map.
        #[test]
        fn a_table_on_pages_is_a_map(statements in prop::collection::vec(statement(), 0..60), rows_a_page in 1..10usize) {
            let mut machine = Machine::new(1, 0, rows_a_page);
            let mut judge = BTreeMap::new();
            for statement in statements {
                judge.extend(machine.run(statement));
                prop_assert_eq!(&machine.rows(), &judge);
            }
        }

        #[test]
        fn rows_and_logs_always_agree_and_logs_byte_for_byte(statements in prop::collection::vec(statement(), 0..60)) {
            for shipping in [Shipping::Row, Shipping::Log] {
                let (primary, replica, _) = shipped(&statements, shipping);
                prop_assert_eq!(primary.rows(), replica.rows());
                prop_assert!(shipping == Shipping::Row || primary.pages == replica.pages);
            }
        }

        #[test]
        fn statements_agree_when_their_results_are_certain(statements in prop::collection::vec(statement(), 0..60)) {
            let certain: Vec<_> = statements.into_iter()
                .filter(|one| matches!(one, Statement::Insert(..) | Statement::AddToAll(_))).collect();
            let (primary, replica, _) = shipped(&certain, Shipping::Statement);
            prop_assert_eq!(primary.rows(), replica.rows());
        }
    }
}
