//! The header: as many cells as the delimiter row, each with a text of its own.
//!
//! A header that doesn't match its delimiter row is no table at all, and is shown as a paragraph of bars:
//!
//! ```text
//! | size | hits |          | size | hits |
//! | ---: |          wrong  | ---: | ---: |  right
//! ```
//!
//! `fix` makes the delimiter row fit where all rows below it have as many cells as the header.
//!
//! An empty first header over row labels is common and right, and so is a header that is empty as a whole.

use crate::read::Table;
use crate::read::row::Row;
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::message;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_text::printed_table::is_delimiter;
use std::collections::HashSet;
use std::sync::Arc;

pub(super) fn check(source: &Arc<Source>, table: &Table) -> Vec<Finding> {
    let texts = table.header.texts(source);
    let mut findings = Vec::new();
    let mut seen = HashSet::new();
    let is_empty = texts.iter().all(|text| text.is_empty());
    for (at, (text, cell)) in texts.iter().zip(&table.header.cells).enumerate() {
        if text.is_empty() {
            if at > 0 && !is_empty {
                findings.push(
                    Finding::new(Code::TableHeader, source, *cell, "a column has no header")
                        .with_help("say what it holds"),
                );
            }
        } else if !seen.insert(*text) {
            findings.push(
                Finding::new(
                    Code::TableHeader,
                    source,
                    *cell,
                    format!("two columns are headed `{text}`"),
                )
                .with_help("tell them apart"),
            );
        }
    }
    findings
}

/// The edit that gives a delimiter row as many cells as `width`.
fn delimiter_of(delimiter: &Row, width: usize) -> Edit {
    let end = delimiter.span.end;
    if let Some(surplus) = delimiter.cells.get(width) {
        return Edit::new(surplus.start..end, "");
    }
    let is_closed = delimiter.cells.last().is_none_or(|last| last.end < end);
    let missing = " --- |".repeat(width - delimiter.cells.len());
    Edit::new(
        Span::at(end),
        if is_closed {
            missing
        } else {
            format!(" |{missing}")
        },
    )
}

/// A delimiter row whose cells Markdown doesn't take as such.
fn undashed(source: &Arc<Source>, line: Span, delimiter: &Row) -> Option<Finding> {
    let text = source.slice(line);
    if text.contains('\t') {
        return Some(
            Finding::new(
                Code::TableHeader,
                source,
                line,
                "a tab is in the row below the header: the table is shown as text",
            )
            .with_help("write blanks in this row")
            .with_repair(Edit::new(line, text.replace('\t', " "))),
        );
    }
    let is_otherwise = |cell: &&Span| {
        let text = source.slice(**cell).trim();
        let text = text.strip_prefix(':').unwrap_or(text);
        let text = text.strip_suffix(':').unwrap_or(text);
        text.is_empty() || text.chars().any(|c| c != '-')
    };
    let cell = delimiter.cells.iter().find(is_otherwise)?;
    Some(
        Finding::new(
            Code::TableHeader,
            source,
            *cell,
            "this cell below the header is not all dashes: the table is shown as text",
        )
        .with_help("write `---`, with a `:` at an end that the column is aligned to"),
    )
}

/// A paragraph whose second line is a delimiter row that doesn't fit the line above it.
pub(super) fn unmatched(source: &Arc<Source>, paragraph: Span) -> Option<Finding> {
    let text = source.slice(paragraph);
    let mut at = paragraph.start;
    let mut lines = text.split_inclusive('\n').map(|line| {
        // A quote's marks are no part of its lines.
        let start = at + (line.len() - line.trim_start_matches(['>', ' ', '\t']).len());
        at += line.len();
        let end = at - (line.len() - line.trim_end().len()).min(at - start);
        Span::new(start, end)
    });
    let mut above = lines.next()?;
    while let Some(line) = lines.next() {
        let is_row = source.slice(above).trim_start().starts_with('|');
        if is_row && is_delimiter(source.slice(line)) {
            let (header, delimiter) = (Row::read(source, above), Row::read(source, line));
            let rows: Vec<Row> = lines.map(|line| Row::read(source, line)).collect();
            let (wanted, written) = (header.cells.len(), delimiter.cells.len());
            let finding = |message: String| Finding::new(Code::TableHeader, source, above, message);
            if wanted == written {
                if let Some(finding) = undashed(source, line, &delimiter) {
                    return Some(finding);
                }
                return Some(
                    finding(
                        "the row below this header is indented otherwise: this is shown as text"
                            .to_owned(),
                    )
                    .with_help("start all rows of a table at the same place"),
                );
            }
            let finding = finding(format!(
                "the header has {} and the row below it {written}: this is shown as text",
                message::count(wanted, "cell")
            ))
            .with_help("give both the same number of cells");
            let width = header.cells.len();
            let fits = |row: &Row| row.cells.len() == width && row.has_bar;
            return Some(match !rows.is_empty() && rows.iter().all(fits) {
                true => finding.with_repair(delimiter_of(&delimiter, width)),
                false => finding,
            });
        }
        above = line;
    }
    None
}
