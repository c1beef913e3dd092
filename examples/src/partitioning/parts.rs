//! A table partitioned by a rule that people choose: by time, by a list of values, or
//! by a hash.
//!
//! Shown in `src/partitioning/parts.md`.
//!
//! The three kinds and their names are those of the SQL systems: range, list and hash
//! partitions.

use std::collections::BTreeMap;

use crate::partitioning::hash::hash_number;
use crate::random::Random;
use crate::workload::Zipf;

/// The columns of a post by which a table may be partitioned.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Row {
    /// The day on which it was written.
    pub day: u64,
    /// Its author.
    pub author: u64,
    /// The number of its country.
    pub country: u64,
}

/// As many rows a day for some days, by random authors. Of the countries some are more
/// frequent than others, by Zipf's law with exponent 1.
pub fn random_rows(
    days: u64,
    a_day: u64,
    authors: u64,
    countries: usize,
    seed: u64,
) -> Vec<Row> {
    let mut random = Random::new(seed);
    let countries = Zipf::new(countries, 1.0, seed);
    (0..days * a_day)
        .zip(countries)
        .map(|(n, country)| Row {
            day: n / a_day.max(1),
            author: random.below(authors),
            country: country as u64,
        })
        .collect()
}

/// The rule that assigns rows to partitions.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cut {
    /// By time: this many days in each part.
    Time(u64),
    /// By a list: each of the first countries has a part of its own, and all others
    /// share one.
    List(u64),
    /// By a hash of the author, into this many parts.
    Hash(u64),
}

/// The conditions of a query; `None` matches any value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// The first day.
    pub from: u64,
    /// The author.
    pub author: Option<u64>,
    /// The country.
    pub country: Option<u64>,
}

/// What it took to answer or to clean up.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Effort {
    /// Parts that were opened.
    pub parts: usize,
    /// Rows that were looked at, or deleted one by one.
    pub rows: usize,
}

/// A table in parts.
#[derive(Debug, Clone)]
pub struct Parts {
    cut: Cut,
    parts: BTreeMap<u64, Vec<Row>>,
}

impl Parts {
    /// An empty table.
    pub fn new(cut: Cut) -> Self {
        let parts = BTreeMap::new();
        Self { cut, parts }
    }

    /// Adds a row.
    pub fn add(&mut self, row: Row) {
        self.parts.entry(self.part_of(&row)).or_default().push(row);
    }

    // ANCHOR: parts
    /// The part of a row.
    fn part_of(&self, row: &Row) -> u64 {
        match self.cut {
            Cut::Time(days) => row.day / days.max(1),
            Cut::List(listed) => row.country.min(listed),
            Cut::Hash(parts) => hash_number(row.author) % parts.max(1),
        }
    }

    /// Whether a part can have matching rows, by the rule alone: the others aren't
    /// opened.
    fn may_have(&self, part: u64, wanted: &Wanted) -> bool {
        match self.cut {
            Cut::Time(days) => part >= wanted.from / days.max(1),
            Cut::List(listed) => wanted
                .country
                .is_none_or(|country| part == country.min(listed)),
            Cut::Hash(parts) => wanted
                .author
                .is_none_or(|author| part == hash_number(author) % parts.max(1)),
        }
    }

    /// Deletes what is older than a given day. A part that is completely older is
    /// dropped without reading its rows.
    pub fn expire(&mut self, before: u64) -> Effort {
        let mut effort = Effort::default();
        if let Cut::Time(days) = self.cut {
            self.parts
                .retain(|part, _| (part + 1) * days.max(1) > before);
        }
        for rows in self.parts.values_mut() {
            let count = rows.len();
            rows.retain(|row| row.day >= before);
            effort.rows += count - rows.len();
            effort.parts += usize::from(rows.len() < count);
        }
        effort
    }
    // ANCHOR_END: parts

    /// The matching rows, and the effort.
    pub fn read(&self, wanted: &Wanted) -> (Vec<Row>, Effort) {
        let opened = self
            .parts
            .iter()
            .filter(|(part, _)| self.may_have(**part, wanted));
        let (mut found, mut effort) = (Vec::new(), Effort::default());
        for (_, rows) in opened {
            effort.parts += 1;
            effort.rows += rows.len();
            found.extend(rows.iter().filter(|row| wanted.fits(row)));
        }
        (found, effort)
    }

    /// How many parts there are, and how many rows the largest has.
    pub fn sizes(&self) -> (usize, usize) {
        let largest = self.parts.values().map(Vec::len).max();
        (self.parts.len(), largest.unwrap_or(0))
    }
}

impl Wanted {
    fn fits(&self, row: &Row) -> bool {
        row.day >= self.from
            && self.author.is_none_or(|author| author == row.author)
            && self.country.is_none_or(|country| country == row.country)
    }
}

