//! A row under a formula: the values that it uses, what they give, and whether its cell says so.

use crate::figures::{NOT_WRITTEN, proposed, proposed_number, significant};
use crate::tables::cell::{Cell, Content};
use crate::tables::judge::{Figure, Judge, Sheet};
use crate::tables::rules::formula::template::{self, Slot, Template};
use crate::tables::rules::totals::stands_for;
use crate::text::code::Code;
use crate::text::edit::Edit;
use crate::text::finding::Finding;
use crate::text::span::Span;
use mdbook_proof_calculator::exact::{self, Verdict};
use mdbook_proof_calculator::expression::as_code;
use mdbook_proof_calculator::runs::Missing;
use mdbook_proof_calculator::value::{ExpressionError, Value};
use mdbook_proof_text::quantity::Printed;
use mdbook_proof_text::rounding::{agrees, is_right, rewritten, with_integer};

/// The code of findings about formulas.
pub(super) const FORMULA: Code = Code::Rule("table-formula");

/// A row that can be computed.
pub(crate) struct Line {
    row: usize,
    column: usize,
    /// The value of each slot: exactly as printed, and at its ends if it is a rounding.
    values: Vec<Vec<String>>,
    /// What the row's other cells say, for messages.
    used: Vec<String>,
    /// The cells that it reads.
    operands: Vec<usize>,
}

/// Reads what a formula needs of a row; none if a cell of it holds no number.
pub(crate) fn line(
    judge: &mut Judge<'_>,
    sheet: &Sheet<'_>,
    column: usize,
    row: usize,
    template: &Template,
) -> Option<Line> {
    let mut line = Line {
        row,
        column,
        values: Vec::new(),
        used: Vec::new(),
        operands: Vec::new(),
    };
    let target = sheet.grid.rows[row].get(column)?;
    match &target.content {
        Content::Nothing | Content::Range => {
            judge
                .meaning
                .skipped
                .insert(target.span.start, target.inner());
            if target.content == Content::Range
                || !judge.source.slice(target.span).trim().is_empty()
            {
                return None;
            }
        }
        _ => {
            judge.figure(sheet, row, column)?;
        }
    }
    for slot in &template.slots {
        let (header, text, values) = match slot {
            Slot::Cell(operand) => {
                let mut figure = judge.figure(sheet, row, *operand)?;
                line.operands.push(figure.start);
                let column = &sheet.grid.columns[*operand];
                let mut text = judge.source.slice(figure.span()).to_owned();
                // One wrong cell is one finding: what follows from it follows from its right text.
                if let Some(right) = judge.corrected.get(&figure.start) {
                    let cell = Cell::read(right, figure.start, sheet.grid.mark);
                    figure = sheet.figure(&cell, *operand)?;
                    text.clone_from(right);
                }
                if let Err(error) = exact::readable(&figure.printed) {
                    let finding = Finding::new(FORMULA, judge.source, figure.span(), error.message)
                        .with_label("a formula reads it");
                    judge.meaning.findings.push(finding);
                    return None;
                }
                let header = format!("[{}]", column.header);
                if let Some(unit) = column.unit.as_ref().filter(|unit| !text.ends_with(*unit)) {
                    text = format!("{text} {unit}");
                }
                (header, text, codes(judge, &figure))
            }
            Slot::Run {
                name,
                key,
                column: from,
            } => {
                let cell = sheet.grid.rows[row].get(*key)?;
                line.operands.push(cell.span.start);
                // As it is written, or without what readers don't take for the key: footnotes and comments.
                let written = judge.source.slice(cell.span).trim();
                let (key, found) = match judge.runs.cell(name, written, from) {
                    Err(Missing::Wrong(_)) if written != cell.text() => {
                        let text = cell.text();
                        let found = judge.runs.cell(name, &text, from);
                        (text, found)
                    }
                    found => (written.to_owned(), found),
                };
                let header = format!("{name}[{key}].{from}");
                match found {
                    Ok(printed) => {
                        let code = as_code(&printed);
                        (header, code.replace(" × 1", ""), vec![code])
                    }
                    Err(Missing::Failed) => return None,
                    Err(Missing::Wrong(message)) => {
                        judge.meaning.findings.push(
                            Finding::new(FORMULA, judge.source, cell.inner(), message)
                                .with_help("the cell names the row of the run's table"),
                        );
                        return None;
                    }
                }
            }
        };
        line.used
            .push(format!("{header} = {}", text.trim_matches(['(', ')', ' '])));
        line.values.push(values);
    }
    line.used.dedup();
    Some(line)
}

/// A figure for the engine: exact, and its ends if its column is declared as rounded.
fn codes(judge: &mut Judge<'_>, figure: &Figure) -> Vec<String> {
    let mut codes = vec![as_code(&figure.printed)];
    if figure.is_rounded
        && let Some(parts) = judge.units.of_parts(&figure.printed)
    {
        let stands = figure.stands(&parts);
        let unit = match figure.unit() {
            "times" => "",
            unit => unit,
        };
        codes.extend(
            [
                stands.value - stands.half_step,
                stands.value + stands.half_step,
            ]
            .map(|value| format!("({value} × 1 {unit})")),
        );
    }
    codes
}

