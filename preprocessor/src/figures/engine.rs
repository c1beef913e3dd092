//! The engine that computes expressions: `numbat`, with a small prelude of our own and the book's.

use crate::source::Source;
use numbat::diagnostic::ErrorDiagnostic;
use numbat::module_importer::BuiltinModuleImporter;
use numbat::resolver::CodeSource;
use numbat::value::Value as NumbatValue;
use numbat::{Context, InterpreterResult, NameResolutionError, NumbatError};
use std::ops::Range;

/// Why an expression has no value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExpressionError {
    /// One line that says what is wrong.
    pub message: String,
    /// The bytes of the expression that it is about.
    pub span: Range<usize>,
    /// How to mend it.
    pub help: Option<String>,
    /// Whether it defines a name that a unit or a function has.
    pub is_name_taken: bool,
}

/// A computed value with its unit. It holds a quantity and nothing else.
#[derive(Debug, Clone)]
pub struct Value(NumbatValue);

/// How many expressions are computed as one list.
const LIST: usize = 256;

/// The definitions that every page starts from.
#[derive(Clone)]
pub struct Engine(Context);

impl Engine {
    /// Loads our prelude, and the book's if it has one.
    ///
    /// # Errors
    /// What is wrong with the book's prelude, at its bytes.
    pub fn new(book_prelude: Option<&Source>) -> Result<Self, ExpressionError> {
        let mut engine = Self(Context::new(BuiltinModuleImporter::default()));
        engine.interpret(include_str!("prelude.nbt"))?;
        if let Some(prelude) = book_prelude {
            engine.interpret(prelude.text())?;
        }
        Ok(engine)
    }

    /// Runs statements; the value of the last one, if it is an expression.
    ///
    /// # Errors
    /// When they don't parse, units don't fit, or the value is not a number.
    pub fn interpret(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        match self.0.interpret(code, CodeSource::Text) {
            Ok((_, InterpreterResult::Value(NumbatValue::Quantity(quantity)))) => {
                if quantity.unsafe_value().to_f64().is_finite() {
                    Ok(Some(Value(NumbatValue::Quantity(quantity))))
                } else {
                    Err(error(code, "the value is not a finite number"))
                }
            }
            Ok((_, InterpreterResult::Value(_))) => Err(error(code, "the value is not a number")),
            Ok((_, InterpreterResult::Continue)) => Ok(None),
            Err(problem) => Err(explain(code, &problem)),
        }
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// As [`Engine::interpret`].
    pub fn evaluate(&mut self, code: &str) -> Result<Value, ExpressionError> {
        // In a copy: the engine keeps every number that it ever read, and has room for 65,536.
        self.clone()
            .interpret(code)?
            .ok_or_else(|| error(code, "this is a definition, not an expression"))
    }

    /// The values of many expressions: as one list where that works, which is ten times faster.
    pub fn evaluate_all(&mut self, codes: &[String]) -> Vec<Result<Value, ExpressionError>> {
        let mut values = Vec::with_capacity(codes.len());
        for chunk in codes.chunks(LIST) {
            match self.list(chunk) {
                Some(list) => values.extend(list.into_iter().map(Ok)),
                None => values.extend(chunk.iter().map(|code| self.evaluate(code))),
            }
        }
        values
    }

    /// The values of a list, if all of its elements have one, of one dimension, and finite.
    fn list(&self, codes: &[String]) -> Option<Vec<Value>> {
        if codes.len() < 2 {
            return None;
        }
        let code = format!("[{}]", codes.join(", "));
        let mut context = self.0.clone();
        let Ok((_, InterpreterResult::Value(NumbatValue::List(list)))) =
            context.interpret(&code, CodeSource::Text)
        else {
            return None;
        };
        let values: Vec<Value> = list
            .iter()
            .map(|value| match value {
                NumbatValue::Quantity(quantity) if quantity.unsafe_value().to_f64().is_finite() => {
                    Some(Value(value.clone()))
                }
                _ => None,
            })
            .collect::<Option<_>>()?;
        (values.len() == codes.len()).then_some(values)
    }

    /// How many `unit` a value is. An empty unit stands for a bare number.
    ///
    /// # Errors
    /// When the unit is unknown or measures something else.
    pub fn in_unit(&mut self, value: &Value, unit: &str) -> Result<f64, ExpressionError> {
        let one = self.one(unit)?;
        value.in_units_of(&one, unit)
    }

    /// One of a unit. An empty unit stands for a bare number.
    ///
    /// # Errors
    /// When the unit is unknown.
    pub fn one(&mut self, unit: &str) -> Result<Value, ExpressionError> {
        let unit_code = match unit {
            "" | "times" => "1".to_owned(),
            _ => format!("1 {unit}"),
        };
        self.evaluate(&unit_code).map_err(|problem| ExpressionError {
            message: format!("the figure's unit `{unit}` is not known: {}", problem.message),
            help: Some(format!(
                "the figure is what stands right before its expression; define `{unit}` in the book's prelude if it is a unit"
            )),
            ..problem
        })
    }
}

impl Value {
    /// How many `one` the value is; `unit` is what messages call it.
    ///
    /// # Errors
    /// When the two measure different things.
    pub fn in_units_of(&self, one: &Self, unit: &str) -> Result<f64, ExpressionError> {
        let one = one.0.clone().unsafe_as_quantity();
        let converted = self
            .0
            .clone()
            .unsafe_as_quantity()
            .convert_to(one.unit())
            .map_err(|_| {
                error(
                    "",
                    &format!(
                        "the expression gives {}, which can't be {}",
                        self.text(),
                        match unit {
                            "" | "times" => "a bare number".to_owned(),
                            _ => format!("in `{unit}`"),
                        }
                    ),
                )
            })?;
        Ok(converted.unsafe_value().to_f64() / one.unsafe_value().to_f64())
    }

