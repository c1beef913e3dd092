//! What is written: records of the log, and pages, as bytes.
//!
//! Used by `storage/transactions/damage.rs` and `storage/transactions/database.rs`.

use crate::services::checksum::crc32;
use std::collections::BTreeMap;

/// Accounts on a page.
pub const ACCOUNTS_A_PAGE: usize = 4;
/// The size of a sector, which a disk writes completely or not at all, in bytes.
pub(super) const SECTOR: usize = 16;
pub(super) const PAGE: usize = 48;
pub(super) type Bytes = [u8; PAGE];

/// A record of the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A transaction adds coins to an account, or takes them.
    Change(u32, u32, i64),
    /// The transaction is complete.
    Commit(u32),
    /// A page as it was.
    Image(u32, Bytes),
}

impl Entry {
    /// The record's bytes.
    pub fn encode(&self) -> Vec<u8> {
        match self {
            Self::Change(transaction, account, coins) => [
                &b"+"[..],
                &transaction.to_le_bytes(),
                &account.to_le_bytes(),
                &coins.to_le_bytes(),
            ]
            .concat(),
            Self::Commit(transaction) => {
                [&b"!"[..], &transaction.to_le_bytes()].concat()
            }
            Self::Image(page, bytes) => {
                [&b"p"[..], &page.to_le_bytes(), bytes].concat()
            }
        }
    }

    /// A record from its bytes; `None` if they aren't one.
    pub fn decode(bytes: &[u8]) -> Option<Self> {
        let (kind, rest) = bytes.split_first()?;
        let (first, rest) = rest.split_first_chunk()?;
        let first = u32::from_le_bytes(*first);
        Some(match kind {
            b'+' => {
                let (account, coins) = rest.split_first_chunk()?;
                let coins = i64::from_le_bytes(*coins.first_chunk()?);
                Self::Change(first, u32::from_le_bytes(*account), coins)
            }
            b'!' => Self::Commit(first),
            b'p' => Self::Image(first, *rest.first_chunk()?),
            _ => return None,
        })
    }
}

/// What accounts with this sum hold after the records of a log, in two ways of reading
/// it: every whole record counts, or only those of transactions with a commit record.
pub fn sums(records: &[&[u8]], before: i64) -> (i64, i64) {
    let (mut all, mut committed) = (before, before);
    let mut open: BTreeMap<u32, i64> = BTreeMap::new();
    for entry in records.iter().filter_map(|record| Entry::decode(record)) {
        match entry {
            Entry::Change(transaction, _, coins) => {
                all += coins;
                *open.entry(transaction).or_default() += coins;
            }
            Entry::Commit(transaction) => {
                committed += open.remove(&transaction).unwrap_or(0);
            }
            Entry::Image(..) => {}
        }
    }
    (all, committed)
}

/// A page in memory. On disk: a checksum of the rest, its place, the number of the last
/// record applied, the coins.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Page {
    pub(super) place: u32,
    pub(super) applied: u64,
    pub(super) coins: [i64; ACCOUNTS_A_PAGE],
}

impl Page {
    pub(super) fn to_bytes(self) -> Bytes {
        let mut bytes = [0; PAGE];
        bytes[4..8].copy_from_slice(&self.place.to_le_bytes());
        bytes[8..16].copy_from_slice(&self.applied.to_le_bytes());
        for (slot, coins) in bytes[16..].chunks_exact_mut(8).zip(self.coins) {
            slot.copy_from_slice(&coins.to_le_bytes());
        }
        let sum = crc32(&bytes[4..]);
        bytes[..4].copy_from_slice(&sum.to_le_bytes());
        bytes
    }

    /// The content of the bytes, whether or not they match their checksum.
    pub(super) fn read(bytes: &Bytes) -> Self {
        let number = |at: usize| {
            let bytes = bytes[at..].first_chunk().copied();
            u64::from_le_bytes(bytes.unwrap_or_default())
        };
        let place = bytes[4..].first_chunk().copied().unwrap_or_default();
        Self {
            place: u32::from_le_bytes(place),
            applied: number(8),
            coins: std::array::from_fn(|slot| number(16 + 8 * slot).cast_signed()),
        }
    }

    pub(super) fn is_whole(bytes: &Bytes) -> bool {
        bytes[..4] == crc32(&bytes[4..]).to_le_bytes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_transaction_counts_once_it_is_committed() {
        let entries = [
            Entry::Change(1, 0, -30),
            Entry::Change(2, 1, -5),
            Entry::Change(1, 1, 30),
            Entry::Change(2, 2, 4),
            Entry::Commit(2),
            Entry::Change(3, 2, 9),
        ];
        let records: Vec<Vec<u8>> = entries.iter().map(Entry::encode).collect();
        let records: Vec<&[u8]> = records.iter().map(Vec::as_slice).collect();
        let seen: Vec<(i64, i64)> =
            (0..=6).map(|count| sums(&records[..count], 300)).collect();
        assert_eq!(
            seen.iter().map(|(all, _)| *all).collect::<Vec<_>>(),
            [300, 270, 265, 295, 299, 299, 308]
        );
        assert_eq!(
            seen.iter().map(|(_, whole)| *whole).collect::<Vec<_>>(),
            [300, 300, 300, 300, 300, 299, 299]
        );
    }

    #[test]
    fn records_come_back_from_their_bytes() {
        let page = Page {
            place: 3,
            applied: 77,
            coins: [1, -2, 3, i64::MAX],
        };
        for entry in [
            Entry::Change(7, 9, -30),
            Entry::Commit(u32::MAX),
            Entry::Image(1, page.to_bytes()),
        ] {
            assert_eq!(Entry::decode(&entry.encode()), Some(entry));
        }
        assert_eq!(Page::read(&page.to_bytes()), page);
        assert!(Page::is_whole(&page.to_bytes()));
        assert_eq!(Entry::decode(b"?1234"), None);
    }
}
