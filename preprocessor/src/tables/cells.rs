//! Rows against their header: as many cells, emphasis closed where it was opened, no row twice.
//!
//! A surplus cell is dropped from the page without a word, and a missing one is shown empty:
//!
//! ```text
//! | size | hits |          | size | hits |
//! | ---: | ---: |          | ---: | ---: |
//! | 100  | 7 | 3 |  wrong  | 100  | 7    |  right
//! ```

use super::{Row, Table};
use crate::finding::Finding;
use crate::source::Source;
use std::collections::HashMap;
use std::sync::Arc;

pub(super) fn check(source: &Arc<Source>, table: &Table) -> Vec<Finding> {
    let width = table.header.cells.len();
    let mut findings = Vec::new();
    let mut seen: HashMap<Vec<&str>, usize> = HashMap::new();
    for row in table.body.iter().filter(|row| row.has_bar) {
        findings.extend(count(source, row, width));
        findings.extend(emphasis(source, row));
        let texts = row.texts(source);
        if texts.iter().all(|text| text.is_empty()) {
            continue;
        }
        if let Some(first) = seen.get(&texts) {
            findings.push(
                Finding::new(
                    "table-row",
                    source,
                    row.span.clone(),
                    "this row stands twice",
                )
                .with_help(format!("line {first} says the same; take one of them out")),
            );
        } else {
            seen.insert(texts, source.position(row.span.start).line);
        }
    }
    findings
}

fn count(source: &Arc<Source>, row: &Row, width: usize) -> Option<Finding> {
    let cells = row.cells.len();
    if cells < width {
        return Some(
            Finding::new(
                "table-cells",
                source,
                row.span.clone(),
                format!("the row has {cells} of {width} cells"),
            )
            .with_help("add the missing cells; an empty one is written `| |`"),
        );
    }
    let lost = row.cells.get(width)?;
    let whole = source.slice(row.span.clone());
    let help = if whole.matches('`').count() > 1 {
        "a bar parts cells even inside code: write it as \\|"
    } else {
        "take the cell out, or add a column to the header and the row below it"
    };
    Some(
        Finding::new(
            "table-cells",
            source,
            lost.clone(),
            format!("the row has {cells} cells and the header {width}: readers don't see the rest"),
        )
        .with_label("lost")
        .with_help(help),
    )
}

/// Two cells with one unpaired `**` or `__` each: it was meant to reach over both.
fn emphasis(source: &Arc<Source>, row: &Row) -> Option<Finding> {
    ["**", "__"].into_iter().find_map(|mark| {
        let unpaired: Vec<_> = row
            .cells
            .iter()
            .filter(|cell| {
                let text = source.slice((*cell).clone());
                !text.contains('`') && !text.contains('\\') && text.matches(mark).count() % 2 == 1
            })
            .collect();
        match unpaired.as_slice() {
            [first, ..] if unpaired.len() > 1 => Some(
                Finding::new(
                    "table-emphasis",
                    source,
                    (*first).clone(),
                    format!("`{mark}` is opened in one cell and closed in another"),
                )
                .with_help("close it in the cell in which it was opened"),
            ),
            _ => None,
        }
    })
}
