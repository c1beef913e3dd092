//! When a printed figure is right: it has to be a correct rounding of the computed value.
//!
//! All written digits count: `1,000 requests/s` means ±0.5, `52.60` means ±0.005, `100 million` means
//! ±0.5 million. A `~` makes trailing zeros insignificant, and a bare integer is exact. Ties count as
//! inside.

use crate::quantity::{Exponent, Form, Notation, Part, Printed, SUPERSCRIPTS};
use std::ops::Range;

/// The relative error that arithmetic on computed values may have.
const SLACK: f64 = 1e-12;

/// The values that a printed figure covers, in the unit of its last part.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Stands {
    /// The printed value.
    pub value: f64,
    /// How far the computed value may be away.
    pub half_step: f64,
}

/// The values that a figure covers. `units` says how many of the last part's unit each part's unit is.
pub fn stands(printed: &Printed, units: &[f64]) -> Stands {
    let sign = if printed.is_negative { -1.0 } else { 1.0 };
    let value: f64 = printed
        .parts
        .iter()
        .zip(units)
        .map(|(part, unit)| part.number * part.scale * unit)
        .sum();
    let half_step = match printed.parts.last() {
        Some(part) if part.notation.form == Form::Fraction => 0.0,
        Some(part) if !printed.is_exact() => 0.5 * step(part, printed.is_approximate) * part.scale,
        _ => 0.0,
    };
    Stands {
        value: sign * value,
        half_step,
    }
}

fn step(part: &Part, is_approximate: bool) -> f64 {
    let zeros = if is_approximate {
        part.trailing_zeros
    } else {
        0
    };
    10f64.powi(exponent(zeros) - exponent(part.decimals))
}

fn exponent(digits: usize) -> i32 {
    i32::try_from(digits).unwrap_or(i32::MAX)
}

/// Whether a computed value, in the unit of the last part, is one that the figure covers.
pub fn is_right(stands: Stands, computed: f64) -> bool {
    let slack = SLACK * computed.abs().max(stands.value.abs());
    // Never as much as would let the next figure pass: 2^40 has thirteen digits.
    let slack = slack.min(match stands.half_step {
        0.0 => 0.25,
        half_step => half_step / 2.0,
    });
    (computed - stands.value).abs() <= stands.half_step + slack
}

/// Whether a computed value, in the unit of the last part, is one that a figure covers. Unlike [`is_right`] it compares
/// all digits of integers that are too large to be told apart as floating-point numbers.
pub fn agrees(printed: &Printed, units: &[f64], computed: f64) -> bool {
    if !is_right(stands(printed, units), computed) {
        return false;
    }
    match printed.integer() {
        Some(digits) if computed.abs() >= MOST_EXACT => {
            // A value that was computed in this range stands for itself, or for the shortest number that rounds to it.
            digits == format!("{computed:.0}") || digits == format!("{computed}")
        }
        _ => true,
    }
}

/// Up to here, every integer is a floating-point number: 2^53.
const MOST_EXACT: f64 = 9_007_199_254_740_992.0;

/// The text of a figure with a computed value in place of its own, in its author's notation: the same separators, decimal
/// mark, exponent, scale, units and number of digits. The figure was read from `text` by `read`.
///
/// None where the value can't be written so: a fraction or a power stays, and so does a figure that wouldn't be right.
pub fn rewritten(
    text: &str,
    printed: &Printed,
    units: &[f64],
    computed: f64,
    read: impl Fn(&str) -> Option<Printed>,
) -> Option<String> {
    let figure = filled(text, printed, units, computed)?;
    let new = format!("{}{figure}", text.get(..printed.span.start)?);
    let again = read(&new)?;
    let is_same = again.span == (printed.span.start..new.len())
        && again.parts.len() == printed.parts.len()
        && again
            .parts
            .iter()
            .zip(&printed.parts)
            .all(|(new, old)| new.unit == old.unit);
    (is_same && agrees(&again, units, computed)).then_some(figure)
}

