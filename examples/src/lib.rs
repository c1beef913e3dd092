//! The mechanisms that Executable System Design runs: one module a chapter, and what they share.
//!
//! | module | chapter |
//! | --- | --- |
//! | [`availability`] | Availability |
//! | [`balancing`] | Load balancing |
//! | [`caching`] | Caching |
//! | [`cases`] | Case studies |
//! | [`capacity`] | Capacity |
//! | [`consensus`] | CAP and consensus |
//! | [`edge`] | Naming and delivery |
//! | [`latency`] | Latency and throughput |
//! | [`method`] | Method |
//! | [`partitioning`] | Partitioning |
//! | [`processing`] | Batch, stream and scalable patterns |
//! | [`queues`] | Queues and flow control |
//! | [`relational`] | Relational databases |
//! | [`replication`] | Replication and consistency |
//! | [`services`] | Services, networks and security |
//! | [`storage`] | NoSQL and storage engines |
//! | [`hash`] | shared: hashes that spread numbers and texts |
//! | [`interleave`] | shared: every order of several programs' steps |
//! | [`random`] | shared: seeded random draws |
//! | [`service`] | shared: the numbers of the running example |
//! | [`simulation`] | shared: virtual time and a simulated network |
//! | [`workload`] | shared: seeded requests with Zipf popularity |

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
pub mod workload;
