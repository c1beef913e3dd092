//! Rows against their header: as many cells, emphasis closed where it was opened, no row twice.
//!
//! A surplus cell is dropped from the page without a word, and a missing one is shown empty:
//!
//! ```text
//! | size | hits |          | size | hits |
//! | ---: | ---: |          | ---: | ---: |
//! | 100  | 7 | 3 |  wrong  | 100  | 7    |  right
//! ```
//!
//! `fix` adds cells that are missing at the end of a row, takes out surplus ones that are empty, and escapes bars inside
//! code where that alone makes the row fit. In a table without bars at the ends of its rows, nobody can know which cell
//! is missing. That, a surplus cell with text, a repeated row and emphasis over cells are for a person to fix:
//!
//! ```text
//! | size | hits |          | size | hits |
//! | ---: | ---: |          | ---: | ---: |
//! | **1  | 7**  |  wrong   | **1** | **7** |  right
//! | 100  | 7    |          | 100  | 7    |
//! | 100  | 7    |  wrong   | 200  | 9    |  right
//! ```
//!
//! A row that stands twice is a fault only right below itself, in a table whose first column names its rows. Elsewhere the
//! place of a row may count, as in groups, steps and layouts of bits.

use crate::read::Table;
use crate::read::row::Row;
use crate::tables::structure::wrapped::{Style, Wrapped};
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use std::collections::HashSet;
use std::sync::Arc;

pub(super) fn check(source: &Arc<Source>, table: &Table, wrapped: &[Wrapped]) -> Vec<Finding> {
    let width = table.header.cells.len();
    let style = Style::of(source, &table.header);
    let is_wrapped = |number: &usize| wrapped.iter().any(|wrapped| wrapped.rows.contains(number));
    let mut findings = Vec::new();
    let rows = table.body.iter().enumerate();
    for (_, row) in rows.filter(|(number, row)| row.has_bar && !is_wrapped(number)) {
        findings.extend(count(source, row, width, style));
        findings.extend(emphasis(source, row));
    }
    findings.extend(repeated(source, table));
    findings
}

/// Rows right below the same row, where the first column has a name of its own for each row.
fn repeated(source: &Arc<Source>, table: &Table) -> Vec<Finding> {
    let rows: Vec<&Row> = table.body.iter().filter(|row| row.has_bar).collect();
    let is_repeated = |pair: &[&Row]| pair[0].texts(source) == pair[1].texts(source);
    let repeated: Vec<&Row> = rows
        .windows(2)
        .filter(|pair| is_repeated(pair))
        .map(|pair| pair[1])
        .collect();
    if repeated.is_empty() {
        return Vec::new();
    }
    let mut names = HashSet::new();
    let mut others = rows
        .iter()
        .filter(|row| repeated.iter().all(|repeated| repeated.span != row.span))
        .map(|row| {
            row.cells
                .first()
                .map_or("", |cell| source.slice(*cell).trim())
        });
    if !others.all(|name| !name.is_empty() && names.insert(name)) {
        return Vec::new();
    }
    let finding = |row: &Row| {
        Finding::new(Code::TableRow, source, row.span, "this row stands twice")
            .with_help("the line above says the same; take one of them out")
    };
    repeated.into_iter().map(finding).collect()
}

fn count(source: &Arc<Source>, row: &Row, width: usize, style: Style) -> Option<Finding> {
    let cells = row.cells.len();
    if cells < width {
        let finding = |message: String| Finding::new(Code::TableCells, source, row.span, message);
        if !style.starts && source.slice(row.span).starts_with('|') {
            return Some(
                finding(format!(
                    "the row has {cells} of {width} cells: it starts with a bar and the header doesn't, so all may be a column too far left"
                ))
                .with_help("start the row with `| |` if its first cell is empty"),
            );
        }
        let finding = finding(format!("the row has {cells} of {width} cells"));
        return Some(match style.starts && style.ends && style.fits(source, row) {
            true => finding
                .with_help("add the missing cells; an empty one is written `| |`")
                .with_repair(longer(row, width, " ")),
            false => finding.with_help(
                "add the missing cells, of which an empty one is written `| |`; if an editor wrapped the row, join its lines",
            ),
        });
    }
    let lost = row.cells.get(width)?;
    let surplus = Span::new(lost.start, row.span.end);
    let whole = source.slice(row.span);
    let (escaped, bars) = bars_in_code(whole);
    let finding = Finding::new(
        Code::TableCells,
        source,
        *lost,
        format!("the row has {cells} cells and the header {width}: readers don't see the rest"),
    )
    .with_label("lost");
    if bars > 0 {
        let finding = finding.with_help("a bar splits cells even inside code: write it as \\|");
        // Only where that alone makes the row fit.
        return Some(match cells - bars == width {
            true => finding.with_repair(Edit::new(row.span, escaped)),
            false => finding,
        });
    }
    let finding =
        finding.with_help("take the cell out, or add a column to the header and the row below it");
    let is_empty = source
        .slice(surplus)
        .chars()
        .all(|c| c == '|' || c.is_whitespace());
    Some(match is_empty {
        true => finding.with_repair(Edit::new(surplus, "")),
        false => finding,
    })
}

