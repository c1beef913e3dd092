//! Queues and flow control: lines, limits, retries, and what to do with what can't be
//! done now.
//!
//! The pages are in `src/queues`.

pub mod breaker;
pub mod broker;
pub mod bulkhead;
pub mod deadline;
pub mod delivery;
pub mod limits;
pub mod log;
pub mod outbox;
pub mod pressure;
pub mod retries;
pub mod shedding;
pub mod timers;
pub mod visibility;
