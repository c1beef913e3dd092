//! The order in which memory is visited, and how often the cache misses.
//!
//! Shown in `src/latency/locality.md`.
//!
//! The recursive order is that of M. Frigo, C. E. Leiserson, H. Prokop and S.
//! Ramachandran, "Cache-Oblivious Algorithms", FOCS
//! 1999. The cache is the LRU of the chapter on caching, one for each set, with lines
//!       as keys.

use crate::caching::lru::Lru;

/// In which order a matrix is transposed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Row by row.
    Rows,
    /// Square by square, each of this many rows and columns.
    Tiles(usize),
    /// Halved along the longer side until a single element is left.
    Recursive,
}

/// A cache of lines, each of which holds some adjacent elements.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    /// How many lines fit.
    pub count: usize,
    /// Elements of a line.
    pub elements: usize,
    /// The number of places in which a given line may be. With `count`, any; with
    /// fewer, the lines are assigned in turn to `count / ways` sets, and a full set
    /// evicts a line although others have room.
    pub ways: usize,
}

/// A square matrix that is stored row by row.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Matrix {
    /// Rows, and columns.
    pub side: usize,
    /// Elements from the beginning of a row to the beginning of the next one: `side`,
    /// or more if rows are padded.
    pub pitch: usize,
}

// ANCHOR: visit
/// Calls `visit` with the row and the column of each element of an n × n matrix, in
/// some order.
pub fn visit_all(n: usize, order: Order, visit: &mut impl FnMut(usize, usize)) {
    match order {
        Order::Rows => rectangle((0, n), (0, n), visit),
        Order::Tiles(side) => {
            let side = side.max(1);
            for row in (0..n).step_by(side) {
                for column in (0..n).step_by(side) {
                    rectangle(
                        (row, n.min(row + side)),
                        (column, n.min(column + side)),
                        visit,
                    );
                }
            }
        }
        Order::Recursive => halves((0, n), (0, n), visit),
    }
}

fn halves(
    rows: (usize, usize),
    columns: (usize, usize),
    visit: &mut impl FnMut(usize, usize),
) {
    let (height, width) = (rows.1 - rows.0, columns.1 - columns.0);
    if height <= 1 && width <= 1 {
        rectangle(rows, columns, visit);
    } else if height >= width {
        let middle = rows.0 + height / 2;
        halves((rows.0, middle), columns, visit);
        halves((middle, rows.1), columns, visit);
    } else {
        let middle = columns.0 + width / 2;
        halves(rows, (columns.0, middle), visit);
        halves(rows, (middle, columns.1), visit);
    }
}
// ANCHOR_END: visit

fn rectangle(
    rows: (usize, usize),
    columns: (usize, usize),
    visit: &mut impl FnMut(usize, usize),
) {
    for row in rows.0..rows.1 {
        for column in columns.0..columns.1 {
            visit(row, column);
        }
    }
}

// ANCHOR: misses
/// Transposes a matrix into another one of the same shape, and counts the lines that
/// were not in the cache.
pub fn transpose_misses(matrix: Matrix, order: Order, lines: Lines) -> u64 {
    let Matrix { side, pitch } = matrix;
    let ways = lines.ways.clamp(1, lines.count.max(1));
    let sets = (lines.count / ways).max(1);
    let mut sets: Vec<Lru<usize, ()>> = (0..sets).map(|_| Lru::new(ways)).collect();
    let mut misses = 0;
    let mut touch = |element: usize| {
        let line = element / lines.elements.max(1);
        let set = line % sets.len();
        if sets[set].get(&line).is_none() {
            misses += 1;
            sets[set].put(line, ());
        }
    };
    visit_all(side, order, &mut |row, column| {
        touch(row * pitch + column);
        touch(side * pitch + column * pitch + row);
    });
    misses
}
// ANCHOR_END: misses

/// How a table is laid out in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A row's values side by side.
    ByRow,
    /// A column's values side by side.
    ByColumn,
}