/// Up to this many roundings are tried in every combination of their ends.
const MOST_COMBINED: usize = 6;

/// The values that there are, each counted in `unit`.
fn in_units(
    judge: &mut Judge<'_>,
    values: &[Result<Value, ExpressionError>],
    unit: &str,
) -> Result<Vec<f64>, ExpressionError> {
    let values = values.iter().flatten();
    values.map(|value| judge.in_unit(value, unit)).collect()
}

impl Line {
    /// The formula with this row's values: as printed, then at the ends of its roundings: in every combination, or one by
    /// one where these would be too many.
    pub(crate) fn codes(&self, code: &str) -> Vec<String> {
        let rounded = self.rounded();
        let mut codes = vec![self.filled(code, |_| 0)];
        if self.is_wide() {
            for slot in rounded {
                codes.extend(
                    [1, 2].map(|end| self.filled(code, |at| if at == slot { end } else { 0 })),
                );
            }
        } else if !rounded.is_empty() {
            for corner in 0..1usize << rounded.len() {
                codes.push(self.filled(code, |at| {
                    let bit = rounded.iter().position(|slot| *slot == at);
                    bit.map_or(0, |bit| 1 + (corner >> bit & 1))
                }));
            }
        }
        codes
    }

    /// The slots that hold roundings.
    fn rounded(&self) -> Vec<usize> {
        let slots = 0..self.values.len();
        slots.filter(|at| self.values[*at].len() > 1).collect()
    }

    /// Whether the ends of its roundings have too many combinations to try them all.
    fn is_wide(&self) -> bool {
        self.rounded().len() > MOST_COMBINED
    }

    /// The formula where each rounding has the end that lowers the result most, and the one that raises it most. `results`
    /// are those of [`codes`](Self::codes). Exact where the result goes one way with each cell.
    fn extremes(&self, code: &str, results: &[f64]) -> [String; 2] {
        let rounded = self.rounded();
        let pick = |at: usize, is_high: bool| {
            let Some(slot) = rounded.iter().position(|slot| *slot == at) else {
                return 0;
            };
            let rises = results[1 + 2 * slot] <= results[2 + 2 * slot];
            if rises == is_high { 2 } else { 1 }
        };
        [false, true].map(|is_high| self.filled(code, |at| pick(at, is_high)))
    }

    /// The formula with one value for each slot.
    fn filled(&self, code: &str, pick: impl Fn(usize) -> usize) -> String {
        let mut out = String::with_capacity(code.len() * 2);
        for c in code.chars() {
            let value = template::slot(c)
                .and_then(|at| self.values.get(at).map(|values| &values[pick(at)]));
            match value {
                Some(value) => {
                    out.push('(');
                    out.push_str(value);
                    out.push(')');
                }
                None => out.push(c),
            }
        }
        out
    }

    /// Where bytes of the formula with this row's values are in the formula with its marks.
    pub(crate) fn in_code(&self, code: &str, span: Span) -> Span {
        let (mut start, mut end, mut filled) = (0, code.len(), 0);
        for (at, c) in code.char_indices() {
            let value = template::slot(c).and_then(|at| self.values.get(at)?.first());
            if filled <= span.start {
                start = at;
            }
            filled += value.map_or(c.len_utf8(), |value| value.len() + 2);
            if filled >= span.end {
                end = at + c.len_utf8();
                break;
            }
        }
        Span::new(start.min(end), end)
    }

