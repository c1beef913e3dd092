//! The table that a picture is drawn from.

use crate::pictures::Problem;
use crate::text::printed_table::{self, Ragged};
pub use crate::text::printed_table::{Alignment, Cell, Table};

/// Reads the first table among some lines.
///
/// # Errors
/// When a row has more or fewer cells than the header.
pub fn first<'text>(lines: &[&'text str]) -> Result<Option<Table<'text>>, Problem> {
    printed_table::first(lines).map_err(|Ragged { line, cells, width }| {
        Problem::at(
            line,
            format!("a row of the table has {cells} cells and its header {width}"),
            "print one cell for each column; a `|` inside a cell is written `\\|`",
        )
    })
}