/// As [`rewritten`], for a caller that sees to it that the figure is right.
pub fn filled(text: &str, printed: &Printed, units: &[f64], computed: f64) -> Option<String> {
    let mut edits = rewrite(printed, units, computed)?;
    edits.sort_by_key(|(place, _)| place.start);
    let mut figure = String::new();
    let mut at = printed.span.start;
    for (place, written) in edits {
        figure.push_str(text.get(at..place.start)?);
        figure.push_str(&written);
        at = place.end;
    }
    figure.push_str(text.get(at..printed.span.end)?);
    Some(figure)
}

/// The text of a bare integer with these digits, which may have a sign, in place of its own; none if it isn't one.
pub fn with_integer(text: &str, printed: &Printed, integer: &str) -> Option<String> {
    let [part] = printed.parts.as_slice() else {
        return None;
    };
    printed.integer()?;
    let (is_negative, digits) = match integer.strip_prefix('-') {
        Some(digits) => (true, digits),
        None => (false, integer),
    };
    let sign = match (is_negative, printed.is_negative) {
        (true, true) => text.get(printed.sign.clone())?,
        (true, false) => "−",
        (false, _) => "",
    };
    Some(format!("{sign}{}", groups(digits, &part.notation)))
}

/// What to write in place of the sign, the digits and the exponents of a figure.
fn rewrite(printed: &Printed, units: &[f64], computed: f64) -> Option<Vec<(Range<usize>, String)>> {
    let (last, leading) = printed.parts.split_last()?;
    if printed
        .parts
        .iter()
        .any(|part| part.notation.form != Form::Plain)
        || !computed.is_finite()
    {
        return None;
    }
    let mut edits = Vec::new();
    let is_whole = (computed - computed.round()).abs() <= SLACK * computed.abs();
    if printed.is_exact() && !is_whole {
        edits.push((printed.span.start..printed.span.start, "~".to_owned()));
    }
    if (computed < 0.0) != printed.is_negative {
        let sign = if computed < 0.0 { "−" } else { "" };
        edits.push((printed.sign.clone(), sign.to_owned()));
    }
    let value = computed.abs();
    if leading.is_empty() {
        let mut value = value / last.scale;
        let mut decimals = if printed.is_exact() {
            0
        } else {
            decimals(last, value)
        };
        // Without decimals it would be a bare integer, which has to be exact.
        let is_bare = last.unit.is_empty() && last.scale.to_bits() == 1f64.to_bits();
        if is_bare && decimals == 0 && last.decimals > 0 && !is_whole {
            decimals = 1;
        }
        if let Some(exponent) = &last.notation.exponent
            && value > 0.0
            && ((1.0..10.0).contains(&last.number) || !(1e-9..1e12).contains(&value))
        {
            decimals = last.significant - 1;
            let (mantissa, power) = normalized(value, decimals, exponent.value);
            value = mantissa;
            edits.push((exponent.place.clone(), superscripts(power, exponent)));
        }
        edits.push((last.digits.clone(), digits(value, decimals, &last.notation)));
        return Some(edits);
    }
    let unit = 10f64.powi(-exponent(last.decimals));
    let mut rest = (value / unit).round() * unit;
    for (part, size) in leading.iter().zip(units) {
        let whole = ((rest + unit / 2.0) / size).floor();
        rest = (rest - whole * size).max(0.0);
        edits.push((part.digits.clone(), digits(whole, 0, &part.notation)));
    }
    edits.push((
        last.digits.clone(),
        digits(rest, last.decimals, &last.notation),
    ));
    Some(edits)
}

