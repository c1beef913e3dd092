//! The mechanisms that Executable System Design runs: one module a chapter, and what they share.
//!
//! | module | chapter |
//! | --- | --- |
//! | [`availability`] | Availability |
//! | [`caching`] | Caching |
//! | [`consensus`] | CAP and consensus |
//! | [`latency`] | Latency and throughput |
//! | [`method`] | Method |
//! | [`processing`] | Batch processing |
//! | [`queues`] | Queues and flow control |
//! | [`random`] | shared: seeded random draws |
//! | [`simulation`] | shared: virtual time and a simulated network |
//! | [`workload`] | shared: seeded requests with Zipf popularity |

pub mod availability;
pub mod caching;
pub mod consensus;
pub mod latency;
pub mod method;
pub mod processing;
pub mod queues;
pub mod random;
pub mod simulation;
pub mod workload;
