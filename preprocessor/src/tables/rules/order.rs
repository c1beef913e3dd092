//! Keys and order.
//!
//! ```text
//! <!-- check: key [size]; ascending [size] -->
//! | size | hits |          | size | hits |
//! | ---: | ---: |          | ---: | ---: |
//! | 1 KB | 7    |          | 900  | 7    |
//! | 900  | 9    |  wrong   | 1 KB | 9    |  right
//! ```

use crate::tables::cell::{Cell, Content};
use crate::tables::judge::{Figure, Judge, Sheet};
use crate::text::finding::Finding;
use std::collections::HashMap;

/// `key`: the named cells of a row, together, stand in no other row, and none is empty.
pub(crate) fn key(judge: &mut Judge<'_>, sheet: &Sheet<'_>, columns: &[usize]) {
    let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
    for row in &sheet.grid.rows {
        let cells: Vec<&Cell> = columns.iter().filter_map(|at| row.get(*at)).collect();
        let Some(first) = cells.first() else {
            continue;
        };
        if let Some(empty) = cells.iter().find(|cell| cell.text().is_empty()) {
            judge.meaning.findings.push(
                Finding::new(
                    "table-key",
                    judge.source,
                    empty.span.clone(),
                    "a key is empty",
                )
                .with_help("say which row this is"),
            );
            continue;
        }
        let texts: Vec<String> = cells.iter().map(|cell| cell.text()).collect();
        let line = judge.source.position(first.span.start).line;
        if let Some(above) = seen.get(&texts) {
            judge.meaning.findings.push(
                Finding::new(
                    "table-key",
                    judge.source,
                    first.inner(),
                    format!("the key `{}` stands twice", texts.join("`, `")),
                )
                .with_help(format!("line {above} has it too; give each row its own")),
            );
        } else {
            seen.insert(texts, line);
        }
    }
}

/// `ascending` and `descending`: figures by their value, a column of text by its letters.
pub(crate) fn sorted(judge: &mut Judge<'_>, sheet: &Sheet<'_>, column: usize, is_ascending: bool) {
    let cells = || sheet.grid.rows.iter().filter_map(|row| row.get(column));
    let word = if is_ascending { "ascend" } else { "descend" };
    if cells().all(|cell| matches!(cell.content, Content::Text | Content::Nothing)) {
        let cells: Vec<&Cell> = cells().filter(|c| c.content == Content::Text).collect();
        for pair in cells.windows(2) {
            let (above, here) = (pair[0].text(), pair[1].text());
            if (is_ascending && here < above) || (!is_ascending && here > above) {
                out_of_order(judge, pair[1].inner(), word, &here, &above);
            }
        }
        return;
    }
    let mut last: Option<Figure> = None;
    for row in 0..sheet.grid.rows.len() {
        let Some(figure) = judge.figure(sheet, row, column) else {
            continue;
        };
        if let Some(above) = &last {
            let unit = above.unit().to_owned();
            let text = |f: &Figure| judge.source.slice(f.span()).to_owned();
            let (here_text, above_text) = (text(&figure), text(above));
            let (here, before) = (
                judge.stands_in(&figure, &unit),
                judge.stands_in(above, &unit),
            );
            match (here, before) {
                (Some(here), Some(before)) => {
                    let step = if is_ascending {
                        here.value - before.value
                    } else {
                        before.value - here.value
                    };
                    if step < -1e-12 * before.value.abs() {
                        out_of_order(judge, figure.span(), word, &here_text, &above_text);
                    }
                }
                _ => judge.meaning.findings.push(
                    Finding::new(
                        "table-order",
                        judge.source,
                        figure.span(),
                        format!("`{here_text}` can't be compared with `{above_text}` above it"),
                    )
                    .with_help("give the column one kind of unit"),
                ),
            }
        }
        last = Some(figure);
    }
}

fn out_of_order(
    judge: &mut Judge<'_>,
    span: std::ops::Range<usize>,
    word: &str,
    here: &str,
    above: &str,
) {
    judge.meaning.findings.push(
        Finding::new(
            "table-order",
            judge.source,
            span,
            format!("the column has to {word}, and `{here}` stands below `{above}`"),
        )
        .with_help("order the rows, or put the figure right"),
    );
}