/// A value as a number from 1 to 10, rounded to some decimals, and its power of ten. It is counted in `power` of ten already.
fn normalized(value: f64, decimals: usize, power: i32) -> (f64, i32) {
    let text = format!("{value:.decimals$e}");
    let (mantissa, shift) = text.split_once('e').unwrap_or((&text, "0"));
    (
        mantissa.parse().unwrap_or(value),
        power + shift.parse::<i32>().unwrap_or(0),
    )
}

fn superscripts(power: i32, exponent: &Exponent) -> String {
    let text = power.to_string();
    if !exponent.is_superscript {
        return text;
    }
    let raised = |c: char| match c {
        '-' => Some('⁻'),
        _ => SUPERSCRIPTS
            .chars()
            .nth(usize::try_from(c.to_digit(10)?).ok()?),
    };
    text.chars().filter_map(raised).collect()
}

/// As many decimals as keep the number of significant digits.
fn decimals(part: &Part, value: f64) -> usize {
    if value == 0.0 {
        return part.decimals;
    }
    let magnitude = value.log10().floor();
    let wanted = (0..=15).rev().find(|d| {
        let digits = magnitude + 1.0 + f64::from(*d);
        digits <= f64::from(u32::try_from(part.significant).unwrap_or(15))
    });
    usize::try_from(wanted.unwrap_or(0)).unwrap_or(0)
}

/// A number with commas between groups of three digits.
pub fn grouped(value: f64, decimals: usize) -> String {
    let sign = if value < 0.0 { "-" } else { "" };
    format!("{sign}{}", digits(value, decimals, &Notation::default()))
}

