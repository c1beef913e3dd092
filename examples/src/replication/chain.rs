//! Replicas in a chain: writes enter at the head and are done when they reach the tail,
//! which answers reads.
//!
//! Shown in `src/replication/chain.md`.
//!
//! R. van Renesse and F. B. Schneider, "Chain Replication for Supporting High
//! Throughput and Availability", OSDI 2004.

use crate::random::Random;

/// A position in the chain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum At {
    /// At the first replica.
    Head,
    /// At one in the middle.
    Middle,
    /// At the last one.
    Tail,
}

/// A chain. Writes have one order, so the number of writes that a replica has describes
/// its log.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chain {
    /// The replicas that are up, from head to tail, and how many writes each has.
    pub has: Vec<usize>,
}

// ANCHOR: chain
impl Chain {
    /// This many replicas, all empty.
    pub fn new(replicas: usize) -> Self {
        Self {
            has: vec![0; replicas],
        }
    }

    /// A client writes: the head takes it.
    pub fn write(&mut self) {
        if let Some(head) = self.has.first_mut() {
            *head += 1;
        }
    }

    /// A replica passes the next write that its successor lacks on to it.
    pub fn pass(&mut self, from: usize) {
        if let [before, after] = &mut self.has[from..=from + 1]
            && after < before
        {
            *after += 1;
        }
    }

    /// A replica crashes. Its neighbors are now adjacent, and the first of them sends
    /// what the second lacks.
    pub fn crash(&mut self, replica: usize) {
        self.has.remove(replica);
    }

    /// How many writes the replica at a place has, and so the newest that a read there
    /// sees.
    pub fn seen(&self, at: At) -> usize {
        let place = match at {
            At::Head => 0,
            At::Middle => self.has.len() / 2,
            At::Tail => self.has.len().saturating_sub(1),
        };
        self.has.get(place).copied().unwrap_or(0)
    }
}
// ANCHOR_END: chain

/// What went wrong in runs with crashes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Broken {
    /// Runs in which a confirmed write was lost.
    pub lost: u32,
    /// Runs in which a read saw less than an earlier one.
    pub back_in_time: u32,
}

/// A chain whose replicas crash, and how it is tried.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Trial {
    /// How many replicas there are at first. The last one that is left never crashes.
    pub replicas: usize,
    /// The share of the steps that are crashes. Of the others three in nine are writes,
    /// and the rest passes one on.
    pub crashes: f64,
    /// How many runs there are, of 40 steps each.
    pub runs: u32,
}

/// Runs in which writes, passes and crashes come in any order, if writes are confirmed
/// and reads are answered at these places.
pub fn broken_runs(trial: &Trial, confirms: At, reads: At, seed: u64) -> Broken {
    let mut random = Random::new(seed);
    let mut broken = Broken::default();
    for _ in 0..trial.runs {
        let mut chain = Chain::new(trial.replicas);
        let (mut confirmed, mut read, mut lost, mut back) = (0, 0, false, false);
        for _ in 0..40 {
            let links = chain.has.len();
            match random.below(9) {
                _ if links > 1 && random.chance(trial.crashes) => {
                    chain.crash(random.index(links));
                }
                0..=2 => chain.write(),
                _ if links > 1 => chain.pass(random.index(links - 1)),
                _ => {}
            }
            confirmed = confirmed.max(chain.seen(confirms));
            // The head is the first to get a write; what it lacks exists nowhere.
            lost |= chain.seen(At::Head) < confirmed;
            back |= chain.seen(reads) < read;
            read = chain.seen(reads);
        }
        broken.lost += u32::from(lost);
        broken.back_in_time += u32::from(back);
    }
    broken
}

