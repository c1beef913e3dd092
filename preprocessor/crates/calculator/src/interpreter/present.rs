//! The interpreter of expressions: `numbat`, with a small prelude of our own and bounds to what it may do.

use super::explanation::explain;
use super::integer::{self, Names};
use super::refused;
use crate::value::{ExpressionError, Value};
use numbat::module_importer::{BuiltinModuleImporter, ModuleImporter};
use numbat::resolver::{CodeSource, ModulePath};
use numbat::value::Value as NumbatValue;
use numbat::{Context, InterpreterResult, InterpreterSettings, Statement};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

/// Definitions, and what computes with them.
#[derive(Clone)]
pub struct Interpreter {
    context: Context,
    /// The names that stand for integers.
    integers: Names,
}

impl Interpreter {
    /// Loads our prelude, and the book's if it has one.
    ///
    /// # Errors
    /// What is wrong with the book's prelude, at its bytes.
    pub fn new(book_prelude: Option<&str>) -> Result<Self, ExpressionError> {
        let mut context = Context::new(Modules);
        // Ours alone may name functions of numbat's own.
        let _ = context
            .interpret(crate::PRELUDE, CodeSource::Internal)
            .map_err(|problem| ExpressionError::new("", problem.to_string()))?;
        let mut interpreter = Self {
            context,
            integers: Names::new(),
        };
        if let Some(prelude) = book_prelude {
            interpreter.define(prelude)?;
        }
        Ok(interpreter)
    }

    /// Runs statements; the value of the last one, if it is an expression. After an error the interpreter is of no
    /// more use.
    fn run(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        match self.result(code)? {
            InterpreterResult::Value(quantity @ NumbatValue::Quantity(_)) => {
                match value(&quantity) {
                    Some(value) => integer::corrected(code, &self.integers, value).map(Some),
                    None => Err(ExpressionError::new(
                        code,
                        "the value is not a finite number",
                    )),
                }
            }
            InterpreterResult::Value(_) => {
                Err(ExpressionError::new(code, "the value is not a number"))
            }
            InterpreterResult::Continue => Ok(None),
        }
    }

    /// Runs statements, and refuses those that do more than compute.
    fn result(&mut self, code: &str) -> Result<InterpreterResult, ExpressionError> {
        match refused::before(code) {
            Some(error) => Err(error),
            None => self.interpret(code),
        }
    }

    /// Runs statements in the interpreter, and refuses what it did more than compute.
    fn interpret(&mut self, code: &str) -> Result<InterpreterResult, ExpressionError> {
        let has_printed = Arc::new(AtomicBool::new(false));
        let mut settings = InterpreterSettings {
            // Standard output carries the calculator's answers.
            print_fn: Box::new({
                let has_printed = Arc::clone(&has_printed);
                move |_| has_printed.store(true, Ordering::Relaxed)
            }),
        };
        let (statements, result) = self
            .context
            .interpret_with_settings(&mut settings, code, CodeSource::Text)
            .map_err(|problem| explain(&self.context, code, &problem))?;
        for statement in &statements {
            if let Statement::DefineFunction {
                function_name,
                body: None,
                ..
            } = statement
                && let Some(start) = place(function_name, code)
            {
                let span = start..start + function_name.len();
                return Err(refused::bodiless(function_name, span));
            }
        }
        if has_printed.load(Ordering::Relaxed) {
            let error = refused::name("print", 0..code.len());
            return Err(error.unwrap_or_else(|| ExpressionError::new(code, "it prints")));
        }
        Ok(result)
    }

    /// Runs statements of which nothing stays if one fails.
    ///
    /// # Errors
    /// When they don't parse, units don't fit, the value is not a number, or they do more than compute.
    pub fn define(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        let mut next = self.clone();
        let value = next.run(code)?;
        if value.is_none() {
            integer::define(code, &mut next.integers)?;
        }
        *self = next;
        Ok(value)
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// As [`Interpreter::define`].
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
        if !codes.iter().all(|code| is_element(code)) {
            return None;
        }
        let code = format!("[{}]", codes.join(", "));
        let Ok(InterpreterResult::Value(NumbatValue::List(list))) = self.clone().result(&code)
        else {
            return None;
        };
        if list.len() != codes.len() {
            return None;
        }
        let exact = |(quantity, code): (&NumbatValue, &String)| {
            integer::corrected(code, &self.integers, value(quantity)?).ok()
        };
        list.iter().zip(codes).map(exact).collect()
    }
}

/// The modules that a sum can use.
struct Modules;

impl ModuleImporter for Modules {
    fn import(&self, path: &ModulePath) -> Option<(String, Option<PathBuf>)> {
        if !refused::MODULES.contains(&path.to_string().as_str()) {
            return None;
        }
        let (text, file) = BuiltinModuleImporter::default().import(path)?;
        // The last function of `core::functions` reads the command line.
        let computes = text.split("@name(\"Command-line arguments\")").next();
        Some((computes.unwrap_or_default().to_owned(), file))
    }

    fn list_modules(&self) -> Vec<ModulePath> {
        Vec::new()
    }
}