/// The edit that gives a row as many cells as `width`.
pub(super) fn longer(row: &Row, width: usize, cell: &str) -> Edit {
    let end = row.span.end;
    let is_closed = row.cells.last().is_none_or(|last| last.end < end);
    let mut text = if is_closed { "" } else { " |" }.to_owned();
    for _ in row.cells.len()..width {
        text.push_str(cell);
        text.push('|');
    }
    Edit::new(Span::at(end), text)
}

/// The row with a backslash before every bar inside code, and how many those are.
fn bars_in_code(text: &str) -> (String, usize) {
    let mut out = String::new();
    let mut bars = 0;
    let mut rest = text;
    while let Some(at) = rest.find('`') {
        let ticks = rest[at..].len() - rest[at..].trim_start_matches('`').len();
        let (before, after) = rest.split_at(at + ticks);
        out.push_str(before);
        rest = after;
        let Some(end) = closing(rest, ticks) else {
            continue;
        };
        let mut last = ' ';
        for c in rest[..end].chars() {
            if c == '|' && last != '\\' {
                out.push('\\');
                bars += 1;
            }
            out.push(c);
            last = c;
        }
        out.push_str(&rest[end..end + ticks]);
        rest = &rest[end + ticks..];
    }
    out.push_str(rest);
    (out, bars)
}

/// Where a run of exactly as many backticks starts.
fn closing(text: &str, ticks: usize) -> Option<usize> {
    let mut at = 0;
    while let Some(found) = text[at..].find('`') {
        let start = at + found;
        let length = text[start..].len() - text[start..].trim_start_matches('`').len();
        if length == ticks {
            return Some(start);
        }
        at = start + length;
    }
    None
}

/// Two cells with one unpaired `**` or `__` each: it was meant to reach over both.
fn emphasis(source: &Arc<Source>, row: &Row) -> Option<Finding> {
    let whole = source.slice(row.span);
    let mut marks = ["**", "__"].into_iter().filter(|mark| whole.contains(mark));
    marks.find_map(|mark| {
        let unpaired: Vec<_> = row
            .cells
            .iter()
            .filter(|cell| {
                let text = source.slice(**cell);
                !text.contains('`') && !text.contains('\\') && text.matches(mark).count() % 2 == 1
            })
            .collect();
        match unpaired.as_slice() {
            [first, second, ..]
                if opens(source.slice(**first), mark) && closes(source.slice(**second), mark) =>
            {
                Some(
                    Finding::new(
                        Code::TableEmphasis,
                        source,
                        **first,
                        format!("`{mark}` is opened in one cell and closed in another"),
                    )
                    .with_help("close it in the cell in which it was opened"),
                )
            }
            _ => None,
        }
    })
}

/// Whether the last mark of a text can open emphasis: `**kwargs` may, `src/**` can't.
fn opens(text: &str, mark: &str) -> bool {
    text.rfind(mark).is_some_and(|at| {
        text[at + mark.len()..].starts_with(|c: char| !c.is_whitespace())
            && !text[..at].ends_with(char::is_alphanumeric)
    })
}

/// Whether the first mark of a text can close emphasis: `src/**` may, `**kwargs` can't.
fn closes(text: &str, mark: &str) -> bool {
    text.find(mark).is_some_and(|at| {
        text[..at].ends_with(|c: char| !c.is_whitespace())
            && !text[at + mark.len()..].starts_with(char::is_alphanumeric)
    })
}
