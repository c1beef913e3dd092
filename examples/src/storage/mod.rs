//! Storage engines: how data is arranged on a disk and in memory, and which operations
//! that makes cheap.
//!
//! The pages are in `src/storage`.

pub mod blobs;
pub mod bloom;
pub mod btree;
pub mod buffer;
pub mod engines;
pub mod events;
pub mod hops;
pub mod inverted;
pub mod keys;
pub mod layout;
pub mod lsm;
pub mod models;
pub mod rtree;
pub mod series;
pub mod spatial;
pub mod transactions;
pub mod wal;
