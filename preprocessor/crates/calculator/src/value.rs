//! What an expression gives: a quantity, as data that can be kept and sent; or why it gives none.

use mdbook_proof_text::quantity::Notation;
use serde::{Deserialize, Serialize};
use std::ops::Range;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExpressionError {
    /// One line that says what is wrong.
    pub message: String,
    /// The bytes of the expression that it is about.
    pub span: Range<usize>,
    /// How to fix it.
    pub help: Option<String>,
    /// Whether it defines a name that a unit or a function has.
    pub is_name_taken: bool,
}

/// A computed quantity.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Value {
    /// The number in base units.
    pub base: f64,
    /// The base units, which say what is measured; empty for a bare number.
    pub dimension: String,
    /// The number in the unit that it has by itself.
    pub number: f64,
    /// That unit.
    pub unit: String,
    /// All digits of an integer that is too large for a number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exact: Option<String>,
}

impl ExpressionError {
    /// An error about the whole expression.
    pub fn new(code: &str, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            span: 0..code.len(),
            help: None,
            is_name_taken: false,
        }
    }
}

impl Value {
    /// How many `one` the value is; `unit` is what messages call it.
    ///
    /// # Errors
    /// When the two measure different things.
    pub fn in_units_of(&self, one: &Self, unit: &str) -> Result<f64, ExpressionError> {
        if self.dimension == one.dimension {
            return Ok(self.base / one.base);
        }
        let what = match unit {
            "" | "times" => "a bare number".to_owned(),
            _ => format!("in `{unit}`"),
        };
        Err(ExpressionError::new(
            "",
            format!(
                "the expression gives {}, which can't be {what}",
                self.text()
            ),
        ))
    }

    /// The number and the unit that the value has by itself.
    pub fn natural(&self) -> (f64, String) {
        (self.number, self.unit.clone())
    }

    /// The value with many digits, for messages.
    pub fn text(&self) -> String {
        if let Some(exact) = &self.exact {
            let (sign, digits) = match exact.strip_prefix('-') {
                Some(digits) => ("-", digits),
                None => ("", exact.as_str()),
            };
            let digits = mdbook_proof_text::rounding::groups(digits, &Notation::default());
            return format!("{sign}{digits}");
        }
        let decimals = if self.number.abs() < 1000.0 { 6 } else { 3 };
        let digits = mdbook_proof_text::rounding::grouped(self.number, decimals);
        let digits = match digits.contains('.') {
            true => digits.trim_end_matches('0').trim_end_matches('.'),
            false => digits.as_str(),
        };
        format!("{digits} {}", self.unit).trim_end().to_owned()
    }
}
