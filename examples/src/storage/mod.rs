//! Storage engines: how data lies on a disk and in memory, and what that makes cheap.

mod btree;
mod hash;
mod keys;
mod layout;
mod wal;

pub use btree::BTree;
pub use hash::{fnv1a, mix};
pub use keys::{HashStore, OrderedStore, Placement, nodes_touched};
pub use layout::{Layout, Table, code_bits, dictionary, runs};
pub use wal::{Check, Commit, Load, append, commits, crc32, recover};
