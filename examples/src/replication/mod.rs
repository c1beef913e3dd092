//! Replication and consistency: several copies of the same data, what readers see of
//! them, and how they come to agree.
//!
//! The pages are in `src/replication`.

pub mod add_wins;
pub mod chain;
pub mod clocks;
pub mod conflicts;
pub mod crdt;
pub mod gossip;
pub mod merkle;
pub mod primary;
pub mod quorum;
pub mod repair;
pub mod sessions;
pub mod shipping;
pub mod versions;
