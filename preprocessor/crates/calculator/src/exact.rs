//! Integers that are too large for the interpreter's numbers, which carry 53 bits: computed exactly, or refused.
//!
//! Sums of integers are computed a second time here. So `2^53 + 1` is what it is, and so is `2^53 + 1 - 2^53`.

use crate::value::{ExpressionError, Value};
use mdbook_proof_text::quantity::Printed;
use std::collections::HashMap;

/// How many digits every number carries.
const DIGITS: usize = 15;

/// Up to here, every integer is a number of the interpreter's.
const LARGEST: i128 = 1 << 53;

/// How deeply brackets may be nested.
const DEPTH: usize = 50;

/// The integers that names stand for.
pub(crate) type Names = HashMap<String, i128>;

/// The value of a sum of integers; none for anything else, or where it takes more than 127 bits.
pub(crate) fn integer(code: &str, names: &Names) -> Option<i128> {
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
pub(crate) fn define(code: &str, names: &mut Names) -> Result<(), ExpressionError> {
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
pub(crate) fn corrected(code: &str, names: &Names, value: Value) -> Result<Value, ExpressionError> {
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

/// Refuses a printed figure that an expression would read rounded.
///
/// # Errors
/// When it is an integer with more digits than a number carries.
pub fn readable(figure: &str) -> Result<(), ExpressionError> {
    carried(&figure.replace(',', "_"))
}

/// Refuses a code with an integer that the interpreter rounds.
fn carried(code: &str) -> Result<(), ExpressionError> {
    let Some(span) = rounded(code) else {
        return Ok(());
    };
    let number = code[span.clone()].replace('_', ",");
    Err(ExpressionError {
        message: format!(
            "`{number}` has more digits than a number carries here, which are {DIGITS}"
        ),
        span,
        help: Some(
            "larger integers are exact only in sums of integers, without units and decimals"
                .to_owned(),
        ),
        is_name_taken: false,
    })
}

/// The first integer of a code that the interpreter rounds.
fn rounded(code: &str) -> Option<std::ops::Range<usize>> {
    let mut at = 0;
    while let Some(start) = code[at..]
        .find(|c: char| c.is_ascii_digit() || c == '#')
        .map(|n| at + n)
    {
        if code[start..].starts_with('#') {
            at = code[start..]
                .find('\n')
                .map_or(code.len(), |end| start + end);
            continue;
        }
        let is_part = |c: char| is_word(c) || c == '.';
        let length = code[start..]
            .find(|c| !is_part(c))
            .unwrap_or(code.len() - start);
        let number = &code[start..start + length];
        let digits: String = number.chars().filter(|c| *c != '_').collect();
        let is_integer =
            digits.chars().all(|c| c.is_ascii_digit()) && !code[..start].ends_with(is_part);
        let digits = digits.trim_start_matches('0');
        if is_integer
            && digits.len() > DIGITS
            && digits
                .parse::<f64>()
                .is_ok_and(|number| format!("{number:.0}") != digits)
        {
            return Some(start..start + length);
        }
        at = start + length;
    }
    None
}

/// Whether a printed figure can be compared as a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Verdict {
    /// It can.
    Comparable,
    /// Its digits are those of the exact value.
    Right,
    /// They aren't; these are, in the author's separators.
    Wrong(String),
    /// It has more digits than a number carries.
    TooLong,
}

/// Compares the digits of a figure, read from `text`, with a value's where both are integers that are too large for
/// numbers.
pub fn verdict(printed: &Printed, text: &str, value: &Value) -> Verdict {
    let is_long = printed.parts.iter().any(|part| {
        let zeros = if printed.is_approximate {
            part.trailing_zeros
        } else {
            0
        };
        part.significant.saturating_sub(zeros) > DIGITS
    });
    let [part] = printed.parts.as_slice() else {
        return if is_long {
            Verdict::TooLong
        } else {
            Verdict::Comparable
        };
    };
    let written = text.get(part.digits.clone()).unwrap_or_default();
    let digits: String = written.chars().filter(char::is_ascii_digit).collect();
    // A point, a power or a fraction makes it something else.
    let is_plain = printed.is_exact()
        && !written.contains(['.', '^', '/', '×', 'e', 'E'])
        && digits
            .parse::<f64>()
            .is_ok_and(|number| same(number, part.number));
    match &value.exact {
        Some(exact) if is_plain => {
            let sign = if printed.is_negative { "-" } else { "" };
            if *exact == format!("{sign}{}", digits.trim_start_matches('0')) {
                return Verdict::Right;
            }
            let separator = written.chars().find(|c| !c.is_ascii_digit());
            Verdict::Wrong(separated(exact, separator))
        }
        _ if is_long && !(is_plain && value.base.abs() < 2f64.powi(53)) => Verdict::TooLong,
        _ => Verdict::Comparable,
    }
}

/// What is wrong with a figure that is [too long](Verdict::TooLong).
pub fn too_long() -> ExpressionError {
    ExpressionError {
        message: format!(
            "the figure has more digits than a number carries here, which are {DIGITS}"
        ),
        span: 0..0,
        help: Some("write fewer digits, as in 9.007e15, or another unit".to_owned()),
        is_name_taken: false,
    }
}

/// An integer with a separator between groups of three digits.
pub fn separated(integer: &str, separator: Option<char>) -> String {
    let (sign, digits) = match integer.strip_prefix('-') {
        Some(digits) => ("−", digits),
        None => ("", integer),
    };
    let mut text = sign.to_owned();
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.extend(separator);
        }
        text.push(digit);
    }
    text
}

