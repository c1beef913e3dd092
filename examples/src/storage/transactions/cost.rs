//! What checkpoints and the two remedies for torn pages cost.
//!
//! Used by `storage/transactions/mod.rs`.

use super::database::{Database, Rules, Torn, restore};
use super::disk::Write;
use crate::number::float;

/// What a load of transfers wrote, and what a restart after them reads.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Cost {
    /// The records that a restart reads, on average over a restart after each transfer.
    pub read: f64,
    /// Pages that were written, those of the double write counting as well.
    pub page_writes: usize,
    /// The bytes of the log.
    pub log: usize,
}

/// Does transfers on this many pages, with a checkpoint after each `every` of them.
pub fn cost(transfers: &[(u32, u32, i64)], pages: u32, every: u32, torn: Torn) -> Cost {
    let (database, read) = run(transfers, pages, every, torn, true);
    sum(
        &database.writes,
        float(read) / float(transfers.len().max(1)),
    )
}

/// The same without the restarts, which is quicker: the bytes of the log.
pub fn log_bytes(
    transfers: &[(u32, u32, i64)],
    pages: u32,
    every: u32,
    torn: Torn,
) -> usize {
    let (database, _) = run(transfers, pages, every, torn, false);
    sum(&database.writes, 0.0).log
}

fn run(
    transfers: &[(u32, u32, i64)],
    pages: u32,
    every: u32,
    torn: Torn,
    restarts: bool,
) -> (Database, usize) {
    let rules = Rules { torn, ..Rules::ALL };
    let (mut database, _) = Database::new(pages, 100, rules);
    let mut read = 0;
    for (number, (from, to, coins)) in (1..).zip(transfers) {
        database.change(number, *from, -coins);
        database.change(number, *to, *coins);
        database.commit(number);
        if number % every.max(1) == 0 {
            database.checkpoint();
        }
        if restarts {
            read += restore(database.disk(), rules).read;
        }
    }
    (database, read)
}

fn sum(writes: &[Write], read: f64) -> Cost {
    let (mut first_sectors, mut log) = (0, 0);
    for write in writes {
        match write {
            Write::Log(bytes) => log += bytes.len(),
            Write::Sector(_, _, 0, _) => first_sectors += 1,
            _ => {}
        }
    }
    Cost {
        read,
        page_writes: first_sectors,
        log,
    }
}

#[cfg(test)]
mod tests {
    use super::super::transfers;
    use super::*;

    /// A transfer is two records of 25 bytes and a commit of 13; the open part of the
    /// log is as long as what came since the last checkpoint.
    #[test]
    fn the_log_and_the_restart_are_what_the_records_add_up_to() {
        for (pages, every, seed) in [(2, 10, 1), (16, 40, 2), (50, 7, 3)] {
            let transfers = transfers(280, pages, seed);
            let doubled = cost(&transfers, pages, every, Torn::DoubleWrite);
            assert_eq!(doubled.log, 280 * (25 + 25 + 13));
            let since = (1..=280).map(|n| n % every).sum::<u32>();
            assert!((doubled.read - 3.0 * f64::from(since) / 280.0).abs() < 1e-9);
            let images = cost(&transfers, pages, every, Torn::PageImage);
            // Each page that is written at a checkpoint was logged whole once: 8 + 53
            // bytes. The last part of the log may have images of pages that aren't
            // written yet.
            let logged = (images.log - doubled.log) / (8 + 53);
            assert_eq!((images.log - doubled.log) % (8 + 53), 0);
            let left = pages as usize;
            assert!((images.page_writes..=images.page_writes + left).contains(&logged));
            assert_eq!(doubled.page_writes, 2 * images.page_writes);
            let log = log_bytes(&transfers, pages, every, Torn::PageImage);
            assert_eq!(log, images.log);
        }
    }
}
