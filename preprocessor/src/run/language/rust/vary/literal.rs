//! A literal of a block: what a parameter is where nothing is set.

use crate::run::language::rust::tokens::{is_punct, word};
use crate::text::span::Span;
use proc_macro2::TokenTree;

/// A literal, or the path of an enum's variant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Literal {
    /// What kind of value it is.
    pub(super) kind: Kind,
    /// As it is written.
    pub(super) text: String,
    /// Its bytes in the block's code.
    pub(super) span: Span,
}

/// What kind of value a literal is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Kind {
    /// A whole number, as decimal digits where they can be told, and the type that its suffix names.
    Integer(Option<String>, Option<String>),
    /// A number with decimals, in the same way.
    Float(Option<String>, Option<String>),
    /// A string.
    Text(String),
    /// `true` or `false`.
    Bool(bool),
    /// A variant such as `Rule::Random`: what comes before its last segment, and that segment.
    Variant(String, String),
}

/// The most tokens that a path has.
const LONGEST: usize = 32;

/// The most digits that an exponent may add.
const DIGITS: usize = 40;

impl Literal {
    /// The literal that these tokens are, if they are one.
    pub(super) fn read(tokens: &[TokenTree]) -> Option<Self> {
        let is_group = |token: &TokenTree| matches!(token, TokenTree::Group(_));
        if tokens.len() > LONGEST || tokens.iter().any(is_group) {
            return None;
        }
        let (first, last) = (tokens.first()?, tokens.last()?);
        let span = Span::from(first.span().byte_range()).cover(last.span().byte_range().into());
        let texts: Vec<String> = tokens.iter().map(ToString::to_string).collect();
        let text = texts.concat();
        let kind = match tokens {
            [TokenTree::Literal(_)] => of_literal(&text)?,
            [minus, TokenTree::Literal(_)] if is_punct(Some(minus), '-') => {
                match of_literal(&texts[1])? {
                    Kind::Integer(number, suffix) => Kind::Integer(negative(number), suffix),
                    Kind::Float(number, suffix) => Kind::Float(negative(number), suffix),
                    _ => return None,
                }
            }
            [TokenTree::Ident(_)] if text == "true" || text == "false" => {
                Kind::Bool(text == "true")
            }
            path => variant(path)?,
        };
        Some(Self { kind, text, span })
    }

    /// The number that it is, in decimal digits; none where it is no number.
    pub(super) fn number(&self) -> Option<&str> {
        match &self.kind {
            Kind::Integer(number, _) | Kind::Float(number, _) => number.as_deref(),
            _ => None,
        }
    }

    /// The choice that it is; none where it is a number.
    pub(super) fn choice(&self) -> Option<&str> {
        match &self.kind {
            Kind::Text(text) | Kind::Variant(_, text) => Some(text),
            Kind::Bool(value) => Some(if *value { "true" } else { "false" }),
            _ => None,
        }
    }

    /// The code of another choice in its place.
    pub(super) fn other(&self, choice: &str) -> String {
        match &self.kind {
            Kind::Variant(before, _) => format!("{before}{choice}"),
            Kind::Text(_) => format!("{choice:?}"),
            _ => choice.to_owned(),
        }
    }
}

fn negative(number: Option<String>) -> Option<String> {
    number.map(|digits| format!("-{digits}"))
}

/// What the text of one token is.
fn of_literal(text: &str) -> Option<Kind> {
    if text.starts_with(|c: char| c.is_ascii_digit()) {
        return Some(number(text));
    }
    let inner = match text.strip_prefix('r') {
        Some(raw) => raw.trim_matches('#'),
        None => text,
    };
    let inner = inner.strip_prefix('"')?.strip_suffix('"')?;
    Some(Kind::Text(inner.to_owned()))
}

fn number(text: &str) -> Kind {
    let digits = text.replace('_', "");
    let radix = match digits.get(..2) {
        Some("0x") => Some(16),
        Some("0o") => Some(8),
        Some("0b") => Some(2),
        _ => None,
    };
    let is_suffix = |c: char| matches!(c, 'u' | 'i') || c == 'f' && radix.is_none();
    let at = digits.find(is_suffix).unwrap_or(digits.len());
    let (digits, suffix) = digits.split_at(at);
    let suffix = Some(suffix.to_owned()).filter(|suffix| !suffix.is_empty());
    if let Some(radix) = radix {
        let number = u128::from_str_radix(&digits[2..], radix).ok();
        return Kind::Integer(number.map(|number| number.to_string()), suffix);
    }
    let is_float =
        digits.contains(['.', 'e', 'E']) || suffix.as_deref().is_some_and(|s| s.starts_with('f'));
    match is_float {
        true => Kind::Float(decimal(digits), suffix),
        false => Kind::Integer(decimal(digits), suffix),
    }
}

