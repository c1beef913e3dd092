//! The mechanisms that Executable System Design runs: one module a chapter, and what they share.
//!
//! | module | chapter |
//! | --- | --- |
//! | [`caching`] | Caching |
//! | [`processing`] | Batch processing |
//! | [`workload`] | shared: seeded requests with Zipf popularity |

pub mod caching;
pub mod processing;
pub mod workload;
