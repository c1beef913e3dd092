//! When a printed figure is right: it has to be a correct rounding of the computed value.
//!
//! All written digits count: `1,000 requests/s` means ±0.5, `52.60` means ±0.005, `100 million` means
//! ±0.5 million. A `~` makes trailing zeros insignificant, and a bare integer is exact. Ties count as
//! inside.

use crate::quantity::{Part, Printed};

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

/// A computed value in the digits, the scale and the units of an existing figure: what replaces
/// the figure's numbers, part by part, and the mark before them.
pub fn rewrite(printed: &Printed, units: &[f64], computed: f64) -> (String, Vec<String>) {
    let mut mark = if printed.is_approximate { "~" } else { "" }.to_owned();
    if computed < 0.0 {
        mark.push('−');
    }
    let value = computed.abs();
    let Some((last, leading)) = printed.parts.split_last() else {
        return (mark, Vec::new());
    };
    if leading.is_empty() {
        let value = value / last.scale;
        let is_whole = (value - value.round()).abs() <= SLACK * value;
        if printed.is_exact() && !is_whole {
            mark.insert(0, '~');
        }
        let decimals = if printed.is_exact() {
            0
        } else {
            decimals(last, value)
        };
        return (mark, vec![grouped(value, decimals)]);
    }
    let unit = 10f64.powi(-exponent(last.decimals));
    let mut rest = (value / unit).round() * unit;
    let mut texts = Vec::new();
    for (_, size) in leading.iter().zip(units) {
        let whole = ((rest + unit / 2.0) / size).floor();
        rest = (rest - whole * size).max(0.0);
        texts.push(grouped(whole, 0));
    }
    texts.push(grouped(rest, last.decimals));
    (mark, texts)
}

/// The text of a figure with a computed value in place of its own. The figure was read from `text`.
pub fn rewritten(text: &str, printed: &Printed, units: &[f64], computed: f64) -> String {
    let slice = |span: std::ops::Range<usize>| text.get(span).unwrap_or_default();
    let (mark, texts) = rewrite(printed, units, computed);
    let mut new = mark;
    let mut at = printed.parts.first().map_or(0, |part| part.digits.start);
    if slice(0..at).ends_with('$') {
        new.push('$');
    }
    for (part, number) in printed.parts.iter().zip(&texts) {
        new.push_str(slice(at..part.digits.start));
        new.push_str(number);
        at = part.digits.end;
    }
    new.push_str(slice(at..printed.span.end));
    new
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
    let text = format!("{:.decimals$}", value.abs());
    let sign = if value < 0.0 { "-" } else { "" };
    let (integer, fraction) = text.split_once('.').unwrap_or((&text, ""));
    let mut out = sign.to_owned();
    for (at, digit) in integer.chars().enumerate() {
        if at > 0 && (integer.len() - at).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    if !fraction.is_empty() {
        out.push('.');
        out.push_str(fraction);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::super::quantity;
    use super::*;
    use proptest::prelude::*;

    fn judge(text: &str, computed: f64) -> bool {
        let printed = quantity::last(text).unwrap();
        is_right(stands(&printed, &units(&printed)), computed)
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
            ("1,157 requests/s", 11.574, "11.57"),
            ("3.056 TB", 34.321, "34.32"),
            ("38 writes/s", 380.6, "381"),
            ("100 million users", 1.5e6, "1.50"),
            ("0.394", 0.4567, "0.457"),
            ("5", 7.5, "8"),
        ] {
            let printed = quantity::last(old).unwrap();
            let (_, texts) = rewrite(&printed, &units(&printed), computed);
            assert_eq!(texts, [new], "{old}");
        }
        let printed = quantity::last("8h 45m 57s").unwrap();
        let (_, texts) = rewrite(&printed, &units(&printed), 7199.9);
        assert_eq!(texts, ["2", "0", "0"]);
    }

    proptest! {
        #[test]
        fn what_is_rewritten_is_right_and_a_changed_digit_is_not(
            old in prop::sample::select(vec!["1,157 r/s", "0.394 s", "52.60 min", "3 million", "7×"]),
            computed in 1e-3..1e9f64,
        ) {
            let printed = quantity::last(old).unwrap();
            let (mark, texts) = rewrite(&printed, &[1.0], computed);
            let part = &printed.parts[0];
            let text = format!("{mark}{}{}", texts[0], &old[part.digits.end..]);
            let again = quantity::last(&text).unwrap();
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
