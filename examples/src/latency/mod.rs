//! Latency and throughput: queues in virtual time, percentiles, and the tail.
//!
//! The pages are in `src/latency`.
//!
//! Times are whole microseconds.

pub mod batching;
pub mod bends;
pub mod fanout;
pub mod hedge_queue;
pub mod locality;
pub mod omission;
pub mod percentile;
pub mod queue;
pub mod trend;
