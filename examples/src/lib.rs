//! The mechanisms that Executable System Design runs: one module a chapter, and what they share.
//!
//! | module | chapter |
//! | --- | --- |
//! | [`balancing`] | Load balancing |
//! | [`caching`] | Caching |
//! | [`edge`] | Naming and delivery |
//! | [`processing`] | Batch processing |
//! | [`interleave`] | shared: every order of several programs' steps |
//! | [`random`] | shared: seeded uniform and exponential draws |
//! | [`workload`] | shared: seeded requests with Zipf popularity |

pub mod balancing;
pub mod caching;
pub mod edge;
pub mod interleave;
pub mod processing;
pub mod random;
pub mod workload;