/// A number without its exponent, and without zeros that say nothing.
fn decimal(text: &str) -> Option<String> {
    let (mantissa, exponent) = text.split_once(['e', 'E']).unwrap_or((text, "0"));
    let (whole, part) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let exponent: i32 = exponent.parse().ok()?;
    if !whole
        .chars()
        .chain(part.chars())
        .all(|c| c.is_ascii_digit())
    {
        return None;
    }
    let by = usize::try_from(exponent.unsigned_abs())
        .ok()
        .filter(|by| *by <= DIGITS)?;
    let zeros = "0".repeat(by);
    let (digits, point) = match exponent < 0 {
        true => (format!("{zeros}{whole}{part}"), whole.len()),
        false => (format!("{whole}{part}{zeros}"), whole.len() + by),
    };
    let whole = digits[..point].trim_start_matches('0');
    let part = digits[point..].trim_end_matches('0');
    let whole = if whole.is_empty() { "0" } else { whole };
    let point = if part.is_empty() { "" } else { "." };
    Some(format!("{whole}{point}{part}"))
}

/// `Rule::Random`, or `Random` alone.
fn variant(path: &[TokenTree]) -> Option<Kind> {
    let is_type = |name: &str| name.starts_with(|c: char| c.is_uppercase());
    let segments: Vec<String> = path
        .iter()
        .step_by(3)
        .map(|token| word(Some(token)))
        .collect::<Option<_>>()?;
    let is_path =
        path.len() % 3 == 1 && (0..path.len()).all(|at| at % 3 == 0 || is_punct(path.get(at), ':'));
    let (last, before) = segments.split_last()?;
    // A name by itself in capitals is a constant.
    let is_variant = match before.last() {
        Some(of) => is_type(of),
        None => is_type(last) && last.contains(|c: char| c.is_lowercase()),
    };
    let before: String = before.iter().flat_map(|of| [of, "::"]).collect();
    (is_path && is_variant).then(|| Kind::Variant(before, last.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::language::rust::tokens::{level, read};

    fn literal(code: &str) -> Option<Literal> {
        Literal::read(&level(read(code).unwrap()))
    }

    #[test]
    fn numbers_are_told_in_every_spelling() {
        for (code, number, suffix) in [
            ("20", "20", None),
            ("1_000u64", "1000", Some("u64")),
            ("0xff_u8", "255", Some("u8")),
            ("0b101", "5", None),
            ("0o17i32", "15", Some("i32")),
            ("-3", "-3", None),
            ("50.0", "50", None),
            ("0.750", "0.75", None),
            ("2f64", "2", Some("f64")),
            ("1.5e3", "1500", None),
            ("25e-3f32", "0.025", Some("f32")),
            ("-0.5", "-0.5", None),
            ("50.", "50", None),
        ] {
            let literal = literal(code).unwrap();
            assert_eq!(literal.number(), Some(number), "{code}");
            let (Kind::Integer(_, found) | Kind::Float(_, found)) = &literal.kind else {
                panic!("{code}");
            };
            assert_eq!(found.as_deref(), suffix, "{code}");
            let is_float = matches!(literal.kind, Kind::Float(..));
            assert_eq!(
                is_float,
                code.contains('.') || code.contains("f64") || code.contains("f32"),
                "{code}"
            );
        }
        assert_eq!(literal("1e99").unwrap().number(), None);
    }

    #[test]
    fn choices_are_strings_truths_and_variants() {
        for (code, choice, other) in [
            ("\"random\"", "random", "\"b\""),
            ("r#\"random\"#", "random", "\"b\""),
            ("true", "true", "b"),
            ("Rule::Random", "Random", "Rule::b"),
            (
                "balancing::rule::Rule::Random",
                "Random",
                "balancing::rule::Rule::b",
            ),
            ("Lru", "Lru", "b"),
            ("Duration::ZERO", "ZERO", "Duration::b"),
        ] {
            let literal = literal(code).unwrap();
            assert_eq!(
                (literal.choice(), literal.number()),
                (Some(choice), None),
                "{code}"
            );
            assert_eq!(literal.other("b"), other);
        }
    }

    #[test]
    fn an_expression_is_no_literal() {
        for code in [
            "a", "SECONDS", "u32::MAX", "1 + 2", "- -1", "f(1)", "(1)", "b\"a\"", "'a'", "b'a'",
            "-\"a\"", "-true", "A::B(1)", "&1", "1..2", "A:B", "",
        ] {
            assert_eq!(literal(code), None, "{code}");
        }
    }
}
