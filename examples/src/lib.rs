//! The mechanisms that Executable System Design runs: one module a chapter, and what they share.
//!
//! | module | chapter |
//! | --- | --- |
//! | [`availability`] | Availability |
//! | [`caching`] | Caching |
//! | [`latency`] | Latency and throughput |
//! | [`method`] | Method |
//! | [`partitioning`] | Partitioning |
//! | [`processing`] | Batch processing |
//! | [`random`] | shared: seeded random draws |
//! | [`replication`] | Replication and consistency |
//! | [`simulation`] | shared: virtual time and a simulated network |
//! | [`workload`] | shared: seeded requests with Zipf popularity |

pub mod availability;
pub mod caching;
pub mod latency;
pub mod method;
pub mod partitioning;
pub mod processing;
pub mod random;
pub mod replication;
pub mod simulation;
pub mod workload;
