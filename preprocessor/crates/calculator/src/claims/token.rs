//! The words, numbers and signs of a claim.

use crate::expression::is_word;
use mdbook_proof_text::bracket::bracketed;
use mdbook_proof_text::quantity;
use std::ops::Range;

/// A word, number or sign with its bytes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Token {
    pub(super) kind: Kind,
    pub(super) span: Range<usize>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// Digits, with decimals and an exponent.
    Number,
    /// A name, a unit or a word of the language.
    Word,
    /// `"text"`.
    Quoted,
    /// `[name]`.
    Bracketed,
    /// One of [`SIGNS`].
    Sign(&'static str),
    /// What has no meaning here.
    Other,
    /// The end of the claim.
    End,
}

/// The signs; longer ones before those that they start with.
const SIGNS: [&str; 22] = [
    "<=", ">=", "==", "!=", "<", ">", "≤", "≥", "=", "≠", "+", "-", "−", "×", "*", "·", "/", "÷",
    "^", "(", ")", ",",
];

/// The first token of a text from a byte on.
pub(super) fn next(text: &str, from: usize) -> Token {
    let start = from + (text[from..].len() - text[from..].trim_start().len());
    let rest = &text[start..];
    let token = |kind, length| Token {
        kind,
        span: start..start + length,
    };
    let Some(first) = rest.chars().next() else {
        return token(Kind::End, 0);
    };
    if first.is_ascii_digit() {
        return token(Kind::Number, number(rest));
    }
    if is_word(first) {
        return token(Kind::Word, rest.find(|c| !is_word(c)).unwrap_or(rest.len()));
    }
    if quantity::currency(first).is_some() || matches!(first, '%' | '°') {
        return token(Kind::Word, first.len_utf8());
    }
    if let Some(inner) = bracketed(rest) {
        return token(Kind::Bracketed, inner.len() + 2);
    }
    if let Some(length) = rest
        .strip_prefix('"')
        .and_then(|inner| inner.find('"'))
        .map(|end| end + 2)
    {
        return token(Kind::Quoted, length);
    }
    match SIGNS.iter().find(|sign| rest.starts_with(**sign)) {
        Some(sign) => token(Kind::Sign(sign), sign.len()),
        None if first == '.' => token(Kind::Sign("."), 1),
        None => token(Kind::Other, first.len_utf8()),
    }
}

/// The length of a number: `12`, `1,000`, `0.5`, `1.5e-3`.
fn number(text: &str) -> usize {
    let length = quantity::number(text);
    let exponent = || {
        let power = text[length..].strip_prefix(['e', 'E'])?;
        let digits = power.strip_prefix(['+', '-']).unwrap_or(power);
        let end = text.len() - digits.len() + quantity::digits(digits);
        let is_whole = !text[end..].starts_with(is_word);
        (quantity::digits(digits) > 0 && is_whole).then_some(end)
    };
    exponent().unwrap_or(length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<(Kind, &str)> {
        let mut at = 0;
        let mut found = Vec::new();
        loop {
            let token = next(text, at);
            if token.kind == Kind::End {
                return found;
            }
            at = token.span.end;
            found.push((token.kind, &text[token.span]));
        }
    }

    #[test]
    fn a_claim_is_split_into_words_numbers_and_signs() {
        use Kind::{Bracketed, Number, Quoted, Sign, Word};
        assert_eq!(
            kinds("wait[80].[two choices]<=1,000.5e-3 µs^2 × 5% is \"a b\""),
            [
                (Word, "wait"),
                (Bracketed, "[80]"),
                (Sign("."), "."),
                (Bracketed, "[two choices]"),
                (Sign("<="), "<="),
                (Number, "1,000.5e-3"),
                (Word, "µs"),
                (Sign("^"), "^"),
                (Number, "2"),
                (Sign("×"), "×"),
                (Number, "5"),
                (Word, "%"),
                (Word, "is"),
                (Quoted, "\"a b\""),
            ]
        );
        assert_eq!(kinds("2e 3")[0], (Number, "2"));
        assert_eq!(kinds("[a\"")[0].0, Kind::Other);
    }
}
