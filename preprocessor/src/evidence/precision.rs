//! Figures that are printed with more digits than they carry: the last ones are others for another seed.

use crate::text::span::Span;
use mdbook_proof_text::quantity::{Part, Printed};

/// A figure with more digits than its spread over varied runs allows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OverPrecise {
    /// The figure's bytes.
    pub figure: Span,
    /// The smallest value that the runs gave, as it is shown.
    pub low: String,
    /// The largest.
    pub high: String,
    /// At how many points it was computed.
    pub points: usize,
}

/// Whether a figure has a digit too many for values between `low` and `high`, which are in the unit of its last part: even the digit
/// before its last one takes every value. The zeros that end an integer are no digits that anybody reads.
pub fn is_over_precise(printed: &Printed, low: f64, high: f64) -> bool {
    let step = printed.parts.last().map_or(0.0, step);
    step > 0.0 && high - low >= 10.0 * step * (1.0 - 1e-9)
}

/// What one of the last digit is.
fn step(part: &Part) -> f64 {
    let exponent = |digits: usize| i32::try_from(digits).unwrap_or(i32::MAX);
    let zeros = if part.decimals == 0 {
        part.trailing_zeros
    } else {
        0
    };
    10f64.powi(exponent(zeros)) / 10f64.powi(exponent(part.decimals)) * part.scale
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdbook_proof_text::quantity::{self, DecimalMark};

    fn judged(text: &str, low: f64, high: f64) -> bool {
        let printed = quantity::last(text, DecimalMark::Point).unwrap().unwrap();
        is_over_precise(&printed, low, high)
    }

    #[test]
    fn a_digit_that_takes_every_value_is_one_too_many() {
        assert!(judged("3.14 ms", 2.9, 3.6));
        assert!(!judged("3.1 ms", 2.9, 3.6));
        assert!(judged("3.1 ms", 2.0, 3.0));
        assert!(judged("41,684 requests/s", 41_000.0, 42_000.0));
        assert!(!judged("41,000 requests/s", 41_000.0, 42_000.0));
        assert!(judged("1.53 million users", 1.4e6, 1.6e6));
        assert!(!judged("1.5 million users", 1.4e6, 1.6e6));
        assert!(!judged("7 ms", 7.0, 7.0));
    }
}
