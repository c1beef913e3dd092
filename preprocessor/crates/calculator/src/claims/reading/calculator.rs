//! What the calculator computes for a claim, each expression once.

use crate::claims::claim::Expr;
use crate::claims::{ClaimError, Problem};
use crate::expression;
use crate::value::{ExpressionError, Value};
use std::collections::HashMap;

/// Computes an expression without references.
pub(in crate::claims) type Calculate<'a> =
    &'a mut dyn FnMut(&str) -> Result<Value, expression::Problem>;

/// Computes, and remembers.
pub(in crate::claims) struct Calculator<'a> {
    calculate: Calculate<'a>,
    known: HashMap<String, Result<Value, Option<ExpressionError>>>,
    /// The units of cells, each with a number.
    units: HashMap<String, usize>,
}

impl<'a> Calculator<'a> {
    pub(super) fn new(calculate: Calculate<'a>) -> Self {
        Self {
            calculate,
            known: HashMap::new(),
            units: HashMap::new(),
        }
    }

    /// The value of a code that was made from an expression, whose bytes an error is about.
    pub(in crate::claims) fn value(&mut self, code: &str, expr: &Expr) -> Result<Value, Problem> {
        if !self.known.contains_key(code) {
            let value = (self.calculate)(code).map_err(|problem| match problem {
                expression::Problem::Reported => None,
                expression::Problem::Wrong(error) => Some(error),
            });
            self.known.insert(code.to_owned(), value);
        }
        match &self.known[code] {
            Ok(value) => Ok(value.clone()),
            Err(None) => Err(Problem::Reported),
            Err(Some(error)) => Err(Problem::Wrong(ClaimError {
                span: expr.span.clone(),
                message: error.message.clone(),
                help: error.help.clone(),
            })),
        }
    }

    /// What one of a unit is.
    pub(in crate::claims) fn unit(&mut self, unit: &str, expr: &Expr) -> Result<Value, Problem> {
        match unit {
            "" | "times" => Ok(Value {
                base: 1.0,
                dimension: String::new(),
                number: 1.0,
                unit: String::new(),
                exact: None,
            }),
            _ => self.value(&format!("1 {unit}"), expr),
        }
    }

    /// The number of a unit.
    pub(super) fn number(&mut self, unit: &str) -> usize {
        let next = self.units.len();
        match self.units.get(unit) {
            Some(number) => *number,
            None => *self.units.entry(unit.to_owned()).or_insert(next),
        }
    }
}
