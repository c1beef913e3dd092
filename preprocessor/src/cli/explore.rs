//! `explore`: where over a wider range claims hold, and how what blocks print follows their parameters.

use crate::cli::output::{Caller, Format, print, write};
use crate::cli::{targets, warnings};
use anyhow::{Result, bail};
use mdbook_proof::claims::explore::{Along, Explored};
use mdbook_proof::text::message;
use mdbook_proof::text::visible;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

/// Explores a page, or a line of it.
pub(crate) fn explore(dir: &Path, place: &Path, caller: &Caller) -> Result<bool> {
    let book = caller.book(dir)?;
    warnings::watch();
    let targets = targets(book.root(), &[PathBuf::from(place)])?;
    let mut explored = Vec::new();
    for target in &targets {
        match book.explore(target)? {
            Ok(found) => explored.extend(found),
            Err(findings) => {
                caller.print(&findings);
                return Ok(false);
            }
        }
    }
    if explored.is_empty() {
        bail!(
            "there is no claim and no block with `vary=` at `{}`; a claim is a comment such as <!-- holds: sweep.LRU > sweep.FIFO -->",
            place.display()
        );
    }
    for one in &explored {
        match caller.format {
            Format::Human | Format::Github => print(&human(one)),
            Format::Json => write(&message::json_line(&json(one))),
        }
    }
    Ok(true)
}

fn human(explored: &Explored) -> String {
    let mut text = format!(
        "line {}: {}\n",
        explored.line,
        visible::line(&explored.title)
    );
    for along in &explored.along {
        let _ = writeln!(text, "\n{}", visible::line(&along.range));
        if let Some(summary) = &along.summary {
            let _ = writeln!(text, "  {summary}");
        }
        text.push_str(&table(along));
    }
    text.push('\n');
    text
}

/// A Markdown table whose columns are as wide as their cells.
fn table(along: &Along) -> String {
    let lines = || std::iter::once(&along.header).chain(&along.rows);
    let width = |column: usize| {
        let cells = lines().filter_map(|line| line.get(column));
        cells
            .map(|cell| cell.chars().count())
            .max()
            .unwrap_or(0)
            .max(2)
    };
    let widths: Vec<usize> = (0..along.header.len()).map(width).collect();
    let line = |cells: &[String]| {
        let cells = cells.iter().zip(&widths);
        let cells = cells.map(|(cell, width)| format!("{:>width$} |", visible::line(cell)));
        format!("  | {}\n", cells.collect::<Vec<_>>().join(" "))
    };
    let rule: Vec<String> = widths
        .iter()
        .map(|width| format!("{}:", "-".repeat(width - 1)))
        .collect();
    let mut text = line(&along.header);
    text.push_str(&line(&rule));
    along.rows.iter().for_each(|row| text.push_str(&line(row)));
    text
}

fn json(explored: &Explored) -> serde_json::Value {
    let along = explored.along.iter().map(|along| {
        serde_json::json!({
            "range": along.range,
            "summary": along.summary,
            "header": along.header,
            "rows": along.rows,
        })
    });
    serde_json::json!({
        "title": explored.title,
        "line": explored.line,
        "along": along.collect::<Vec<_>>(),
    })
}
