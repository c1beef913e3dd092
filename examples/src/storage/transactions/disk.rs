//! A disk on which the power can fail after each byte of the log and each sector of a
//! page.
//!
//! Used by `storage/transactions/database.rs`.

use super::records::{Bytes, SECTOR};

/// What a disk holds: the log, the pages, the second copies of pages, and where
/// recovery begins to read the log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Disk {
    pub(super) log: Vec<u8>,
    pub(super) pages: Vec<Bytes>,
    pub(super) copies: Vec<Bytes>,
    pub(super) begin: usize,
}

/// A write to the disk.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Write {
    /// Bytes at the end of the log. The power can fail after each of them.
    Log(Vec<u8>),
    /// A sector of a page, or of its second copy.
    Sector(bool, usize, usize, [u8; SECTOR]),
    /// The place in the log where recovery begins.
    Begin(usize),
    /// Everything before this is on the disk before anything after it is.
    Flush,
    /// A client is told that its transaction is committed.
    Confirm,
}

impl Disk {
    /// Applies a write.
    pub fn apply(&mut self, write: &Write) {
        match write {
            Write::Log(bytes) => self.log.extend(bytes),
            Write::Sector(is_copy, page, sector, bytes) => {
                let pages = if *is_copy {
                    &mut self.copies
                } else {
                    &mut self.pages
                };
                pages[*page][sector * SECTOR..][..SECTOR].copy_from_slice(bytes);
            }
            Write::Begin(place) => self.begin = *place,
            Write::Flush | Write::Confirm => {}
        }
    }

    /// Shows the disk as it is when the power fails after each byte of the log, each
    /// sector and each other step, with the number of commits that were confirmed by
    /// then.
    pub fn each_crash(mut self, writes: &[Write], mut see: impl FnMut(&Self, usize)) {
        let mut confirmed = 0;
        see(&self, confirmed);
        for write in writes {
            match write {
                Write::Log(bytes) => {
                    for byte in bytes {
                        self.log.push(*byte);
                        see(&self, confirmed);
                    }
                }
                Write::Confirm => {
                    confirmed += 1;
                    see(&self, confirmed);
                }
                Write::Flush => {}
                _ => {
                    self.apply(write);
                    see(&self, confirmed);
                }
            }
        }
    }
}