fn same(one: f64, other: f64) -> bool {
    one.to_bits() == other.to_bits()
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
            return word.replace('_', "").parse().ok();
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

fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdbook_proof_text::quantity;
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
        ] {
            assert_eq!(value(code), Some(exact), "{code}");
        }
        for code in [
            "7 / 2", "2^-1", "1e3", "0x10", "1.5", "3 s", "n²", "5!!", "2^200", "f(3)", "3 -> n",
            "3 == 3", "1 / 0", "", "(", "3 4 5 x",
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

    #[test]
    fn digits_are_compared_where_numbers_are_too_short() {
        let exact = |text: &str| Value {
            base: 2f64.powi(53),
            dimension: String::new(),
            number: 2f64.powi(53),
            unit: String::new(),
            exact: Some(text.to_owned()),
        };
        let judge =
            |figure: &str, value: &Value| verdict(&quantity::last(figure).unwrap(), figure, value);
        let value = exact("9007199254740993");
        assert_eq!(judge("9,007,199,254,740,993", &value), Verdict::Right);
        assert_eq!(judge("9007199254740993", &value), Verdict::Right);
        assert_eq!(
            judge("9,007,199,254,740,992", &value),
            Verdict::Wrong("9,007,199,254,740,993".to_owned())
        );
        assert_eq!(
            judge("-9007199254740993", &value),
            Verdict::Wrong("9007199254740993".to_owned())
        );
        assert_eq!(judge("9.007e15", &value), Verdict::Comparable);
        assert_eq!(judge("~9,007,199,254,741,000", &value), Verdict::Comparable);
        let small = Value {
            exact: None,
            base: 0.3,
            ..value
        };
        assert_eq!(judge("0.30000000000000004", &small), Verdict::TooLong);
        assert_eq!(
            judge("18,446,744,073,709,551,616 B", &small),
            Verdict::TooLong
        );
        assert_eq!(judge("0.300000000000000", &small), Verdict::Comparable);
    }

    proptest! {
        #[test]
        fn no_code_panics(code in "[0-9n(),+*/^!%. −×_a-z-]{0,40}") {
            let _ = value(&code);
            let _ = rounded(&code);
            let _ = define(&code, &mut Names::new());
        }
    }

    #[cfg(feature = "numbat")]
    proptest! {
        #[test]
        fn small_sums_are_what_the_interpreter_gives(
            code in "(-|\\()?[1-9]( ?[-+*×] ?[0-9]{1,3}|\\^[0-3]| \\([1-9] [-+] [0-9]\\)|!){0,5}"
        ) {
            let base = crate::interpreter::Interpreter::new(None).unwrap();
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
