//! Availability: parts that fail, what takes over, and disks that survive.
//!
//! The pages are in `src/availability`.

pub mod blocks;
pub mod failover;
pub mod fencing;
pub mod galois;
pub mod heartbeat;
pub mod parity;
pub mod raid;
pub mod repair;
