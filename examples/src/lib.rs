//! The mechanisms that Executable System Design runs: one module a chapter, and what they share.
//!
//! | module | chapter |
//! | --- | --- |
//! | [`availability`] | Availability |
//! | [`caching`] | Caching |
//! | [`latency`] | Latency and throughput |
//! | [`method`] | Method |
//! | [`processing`] | Batch processing |
//! | [`relational`] | Relational databases |
//! | [`storage`] | NoSQL and storage engines |
//! | [`random`] | shared: seeded random draws |
//! | [`workload`] | shared: seeded requests with Zipf popularity |

pub mod availability;
pub mod caching;
pub mod latency;
pub mod method;
pub mod processing;
pub mod random;
pub mod relational;
pub mod storage;
pub mod workload;
