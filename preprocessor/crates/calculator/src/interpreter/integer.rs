//! Sums of integers, computed a second time without rounding: `2^53 + 1` is what it is, and so is `2^53 + 1 - 2^53`.

use crate::exact::{carried, literal};
use crate::expression::is_word;
use crate::value::{ExpressionError, Value};
use std::collections::HashMap;

/// Up to here, every integer is a number of the interpreter's.
const LARGEST: i128 = 1 << 53;

/// How deeply brackets may be nested.
const DEPTH: usize = 50;

/// The integers that names stand for.
pub(super) type Names = HashMap<String, i128>;

/// The value of a sum of integers; none for anything else, or where it takes more than 127 bits.
pub(super) fn integer(code: &str, names: &Names) -> Option<i128> {
    let mut reader = Reader {
        rest: code,
        names,
        depth: 0,
    };
    let value = reader.sum()?;
    reader.blank().is_empty().then_some(value)
}

/// Keeps the integer that a `let` defines, and forgets names that may mean something else from here on.
///
/// # Errors
/// At an integer that the interpreter rounds, where the code is no sum of integers.
pub(super) fn define(code: &str, names: &mut Names) -> Result<(), ExpressionError> {
    let statement = code.trim();
    let definition = statement
        .strip_prefix("let ")
        .and_then(|rest| rest.split_once('='));
    match definition {
        _ if statement.contains(['\n', ';']) => names.clear(),
        Some((name, expression)) => {
            let name = name.split(':').next().unwrap_or(name).trim();
            if let Some(value) = integer(without_comment(expression), names) {
                names.insert(name.to_owned(), value);
                return Ok(());
            }
            names.remove(name);
        }
        None => {}
    }
    carried(code)
}

/// The value as it is exactly, if the code is a sum of integers.
///
/// # Errors
/// At an integer that the interpreter rounds, where the code is anything else.
pub(super) fn corrected(code: &str, names: &Names, value: Value) -> Result<Value, ExpressionError> {
    let is_bare = value.dimension.is_empty() || value.dimension == "1";
    if is_bare && let Some(exact) = integer(without_comment(code), names) {
        #[expect(
            clippy::cast_precision_loss,
            reason = "what it loses is kept as digits"
        )]
        let number = exact as f64;
        return Ok(Value {
            base: number,
            number: if value.unit.is_empty() {
                number
            } else {
                value.number
            },
            exact: (exact.abs() > LARGEST).then(|| exact.to_string()),
            ..value
        });
    }
    carried(code).map(|()| value)
}

fn without_comment(code: &str) -> &str {
    code.split('#').next().unwrap_or(code)
}

/// Reads a sum of integers with the interpreter's precedence.
struct Reader<'code> {
    rest: &'code str,
    names: &'code Names,
    depth: usize,
}