/// Whether a code is one element of a list: nothing in it ends the element, the list or the line.
fn is_element(code: &str) -> bool {
    let mut open = Vec::new();
    for c in code.chars() {
        match c {
            '(' | '[' | '{' => open.push(c),
            ')' if open.pop() != Some('(') => return false,
            ']' if open.pop() != Some('[') => return false,
            '}' if open.pop() != Some('{') => return false,
            ',' if open.is_empty() => return false,
            '#' | '"' | ';' | '\n' | '\r' => return false,
            _ => {}
        }
    }
    open.is_empty() && !code.trim().is_empty()
}

/// Where in `code` a name stands that was read from it; none for a name of a module.
fn place(name: &str, code: &str) -> Option<usize> {
    let start = (name.as_ptr() as usize).checked_sub(code.as_ptr() as usize)?;
    (start + name.len() <= code.len()).then_some(start)
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
        exact: None,
    };
    (value.base.is_finite() && value.number.is_finite()).then_some(value)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(code: &str) -> ExpressionError {
        let mut interpreter = Interpreter::new(None).unwrap();
        let error = interpreter.define(code).unwrap_err();
        // Nothing of it stays.
        assert!(interpreter.evaluate("1 + 1").is_ok());
        error
    }

    #[test]
    fn every_module_of_the_list_loads_alone_and_behind_the_others() {
        let mut all = Interpreter::new(None).unwrap();
        for module in refused::MODULES {
            let code = format!("use {module}");
            assert_eq!(Interpreter::new(None).unwrap().define(&code), Ok(None));
            let together = all.define(&code);
            // Two of them have functions of one name.
            assert!(
                together.is_ok_and(|value| value.is_none()) || module == "math::statistics",
                "{module}"
            );
        }
    }

    #[test]
    fn no_foreign_function_is_reached_under_any_name() {
        for code in [
            "fn random() -> Scalar",
            "fn random(x: Scalar) -> Scalar",
            "fn now() -> DateTime",
            "fn exchange_rate(currency: String) -> Scalar",
            "fn sin(x: Scalar) -> Bool",
            "fn show<Plot>(plot: Plot) -> String",
            "fn nothing_like_it() -> Scalar",
            "\"{\"fn random() -> Scalar\"}\"\nfn random() -> Scalar",
        ] {
            let message = refusal(code).message;
            assert!(
                message.contains("no place in a sum") || message.contains("no body"),
                "{code}: {message}"
            );
        }
        assert!(refusal("args()").message.contains("command line"));
    }

    #[test]
    fn what_gets_past_the_first_look_is_refused_when_it_ran() {
        for (code, text) in [
            ("print(3)", "prints"),
            ("let a = 3\nprint(\"{a}\")\na", "prints"),
            ("type(3)", "prints"),
            ("fn random() -> Scalar", "another value each time"),
            ("let a = 1\nfn sin(x: Scalar) -> Scalar\na", "no body"),
        ] {
            let mut interpreter = Interpreter::new(None).unwrap();
            let error = interpreter.interpret(code).unwrap_err();
            assert!(error.message.contains(text), "{code}: {error:?}");
        }
    }

    #[test]
    fn messages_name_what_works_instead() {
        for (code, message, help) in [
            ("7 mod 3", "`mod` is a function", "write mod(7, 3)"),
            ("ceil 3.5", "`ceil` is a function", "write ceil(3.5)"),
            (
                "let a = 3 maximum 4",
                "`maximum` is a function",
                "write maximum(3, 4)",
            ),
            (
                "7 mod (3)",
                "`mod` was called with one argument, but takes 2",
                "",
            ),
            ("(7) mod 3", "`mod` is a function", "write mod(7, 3)"),
            ("?", "`?` is no value", ""),
            ("7 div 3", "`div`", "floor(7 / 3)"),
            ("3 kb", "`kb`", "did you mean `kB`"),
            ("3 gb", "`gb`", "did you mean `GB`?"),
            ("3 mb", "`mb`", "did you mean `MB`?"),
            ("3 requets", "`requets`", "did you mean `request`?"),
            ("3 GBs", "`GBs`", "did you mean `GB`?"),
            ("use x::y", "no module `x::y`", "math::statistics"),
            ("use units::si", "whose names are free", "math::statistics"),
            ("use core::random", "another value each time", "fixed seed"),
            ("use datetime::functions", "the clock", "duration"),
        ] {
            let error = refusal(code);
            assert!(error.message.contains(message), "{code}: {error:?}");
            assert!(
                error.help.as_deref().unwrap_or_default().contains(help),
                "{code}: {error:?}"
            );
        }
    }

    #[test]
    fn a_list_has_an_element_for_each_code_and_no_code_makes_two() {
        let base = Interpreter::new(None).unwrap();
        let list = |codes: &[&str]| {
            let codes: Vec<String> = codes.iter().map(|code| (*code).to_owned()).collect();
            let values = base.list(&codes)?;
            Some(values.iter().map(|value| value.base).collect::<Vec<_>>())
        };
        assert_eq!(list(&["1", "2 × (3 + 4)"]), Some(vec![1.0, 14.0]));
        assert_eq!(list(&["maximum(1, 2)", "3"]), Some(vec![2.0, 3.0]));
        for codes in [
            &["1, 7] #", "1, 7] #"][..],
            &["1, 7", ""],
            &["1, 7", " "],
            &["1 # 2", "3"],
            &["1\n", "2"],
            &["1)", "(2"],
            &["len([1)", "2]"],
            &["\"a", "b\""],
        ] {
            assert_eq!(list(codes), None, "{codes:?}");
        }
    }
}
