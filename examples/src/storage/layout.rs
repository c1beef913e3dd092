//! A table laid out by rows or by columns: which pages a query touches, and how small a
//! column can be made.
//!
//! Shown in `src/storage/layout.md`.

use std::collections::{BTreeMap, BTreeSet};

/// How the cells of a table follow each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// All cells of a row, then the next row.
    Rows,
    /// All cells of a column, then the next column.
    Columns,
}

/// A table of fixed widths, in bytes, on pages.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// The width of each column, in bytes.
    pub widths: Vec<u64>,
    /// The number of rows.
    pub rows: u64,
    /// The bytes of a page, the least that is read.
    pub page: u64,
}

impl Table {
    // ANCHOR: address
    /// Where a cell begins, in bytes.
    pub fn address(&self, layout: Layout, row: u64, column: usize) -> u64 {
        let before: u64 = self.widths[..column].iter().sum();
        match layout {
            Layout::Rows => row * self.widths.iter().sum::<u64>() + before,
            Layout::Columns => before * self.rows + row * self.widths[column],
        }
    }

    /// How many bytes are read for some columns of some rows: whole pages, each once.
    pub fn bytes_read(
        &self,
        layout: Layout,
        rows: impl Iterator<Item = u64>,
        columns: &[usize],
    ) -> u64 {
        let mut pages = BTreeSet::new();
        for row in rows {
            for column in columns {
                let begin = self.address(layout, row, *column);
                let end = begin + self.widths[*column] - 1;
                pages.extend(begin / self.page..=end / self.page);
            }
        }
        u64::try_from(pages.len()).unwrap_or(u64::MAX) * self.page
    }
    // ANCHOR_END: address
}

// ANCHOR: runs
/// Values in a row that are equal, as one value and their number: run-length
/// encoding.
pub fn runs<T: PartialEq + Clone>(values: &[T]) -> Vec<(T, usize)> {
    let mut runs: Vec<(T, usize)> = Vec::new();
    for value in values {
        match runs.last_mut() {
            Some((last, n)) if last == value => *n += 1,
            _ => runs.push((value.clone(), 1)),
        }
    }
    runs
}

/// The different values in order, and for each value its place among them: dictionary
/// encoding.
pub fn dictionary<T: Ord + Clone>(values: &[T]) -> (Vec<T>, Vec<usize>) {
    let words: BTreeSet<&T> = values.iter().collect();
    let place: BTreeMap<&T, usize> = words
        .iter()
        .enumerate()
        .map(|(n, word)| (*word, n))
        .collect();
    let codes = values.iter().map(|value| place[value]).collect();
    (words.into_iter().cloned().collect(), codes)
}
// ANCHOR_END: runs

/// How many bits a code for this many distinct values needs.
pub fn code_bits(words: usize) -> u32 {
    words.max(2).next_power_of_two().ilog2()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn cells_fill_the_table_without_overlap(widths in proptest::collection::vec(1..9u64, 1..5), rows in 1..20u64) {
            let table = Table { widths: widths.clone(), rows, page: 16 };
            for layout in [Layout::Rows, Layout::Columns] {
                let mut bytes = BTreeSet::new();
                for row in 0..rows {
                    for (column, width) in widths.iter().enumerate() {
                        let begin = table.address(layout, row, column);
                        prop_assert!((begin..begin + width).all(|byte| bytes.insert(byte)));
                    }
                }
                let size = rows * widths.iter().sum::<u64>();
                prop_assert_eq!(bytes.last().copied(), Some(size - 1));
                let all: Vec<usize> = (0..widths.len()).collect();
                prop_assert_eq!(table.bytes_read(layout, 0..rows, &all), size.div_ceil(16) * 16);
            }
        }

        #[test]
        fn what_is_read_are_the_pages_of_the_bytes_wanted(
            widths in proptest::collection::vec(1..9u64, 1..5), rows in proptest::collection::btree_set(0..20u64, 0..8), column in 0..5usize,
        ) {
            let table = Table { widths, rows: 20, page: 16 };
            let columns: Vec<usize> = (0..table.widths.len()).filter(|n| n % 2 == column % 2).collect();
            for layout in [Layout::Rows, Layout::Columns] {
                let cells = rows.iter().flat_map(|row| columns.iter().map(move |column| (*row, *column)));
                let bytes = cells.flat_map(|(row, column)| {
                    let begin = table.address(layout, row, column);
                    begin..begin + table.widths[column]
                });
                let pages: BTreeSet<u64> = bytes.map(|byte| byte / 16).collect();
                let read = table.bytes_read(layout, rows.iter().copied(), &columns);
                prop_assert_eq!(read, 16 * u64::try_from(pages.len()).unwrap());
            }
        }

        #[test]
        fn encodings_come_back(values in proptest::collection::vec(0..5u8, 0..50)) {
            let back: Vec<u8> = runs(&values).into_iter().flat_map(|(value, n)| vec![value; n]).collect();
            prop_assert_eq!(&back, &values);
            let (words, codes) = dictionary(&values);
            let back: Vec<u8> = codes.iter().map(|code| words[*code]).collect();
            prop_assert_eq!(&back, &values);
            prop_assert!(words.len() <= 1 << code_bits(words.len()));
        }
    }
}
