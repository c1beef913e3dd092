//! A write-ahead log: records with a length and a checksum, and what is left of them
//! after a crash.
//!
//! Shown in `src/storage/wal.md`.
//!
//! Records have a form similar to those in the logs of `LevelDB` and `SQLite`;
//! write-ahead logging is described in C. Mohan and others, "ARIES", ACM TODS 17(1),
//! 1992. The checksum is CRC-32 as in ISO/IEC 13239 and IEEE 802.3.

use crate::number::float;
use crate::services::checksum::crc32;

/// Whether records are checked when they are read back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Check {
    /// The checksum has to match.
    Checksum,
    /// Only the length is checked: the mistake that the page shows.
    LengthOnly,
}

// ANCHOR: log
/// Adds a record: its length, its checksum, itself.
pub fn append(log: &mut Vec<u8>, record: &[u8]) {
    let length = u32::try_from(record.len())
        .unwrap_or(u32::MAX)
        .to_le_bytes();
    let sum = crc32(&[&length, record].concat()).to_le_bytes();
    log.extend_from_slice(&[&length[..], &sum, record].concat());
}

/// The records at the beginning of a log that are whole. The rest was left by a
/// crash, and is cut off.
pub fn recover(log: &[u8], check: Check) -> Vec<&[u8]> {
    let mut records = Vec::new();
    let mut rest = log;
    while let Some((length, after)) = rest.split_first_chunk::<4>()
        && let Some((sum, after)) = after.split_first_chunk::<4>()
        && let Ok(size) = usize::try_from(u32::from_le_bytes(*length))
        && let Some((record, after)) = after.split_at_checked(size)
    {
        let sum = u32::from_le_bytes(*sum);
        if check == Check::Checksum && crc32(&[length, record].concat()) != sum {
            break;
        }
        records.push(record);
        rest = after;
    }
    records
}
// ANCHOR_END: log

/// Adds a record of two numbers.
pub fn append_pair(log: &mut Vec<u8>, (first, second): (u64, u64)) {
    append(log, &[first.to_le_bytes(), second.to_le_bytes()].concat());
}

/// The records of two numbers that are whole.
pub fn recover_pairs(log: &[u8]) -> Vec<(u64, u64)> {
    let pair = |record: &[u8]| {
        let (first, rest) = record.split_first_chunk()?;
        let second = rest.first_chunk()?;
        Some((u64::from_le_bytes(*first), u64::from_le_bytes(*second)))
    };
    let records = recover(log, Check::Checksum);
    records.into_iter().filter_map(pair).collect()
}

/// When a record counts as written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Commit {
    /// After a flush of its own.
    Each,
    /// After a flush that covers all waiting records: group commit.
    Group,
    /// At once; flushes are this many microseconds apart.
    Async(u64),
}

/// The outcome of a load of commits. Times are in microseconds.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Load {
    /// How many flushes were done.
    pub flushes: u64,
    /// The mean time from the arrival to the confirmation.
    pub mean_wait: f64,
    /// How many confirmed records a crash at the worst moment loses.
    pub lost_at_worst: usize,
}

