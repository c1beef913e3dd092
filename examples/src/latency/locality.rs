//! The order in which memory is visited, and how often the cache misses.
//!
//! The recursive order is that of M. Frigo, C. E. Leiserson, H. Prokop and S. Ramachandran, "Cache-Oblivious Algorithms", FOCS
//! 1999. The cache is the chapter on caching's LRU, with lines for keys.

use crate::caching::Lru;

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

/// A cache of lines, each with so many elements that lie side by side.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Lines {
    /// How many lines fit.
    pub count: usize,
    /// Elements of a line.
    pub elements: usize,
}

// ANCHOR: visit
/// Calls `visit` with the row and the column of each element of an n × n matrix, in some order.
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

fn halves(rows: (usize, usize), columns: (usize, usize), visit: &mut impl FnMut(usize, usize)) {
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

fn rectangle(rows: (usize, usize), columns: (usize, usize), visit: &mut impl FnMut(usize, usize)) {
    for row in rows.0..rows.1 {
        for column in columns.0..columns.1 {
            visit(row, column);
        }
    }
}

// ANCHOR: misses
/// Transposes an n × n matrix that lies row by row in memory into another one, and counts the lines that were not in the cache.
pub fn transpose_misses(n: usize, order: Order, lines: Lines) -> u64 {
    let mut cache = Lru::new(lines.count);
    let mut misses = 0;
    let mut touch = |element: usize| {
        let line = element / lines.elements.max(1);
        if cache.get(&line).is_none() {
            misses += 1;
            cache.put(line, ());
        }
    };
    visit_all(n, order, &mut |row, column| {
        touch(row * n + column);
        touch(n * n + column * n + row);
    });
    misses
}
// ANCHOR_END: misses

/// How a table lies in memory.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Layout {
    /// A row's values side by side.
    ByRow,
    /// A column's values side by side.
    ByColumn,
}

// ANCHOR: column_sum
/// How many lines are fetched to add up one column of a table, from an empty cache with room for one line.
pub fn column_sum_misses(rows: usize, columns: usize, layout: Layout, elements: usize) -> u64 {
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

    const ORDERS: [Order; 3] = [Order::Rows, Order::Tiles(8), Order::Recursive];

    #[test]
    fn with_room_for_everything_each_line_misses_once() {
        let lines = Lines {
            count: 1_000,
            elements: 8,
        };
        for order in ORDERS {
            assert_eq!(transpose_misses(32, order, lines), 2 * 32 * 32 / 8);
        }
    }

    #[test]
    fn row_by_row_every_write_misses_when_a_column_does_not_fit() {
        // n²/8 lines are read; each of the n² writes is to a line that was given up since.
        let lines = Lines {
            count: 32,
            elements: 8,
        };
        assert_eq!(
            transpose_misses(64, Order::Rows, lines),
            64 * 64 / 8 + 64 * 64
        );
    }

    #[test]
    fn the_recursive_order_is_within_a_factor_of_the_bound() {
        for n in [64, 96] {
            let lines = Lines {
                count: 64,
                elements: 8,
            };
            let least = 2 * n * n / 8;
            let seen = usize::try_from(transpose_misses(n, Order::Recursive, lines)).unwrap();
            assert!(seen < 2 * least, "{n}: {seen} {least}");
        }
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
        fn every_element_is_visited_once(n in 0..20usize, side in 0..7usize) {
            for order in [Order::Rows, Order::Tiles(side), Order::Recursive] {
                let mut visits = vec![0; n * n];
                visit_all(n, order, &mut |row, column| visits[row * n + column] += 1);
                prop_assert!(visits.iter().all(|count| *count == 1));
            }
        }
    }
}