    /// The number and the unit that the value has by itself.
    pub fn natural(&self) -> (f64, String) {
        let value = self.0.clone().unsafe_as_quantity().full_simplify();
        (value.unsafe_value().to_f64(), value.unit().to_string())
    }

    /// The value with many digits, for messages.
    pub fn text(&self) -> String {
        let (number, unit) = self.natural();
        let digits = super::judge::grouped(number, if number.abs() < 1000.0 { 6 } else { 3 });
        let digits = match digits.contains('.') {
            true => digits.trim_end_matches('0').trim_end_matches('.'),
            false => digits.as_str(),
        };
        format!("{digits} {unit}").trim_end().to_owned()
    }
}

impl std::fmt::Debug for Engine {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Engine")
    }
}

fn error(code: &str, message: &str) -> ExpressionError {
    ExpressionError {
        message: message.to_owned(),
        span: 0..code.len(),
        help: None,
        is_name_taken: false,
    }
}

fn explain(code: &str, problem: &NumbatError) -> ExpressionError {
    let diagnostics = match problem {
        NumbatError::ResolverError(e) => e.diagnostics(),
        NumbatError::NameResolutionError(e) => e.diagnostics(),
        NumbatError::TypeCheckError(e) => e.diagnostics(),
        NumbatError::RuntimeError(e) => {
            return error(code, &e.to_string().to_lowercase());
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

#[cfg(test)]
mod tests {
    use super::*;

    fn in_unit(code: &str, unit: &str) -> Result<f64, ExpressionError> {
        let mut engine = Engine::new(None).unwrap();
        let value = engine.evaluate(code)?;
        engine.in_unit(&value, unit)
    }

    #[test]
    fn rates_data_and_percents_are_computed_in_any_unit() {
        let close = |code, unit, wanted: f64| {
            let got = in_unit(code, unit).unwrap();
            assert!((got - wanted).abs() < 1e-9 * wanted.abs(), "{code}: {got}");
        };
        close(
            "100 million requests / day",
            "requests/s",
            1_157.407_407_407_407_4,
        );
        close("2.8 TB + 16 GB + 240 GB", "TB", 3.056);
        close("(1 - 99.99%) × 365.25 days", "minutes", 52.596);
        close("ceil(2.8 TB / 512 GB)", "", 6.0);
        close("1 KiB", "B", 1024.0);
        close("1 - 99.9%", "%", 0.1);
        close("2^30 bytes", "MiB", 1024.0);
    }

    #[test]
    fn dimensions_names_and_divisions_by_zero_are_errors() {
        for code in ["3 GB + 5 seconds", "peek × 3", "1 / 0", "3 +", "\"a\""] {
            let error = in_unit(code, "s").unwrap_err();
            assert!(
                error.span.end <= code.len() && !error.message.is_empty(),
                "{error:?}"
            );
        }
        assert!(
            in_unit("3 GB", "s")
                .unwrap_err()
                .message
                .contains("can't be")
        );
        assert!(
            in_unit("3 GB", "frogs")
                .unwrap_err()
                .message
                .contains("frogs")
        );
    }

    #[test]
    fn names_that_pages_need_are_free() {
        let mut engine = Engine::new(None).unwrap();
        for name in ["N", "W", "L", "T", "K", "R", "n", "p", "x"] {
            engine.interpret(&format!("let {name} = 3")).unwrap();
        }
    }
}
