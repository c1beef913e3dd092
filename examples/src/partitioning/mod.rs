//! Partitioning: which of many machines holds a key, and what it costs to change that.
//!
//! The pages are in `src/partitioning`.

pub mod bounded;
pub mod directory;
pub mod federation;
pub mod hash;
pub mod hot;
pub mod membership;
pub mod modulo;
pub mod parts;
pub mod ranges;
pub mod rendezvous;
pub mod requests;
pub mod ring;
pub mod secondary;
pub mod shard_key;
