//! The interpreter of expressions: `numbat`, which only this file knows, with a small prelude of our own.

use crate::value::{ExpressionError, Value};
use numbat::diagnostic::ErrorDiagnostic;
use numbat::module_importer::BuiltinModuleImporter;
use numbat::resolver::CodeSource;
use numbat::value::Value as NumbatValue;
use numbat::{Context, InterpreterResult, NameResolutionError, NumbatError};

/// Definitions, and what computes with them.
#[derive(Clone)]
pub struct Interpreter(Context);

impl Interpreter {
    /// Loads our prelude, and the book's if it has one.
    ///
    /// # Errors
    /// What is wrong with the book's prelude, at its bytes.
    pub fn new(book_prelude: Option<&str>) -> Result<Self, ExpressionError> {
        let mut interpreter = Self(Context::new(BuiltinModuleImporter::default()));
        interpreter.run(crate::PRELUDE)?;
        if let Some(prelude) = book_prelude {
            interpreter.run(prelude)?;
        }
        Ok(interpreter)
    }

    /// Runs statements; the value of the last one, if it is an expression.
    ///
    /// # Errors
    /// When they don't parse, units don't fit, or the value is not a number.
    pub fn run(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        match self.0.interpret(code, CodeSource::Text) {
            Ok((_, InterpreterResult::Value(quantity @ NumbatValue::Quantity(_)))) => {
                match value(&quantity) {
                    Some(value) => Ok(Some(value)),
                    None => Err(ExpressionError::new(
                        code,
                        "the value is not a finite number",
                    )),
                }
            }
            Ok((_, InterpreterResult::Value(_))) => {
                Err(ExpressionError::new(code, "the value is not a number"))
            }
            Ok((_, InterpreterResult::Continue)) => Ok(None),
            Err(problem) => Err(explain(code, &problem)),
        }
    }

    /// Runs statements of which nothing stays if one fails.
    ///
    /// # Errors
    /// As [`Interpreter::run`].
    pub fn define(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        let mut next = self.clone();
        let result = next.run(code);
        if result.is_ok() {
            *self = next;
        }
        result
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// As [`Interpreter::run`].
    pub fn evaluate(&self, code: &str) -> Result<Option<Value>, ExpressionError> {
        // In a copy: the engine keeps every number that it ever read, and has room for 65,536.
        match self.clone().run(code)? {
            Some(value) => Ok(Some(value)),
            None => Err(ExpressionError::new(
                code,
                "this is a definition, not an expression",
            )),
        }
    }

    /// The values of a list, if all of its elements have one, of one dimension, and finite.
    pub fn list(&self, codes: &[String]) -> Option<Vec<Value>> {
        let code = format!("[{}]", codes.join(", "));
        let mut context = self.0.clone();
        let Ok((_, InterpreterResult::Value(NumbatValue::List(list)))) =
            context.interpret(&code, CodeSource::Text)
        else {
            return None;
        };
        let values: Vec<Value> = list.iter().map(value).collect::<Option<_>>()?;
        (values.len() == codes.len()).then_some(values)
    }
}

/// A quantity as data; none where it isn't one, or isn't finite.
fn value(value: &NumbatValue) -> Option<Value> {
    let NumbatValue::Quantity(quantity) = value else {
        return None;
    };
    let base = quantity.to_base_unit_representation();
    let natural = quantity.full_simplify();
    let value = Value {
        base: base.unsafe_value().to_f64(),
        dimension: base.unit().to_string(),
        number: natural.unsafe_value().to_f64(),
        unit: natural.unit().to_string(),
    };
    (value.base.is_finite() && value.number.is_finite()).then_some(value)
}

fn explain(code: &str, problem: &NumbatError) -> ExpressionError {
    let diagnostics = match problem {
        NumbatError::ResolverError(e) => e.diagnostics(),
        NumbatError::NameResolutionError(e) => e.diagnostics(),
        NumbatError::TypeCheckError(e) => e.diagnostics(),
        NumbatError::RuntimeError(e) => {
            return ExpressionError::new(code, e.to_string().to_lowercase());
        }
    };
    let diagnostic = diagnostics.into_iter().next();
    let labels = diagnostic.as_ref().map_or(&[][..], |d| &d.labels);
    let label = labels.first();
    let mut range = label.map(|label| label.range.clone());
    let mut unfit = None;
    if let [one, other, operation] = labels
        && operation.message.starts_with("incompatible dimensions")
    {
        let (start, end) = (
            one.range.start.min(other.range.start),
            one.range.end.max(other.range.end),
        );
        range = Some(start..end);
        unfit = Some(format!(
            "{}: {} and {}",
            operation.message,
            one.message.trim(),
            other.message.trim()
        ));
    }
    let message = match (problem, label) {
        (NumbatError::NameResolutionError(clash), _) => match clash {
            NameResolutionError::IdentifierClash {
                conflicting_identifier,
                original_item_type,
                ..
            } => format!(
                "the name `{conflicting_identifier}` is taken by a {}",
                original_item_type.as_deref().unwrap_or("definition")
            ),
            NameResolutionError::ReservedIdentifier(_) => "this name is reserved".to_owned(),
        },
        (_, Some(label)) if !label.message.is_empty() => label.message.clone(),
        _ => problem.to_string(),
    };
    let help = match problem {
        NumbatError::NameResolutionError(_) => Some("choose another name".to_owned()),
        _ => diagnostic.and_then(|d| d.notes.into_iter().next()),
    };
    ExpressionError {
        message: unfit.unwrap_or(message).replace('\n', " "),
        span: range
            .filter(|range| range.end <= code.len())
            .unwrap_or(0..code.len()),
        is_name_taken: matches!(
            problem,
            NumbatError::NameResolutionError(NameResolutionError::IdentifierClash { .. })
        ),
        help: help
            .map(|help| help.trim().replace('\n', " "))
            .filter(|h| !h.is_empty()),
    }
}