/// The digits of an integer in the groups of a notation.
pub fn groups(integer: &str, notation: &Notation) -> String {
    let separator = match &notation.separator {
        Some(separator) => separator,
        None => notation.decimal_mark.separator(),
    };
    let mut out = String::new();
    for (at, digit) in integer.chars().enumerate() {
        if at > 0 && (integer.len() - at).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}

/// The digits of a number in a notation, without its sign.
pub fn digits(value: f64, decimals: usize, notation: &Notation) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = groups(integer, notation);
    if !fraction.is_empty() {
        out.push(notation.decimal_mark.as_char());
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::quantity::{self, DecimalMark};
    use proptest::prelude::*;

    fn judge(text: &str, computed: f64) -> bool {
        let printed = last(text).unwrap();
        agrees(&printed, &units(&printed), computed)
    }

    fn last(text: &str) -> Option<Printed> {
        quantity::last(text, DecimalMark::Point).ok().flatten()
    }

    fn rewritten_as(text: &str, computed: f64) -> Option<String> {
        let printed = last(text).unwrap();
        rewritten(text, &printed, &units(&printed), computed, last)
    }

    /// Units of compound times in seconds; one for anything else.
    fn units(printed: &Printed) -> Vec<f64> {
        let size = |part: &Part| match part.unit.as_str() {
            "h" => 3600.0,
            "min" => 60.0,
            _ => 1.0,
        };
        if printed.parts.len() == 1 {
            return vec![1.0];
        }
        printed.parts.iter().map(size).collect()
    }

    #[test]
    fn every_written_digit_counts() {
        assert!(judge("100 million users", 100.4e6));
        assert!(!judge("100 million users", 100.6e6));
        assert!(judge("1,000 requests/s", 1000.5));
        assert!(!judge("1,000 requests/s", 1000.6));
        assert!(judge("52.60 min", 52.596));
        assert!(!judge("52.60 min", 52.594));
        assert!(judge("~1,400", 1449.0) && !judge("~1,400", 1451.0));
        assert!(judge("4", 4.0) && !judge("4", 4.2));
        assert!(!judge("1,099,511,627,775", 1_099_511_627_776.0));
        assert!(!judge("1,099,511,627,775 B", 1_099_511_627_776.0));
        assert!(judge("20×", 19.8));
        assert!(judge("8h 45m 57s", 31557.0 + 0.4) && !judge("8h 45m 57s", 31558.0));
    }

    #[test]
    fn digits_scale_and_units_are_kept() {
        for (old, computed, new) in [
            ("1,157 requests/s", 11.574, "11.57 requests/s"),
            ("3.056 TB", 34.321, "34.32 TB"),
            ("38 writes/s", 380.6, "381 writes/s"),
            ("100 million users", 1.5e6, "1.50 million users"),
            ("0.394", 0.4567, "0.457"),
            ("5", 7.5, "~8"),
            ("1.0", 100.1, "100.1"),
            ("8h 45m 57s", 7199.9, "2h 0m 0s"),
            ("8h45m57s", 31_558.0, "8h45m58s"),
            ("12'000 B", 1_234_567.0, "1'234'567 B"),
            ("12&thinsp;000 B", 1_234_567.0, "1&thinsp;234&thinsp;567 B"),
            ("12000 B", 1_234_567.0, "1234567 B"),
            ("1.5e6 B", 2.34e9, "2.3e9 B"),
            ("9.9 × 10^6 B", 9_960_000.0, "1.0 × 10^7 B"),
            ("1.5×10⁶ B", 2.34e-3, "2.3×10⁻³ B"),
            ("1.5·10<sup>6</sup> B", 2.34e9, "2.3·10<sup>9</sup> B"),
            ("$1.2 million", 3.4e6, "$3.4 million"),
            ("12k users", 34_000.0, "34k users"),
            ("-$5", 7.0, "$7"),
            ("≈ $50", -70.0, "≈ −$70"),
            ("+5 ms", -6.0, "−6 ms"),
            ("**12** *MB*", 13.0, "13** *MB"),
            ("12&nbsp;MB", 13.0, "13&nbsp;MB"),
        ] {
            assert_eq!(rewritten_as(old, computed).as_deref(), Some(new), "{old}");
        }
        for old in ["1/3", "2½ s", "2^10 B", "10⁶"] {
            assert_eq!(rewritten_as(old, 7.0), None, "{old}");
        }
    }

    #[test]
    fn large_integers_are_compared_digit_by_digit() {
        let power = 2f64.powi(53);
        assert!(judge("9,007,199,254,740,992", power));
        for other in ["9,007,199,254,740,993", "9,007,199,254,740,991"] {
            assert!(!judge(other, power), "{other}");
        }
        assert!(judge("1,000,000,000,000,000,000,000,000,000,000", 1e30));
        assert!(!judge("1,000,000,000,000,000,000,000,000,000,001", 1e30));
        assert!(judge(
            "340,282,366,920,938,463,463,374,607,431,768,211,456",
            2f64.powi(128)
        ));
        assert!(!judge(
            "340,282,366,920,938,463,463,374,607,431,768,211,457",
            2f64.powi(128)
        ));
    }

    #[test]
    fn fractions_are_exact() {
        assert!(judge("1/3", 1.0 / 3.0) && judge("½ s", 0.5) && judge("2 ½", 2.5));
        assert!(!judge("1/3", 0.333) && !judge("½ s", 0.6) && !judge("1/3", 3.0));
    }

    proptest! {
        #[test]
        fn what_is_rewritten_is_right_and_a_changed_digit_is_not(
            old in prop::sample::select(vec!["1,157 r/s", "0.394 s", "52.60 min", "3 million", "7×"]),
            computed in 1e-3..1e9f64,
        ) {
            let text = rewritten_as(old, computed).unwrap();
            let again = last(&text).unwrap();
            let stood = stands(&again, &[1.0]);
            prop_assert!(is_right(stood, computed), "{} for {}", text, computed);
            let step = stood.half_step * 2.0;
            let is_tie = ((computed - stood.value).abs() - stood.half_step).abs()
                < 1e-6 * step + 2.0 * SLACK * computed.abs();
            if !is_tie {
                let other = Stands { value: stood.value + step, ..stood };
                prop_assert!(!is_right(other, computed), "{} and one more for {}", text, computed);
            }
        }
    }
}
