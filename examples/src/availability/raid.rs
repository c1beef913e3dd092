//! RAID levels: how much they store, and which failures they survive, by trying every
//! set of failed disks.
//!
//! Shown in `src/availability/raid.md`.
//!
//! Levels after D. A. Patterson, G. Gibson and R. H. Katz, SIGMOD 1988, and SNIA,
//! *Common RAID Disk Data Format*, 2009.

use crate::number::float;

/// How data is spread over disks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Level {
    /// Chunks distributed over all disks in turn, without redundancy.
    Raid0,
    /// The same on every disk.
    Raid1,
    /// Chunks in turn, with one parity chunk in each row, on a disk that changes from
    /// row to row.
    Raid5,
    /// The same with two chunks of redundancy in each row.
    Raid6,
    /// Pairs of equal disks, chunks in turn over the pairs.
    Raid10,
}

impl Level {
    /// All levels.
    pub const ALL: [Self; 5] = [
        Self::Raid0,
        Self::Raid1,
        Self::Raid5,
        Self::Raid6,
        Self::Raid10,
    ];

    /// The fewest disks.
    pub fn least_disks(self) -> usize {
        match self {
            Self::Raid0 | Self::Raid1 => 2,
            Self::Raid5 => 3,
            Self::Raid6 | Self::Raid10 => 4,
        }
    }

    /// The share of the disks' space that holds data, from 0 to 1.
    pub fn usable(self, disks: usize) -> f64 {
        let row = self.row(disks, 0);
        let data: std::collections::BTreeSet<_> = row
            .iter()
            .filter_map(|chunk| match chunk {
                Chunk::Data(number) => Some(number),
                Chunk::Parity(_) => None,
            })
            .collect();
        float(data.len()) / float(disks.max(1))
    }

    // ANCHOR: row
    /// What each disk holds in a row: the number of a data chunk, or redundancy.
    pub fn row(self, disks: usize, row: usize) -> Vec<Chunk> {
        let data = match self {
            Self::Raid0 => disks,
            Self::Raid1 => 1,
            Self::Raid5 => disks.saturating_sub(1),
            Self::Raid6 => disks.saturating_sub(2),
            Self::Raid10 => disks / 2,
        };
        let first = row * data;
        match self {
            Self::Raid0 => (0..disks).map(|disk| Chunk::Data(first + disk)).collect(),
            Self::Raid1 => (0..disks).map(|_| Chunk::Data(first)).collect(),
            Self::Raid10 => (0..data * 2)
                .map(|disk| Chunk::Data(first + disk / 2))
                .collect(),
            Self::Raid5 | Self::Raid6 => {
                // Redundancy comes last, and each row is rotated one disk further.
                let chunks = (0..disks).map(|at| match at.checked_sub(data) {
                    None => Chunk::Data(first + at),
                    Some(which) => Chunk::Parity(which),
                });
                let mut chunks: Vec<Chunk> = chunks.collect();
                chunks.rotate_left(row % disks.max(1));
                chunks
            }
        }
    }
    // ANCHOR_END: row

    // ANCHOR: survives
    /// Whether all data can still be read when these disks have failed.
    pub fn survives(self, disks: usize, failed: &[usize]) -> bool {
        (0..disks).all(|row| {
            let row = self.row(disks, row);
            let left = |disk: &usize| !failed.contains(disk);
            let readable = |number: usize| {
                (0..row.len())
                    .filter(left)
                    .any(|disk| row[disk] == Chunk::Data(number))
            };
            let numbers = row.iter().filter_map(|chunk| match chunk {
                Chunk::Data(number) => Some(*number),
                Chunk::Parity(_) => None,
            });
            let mut lost: Vec<usize> =
                numbers.filter(|number| !readable(*number)).collect();
            lost.dedup();
            let parities = (0..row.len()).filter(left);
            let parities =
                parities.filter(|disk| matches!(row[*disk], Chunk::Parity(_)));
            // Each surviving parity is an equation, and each lost chunk an unknown.
            lost.len() <= parities.count()
        })
    }
    // ANCHOR_END: survives
}

/// What a disk holds in one row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Chunk {
    /// A chunk of data, by its number.
    Data(usize),
    /// Redundancy: 0 for P, 1 for Q.
    Parity(usize),
}

// ANCHOR: survival
/// How many of the ways in which `failures` of the disks (up to 20) can fail lose no
/// data, and how many ways there are.
pub fn survival(level: Level, disks: usize, failures: u32) -> (usize, usize) {
    let sets = (0..1_u32 << disks.min(20)).filter(|set| set.count_ones() == failures);
    let sets: Vec<Vec<usize>> = sets
        .map(|set| (0..disks).filter(|disk| set >> disk & 1 == 1).collect())
        .collect();
    let survived = sets.iter().filter(|failed| level.survives(disks, failed));
    (survived.count(), sets.len())
}
// ANCHOR_END: survival

/// The pairs of disks whose failure together loses data.
pub fn lost_pairs(level: Level, disks: usize) -> Vec<(usize, usize)> {
    let pairs = (0..disks).flat_map(|x| (x + 1..disks).map(move |y| (x, y)));
    let lost = pairs.filter(|(x, y)| !level.survives(disks, &[*x, *y]));
    lost.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_survive_what_they_promise() {
        for disks in 4..=8 {
            let n = u32::try_from(disks).unwrap();
            for failures in 1..=n {
                let none = |level| survival(level, disks, failures).0 == 0;
                let all = |level| {
                    let (survived, ways) = survival(level, disks, failures);
                    survived == ways
                };
                assert!(none(Level::Raid0));
                assert_eq!(all(Level::Raid1), failures < n);
                assert_eq!(all(Level::Raid5), failures == 1);
                assert_eq!(all(Level::Raid6), failures <= 2);
                assert!(failures <= 2 || none(Level::Raid6));
            }
        }
    }

    #[test]
    fn mirrored_pairs_survive_while_each_has_a_disk() {
        // Choose which pairs lose a disk, and which of its two: C(n/2, k) · 2^k.
        assert_eq!(survival(Level::Raid10, 4, 2), (4, 6));
        assert_eq!(survival(Level::Raid10, 8, 3), (32, 56));
        assert_eq!(survival(Level::Raid10, 8, 4), (16, 70));
        assert_eq!(lost_pairs(Level::Raid10, 4), [(0, 1), (2, 3)]);
    }

    #[test]
    fn usable_space_is_that_of_the_formulas() {
        let shares = Level::ALL.map(|level| level.usable(4));
        let expected = [1.0, 0.25, 0.75, 0.5, 0.5];
        assert!(
            shares
                .iter()
                .zip(expected)
                .all(|(a, b)| (a - b).abs() < 1e-12)
        );
    }

    #[test]
    fn the_parity_of_raid_5_visits_every_disk() {
        let at = |row| {
            let row = Level::Raid5.row(4, row);
            row.iter()
                .position(|chunk| matches!(chunk, Chunk::Parity(_)))
        };
        let mut disks: Vec<_> = (0..4).filter_map(at).collect();
        disks.sort_unstable();
        assert_eq!(disks, [0, 1, 2, 3]);
    }
}
