//! Partitioning: which of many machines holds a key, and what it costs to change that.

mod bounded;
mod directory;
mod federation;
mod hash;
mod hot;
mod membership;
mod modulo;
mod parts;
mod ranges;
mod rendezvous;
mod requests;
mod ring;
mod secondary;
mod shard_key;

pub use bounded::place_bounded;
pub use directory::Directory;
pub use federation::{Federated, Query, federate};
pub use hash::{fnv1a, hash, hash_number};
pub use hot::{busiest, shard_of};
pub use membership::{Join, Joined, join};
pub use modulo::{Spread, moved, place_modulo, spread};
pub use parts::{Cut, Effort, INITIALS, Parts, Row, Wanted, by_initial};
pub use ranges::{Change, RangeShards};
pub use rendezvous::{jump, rendezvous};
pub use requests::{Home, Work, work};
pub use ring::{Ring, RingRule};
pub use secondary::{Found, IndexKind, IndexedShards};
pub use shard_key::{Post, PostShards, Question, ShardKey, post_id};