impl<'code> Reader<'code> {
    fn blank(&mut self) -> &'code str {
        self.rest = self.rest.trim_start_matches([' ', '\t', '\u{a0}']);
        self.rest
    }

    /// Takes the first of some operators that comes next; an operator that only starts with it doesn't count.
    fn take(&mut self, operators: &[&str]) -> Option<&'code str> {
        let text = self.blank();
        let found = operators
            .iter()
            .find(|operator| text.starts_with(**operator))?;
        let (operator, rest) = text.split_at(found.len());
        if rest.starts_with(['>', '=']) || (operator == "*" && rest.starts_with('*')) {
            return None;
        }
        self.rest = rest;
        Some(operator)
    }

    fn sum(&mut self) -> Option<i128> {
        let mut value = self.product()?;
        while let Some(operator) = self.take(&["+", "-", "−"]) {
            let other = self.product()?;
            value = match operator {
                "+" => value.checked_add(other)?,
                _ => value.checked_sub(other)?,
            };
        }
        Some(value)
    }

    fn product(&mut self) -> Option<i128> {
        let mut value = self.signed()?;
        while let Some(operator) = self.take(&["*", "×", "·", "⋅", "/", "÷"]) {
            let other = self.signed()?;
            value = match operator {
                "/" | "÷" if value.checked_rem(other)? != 0 => return None,
                "/" | "÷" => value.checked_div(other)?,
                _ => value.checked_mul(other)?,
            };
        }
        Some(value)
    }

    fn signed(&mut self) -> Option<i128> {
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let value = match self.take(&["-", "−", "+"]) {
            Some("+") => self.signed(),
            Some(_) => self.signed()?.checked_neg(),
            None => self.juxtaposed(),
        };
        self.depth -= 1;
        value
    }

    /// `100 million` and `2 (3 + 4)`.
    fn juxtaposed(&mut self) -> Option<i128> {
        let mut value = self.power()?;
        while self.blank().starts_with(|c: char| is_word(c) || c == '(') {
            value = value.checked_mul(self.power()?)?;
        }
        Some(value)
    }

    fn power(&mut self) -> Option<i128> {
        let value = self.factorial()?;
        if self.take(&["^", "**"]).is_none() {
            return Some(value);
        }
        self.depth += 1;
        if self.depth > DEPTH {
            return None;
        }
        let exponent = self.power()?;
        self.depth -= 1;
        value.checked_pow(u32::try_from(exponent).ok()?)
    }

    fn factorial(&mut self) -> Option<i128> {
        let value = self.primary()?;
        if !self.rest.starts_with('!') || self.rest.starts_with("!=") {
            return Some(value);
        }
        self.rest = &self.rest[1..];
        // Two of them mean something else.
        if self.rest.starts_with('!') || value < 0 {
            return None;
        }
        (1..=value).try_fold(1i128, i128::checked_mul)
    }

    fn primary(&mut self) -> Option<i128> {
        let text = self.blank();
        if let Some(rest) = text.strip_prefix('(') {
            self.rest = rest;
            let value = self.sum()?;
            self.rest = self.blank().strip_prefix(')')?;
            return Some(value);
        }
        let length = text.find(|c| !is_word(c)).unwrap_or(text.len());
        let (word, rest) = text.split_at(length);
        self.rest = rest;
        if rest.starts_with([
            '.', '²', '³', '⁴', '⁵', '⁶', '⁷', '⁸', '⁹', '¹', '⁰', '⁻', '[', '{', '%',
        ]) {
            return None;
        }
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            return literal(word);
        }
        if rest.starts_with('(') {
            return self.call(word);
        }
        let scale = match word {
            "thousand" | "thousands" => 1_000,
            "million" | "millions" => 1_000_000,
            "billion" | "billions" | "bn" => 1_000_000_000,
            "trillion" | "trillions" => 1_000_000_000_000,
            _ => return self.names.get(word).copied(),
        };
        Some(self.names.get(word).copied().unwrap_or(scale))
    }

    /// A function of integers that gives one.
    fn call(&mut self, function: &str) -> Option<i128> {
        let mut rest = self.rest.strip_prefix('(')?;
        let mut arguments = Vec::new();
        loop {
            self.rest = rest;
            arguments.push(self.sum()?);
            let text = self.blank();
            match text.strip_prefix(',') {
                Some(next) => rest = next,
                None => {
                    self.rest = text.strip_prefix(')')?;
                    break;
                }
            }
        }
        match (function, arguments.as_slice()) {
            ("mod", [value, by]) => value.checked_rem_euclid(*by),
            ("maximum", [one, other]) => Some(*one.max(other)),
            ("minimum", [one, other]) => Some(*one.min(other)),
            ("abs", [value]) => value.checked_abs(),
            ("round" | "floor" | "ceil" | "trunc", [value]) => Some(*value),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn value(code: &str) -> Option<i128> {
        integer(code, &Names::from([("n".to_owned(), 7)]))
    }

    #[test]
    fn sums_of_integers_are_exact_and_nothing_else_is_read() {
        for (code, exact) in [
            ("2^53 + 1", (1 << 53) + 1),
            ("2^53 + 1 - 2^53", 1),
            ("25!", 15_511_210_043_330_985_984_000_000),
            ("-2^2", -4),
            ("2^3^2", 512),
            ("100 million × 3 + n", 300_000_007),
            ("2 (3 + 4) / 7", 2),
            ("2^60 / 2 / 2^7", 1 << 52),
            ("mod(2^64, 10) * (n - 1)", 36),
            ("9_007_199_254_740_993", (1 << 53) + 1),
            ("0x20000000000001 - 2^53 + 0b11", 4),
        ] {
            assert_eq!(value(code), Some(exact), "{code}");
        }
        for code in [
            "7 / 2", "2^-1", "1e3", "1.5", "3 s", "n²", "5!!", "2^200", "f(3)", "3 -> n", "3 == 3",
            "1 / 0", "", "(", "3 4 5 x",
        ] {
            assert_eq!(value(code), None, "{code}");
        }
        assert_eq!(value(&"(".repeat(100_000)), None);
        assert_eq!(value(&"-".repeat(100_000)), None);
    }

    #[test]
    fn names_are_kept_while_they_are_integers() {
        let mut names = Names::new();
        for code in [
            "let a = 2^53 + 1",
            "let b: Scalar = a × 2 # = 3",
            "let c = 1 s",
            "let d = 3",
        ] {
            define(code, &mut names).unwrap();
        }
        assert_eq!(names.get("b"), Some(&((1 << 54) + 2)));
        assert_eq!(names.get("c"), None);
        define("let a = 2.5", &mut names).unwrap();
        assert_eq!(names.get("a"), None);
        let error = define("let d = 9_007_199_254_740_993 s", &mut names).unwrap_err();
        assert_eq!(error.span, 8..29);
        assert_eq!(names.get("d"), None);
        define("let b = 1\nlet x = 2", &mut names).unwrap();
        assert!(names.is_empty());
    }

    proptest! {
        #[test]
        fn no_code_panics(code in "[0-9n(),+*/^!%. −×_a-z-]{0,40}") {
            let _ = value(&code);
            let _ = define(&code, &mut Names::new());
        }
    }

    proptest! {
        #[test]
        fn small_sums_are_what_the_interpreter_gives(
            code in "(-|\\()?[1-9]( ?[-+*×] ?[0-9]{1,3}|\\^[0-3]| \\([1-9] [-+] [0-9]\\)|!){0,5}"
        ) {
            let base = super::super::Interpreter::new(None).unwrap();
            if let Some(exact) = value(&code).filter(|value| value.abs() < 1 << 50)
                && let Ok(Some(theirs)) = base.evaluate(&code)
            {
                // Without the second computing.
                let theirs_alone = base.evaluate(&format!("{code} + 0.5"));
                prop_assert!(theirs.exact.is_none());
                if let Ok(Some(alone)) = theirs_alone {
                    #[expect(clippy::cast_precision_loss, reason = "it is small")]
                    let exact = exact as f64;
                    prop_assert!((alone.base - 0.5 - exact).abs() < 0.25, "{code}: {} and {exact}", alone.base);
                }
            }
        }
    }
}
