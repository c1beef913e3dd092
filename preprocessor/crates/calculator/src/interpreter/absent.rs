//! The interpreter of a build without the feature `numbat`: every expression is an error that says so.

use crate::value::{ExpressionError, Value};

/// Definitions that nothing computes with.
#[derive(Debug, Clone)]
pub struct Interpreter(());

impl Interpreter {
    /// There is none.
    ///
    /// # Errors
    /// Always.
    pub fn new(_: Option<&str>) -> Result<Self, ExpressionError> {
        Err(absent(""))
    }

    /// Runs nothing.
    ///
    /// # Errors
    /// Always.
    pub fn define(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        Err(absent(code))
    }

    /// Computes nothing.
    ///
    /// # Errors
    /// Always.
    pub fn evaluate(&self, code: &str) -> Result<Option<Value>, ExpressionError> {
        Err(absent(code))
    }

    /// Computes nothing.
    pub fn list(&self, _: &[String]) -> Option<Vec<Value>> {
        None
    }
}

fn absent(code: &str) -> ExpressionError {
    ExpressionError {
        help: Some("install it with its default features".to_owned()),
        ..ExpressionError::new(
            code,
            "this program was built without the feature `figures`, which computes expressions",
        )
    }
}
