//! Computed values as text: for figures that aren't written yet, and for messages.

use crate::value::Value;
use mdbook_proof_text::quantity::{DecimalMark, Notation};
use mdbook_proof_text::rounding;

/// A figure for a value that nothing was printed for yet.
pub fn proposed(value: &Value, mark: DecimalMark) -> String {
    if let Some(exact) = &value.exact {
        let (sign, digits) = match exact.strip_prefix('-') {
            Some(digits) => ("−", digits),
            None => ("", exact.as_str()),
        };
        return format!("{sign}{}", rounding::groups(digits, &notation(mark)));
    }
    let (number, unit) = value.natural();
    format!("{} {unit}", proposed_number(number, mark))
        .trim_end()
        .to_owned()
}

/// The number of such a figure.
pub fn proposed_number(number: f64, mark: DecimalMark) -> String {
    // It would have more digits than a number carries.
    if number.abs() >= 1e15 {
        return format!("{number:.3e}");
    }
    let decimals = match number.abs() {
        n if n >= 1000.0 || n.fract() == 0.0 => 0,
        n if n >= 100.0 => 1,
        n if n >= 1.0 => 2,
        _ => 4,
    };
    let sign = if number < 0.0 { "-" } else { "" };
    format!(
        "{sign}{}",
        rounding::digits(number, decimals, &notation(mark))
    )
}

fn notation(mark: DecimalMark) -> Notation {
    Notation {
        decimal_mark: mark,
        ..Notation::default()
    }
}

/// A number with nine significant digits at most, trailing zeros left out.
pub fn significant(value: f64) -> String {
    let magnitude = value.abs().max(1e-9).log10().floor();
    let decimals = (0..=15)
        .find(|d| magnitude + f64::from(*d) >= 8.0)
        .unwrap_or(15);
    let text = rounding::grouped(value, usize::try_from(decimals).unwrap_or(0));
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}
