//! What two values have to be to each other, and how a message says that they aren't.

use super::seen::{Compared, Sides};
use crate::claims::claim::{Claim, Expr, Operator, Test};
use crate::claims::number;
use crate::claims::reading::Measured;
use crate::claims::{ClaimError, Problem};

/// What two expressions of a claim have to be to each other.
pub(super) struct Relation<'claim> {
    pub(super) left: &'claim Expr,
    pub(super) right: &'claim Expr,
    pub(super) sort: Sort<'claim>,
}

/// How they are compared.
pub(super) enum Sort<'claim> {
    Compared(Operator),
    /// No further apart than a tolerance: a share of the right side, or a quantity.
    Within {
        tolerance: &'claim Expr,
        is_relative: bool,
    },
    /// Both sides are one expression, in a row and the next one.
    Next(Operator),
}

impl<'claim> Relation<'claim> {
    /// The relations of a claim, in their order; none for a claim about a text.
    pub(super) fn all(claim: &'claim Claim) -> Vec<Self> {
        match &claim.test {
            Test::Compared(sides, operators) => sides
                .windows(2)
                .zip(operators)
                .map(|(pair, operator)| Self {
                    left: &pair[0],
                    right: &pair[1],
                    sort: Sort::Compared(*operator),
                })
                .collect(),
            Test::Monotone(expr, trend) => vec![Self {
                left: expr,
                right: expr,
                sort: Sort::Next(trend.operator()),
            }],
            Test::Within {
                left,
                tolerance,
                is_relative,
                right,
            } => vec![Self {
                left,
                right,
                sort: Sort::Within {
                    tolerance,
                    is_relative: *is_relative,
                },
            }],
            Test::Is { .. } | Test::Contains { .. } => Vec::new(),
        }
    }

    /// How far apart two values may be, for `within`.
    pub(super) fn tolerance(&self, one: &Compared) -> f64 {
        match self.sort {
            Sort::Within {
                is_relative: true, ..
            } => one.tolerance * one.right.abs(),
            _ => one.tolerance,
        }
    }

    pub(super) fn holds(&self, one: &Compared) -> bool {
        match self.sort {
            Sort::Compared(operator) | Sort::Next(operator) => operator.holds(one.left, one.right),
            Sort::Within { .. } => {
                let distance = (one.left - one.right).abs();
                let noise = 1e-12 * one.left.abs().max(one.right.abs());
                distance <= self.tolerance(one) + noise
            }
        }
    }

    /// By which share the right side, or the tolerance, could be moved before it fails.
    pub(super) fn margin(&self, one: &Compared) -> Option<f64> {
        let margin = match self.sort {
            Sort::Compared(operator) | Sort::Next(operator) => match operator {
                Operator::Less | Operator::AtMost => (one.right - one.left) / one.right.abs(),
                Operator::Greater | Operator::AtLeast => (one.left - one.right) / one.right.abs(),
                Operator::Equal | Operator::Unequal => return None,
            },
            Sort::Within { .. } => 1.0 - (one.left - one.right).abs() / self.tolerance(one),
        };
        margin.is_finite().then_some(margin)
    }

    /// What is there, and what the claim says.
    pub(super) fn found(&self, claim: &Claim, one: &Compared, sides: &Sides) -> String {
        let Some(unit) = sides.unit(one.pair) else {
            return String::new();
        };
        let (left, right) = number::two(one.left / unit.one, one.right / unit.one, &unit.name);
        let name = |expr: &Expr| claim.slice(&expr.span).to_owned();
        let other = match name(self.right) == right {
            true => right.clone(),
            false => format!("`{}`, {right}", name(self.right)),
        };
        let subject = format!("`{}`", name(self.left));
        match &self.sort {
            Sort::Compared(operator) => {
                format!(
                    "{subject} is {left}, which is not {} {other}",
                    words(*operator)
                )
            }
            Sort::Next(operator) => {
                let trend = match operator {
                    Operator::Less => "doesn't rise",
                    Operator::Greater => "doesn't fall",
                    Operator::AtLeast => "rises",
                    _ => "falls",
                };
                format!("{subject} {trend} from {left} to {right}")
            }
            Sort::Within {
                tolerance,
                is_relative,
            } => {
                let written = name(tolerance);
                let distance = (one.left - one.right).abs();
                let away = match is_relative {
                    true => number::quantity(100.0 * distance / one.right.abs(), "%"),
                    false => number::quantity(distance / unit.one, &unit.name),
                };
                format!(
                    "{subject} is {left}, which is not within {written} of {other}: they are {away} apart"
                )
            }
        }
    }

