//! Storage engines: how data lies on a disk and in memory, and what that makes cheap.

mod bloom;
mod btree;
mod hash;
mod inverted;
mod keys;
mod layout;
mod lsm;
mod spatial;
mod wal;

pub use bloom::{Bloom, false_positives};
pub use btree::BTree;
pub use hash::{fnv1a, mix};
pub use inverted::{Index, pack, unpack, words};
pub use keys::{HashStore, OrderedStore, Placement, nodes_touched};
pub use layout::{Layout, Table, code_bits, dictionary, runs};
pub use lsm::{Lsm, Policy};
pub use spatial::{Area, Point, Quadtree, common_prefix, geohash, people};
pub use wal::{Check, Commit, Load, append, commits, crc32, recover};
