//! Five replicas of one value, split in two by a partition, in one of two modes.
//!
//! Shown in `src/consensus/cap.md`.
//!
//! The theorem is that of S. Gilbert and N. Lynch, "Brewer's Conjecture and the
//! Feasibility of Consistent, Available, Partition-Tolerant Web Services", *SIGACT
//! News* 33(2), 2002.

use std::collections::BTreeSet;
use std::fmt;

use crate::random::Random;

/// What a replica does when it can't reach a majority.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mode {
    /// It gives an error: consistent.
    Consistent,
    /// It answers with what it has, and takes writes: available.
    Available,
}

impl fmt::Display for Mode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Consistent => "consistent",
            Self::Available => "available",
        })
    }
}

/// A value and when it was written: the number of writes that its writer knew of, and
/// the writer, so that no two are equal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Version {
    /// How many writes came before it, as far as its replica knew.
    pub number: u64,
    /// The replica that took it.
    pub replica: usize,
    /// The value.
    pub value: u64,
}

/// No majority can be reached.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Unavailable;

/// Replicas of one value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Replicas {
    mode: Mode,
    held: Vec<Version>,
    /// The side of the partition that each is on.
    sides: Vec<usize>,
    /// The newest write before the last partition.
    before: u64,
    down: BTreeSet<usize>,
}

impl Replicas {
    /// This many replicas, which all hold 0.
    pub fn new(mode: Mode, count: usize) -> Self {
        let held = (0..count).map(|_| Version {
            number: 0,
            replica: 0,
            value: 0,
        });
        Self {
            mode,
            held: held.collect(),
            sides: vec![0; count],
            before: 0,
            down: BTreeSet::new(),
        }
    }

    /// Splits the replicas in two: those below `at`, and the others.
    pub fn partition(&mut self, at: usize) {
        self.before = self.held.iter().map(|held| held.number).max().unwrap_or(0);
        for (replica, side) in self.sides.iter_mut().enumerate() {
            *side = usize::from(replica >= at);
        }
    }

    // ANCHOR: heal
    /// Ends the partition. The newest version wins everywhere; returns the values that
    /// were stored during the partition and that lose.
    pub fn heal(&mut self) -> Vec<u64> {
        self.sides.fill(0);
        let winner = self.held.iter().copied().max();
        let losers: BTreeSet<Version> = self
            .held
            .iter()
            .copied()
            .filter(|held| held.number > self.before && Some(*held) != winner)
            .collect();
        for held in &mut self.held {
            *held = winner.unwrap_or(*held);
        }
        losers.into_iter().map(|version| version.value).collect()
    }
    // ANCHOR_END: heal

    /// Stops a replica.
    pub fn crash(&mut self, replica: usize) {
        self.down.insert(replica);
    }

    // ANCHOR: write
    /// A client writes at a replica.
    ///
    /// # Errors
    /// The replica is down, or its mode is consistent and it reaches no majority.
    pub fn write(&mut self, replica: usize, value: u64) -> Result<(), Unavailable> {
        let reached = self.reached(replica)?;
        let newest = reached.iter().map(|peer| self.held[*peer].number).max();
        let number = newest.unwrap_or(0) + 1;
        for peer in reached {
            self.held[peer] = Version {
                number,
                replica,
                value,
            };
        }
        Ok(())
    }
    // ANCHOR_END: write

    /// A client reads at a replica: the newest version of those that it reaches.
    ///
    /// # Errors
    /// As with writing.
    pub fn read(&self, replica: usize) -> Result<u64, Unavailable> {
        let reached = self.reached(replica)?;
        let newest = reached.iter().map(|peer| self.held[*peer]).max();
        newest.map(|version| version.value).ok_or(Unavailable)
    }

    // ANCHOR: reached
    /// The replicas that this one reaches, if its mode lets it go on with them.
    fn reached(&self, replica: usize) -> Result<Vec<usize>, Unavailable> {
        if self.down.contains(&replica) {
            return Err(Unavailable);
        }
        let same_side = |peer: &usize| {
            self.sides[*peer] == self.sides[replica] && !self.down.contains(peer)
        };
        let reached: Vec<usize> = (0..self.held.len()).filter(same_side).collect();
        let is_majority = reached.len() > self.held.len() / 2;
        match self.mode {
            Mode::Consistent if !is_majority => Err(Unavailable),
            Mode::Consistent | Mode::Available => Ok(reached),
        }
    }
    // ANCHOR_END: reached
}

/// How clients fared while the network was cut, as shares.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Survey {
    /// Of the requests, those that were answered.
    pub answered: f64,
    /// Of the reads that were asked, those that were answered with another value than
    /// that of the last write that was stored.
    pub stale: f64,
}

