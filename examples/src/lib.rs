//! The mechanisms that Executable System Design runs: a module for each chapter, and
//! what they share.
//!
//! The first lines of a file say what it is for, and which page of `src` shows it. A
//! new mechanism is a file and a line in the `mod.rs` of its chapter.

pub mod availability;
pub mod balancing;
pub mod caching;
pub mod capacity;
pub mod cases;
pub mod consensus;
pub mod edge;
pub mod hash;
pub mod interleave;
pub mod latency;
pub mod method;
pub mod number;
pub mod partitioning;
pub mod processing;
pub mod queues;
pub mod random;
pub mod relational;
pub mod replication;
pub mod service;
pub mod services;
pub mod simulation;
pub mod storage;
pub mod table;
pub mod workload;
