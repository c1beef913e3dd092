//! `ascending` and `descending`: the figures of a column are in order, and texts by their letters.

use crate::tables::cell::{Cell, Content};
use crate::tables::judge::{Figure, Judge, Sheet};
use crate::tables::rules::rule::{Declared, Explanation, Form, Rule};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::span::Span;

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

/// The order of a column from its first row to its last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Order {
    /// No cell is less than the one above it.
    Ascending,
    /// No cell is more than the one above it.
    Descending,
}

pub(crate) use Order::{Ascending, Descending};

impl Rule for Order {
    fn form(&self) -> Form {
        Form::Word(match self {
            Ascending => "ascending",
            Descending => "descending",
        })
    }

    fn holds(&self) -> &'static str {
        match self {
            Ascending => "no cell is less than the one above it",
            Descending => "no cell is more than the one above it",
        }
    }

    fn code(&self) -> Code {
        ORDER
    }

    fn explanation(&self) -> Explanation {
        EXPLANATION
    }

    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, declared: &Declared) {
        for column in &declared.columns {
            self.column(judge, sheet, *column);
        }
    }
}

impl Order {
    /// Checks a column: figures by their value, a column of text by its letters.
    fn column(self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, column: usize) {
        let cells = || sheet.grid.rows.iter().filter_map(|row| row.get(column));
        if cells().all(|cell| matches!(cell.content, Content::Text | Content::Nothing)) {
            let cells: Vec<&Cell> = cells().filter(|c| c.content == Content::Text).collect();
            for pair in cells.windows(2) {
                let (above, here) = (pair[0].text(), pair[1].text());
                let is_right = match self {
                    Ascending => here >= above,
                    Descending => here <= above,
                };
                if !is_right {
                    self.report(judge, pair[1].inner(), &here, &above);
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
                self.pair(judge, &figure, above);
            }
            last = Some(figure);
        }
    }

    /// Checks a figure against the one above it.
    fn pair(self, judge: &mut Judge<'_>, figure: &Figure, above: &Figure) {
        let text = |figure: &Figure| judge.source.slice(figure.span()).to_owned();
        let (here_text, above_text) = (text(figure), text(above));
        let here = judge.stands_in(figure, above.unit());
        let before = judge.stands_in(above, above.unit());
        let (Some(here), Some(before)) = (here, before) else {
            let message = format!("`{here_text}` can't be compared with `{above_text}` above it");
            judge.meaning.findings.push(
                Finding::new(ORDER, judge.source, figure.span(), message)
                    .with_help("give the column one kind of unit"),
            );
            return;
        };
        let step = match self {
            Ascending => here.value - before.value,
            Descending => before.value - here.value,
        };
        if step < -1e-12 * before.value.abs() {
            self.report(judge, figure.span(), &here_text, &above_text);
        }
    }

    fn report(self, judge: &mut Judge<'_>, span: Span, here: &str, above: &str) {
        let word = match self {
            Ascending => "ascend",
            Descending => "descend",
        };
        let message = format!("the column has to {word}, and `{here}` comes after `{above}`");
        judge.meaning.findings.push(
            Finding::new(ORDER, judge.source, span, message)
                .with_help("order the rows, or correct the figure"),
        );
    }
}
