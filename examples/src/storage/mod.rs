//! Storage engines: how data lies on a disk and in memory, and what that makes cheap.

mod blobs;
mod bloom;
mod btree;
mod buffer;
mod events;
mod hops;
mod inverted;
mod keys;
mod layout;
mod lsm;
mod models;
mod rtree;
mod series;
mod spatial;
mod transactions;
mod wal;

pub use crate::hash::{fnv1a, mix};
pub use blobs::{BlobStore, Moved, Name};
pub use bloom::{Bloom, false_positives};
pub use btree::BTree;
pub use buffer::Buffer;
pub use events::{Cost, Event, Journal, Marks, Refresh, apply, replay, view};
pub use hops::{Follows, Way};
pub use inverted::{Index, pack, unpack, words};
pub use keys::{HashStore, OrderedStore, Placement, nodes_touched};
pub use layout::{Layout, Table, code_bits, dictionary, runs};
pub use lsm::{Lsm, Policy};
pub use models::{Order, Paths, Store, orders, stores};
pub use rtree::Rtree;
pub use series::{Bits, Sample, Summary, downsample, pack_times, unpack_times, value_bits};
pub use spatial::{Area, Point, Quadtree, common_prefix, geohash, people};
pub use transactions::{
    ACCOUNTS_A_PAGE, Damage, Database, Disk, Entry, Recovered, Rules, Torn, Write,
    crash_everywhere, restore, transfers,
};
pub use wal::{Check, Commit, Load, append, append_pair, commits, recover, recover_pairs};
