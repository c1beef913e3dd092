//! A page's program of expressions: its statements in page order, and then what reads the names that they define.

use crate::expression::{self, Problem, Renamed};
use crate::interpreter::Interpreter;
use crate::runs::Runs;
use crate::value::{ExpressionError, Value};

/// Definitions, and what computes with them.
pub trait Compute {
    /// Runs a statement, of which nothing stays if it fails; its value, if it is an expression.
    ///
    /// # Errors
    /// When it doesn't parse, units don't fit, or the value is not a number.
    fn define(&mut self, code: &str) -> Result<Option<Value>, ExpressionError>;

    /// The value of an expression.
    ///
    /// # Errors
    /// As [`define`](Self::define), and for a definition.
    fn evaluate(&mut self, code: &str) -> Result<Value, ExpressionError>;

    /// How many `unit` a value is. An empty unit means a bare number.
    ///
    /// # Errors
    /// When the unit is unknown or measures something else.
    fn in_unit(&mut self, value: &Value, unit: &str) -> Result<f64, ExpressionError> {
        let one = self.one(unit)?;
        value.in_units_of(&one, unit)
    }

    /// One of a unit. An empty unit means a bare number.
    ///
    /// # Errors
    /// When the unit is unknown.
    fn one(&mut self, unit: &str) -> Result<Value, ExpressionError> {
        let unit_code = match unit {
            "" | "times" => "1".to_owned(),
            _ => format!("1 {unit}"),
        };
        self.evaluate(&unit_code).map_err(|problem| {
            let cause = match problem.message == format!("unknown identifier `{unit}`") {
                true => String::new(),
                false => format!(": {}", problem.message),
            };
            let what = "the figure is what comes right before its expression";
            let define =
                || format!("{what}; define `{unit}` in the book's prelude if it is a unit");
            ExpressionError {
                message: format!("the figure's unit `{unit}` is not known{cause}"),
                help: Some(problem.help.clone().unwrap_or_else(define)),
                ..problem
            }
        })
    }
}

impl Compute for Interpreter {
    fn define(&mut self, code: &str) -> Result<Option<Value>, ExpressionError> {
        Self::define(self, code)
    }

    fn evaluate(&mut self, code: &str) -> Result<Value, ExpressionError> {
        let value = Self::evaluate(self, code)?;
        value.ok_or_else(|| ExpressionError::new(code, "the expression has no value"))
    }
}

/// A page's expressions: what they may use, and what became of it.
#[derive(Debug, Clone)]
pub struct Program<C> {
    /// What computes, and the definitions so far.
    pub computer: C,
    /// A name that a page defines wins over a unit of that name.
    renamed: Renamed,
    /// Names whose definitions failed; what uses them fails for that reason.
    undefined: Vec<String>,
}

impl<C: Compute> Program<C> {
    /// What nothing is added to yet.
    pub fn new(computer: C) -> Self {
        Self {
            computer,
            renamed: Renamed::new(),
            undefined: Vec::new(),
        }
    }

    /// Runs a statement; the value of its expression or of the name that it defines.
    ///
    /// # Errors
    /// As [`Compute::define`], in the page's own names; and where it uses what failed before.
    pub fn statement(&mut self, code: &str, runs: &Runs) -> Result<Option<Value>, Problem> {
        let name = defined(code, "let").map(str::to_owned);
        let mut outcome = self.define(code, runs);
        if let (Err(Problem::Wrong(error)), Some(name)) = (&outcome, &name)
            && error.is_name_taken
            && let Some(other) = expression::rename(name, &self.renamed)
        {
            // The definition itself may still use the unit: `let reads = 5 reads`.
            let definition = code.replacen(name.as_str(), &other, 1);
            outcome = self.define(&definition, runs);
            if outcome.is_ok() {
                self.renamed.insert(name.clone(), other);
            }
        }
        let outcome = outcome.and_then(|value| match (value, &name) {
            (None, Some(name)) => self.define(name, runs),
            (value, _) => Ok(value),
        });
        outcome.map_err(|problem| {
            let problem = self.own(problem, code);
            self.undefined.extend(name);
            problem
        })
    }

    fn define(&mut self, code: &str, runs: &Runs) -> Result<Option<Value>, Problem> {
        let code = self.prepared(code, runs)?;
        self.computer.define(&code).map_err(Problem::Wrong)
    }

    /// The value of an expression.
    ///
    /// # Errors
    /// As [`Program::prepare`], and where it can't be computed.
    pub fn evaluate(&mut self, code: &str, runs: &Runs) -> Result<Value, Problem> {
        let prepared = self.prepare(code, runs)?;
        let value = self.computer.evaluate(&prepared).map_err(Problem::Wrong);
        value.map_err(|problem| self.own(problem, code))
    }

    /// An expression made ready for what computes.
    ///
    /// # Errors
    /// As [`expression::prepare`]; and where it uses a name whose definition failed.
    pub fn prepare(&mut self, code: &str, runs: &Runs) -> Result<String, Problem> {
        match uses(code, &self.undefined) {
            true => Err(Problem::Reported),
            false => self.prepared(code, runs),
        }
    }

