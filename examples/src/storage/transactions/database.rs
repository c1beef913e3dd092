//! A database of accounts that logs, writes pages and recovers, by rules that can be
//! switched off.
//!
//! Shown in `src/storage/wal.md`.

use super::disk::{Disk, Write};
use super::records::{ACCOUNTS_A_PAGE, Bytes, Entry, Page};
use crate::storage::wal::{self, Check};
use std::collections::{BTreeMap, BTreeSet};

/// What is done about a page of which the disk wrote only some sectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Torn {
    /// Nothing: it is used as it is.
    Believed,
    /// Each page is written to a second place first, and read from there if the page's
    /// checksum doesn't fit.
    DoubleWrite,
    /// The log gets the whole page before its first change since a checkpoint, and
    /// recovery begins with that.
    PageImage,
}

/// Which rules the database follows. All of them are needed; the page switches off one
/// after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rules {
    /// Changes go to a log, and to pages later. Without it, a commit writes its pages
    /// in place.
    pub log: bool,
    /// Recovery applies a transaction's changes only if it finds its commit record.
    pub commit_records: bool,
    /// A page carries the number (LSN) of the last record applied to it, and recovery
    /// skips what the page already has.
    pub page_numbers: bool,
    /// What is done about torn pages.
    pub torn: Torn,
}

impl Rules {
    /// All rules, with the double write.
    pub const ALL: Self = Self {
        log: true,
        commit_records: true,
        page_numbers: true,
        torn: Torn::DoubleWrite,
    };
}

/// What recovery found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recovered {
    /// How many records of the log were read.
    pub read: usize,
    pages: Vec<Page>,
    /// Where the intact records of the log end.
    end: usize,
}

impl Recovered {
    /// The coins of each account.
    pub fn coins(&self) -> Vec<i64> {
        self.pages.iter().flat_map(|page| page.coins).collect()
    }
}

// ANCHOR: recover
/// The state after a crash: pages as they are on the disk, repaired where they are
/// torn, and brought up to date from the log. What transactions without a commit record
/// wrote is dropped.
pub fn restore(disk: &Disk, rules: Rules) -> Recovered {
    let both = disk.pages.iter().zip(&disk.copies);
    let mut pages: Vec<Page> = both
        .map(|(page, copy)| {
            let is_torn = rules.torn == Torn::DoubleWrite && !Page::is_whole(page);
            Page::read(if is_torn { copy } else { page })
        })
        .collect();
    let (mut end, mut read) = (disk.begin, 0);
    let mut open: BTreeMap<u32, Vec<(u32, i64)>> = BTreeMap::new();
    for record in wal::recover(&disk.log[disk.begin..], Check::Checksum) {
        // A record's number is the place in the log where it ends.
        (end, read) = (end + 8 + record.len(), read + 1);
        match Entry::decode(record) {
            Some(Entry::Change(transaction, account, coins))
                if rules.commit_records =>
            {
                open.entry(transaction).or_default().push((account, coins));
            }
            Some(Entry::Change(_, account, coins)) => {
                redo(&mut pages, &[(account, coins)], end, rules.page_numbers);
            }
            Some(Entry::Commit(transaction)) => {
                let changes = open.remove(&transaction).unwrap_or_default();
                redo(&mut pages, &changes, end, rules.page_numbers);
            }
            Some(Entry::Image(page, bytes)) => {
                pages[page as usize] = Page::read(&bytes);
            }
            None => {}
        }
    }
    Recovered { read, pages, end }
}

/// Applies changes to their pages, up to a record's number; except for pages that
/// already have that record.
fn redo(pages: &mut [Page], changes: &[(u32, i64)], number: usize, skips: bool) {
    for (at, page) in pages.iter_mut().enumerate() {
        if skips && page.applied >= number as u64 {
            continue;
        }
        for (account, coins) in changes {
            if page_of(*account) == at {
                page.coins[*account as usize % ACCOUNTS_A_PAGE] += coins;
                page.applied = number as u64;
            }
        }
    }
}
// ANCHOR_END: recover

fn page_of(account: u32) -> usize {
    account as usize / ACCOUNTS_A_PAGE
}

/// A database of accounts that runs, and what it has written so far.
#[derive(Debug, Clone)]
pub struct Database {
    /// The writes since the start, in order.
    pub writes: Vec<Write>,
    rules: Rules,
    disk: Disk,
    memory: Vec<Page>,
    /// What open transactions will change.
    open: BTreeMap<u32, Vec<(u32, i64)>>,
    /// Pages that are newer in memory than on disk.
    dirty: BTreeSet<usize>,
    /// Pages that the log has whole since the last checkpoint.
    imaged: BTreeSet<usize>,
}

