//! Queues and flow control: lines, limits, retries, and what to do with what can't be done now.

mod breaker;
mod broker;
mod bulkhead;
mod deadline;
mod delivery;
mod limits;
mod log;
mod outbox;
mod pressure;
mod retries;
mod shedding;
mod timers;
mod visibility;

pub use breaker::{Breaker, Calls, Pass, Report, State, make_calls};
pub use broker::{Crash, Durability, backlog, crash};
pub use bulkhead::{Demand, Shares, erlang_b, share_threads};
pub use deadline::{Chain, Cost, Patience, ask_all};
pub use delivery::{Effects, Guarantee, Order, Receiver, deliver, handle};
pub use limits::{
    FixedWindow, LeakyBucket, Limiter, SlidingCounter, SlidingLog, TokenBucket, most_in_a_window,
    passed,
};
pub use log::{Record, Topic, assign, partition_of};
pub use outbox::{Acknowledge, Method, Outcome, consume, place_order};
pub use pressure::{Flow, Stage, press, room_for};
pub use retries::{Backoff, Second, Storm, amplified, storm};
pub use shedding::{Classes, Policy, Tally, admit, serve};
pub use timers::{TimerId, TimerWheel};
pub use visibility::{Receipt, Work, WorkQueue, drain};
