//! CAP and consensus: what a partition leaves to choose, and how machines agree.

mod cap;
mod lease;
mod linearizable;
pub mod raft;

pub use cap::{Mode, Replicas, Unavailable, Version};
pub use lease::{Lease, LockService, Story, paused_holder};
pub use linearizable::{Action, Operation, linearize};
