//! Latency and throughput: queues in virtual time, percentiles, and the tail.
//!
//! Times are whole microseconds.

mod batching;
mod fanout;
mod hedge_queue;
mod locality;
mod omission;
mod percentile;
mod queue;
mod trend;

pub use batching::{Batches, Scan, batch_latency, scan_time};
pub use fanout::{Backend, Hedge, fan_out, hedge_trace, hedged, tail_share};
pub use hedge_queue::{Fleet, Hedged, Loser, hedge_queue};
pub use locality::{Layout, Lines, Matrix, Order, column_sum_misses, transpose_misses, visit_all};
pub use omission::{Stalling, closed_loop, corrected, open_schedule};
pub use percentile::{Histogram, mean, percentile};
pub use queue::{Job, Visit, bounded_queue, pipeline, poisson_jobs, queue, time_in_system};
pub use trend::Trend;
