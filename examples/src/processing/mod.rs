//! Batch, stream and scalable patterns: work on more data than one machine holds.

mod bsp;
mod mapreduce;
mod stragglers;
mod windows;

pub use bsp::{Graph, Superstep, distances, distances_without_barrier};
pub use mapreduce::{Combiner, Job, Shuffled, WordCount, map_reduce, map_words, sum};
pub use stragglers::{Backup, Finish, run_tasks};
pub use windows::{Fired, Stamped, Tumbling, delayed_events, windows_of};
