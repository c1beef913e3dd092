//! Caching: what a full cache gives up, how a cache and its database stay equal, and what many requests
//! at once do to both.

pub mod ages;
pub mod aside;
mod belady;
pub mod hot;
pub mod invalidation;
mod jitter;
mod levels;
mod lru;
mod lru_counters;
mod negative;
mod policies;
pub mod race;
pub mod refresh;
mod sampled;
pub mod stampede;
mod two_queues;
mod writing;

pub use belady::belady_hits;
pub use jitter::loads_per_second;
pub use levels::Levels;
pub use lru::Lru;
pub use lru_counters::{Block, CounterLru, Rule};
pub use negative::{Asked, Memory, database_reads};
pub use policies::{Cache, Policy};
pub use writing::{Counts, ThroughCache, Writing};

/// The share of a trace's requests that a cache of `capacity` entries answers, from 0 to 1.
///
/// A miss loads the key into the cache. An empty trace has a share of 0.
pub fn hit_ratio(trace: impl IntoIterator<Item = usize>, capacity: usize) -> f64 {
    warm_hit_ratio(trace, 0, capacity)
}

/// The same for a cache that has seen so many requests before: they fill it and aren't counted.
pub fn warm_hit_ratio(
    trace: impl IntoIterator<Item = usize>,
    warm_up: usize,
    capacity: usize,
) -> f64 {
    let mut cache = Lru::new(capacity);
    let (mut hits, mut requests) = (0u32, 0u32);
    for (at, key) in trace.into_iter().enumerate() {
        let is_hit = cache.get(&key).is_some();
        if !is_hit {
            cache.put(key, ());
        }
        if at >= warm_up {
            requests += 1;
            hits += u32::from(is_hit);
        }
    }
    f64::from(hits) / f64::from(requests.max(1))
}
