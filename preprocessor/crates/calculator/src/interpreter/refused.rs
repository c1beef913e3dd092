//! What has no place in a sum, and why: printing, chance, the clock, and all else that isn't in the page.

use crate::expression::is_word;
use crate::value::ExpressionError;
use std::ops::Range;

/// The modules of `numbat` that a sum can use: they compute from their arguments alone, their names aren't the prelude's,
/// and none of their functions gives a value another unit than its type has, which ends the interpreter.
pub(super) const MODULES: [&str; 12] = [
    "core::error",
    "core::functions",
    "core::lists",
    "core::numbers",
    "core::scalar",
    "core::strings",
    "extra::vector3",
    "math::number_theory",
    "math::statistics",
    "math::trigonometry",
    "numerics::fixed_point",
    "numerics::solve",
];

/// A reason to refuse names of `numbat`, and what to write instead.
struct Reason {
    names: &'static [&'static str],
    /// The modules that bring them; whole families end with `::`.
    modules: &'static [&'static str],
    why: &'static str,
    help: &'static str,
}

const REASONS: [Reason; 6] = [
    Reason {
        names: &["print", "type", "inspect"],
        modules: &["core::debug"],
        why: "it prints, and only values are compared",
        help: "write the expression alone, and its result behind `# =`",
    },
    Reason {
        names: &[
            "random",
            "rand_int",
            "rand_bernoulli",
            "rand_binom",
            "rand_expon",
            "rand_geom",
            "rand_lognorm",
            "rand_norm",
            "rand_pareto",
            "rand_poisson",
            "rand_uniform",
        ],
        modules: &["core::random", "math::distributions"],
        why: "it gives another value each time",
        help: "write the value; or let a block draw it from a fixed seed, and read the table that it prints",
    },
    Reason {
        names: &[
            "now",
            "today",
            "date",
            "datetime",
            "get_local_timezone",
            "local",
            "tz",
            "unixtime",
            "from_unixtime",
            "format_datetime",
            "calendar_add",
            "calendar_sub",
            "weekday",
        ],
        modules: &["datetime::", "extra::celestial"],
        why: "it depends on the clock or the time zone of the machine",
        help: "write the duration that is meant: 365.25 days",
    },
    Reason {
        names: &["exchange_rate", "CNY", "CHF", "AUD", "CAD", "INR"],
        modules: &["units::currencies", "units::currency"],
        why: "it needs an exchange rate, which is another one each day",
        help: "define the currency at a rate of your choice: unit CHF: Money = 1.1 dollars",
    },
    Reason {
        names: &["args"],
        modules: &[],
        why: "it reads the command line",
        help: "define the value in the page or in the book's prelude",
    },
    Reason {
        names: &["show", "line_plot", "bar_chart"],
        modules: &["plot::"],
        why: "it draws",
        help: "let a block print the table, and draw it: output,chart=line",
    },
];

/// Operators of other languages, and what does the same here.
const OPERATORS: [(&str, &str); 9] = [
    ("div", "floor(7 / 3) is the whole part of a quotient"),
    ("modulo", "mod(7, 3) is the remainder"),
    ("rem", "mod(7, 3) is the remainder"),
    ("remainder", "mod(7, 3) is the remainder"),
    ("max", "maximum(7, 3) is the larger one"),
    ("log", "ln, log2 and log10 are known"),
    ("pow", "7^3 is a power"),
    ("and", "`&&` is the operator"),
    ("or", "`||` is the operator"),
];

/// What does the same as an operator of another language.
pub(super) fn operator(name: &str) -> Option<&'static str> {
    let (_, help) = OPERATORS.iter().find(|(known, _)| *known == name)?;
    Some(help)
}

/// The error of a name that has no place in a sum; none for other names.
pub(super) fn name(name: &str, span: Range<usize>) -> Option<ExpressionError> {
    let reason = REASONS.iter().find(|r| r.names.contains(&name))?;
    Some(refusal(name, span, reason.why, reason.help.to_owned()))
}

