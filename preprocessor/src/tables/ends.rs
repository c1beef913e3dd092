//! Where a table ends: not in prose, and not at a blank line between its rows.
//!
//! ```text
//! | size | hits |          | size | hits |
//! | ---: | ---: |          | ---: | ---: |
//! | 100  | 7    |          | 100  | 7    |
//! Hits grow.       wrong
//!                          Hits grow.       right
//! ```

use super::row::is_delimiter;
use super::{Row, Table};
use crate::finding::Finding;
use crate::source::Source;
use std::sync::Arc;

pub(super) fn check(source: &Arc<Source>, table: &Table) -> Vec<Finding> {
    let mut findings = Vec::new();
    let is_one_column = table.header.cells.len() == 1;
    if !is_one_column && let Some(row) = table.body.iter().find(|row| !row.has_bar) {
        findings.push(
            Finding::new(
                "table-end",
                source,
                row.span.clone(),
                "this line becomes a row of the table above it",
            )
            .with_help("leave a blank line below the table, or write the line as a row"),
        );
    }
    findings.extend(cut(source, table));
    findings
}

/// Rows of the same width below a blank line, without a header of their own.
fn cut(source: &Arc<Source>, table: &Table) -> Option<Finding> {
    let last = table.body.last().unwrap_or(&table.header);
    let mut number = source.position(last.span.end).line + 1;
    let blank = source.line(number)?;
    if !source.slice(blank).trim().is_empty() {
        return None;
    }
    while source.slice(source.line(number)?).trim().is_empty() {
        number += 1;
        source.line(number)?;
    }
    let line = source.line(number)?;
    let text = source.slice(line.clone());
    if !text.trim_start().starts_with('|') || !text.trim_end().ends_with('|') {
        return None;
    }
    let row = Row::read(source, line.clone());
    let below = source
        .line(number + 1)
        .map_or("", |line| source.slice(line));
    if row.cells.len() != table.header.cells.len() || is_delimiter(below) || is_delimiter(text) {
        return None;
    }
    Some(
        Finding::new(
            "table-end",
            source,
            row.span,
            "a blank line cuts this row off the table above it",
        )
        .with_help("take the blank line out"),
    )
}
