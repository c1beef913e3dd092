//! Reads and writes that involve some of N replicas, without a leader.
//!
//! Shown in `src/replication/quorums.md` and `src/replication/repair.md`.
//!
//! D. K. Gifford, "Weighted Voting for Replicated Data", SOSP 1979.

use crate::number::float;
use crate::random::Random;

/// How many replicas there are, and how many take part in a read and in a write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Quorum {
    /// Replicas.
    pub n: usize,
    /// Answers that a read waits for.
    pub r: usize,
    /// Answers that a write waits for.
    pub w: usize,
}

/// What a run of writes and reads saw.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Reads {
    /// Reads.
    pub reads: u32,
    /// Reads that returned a version older than the last acknowledged write.
    pub stale: u32,
}

/// What a read does with its answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Take {
    /// It takes the highest version.
    Newest,
    /// It takes the first one to arrive: the mistake that shows why versions are
    /// needed.
    First,
}

// ANCHOR: run
impl Quorum {
    /// Alternating writes and reads. Each write reaches `w` replicas chosen at random
    /// and no others; each read asks `r` chosen at random.
    pub fn run(&self, take: Take, rounds: u32, seed: u64) -> Reads {
        let mut random = Random::new(seed);
        let mut versions = vec![0u32; self.n];
        let mut seen = Reads::default();
        for version in 1..=rounds {
            for replica in choose(self.n, self.w, &mut random) {
                versions[replica] = version;
            }
            let asked = choose(self.n, self.r, &mut random);
            let mut answers = asked.iter().map(|replica| versions[*replica]);
            let taken = match take {
                Take::Newest => answers.max(),
                Take::First => answers.next(),
            };
            seen.reads += 1;
            seen.stale += u32::from(taken.unwrap_or(0) < version);
        }
        seen
    }

    /// The probability that a read misses the last write: that all of its replicas are
    /// among those that the write missed.
    pub fn miss(&self) -> f64 {
        let missed = self.n.saturating_sub(self.w);
        (0..self.r)
            .map(|k| ratio(missed.saturating_sub(k), self.n.saturating_sub(k)))
            .product()
    }
}
// ANCHOR_END: run

// ANCHOR: sloppy
impl Quorum {
    /// The same with `spare` more nodes. A writer reaches each of its `n` replicas with
    /// probability 1 - `cut`; if fewer than `w` answer, spare nodes take the write in
    /// their place. A reader reaches all of the `n` replicas, and asks no spare node.
    pub fn sloppy(&self, spare: usize, cut: f64, rounds: u32, seed: u64) -> Sloppy {
        let mut random = Random::new(seed);
        let mut versions = vec![0u32; self.n];
        let mut seen = Sloppy::default();
        for version in 1..=rounds {
            let mut reached = choose(self.n, self.n, &mut random);
            reached.retain(|_| !random.chance(cut));
            reached.truncate(self.w);
            seen.strict += u32::from(reached.len() == self.w);
            if reached.len() + spare < self.w {
                continue;
            }
            seen.stored += 1;
            for replica in reached {
                versions[replica] = version;
            }
            let asked = choose(self.n, self.r, &mut random);
            let newest = asked.iter().map(|replica| versions[*replica]).max();
            seen.stale += u32::from(newest.unwrap_or(0) < version);
        }
        seen
    }
}
// ANCHOR_END: sloppy

impl Quorum {
    /// By the formula, the probabilities that [`Quorum::sloppy`] could store a write
    /// without spare nodes, and that with enough of them a read misses it.
    pub fn sloppy_theory(&self, cut: f64) -> (f64, f64) {
        // By the number of replicas that are reached, one replica after the other.
        let mut by_number = vec![0.0; self.n + 1];
        by_number[0] = 1.0;
        for _ in 0..self.n {
            for number in (0..=self.n).rev() {
                let one_fewer = number.checked_sub(1).map_or(0.0, |n| by_number[n]);
                by_number[number] = by_number[number] * cut + one_fewer * (1.0 - cut);
            }
        }
        let strict = by_number.iter().skip(self.w).sum();
        let stale = by_number.iter().enumerate().map(|(number, probability)| {
            let w = number.min(self.w);
            probability * Quorum { w, ..*self }.miss()
        });
        (strict, stale.sum())
    }
}

/// The outcome of writes whose replicas could not all be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sloppy {
    /// Writes that `w` of the `n` replicas took, so that they would be stored without
    /// spare nodes.
    pub strict: u32,
    /// Writes that were stored, with the help of spare nodes.
    pub stored: u32,
    /// Reads, one after each stored write, that missed it.
    pub stale: u32,
}

// ANCHOR: overlap
/// Whether every set of `r` replicas has one in common with every set of `w`, by trying
/// all of them.
pub fn always_overlaps(quorum: &Quorum) -> bool {
    let sets = |size: usize| {
        (0u32..1 << quorum.n).filter(move |set| set.count_ones() as usize == size)
    };
    sets(quorum.r).all(|reads| sets(quorum.w).all(|writes| reads & writes != 0))
}
// ANCHOR_END: overlap

/// What two reads saw while a write was reaching its replicas one by one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Interleaved {
    /// How many orders there are in which a first read and, after it, a second one can
    /// fall into the write.
    pub cases: u32,
    /// Those in which the first read saw the new value and the second one the old.
    pub back_in_time: u32,
}

