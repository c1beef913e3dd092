//! `share`: the cells of a column add up to 100 %.

use crate::figures::significant;
use crate::tables::cell::Cell;
use crate::tables::judge::{Judge, Sheet};
use crate::tables::rules::rule::{Declared, Explanation, Form, Rule};
use crate::tables::rules::totals::{add, figures, slack};
use crate::text::code::Code;
use crate::text::finding::Finding;

/// A total that is declared with `sum` in the same column is no share.
#[derive(Debug)]
pub(crate) struct Share;

impl Rule for Share {
    fn form(&self) -> Form {
        Form::Word("share")
    }

    fn holds(&self) -> &'static str {
        "the cells add up to a hundred percent"
    }

    fn code(&self) -> Code {
        SHARE
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "the shares of a column don't add up to a hundred percent",
            wrong: "\
<!-- check: share [Share] -->

| What | Share |
| --- | ---: |
| reads | 70 % |
| writes | 20 % |
",
            right: "\
<!-- check: share [Share] -->

| What | Share |
| --- | ---: |
| reads | 80 % |
| writes | 20 % |
",
        }
    }

    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, declared: &Declared) {
        for column in &declared.columns {
            share(judge, sheet, *column);
        }
    }
}

const SHARE: Code = Code::Rule("table-share");

/// `share`: the cells add up to 100 %. Where the column has a `sum` too, the last row is that sum.
fn share(judge: &mut Judge<'_>, sheet: &Sheet<'_>, column: usize) {
    let rows = sheet.grid.rows.len();
    let end = if sheet.is_declared("sum", column) {
        rows.saturating_sub(1)
    } else {
        rows
    };
    let parts = figures(judge, sheet, column, end);
    let Some(sum) = add(judge, &parts, "%", SHARE) else {
        return;
    };
    if parts.is_empty() || (sum.value - 100.0).abs() <= sum.half_step + slack(&parts, sum) {
        return;
    }
    let header = &sheet.grid.columns[column];
    let span = Cell::read(
        judge.source.slice(header.span),
        header.span.start,
        sheet.grid.mark,
    )
    .inner();
    judge.meaning.findings.push(
        Finding::new(
            SHARE,
            judge.source,
            span,
            match parts.len() {
                1 => format!("the only share is {} %, not 100 %", significant(sum.value)),
                shares => format!("the {shares} shares add up to {} %, not to 100 %", significant(sum.value)),
            },
        )
        .with_label(if sum.half_step > 0.0 {
            format!("their rounding allows ±{} %", significant(sum.half_step))
        } else {
            "they are exact as printed".to_owned()
        })
        .with_help("one of them is wrong or missing; if they are roundings, declare `rounded` for the column"),
    );
}