/// How many people in the United States had a surname that begins with each letter, by
/// the census of 2010: all 162,253 surnames that at least 100 people had, added up by
/// their first letter.
///
/// U.S. Census Bureau, "Frequently Occurring Surnames from the 2010 Census".
pub const INITIALS: [(char, u64); 26] = [
    ('A', 10_080_086),
    ('B', 22_587_641),
    ('C', 20_582_563),
    ('D', 12_045_696),
    ('E', 4_932_313),
    ('F', 8_981_809),
    ('G', 14_814_448),
    ('H', 18_810_320),
    ('I', 1_097_235),
    ('J', 7_935_401),
    ('K', 8_669_408),
    ('L', 13_045_257),
    ('M', 25_610_240),
    ('N', 5_069_517),
    ('O', 4_051_850),
    ('P', 13_233_868),
    ('Q', 642_349),
    ('R', 15_699_799),
    ('S', 25_056_728),
    ('T', 9_413_187),
    ('U', 617_005),
    ('V', 4_657_504),
    ('W', 14_741_478),
    ('X', 102_201),
    ('Y', 1_684_921),
    ('Z', 1_504_404),
];

// ANCHOR: initials
/// How many people each shard has when names are cut by their first letter. `starts`
/// are the shards' first letters, in order, and the first of them is A.
pub fn by_initial(people: &[(char, u64)], starts: &[char]) -> Vec<u64> {
    let mut shards = vec![0; starts.len()];
    for (initial, count) in people {
        let shard = starts.partition_point(|start| start <= initial);
        if let Some(sum) = shards.get_mut(shard.saturating_sub(1)) {
            *sum += count;
        }
    }
    shards
}
// ANCHOR_END: initials

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    /// The bureau's table ends with the people whose names are rarer, and returns what
    /// share the listed names are.
    #[test]
    fn the_letters_add_up_to_what_the_bureau_says() {
        let listed: u64 = INITIALS.iter().map(|(_, count)| count).sum();
        let others = 29_312_001;
        let per_million = listed * 1_000_000 / (listed + others);
        assert_eq!(per_million, 900_630);
        assert!(INITIALS.iter().map(|(letter, _)| *letter).eq('A'..='Z'));
    }

    #[test]
    fn initials_count_everybody_once() {
        let all: u64 = INITIALS.iter().map(|(_, count)| count).sum();
        assert_eq!(by_initial(&INITIALS, &['A']), [all]);
        let each: Vec<u64> = INITIALS.iter().map(|(_, count)| *count).collect();
        assert_eq!(
            by_initial(&INITIALS, &('A'..='Z').collect::<Vec<_>>()),
            each
        );
        assert_eq!(
            by_initial(&INITIALS, &['A', 'C', 'Y']),
            [
                each[..2].iter().sum::<u64>(),
                each[2..24].iter().sum(),
                each[24..].iter().sum()
            ]
        );
    }

    fn row() -> impl Strategy<Value = Row> {
        let fields = (0..90u64, 0..9u64, 0..6u64);
        fields.prop_map(|(day, author, country)| Row {
            day,
            author,
            country,
        })
    }

    #[test]
    fn random_rows_come_day_by_day() {
        let rows = random_rows(30, 10, 7, 4, 3);
        assert_eq!(rows.len(), 300);
        assert!((0..30).all(|day| rows.iter().filter(|r| r.day == day).count() == 10));
        assert!(rows.iter().all(|r| r.author < 7 && r.country < 4));
        let of = |country| rows.iter().filter(|r| r.country == country).count();
        assert!(of(0) > of(3));
    }

    proptest! {
        #[test]
        fn every_cut_finds_and_keeps_what_a_scan_does(
            rows in proptest::collection::vec(row(), 0..60), from in 0..90u64,
            author in proptest::option::of(0..9u64), country in proptest::option::of(0..6u64),
            size in 1..12u64, before in 0..90u64,
        ) {
            let wanted = Wanted { from, author, country };
            for cut in [Cut::Time(size), Cut::List(size), Cut::Hash(size)] {
                let mut parts = Parts::new(cut);
                for row in &rows { parts.add(*row); }
                for before in [0, before] {
                    let effort = parts.expire(before);
                    let (mut found, looked) = parts.read(&wanted);
                    let mut scan: Vec<Row> = rows.iter().copied().filter(|row| row.day >= before && wanted.fits(row)).collect();
                    found.sort();
                    scan.sort();
                    prop_assert!(looked.rows >= found.len());
                    prop_assert_eq!(found, scan);
                    if let Cut::Time(days) = cut {
                        // Only rows of the part on the edge are deleted one by one.
                        let edge = rows.iter().filter(|row| row.day < before && row.day / days == before / days);
                        prop_assert_eq!(effort.rows, edge.count());
                    }
                }
            }
        }
    }
}
