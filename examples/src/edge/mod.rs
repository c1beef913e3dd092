//! Naming and delivery: how a name becomes an address, and how content comes close to
//! those who ask.
//!
//! The pages are in `src/edge`.

pub mod assets;
pub mod cdn;
pub mod collapse;
pub mod message;
pub mod places;
pub mod proxy;
pub mod resolver;
pub mod robin;
pub mod visit;
pub mod zones;
