//! CAP and consensus: what a partition leaves to choose, and how machines agree.

mod cap;
mod commit;
mod lease;
mod linearizable;
mod paxos;
pub mod raft;
mod saga;
mod znodes;

pub use cap::{Mode, Replicas, Unavailable, Version};
pub use commit::{State, Transaction};
pub use lease::{Lease, LockService, Story, paused_holder};
pub use linearizable::{Action, Operation, linearize};
pub use paxos::{Adopt, Decision, Duel, Explored, Paxos, duel, explore};
pub use saga::{Saga, Step, Trip, run_saga};
pub use znodes::{Lock, Recipe, Session, Tree};
