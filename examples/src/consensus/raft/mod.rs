//! Raft: one member, a cluster on a simulated network, a cluster that follows a script,
//! chaos, and what clients see of it.
//!
//! Shown in `src/consensus/linearizability.md`, `src/consensus/raft-election.md` and
//! `src/consensus/raft-log.md`.

mod chaos;
mod cluster;
mod elections;
mod history;
mod message;
mod node;
mod replaced;
mod script;

pub use chaos::{Outcome, chaos};
pub use cluster::{Answer, Cluster, Timer, Times};
pub use elections::Elections;
pub use history::Trial;
pub use message::{Entry, Message};
pub use node::{Node, Outgoing, Reads, Role, Rules};
pub use replaced::{Replaced, replaced_leader};
pub use script::{Script, figure_eight};
