//! Availability: parts that fail, what takes over, and disks that survive.

mod blocks;
mod failover;
mod fencing;
mod galois;
mod heartbeat;
mod parity;
mod raid;
mod repair;

pub use blocks::{System, at_least};
pub use failover::{Pair, Standby};
pub use fencing::{Scenario, Storage, split_brain};
pub use heartbeat::{Detector, Verdict, watch};
pub use parity::{parity, rebuild_one, rebuild_two, syndrome};
pub use raid::{Chunk, Level, lost_pairs, survival};
pub use repair::{Outages, run_pair, run_single};