/// The error of a module that isn't one of [`MODULES`].
pub(super) fn module(module: &str, exists: bool, span: Range<usize>) -> ExpressionError {
    let is_in = |family: &&str| {
        module == *family || (family.ends_with("::") && module.starts_with(*family))
    };
    if let Some(reason) = REASONS.iter().find(|r| r.modules.iter().any(is_in)) {
        return refusal(module, span, reason.why, reason.help.to_owned());
    }
    let help = format!("the modules are {}", MODULES.join(", "));
    match exists {
        true => refusal(
            module,
            span,
            "it isn't one of the modules that only compute and whose names are free",
            help,
        ),
        false => error(format!("there is no module `{module}`"), span, help),
    }
}

/// The error of a function without a body, which stands for one of `numbat`'s own that may do anything.
pub(super) fn bodiless(function: &str, span: Range<usize>) -> ExpressionError {
    name(function, span.clone()).unwrap_or_else(|| {
        error(
            format!("the function `{function}` has no body"),
            span,
            "write what it gives: fn double(x) = 2 × x".to_owned(),
        )
    })
}

/// What a code says that has no place in a sum, found before it runs.
pub(super) fn before(code: &str) -> Option<ExpressionError> {
    let mut rest = code;
    while let Some(c) = rest.chars().next() {
        let at = code.len() - rest.len();
        let length = match c {
            '"' => string(rest),
            '#' => rest.find('\n').unwrap_or(rest.len()),
            c if is_word(c) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let span = at..at + length;
                match &rest[..length] {
                    word @ ("print" | "type") => return name(word, span),
                    "fn" if !has_body(&rest[length..]) => {
                        let gap = rest[length..].len() - rest[length..].trim_start().len();
                        let start = at + length + gap;
                        let function = &code[start..];
                        let end = function.find(|c| !is_word(c)).unwrap_or(function.len());
                        return Some(bodiless(&function[..end], start..start + end));
                    }
                    _ => {}
                }
                length
            }
            c => c.len_utf8(),
        };
        rest = &rest[length..];
    }
    None
}

/// Whether the signature that a text starts with is followed by a body.
fn has_body(text: &str) -> bool {
    let mut depth = 0usize;
    let mut before = ' ';
    for c in text.chars() {
        match c {
            '(' | '[' | '<' => depth += 1,
            // An arrow's head closes nothing.
            '>' if before == '-' => {}
            ')' | ']' | '>' => depth = depth.saturating_sub(1),
            '=' => return true,
            '\n' | ';' | '#' if depth == 0 => return false,
            _ => {}
        }
        before = c;
    }
    false
}

/// The length of the string that a text starts with.
fn string(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        if c == '"' && !is_escaped {
            return at + 1;
        }
        is_escaped = c == '\\' && !is_escaped;
    }
    text.len()
}

fn refusal(what: &str, span: Range<usize>, why: &str, help: String) -> ExpressionError {
    error(format!("`{what}` has no place in a sum: {why}"), span, help)
}

fn error(message: String, span: Range<usize>, help: String) -> ExpressionError {
    ExpressionError {
        message,
        span,
        help: Some(help),
        is_name_taken: false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn only_code_is_refused_and_at_its_word() {
        for (code, word) in [
            ("print(3)", "print"),
            ("let a = 3\n  print(\"{a}\")", "print"),
            ("\"\\\"\"; type(3)", "type"),
            ("fn random() -> Scalar", "random"),
            ("let a = 1; fn sin<T: Dim>(x: T) -> T # =", "sin"),
            ("fn f(\n x: Scalar\n) -> Scalar\n3", "f"),
        ] {
            assert_eq!(&code[before(code).unwrap().span], word, "{code}");
        }
        for code in [
            "let footprint = 3",
            "\"print(3)\"",
            "2 # print",
            "fn f(x) = 2 x",
            "fn f(\n x\n) =\n 2 x",
            "fn f<T: Dim>(x: T) -> T = x",
            "fn f(g: List<Fn[(Scalar) -> Scalar]>,\n x: Scalar) -> Scalar = x",
        ] {
            assert_eq!(before(code), None, "{code}");
        }
    }

    proptest! {
        #[test]
        fn no_code_panics(code in "(fn|print| |\"|\\\\|#|\n|[a-zµ(){}=;<>\\[\\]]){0,40}") {
            if let Some(error) = before(&code) {
                prop_assert!(code.get(error.span).is_some());
            }
        }
    }
}