    /// Refuses sides that measure different things, and numbers without the unit of the other side.
    pub(super) fn check(
        &self,
        claim: &Claim,
        left: &Measured,
        right: &Measured,
    ) -> Result<(), Problem> {
        let written = |expr: &Expr| claim.slice(&expr.span);
        let sides = [
            (self.left, left, self.right, right),
            (self.right, right, self.left, left),
        ];
        for (expr, measured, other, with) in sides {
            if with.unit.is_lacking(expr, measured) {
                let number = written(expr);
                return Err(expr.wrong(
                    format!(
                        "`{number}` has no unit, and `{}` is {}",
                        written(other),
                        with.unit.words()
                    ),
                    &format!("write `{}`", with.unit.after(number)),
                ));
            }
        }
        // 0 is one of anything.
        let is_zero = |expr: &Expr, side: &Measured| side.base == 0.0 && !expr.reads();
        if left.unit.dimension == right.unit.dimension
            || is_zero(self.left, left)
            || is_zero(self.right, right)
        {
            return Ok(());
        }
        let message = format!(
            "`{}` is {}, and `{}` is {}: they can't be compared",
            written(self.left),
            left.unit.words(),
            written(self.right),
            right.unit.words()
        );
        let end = self.right.span.end.max(self.left.span.end);
        Err(ClaimError::new(self.left.span.start..end, message)
            .with_help("compare quantities of one kind")
            .into())
    }

    /// Refuses a tolerance that measures something else than the sides, and one below 0.
    pub(super) fn check_tolerance(
        &self,
        claim: &Claim,
        tolerance: &Measured,
        left: &Measured,
    ) -> Result<(), Problem> {
        let Sort::Within {
            tolerance: expr,
            is_relative,
        } = self.sort
        else {
            return Ok(());
        };
        if tolerance.base < 0.0 {
            return Err(expr.wrong(
                "nothing is within less than 0 of anything",
                "write a tolerance above 0",
            ));
        }
        let unit = &left.unit;
        let is_unfit = tolerance.unit.dimension != unit.dimension && tolerance.base != 0.0;
        if is_relative || !(is_unfit || unit.is_lacking(expr, tolerance)) {
            return Ok(());
        }
        let written = |expr: &Expr| claim.slice(&expr.span);
        let (one, other, number) = (written(self.left), written(self.right), written(expr));
        let help = match unit.name.as_str() {
            "%" => format!(
                "write `abs({one} - {other}) ≤ {}`, or a share of the right side, as in `within 5% of`",
                unit.after(number)
            ),
            _ => format!(
                "write it as one, as in `{}`, or as a share of the right side, as in `within 5% of`",
                unit.after("5").trim_end()
            ),
        };
        Err(expr.wrong(
            format!(
                "the tolerance `{number}` is {}, and `{one}` is {}",
                tolerance.unit.words(),
                unit.words()
            ),
            &help,
        ))
    }
}

/// How a message says what an operator asks for.
pub(super) fn words(operator: Operator) -> &'static str {
    match operator {
        Operator::Less => "below",
        Operator::AtMost => "at most",
        Operator::Greater => "above",
        Operator::AtLeast => "at least",
        Operator::Equal => "equal to",
        Operator::Unequal => "different from",
    }
}
