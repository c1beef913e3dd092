//! Caching: what a full cache evicts, how a cache and its database stay consistent, and
//! what many requests at once do to both.
//!
//! The pages are in `src/caching`.

pub mod ages;
pub mod aside;
pub mod belady;
pub mod fifo_queues;
pub mod hot;
pub mod invalidation;
pub mod jitter;
pub mod levels;
pub mod lru;
pub mod lru_counters;
pub mod negative;
pub mod policies;
pub mod race;
pub mod refresh;
pub mod sampled;
pub mod stampede;
pub mod traces;
pub mod two_queues;
pub mod writing;
