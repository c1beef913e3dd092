//! Transposing a matrix: how many lines of it a cache has to load, by the order of the steps.
//!
//! Frigo, Leiserson, Prokop and Ramachandran, "Cache-Oblivious Algorithms", FOCS 1999.

use super::Lru;

/// The order in which cells are visited.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Order {
    /// Row by row.
    Rows,
    /// Square by square of this side, which has to fit the cache.
    Squares(usize),
    /// The longer side is cut in half until one cell is left. Nothing about the cache is known.
    Halves,
}

// ANCHOR: halves
/// The cells of a part of the matrix, in this order.
fn visit(
    order: Order,
    rows: (usize, usize),
    columns: (usize, usize),
    cells: &mut Vec<(usize, usize)>,
) {
    let (height, width) = (rows.1 - rows.0, columns.1 - columns.0);
    match order {
        Order::Halves if height.max(width) > 1 => {
            let (middle, center) = (rows.0 + height / 2, columns.0 + width / 2);
            if height >= width {
                visit(order, (rows.0, middle), columns, cells);
                visit(order, (middle, rows.1), columns, cells);
            } else {
                visit(order, rows, (columns.0, center), cells);
                visit(order, rows, (center, columns.1), cells);
            }
        }
        Order::Squares(side) => {
            for row in (rows.0..rows.1).step_by(side.max(1)) {
                for column in (columns.0..columns.1).step_by(side.max(1)) {
                    let end = |start: usize, end: usize| (start, end.min(start + side.max(1)));
                    visit(Order::Rows, end(row, rows.1), end(column, columns.1), cells);
                }
            }
        }
        Order::Rows | Order::Halves => {
            let all =
                (rows.0..rows.1).flat_map(|row| (columns.0..columns.1).map(move |c| (row, c)));
            cells.extend(all);
        }
    }
}
// ANCHOR_END: halves

/// Cache lines loaded to write the transpose of an n × n matrix into another one.
///
/// Both lie in memory row by row, `line` cells to a line; the cache holds `lines` lines and gives up the
/// one unused longest.
pub fn lines_loaded(order: Order, n: usize, line: usize, lines: usize) -> usize {
    let mut cells = Vec::new();
    visit(order, (0, n), (0, n), &mut cells);
    let mut cache = Lru::new(lines);
    let mut loaded = 0;
    for (row, column) in cells {
        let read = row * n + column;
        let written = n * n + column * n + row;
        for address in [read, written] {
            let key = address / line.max(1);
            if cache.get(&key).is_none() {
                loaded += 1;
                cache.put(key, ());
            }
        }
    }
    loaded
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn every_order_visits_every_cell_once() {
        for order in [Order::Rows, Order::Squares(3), Order::Halves] {
            for n in [0, 1, 7, 16] {
                let mut cells = Vec::new();
                visit(order, (0, n), (0, n), &mut cells);
                assert_eq!(cells.len(), n * n);
                assert_eq!(cells.iter().collect::<BTreeSet<_>>().len(), n * n);
            }
        }
    }

    #[test]
    fn a_cache_for_both_matrices_loads_each_line_once() {
        for order in [Order::Rows, Order::Squares(8), Order::Halves] {
            assert_eq!(lines_loaded(order, 32, 8, 1_000), 2 * 32 * 32 / 8);
        }
    }

    #[test]
    fn a_small_cache_loads_a_line_for_each_cell_written_row_by_row() {
        // One line a row read; each cell of the column written is on a line of its own.
        assert_eq!(lines_loaded(Order::Rows, 64, 8, 16), 64 * 64 / 8 + 64 * 64);
    }
}
