//! Load balancing: which server gets a request, and what happens when one of them, or
//! the balancer, fails.
//!
//! The pages are in `src/balancing`.

pub mod balls;
pub mod clients;
pub mod health;
pub mod layers;
pub mod pair;
pub mod rule;
pub mod scaling;
pub mod serve;
pub mod sessions;
pub mod zones;
