//! Tables that programs print: Markdown's, with `\|` for a bar inside a cell.

use std::borrow::Cow;
use std::ops::Range;

/// A printed table.
#[derive(Debug, PartialEq, Eq)]
pub struct Table<'text> {
    /// The header's cells.
    pub header: Vec<Cell<'text>>,
    /// How each column is aligned.
    pub alignments: Vec<Alignment>,
    /// The rows below the delimiter row, each with as many cells as the header.
    pub rows: Vec<Row<'text>>,
    /// The lines it takes.
    pub lines: Range<usize>,
}

/// A cell's text, trimmed.
pub type Cell<'text> = Cow<'text, str>;

/// A row with another number of cells than the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Ragged {
    /// The number of its line.
    pub line: usize,
    /// How many it has.
    pub cells: usize,
    /// How many the header has.
    pub width: usize,
}

/// A row of a printed table.
#[derive(Debug, PartialEq, Eq)]
pub struct Row<'text> {
    /// The number of its line.
    pub line: usize,
    /// Its cells.
    pub cells: Vec<Cell<'text>>,
}

/// How a column is aligned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Alignment {
    /// As text is.
    Start,
    /// In the middle.
    Center,
    /// As figures are.
    End,
}

/// Reads the first table among some lines.
///
/// # Errors
/// When a row has more or fewer cells than the header.
pub fn first<'text>(lines: &[&'text str]) -> Result<Option<Table<'text>>, Ragged> {
    from(lines, 0)
}

/// Reads all tables among some lines.
///
/// # Errors
/// As [`first`].
pub fn all<'text>(lines: &[&'text str]) -> Result<Vec<Table<'text>>, Ragged> {
    let mut tables: Vec<Table<'text>> = Vec::new();
    while let Some(table) = from(lines, tables.last().map_or(0, |table| table.lines.end))? {
        tables.push(table);
    }
    Ok(tables)
}

/// Reads the first table from a line on.
fn from<'text>(lines: &[&'text str], line: usize) -> Result<Option<Table<'text>>, Ragged> {
    for start in line..lines.len().saturating_sub(1) {
        let (header, Some(alignments)) = (cells(lines[start]), delimiters(lines[start + 1])) else {
            continue;
        };
        if !is_row(lines[start]) || header.len() != alignments.len() {
            continue;
        }
        let body = lines[start + 2..].iter().take_while(|line| is_row(line));
        let mut rows = Vec::new();
        for (line, text) in (start + 2..).zip(body) {
            let cells = cells(text);
            if cells.len() != header.len() {
                return Err(Ragged {
                    line,
                    cells: cells.len(),
                    width: header.len(),
                });
            }
            rows.push(Row { line, cells });
        }
        let lines = start..start + 2 + rows.len();
        return Ok(Some(Table {
            header,
            alignments,
            rows,
            lines,
        }));
    }
    Ok(None)
}

/// Whether a line is a row of a table.
pub fn is_row(line: &str) -> bool {
    line.trim_start().starts_with('|')
}

/// Whether a line is a delimiter row such as `| --- | :-: |`.
pub fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    line.contains('|')
        && line.contains('-')
        && line
            .chars()
            .all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}

/// The bytes of a trimmed row's cells: split at every bar that has no backslash before it; bars at its ends separate
/// nothing.
pub fn split(row: &str) -> Vec<Range<usize>> {
    let mut cells = Vec::with_capacity(8);
    let (mut from, mut has_bar, mut is_escaped) = (0, false, false);
    for (at, byte) in row.bytes().enumerate() {
        if byte == b'|' && !is_escaped {
            if at > 0 {
                cells.push(from..at);
            }
            from = at + 1;
            has_bar = true;
        }
        is_escaped = byte == b'\\' && !is_escaped;
    }
    if from < row.len() || !has_bar {
        cells.push(from..row.len());
    }
    cells
}

/// The cells of a row.
pub fn cells(line: &str) -> Vec<Cell<'_>> {
    let line = line.trim();
    split(line)
        .into_iter()
        .map(|span| cell(&line[span]))
        .collect()
}

fn cell(text: &str) -> Cell<'_> {
    let text = text.trim();
    match text.contains("\\|") {
        true => text.replace("\\|", "|").into(),
        false => text.into(),
    }
}

fn delimiters(line: &str) -> Option<Vec<Alignment>> {
    if !is_row(line) {
        return None;
    }
    cells(line)
        .iter()
        .map(|cell| {
            let dashes = cell.trim_matches(':');
            if dashes.is_empty() || !dashes.chars().all(|c| c == '-') {
                return None;
            }
            Some(match (cell.starts_with(':'), cell.ends_with(':')) {
                (true, true) => Alignment::Center,
                (false, true) => Alignment::End,
                _ => Alignment::Start,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_first_table_is_read_with_its_place() {
        let lines = ["x", "| a | b |", "|---|:-:|", "| 1 | \\| |", "", "| c |"];
        let table = first(&lines).unwrap().unwrap();
        assert_eq!(table.header, ["a", "b"]);
        assert_eq!(table.alignments, [Alignment::Start, Alignment::Center]);
        assert_eq!(table.lines, 1..4);
        assert_eq!(table.rows[0].cells, ["1", "|"]);
        assert_eq!(table.rows[0].line, 3);
    }

    #[test]
    fn no_table_is_no_error_and_a_lost_cell_is_one() {
        assert_eq!(first(&[]).unwrap(), None);
        assert_eq!(first(&["| a |", "| - | - |"]).unwrap(), None);
        assert_eq!(first(&["| a |", "text"]).unwrap(), None);
        let problem = first(&["| a |", "|---|", "| 1 | 2 |"]).unwrap_err();
        assert_eq!((problem.line, problem.cells, problem.width), (2, 2, 1));
    }

    #[test]
    fn all_tables_are_read_in_order() {
        let lines = [
            "| a |", "|---|", "| 1 |", "", "x", "| b |", "|---|", "", "| c |", "|---|", "| 3 |",
        ];
        let tables = all(&lines).unwrap();
        let headers: Vec<&str> = tables.iter().map(|table| &*table.header[0]).collect();
        assert_eq!(headers, ["a", "b", "c"]);
        assert_eq!(tables[2].rows[0].line, 10);
        assert_eq!(
            all(&["| a |", "|---|", "| 1 |", "", "| b |", "|---|", "| 1 | 2 |"])
                .unwrap_err()
                .line,
            6
        );
    }

    proptest! {
        #[test]
        fn no_lines_panic(lines in prop::collection::vec("[|: \\\\a-]{0,8}", 0..6)) {
            let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
            let tables = all(&lines);
            prop_assert!(tables.is_err() || first(&lines).unwrap().as_ref() == tables.unwrap().first());
        }
    }
}
