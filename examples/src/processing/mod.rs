//! Batch processing: work on more data than one machine holds.

mod mapreduce;

pub use mapreduce::{Combiner, Job, Shuffled, WordCount, map_reduce, map_words, sum};
