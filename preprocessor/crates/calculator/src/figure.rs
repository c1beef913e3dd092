//! A figure beside the value of its expression: whether it covers the value in its own unit, and what it would be otherwise.

use crate::exact::{self, Verdict};
use crate::program::Compute;
use crate::value::{ExpressionError, Value};
use mdbook_proof_text::quantity::{self, DecimalMark, Printed};
use mdbook_proof_text::rounding;

/// A figure and a value.
#[derive(Debug)]
pub struct Compared {
    /// The value in the figure's last unit.
    pub computed: f64,
    /// How many of its last unit the unit of each of its parts is.
    pub units: Vec<f64>,
    /// Whether the figure covers the value.
    pub is_right: bool,
    /// Whether the figure is not the value digit by digit, where both are integers.
    is_other_integer: bool,
}

/// Compares a figure with a value.
///
/// # Errors
/// When a unit is unknown or measures something else, or the figure has more digits than can be compared.
pub fn compare(
    computer: &mut impl Compute,
    printed: &Printed,
    value: &Value,
) -> Result<Compared, ExpressionError> {
    let unit = printed.parts.last().map_or("", |part| part.unit.as_str());
    let computed = computer.in_unit(value, unit)?;
    let Some(units) = units(computer, printed, unit) else {
        let message = "the figure's units don't belong together";
        return Err(ExpressionError::new("", message));
    };
    let verdict = exact::verdict(printed, value);
    let is_right = match verdict {
        Verdict::TooLong => return Err(exact::too_long()),
        Verdict::Wrong => false,
        Verdict::Right => true,
        Verdict::Comparable => rounding::agrees(printed, &units, computed),
    };
    Ok(Compared {
        computed,
        units,
        is_right,
        is_other_integer: verdict == Verdict::Wrong,
    })
}

/// How many of `unit` the unit of each part is.
fn units(computer: &mut impl Compute, printed: &Printed, unit: &str) -> Option<Vec<f64>> {
    if printed.parts.len() == 1 {
        return Some(vec![1.0]);
    }
    let parts = printed.parts.iter();
    parts
        .map(|part| {
            let one = computer.evaluate(&format!("1 {}", part.unit)).ok()?;
            computer.in_unit(&one, unit).ok()
        })
        .collect()
}

impl Compared {
    /// Where a figure and its value are integers too large for numbers: all digits of the value, written as the figure that `text`
    /// ends with, if they can be.
    pub fn exact(&self, text: &str, printed: &Printed, value: &Value) -> Option<Option<String>> {
        let exact = value.exact.as_ref().filter(|_| self.is_other_integer)?;
        Some(rounding::with_integer(text, printed, exact))
    }

    /// The value as the figure that `text` ends with is written; none where it can't be. `is_whole` says whether the text is the
    /// figure and nothing else.
    pub fn rewritten(
        &self,
        text: &str,
        printed: &Printed,
        value: &Value,
        mark: DecimalMark,
        is_whole: bool,
    ) -> Option<String> {
        if let Some(exact) = self.exact(text, printed, value) {
            return exact;
        }
        let read = match is_whole {
            true => quantity::read_whole,
            false => quantity::last,
        };
        let fits = |printed: &Printed| exact::verdict(printed, value) != Verdict::TooLong;
        rounding::rewritten(text, printed, &self.units, self.computed, |text| {
            read(text, mark).ok().flatten().filter(fits)
        })
    }
}
