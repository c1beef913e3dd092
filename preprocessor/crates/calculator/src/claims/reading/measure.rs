//! What an expression measures: checked by the interpreter, once for the units that it reads.

use super::cell::number_for;
use super::value::Named;
use super::{At, Frame, Reader, is_aggregate, shape};
use crate::claims::Problem;
use crate::claims::claim::{Calculation, Expr, Kind};
use std::collections::BTreeMap;
use std::rc::Rc;

/// A value, and what it measures.
#[derive(Debug, Clone)]
pub(in crate::claims) struct Measured {
    /// In base units.
    pub(in crate::claims) base: f64,
    pub(in crate::claims) unit: Rc<Unit>,
}

/// What an expression measures, and the unit that messages say it in.
#[derive(Debug, Clone, PartialEq)]
pub(in crate::claims) struct Unit {
    /// The base units; empty for a bare number.
    pub(in crate::claims) dimension: String,
    /// The unit, as the page writes it.
    pub(in crate::claims) name: String,
    /// One of it, in base units.
    pub(in crate::claims) one: f64,
}

impl Reader<'_, '_> {
    /// The value of an expression, and what it measures; none where a cell has no number.
    pub(in crate::claims) fn measured<'expr>(
        &mut self,
        expr: &'expr Expr,
        frame: Option<Frame<'expr>>,
        at: &mut At<'_>,
    ) -> Result<Option<Measured>, Problem> {
        let mut units = Vec::new();
        let Some(base) = self.value(expr, frame, at, &mut units)? else {
            return Ok(None);
        };
        let key = (expr.span.start, expr.span.end, units);
        if let Some(unit) = self.measures.get(&key) {
            let unit = Rc::clone(unit);
            return Ok(Some(Measured { base, unit }));
        }
        let Some(code) = self.code(expr, frame, at)? else {
            return Ok(None);
        };
        let mut value = self.calculator.value(&code, expr)?;
        if value.base == 0.0 {
            self.is_without_zeros = true;
            let code = self.code(expr, frame, at);
            self.is_without_zeros = false;
            if let Some(code) = code?
                && let Ok(other) = self.calculator.value(&code, expr)
            {
                value = other;
            }
        }
        let natural = || {
            let dimension = value.dimension.clone();
            let (name, one) = match value.number {
                0.0 => (dimension.clone(), 1.0),
                number => (value.unit.clone(), value.base / number),
            };
            Unit {
                dimension,
                name,
                one,
            }
        };
        let unit = match self.unit(expr, frame, at)? {
            Some(name) => {
                let one = self.calculator.unit(&name, expr)?;
                match one.dimension == value.dimension {
                    true => Unit {
                        dimension: one.dimension,
                        name,
                        one: one.base,
                    },
                    false => natural(),
                }
            }
            None => natural(),
        };
        let unit = Rc::new(unit);
        self.measures.insert(key, Rc::clone(&unit));
        Ok(Some(Measured { base, unit }))
    }

    /// An expression in the interpreter's words, with the quantities that it reads in place of references.
    pub(super) fn code<'expr>(
        &mut self,
        expr: &'expr Expr,
        frame: Option<Frame<'expr>>,
        at: &mut At<'_>,
    ) -> Result<Option<String>, Problem> {
        Ok(match &expr.kind {
            Kind::Number(text) => Some(text.clone()),
            Kind::Name(name) => match self.named(name, expr, frame, at)? {
                Named::Cell(place, block) => {
                    let number = self.number(block, place, expr, at)?;
                    number.map(|number| number.code)
                }
                Named::Setting(_) if self.is_without_zeros => Some(number_for(expr).to_string()),
                Named::Setting(number) => Some(format!("({number})")),
                Named::Constant => Some(name.clone()),
            },
            Kind::Cell { .. } | Kind::Column { .. } | Kind::Row { .. } | Kind::Here(_) => {
                let (block, place) = self.place(expr, frame, at)?;
                let number = self.number(block, place, expr, at)?;
                number.map(|number| number.code)
            }
            Kind::Negated(inner) => {
                let inner = self.code(inner, frame, at)?;
                inner.map(|inner| format!("(-{inner})"))
            }
            Kind::Calculated(left, calculation, right) => {
                let left = self.code(left, frame, at)?;
                let right = self.code(right, frame, at)?;
                let sign = match calculation {
                    Calculation::Add => "+",
                    Calculation::Subtract => "-",
                    Calculation::Multiply => "×",
                    Calculation::Divide => "/",
                    Calculation::Power => "^",
                };
                left.zip(right)
                    .map(|(left, right)| format!("({left} {sign} {right})"))
            }
            Kind::Called(name, arguments) => self.call(expr, (name, arguments), frame, at)?,
        })
    }

    fn call<'expr>(
        &mut self,
        expr: &'expr Expr,
        (name, arguments): (&str, &'expr [Expr]),
        frame: Option<Frame<'expr>>,
        at: &mut At<'_>,
    ) -> Result<Option<String>, Problem> {
        if is_aggregate(name, arguments.len()) {
            return self.aggregate_code(expr, name, &arguments[0], at);
        }
        if matches!((name, arguments), ("rank" | "rank_lowest", [_])) {
            return Ok(Some("1".to_owned()));
        }
        let mut codes = Vec::new();
        for argument in arguments {
            match self.code(argument, frame, at)? {
                Some(code) => codes.push(code),
                None => return Ok(None),
            }
        }
        Ok(Some(match name {
            "min" | "max" | "sum" | "mean" => format!("({})", codes.join(" + ")),
            _ => format!("{name}({})", codes.join(", ")),
        }))
    }

    /// A sum of one cell of each unit in the interpreter's words, which says whether the cells measure the same.
    fn aggregate_code(
        &mut self,
        expr: &Expr,
        name: &str,
        argument: &Expr,
        at: &mut At<'_>,
    ) -> Result<Option<String>, Problem> {
        let found = self.aggregate(expr, name, argument, at)?;
        let which = usize::from(self.is_without_zeros);
        if found.codes[which].is_some() {
            return Ok(found.codes[which].clone());
        }
        let mut codes: BTreeMap<Vec<usize>, String> = BTreeMap::new();
        for frame in self.frames(shape(&[argument])?, at)? {
            let mut units = Vec::new();
            if self.value(argument, frame, at, &mut units)?.is_none() || codes.contains_key(&units)
            {
                continue;
            }
            if let Some(code) = self.code(argument, frame, at)? {
                codes.insert(units, code);
            }
        }
        let codes: Vec<String> = codes.into_values().collect();
        let code = (!codes.is_empty()).then(|| format!("({})", codes.join(" + ")));
        if let Some(known) = at.aggregates.get_mut(&(expr.span.start, expr.span.end)) {
            known.codes[which].clone_from(&code);
        }
        Ok(code)
    }

    /// The unit that leads an expression: that of its first cell or name that isn't divided away.
    fn unit<'expr>(
        &mut self,
        expr: &'expr Expr,
        frame: Option<Frame<'expr>>,
        at: &mut At<'_>,
    ) -> Result<Option<String>, Problem> {
        Ok(match &expr.kind {
            Kind::Number(_) => None,
            Kind::Name(name) => match self.named(name, expr, frame, at)? {
                Named::Cell(place, block) => {
                    let number = self.number(block, place, expr, at)?;
                    number
                        .map(|number| number.unit)
                        .filter(|unit| !unit.is_empty())
                }
                Named::Setting(_) => None,
                Named::Constant => {
                    let value = self.constant(name, expr, frame, at)?;
                    match name.as_str() {
                        "%" => Some(name.clone()),
                        _ => Some(value.unit).filter(|unit| !unit.is_empty()),
                    }
                }
            },
            Kind::Cell { .. } | Kind::Column { .. } | Kind::Row { .. } | Kind::Here(_) => {
                let (block, place) = self.place(expr, frame, at)?;
                let number = self.number(block, place, expr, at)?;
                number
                    .map(|number| number.unit)
                    .filter(|unit| !unit.is_empty())
            }
            Kind::Negated(inner) => self.unit(inner, frame, at)?,
            Kind::Calculated(left, calculation, right) => {
                let left = self.unit(left, frame, at)?;
                let right = self.unit(right, frame, at)?;
                match (calculation, left, right) {
                    (Calculation::Add | Calculation::Subtract, left, right) => left.or(right),
                    (Calculation::Multiply | Calculation::Divide, Some(unit), None)
                    | (Calculation::Multiply, None, Some(unit)) => Some(unit),
                    _ => None,
                }
            }
            Kind::Called(name, arguments) => match (name.as_str(), arguments.as_slice()) {
                ("min" | "max" | "sum" | "mean" | "abs", [argument]) => {
                    let frame = match is_aggregate(name, 1) {
                        true => self
                            .frames(shape(&[argument])?, at)?
                            .first()
                            .copied()
                            .flatten(),
                        false => frame,
                    };
                    self.unit(argument, frame, at)?
                }
                ("min" | "max" | "sum" | "mean", [first, ..]) => self.unit(first, frame, at)?,
                _ => None,
            },
        })
    }
}

impl Unit {
    /// Whether it counts what a bare number counts otherwise, as percent does.
    pub(in crate::claims) fn is_counted(&self) -> bool {
        self.dimension.is_empty() && self.one.to_bits() != 1f64.to_bits()
    }

    /// Whether an expression is a number that lacks this unit.
    pub(in crate::claims) fn is_lacking(&self, expr: &Expr, measured: &Measured) -> bool {
        expr.is_bare()
            && measured.base != 0.0
            && (measured.unit.dimension != self.dimension || self.is_counted())
    }

    /// How messages say it.
    pub(in crate::claims) fn words(&self) -> String {
        match self.name.as_str() {
            "" => "a bare number".to_owned(),
            "%" => "in percent".to_owned(),
            name => format!("in `{name}`"),
        }
    }

    /// A number followed by the unit.
    pub(in crate::claims) fn after(&self, number: &str) -> String {
        match self.name.as_str() {
            "%" => format!("{number}%"),
            name => format!("{number} {name}"),
        }
    }
}
