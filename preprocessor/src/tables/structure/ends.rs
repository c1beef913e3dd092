//! Where a table ends: not in prose, and not at a blank line between its rows.
//!
//! ```text
//! | size | hits |          | size | hits |
//! | ---: | ---: |          | ---: | ---: |
//! | 100  | 7    |          | 100  | 7    |
//! Hits grow.       wrong
//!                          Hits grow.       right
//! | 100  | 7    |          | 100  | 7    |
//!                          | 200  | 9    |
//! | 200  | 9    |  wrong   right
//! ```
//!
//! `fix` takes the blank line out, or puts it in below a row that ends with a bar.

use crate::read::Table;
use crate::read::row::Row;
use crate::tables::structure::wrapped::{Style, Wrapped};
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_text::printed_table::is_delimiter;
use std::sync::Arc;

pub(super) fn check(source: &Arc<Source>, table: &Table, wrapped: &[Wrapped]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_one_column = table.header.cells.len() == 1;
    let is_wrapped = |number: usize| wrapped.iter().any(|wrapped| wrapped.rows.contains(&number));
    let prose = table.body.iter().enumerate();
    let mut prose = prose.filter(|(number, row)| !row.has_bar && !is_wrapped(*number));
    if !is_one_column && let Some((_, row)) = prose.next() {
        let finding = Finding::new(
            Code::TableEnd,
            source,
            row.span,
            "this line becomes a row of the table above it",
        )
        .with_help(
            "leave a blank line below the table, or write the line as a row, or join it to the row above it",
        );
        // Rows with bars below it would leave the table with it.
        let is_last = table
            .body
            .iter()
            .skip_while(|other| other.span.start < row.span.start)
            .all(|row| !row.has_bar);
        // Where rows end without a bar, the line may as well be the end of a wrapped row.
        let above = table
            .body
            .iter()
            .take_while(|other| other.span.start < row.span.start)
            .last();
        let is_below_row = Style::of(source, above.unwrap_or(&table.header)).ends;
        findings.push(match is_last && is_below_row {
            true => finding.with_repair(blank_line_above(source, row)),
            false => finding,
        });
    }
    findings.extend(cut(source, table));
    findings
}

fn blank_line_above(source: &Source, row: &Row) -> Edit {
    let number = source.position(row.span.start).line;
    let start = source
        .line(number)
        .map_or(row.span.start, |line| line.start);
    let prefix = source.slice(start..row.span.start).trim_end();
    Edit::new(Span::at(start), format!("{prefix}{}", source.line_end()))
}

/// Rows of the same width below a blank line, without a header of their own.
fn cut(source: &Arc<Source>, table: &Table) -> Option<Finding> {
    let last = table.body.last().unwrap_or(&table.header);
    let mut number = source.position(last.span.end).line + 1;
    let blank = source.line(number)?;
    let from = blank.start;
    if !source.slice(blank).trim().is_empty() {
        return None;
    }
    while source.slice(source.line(number)?).trim().is_empty() {
        number += 1;
        source.line(number)?;
    }
    let line = source.line(number)?;
    let text = source.slice(line);
    if !text.trim_start().starts_with('|') || !text.trim_end().ends_with('|') {
        return None;
    }
    let row = Row::read(source, line);
    let below = source
        .line(number + 1)
        .map_or("", |line| source.slice(line));
    if row.cells.len() != table.header.cells.len() || is_delimiter(below) || is_delimiter(text) {
        return None;
    }
    Some(
        Finding::new(
            Code::TableEnd,
            source,
            row.span,
            "a blank line cuts this row off the table above it",
        )
        .with_help("take the blank line out")
        .with_repair(Edit::new(from..line.start, "")),
    )
}
