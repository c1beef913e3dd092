//! The mechanisms that Executable System Design runs: one module a chapter, and what they share.
//!
//! | module | chapter |
//! | --- | --- |
//! | [`availability`] | Availability |
//! | [`caching`] | Caching |
//! | [`cases`] | Case studies |
//! | [`latency`] | Latency and throughput |
//! | [`method`] | Method |
//! | [`processing`] | Batch, stream and scalable patterns |
//! | [`services`] | Services, networks and security |
//! | [`random`] | shared: seeded random draws |
//! | [`simulation`] | shared: virtual time and a simulated network |
//! | [`workload`] | shared: seeded requests with Zipf popularity |

pub mod availability;
pub mod caching;
pub mod cases;
pub mod latency;
pub mod method;
pub mod processing;
pub mod random;
pub mod services;
pub mod simulation;
pub mod workload;
