//! Coordinated omission: a load generator that waits for each answer doesn't measure
//! the requests that it failed to send.
//!
//! Shown in `src/latency/omission.md`.
//!
//! The name is Gil Tene's ("How NOT to Measure Latency", talks from 2013 on); the
//! correction is that of his `HdrHistogram`.

/// A server that answers in a fixed time, and stalls for a while. Times are in
/// microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stalling {
    /// The time of one answer.
    pub service: u64,
    /// When it stops answering.
    pub stall_from: u64,
    /// When it resumes.
    pub stall_to: u64,
}

impl Stalling {
    /// When a request that is sent at some time is answered. Any number of requests is
    /// served at once.
    pub fn answered_at(&self, sent: u64) -> u64 {
        let stalled = sent + self.service > self.stall_from && sent < self.stall_to;
        let begin = if stalled {
            self.stall_to.max(sent)
        } else {
            sent
        };
        begin + self.service
    }
}

// ANCHOR: loops
/// The latencies recorded by a client that sends every `interval`, but not before it
/// has the last answer.
pub fn closed_loop(server: &Stalling, interval: u64, until: u64) -> Vec<u64> {
    let (mut latencies, mut sent) = (Vec::new(), 0);
    while sent < until {
        let answered = server.answered_at(sent);
        latencies.push(answered - sent);
        sent = answered.max(sent + interval.max(1));
    }
    latencies
}

/// The latencies of users who come every `interval`, whether the server answers or not.
pub fn open_schedule(server: &Stalling, interval: u64, until: u64) -> Vec<u64> {
    let due = (0..).map(|n| n * interval.max(1));
    let due = due.take_while(|due| *due < until);
    due.map(|due| server.answered_at(due) - due).collect()
}
// ANCHOR_END: loops

// ANCHOR: corrected
/// Adds what a waiting client left out: for a latency of n intervals, those of the
/// requests due in the meantime.
pub fn corrected(latencies: &[u64], interval: u64) -> Vec<u64> {
    let interval = interval.max(1);
    let all = latencies.iter().flat_map(|latency| {
        let missed = (1..).map(move |n| latency.saturating_sub(n * interval));
        std::iter::once(*latency)
            .chain(missed.take_while(move |left| *left >= interval))
    });
    all.collect()
}
// ANCHOR_END: corrected

#[cfg(test)]
mod tests {
    use super::super::percentile::{mean, percentile};
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_known_example_has_its_known_figures() {
        // 100 requests a second at 1 ms for 100 s, then a stall of 100 s.
        let server = Stalling {
            service: 1_000,
            stall_from: 100_000_000,
            stall_to: 200_000_000,
        };
        let closed = closed_loop(&server, 10_000, 200_000_000);
        let open = open_schedule(&server, 10_000, 200_000_000);
        assert_eq!(closed.len(), 10_001);
        assert_eq!(percentile(&closed, 99.99), Some(1_000));
        assert!((mean(&closed) / 1e3 - 11.0).abs() < 0.1);
        assert!((mean(&open) / 1e6 - 25.0).abs() < 0.1);
        assert_eq!(percentile(&open, 75.0).unwrap() / 100_000, 500);
        assert!((mean(&corrected(&closed, 10_000)) / 1e6 - 25.0).abs() < 0.1);
    }

    proptest! {
        #[test]
        fn without_a_stall_both_clients_see_the_same(service in 0..50u64, interval in 50..100u64) {
            let server = Stalling { service, stall_from: 10_000, stall_to: 10_000 };
            prop_assert_eq!(
                closed_loop(&server, interval, 9_000),
                open_schedule(&server, interval, 9_000)
            );
        }

        #[test]
        fn the_waiting_client_sends_no_more_than_are_due(
            from in 0..5_000u64, length in 0..5_000u64, interval in 1..100u64,
        ) {
            let server = Stalling { service: 10, stall_from: from, stall_to: from + length };
            let closed = closed_loop(&server, interval, 10_000);
            let open = open_schedule(&server, interval, 10_000);
            prop_assert!(closed.len() <= open.len());
        }

        /// The latencies of the schedule are the reference for the correction, wherever
        /// the stall begins and ends.
        #[test]
        fn the_correction_gives_back_what_the_schedule_saw(
            begin in 1..40u64, length in 0..40u64, offset in 0..100u64, rest in 1..40u64,
        ) {
            let (service, interval) = (10, 100);
            let from = begin * interval + offset;
            let server = Stalling { service, stall_from: from, stall_to: from + length * interval };
            let until = (begin + length + rest) * interval;
            let mut fixed = corrected(&closed_loop(&server, interval, until), interval);
            let mut open = open_schedule(&server, interval, until);
            fixed.sort_unstable();
            open.sort_unstable();
            // The same latencies, except for the position in each client's schedule at
            // which the stall ended.
            prop_assert!(fixed.len().abs_diff(open.len()) <= 1);
            for (one, two) in fixed.iter().rev().zip(open.iter().rev()) {
                prop_assert!(one.abs_diff(*two) <= interval, "{} {}", one, two);
            }
        }
    }
}