/// Commits that arrive at these times, in order, on a disk that needs `flush` for a
/// flush, one at a time.
pub fn commits(arrivals: &[u64], flush: u64, commit: Commit) -> Load {
    let (mut free, mut at, mut flushes, mut waited, mut lost) =
        (0u64, 0, 0u64, 0u64, 0);
    while at < arrivals.len() {
        let begin = match commit {
            Commit::Async(interval) => {
                free.max((arrivals[at] / interval.max(1) + 1) * interval.max(1))
            }
            _ => free.max(arrivals[at]),
        };
        let takes = match commit {
            Commit::Each => 1,
            _ => arrivals[at..].partition_point(|time| *time <= begin),
        };
        free = begin + flush;
        flushes += 1;
        if let Commit::Async(_) = commit {
            // Confirmed and not on the disk: all that the flush takes, and what comes
            // while it runs.
            lost = lost.max(arrivals[at..].partition_point(|time| *time < free));
        } else {
            waited += arrivals[at..at + takes]
                .iter()
                .map(|time| free - time)
                .sum::<u64>();
        }
        at += takes;
    }
    let mean_wait = float(waited) / float(arrivals.len().max(1));
    Load {
        flushes,
        mean_wait,
        lost_at_worst: lost,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::latency::percentile::mean;
    use crate::latency::queue::{Job, Visit, queue};
    use proptest::prelude::*;

    fn log_of(records: &[Vec<u8>]) -> Vec<u8> {
        let mut log = Vec::new();
        for record in records {
            append(&mut log, record);
        }
        log
    }

    #[test]
    fn pairs_come_back_up_to_where_a_log_is_cut() {
        let pairs = [(1, u64::MAX), (0, 2), (7, 7)];
        let mut log = Vec::new();
        for pair in pairs {
            append_pair(&mut log, pair);
        }
        assert_eq!(recover_pairs(&log), pairs);
        assert_eq!(recover_pairs(&log[..log.len() - 1]), pairs[..2]);
    }

    #[test]
    fn the_checksum_is_crc_32() {
        // The check value of the catalog of parametrized CRC algorithms.
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
    }

    proptest! {
        #[test]
        fn a_cut_at_any_byte_leaves_a_prefix(records in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..9), 0..6)) {
            let log = log_of(&records);
            for cut in 0..=log.len() {
                let left = recover(&log[..cut], Check::Checksum);
                prop_assert!(records.iter().zip(&left).all(|(record, left)| record == left));
                // All records that were complete are still there.
                let mut end = 0;
                let whole = records.iter().filter(|record| { end += 8 + record.len(); end <= cut }).count();
                prop_assert_eq!(left.len(), whole);
            }
        }

        #[test]
        fn a_flipped_bit_leaves_a_prefix(records in proptest::collection::vec(proptest::collection::vec(any::<u8>(), 0..9), 1..5)) {
            let log = log_of(&records);
            for bit in 0..8 * log.len() {
                let mut bad = log.clone();
                bad[bit / 8] ^= 1 << (bit % 8);
                let left = recover(&bad, Check::Checksum);
                prop_assert!(left.len() < records.len());
                prop_assert!(records.iter().zip(&left).all(|(record, left)| record == left));
            }
        }
    }

    /// The same property without the rule that the page explains: it has to fail.
    #[test]
    fn without_the_checksum_a_flipped_bit_is_read_as_data() {
        let records = [b"ann 50".to_vec(), b"bob 70".to_vec()];
        let log = log_of(&records);
        let is_wrong = |bit: &usize| {
            let mut bad = log.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            let left = recover(&bad, Check::LengthOnly);
            !records
                .iter()
                .zip(&left)
                .all(|(record, left)| record == left)
        };
        assert!((0..8 * log.len()).any(|bit| is_wrong(&bit)));
    }

    /// Appends records and flushes after some of them. A crash leaves what was flushed,
    /// and any part of the rest. Returns whether all records come back that had been
    /// confirmed: after their flush, or, against the rule, when they were appended.
    fn keeps_its_promises(records: &[(Vec<u8>, bool)], waits_for_flush: bool) -> bool {
        let (mut log, mut durable, mut flushed) = (Vec::new(), 0, 0);
        for (number, (record, flush)) in (1..).zip(records) {
            append(&mut log, record);
            if *flush {
                (durable, flushed) = (log.len(), number);
            }
            let confirmed = if waits_for_flush { flushed } else { number };
            let left = |cut: usize| recover(&log[..cut], Check::Checksum).len();
            if (durable..=log.len()).any(|cut| left(cut) < confirmed) {
                return false;
            }
        }
        true
    }

    proptest! {
        #[test]
        fn what_was_confirmed_after_its_flush_survives(records in proptest::collection::vec((proptest::collection::vec(any::<u8>(), 0..9), any::<bool>()), 0..9)) {
            prop_assert!(keeps_its_promises(&records, true));
        }
    }

    #[test]
    fn what_was_confirmed_before_its_flush_gets_lost() {
        let records = [(b"ann -30".to_vec(), true), (b"bob +30".to_vec(), false)];
        assert!(keeps_its_promises(&records, true));
        assert!(!keeps_its_promises(&records, false));
    }

    #[test]
    fn waits_are_those_of_a_queue_and_a_group_waits_for_two_flushes_at_most() {
        for (rate, seed) in [(50.0, 1), (300.0, 2), (480.0, 3)] {
            let jobs =
                crate::latency::queue::poisson_jobs(3_000, 1e6 / rate, 1.0, seed);
            let arrivals: Vec<u64> = jobs.iter().map(|job| job.arrival).collect();
            let flushes = arrivals.iter().map(|arrival| Job {
                arrival: *arrival,
                service: 2_000,
            });
            let visits = queue(&flushes.collect::<Vec<_>>(), 1);
            let responses: Vec<u64> = visits.iter().map(Visit::response).collect();
            let each = commits(&arrivals, 2_000, Commit::Each);
            assert!((each.mean_wait - mean(&responses)).abs() < 1e-6);
            let group = commits(&arrivals, 2_000, Commit::Group);
            assert!((2_000.0..=4_000.0).contains(&group.mean_wait));
            assert!(group.flushes <= each.flushes);
        }
    }

    #[test]
    fn groups_share_a_flush() {
        let burst = [0, 1, 2, 3];
        assert_eq!(commits(&burst, 1_000, Commit::Each).flushes, 4);
        let group = commits(&burst, 1_000, Commit::Group);
        // The first goes alone, the others together.
        assert_eq!(group.flushes, 2);
        assert!(
            (group.mean_wait - (1_000.0 + 1_999.0 + 1_998.0 + 1_997.0) / 4.0).abs()
                < 1e-9
        );
        let later = commits(&burst, 1_000, Commit::Async(10_000));
        assert_eq!((later.flushes, later.lost_at_worst), (1, 4));
    }
}
