//! Two transactions on a toy store, in every order in which their steps can interleave,
//! under three levels of isolation.
//!
//! Shown in `src/relational/isolation.md`.
//!
//! H. Berenson and others, "A Critique of ANSI SQL Isolation Levels", SIGMOD 1995;
//! snapshot isolation with first-committer-wins as there, section 4.2; the serializable
//! level validates reads at the commit, as in H. T. Kung and J. T. Robinson, "On
//! Optimistic Methods for Concurrency Control", ACM TODS 6(2), 1981, or looks for two
//! consecutive conflicts, as in M. J. Cahill, U. Roehm and A. D. Fekete, "Serializable
//! Isolation for Snapshot Databases", SIGMOD 2008.

use std::collections::{BTreeMap, BTreeSet};

/// What a transaction sees, and when its commit is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Each read sees what was committed last.
    ReadCommitted,
    /// All reads see the state at the start; a commit is refused if another transaction
    /// committed a change to the same item since then.
    Snapshot,
    /// As a snapshot, and a commit is also refused if what it read has changed since
    /// the start: optimistic concurrency control with backward validation.
    Validated,
    /// As a snapshot, and a commit is also refused if it would complete two conflicts
    /// in a row: one transaction that overwrites what another one read, and has itself
    /// read what a third one overwrites. Serializable snapshot isolation, the form of
    /// `PostgreSQL`.
    ConflictPairs,
}

/// The store: named items with a number each.
pub type Items = BTreeMap<&'static str, i64>;