// ANCHOR: times
/// The mean time of a write, in the unit of `hop`: through a chain of this many
/// replicas, and from a primary to as many at once until all have it. Each hop takes an
/// exponential time, writes come every `interval`, and none overtakes the one ahead of
/// it.
///
/// The first tenth of the writes is left out of the means, because it meets empty
/// links.
pub fn write_times(
    replicas: usize,
    hop: f64,
    interval: f64,
    writes: u32,
    seed: u64,
) -> (f64, f64) {
    let mut random = Random::new(seed);
    let (mut chain, mut star) = (vec![0.0f64; replicas], vec![0.0f64; replicas]);
    let (mut chain_sum, mut star_sum, mut counted) = (0.0, 0.0, 0u32);
    for write in 0..writes {
        let start = f64::from(write) * interval;
        let (mut passed, mut slowest) = (start, start);
        for replica in 0..replicas {
            let takes = random.exponential(hop);
            chain[replica] = chain[replica].max(passed + takes);
            star[replica] = star[replica].max(start + takes);
            passed = chain[replica];
            slowest = slowest.max(star[replica]);
        }
        if write >= writes / 10 {
            chain_sum += passed - start;
            star_sum += slowest - start;
            counted += 1;
        }
    }
    let counted = f64::from(counted.max(1));
    (chain_sum / counted, star_sum / counted)
}
// ANCHOR_END: times

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn confirmed_and_read_at_the_tail_nothing_is_lost_or_goes_back() {
        for (replicas, crashes) in [(5, 0.1), (3, 0.02), (8, 0.4)] {
            let trial = Trial {
                replicas,
                crashes,
                runs: 8_000,
            };
            let right = broken_runs(&trial, At::Tail, At::Tail, 1);
            assert_eq!(right, Broken::default());
            for confirms in [At::Head, At::Middle] {
                let wrong = broken_runs(&trial, confirms, At::Tail, 1);
                assert!(wrong.lost > 0 && wrong.back_in_time == 0);
            }
            for reads in [At::Head, At::Middle] {
                let wrong = broken_runs(&trial, At::Tail, reads, 1);
                assert!(wrong.lost == 0 && wrong.back_in_time > 0);
            }
        }
    }

    #[test]
    fn a_chain_takes_the_sum_of_its_hops_and_a_star_the_longest() {
        for replicas in [1u32, 3, 6] {
            // So far apart that no write waits for another.
            let (chain, star) = write_times(
                usize::try_from(replicas).unwrap(),
                10.0,
                1_000.0,
                20_000,
                2,
            );
            let sum = 10.0 * f64::from(replicas);
            let longest: f64 = (1..=replicas).map(|k| 10.0 / f64::from(k)).sum();
            assert!((chain / sum - 1.0).abs() < 0.03, "{replicas} {chain}");
            assert!((star / longest - 1.0).abs() < 0.03, "{replicas} {star}");
        }
    }

    /// In order on one link, a write has arrived when it and all before it have: P(T <=
    /// t) is the product of 1 - e^-((t + k i) / h) over the writes k before it. The
    /// mean is the integral of the rest.
    #[test]
    fn a_single_link_in_order_takes_what_the_formula_says() {
        for interval in [2.0, 8.64, 40.0] {
            let step = 0.01;
            let late = |t: f64| {
                let waits = (0..500).map(|k| t + f64::from(k) * interval);
                1.0 - waits.map(|t| 1.0 - (-t / 20.0).exp()).product::<f64>()
            };
            let mean: f64 = (0..30_000)
                .map(|n| step * late((f64::from(n) + 0.5) * step))
                .sum();
            let (chain, star) = write_times(1, 20.0, interval, 200_000, 7);
            assert!(
                (chain / mean - 1.0).abs() < 0.02,
                "{interval} {chain} {mean}"
            );
            assert!((star - chain).abs() < 1e-9);
        }
    }

    #[test]
    fn every_replica_has_all_that_its_successors_have() {
        let mut random = Random::new(3);
        let mut chain = Chain::new(4);
        for _ in 0..2_000 {
            match random.below(4) {
                0 => chain.write(),
                _ => chain.pass(random.index(3)),
            }
            assert!(chain.has.is_sorted_by(|a, b| a >= b));
        }
        chain.crash(1);
        assert!(chain.has.is_sorted_by(|a, b| a >= b));
    }
}