impl Database {
    /// A database of this many pages, with the same number of coins in each account,
    /// and its disk.
    pub fn new(pages: u32, coins: i64, rules: Rules) -> (Self, Disk) {
        let page = |place| Page {
            place,
            applied: 0,
            coins: [coins; ACCOUNTS_A_PAGE],
        };
        let memory: Vec<Page> = (0..pages).map(page).collect();
        let bytes: Vec<Bytes> = memory.iter().map(|page| page.to_bytes()).collect();
        let disk = Disk {
            log: Vec::new(),
            copies: bytes.clone(),
            pages: bytes,
            begin: 0,
        };
        (Self::on(disk.clone(), memory, rules), disk)
    }

    fn on(disk: Disk, memory: Vec<Page>, rules: Rules) -> Self {
        Self {
            writes: Vec::new(),
            rules,
            disk,
            memory,
            open: BTreeMap::new(),
            dirty: BTreeSet::new(),
            imaged: BTreeSet::new(),
        }
    }

    /// Starts after a crash: recovers, cuts off the incomplete end of the log, writes
    /// the pages, and makes a checkpoint, so that nothing that was dropped is ever read
    /// again. Returns the disk as it was when writing began.
    pub fn restart(mut disk: Disk, rules: Rules) -> (Self, Disk) {
        let found = restore(&disk, rules);
        disk.log.truncate(found.end);
        let mut database = Self::on(disk.clone(), found.pages, rules);
        database.dirty = (0..database.memory.len()).collect();
        database.checkpoint();
        (database, disk)
    }

    // ANCHOR: commit
    /// A transaction adds coins to an account, or takes them. The log gets it; the page
    /// doesn't yet.
    pub fn change(&mut self, transaction: u32, account: u32, coins: i64) {
        if self.rules.log {
            self.log_images(&[(account, coins)]);
            let number = self.append(&Entry::Change(transaction, account, coins));
            if !self.rules.commit_records {
                return self.apply_changes(&[(account, coins)], number);
            }
        }
        let changes = self.open.entry(transaction).or_default();
        changes.push((account, coins));
    }

    /// Commits: the commit record, a flush, and only then the confirmation. Pages
    /// change in memory.
    pub fn commit(&mut self, transaction: u32) {
        let changes = self.open.remove(&transaction).unwrap_or_default();
        if self.rules.log {
            self.log_images(&changes);
            let number = self.append(&Entry::Commit(transaction));
            self.write(Write::Flush);
            self.apply_changes(&changes, number);
        } else {
            self.apply_changes(&changes, 0);
            self.write_pages();
        }
        self.write(Write::Confirm);
    }

    /// Writes all pages that are newer in memory, in place; before that, by the rules,
    /// to their second place.
    pub fn write_pages(&mut self) {
        self.write(Write::Flush);
        let dirty = std::mem::take(&mut self.dirty);
        for is_copy in [true, false] {
            if is_copy && self.rules.torn != Torn::DoubleWrite {
                continue;
            }
            for page in &dirty {
                let bytes = self.memory[*page].to_bytes();
                for (sector, bytes) in bytes.as_chunks().0.iter().enumerate() {
                    self.write(Write::Sector(is_copy, *page, sector, *bytes));
                }
            }
            self.write(Write::Flush);
        }
    }

    /// A checkpoint: all pages are on disk up to here, so recovery begins here. What
    /// open transactions have logged is logged again after that place.
    pub fn checkpoint(&mut self) {
        self.write_pages();
        let begin = self.disk.log.len();
        self.imaged.clear();
        for (transaction, changes) in self.open.clone() {
            for (account, coins) in changes {
                self.append(&Entry::Change(transaction, account, coins));
            }
        }
        self.write(Write::Flush);
        self.write(Write::Begin(begin));
        self.write(Write::Flush);
    }
    // ANCHOR_END: commit

    /// The coins of each account, as far as they are committed.
    pub fn coins(&self) -> Vec<i64> {
        self.memory.iter().flat_map(|page| page.coins).collect()
    }

    /// The disk as it would be now if all writes were done.
    pub fn disk(&self) -> &Disk {
        &self.disk
    }

    fn apply_changes(&mut self, changes: &[(u32, i64)], number: usize) {
        redo(&mut self.memory, changes, number, false);
        let pages = changes.iter().map(|(account, _)| page_of(*account));
        self.dirty.extend(pages);
    }

    fn log_images(&mut self, changes: &[(u32, i64)]) {
        if self.rules.torn != Torn::PageImage {
            return;
        }
        for page in changes.iter().map(|(account, _)| page_of(*account)) {
            if self.imaged.insert(page)
                && let Ok(place) = u32::try_from(page)
            {
                self.append(&Entry::Image(place, self.memory[page].to_bytes()));
            }
        }
    }

    /// Appends a record, and returns its number.
    fn append(&mut self, entry: &Entry) -> usize {
        let mut bytes = Vec::new();
        wal::append(&mut bytes, &entry.encode());
        self.write(Write::Log(bytes));
        self.disk.log.len()
    }