/// Writes and reads by turns, each at a random replica, while the first `at` of the
/// replicas are cut from the others.
pub fn survey(
    mode: Mode,
    replicas: usize,
    at: usize,
    rounds: u32,
    seed: u64,
) -> Survey {
    let mut random = Random::new(seed);
    let mut cluster = Replicas::new(mode, replicas);
    cluster.partition(at);
    let (mut answered, mut stale, mut last) = (0u32, 0u32, 0);
    for value in 1..=rounds {
        let value = u64::from(value);
        if cluster.write(random.index(replicas), value).is_ok() {
            (answered, last) = (answered + 1, value);
        }
        if let Ok(read) = cluster.read(random.index(replicas)) {
            (answered, stale) = (answered + 1, stale + u32::from(read != last));
        }
    }
    let rounds = f64::from(rounds.max(1));
    Survey {
        answered: f64::from(answered) / 2.0 / rounds,
        stale: f64::from(stale) / rounds,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::float;
    use proptest::prelude::*;

    /// A request is answered where there is a majority. A read misses the last write if
    /// the two were on different sides.
    #[test]
    fn shares_are_what_the_sizes_of_the_sides_say() {
        for (replicas, at) in [(5, 5), (5, 3), (7, 1), (4, 2), (9, 5)] {
            let share = float(at) / float(replicas);
            let larger = share.max(1.0 - share);
            let answered = if larger > 0.5 { larger } else { 0.0 };
            let run = |mode| survey(mode, replicas, at, 20_000, 1);
            let (cp, ap) = (run(Mode::Consistent), run(Mode::Available));
            assert!((cp.answered - answered).abs() < 0.01, "{cp:?} {answered}");
            assert!(
                (ap.stale - 2.0 * share * (1.0 - share)).abs() < 0.01,
                "{ap:?}"
            );
            assert!(cp.stale == 0.0 && (ap.answered - 1.0).abs() < 1e-9);
        }
    }

    proptest! {
        #[test]
        fn the_consistent_mode_reads_the_last_write_or_nothing(
            steps in prop::collection::vec((0..5usize, prop::option::of(1..99u64)), 1..30), at in 0..6usize
        ) {
            let mut replicas = Replicas::new(Mode::Consistent, 5);
            let mut last = 0;
            for (n, (replica, value)) in steps.into_iter().enumerate() {
                match n {
                    5 => replicas.partition(at),
                    20 => { replicas.heal(); }
                    _ => {}
                }
                match value {
                    Some(value) if replicas.write(replica, value).is_ok() => last = value,
                    Some(_) => {}
                    None => prop_assert!(replicas.read(replica).is_ok_and(|read| read == last) || replicas.read(replica).is_err()),
                }
            }
        }

        #[test]
        fn the_available_mode_always_answers_and_agrees_in_the_end(
            steps in prop::collection::vec((0..5usize, 1..99u64), 1..30), at in 0..6usize
        ) {
            let mut replicas = Replicas::new(Mode::Available, 5);
            replicas.partition(at);
            for (replica, value) in steps {
                prop_assert!(replicas.write(replica, value).is_ok());
                prop_assert_eq!(replicas.read(replica), Ok(value));
            }
            replicas.heal();
            let all: BTreeSet<_> = (0..5).map(|replica| replicas.read(replica).unwrap()).collect();
            prop_assert_eq!(all.len(), 1);
        }

        #[test]
        fn only_the_available_mode_loses_what_it_stored(
            steps in prop::collection::vec((0..5usize, 1..99u64), 1..30), at in 1..5usize
        ) {
            for mode in [Mode::Consistent, Mode::Available] {
                let mut replicas = Replicas::new(mode, 5);
                replicas.partition(at);
                // The last write that each side stored.
                let mut stored = [None, None];
                for (replica, value) in &steps {
                    if replicas.write(*replica, *value).is_ok() {
                        stored[usize::from(*replica >= at)] = Some(*value);
                    }
                }
                let both = stored.iter().all(Option::is_some);
                let lost = replicas.heal();
                prop_assert_eq!(lost.len(), usize::from(both && mode == Mode::Available));
                prop_assert!(lost.iter().all(|value| stored.contains(&Some(*value))));
            }
        }

        #[test]
        fn a_majority_survives_any_minority_of_crashes(crashed in prop::collection::btree_set(0..5usize, 0..5)) {
            let mut replicas = Replicas::new(Mode::Consistent, 5);
            for replica in &crashed { replicas.crash(*replica); }
            for replica in (0..5).filter(|replica| !crashed.contains(replica)) {
                prop_assert_eq!(replicas.write(replica, 1).is_ok(), crashed.len() <= 2);
            }
        }
    }
}
