//! Batch, stream and scalable patterns: work on more data than one machine holds.
//!
//! The pages are in `src/processing`.

pub mod blackboard;
pub mod bsp;
pub mod engines;
pub mod ingest;
pub mod lambda;
pub mod mapreduce;
pub mod orchestrator;
pub mod pipes;
pub mod scatter;
pub mod sketches;
pub mod stragglers;
pub mod windows;
