//! Batch engines: passes over data from disk or from memory, and streams cut into small
//! batches.
//!
//! Shown in `src/processing/engines.md`.

/// A cluster that reads data. Sizes are in megabytes, rates in megabytes a second.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Engine {
    /// How fast it reads from disk.
    pub disk: f64,
    /// How fast it reads from memory.
    pub memory_rate: f64,
    /// How much data it keeps in memory from one pass to the next. 0 for an engine that
    /// keeps nothing.
    pub memory: f64,
}

// ANCHOR: passes
impl Engine {
    /// The seconds of several passes over data. The first one comes from disk; later
    /// ones read from memory what fits there.
    pub fn passes(&self, data: f64, passes: u32) -> f64 {
        let kept = data.min(self.memory);
        let pass = |number| {
            let from_memory = if number == 0 { 0.0 } else { kept };
            from_memory / self.memory_rate + (data - from_memory) / self.disk
        };
        (0..passes).map(pass).sum()
    }
}
// ANCHOR_END: passes

// ANCHOR: micro
/// The latency of each event when a stream is cut into batches of `interval`: an event
/// waits for the end of its batch, and for earlier batches. A batch costs `fixed`, and
/// `each` for every event in it. All times are in microseconds; arrivals are in order.
pub fn micro_batches(
    arrivals: &[u64],
    interval: u64,
    fixed: u64,
    each: u64,
) -> Vec<u64> {
    let interval = interval.max(1);
    let (mut free_at, mut latencies, mut rest) = (0, Vec::new(), arrivals);
    while let Some(first) = rest.first() {
        let end = (first / interval + 1) * interval;
        let (batch, later) =
            rest.split_at(rest.partition_point(|arrival| *arrival < end));
        free_at = end.max(free_at) + fixed + each * batch.len() as u64;
        latencies.extend(batch.iter().map(|arrival| free_at - arrival));
        rest = later;
    }
    latencies
}
// ANCHOR_END: micro

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_event_waits_for_its_batch_s_end_at_least(
            gaps in prop::collection::vec(1..50u64, 0..60), interval in 1..200u64, fixed in 0..9u64, each in 0..3u64,
        ) {
            let arrivals: Vec<u64> = gaps.iter().scan(0, |now, gap| { *now += gap; Some(*now) }).collect();
            let latencies = micro_batches(&arrivals, interval, fixed, each);
            prop_assert_eq!(latencies.len(), arrivals.len());
            for (arrival, latency) in arrivals.iter().zip(latencies) {
                let wait = interval - arrival % interval;
                prop_assert!(latency >= wait + fixed + each);
                if fixed == 0 && each == 0 {
                    prop_assert_eq!(latency, wait);
                }
            }
        }

        #[test]
        fn memory_never_makes_passes_slower(data in 1.0..1e5f64, memory in 0.0..2e5f64, passes in 0..20u32) {
            let engine = Engine { disk: 100.0, memory_rate: 5_000.0, memory };
            let on_disk = Engine { memory: 0.0, ..engine };
            prop_assert!(engine.passes(data, passes) <= on_disk.passes(data, passes) + 1e-6);
            prop_assert!((on_disk.passes(data, passes) - f64::from(passes) * data / 100.0).abs() < 1e-3);
        }
    }
}
