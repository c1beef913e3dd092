//! Queues and flow control: lines, limits, retries, and what to do with what can't be done now.

mod limits;
mod pressure;
mod retries;
mod shedding;

pub use limits::{
    FixedWindow, LeakyBucket, Limiter, SlidingCounter, SlidingLog, TokenBucket, most_in_a_window,
    passed,
};
pub use pressure::{Flow, Stage, press, room_for};
pub use retries::{Backoff, Second, Storm, amplified, storm};
pub use shedding::{Classes, Policy, Tally, admit, serve};
