//! Load balancing: which server gets a request, and what happens when one of them, or the balancer, fails.

mod balls;
pub mod clients;
pub mod health;
mod layers;
pub mod pair;
mod rule;
pub mod scaling;
mod serve;
pub mod sessions;
mod zones;

pub use balls::throw;
pub use layers::{Flow, Request, by_flow, parse, pool};
pub use rule::{Balancer, Rule, View};
pub use serve::{Served, Server, mean_ms, percentile_ms, serve, serve_seeing};
pub use zones::{highest_safe_load, load_per_server, servers_in_zones};
