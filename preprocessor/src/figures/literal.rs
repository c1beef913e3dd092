//! Figures in code: a number of a program, and the comment right after it that computes it.
//!
//! `100_000_000 /* = request_rate / (requests / day) */` is judged as a figure of the text is. So a
//! program that runs with an input of the book doesn't keep the old one when that changes.

use crate::text::span::Span;
use mdbook_proof_text::quantity::{Notation, Part, Printed};

const OPEN: &str = "/*";
const CLOSE: &str = "*/";

/// A number in a line of code, and what computes it.
#[derive(Debug, PartialEq)]
pub(crate) struct Literal {
    /// The number, in the line; none where the comment has none before it.
    pub(crate) printed: Option<Printed>,
    /// The place of the expression in the line.
    pub(crate) expression: Span,
}

/// The numbers of a line of code that have an expression.
pub(crate) fn read(line: &str) -> Vec<Literal> {
    let mut literals = Vec::new();
    let mut at = 0;
    while let Some(open) = line[at..].find(OPEN).map(|found| at + found) {
        let inside = open + OPEN.len();
        let Some(close) = line[inside..].find(CLOSE).map(|found| inside + found) else {
            break;
        };
        let comment = &line[inside..close];
        if let Some(code) = comment.trim_start().strip_prefix('=')
            && !code.starts_with('=')
        {
            let end = inside + comment.trim_end().len();
            let start = inside + comment.len() - code.trim_start().len();
            literals.push(Literal {
                printed: number(&line[..open]),
                expression: Span::new(start.min(end), end),
            });
        }
        at = close + CLOSE.len();
    }
    literals
}

/// The number that a text ends with, its type left out.
pub(super) fn number(text: &str) -> Option<Printed> {
    let text = text.trim_end();
    let is_part = |c: char| c.is_ascii_alphanumeric() || matches!(c, '_' | '.');
    let mut start = text.len() - text.chars().rev().take_while(|c| is_part(*c)).count();
    let exponent_sign = |before: &str| {
        let mantissa = before.strip_suffix(['-', '+'])?.strip_suffix(['e', 'E'])?;
        let length = mantissa.chars().rev().take_while(|c| is_part(*c)).count();
        let is_number =
            mantissa[mantissa.len() - length..].starts_with(|c: char| c.is_ascii_digit());
        is_number.then(|| mantissa.len() - length)
    };
    if let Some(mantissa) = exponent_sign(&text[..start]) {
        start = mantissa;
    }
    // Behind a range's dots.
    if let Some(dots) = text[start..].rfind("..") {
        start += dots + 2;
    }
    // Another language's digit separators and letters join what is before to the number.
    let before = text[..start].trim_end_matches('\'');
    let is_joined = before.len() < start || text[..start].ends_with(char::is_alphanumeric);
    if is_joined && before.ends_with(char::is_alphanumeric) {
        return None;
    }
    let whole = &text[start..];
    let whole = ["f32", "f64", "usize", "isize"]
        .into_iter()
        .chain(["8", "16", "32", "64", "128"])
        .find_map(|end| {
            let rest = whole.strip_suffix(end)?;
            match end.starts_with(|c: char| c.is_ascii_digit()) {
                true => rest.strip_suffix(['u', 'i']),
                false => Some(rest),
            }
        })
        .map_or(whole, |rest| rest.trim_end_matches('_'));
    let (mantissa, exponent) = match whole.split_once(['e', 'E']) {
        Some((mantissa, exponent)) => (mantissa, exponent.parse().ok()?),
        None => (whole, 0),
    };
    let (integer, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let digits = |text: &str| text.replace('_', "");
    let (integer, fraction) = (digits(integer), digits(fraction));
    let all_digits = |text: &str| text.chars().all(|c| c.is_ascii_digit());
    if integer.is_empty() || !all_digits(&integer) || !all_digits(&fraction) {
        return None;
    }
    let number = format!("{integer}.{fraction}0").parse().ok()?;
    let is_negative = text[..start].ends_with('-')
        && !text[..start - 1]
            .trim_end()
            .ends_with(|c: char| is_part(c) || matches!(c, ')' | ']'));
    Some(Printed {
        span: start - usize::from(is_negative)..start + whole.len(),
        is_approximate: false,
        is_negative,
        sign: start - usize::from(is_negative)..start,
        parts: vec![Part {
            number,
            written: match fraction.as_str() {
                "" | "0" => integer.clone(),
                fraction => format!("{integer}.{fraction}"),
            },
            // `1.0` is a whole number that a program needs as a fraction.
            decimals: if fraction == "0" { 0 } else { fraction.len() },
            significant: format!("{integer}{fraction}").trim_start_matches('0').len(),
            trailing_zeros: 0,
            scale: 10f64.powi(exponent),
            digits: start..start + mantissa.len(),
            unit: String::new(),
            notation: Notation::default(),
        }],
    })
}

/// A figure as code writes it; none where it has no exact form.
pub(super) fn written(figure: &str, old: &str) -> Option<String> {
    if figure.contains('~') {
        return None;
    }
    let group = if old.contains('_') || figure.len() > 6 {
        "_"
    } else {
        ""
    };
    let new = figure.replace(',', group).replace('−', "-");
    let needs_fraction = old.contains('.') && !new.contains('.');
    Some(if needs_fraction {
        format!("{new}.0")
    } else {
        new
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_code_are_read_as_they_are_written() {
        for (code, value, decimals, text) in [
            ("let a = 116", 116.0, 0, "116"),
            ("let a = 100_000_000_u64", 1e8, 0, "100_000_000"),
            ("f(1_157.4", 1_157.4, 1, "1_157.4"),
            ("f(20.0", 20.0, 0, "20.0"),
            ("const A: f64 = 1.5e-3f64", 1.5e-3, 1, "1.5e-3"),
            ("x = 1e6", 1e6, 0, "1e6"),
            ("0..500usize", 500.0, 0, "500"),
            ("[20, 60u8", 60.0, 0, "60"),
            ("a(-4", -4.0, 0, "-4"),
            ("a -4", 4.0, 0, "4"),
            ("LIMIT 10 ", 10.0, 0, "10"),
        ] {
            let printed = number(code).unwrap_or_else(|| panic!("{code}"));
            let part = &printed.parts[0];
            let sign = if printed.is_negative { -1.0 } else { 1.0 };
            assert!(
                (sign * part.number * part.scale - value).abs() < 1e-9,
                "{code}"
            );
            assert_eq!(part.decimals, decimals, "{code}");
            assert_eq!(&code[printed.span], text, "{code}");
        }
        for code in [
            "let a =", "name", "x1", "0xff", "f(2)", "'é", "1.2.3", "12'000", "é5",
        ] {
            assert_eq!(number(code), None, "{code}");
        }
    }

    #[test]
    fn each_comment_that_starts_with_an_equals_sign_is_an_expression() {
        let line = "f(3 /* = a + 1 */, 4 /* no */, b /*= c*/) /* == */ /* = open";
        let found: Vec<(bool, &str)> = read(line)
            .into_iter()
            .map(|literal| (literal.printed.is_some(), &line[literal.expression]))
            .collect();
        assert_eq!(found, [(true, "a + 1"), (false, "c")]);
        assert_eq!(read("1 /* = */")[0].expression, Span::at(6));
    }
}
