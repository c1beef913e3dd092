//! Raft: one member, a cluster on a simulated network, a cluster that follows a script, and chaos.

mod chaos;
mod cluster;
mod message;
mod node;
mod script;

pub use chaos::{Outcome, chaos};
pub use cluster::{Cluster, Timer, Times};
pub use message::{Entry, Message};
pub use node::{Node, Outgoing, Role, Rules};
pub use script::{Script, figure_eight};