// ANCHOR: column_sum
/// How many lines are fetched to add up one column of a table, from an empty cache with
/// room for one line.
pub fn column_sum_misses(
    rows: usize,
    columns: usize,
    layout: Layout,
    elements: usize,
) -> u64 {
    let mut current = None;
    let mut misses = 0;
    for row in 0..rows {
        let at = match layout {
            Layout::ByRow => row * columns,
            Layout::ByColumn => row,
        };
        let line = at / elements.max(1);
        misses += u64::from(current != Some(line));
        current = Some(line);
    }
    misses
}
// ANCHOR_END: column_sum

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const fn full(count: usize) -> Lines {
        Lines {
            count,
            elements: 8,
            ways: count,
        }
    }

    const fn square(side: usize) -> Matrix {
        Matrix { side, pitch: side }
    }

    const ORDERS: [Order; 3] = [Order::Rows, Order::Tiles(8), Order::Recursive];

    #[test]
    fn with_room_for_everything_each_line_misses_once() {
        for order in ORDERS {
            let misses = transpose_misses(square(32), order, full(1_000));
            assert_eq!(misses, 2 * 32 * 32 / 8);
        }
    }

    #[test]
    fn row_by_row_every_write_misses_when_a_column_does_not_fit() {
        // n²/8 lines are read; each of the n² writes is to a line that was evicted
        // since.
        assert_eq!(
            transpose_misses(square(64), Order::Rows, full(32)),
            64 * 64 / 8 + 64 * 64
        );
    }

    #[test]
    fn rows_a_power_of_two_apart_meet_in_few_sets_and_padding_spreads_them() {
        // Rows of 128 elements are 16 lines apart. In 32 sets of 8 a column's 128 lines
        // all belong to two sets.
        let lines = Lines {
            count: 256,
            elements: 8,
            ways: 8,
        };
        let least = 2 * 128 * 128 / 8;
        let every_write = 128 * 128 / 8 + 128 * 128;
        assert_eq!(
            transpose_misses(square(128), Order::Rows, lines),
            every_write
        );
        let padded = Matrix {
            side: 128,
            pitch: 136,
        };
        assert!(transpose_misses(padded, Order::Rows, lines) < 2 * least);
        assert_eq!(transpose_misses(square(128), Order::Rows, full(256)), least);
    }

    #[test]
    fn the_recursive_order_is_within_a_factor_of_the_bound() {
        for n in [64, 96] {
            let least = 2 * n * n / 8;
            let misses = transpose_misses(square(n), Order::Recursive, full(64));
            let seen = usize::try_from(misses).unwrap();
            assert!((least..=2 * least).contains(&seen), "{n}: {seen} {least}");
        }
    }

    /// The same count with a plain list for each set, the line used last at its end.
    fn misses_by_lists(matrix: Matrix, order: Order, lines: Lines) -> u64 {
        let mut sets = vec![Vec::new(); lines.count / lines.ways];
        let mut misses = 0;
        visit_all(matrix.side, order, &mut |row, column| {
            let result = matrix.side * matrix.pitch;
            for element in [
                row * matrix.pitch + column,
                result + column * matrix.pitch + row,
            ] {
                let line = element / lines.elements;
                let at = line % sets.len();
                let set: &mut Vec<usize> = &mut sets[at];
                match set.iter().position(|held| *held == line) {
                    Some(place) => drop(set.remove(place)),
                    None => {
                        misses += 1;
                        if set.len() == lines.ways {
                            set.remove(0);
                        }
                    }
                }
                set.push(line);
            }
        });
        misses
    }

    proptest! {
        #[test]
        fn a_column_takes_the_lines_that_its_values_lie_in(
            rows in 0..60usize, columns in 1..30usize, elements in 1..10usize,
        ) {
            let lines = |step: usize| {
                let lines: std::collections::BTreeSet<usize> =
                    (0..rows).map(|row| row * step / elements).collect();
                lines.len() as u64
            };
            let misses = |layout| column_sum_misses(rows, columns, layout, elements);
            prop_assert_eq!(misses(Layout::ByRow), lines(columns));
            prop_assert_eq!(misses(Layout::ByColumn), lines(1));
        }

        #[test]
        fn sets_of_lines_miss_as_often_as_plain_lists(
            side in 1..20usize, padding in 0..9usize, sets in 1..9usize, ways in 1..5usize, elements in 1..9usize,
        ) {
            let matrix = Matrix { side, pitch: side + padding };
            let lines = Lines { count: sets * ways, elements, ways };
            for order in ORDERS {
                prop_assert_eq!(
                    transpose_misses(matrix, order, lines),
                    misses_by_lists(matrix, order, lines)
                );
            }
        }

        #[test]
        fn every_element_is_visited_once(n in 0..20usize, side in 0..7usize) {
            for order in [Order::Rows, Order::Tiles(side), Order::Recursive] {
                let mut visits = vec![0; n * n];
                visit_all(n, order, &mut |row, column| visits[row * n + column] += 1);
                prop_assert!(visits.iter().all(|count| *count == 1));
            }
        }
    }
}
