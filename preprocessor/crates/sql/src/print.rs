//! What a statement gives, as text: rows as a Markdown table, a query plan as a tree.

use crate::refused::because;
use rusqlite::Statement;
use rusqlite::types::ValueRef;
use std::fmt::Write as _;

/// How much a block may print, in KiB.
const OUTPUT: usize = 1024;

/// Refuses to print more bytes than a block may.
pub(crate) fn fits(bytes: usize) -> rusqlite::Result<()> {
    match bytes > OUTPUT << 10 {
        true => Err(because(format!("the block prints over {OUTPUT} KiB"))),
        false => Ok(()),
    }
}

/// The rows as a Markdown table, with aligned columns; or the steps of a program.
pub(crate) fn table(statement: &mut Statement<'_>, is_program: bool) -> rusqlite::Result<String> {
    let names: Vec<String> = statement.column_names().into_iter().map(cell).collect();
    let mut is_text = vec![false; names.len()];
    let mut lines = vec![names];
    let mut rows = statement.query([])?;
    let mut bytes = 0;
    while let Some(row) = rows.next()? {
        let mut cells = Vec::new();
        for (column, is_text) in is_text.iter_mut().enumerate() {
            let value = row.get_ref(column)?;
            *is_text |= matches!(value, ValueRef::Text(_) | ValueRef::Blob(_));
            // Before it is copied.
            bytes += value
                .as_bytes_or_null()
                .ok()
                .flatten()
                .map_or(1, <[u8]>::len)
                + 3;
            fits(bytes)?;
            let text = shown(value);
            if is_program && text.starts_with("vtab:") {
                return Err(because("`explain` shows an address here, which is another one each time: use `explain query plan`".to_owned()));
            }
            cells.push(text);
        }
        lines.push(cells);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max();
    let widths: Vec<usize> = (0..is_text.len())
        .map(|c| width(c).unwrap_or(0).max(2))
        .collect();
    fits(
        lines
            .len()
            .saturating_mul(widths.iter().map(|width| width + 3).sum()),
    )?;
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate() {
        for ((cell, width), is_text) in line.iter().zip(&widths).zip(&is_text) {
            let _ = match is_text {
                true => write!(text, "| {cell:width$} "),
                false => write!(text, "| {cell:>width$} "),
            };
        }
        text.push_str("|\n");
        if number == 0 {
            for (width, is_text) in widths.iter().zip(&is_text) {
                let dashes = "-".repeat(width - usize::from(!is_text));
                let _ = write!(text, "| {dashes}{} ", if *is_text { "" } else { ":" });
            }
            text.push_str("|\n");
        }
    }
    Ok(text)
}

fn shown(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null => "NULL".to_owned(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(text) => cell(String::from_utf8_lossy(text)),
        ValueRef::Blob(bytes) => {
            let mut text = "x'".to_owned();
            for byte in bytes {
                let _ = write!(text, "{byte:02x}");
            }
            text + "'"
        }
    }
}

/// A text as a cell.
fn cell(text: impl AsRef<str>) -> String {
    one_line(text.as_ref()).replace('|', "\\|")
}

/// A text without line ends.
fn one_line(text: &str) -> String {
    text.replace("\r\n", " ").replace(['\n', '\r'], " ")
}

/// A query plan as a tree.
pub(crate) fn plan(statement: &mut Statement<'_>) -> rusqlite::Result<String> {
    let steps: Vec<(i64, i64, String)> = statement
        .query_map([], |row| Ok((row.get(0)?, row.get(1)?, row.get(3)?)))?
        .collect::<rusqlite::Result<_>>()?;
    let mut text = "QUERY PLAN\n".to_owned();
    branch(&steps, 0, "", &mut text);
    Ok(text)
}

fn branch(steps: &[(i64, i64, String)], parent: i64, indent: &str, text: &mut String) {
    let mut children = steps.iter().filter(|(_, p, _)| *p == parent).peekable();
    while let Some((id, _, detail)) = children.next() {
        let is_last = children.peek().is_none();
        let mark = if is_last { "`--" } else { "|--" };
        let _ = writeln!(text, "{indent}{mark}{}", one_line(detail));
        let deeper = format!("{indent}{}", if is_last { "   " } else { "|  " });
        branch(steps, *id, &deeper, text);
    }
}
