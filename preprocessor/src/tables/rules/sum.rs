//! `sum`: the last row is the total of the others.

use crate::figures::significant;
use crate::tables::judge::{Judge, Sheet};
use crate::tables::rules::rule::{Declared, Explanation, Form, Rule};
use crate::tables::rules::totals::{add, figures, not_comparable, slack, stands_for};
use crate::text::code::Code;
use crate::text::finding::Finding;
use mdbook_proof_text::rounding::rewritten;

/// How its roundings count, [`totals`](super::totals) says.
#[derive(Debug)]
pub(crate) struct Sum;

impl Rule for Sum {
    fn form(&self) -> Form {
        Form::Word("sum")
    }

    fn holds(&self) -> &'static str {
        "the last cell is the total of those above it"
    }

    fn code(&self) -> Code {
        SUM
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "the last row of a column is not the total of the rows above it",
            wrong: "\
<!-- check: sum [Size] -->

| What | Size |
| --- | ---: |
| posts | 16 GB |
| follows | 240 GB |
| all | 250 GB |
",
            right: "\
<!-- check: sum [Size] -->

| What | Size |
| --- | ---: |
| posts | 16 GB |
| follows | 240 GB |
| all | 256 GB |
",
        }
    }

    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, declared: &Declared) {
        for column in &declared.columns {
            sum(judge, sheet, *column);
        }
    }
}

const SUM: Code = Code::Rule("table-sum");

/// `sum`: the last row is the total of the others.
fn sum(judge: &mut Judge<'_>, sheet: &Sheet<'_>, column: usize) {
    let Some(last) = sheet.grid.rows.len().checked_sub(1) else {
        return;
    };
    let parts = figures(judge, sheet, column, last);
    let Some(total) = judge.figure(sheet, last, column) else {
        return;
    };
    let unit = total.unit().to_owned();
    let Some(sum) = add(judge, &parts, &unit, SUM) else {
        return;
    };
    let Some(printed) = judge.stands_in(&total, &unit) else {
        return not_comparable(judge, &total, SUM, &unit);
    };
    judge.meaning.checked.insert(total.start);
    if (sum.value - printed.value).abs() <= sum.half_step + printed.half_step + slack(&parts, sum) {
        return;
    }
    let source = judge.source;
    let text = source.slice(total.start..total.span().end);
    let right = judge
        .units
        .of_parts(&total.printed)
        .and_then(|units| {
            let read = |text: &str| sheet.printed(text, total.start, column);
            rewritten(text, &total.printed, &units, sum.value, read)
        })
        .map(|right| format!("\n+ {right}"))
        .unwrap_or_default();
    judge.meaning.findings.push(
        Finding::new(
            SUM,
            source,
            total.span(),
            match parts.len() {
                1 => "the only cell above is not this".to_owned(),
                cells => format!("the {cells} cells above don't add up to this"),
            },
        )
        .with_label(stands_for(printed, &unit))
        .with_details(
            format!(
                "- {}{right}\n  column: [{}]\n  computed: {} {unit}",
                source.slice(total.span()),
                sheet.grid.columns[column].header,
                significant(sum.value),
            )
            .trim_end()
            .to_owned(),
        )
        .with_help(
            "one of the cells is wrong; if they are roundings, declare `rounded` for the column",
        ),
    );
}
