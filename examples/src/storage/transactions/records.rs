//! What is written: records of the log, and pages, as bytes.
//!
//! Used by `storage/transactions/damage.rs` and `storage/transactions/database.rs`.

use crate::services::checksum::crc32;

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
