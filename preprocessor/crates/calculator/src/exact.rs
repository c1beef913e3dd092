//! Integers that are too large for a number, which carries 53 bits: compared by their digits, or refused.

use crate::expression::is_word;
use crate::value::{ExpressionError, Value};
use mdbook_proof_text::quantity::Printed;

/// How many digits every number carries.
const DIGITS: usize = 15;

/// Refuses a printed figure that an expression would read rounded.
///
/// # Errors
/// When it is an integer with more digits than a number carries.
pub fn readable(figure: &Printed) -> Result<(), ExpressionError> {
    figure
        .parts
        .iter()
        .try_for_each(|part| carried(&part.written))
}

/// Refuses a code with an integer that the interpreter rounds.
pub(crate) fn carried(code: &str) -> Result<(), ExpressionError> {
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
        let is_whole = !code[..start].ends_with(is_part);
        if is_whole && is_rounded(number) {
            return Some(start..start + length);
        }
        at = start + length;
    }
    None
}

/// Whether a number is an integer that has no number of its own.
fn is_rounded(number: &str) -> bool {
    let digits = number.replace('_', "");
    let digits = digits.trim_start_matches('0');
    if digits.is_empty() || !digits.chars().all(|c| c.is_ascii_digit()) {
        #[expect(
            clippy::cast_precision_loss,
            clippy::cast_possible_truncation,
            reason = "it is what is asked for"
        )]
        return literal(number).is_some_and(|exact| exact as f64 as i128 != exact);
    }
    digits.len() > DIGITS
        && digits
            .parse::<f64>()
            .is_ok_and(|number| format!("{number:.0}") != digits)
}

/// An integer of the interpreter's language: decimal, `0x1f`, `0o17` or `0b11`.
pub(crate) fn literal(number: &str) -> Option<i128> {
    let digits = number.replace('_', "");
    let radix = |prefix, radix| {
        let digits = digits.strip_prefix(prefix)?;
        i128::from_str_radix(digits, radix).ok()
    };
    radix("0x", 16)
        .or_else(|| radix("0o", 8))
        .or_else(|| radix("0b", 2))
        .or_else(|| digits.parse().ok())
}

/// Whether a printed figure can be compared as a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// It can.
    Comparable,
    /// Its digits are those of the exact value.
    Right,
    /// They aren't.
    Wrong,
    /// It has more digits than a number carries.
    TooLong,
}

/// Compares the digits of a figure with a value's where both are integers that are too large for numbers.
pub fn verdict(printed: &Printed, value: &Value) -> Verdict {
    let is_long = printed.parts.iter().any(|part| {
        let zeros = if printed.is_approximate {
            part.trailing_zeros
        } else {
            0
        };
        // Up to 2^53 each integer is a number.
        let is_small = part.decimals == 0 && part.number.abs() < 2f64.powi(53);
        part.significant.saturating_sub(zeros) > DIGITS && !is_small
    });
    match (printed.integer(), &value.exact) {
        (Some(digits), Some(exact)) if digits == *exact => Verdict::Right,
        (Some(_), Some(_)) => Verdict::Wrong,
        (Some(_), None) if value.base.abs() < 2f64.powi(53) => Verdict::Comparable,
        _ if is_long => Verdict::TooLong,
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

#[cfg(test)]
mod tests {
    use super::*;
    use mdbook_proof_text::quantity::{self, DecimalMark};
    use proptest::prelude::*;

    #[test]
    fn digits_are_compared_where_numbers_are_too_short() {
        let exact = |text: &str| Value {
            base: 2f64.powi(53),
            dimension: String::new(),
            number: 2f64.powi(53),
            unit: String::new(),
            exact: Some(text.to_owned()),
        };
        let judge = |figure: &str, value: &Value| {
            let printed = quantity::last(figure, DecimalMark::Point).unwrap();
            verdict(&printed.unwrap(), value)
        };
        let value = exact("9007199254740993");
        assert_eq!(judge("9,007,199,254,740,993", &value), Verdict::Right);
        assert_eq!(judge("9007199254740993", &value), Verdict::Right);
        assert_eq!(judge("9,007,199,254,740,992", &value), Verdict::Wrong);
        assert_eq!(judge("-9007199254740993", &value), Verdict::Wrong);
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

    #[test]
    fn integers_without_a_number_of_their_own_are_refused_as_operands() {
        for text in [
            "9007199254740993",
            "2 + 0x20000000000001",
            "9_007_199_254_740_993 s",
            "0b100000000000000000000000000000000000000000000000000001",
        ] {
            assert!(carried(text).is_err(), "{text}");
        }
        for text in ["9,007,199,254,740,993", "9 007 199 254 740 993 B"] {
            assert!(readable(&quantity::whole(text).unwrap()).is_err(), "{text}");
        }
        for text in [
            "9007199254740992",
            "0x20000000000000",
            "a9007199254740993",
            "3.14159265358979323846",
            "2^64",
            "18446744073709551616",
            "x # 9007199254740993",
        ] {
            assert!(carried(text).is_ok(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_code_panics(code in "(0[xob])?[0-9a-f,._#\n µ]{0,40}") {
            let _ = carried(&code);
        }
    }
}
