//! Naming and delivery: how a name becomes an address, and how content comes close to those who ask.

pub mod assets;
pub mod cdn;
pub mod collapse;
mod message;
pub mod places;
pub mod proxy;
mod resolver;
mod robin;
pub mod visit;
mod zones;

pub use message::{Data, Message, Record};
pub use resolver::Resolver;
pub use robin::{Outcome, Robin, round_robin};
pub use zones::{NameServer, toy_tree};
