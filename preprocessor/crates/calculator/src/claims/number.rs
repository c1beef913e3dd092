//! Numbers of messages: quantities in one unit, with enough digits to see how they differ.

use mdbook_proof_text::rounding;

/// The digits that a number has at least.
const DIGITS: i32 = 4;

/// A number in a unit.
pub(super) fn quantity(number: f64, unit: &str) -> String {
    with_unit(&digits(number, number, DIGITS), unit)
}

/// Two numbers in a unit, which look the same only if they are.
pub(super) fn two(one: f64, other: f64, unit: &str) -> (String, String) {
    let (one, other) = two_numbers(one, other);
    (with_unit(&one, unit), with_unit(&other, unit))
}

/// From one number to another in a unit.
pub(super) fn range(low: f64, high: f64, unit: &str) -> String {
    match two_numbers(low, high) {
        (low, high) if low == high => with_unit(&low, unit),
        (low, high) => format!("{low} to {}", with_unit(&high, unit)),
    }
}

fn two_numbers(one: f64, other: f64) -> (String, String) {
    let largest = one.abs().max(other.abs());
    let shown = |count| (digits(one, largest, count), digits(other, largest, count));
    let differ = |count: &i32| {
        let (one, other) = shown(*count);
        one != other
    };
    shown((DIGITS..=15).find(differ).unwrap_or(DIGITS))
}

fn with_unit(number: &str, unit: &str) -> String {
    match unit {
        "" => number.to_owned(),
        "%" => format!("{number}%"),
        _ => format!("{number} {unit}"),
    }
}

/// A number with as many decimals as another one needs to have a count of significant digits.
fn digits(number: f64, like: f64, count: i32) -> String {
    if number.abs() >= 1e15 || (number != 0.0 && like.abs() < 1e-9) {
        let decimals = usize::try_from(count - 1).unwrap_or(0);
        return format!("{number:.decimals$e}");
    }
    #[expect(
        clippy::cast_possible_truncation,
        reason = "the power of ten of a number from 1e-9 to 1e15"
    )]
    let power = like.abs().max(1e-9).log10().floor() as i32;
    let decimals = usize::try_from(count - 1 - power).unwrap_or(0);
    let text = rounding::grouped(number, decimals);
    match text.contains('.') {
        true => text.trim_end_matches('0').trim_end_matches('.').to_owned(),
        false => text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_have_enough_digits_to_differ() {
        let pair = |one, other, unit| {
            let (one, other) = two(one, other, unit);
            format!("{one} / {other}")
        };
        assert_eq!(pair(5.0, 6.0, "ms"), "5 ms / 6 ms");
        assert_eq!(pair(5.000_1, 5.0, "ms"), "5.0001 ms / 5 ms");
        assert_eq!(pair(1_234_567.0, 2.0, ""), "1,234,567 / 2");
        assert_eq!(pair(0.123_456, 0.2, ""), "0.1235 / 0.2");
        assert_eq!(quantity(39.4, "%"), "39.4%");
        assert_eq!(quantity(0.0, "ms"), "0 ms");
        assert_eq!(quantity(2.5e20, "B"), "2.500e20 B");
        assert_eq!(range(2.2, 2.6, "ms"), "2.2 to 2.6 ms");
        assert_eq!(range(2.0, 2.0, "ms"), "2 ms");
    }
}