/// A step of a transaction. A commit follows the last one.
#[derive(Debug, Clone, Copy)]
pub enum Step {
    /// Reads an item into the transaction's notes.
    Read(&'static str),
    /// Reads all items whose names have this prefix.
    ReadAll(&'static str),
    /// Writes the function's result for the notes to an item, if there is one.
    Write(&'static str, fn(&Items) -> Option<i64>),
}

#[derive(Debug, Clone, Default)]
struct Transaction {
    place: usize,
    begun: u64,
    snapshot: Items,
    notes: Items,
    /// The items and the prefixes that it read; `true` for a prefix.
    read: Vec<(&'static str, bool)>,
    writes: Items,
    /// When it committed, if it did.
    committed: Option<u64>,
    /// Whether a transaction at the same time read what this one overwrites, and the
    /// reverse.
    conflict_in: bool,
    conflict_out: bool,
}

impl Transaction {
    fn has_read(&self, item: &str) -> bool {
        let mut read = self.read.iter();
        read.any(|(name, is_prefix)| {
            *name == item || *is_prefix && item.starts_with(name)
        })
    }

    /// Whether it read what the other one writes.
    fn has_read_of(&self, other: &Self) -> bool {
        other.writes.keys().any(|item| self.has_read(item))
    }
}

#[derive(Debug, Clone)]
struct World {
    items: Items,
    /// When each item was last changed.
    changed: BTreeMap<&'static str, u64>,
    clock: u64,
    transactions: Vec<Transaction>,
    refused: usize,
    lines: Vec<String>,
}

/// How a run in one order ended.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Outcome {
    /// The items in the end.
    pub items: Items,
    /// How many transactions were refused at their commit.
    pub refused: usize,
    /// The steps, as lines of a trace.
    pub lines: Vec<String>,
}

// ANCHOR: commit
impl World {
    /// Whether a transaction may commit.
    fn may_commit(&self, transaction: &Transaction, level: Level) -> bool {
        let changed_since =
            |item: &str| self.changed.get(item) > Some(&transaction.begun);
        let writes_clash = transaction.writes.keys().any(|item| changed_since(item));
        let mut changed = self.changed.keys();
        let read_is_old =
            changed.any(|item| transaction.has_read(item) && changed_since(item));
        match level {
            Level::ReadCommitted => true,
            Level::Snapshot => !writes_clash,
            Level::Validated => !writes_clash && !read_is_old,
            Level::ConflictPairs => {
                !writes_clash && !self.completes_a_pair(transaction)
            }
        }
    }

    /// Whether its commit would give it, or a transaction that has committed at the
    /// same time, a conflict on both sides.
    fn completes_a_pair(&self, transaction: &Transaction) -> bool {
        let (mut conflict_in, mut conflict_out) =
            (transaction.conflict_in, transaction.conflict_out);
        for other in self.committed_beside(transaction) {
            let (comes_in, goes_out) = (
                other.has_read_of(transaction),
                transaction.has_read_of(other),
            );
            if comes_in && other.conflict_in || goes_out && other.conflict_out {
                return true;
            }
            conflict_in |= comes_in;
            conflict_out |= goes_out;
        }
        conflict_in && conflict_out
    }
    // ANCHOR_END: commit

    /// Those that committed after this one began.
    fn committed_beside(
        &self,
        transaction: &Transaction,
    ) -> impl Iterator<Item = &Transaction> {
        let began = Some(transaction.begun);
        let all = self.transactions.iter();
        all.filter(move |other| other.committed > began)
    }

    /// Notes the conflicts of a transaction that commits now with those that have
    /// committed beside it.
    fn note_conflicts(&mut self, transaction: &mut Transaction) {
        for other in &mut self.transactions {
            if other.committed > Some(transaction.begun) {
                let (comes_in, goes_out) = (
                    other.has_read_of(transaction),
                    transaction.has_read_of(other),
                );
                transaction.conflict_in |= comes_in;
                transaction.conflict_out |= goes_out;
                other.conflict_out |= comes_in;
                other.conflict_in |= goes_out;
            }
        }
    }

    fn step(&mut self, who: usize, steps: &[Step], level: Level) {
        let name = ["T1", "T2", "T3"].get(who).copied().unwrap_or("T");
        let mut transaction = std::mem::take(&mut self.transactions[who]);
        if transaction.place == 0 {
            transaction.begun = self.clock;
            transaction.snapshot = self.items.clone();
        }
        let view = match level {
            Level::ReadCommitted => &self.items,
            _ => &transaction.snapshot,
        };
        match steps.get(transaction.place) {
            Some(Step::Read(item)) => {
                let value = view.get(item).copied().unwrap_or(0);
                self.lines
                    .push(format!("{name} -> store: read {item}, is {value}"));
                transaction.notes.insert(item, value);
                transaction.read.push((item, false));
            }
            Some(Step::ReadAll(prefix)) => {
                let found = view.iter().filter(|(item, _)| item.starts_with(prefix));
                let found: Items = found.map(|(item, value)| (*item, *value)).collect();
                let count = found.len();
                self.lines
                    .push(format!("{name} -> store: read all {prefix}, are {count}"));
                transaction.notes.extend(found);
                transaction.read.push((prefix, true));
            }
            Some(Step::Write(item, make)) => {
                if let Some(value) = make(&transaction.notes) {
                    self.lines
                        .push(format!("{name} -> {name}: will write {item} = {value}"));
                    transaction.writes.insert(item, value);
                }
            }
            None if self.may_commit(&transaction, level) => {
                self.clock += 1;
                self.note_conflicts(&mut transaction);
                transaction.committed = Some(self.clock);
                for (item, value) in &transaction.writes {
                    self.items.insert(item, *value);
                    self.changed.insert(item, self.clock);
                }
                self.lines.push(format!("{name} -> store: commit"));
            }
            None => {
                self.refused += 1;
                self.lines.push(format!("store --> {name}: commit refused"));
            }
        }
        transaction.place += 1;
        self.transactions[who] = transaction;
    }
}

/// Every way to interleave the transactions, and how it ended.
pub fn interleavings(
    start: &Items,
    transactions: &[Vec<Step>],
    level: Level,
) -> Vec<Outcome> {
    let world = World {
        items: start.clone(),
        changed: BTreeMap::new(),
        clock: 0,
        transactions: vec![Transaction::default(); transactions.len()],
        refused: 0,
        lines: Vec::new(),
    };
    let (mut open, mut outcomes) = (vec![world], Vec::new());
    while let Some(world) = open.pop() {
        let steps = transactions.iter().enumerate().rev();
        let ready: Vec<usize> = steps
            .filter(|(who, steps)| world.transactions[*who].place <= steps.len())
            .map(|(who, _)| who)
            .collect();
        if ready.is_empty() {
            let World {
                items,
                refused,
                lines,
                ..
            } = world.clone();
            outcomes.push(Outcome {
                items,
                refused,
                lines,
            });
        }
        for who in ready {
            let mut next = world.clone();
            next.step(who, &transactions[who], level);
            open.push(next);
        }
    }
    outcomes
}

/// The anomalies: outcomes that no serial order of the transactions gives, without
/// refused ones.
///
/// An item is compared only by its value in the end. A refused transaction counts as if
/// it had not been.
pub fn anomalies<'a>(
    start: &Items,
    transactions: &[Vec<Step>],
    outcomes: &'a [Outcome],
) -> Vec<&'a Outcome> {
    let mut serial: BTreeSet<(usize, Items)> = BTreeSet::new();
    for subset in 0..1u32 << transactions.len().min(8) {
        let chosen: Vec<Vec<Step>> = transactions
            .iter()
            .enumerate()
            .filter(|(who, _)| subset >> who & 1 == 1)
            .map(|(_, steps)| steps.clone())
            .collect();
        let refused = transactions.len() - chosen.len();
        for order in permutations(chosen.len()) {
            let mut items = start.clone();
            for who in order {
                let one = interleavings(&items, &chosen[who..=who], Level::Validated);
                items = one
                    .into_iter()
                    .next()
                    .map(|end| end.items)
                    .unwrap_or_default();
            }
            serial.insert((refused, items));
        }
    }
    let is_serial = |end: &&Outcome| serial.contains(&(end.refused, end.items.clone()));
    outcomes.iter().filter(|end| !is_serial(end)).collect()
}

fn permutations(n: usize) -> Vec<Vec<usize>> {
    let mut orders = vec![Vec::new()];
    for next in 0..n {
        orders = orders
            .into_iter()
            .flat_map(|order| {
                (0..=order.len()).map(move |place| {
                    let mut longer: Vec<usize> = order.clone();
                    longer.insert(place, next);
                    longer
                })
            })
            .collect();
    }
    orders
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn step() -> impl Strategy<Value = Step> {
        let item = proptest::sample::select(vec!["a1", "a2", "b1"]);
        let sum: fn(&Items) -> Option<i64> =
            |notes| Some(notes.values().sum::<i64>() * 2 + 1);
        prop_oneof![
            item.clone().prop_map(Step::Read),
            Just(Step::ReadAll("a")),
            item.prop_map(move |item| Step::Write(item, sum)),
        ]
    }

    proptest! {
        #[test]
        fn both_serializable_levels_have_no_anomalies(
            one in proptest::collection::vec(step(), 0..4),
            two in proptest::collection::vec(step(), 0..4),
        ) {
            let start: Items = [("a1", 1), ("b1", 5)].into();
            let both = [one, two];
            for level in [Level::Validated, Level::ConflictPairs] {
                let outcomes = interleavings(&start, &both, level);
                prop_assert!(anomalies(&start, &both, &outcomes).is_empty());
            }
        }

        #[test]
        fn three_transactions_neither(three in proptest::collection::vec(proptest::collection::vec(step(), 0..3), 3)) {
            let start: Items = [("a1", 1), ("b1", 5)].into();
            for level in [Level::Validated, Level::ConflictPairs] {
                let outcomes = interleavings(&start, &three, level);
                prop_assert!(anomalies(&start, &three, &outcomes).is_empty(), "{:?}", level);
            }
        }

        /// Of two transactions, the pairs of conflicts are refused in a part of the
        /// orders in which old reads are.
        #[test]
        fn looking_for_pairs_refuses_no_more_than_validation_does(
            one in proptest::collection::vec(step(), 0..4),
            two in proptest::collection::vec(step(), 0..4),
        ) {
            let start: Items = [("a1", 1), ("b1", 5)].into();
            let both = [one, two];
            let refused = |level| interleavings(&start, &both, level).iter().map(|end| end.refused).sum::<usize>();
            prop_assert!(refused(Level::ConflictPairs) <= refused(Level::Validated));
        }
    }

    #[test]
    fn interleavings_are_as_many_as_the_binomial_says() {
        let steps = vec![Step::Read("a"), Step::Read("a")];
        // Three steps each with the commit: 6! / (3! 3!).
        let all =
            interleavings(&Items::new(), &[steps.clone(), steps], Level::Snapshot);
        assert_eq!(all.len(), 20);
    }
}
