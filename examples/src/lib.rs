//! The mechanisms that Executable System Design runs: one module a chapter, and what they share.
//!
//! | module | chapter |
//! | --- | --- |
//! | [`availability`] | Availability |
//! | [`caching`] | Caching |
//! | [`capacity`] | Capacity |
//! | [`latency`] | Latency and throughput |
//! | [`method`] | Method |
//! | [`processing`] | Batch processing |
//! | [`random`] | shared: seeded random draws |
//! | [`workload`] | shared: seeded requests with Zipf popularity |

pub mod availability;
pub mod caching;
pub mod capacity;
pub mod latency;
pub mod method;
pub mod processing;
pub mod random;
pub mod workload;