/// Tries every moment of two reads within a write, and every set of replicas that they
/// may ask.
pub fn read_during_write(quorum: &Quorum) -> Interleaved {
    let sets: Vec<u32> = (0u32..1 << quorum.n)
        .filter(|set| set.count_ones() as usize == quorum.r)
        .collect();
    let mut found = Interleaved {
        cases: 0,
        back_in_time: 0,
    };
    // The write has reached the replicas 0 to `done - 1` so far, and is not
    // acknowledged before it has reached `w`.
    for first_at in 0..quorum.w {
        for second_at in first_at..quorum.w {
            for first in &sets {
                for second in &sets {
                    let sees_new =
                        |done: usize, asked: u32| asked & ((1 << done) - 1) != 0;
                    found.cases += 1;
                    let is_back =
                        sees_new(first_at, *first) && !sees_new(second_at, *second);
                    found.back_in_time += u32::from(is_back);
                }
            }
        }
    }
    found
}

fn choose(n: usize, count: usize, random: &mut Random) -> Vec<usize> {
    let mut all: Vec<usize> = (0..n).collect();
    (0..count.min(n))
        .map(|_| all.swap_remove(random.index(all.len())))
        .collect()
}

fn ratio(part: usize, whole: usize) -> f64 {
    float(part) / float(whole.max(1))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn all() -> impl Iterator<Item = Quorum> {
        (1..=5usize).flat_map(|n| {
            (1..=n).flat_map(move |r| (1..=n).map(move |w| Quorum { n, r, w }))
        })
    }

    #[test]
    fn sets_overlap_exactly_when_their_sizes_exceed_n() {
        for quorum in all() {
            assert_eq!(
                always_overlaps(&quorum),
                quorum.r + quorum.w > quorum.n,
                "{quorum:?}"
            );
        }
    }

    #[test]
    fn no_read_is_stale_with_overlap_and_otherwise_as_many_as_the_formula_says() {
        for quorum in all() {
            let seen = quorum.run(Take::Newest, 4_000, 3);
            let share = f64::from(seen.stale) / f64::from(seen.reads);
            assert!((share - quorum.miss()).abs() < 0.03, "{quorum:?} {share}");
            if quorum.r + quorum.w > quorum.n {
                assert_eq!(seen.stale, 0, "{quorum:?}");
            } else {
                assert!(seen.stale > 0, "{quorum:?}");
            }
        }
    }

    /// The rules that the page explains, broken one at a time: the property of the test
    /// above has to fail.
    #[test]
    fn a_write_with_one_replica_less_or_a_read_without_versions_is_stale() {
        for quorum in all().filter(|quorum| quorum.r + quorum.w == quorum.n + 1) {
            let w = quorum.w - 1;
            let fewer = Quorum { w, ..quorum };
            assert!(fewer.run(Take::Newest, 2_000, 3).stale > 0, "{fewer:?}");
        }
        for quorum in all().filter(|quorum| quorum.w < quorum.n) {
            let seen = quorum.run(Take::First, 4_000, 3);
            assert!(seen.stale > 0, "{quorum:?}");
            // The first answer is any replica, so the others don't help.
            let alone = Quorum { r: 1, ..quorum };
            let share = f64::from(seen.stale) / f64::from(seen.reads);
            assert!((share - alone.miss()).abs() < 0.03, "{quorum:?} {share}");
        }
    }

    #[test]
    fn spare_nodes_store_more_and_end_the_promise() {
        let quorum = Quorum { n: 3, r: 2, w: 2 };
        let whole = quorum.sloppy(2, 0.0, 2_000, 1);
        assert_eq!((whole.strict, whole.stored, whole.stale), (2_000, 2_000, 0));
        // Without spare nodes a write that can't be stored is refused, and no read
        // misses a stored one.
        let strict = quorum.sloppy(0, 0.3, 20_000, 1);
        assert_eq!((strict.stored, strict.stale), (strict.strict, 0));
        // Two or three of three are reached: 3 × 0.7² × 0.3 + 0.7³.
        assert!((f64::from(strict.stored) / 20_000.0 - 0.784).abs() < 0.01);
        let sloppy = quorum.sloppy(2, 0.3, 20_000, 1);
        assert_eq!(sloppy.stored, 20_000);
        // None reached: every read misses it. One reached: a read of two misses it in a
        // third of the cases.
        let expected = 0.3f64.powi(3) + 3.0 * 0.7 * 0.09 / 3.0;
        assert!((f64::from(sloppy.stale) / 20_000.0 - expected).abs() < 0.01);
        let (stored, stale) = quorum.sloppy_theory(0.3);
        assert!((stored - 0.784).abs() < 1e-9 && (stale - expected).abs() < 1e-9);
    }

    #[test]
    fn the_formula_for_spare_nodes_fits_other_quorums() {
        for quorum in all() {
            let seen = quorum.sloppy(quorum.w, 0.4, 4_000, 2);
            let (strict, stale) = quorum.sloppy_theory(0.4);
            let off =
                |count: u32, share: f64| (f64::from(count) / 4_000.0 - share).abs();
            assert!(
                off(seen.strict, strict) < 0.03,
                "{quorum:?} {seen:?} {strict}"
            );
            assert!(off(seen.stale, stale) < 0.03, "{quorum:?} {seen:?} {stale}");
        }
    }

    #[test]
    fn overlap_does_not_order_reads_during_a_write() {
        assert!(read_during_write(&Quorum { n: 3, r: 2, w: 2 }).back_in_time > 0);
        assert_eq!(
            read_during_write(&Quorum { n: 3, r: 3, w: 1 }).back_in_time,
            0
        );
    }
}
