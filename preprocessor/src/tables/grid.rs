//! A table as a grid: its columns with their names and units, and its cells.

use crate::read::Table;
use crate::tables::cell::{Cell, plain, words};
use crate::tables::units::{Units, named};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_text::header::with_unit;
use mdbook_proof_text::quantity::DecimalMark;
use std::sync::Arc;

/// A table's columns and cells.
#[derive(Debug)]
pub struct Grid {
    /// The columns, from left to right.
    pub columns: Vec<Column>,
    /// The character before the decimals of its numbers.
    pub mark: DecimalMark,
    /// The rows below the header, each with as many cells as there are columns at most.
    pub rows: Vec<Vec<Cell>>,
}

/// A column's header.
#[derive(Debug, Clone)]
pub struct Column {
    /// The header's text.
    pub header: String,
    /// The header without its unit; empty where the header is a unit.
    pub name: String,
    /// The unit of each cell below it.
    pub unit: Option<String>,
    /// The header's bytes.
    pub span: Span,
}

impl Grid {
    /// Reads a table. `mark` is the character before the decimals of the page's numbers; programs print a point.
    pub(super) fn read(
        source: &Source,
        table: &Table,
        mark: DecimalMark,
        units: &mut Units,
    ) -> Self {
        let columns = Self::columns(source, table, units);
        let mark = match table.is_printed {
            true => DecimalMark::Point,
            false => mark,
        };
        let cell = |span: &Span| Cell::read(source.slice(*span), span.start, mark);
        let width = columns.len();
        let rows = table
            .body
            .iter()
            .map(|row| row.cells.iter().take(width).map(cell).collect())
            .collect();
        Self {
            columns,
            mark,
            rows,
        }
    }

    /// Reads a table's header.
    pub(super) fn columns(source: &Source, table: &Table, units: &mut Units) -> Vec<Column> {
        let mut columns: Vec<Column> = table
            .header
            .cells
            .iter()
            .map(|span| {
                let header = words(&plain(source.slice(*span)));
                let (name, unit) = match split(&header).map(|(name, unit)| (name, named(unit))) {
                    Some((name, unit)) if units.is_known(&unit) => {
                        (name.to_owned(), Some(unit.into_owned()))
                    }
                    _ if units.is_measure(&header) => (String::new(), Some(header.clone())),
                    _ => (header.clone(), None),
                };
                Column {
                    header,
                    name,
                    unit,
                    span: *span,
                }
            })
            .collect();
        // `min | max` are no minutes, and a lone `s` or `h` may be anything.
        let bare = |column: &Column| column.name.is_empty() && column.unit.is_some();
        let sure =
            |column: &Column| bare(column) && column.header.len() > 1 && column.header != "min";
        let sure = columns.iter().filter(|column| sure(column)).count();
        for column in &mut columns {
            let is_doubtful = column.header.len() == 1 || column.header == "min";
            if bare(column) && is_doubtful && sure == 0 {
                column.name.clone_from(&column.header);
                column.unit = None;
            }
        }
        columns
    }

    /// The column that a rule names, in the header's own words, with or without its unit.
    ///
    /// # Errors
    /// When there is none, or more than one.
    pub fn column(&self, source: &Arc<Source>, name: Span) -> Result<usize, Box<Finding>> {
        let wanted = words(&source.slice(name).replace("\\|", "|"));
        let find = |text: fn(&Column) -> &str| {
            let all: Vec<usize> = (0..self.columns.len())
                .filter(|at| text(&self.columns[*at]) == wanted)
                .collect();
            all
        };
        let exact = find(|column| &column.header);
        let found = if exact.is_empty() {
            find(|column| &column.name)
        } else {
            exact
        };
        let headers: Vec<&str> = self.columns.iter().map(|c| c.header.as_str()).collect();
        let message = match found.as_slice() {
            [at] => return Ok(*at),
            [] => format!("the table has no column `{wanted}`"),
            _ => format!("`{wanted}` may be any of {} columns", found.len()),
        };
        let lower = wanted.to_lowercase();
        let near = headers.iter().find(|header| {
            let header = header.to_lowercase();
            !lower.is_empty() && (header.starts_with(&lower) || lower.starts_with(&header))
        });
        let help = match near {
            Some(near) if found.is_empty() && !near.is_empty() => format!("did you mean [{near}]?"),
            _ => format!("its columns are [{}]", headers.join("], [")),
        };
        Err(Box::new(
            Finding::new(Code::TableCheck, source, name, message).with_help(help),
        ))
    }

    /// The text in the first cell of a row, which tells readers which row it is.
    pub fn label(&self, row: usize) -> String {
        let text = self.rows[row].first().map(Cell::text).unwrap_or_default();
        if text.is_empty() {
            format!("{}", row + 1)
        } else {
            format!("{} (`{text}`)", row + 1)
        }
    }
}

/// `Latency (ns)` and `Latency, ns`: the name and what may be its unit.
fn split(header: &str) -> Option<(&str, &str)> {
    with_unit(header).or_else(|| {
        let (name, unit) = header.rsplit_once(',')?;
        let (name, unit) = (name.trim(), unit.trim());
        (!name.is_empty() && !unit.is_empty()).then_some((name, unit))
    })
}
