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
//! `fix` takes out surplus cells that are empty, and escapes bars inside code where that alone makes the row fit. Which cell
//! of a short row is missing, nobody can know: filled up at its end, it would look right with its text in the wrong columns.
//! That, a surplus cell with text, a repeated row and emphasis over cells are for a person to fix:
//!
//! ```text
//! | size | hits |          | size | hits |
//! | ---: | ---: |          | ---: | ---: |
//! | **1  | 7**  |  wrong   | **1** | **7** |  right
//! | 100  | 7    |          | 100  | 7    |
//! | 100  | 7    |  wrong   | 200  | 9    |  right
//! ```
//!
//! The last cell may be left out where the table has other rows whose last cell is empty, and where rows end without a bar:
//! there, `a |` is written for `a` and an empty cell.
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
    let is_empty_end = |row: &Row| {
        let last = width.checked_sub(1).and_then(|last| row.cells.get(last));
        last.is_some_and(|cell| source.slice(*cell).trim().is_empty())
    };
    let has_empty_end = width > 1 && table.body.iter().any(is_empty_end);
    let mut findings = Vec::new();
    let rows = table.body.iter().enumerate();
    for (_, row) in rows.filter(|(number, row)| row.has_bar && !is_wrapped(number)) {
        let is_short = row.cells.len() + 1 == width;
        let own = Style::of(source, row);
        // Where rows end without a bar, one at the end of a row is written for the empty cell after it.
        let is_meant = match style.ends {
            true => has_empty_end && own.ends,
            false => own.ends,
        };
        if !(is_short && is_meant && own.starts == style.starts) {
            findings.extend(count(source, row, width, style));
        }
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
        let is_shifted = !style.starts && source.slice(row.span).starts_with('|');
        let (cause, help) = if is_shifted {
            (
                "it starts with a bar and the header doesn't, so all may be a column too far left",
                "start the row with `| |` if its first cell is empty",
            )
        } else {
            (
                "readers see empty ones at its end",
                "write all of them, an empty one as `| |`; if the row goes on in another line, or is the rest of the one above it, write it in one line",
            )
        };
        let message = format!("the row has {cells} of {width} cells: {cause}");
        return Some(Finding::new(Code::TableCells, source, row.span, message).with_help(help));
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
