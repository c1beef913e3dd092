//! `ascending` and `descending`: the figures of a column are in order, and texts by their letters.

use crate::tables::cell::{Cell, Content};
use crate::tables::judge::{Figure, Judge, Sheet};
use crate::tables::rules::{Declared, Explanation, Form, Rule};
use crate::text::code::Code;
use crate::text::finding::Finding;

const ORDER: Code = Code::Rule("table-order");

const EXPLANATION: Explanation = Explanation {
    means: "a cell is out of the order that the table declares",
    wrong: "\
<!-- check: ascending [size] -->

| size | hits |
| ---: | ---: |
| 1 KB | 7 |
| 900 B | 9 |
",
    right: "\
<!-- check: ascending [size] -->

| size | hits |
| ---: | ---: |
| 900 B | 9 |
| 1 KB | 7 |
",
};

/// No cell is less than the one above it.
#[derive(Debug)]
pub(crate) struct Ascending;

impl Rule for Ascending {
    fn form(&self) -> Form {
        Form::Word("ascending")
    }

    fn holds(&self) -> &'static str {
        "no cell is less than the one above it"
    }

    fn code(&self) -> Code {
        ORDER
    }

    fn explanation(&self) -> Explanation {
        EXPLANATION
    }

    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, declared: &Declared) {
        for column in &declared.columns {
            sorted(judge, sheet, *column, true);
        }
    }
}

/// No cell is more than the one above it.
#[derive(Debug)]
pub(crate) struct Descending;

impl Rule for Descending {
    fn form(&self) -> Form {
        Form::Word("descending")
    }

    fn holds(&self) -> &'static str {
        "no cell is more than the one above it"
    }

    fn code(&self) -> Code {
        ORDER
    }

    fn explanation(&self) -> Explanation {
        EXPLANATION
    }

    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, declared: &Declared) {
        for column in &declared.columns {
            sorted(judge, sheet, *column, false);
        }
    }
}

/// `ascending` and `descending`: figures by their value, a column of text by its letters.
fn sorted(judge: &mut Judge<'_>, sheet: &Sheet<'_>, column: usize, is_ascending: bool) {
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
                        ORDER,
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
            ORDER,
            judge.source,
            span,
            format!("the column has to {word}, and `{here}` comes after `{above}`"),
        )
        .with_help("order the rows, or put the figure right"),
    );
}
