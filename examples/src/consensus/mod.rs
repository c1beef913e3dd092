//! CAP and consensus: what a partition forces to choose, and how machines agree.
//!
//! The pages are in `src/consensus`.

pub mod cap;
pub mod commit;
pub mod lease;
pub mod linearizable;
pub mod paxos;
pub mod raft;
pub mod saga;
pub mod znodes;
