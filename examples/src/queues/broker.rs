//! A message broker that keeps its messages in memory or in a log on disk, and crashes.
//!
//! Shown in `src/queues/asynchronous.md`.
//!
//! Times are in microseconds. The crash loses everything that no flush has put on disk
//! before it.

/// When a broker puts a message on disk.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Durability {
    /// Never.
    Memory,
    /// Before it confirms it to the producer.
    EachMessage,
    /// At intervals of this many microseconds, after it was confirmed.
    Every(u64),
}

/// What is left after a crash.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Crash {
    /// Messages that were confirmed to their producers.
    pub confirmed: u64,
    /// Of these, how many consumers had taken before the crash.
    pub consumed: u64,
    /// Of these, how many a restart finds on disk.
    pub recovered: u64,
    /// Of these, how many are gone.
    pub lost: u64,
}

// ANCHOR: crash
/// Producers send a message every `gap`, consumers take one every `pace`; the broker
/// crashes at a time. A flush takes `flush`.
pub fn crash(
    durability: Durability,
    gap: u64,
    pace: u64,
    flush: u64,
    at: u64,
) -> Crash {
    // A producer that waits for the flush sends its next message afterwards.
    let confirm_every = match durability {
        Durability::EachMessage => gap.max(flush),
        Durability::Memory | Durability::Every(_) => gap,
    };
    let confirmed = at / confirm_every.max(1);
    let on_disk = match durability {
        Durability::Memory => 0,
        Durability::EachMessage => confirmed,
        Durability::Every(interval) => {
            // The last flush that ended in time holds what had come when it began.
            let last = at.saturating_sub(flush) / interval.max(1) * interval;
            last / confirm_every.max(1)
        }
    };
    let consumed = confirmed.min(at / pace.max(1));
    let recovered = on_disk.saturating_sub(consumed);
    Crash {
        confirmed,
        consumed,
        recovered,
        lost: confirmed - consumed - recovered,
    }
}
// ANCHOR_END: crash

// ANCHOR: backlog
/// The backlog at the end of each second.
///
/// `arrivals` are messages in each second, and the workers take at most `pace` a
/// second.
pub fn backlog(arrivals: &[u64], pace: u64) -> Vec<u64> {
    let waiting = arrivals.iter().scan(0, |waiting: &mut u64, arrived| {
        *waiting = (*waiting + arrived).saturating_sub(pace);
        Some(*waiting)
    });
    waiting.collect()
}
// ANCHOR_END: backlog

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn memory_loses_the_backlog_and_a_log_nothing() {
        let memory = crash(Durability::Memory, 100, 200, 50, 1_000_000);
        assert_eq!((memory.confirmed, memory.lost), (10_000, 5_000));
        assert_eq!(
            crash(Durability::EachMessage, 100, 200, 50, 1_000_000).lost,
            0
        );
    }

    proptest! {
        #[test]
        fn nothing_is_counted_twice(gap in 1..99u64, pace in 1..99u64, flush in 0..99u64, every in 1..9_999u64, at in 0..99_999u64) {
            for durability in [Durability::Memory, Durability::EachMessage, Durability::Every(every)] {
                let crash = crash(durability, gap, pace, flush, at);
                prop_assert_eq!(crash.consumed + crash.recovered + crash.lost, crash.confirmed);
                if durability == Durability::Every(every) {
                    prop_assert!(crash.lost <= (every + flush) / gap + 1);
                }
            }
        }

        #[test]
        fn a_backlog_is_what_came_less_what_was_done(arrivals in prop::collection::vec(0..50u64, 1..40), pace in 0..40u64) {
            // Step by step, with a queue of single messages.
            let mut line = 0;
            let mut expected = Vec::new();
            for arrived in &arrivals {
                line += arrived;
                for _ in 0..pace {
                    line = if line > 0 { line - 1 } else { 0 };
                }
                expected.push(line);
            }
            prop_assert_eq!(backlog(&arrivals, pace), expected);
        }
    }
}
