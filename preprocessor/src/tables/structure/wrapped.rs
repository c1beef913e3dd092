//! Rows that an editor wrapped: Markdown shows each of their lines as a row of its own.
//!
//! ```text
//! | name | meaning        |          | name | meaning |
//! | ---- | -------------- |          | ---- | ------- |
//! | raw  | a literal, in            | raw  | a literal, in which escapes mean nothing |
//! which escapes mean nothing |  wrong   right
//! ```
//!
//! `fix` joins the lines where they make exactly one row; it never fills such a row up with empty cells. Whether a row ends is
//! only seen in a table whose header ends with a bar.

use crate::read::Table;
use crate::read::row::Row;
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::source::Source;
use mdbook_proof_text::printed_table;
use std::ops::Range;
use std::sync::Arc;

/// Lines of a table that belong together.
#[derive(Debug)]
pub(super) struct Wrapped {
    /// Their rows, by number.
    pub(super) rows: Range<usize>,
    /// What is wrong with them.
    pub(super) finding: Finding,
}

/// The wrapped rows of a table, from top to bottom.
pub(super) fn find(source: &Arc<Source>, table: &Table) -> Vec<Wrapped> {
    let style = Style::of(source, &table.header);
    let mut found = Vec::new();
    if !style.ends {
        return found;
    }
    let width = table.header.cells.len();
    let rows = &table.body;
    let mut first = 0;
    while first < rows.len() {
        let mut joined = source.slice(rows[first].span).to_owned();
        let mut end = first + 1;
        while end < rows.len() && style.is_open(source, &joined, &rows[end - 1], &rows[end], width)
        {
            joined.push(' ');
            joined.push_str(source.slice(rows[end].span));
            end += 1;
        }
        let group = first..end;
        first = end;
        if group.len() == 1 || table.is_printed {
            continue;
        }
        let cells = printed_table::split(&joined).len();
        let is_row = |row: &Row| row.has_bar && row.cells.len() == width;
        // A closing bar is often left out, and prose below a table is not its row.
        let last = &rows[group.end - 1];
        let has_end = is_closed(source, last);
        if !has_end || width > 1 && rows[group.clone()].iter().all(is_row) {
            continue;
        }
        let span = rows[group.start].span.cover(last.span);
        let count = group.len();
        let finding = |message: String| Finding::new(Code::TableCells, source, span, message);
        let starts = !style.starts || joined.starts_with('|');
        found.push(Wrapped {
            rows: group,
            finding: if starts && cells == width {
                finding(format!("the row is wrapped over {count} lines, and each is shown as a row"))
                    .with_help("write it in one line")
                    .with_repair(Edit::new(span, joined))
            } else {
                finding(format!(
                    "the row seems to be wrapped over {count} lines, which have {cells} of {width} cells together"
                ))
                .with_help("write each row in one line, with a bar at its end")
            },
        });
    }
    if !table.is_printed
        && let Some(finding) = interrupted(source, rows.last())
    {
        found.push(Wrapped {
            rows: rows.len() - 1..rows.len(),
            finding,
        });
    }
    found
}

/// A last row that has no end, above a line that has one: that line starts with what Markdown takes as something else, such
/// as a tag or the mark of a list.
fn interrupted(source: &Arc<Source>, last: Option<&Row>) -> Option<Finding> {
    let last = last.filter(|row| row.has_bar && !is_closed(source, row))?;
    let number = source.position(last.span.end).line;
    let below = source.slice(source.line(number + 1)?).trim();
    if !below.ends_with('|') || below.trim_start_matches(['>', ' ']).starts_with('|') {
        return None;
    }
    let finding = Finding::new(
        Code::TableEnd,
        source,
        last.span,
        "the line below this one is shown as no part of the table, which ends inside the row",
    );
    Some(finding.with_help("write the row in one line"))
}

/// How a table's rows start and end, as its header does.
#[derive(Debug, Clone, Copy)]
pub(super) struct Style {
    /// Whether with a bar.
    pub(super) starts: bool,
    /// Whether with a bar.
    pub(super) ends: bool,
}

impl Style {
    pub(super) fn of(source: &Source, header: &Row) -> Self {
        Self {
            starts: source.slice(header.span).starts_with('|'),
            ends: is_closed(source, header),
        }
    }

    /// Whether the row that a text starts goes on in the line `below` the last one.
    fn is_open(self, source: &Source, text: &str, last: &Row, below: &Row, width: usize) -> bool {
        let cells = printed_table::split(text).len();
        let ends = is_closed(source, last);
        let starts = self.starts && source.slice(below.span).starts_with('|');
        match (ends, starts) {
            (true, true) => false,
            // In the middle of a cell.
            (false, false) => cells <= width,
            // Between two cells; below a whole row, it is another row or prose.
            (true, false) => self.starts && below.has_bar && cells < width,
            (false, true) => cells < width,
        }
    }
}

/// Whether a row ends with a bar.
fn is_closed(source: &Source, row: &Row) -> bool {
    row.has_bar
        && row.cells.last().is_none_or(|last| last.end < row.span.end)
        && source.slice(row.span).ends_with('|')
}
