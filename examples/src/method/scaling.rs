//! Workers that share a lock, in virtual time: what each additional one brings.
//!
//! Shown in `src/method/scaling.md`.
//!
//! Theory: G. M. Amdahl, "Validity of the Single Processor Approach to Achieving Large
//! Scale Computing Capabilities", AFIPS 1967, for the bound; the machine repairman
//! model (L. Kleinrock, *Queueing Systems*, volume 1, 1975, section 3.8) for the lock;
//! N. J. Gunther, *Guerrilla Capacity Planning*, 2007, for the cost of talking. Times
//! are in microseconds.

use crate::random::Random;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// What a worker does repeatedly: work on its own, then hold an exclusive lock, and
/// notify all others meanwhile.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Workers {
    /// The mean time of the work by itself, exponentially distributed.
    pub alone: f64,
    /// The mean time with the lock, exponentially distributed.
    pub locked: f64,
    /// The time to notify one other worker, with the lock held.
    pub talk: f64,
}

// ANCHOR: run
impl Workers {
    /// The throughput of the workers in jobs a second, measured over `jobs` jobs.
    /// Without workers it is 0.
    pub fn throughput(&self, workers: u32, jobs: u32, seed: u64) -> f64 {
        let mut random = Random::new(seed);
        let others = f64::from(workers.saturating_sub(1));
        let mut work = || {
            let alone = random.exponential(self.alone);
            (alone, random.exponential(self.locked) + self.talk * others)
        };
        // The next request for the lock, and how long it is held.
        let mut asks: BinaryHeap<Reverse<Ask>> = (0..workers)
            .map(|_| Reverse(Ask::new(0.0, work())))
            .collect();
        let mut lock_free_at = 0.0;
        for _ in 0..jobs {
            let Some(Reverse(ask)) = asks.pop() else {
                return 0.0;
            };
            lock_free_at = ask.at.max(lock_free_at) + ask.hold;
            asks.push(Reverse(Ask::new(lock_free_at, work())));
        }
        f64::from(jobs) / (lock_free_at / 1e6)
    }
}
// ANCHOR_END: run

// ANCHOR: amdahl
/// Amdahl's law: how many times faster `workers` are than one, if a share of the work
/// can't be divided.
pub fn amdahl(undivided: f64, workers: u32) -> f64 {
    1.0 / (undivided + (1.0 - undivided) / f64::from(workers))
}
// ANCHOR_END: amdahl

// ANCHOR: universal
/// The universal scalability law: Amdahl's law, and a cost of each pair of workers that
/// has to agree, as a share of the work of one.
pub fn universal(undivided: f64, pair: f64, workers: u32) -> f64 {
    let n = f64::from(workers);
    n / (1.0 + undivided * (n - 1.0) + pair * n * (n - 1.0))
}
// ANCHOR_END: universal

/// The throughput of workers that share a lock and don't notify each other, in jobs a
/// second: the closed formula of the repairman model.
///
/// Both times are exponential means, as in [`Workers`].
pub fn repairman(alone: f64, locked: f64, workers: u32) -> f64 {
    let mut term = 1.0;
    let mut sum = 1.0;
    for waiting in 0..workers {
        term *= f64::from(workers - waiting) * locked / alone;
        sum += term;
    }
    (1.0 - 1.0 / sum) / (locked / 1e6)
}

/// A worker that asks for the lock.
#[derive(Debug, Clone, Copy)]
struct Ask {
    at: f64,
    hold: f64,
}

impl Ask {
    fn new(from: f64, (alone, hold): (f64, f64)) -> Self {
        Self {
            at: from + alone,
            hold,
        }
    }
}

impl Ord for Ask {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.at.total_cmp(&other.at)
    }
}

impl PartialOrd for Ask {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Ask {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other).is_eq()
    }
}

impl Eq for Ask {}

#[cfg(test)]
mod tests {
    use super::*;

    const SHARED: Workers = Workers {
        alone: 900.0,
        locked: 100.0,
        talk: 0.0,
    };

    #[test]
    fn a_lock_gives_the_throughput_of_the_repairman_model() {
        for workers in [1, 2, 5, 10, 20] {
            let seen = SHARED.throughput(workers, 100_000, 1);
            let theory = repairman(900.0, 100.0, workers);
            assert!(
                (seen / theory - 1.0).abs() < 0.01,
                "{workers}: {seen} {theory}"
            );
        }
    }

    #[test]
    fn without_a_lock_every_worker_brings_the_same() {
        let free = Workers {
            locked: 1e-9,
            ..SHARED
        };
        let speedup = free.throughput(16, 100_000, 2) / free.throughput(1, 100_000, 2);
        assert!((speedup - 16.0).abs() < 0.3, "{speedup}");
    }

    #[test]
    fn amdahl_is_a_bound_from_below_and_the_lock_from_above() {
        for workers in [2, 8, 32] {
            let speedup = repairman(900.0, 100.0, workers) / repairman(900.0, 100.0, 1);
            assert!(amdahl(0.1, workers) <= speedup, "{workers}");
            assert!(speedup <= 10.0);
        }
    }

    #[test]
    fn without_pairs_the_universal_law_is_amdahls() {
        for workers in [1, 2, 7, 64] {
            let both = universal(0.05, 0.0, workers) / amdahl(0.05, workers);
            assert!((both - 1.0).abs() < 1e-12, "{workers}");
        }
    }

    #[test]
    fn the_universal_law_peaks_at_the_root_of_what_is_divided_by_what_a_pair_costs() {
        for (undivided, pair) in [(0.05, 0.002), (0.1, 0.0005), (0.0, 0.01)] {
            let speedup = |n: &u32| universal(undivided, pair, *n);
            let best = (1..1_000)
                .max_by(|a, b| speedup(a).total_cmp(&speedup(b)))
                .unwrap();
            let root = ((1.0 - undivided) / pair).sqrt();
            assert!((f64::from(best) - root).abs() <= 1.0, "{best} {root}");
        }
    }

    #[test]
    fn many_workers_that_talk_do_what_the_universal_law_says() {
        let talking = Workers {
            talk: 3.0,
            ..SHARED
        };
        let speedup =
            talking.throughput(400, 100_000, 5) / SHARED.throughput(1, 100_000, 5);
        let law = universal(0.1, 0.003, 400);
        assert!((speedup / law - 1.0).abs() < 0.1, "{speedup} {law}");
    }

    #[test]
    fn who_talks_to_all_others_gets_slower_in_the_end() {
        let talking = Workers {
            talk: 30.0,
            ..SHARED
        };
        let [few, some, many] = [1, 6, 60].map(|n| talking.throughput(n, 50_000, 3));
        assert!(few < some && many < some, "{few} {some} {many}");
        // With 60 the lock is never free: a job takes its hold, and telling 59 others.
        let full = 1e6 / (100.0 + 59.0 * 30.0);
        assert!((many / full - 1.0).abs() < 0.01, "{many} {full}");
        assert!(talking.throughput(0, 10, 3).abs() < 1e-12);
    }
}