    fn prepared(&mut self, code: &str, runs: &Runs) -> Result<String, Problem> {
        let Self {
            computer, renamed, ..
        } = self;
        expression::prepare(code, |code| computer.define(code), runs, renamed)
    }

    /// A message about an expression, in the page's own names.
    pub fn in_own_names(&self, message: &str) -> String {
        let renamed = self.renamed.iter();
        renamed.fold(message.to_owned(), |message, (name, other)| {
            message.replace(other.as_str(), name)
        })
    }

    /// A problem as it is said of the page: one that follows from another is none.
    fn own(&self, problem: Problem, code: &str) -> Problem {
        match problem {
            Problem::Wrong(_) if uses(code, &self.undefined) => Problem::Reported,
            Problem::Wrong(error) => Problem::Wrong(ExpressionError {
                message: self.in_own_names(&error.message),
                ..error
            }),
            Problem::Reported => Problem::Reported,
        }
    }
}

fn uses(code: &str, names: &[String]) -> bool {
    words(code).any(|word| names.iter().any(|name| name == word))
}

/// The words of a code, names and units among them.
pub fn words(code: &str) -> impl Iterator<Item = &str> {
    code.split(|c: char| !c.is_alphanumeric() && c != '_')
        .filter(|word| !word.is_empty())
}

/// A statement of a page's sums.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// The number of its first line.
    pub first: usize,
    /// The number of its last line.
    pub last: usize,
    /// Its code on one line.
    pub code: String,
}

/// The statements of some lines. What computes ends a statement at a line end, so each becomes one line.
pub fn statements<'lines>(lines: impl IntoIterator<Item = &'lines str>) -> Vec<Statement> {
    let mut statements = Vec::new();
    let mut lines = lines.into_iter().enumerate();
    while let Some((first, line)) = lines.next() {
        let mut code = code_of(line).to_owned();
        let mut last = first;
        while is_open(&code) {
            let Some((number, next)) = lines.next() else {
                break;
            };
            code.push(' ');
            code.push_str(code_of(next));
            last = number;
        }
        if !code.trim().is_empty() {
            statements.push(Statement { first, last, code });
        }
    }
    statements
}

/// A line's code, without its comment.
pub fn code_of(line: &str) -> &str {
    line.split('#').next().unwrap_or(line)
}

/// Where the text behind `# =` starts.
pub fn result_mark(line: &str) -> Option<usize> {
    let comment = line.find('#')?;
    let rest = line[comment + 1..].trim_start();
    rest.starts_with('=').then(|| line.len() - rest.len() + 1)
}

/// A line's code, and the result after its `# =`.
pub fn split(line: &str) -> (&str, Option<&str>) {
    match result_mark(line) {
        Some(at) => {
            let code = line[..at].trim_end_matches('=').trim_end();
            let code = code.strip_suffix('#').unwrap_or(code).trim_end();
            (code, Some(line[at..].trim()))
        }
        None => (line.trim_end(), None),
    }
}

/// Whether a statement goes on in the next line: a bracket is open, or an operator stands last.
fn is_open(code: &str) -> bool {
    let count = |set: &[char]| code.matches(set).count();
    count(&['(', '[', '{']) > count(&[')', ']', '}'])
        || code
            .trim_end()
            .ends_with(['+', '-', '−', '*', '×', '·', '/', '÷', '=', '^'])
}

/// The name that a statement defines with a keyword: `let` or `fn`.
pub fn defined<'code>(code: &'code str, keyword: &str) -> Option<&'code str> {
    let rest = code.trim_start().strip_prefix(keyword)?;
    let rest = rest.strip_prefix(' ')?.trim_start();
    let end = rest.find(|c: char| !c.is_alphanumeric() && c != '_');
    Some(&rest[..end.unwrap_or(rest.len())])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_statement_goes_on_while_something_is_open() {
        let lines = [
            "let a = 3 ×",
            "  # why",
            "  4 # = 12",
            "",
            "# text",
            "f(1,",
            "2)",
        ];
        let read = statements(lines);
        let places: Vec<(usize, usize)> = read.iter().map(|one| (one.first, one.last)).collect();
        assert_eq!(places, [(0, 2), (5, 6)]);
        let words: Vec<&str> = read[0].code.split_whitespace().collect();
        assert_eq!(words.join(" "), "let a = 3 × 4");
        assert_eq!(statements(["let b = (1"])[0].last, 0);
    }

    #[test]
    fn a_result_stands_behind_its_mark() {
        for (line, text) in [
            ("let a = 3  # = 3 s", Some(" 3 s")),
            ("a #=3", Some("3")),
            ("a # b = 3", None),
            ("a = 3", None),
        ] {
            assert_eq!(result_mark(line).map(|at| &line[at..]), text, "{line}");
        }
    }

    #[test]
    fn the_name_of_a_statement_ends_before_its_type_and_its_parameters() {
        assert_eq!(defined(" let a: Time = 3", "let"), Some("a"));
        assert_eq!(defined("fn f(x) = x", "fn"), Some("f"));
        assert_eq!(defined("letter", "let"), None);
    }
}
