//! A formula a column: each cell has to be a correct rounding of what the formula gives in its row.
//!
//! ```text
//! <!-- check: [Week] = (1 - [Availability]) × 7 days -->
//! | Availability | Week  |          | Availability | Week    |
//! | -----------: | ----: |          | -----------: | ------: |
//! | 99.99 %      | 1m 5s |  wrong   | 99.99 %      | 1m 0.5s |  right
//! ```
//!
//! The other columns count exactly as they are printed, except those declared `rounded`, which cover all values that
//! round to them. `sweep[[Entries]].LRU` reads the row of a run's table that the row's own cell names.

use crate::tables::judge::{Judge, Sheet};
use crate::tables::rules::rule::{Declared, Explanation, Form, Rule};
use crate::text::code::Code;
use crate::text::span::Span;
use mdbook_proof_calculator::expression::Problem;
use mdbook_proof_calculator::program::Compute as _;
use mdbook_proof_calculator::value::{ExpressionError, Value};
mod line;
mod template;

use crate::tables::rules::formula::line::{FORMULA, line};
use crate::tables::rules::formula::template::{Slot, Template};
use crate::text::finding::Finding;
use std::collections::BTreeSet;

/// How many rows have to fail in the same way until the formula is at fault.
const SAMPLE: usize = 8;

/// Declared by its form, `[Col] = expression`, and for one column.
#[derive(Debug)]
pub(crate) struct Formula;

impl Rule for Formula {
    fn form(&self) -> Form {
        Form::Equation
    }

    fn holds(&self) -> &'static str {
        "each cell is a correct rounding of the expression, which may use other columns and the tables that runs print"
    }

    fn code(&self) -> Code {
        FORMULA
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "a cell is not what its column's formula gives",
            wrong: "\
<!-- check: [Week] = (1 - [Availability]) × 7 days -->

| Availability | Week |
| ---: | ---: |
| 99.99 % | 1m 5s |
",
            right: "\
<!-- check: [Week] = (1 - [Availability]) × 7 days -->

| Availability | Week |
| ---: | ---: |
| 99.99 % | 1m 0.5s |
",
        }
    }

    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, declared: &Declared) {
        if let [column] = declared.columns.as_slice() {
            let read = check(judge, sheet, *column, declared.expression);
            judge.vouched.extend(read);
        }
    }
}

/// Judges a column by its formula; the columns that the formula reads or makes.
fn check(
    judge: &mut Judge<'_>,
    sheet: &Sheet<'_>,
    column: usize,
    expression: Span,
) -> BTreeSet<usize> {
    let mut columns = BTreeSet::from([column]);
    let template = match Template::read(judge.source, sheet.grid, expression) {
        Ok(template) => template,
        Err(finding) => {
            judge.meaning.findings.push(*finding);
            return columns;
        }
    };
    columns.extend(template.slots.iter().map(|slot| match slot {
        Slot::Cell(column) | Slot::Run { key: column, .. } => *column,
    }));
    let code = match judge.scope.program.prepare(&template.code, judge.runs) {
        Ok(code) => code,
        Err(Problem::Reported) => return columns,
        Err(Problem::Wrong(error)) => {
            let error = ExpressionError {
                span: template.in_source(Span::from(error.span)).into(),
                ..error
            };
            fault(judge, expression, error);
            return columns;
        }
    };
    let mut lines = Vec::new();
    let mut codes = Vec::new();
    for row in 0..sheet.grid.rows.len() {
        if let Some(line) = line(judge, sheet, column, row, &template) {
            lines.push((line, codes.len()));
            codes.extend(
                lines
                    .last()
                    .into_iter()
                    .flat_map(|(line, _)| line.codes(&code)),
            );
        }
    }
    let sample = lines.get(SAMPLE).map_or(codes.len(), |(_, start)| *start);
    let mut values = judge.scope.program.computer.evaluate_all(&codes[..sample]);
    if let Some(error) = common(&values) {
        let span = lines.first().map_or(Span::at(0), |(line, _)| {
            line.in_code(&code, error.span.clone().into())
        });
        let error = ExpressionError {
            span: template.in_source(span).into(),
            ..error
        };
        fault(judge, expression, error);
        return columns;
    }
    values.extend(judge.scope.program.computer.evaluate_all(&codes[sample..]));
    for (at, (line, start)) in lines.iter().enumerate() {
        let end = lines.get(at + 1).map_or(codes.len(), |(_, start)| *start);
        line.judge(judge, sheet, expression, &code, &values[*start..end]);
    }
    columns
}

/// The error that all values have in common.
fn common(values: &[Result<Value, ExpressionError>]) -> Option<ExpressionError> {
    let first = values.first()?.as_ref().err()?;
    values
        .iter()
        .all(|value| {
            value
                .as_ref()
                .is_err_and(|error| error.message == first.message)
        })
        .then(|| first.clone())
}

/// A formula that gives no value. The error's span counts bytes of the formula.
fn fault(judge: &mut Judge<'_>, expression: Span, error: ExpressionError) {
    let message = judge.scope.program.in_own_names(&error.message);
    let span = Span::from(error.span).shift(expression.start);
    let mut finding = Finding::new(FORMULA, judge.source, span, message);
    finding.label = Some("in this formula".to_owned());
    finding.help = error.help;
    judge.meaning.findings.push(finding);
}

impl Judge<'_> {
    /// How many of `unit` a value is.
    pub(crate) fn in_unit(&mut self, value: &Value, unit: &str) -> Result<f64, ExpressionError> {
        match self.units.one(unit) {
            Some(one) => value.in_units_of(&one, unit),
            // The page itself may define it.
            None => self.scope.program.computer.in_unit(value, unit),
        }
    }
}
