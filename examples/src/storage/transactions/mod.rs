//! Transactions on pages of accounts behind a write-ahead log, and what is left of them
//! when the power fails after any single write.
//!
//! Shown in `src/storage/wal.md`.
//!
//! The order of the writes, the number on each page and the redo from a checkpoint are
//! those of C. Mohan and others, "ARIES", ACM TODS 17(1), 1992. One thing is simpler: a
//! page is written only with changes of committed transactions ("no steal": T. Haerder
//! and A. Reuter, "Principles of Transaction-Oriented Database Recovery", ACM Computing
//! Surveys 15(4), 1983), so that recovery has nothing to undo.

mod cost;
mod damage;
mod database;
mod disk;
mod records;

pub use cost::{Cost, cost, log_bytes};
pub use damage::{Damage, crash_everywhere, transfers};
pub use database::{Database, Recovered, Rules, Torn, restore};
pub use disk::{Disk, Write};
pub use records::{ACCOUNTS_A_PAGE, Entry, sums};
