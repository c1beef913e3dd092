//! Batch, stream and scalable patterns: work on more data than one machine holds.

mod blackboard;
mod bsp;
mod engines;
mod ingest;
mod lambda;
mod mapreduce;
mod orchestrator;
mod pipes;
mod scatter;
mod sketches;
mod stragglers;
mod windows;

pub use blackboard::{Board, Worker, Written, solve};
pub use bsp::{Graph, Superstep, distances, distances_without_barrier};
pub use engines::{Engine, micro_batches};
pub use ingest::{Load, Overlap, Schedule, Second, Target, ingest, run_schedule};
pub use lambda::{Lambda, catch_up, deliveries};
pub use mapreduce::{Job, Reduce, Shuffled, WordCount, harmful_split, map_reduce, map_words, sum};
pub use orchestrator::{Ran, Task, random_tasks, schedule, tails};
pub use pipes::{items_per_second, run_pipes};
pub use scatter::{Gathered, Hit, Shards};
pub use sketches::{CountMin, HyperLogLog, SpaceSaving, reservoir};
pub use stragglers::{Backup, Finish, run_tasks};
pub use windows::{Delays, Fired, Stamped, Tumbling, delayed_events, windows_of};
