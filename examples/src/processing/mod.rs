//! Batch, stream and scalable patterns: work on more data than one machine holds.

mod blackboard;
mod bsp;
mod mapreduce;
mod orchestrator;
mod pipes;
mod scatter;
mod stragglers;
mod windows;

pub use blackboard::{Board, Worker, Written, solve};
pub use bsp::{Graph, Superstep, distances, distances_without_barrier};
pub use mapreduce::{Combiner, Job, Shuffled, WordCount, map_reduce, map_words, sum};
pub use orchestrator::{Ran, Task, random_tasks, schedule, tails};
pub use pipes::{items_per_second, run_pipes};
pub use scatter::{Gathered, Hit, Shards};
pub use stragglers::{Backup, Finish, run_tasks};
pub use windows::{Fired, Stamped, Tumbling, delayed_events, windows_of};
