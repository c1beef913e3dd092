//! Which rows and settings a claim speaks of.

use super::cell::{here, no_column};
use super::measure::Unit;
use super::value::Named;
use super::{At, Frame, Line, Reader};
use crate::claims::claim::{Condition, Expr, Kind, Operator};
use crate::claims::{ClaimError, Problem};
use crate::runs::plain;

impl Reader<'_, '_> {
    /// Whether the claim speaks of the point's settings at all.
    pub(in crate::claims) fn speaks(
        &mut self,
        tested: &[&Expr],
        at: &mut At<'_>,
    ) -> Result<bool, Problem> {
        let conditions = self.conditions;
        for (number, condition) in conditions.iter().enumerate() {
            let left = condition.left();
            let Kind::Name(name) = &left.kind else {
                continue;
            };
            if has_column(tested, name, at) || !self.plan.names.contains(name) {
                continue;
            }
            at.applied[number] = true;
            let holds = match condition {
                Condition::Is { is_not, text, .. } => {
                    let setting = self.setting(name, at).unwrap_or_default();
                    (plain(setting) == plain(text)) != *is_not
                }
                Condition::Compared(left, operator, right) => {
                    self.compares(left, *operator, right, None, at)?
                }
            };
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Whether all conditions that are about a row's table pick the row.
    pub(super) fn is_picked(&mut self, frame: Frame<'_>, at: &mut At<'_>) -> Result<bool, Problem> {
        let conditions = self.conditions;
        for (number, condition) in conditions.iter().enumerate() {
            let Some(holds) = self.picks(condition, Some(frame), at)? else {
                continue;
            };
            at.applied[number] = true;
            if !holds {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Refuses conditions that picked nothing at a point.
    pub(in crate::claims) fn check_conditions(
        &self,
        frame: Option<Frame<'_>>,
        at: &At<'_>,
    ) -> Result<(), Problem> {
        let conditions = self.conditions.iter().zip(&at.applied);
        let Some((condition, _)) = { conditions }.find(|(_, is_applied)| !**is_applied) else {
            return Ok(());
        };
        let left = condition.left();
        if let (Kind::Name(column) | Kind::Here(column), Some(Line::Row(_))) =
            (&left.kind, frame.map(|frame| frame.line))
        {
            return Err(left.missing(no_column(column, frame, at)));
        }
        Err(Problem::Wrong(
            ClaimError::new(
                left.span.clone(),
                "`where` picks rows, and the claim compares no column row by row",
            )
            .with_help("write `sweep.wait` for a column, or leave `where` out"),
        ))
    }

    /// Whether a condition picks a row; none where it isn't about the row's table.
    fn picks<'expr>(
        &mut self,
        condition: &'expr Condition,
        frame: Option<Frame<'expr>>,
        at: &mut At<'_>,
    ) -> Result<Option<bool>, Problem> {
        let left = condition.left();
        let found = match &left.kind {
            Kind::Name(column) | Kind::Here(column) => here(column, left, frame, at)?,
            Kind::Column { .. } if frame.is_some_and(|frame| frame.sort() == "row") => {
                Some(self.place(left, frame, at)?)
            }
            _ => {
                let reads = frame.is_some_and(|frame| frame.sort() == "row");
                return match condition {
                    Condition::Compared(left, operator, right) if reads => {
                        Ok(Some(self.compares(left, *operator, right, frame, at)?))
                    }
                    _ => Ok(None),
                };
            }
        };
        let Some((block, place)) = found else {
            return Ok(None);
        };
        match condition {
            Condition::Is { is_not, text, .. } => Ok(Some(
                (plain(at.text(block, place)) == plain(text)) != *is_not,
            )),
            Condition::Compared(left, operator, right) => {
                let Some(number) = self.number(block, place, left, at)? else {
                    return Ok(Some(false));
                };
                // A number without a unit is one of the column's own.
                if right.is_bare() || self.is_setting_alone(right, frame, at) {
                    let right = self.value(right, frame, at, &mut Vec::new())?;
                    return Ok(right.map(|right| operator.holds(number.printed, right)));
                }
                let right = self.measured(right, frame, at)?;
                let one = self.calculator.unit(&number.unit, left)?;
                match right {
                    Some(right) if right.unit.dimension == one.dimension => {
                        Ok(Some(operator.holds(number.base, right.base)))
                    }
                    Some(other) => {
                        let unit = Unit {
                            dimension: one.dimension,
                            name: number.unit,
                            one: one.base,
                        };
                        Err(condition.unfit(&unit, &other.unit))
                    }
                    None => Ok(Some(false)),
                }
            }
        }
    }

    /// Whether an expression is a parameter's name alone.
    fn is_setting_alone<'expr>(
        &self,
        expr: &'expr Expr,
        frame: Option<Frame<'expr>>,
        at: &At<'_>,
    ) -> bool {
        match &expr.kind {
            Kind::Name(name) => {
                matches!(self.named(name, expr, frame, at), Ok(Named::Setting(_)))
            }
            _ => false,
        }
    }

    fn compares<'expr>(
        &mut self,
        left: &'expr Expr,
        operator: Operator,
        right: &'expr Expr,
        frame: Option<Frame<'expr>>,
        at: &mut At<'_>,
    ) -> Result<bool, Problem> {
        let measured = self.measured(left, frame, at)?;
        let other = self.measured(right, frame, at)?;
        let Some((measured, other)) = measured.zip(other) else {
            return Ok(false);
        };
        let is_unfit = measured.unit.dimension != other.unit.dimension && other.base != 0.0;
        if is_unfit || measured.unit.is_lacking(right, &other) {
            let condition = Condition::Compared(left.clone(), operator, right.clone());
            return Err(condition.unfit(&measured.unit, &other.unit));
        }
        Ok(operator.holds(measured.base, other.base))
    }
}

/// Whether a test goes through the rows of a table with this column.
fn has_column(tested: &[&Expr], name: &str, at: &At<'_>) -> bool {
    let mut has_column = false;
    for expr in tested {
        expr.each(&mut |part| {
            let Kind::Column { block, column } = &part.kind else {
                return;
            };
            let tables = at.tables.get(block);
            let table = tables.and_then(|tables| Some((tables, tables.column(column).ok()?.0)));
            has_column |= table.is_some_and(|(tables, table)| {
                // Several columns of the name are an error of their own.
                !matches!(tables.column_of(table, name), Ok(None))
            });
        });
    }
    has_column
}

impl Condition {
    fn left(&self) -> &Expr {
        match self {
            Self::Compared(left, ..) | Self::Is { column: left, .. } => left,
        }
    }

    fn unfit(&self, unit: &Unit, other: &Unit) -> Problem {
        let span = match self {
            Self::Compared(left, _, right) => left.span.start..right.span.end,
            Self::Is { column, .. } => column.span.clone(),
        };
        let message = format!(
            "the condition compares what is {} with what is {}",
            unit.words(),
            other.words()
        );
        Problem::Wrong(ClaimError::new(span, message).with_help("write both in units of one kind"))
    }
}