    /// Compares the row's cell with the value that its formula has.
    pub(crate) fn judge(
        &self,
        judge: &mut Judge<'_>,
        sheet: &Sheet<'_>,
        expression: Span,
        code: &str,
        values: &[Result<Value, ExpressionError>],
    ) {
        let cell = &sheet.grid.rows[self.row][self.column];
        let Some(first) = values.first() else { return };
        let value = match first {
            Ok(value) => value,
            Err(error) => {
                let message = judge.scope.program.in_own_names(&error.message);
                let finding = Finding::new(FORMULA, judge.source, cell.inner(), message)
                    .with_label("this row's formula gives nothing")
                    .with_details(self.account(judge, sheet, expression));
                judge.meaning.findings.push(finding);
                return;
            }
        };
        let Some(figure) = sheet.figure(cell, self.column) else {
            self.offer(judge, sheet, cell, value);
            return;
        };
        let unit = figure.unit().to_owned();
        let all = match self.all(judge, code, values, &unit) {
            Ok(all) => all,
            Err(error) => return self.unfit(judge, sheet, expression, &figure, &error),
        };
        let (Some(parts), Some(computed)) =
            (judge.units.of_parts(&figure.printed), all.first().copied())
        else {
            let error = ExpressionError {
                message: "the figure's units don't belong together".to_owned(),
                span: 0..0,
                help: None,
                is_name_taken: false,
            };
            return self.unfit(judge, sheet, expression, &figure, &error);
        };
        let stands = figure.stands(&parts);
        let low = all.iter().copied().fold(f64::INFINITY, f64::min);
        let high = all.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let verdict = exact::verdict(&figure.printed, value);
        let is_right = match verdict {
            Verdict::TooLong => {
                return self.unfit(judge, sheet, expression, &figure, &exact::too_long());
            }
            Verdict::Wrong => false,
            Verdict::Right => true,
            Verdict::Comparable if self.rounded().is_empty() && !figure.is_rounded => {
                agrees(&figure.printed, &parts, computed)
            }
            Verdict::Comparable => is_right(stands, stands.value.clamp(low, high)),
        };
        judge.meaning.computed.insert(figure.start, is_right);
        judge.meaning.checked.extend(&self.operands);
        if is_right {
            return;
        }
        let source = judge.source;
        let text = source.slice(figure.start..figure.span().end);
        let fits = |printed: &Printed| exact::verdict(printed, value) != Verdict::TooLong;
        let read = |text: &str| {
            let printed = sheet.printed(text, figure.start, self.column);
            printed.filter(fits)
        };
        let new = match (verdict, &value.exact) {
            (Verdict::Wrong, Some(exact)) => with_integer(text, &figure.printed, exact),
            _ => rewritten(text, &figure.printed, &parts, computed, read),
        };
        let written = match &new {
            Some(new) => format!("\n+ {new}"),
            None => String::new(),
        };
        let shown = match unit.as_str() {
            "times" => "×",
            unit => unit,
        };
        let finding = Finding::new(
            FORMULA,
            source,
            figure.span(),
            "the cell is not what its formula gives",
        )
        .with_label(stands_for(stands, shown))
        .with_details(
            format!(
                "- {}{written}\n{}\n  computed: {} {shown}",
                source.slice(figure.span()),
                self.account(judge, sheet, expression),
                value.exact.clone().unwrap_or_else(|| significant(computed)),
            )
            .trim_end()
            .to_owned(),
        );
        judge.meaning.findings.push(match new {
            Some(new) => {
                judge.corrected.insert(figure.start, new.clone());
                finding.with_blessed(Edit::new(figure.span(), new))
            }
            None => finding.with_help(NOT_WRITTEN),
        });
    }

    /// The formula's values in a unit, with those at the ends of what rounded operands cover.
    fn all(
        &self,
        judge: &mut Judge<'_>,
        code: &str,
        values: &[Result<Value, ExpressionError>],
        unit: &str,
    ) -> Result<Vec<f64>, ExpressionError> {
        let mut all = in_units(judge, values, unit)?;
        if self.is_wide() && all.len() == values.len() {
            let codes = self.extremes(code, &all);
            let ends = judge.scope.program.computer.evaluate_all(&codes);
            all.extend(in_units(judge, &ends, unit)?);
        }
        Ok(all)
    }

    /// The row, the column, the formula and the values that it used.
    fn account(&self, judge: &Judge<'_>, sheet: &Sheet<'_>, expression: Span) -> String {
        format!(
            "  row {}, column [{}] = {}\n  with {}",
            sheet.grid.label(self.row),
            sheet.grid.columns[self.column].header,
            judge.source.slice(expression),
            if self.used.is_empty() {
                "no other cell".to_owned()
            } else {
                self.used.join(", ")
            }
        )
    }

    fn unfit(
        &self,
        judge: &mut Judge<'_>,
        sheet: &Sheet<'_>,
        expression: Span,
        figure: &Figure,
        error: &ExpressionError,
    ) {
        let message = judge.scope.program.in_own_names(&error.message);
        let mut finding = Finding::new(FORMULA, judge.source, figure.span(), message)
            .with_details(self.account(judge, sheet, expression));
        finding.help.clone_from(&error.help);
        judge.meaning.findings.push(finding);
    }

    /// What `bless` writes into an empty cell: in the digits and the unit of a figure near it in its column.
    fn offer(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, cell: &Cell, value: &Value) {
        let rows = &sheet.grid.rows;
        let near = |row: usize| sheet.figure(rows[row].get(self.column)?, self.column);
        let model = (0..self.row)
            .rev()
            .chain(self.row + 1..rows.len())
            .find_map(near);
        let is_bare = |model: &Figure| model.unit().is_empty();
        let text = match (&model, &sheet.grid.columns[self.column].unit) {
            _ if value.exact.is_some() && model.as_ref().is_none_or(is_bare) => {
                Some(proposed(value, sheet.grid.mark))
            }
            (Some(model), _) => judge
                .in_unit(value, model.unit())
                .ok()
                .zip(judge.units.of_parts(&model.printed))
                .and_then(|(computed, parts)| {
                    let text = judge.source.slice(model.start..model.span().end);
                    let read = |text: &str| sheet.printed(text, model.start, self.column);
                    rewritten(text, &model.printed, &parts, computed, read)
                }),
            (None, Some(unit)) => judge
                .in_unit(value, unit)
                .ok()
                .map(|number| proposed_number(number, sheet.grid.mark)),
            (None, None) => Some(proposed(value, sheet.grid.mark)),
        };
        let Some(text) = text else { return };
        let finding = Finding::new(FORMULA, judge.source, cell.span, "the cell is empty")
            .with_blessed(Edit::new(cell.span, format!(" {text} ")));
        judge.meaning.unfilled.push(finding);
    }
}
