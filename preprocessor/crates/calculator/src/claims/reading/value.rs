//! The number that an expression has at a point, in base units.

use super::cell::{here, is_number};
use super::{Aggregate, At, Frame, Reader, check_rows, is_aggregate, shape};
use crate::claims::claim::{Calculation, Expr, Kind, Operator};
use crate::claims::{ClaimError, Problem};
use crate::runs::Place;
use crate::value::Value;

impl Reader<'_, '_> {
    /// The value of an expression; none where a cell has no number. Adds the units that it reads to `units`.
    pub(super) fn value<'expr>(
        &mut self,
        expr: &'expr Expr,
        frame: Option<Frame<'expr>>,
        at: &mut At<'_>,
        units: &mut Vec<usize>,
    ) -> Result<Option<f64>, Problem> {
        let value = match &expr.kind {
            Kind::Number(text) => text.replace(',', "").parse().ok(),
            Kind::Name(name) => match self.named(name, expr, frame, at)? {
                Named::Cell(place, block) => self.counted(block, place, expr, at, units)?,
                Named::Setting(number) => Some(number),
                Named::Constant => Some(self.constant(name, expr, frame, at)?.base),
            },
            Kind::Cell { .. } | Kind::Column { .. } | Kind::Row { .. } | Kind::Here(_) => {
                let (block, place) = self.place(expr, frame, at)?;
                if matches!(expr.kind, Kind::Row { .. }) && !is_number(block, place, at) {
                    None
                } else {
                    self.counted(block, place, expr, at, units)?
                }
            }
            Kind::Negated(inner) => self.value(inner, frame, at, units)?.map(|value| -value),
            Kind::Calculated(left, calculation, right) => {
                let left = self.value(left, frame, at, units)?;
                let right = self.value(right, frame, at, units)?;
                left.zip(right).map(|(left, right)| match calculation {
                    Calculation::Add => left + right,
                    Calculation::Subtract => left - right,
                    Calculation::Multiply => left * right,
                    Calculation::Divide => left / right,
                    Calculation::Power => left.powf(right),
                })
            }
            Kind::Called(name, arguments) => {
                self.called(expr, (name, arguments), frame, at, units)?
            }
        };
        match value {
            Some(number) if !number.is_finite() => Err(expr.wrong(
                format!("the value is {number}, which isn't a finite number"),
                "leave the rows out where it divides by zero, as in `where [lost] > 0`",
            )),
            value => Ok(value),
        }
    }

    fn called<'expr>(
        &mut self,
        expr: &'expr Expr,
        (name, arguments): (&str, &'expr [Expr]),
        frame: Option<Frame<'expr>>,
        at: &mut At<'_>,
        units: &mut Vec<usize>,
    ) -> Result<Option<f64>, Problem> {
        if is_aggregate(name, arguments.len()) {
            let found = self.aggregate(expr, name, &arguments[0], at)?;
            units.extend(&found.units);
            return Ok(found.value);
        }
        match (name, arguments) {
            ("rank" | "rank_lowest", [argument]) => self.rank(argument, name == "rank", frame, at),
            ("min" | "max" | "sum" | "mean", [_, ..]) => {
                let mut numbers = Vec::new();
                for argument in arguments {
                    match self.value(argument, frame, at, units)? {
                        Some(number) => numbers.push(number),
                        None => return Ok(None),
                    }
                }
                Ok(combined(name, &numbers))
            }
            (_, [argument]) if function(name).is_some() => {
                let value = self.value(argument, frame, at, units)?;
                Ok(value
                    .zip(function(name))
                    .map(|(value, function)| function(value)))
            }
            _ => {
                for argument in arguments {
                    self.value(argument, frame, at, units)?;
                }
                // It is the value that is asked for here.
                let is_without_zeros = std::mem::replace(&mut self.is_without_zeros, false);
                let code = self.code(expr, frame, at);
                self.is_without_zeros = is_without_zeros;
                match code? {
                    Some(code) => Ok(Some(self.calculator.value(&code, expr)?.base)),
                    None => Ok(None),
                }
            }
        }
    }

    /// What a function gives for a column, a row, or what is calculated for each of their cells: the same at every row.
    pub(super) fn aggregate(
        &mut self,
        expr: &Expr,
        name: &str,
        argument: &Expr,
        at: &mut At<'_>,
    ) -> Result<Aggregate, Problem> {
        let key = (expr.span.start, expr.span.end);
        if let Some(known) = at.aggregates.get(&key) {
            return Ok(known.clone());
        }
        let shape = shape(&[argument])?;
        if matches!(shape, super::Shape::Single) {
            return Err(argument.wrong(
                format!("`{name}` takes a column, a row or several values"),
                "write `mean(sweep.wait)`, `max(sweep[80])` or `min(a, b)`",
            ));
        }
        let frames = self.frames(shape, at)?;
        check_rows(&[argument], &frames, at)?;
        let (mut numbers, mut units) = (Vec::new(), Vec::new());
        for frame in frames {
            numbers.extend(self.value(argument, frame, at, &mut units)?);
        }
        units.sort_unstable();
        units.dedup();
        let found = Aggregate {
            value: combined(name, &numbers),
            units,
            codes: [None, None],
        };
        at.aggregates.insert(key, found.clone());
        Ok(found)
    }

    /// What the calculator knows a word as.
    pub(super) fn constant(
        &mut self,
        name: &str,
        expr: &Expr,
        frame: Option<Frame<'_>>,
        at: &At<'_>,
    ) -> Result<Value, Problem> {
        self.calculator.value(name, expr).map_err(|problem| {
            let Problem::Wrong(error) = problem else {
                return problem;
            };
            let help = match here(name, expr, frame, at) {
                Ok(Some(_)) => Some(format!(
                    "write `[{name}]` for this row's cell of that column"
                )),
                _ if error.help.is_some() || self.plan.names.is_empty() => error.help,
                _ => {
                    let names: Vec<&str> = self.plan.names.iter().map(String::as_str).collect();
                    Some(format!("what varies is {}", names.join(", ")))
                }
            };
            Problem::Wrong(ClaimError { help, ..error })
        })
    }

    /// Which place a cell has among the numbers of its row, or of its column: 1 is the highest, or the lowest.
    fn rank<'expr>(
        &mut self,
        argument: &'expr Expr,
        is_highest: bool,
        frame: Option<Frame<'expr>>,
        at: &mut At<'_>,
    ) -> Result<Option<f64>, Problem> {
        if !matches!(argument.kind, Kind::Column { .. } | Kind::Row { .. }) {
            return Err(argument.wrong(
                "`rank` takes a column or a row",
                "write `rank(policies.LRU)`, the place of each cell in its row, or `rank(policies[LRU])`, its place in its column",
            ));
        }
        let (block, place) = self.place(argument, frame, at)?;
        if !is_number(block, place, at) {
            return Ok(None);
        }
        // A rank is a bare number, whatever the units are.
        let Some(own) = self.counted(block, place, argument, at, &mut Vec::new())? else {
            return Ok(None);
        };
        let table = at.of(block, argument)?.table(place.table);
        let (width, height) = (table.header.len(), table.rows.len());
        let others: Vec<Place> = match argument.kind {
            Kind::Column { .. } => (1..width).map(|column| Place { column, ..place }).collect(),
            _ => (0..height).map(|row| Place { row, ..place }).collect(),
        };
        let dimension = self.dimension(block, place, argument, at)?;
        let mut rank = 1.0;
        for other in others {
            if !is_number(block, other, at)
                || self.dimension(block, other, argument, at)? != dimension
            {
                continue;
            }
            let Some(number) = self.number(block, other, argument, at)? else {
                continue;
            };
            let beats = match is_highest {
                true => Operator::Greater,
                false => Operator::Less,
            };
            rank += f64::from(u8::from(beats.holds(number.base, own)));
        }
        Ok(Some(rank))
    }

    /// What a word is at a row: the row's key, a parameter, or a name of the page and a unit.
    pub(super) fn named<'expr>(
        &self,
        name: &str,
        expr: &'expr Expr,
        frame: Option<Frame<'expr>>,
        at: &At<'_>,
    ) -> Result<Named<'expr>, Problem> {
        if let Some((block, place)) = here(name, expr, frame, at)?
            && place.column == 0
        {
            return Ok(Named::Cell(place, block));
        }
        if !self.plan.names.contains(name) {
            return Ok(Named::Constant);
        }
        let Some(setting) = self.setting(name, at) else {
            return Err(expr.wrong(
                format!("`{name}` has several settings at once here"),
                &format!("vary it, as in `for {name}`, or read the row's key"),
            ));
        };
        let number = setting.replace('_', "").parse().ok();
        match number.filter(|number: &f64| number.is_finite()) {
            Some(number) => Ok(Named::Setting(number)),
            None => Err(expr.wrong(
                format!("`{name}` is `{setting}` here, which isn't a number"),
                "compare it as a text: `where [name] is text`",
            )),
        }
    }
}

/// What a word is.
pub(super) enum Named<'expr> {
    /// The key of the row.
    Cell(Place, &'expr str),
    /// A parameter's setting.
    Setting(f64),
    /// What the calculator knows.
    Constant,
}

/// The sum, mean, smallest or largest of some numbers; none of none.
fn combined(name: &str, numbers: &[f64]) -> Option<f64> {
    let first = *numbers.first()?;
    let sum = || numbers.iter().sum::<f64>();
    Some(match name {
        "min" => numbers.iter().copied().fold(first, f64::min),
        "max" => numbers.iter().copied().fold(first, f64::max),
        "sum" => sum(),
        _ => sum() / count(numbers.len()),
    })
}

/// A count as a number.
pub(in crate::claims) fn count(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::MAX, f64::from)
}

/// A function of one number.
fn function(name: &str) -> Option<fn(f64) -> f64> {
    Some(match name {
        "abs" => f64::abs,
        "sqrt" => f64::sqrt,
        "ln" => f64::ln,
        "log2" => f64::log2,
        "log10" => f64::log10,
        "exp" => f64::exp,
        "floor" => f64::floor,
        "ceil" => f64::ceil,
        "round" => f64::round,
        _ => return None,
    })
}
