//! Replication and consistency: several copies of the same data, what readers see of them, and how they come to agree.

mod add_wins;
mod chain;
mod clocks;
mod conflicts;
mod crdt;
mod gossip;
mod merkle;
mod primary;
mod quorum;
mod repair;
mod sessions;
mod shipping;
mod versions;

pub use add_wins::AddWinsSet;
pub use chain::{At, Broken, Chain, broken_runs, write_times};
pub use clocks::{Stamped, Step as ClockStep, order, random_steps, stamp};
pub use conflicts::{Client, Resolve, Settled, Write, settle};
pub use crdt::{Counter, GrowCounter, LastWrite, Merge, ObservedSet};
pub use gossip::{Spread, Style, spread};
pub use merkle::{Difference, Merkle};
pub use primary::{Outcome, Promote, Setup, crash};
pub use quorum::{Interleaved, Quorum, Reads, Sloppy, Take, always_overlaps, read_during_write};
pub use repair::{Behind, Repairs, away};
pub use sessions::{Route, Seen, Step as SessionStep, Violations, Workload, check, run};
pub use shipping::{Machine, Shipping, Statement, ship};
pub use versions::{Dot, Register, VersionVector};
