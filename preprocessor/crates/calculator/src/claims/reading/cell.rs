//! The cells that an expression reads, and their numbers.

use super::{At, Frame, Line, Reader, count};
use crate::claims::Problem;
use crate::claims::claim::{Expr, Kind};
use crate::expression::as_code;
use crate::runs::{Missing, Place};
use mdbook_proof_text::quantity::{self, Printed};

/// The number of a cell.
#[derive(Debug, Clone)]
pub(super) struct Number {
    /// In base units.
    pub(super) base: f64,
    /// As it is printed.
    pub(super) printed: f64,
    /// Its unit, empty for a bare number and for one of several units.
    pub(super) unit: String,
    /// It in the interpreter's words.
    pub(super) code: String,
}

impl Reader<'_, '_> {
    /// The cell that an expression reads.
    pub(in crate::claims) fn place<'expr>(
        &mut self,
        expr: &'expr Expr,
        frame: Option<Frame<'expr>>,
        at: &At<'_>,
    ) -> Result<(&'expr str, Place), Problem> {
        let line = frame.map(|frame| frame.line);
        match (&expr.kind, line) {
            (Kind::Cell { block, key, column }, _) => {
                Ok((block, self.cell(block, key, column, expr, at)?))
            }
            (Kind::Column { block, column }, Some(Line::Row(row))) => {
                let tables = at.of(block, expr)?;
                let (table, column) = tables.column(column).map_err(|error| expr.missing(error))?;
                let row = match frame {
                    Some(frame) if (frame.block, frame.table) == (block, table) => row,
                    _ => matching(expr, (block, table), frame, at)?,
                };
                Ok((block, Place { table, row, column }))
            }
            (Kind::Row { block, key }, Some(Line::Column(column))) => {
                let (table, row) = self.row(block, key, expr, at)?;
                let column = match frame {
                    Some(frame) if (frame.block, frame.table) == (block, table) => column,
                    Some(frame) => {
                        let header = at.label(frame);
                        let tables = at.of(block, expr)?;
                        let column = tables.column_of(table, &header);
                        let column = column.map_err(|error| expr.missing(error))?;
                        column.ok_or_else(|| {
                            expr.missing(Missing::Wrong(format!(
                                "`{block}` has no column `{header}`, and `{}` has one",
                                frame.block
                            )))
                        })?
                    }
                    None => column,
                };
                Ok((block, Place { table, row, column }))
            }
            (Kind::Here(column), Some(Line::Row(_))) => match here(column, expr, frame, at)? {
                Some(found) => Ok(found),
                None => Err(expr.missing(no_column(column, frame, at))),
            },
            (Kind::Here(column), _) => Err(expr.wrong(
                format!(
                    "`[{column}]` is the cell of a row, and the claim goes through no rows here"
                ),
                "write the block before it, as in `sweep.[hit ratio]`",
            )),
            _ => Err(expr.wrong(
                "a column is compared row by row, and a row column by column",
                "write `sweep[80].wait` for one cell",
            )),
        }
    }

    /// The base of a cell's number; where it has none, that is counted.
    pub(super) fn counted(
        &mut self,
        block: &str,
        place: Place,
        expr: &Expr,
        at: &mut At<'_>,
        units: &mut Vec<usize>,
    ) -> Result<Option<f64>, Problem> {
        match self.number(block, place, expr, at)? {
            Some(number) => {
                units.push(self.calculator.number(&number.unit));
                Ok(Some(number.base))
            }
            None => {
                let Place { table, row, column } = place;
                at.skipped.insert((block.to_owned(), table, row, column));
                Ok(None)
            }
        }
    }

    /// The number of a cell.
    pub(super) fn number(
        &mut self,
        block: &str,
        place: Place,
        expr: &Expr,
        at: &At<'_>,
    ) -> Result<Option<Number>, Problem> {
        if is_missing(at.text(block, place)) {
            return Ok(None);
        }
        let tables = at.of(block, expr)?;
        let printed: Printed = tables.number(place).map_err(|error| expr.missing(error))?;
        let sign = if printed.is_negative { -1.0 } else { 1.0 };
        let mut base = 0.0;
        for part in &printed.parts {
            let one = self.calculator.unit(&part.unit, expr)?;
            base += part.number * part.scale * one.base;
        }
        let (shown, unit) = match printed.parts.as_slice() {
            [part] => (part.number * part.scale, part.unit.clone()),
            [first, ..] => (base, first.unit.clone()),
            [] => (base, String::new()),
        };
        let unit = if unit == "times" { String::new() } else { unit };
        let code = match self.is_without_zeros {
            true => format!("({} {unit})", number_for(expr)),
            false => as_code(&printed),
        };
        Ok(Some(Number {
            base: sign * base,
            printed: sign * shown,
            unit,
            code,
        }))
    }

    /// What the number of a cell measures.
    pub(super) fn dimension(
        &mut self,
        block: &str,
        place: Place,
        expr: &Expr,
        at: &At<'_>,
    ) -> Result<String, Problem> {
        match self.number(block, place, expr, at)? {
            Some(number) => Ok(self.calculator.unit(&number.unit, expr)?.dimension),
            None => Ok(String::new()),
        }
    }
}

/// A number in place of what an expression reads, above 0 and seldom that of another one.
pub(super) fn number_for(expr: &Expr) -> f64 {
    1.0 + count(expr.span.start % 97 + 1) / 73.0
}

/// That the table of a row has no such column.
pub(super) fn no_column(column: &str, frame: Option<Frame<'_>>, at: &At<'_>) -> Missing {
    let missing = frame.and_then(|frame| at.tables.get(frame.block)?.column(column).err());
    missing.unwrap_or_else(|| Missing::Wrong(format!("there is no column `{column}`")))
}

/// The row of another table that has the key of this one.
fn matching(
    expr: &Expr,
    (block, table): (&str, usize),
    frame: Option<Frame<'_>>,
    at: &At<'_>,
) -> Result<usize, Problem> {
    let key = frame.map(|frame| at.label(frame)).unwrap_or_default();
    match at.of(block, expr)?.rows(table, &key).as_slice() {
        [row] => Ok(*row),
        rows => Err(expr.missing(Missing::Wrong(match rows.len() {
            0 => format!("`{block}` has no row `{key}`"),
            _ => format!("`{block}` has several rows `{key}`: give each row a key of its own"),
        }))),
    }
}

/// This row's cell of a column: of its own table, or of another one that the claim reads.
pub(super) fn here<'expr>(
    column: &str,
    expr: &'expr Expr,
    frame: Option<Frame<'expr>>,
    at: &At<'_>,
) -> Result<Option<(&'expr str, Place)>, Problem> {
    let Some(frame) = frame else {
        return Ok(None);
    };
    let Line::Row(row) = frame.line else {
        return Ok(None);
    };
    let own = at.of(frame.block, expr)?.column_of(frame.table, column);
    let table = frame.table;
    Ok(own
        .map_err(|error| expr.missing(error))?
        .map(|column| (frame.block, Place { table, row, column })))
}

/// Whether a cell has a number, or one that is missing.
pub(super) fn is_number(block: &str, place: Place, at: &At<'_>) -> bool {
    let text = at.text(block, place);
    is_missing(text) || quantity::whole(text).is_some()
}

/// Whether a cell says that it has no number.
fn is_missing(text: &str) -> bool {
    matches!(text.trim(), "" | "—" | "–" | "-" | "−")
}