    fn write(&mut self, write: Write) {
        self.disk.apply(&write);
        self.writes.push(write);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// A step of a program that uses the database.
    #[derive(Debug, Clone)]
    enum Step {
        Change(u32, u32, i64),
        Commit(u32),
        WritePages,
        Checkpoint,
    }

    fn steps() -> impl Strategy<Value = Vec<Step>> {
        let step = prop_oneof![
            4 => (0..3u32, 0..12u32, -50..50i64).prop_map(|(who, account, coins)| Step::Change(who, account, coins)),
            3 => (0..3u32).prop_map(Step::Commit),
            1 => Just(Step::WritePages),
            1 => Just(Step::Checkpoint),
        ];
        proptest::collection::vec(step, 1..25)
    }

    /// Runs the steps; each commit ends a transaction, and the next change of the same
    /// program begins another. Returns the database and the state after each commit, by
    /// plain sums.
    fn run(steps: &[Step], rules: Rules) -> (Database, Disk, Vec<Vec<i64>>) {
        let (mut database, disk) = Database::new(3, 100, rules);
        let mut states = vec![database.coins()];
        let mut number = [0, 1, 2];
        let mut open: [Vec<(u32, i64)>; 3] = Default::default();
        for step in steps {
            match step {
                Step::Change(who, account, coins) => {
                    open[*who as usize].push((*account, *coins));
                    database.change(number[*who as usize], *account, *coins);
                }
                Step::Commit(who) => {
                    let mut state = states[states.len() - 1].clone();
                    for (account, coins) in open[*who as usize].drain(..) {
                        state[account as usize] += coins;
                    }
                    states.push(state);
                    database.commit(number[*who as usize]);
                    number[*who as usize] += 3;
                }
                Step::WritePages => database.write_pages(),
                Step::Checkpoint => database.checkpoint(),
            }
        }
        (database, disk, states)
    }

    fn is_right(
        disk: &Disk,
        rules: Rules,
        states: &[Vec<i64>],
        confirmed: usize,
    ) -> bool {
        let coins = restore(disk, rules).coins();
        states[confirmed..].contains(&coins)
    }

    proptest! {
        #[test]
        fn interleaved_transactions_survive_a_crash_at_every_write(steps in steps(), images in any::<bool>()) {
            let torn = if images { Torn::PageImage } else { Torn::DoubleWrite };
            let rules = Rules { torn, ..Rules::ALL };
            let (database, disk, states) = run(&steps, rules);
            prop_assert_eq!(&database.coins(), &states[states.len() - 1]);
            let mut all = true;
            disk.each_crash(&database.writes, |disk, confirmed| all &= is_right(disk, rules, &states, confirmed));
            prop_assert!(all);
        }

        /// Between two flushes the disk may do its writes in any order, or not at all;
        /// of the log some first bytes.
        #[test]
        fn writes_between_two_flushes_may_come_in_any_order(steps in steps(), images in any::<bool>(), at in any::<prop::sample::Index>(), kept in any::<u64>()) {
            let torn = if images { Torn::PageImage } else { Torn::DoubleWrite };
            let rules = Rules { torn, ..Rules::ALL };
            let (database, mut disk, states) = run(&steps, rules);
            let cut = at.index(database.writes.len() + 1);
            let before = &database.writes[..cut];
            let durable = before.iter().rposition(|write| *write == Write::Flush).unwrap_or(0);
            before[..durable].iter().for_each(|write| disk.apply(write));
            let confirmed = before.iter().filter(|write| **write == Write::Confirm).count();
            let mut log: Vec<u8> = Vec::new();
            for (bit, write) in (0..).zip(&before[durable..]) {
                match write {
                    Write::Log(bytes) => log.extend(bytes),
                    _ if kept >> (bit % 64) & 1 == 1 => disk.apply(write),
                    _ => {}
                }
            }
            log.truncate(usize::try_from(kept % (log.len() as u64 + 1)).unwrap());
            disk.apply(&Write::Log(log));
            prop_assert!(is_right(&disk, rules, &states, confirmed));
        }

        #[test]
        fn a_crash_during_recovery_is_one_more_crash(steps in steps(), images in any::<bool>(), at in any::<prop::sample::Index>()) {
            let torn = if images { Torn::PageImage } else { Torn::DoubleWrite };
            let rules = Rules { torn, ..Rules::ALL };
            let (database, disk, states) = run(&steps, rules);
            let mut crashes = Vec::new();
            disk.each_crash(&database.writes, |disk, confirmed| crashes.push((disk.clone(), confirmed)));
            let (crashed, confirmed) = at.get(&crashes).clone();
            let first = restore(&crashed, rules).coins();
            prop_assert!(states[confirmed..].contains(&first));
            let (again, begun) = Database::restart(crashed, rules);
            let mut all = true;
            begun.each_crash(&again.writes, |disk, _| all &= restore(disk, rules).coins() == first);
            prop_assert!(all);
            // And it goes on: transaction numbers may come again, since what was
            // dropped isn't read any more.
            let (mut again, mut expected) = (again, first);
            again.change(0, 5, 7);
            again.commit(0);
            expected[5] += 7;
            prop_assert_eq!(restore(again.disk(), rules).coins(), expected);
        }
    }
}
