//! Numbers with decimals, exact as they are written.

use mdbook_proof_text::quantity;

/// The most decimals that a number may have.
pub(super) const DECIMALS: u32 = 9;

/// A number as it is written, exactly.
#[derive(Debug, Clone, Copy)]
pub(super) struct Number {
    pub(super) units: i64,
    pub(super) decimals: u32,
}

impl Number {
    /// Reads `12`, `-0.5`, `1,000` or `1_000`.
    pub(super) fn read(text: &str) -> Option<Self> {
        let (is_negative, digits) = match text.strip_prefix(['-', '−']) {
            Some(rest) => (true, rest),
            None => (false, text),
        };
        let (whole, part) = digits.split_once('.').unwrap_or((digits, ""));
        let is_written = whole.starts_with(|c: char| c.is_ascii_digit())
            && quantity::number(&whole.replace('_', "")) == whole.replace('_', "").len()
            && part.bytes().all(|b| b.is_ascii_digit())
            && (digits.contains('.') != part.is_empty());
        let decimals = u32::try_from(part.len())
            .ok()
            .filter(|count| *count <= DECIMALS)?;
        if !is_written {
            return None;
        }
        let units: i64 = format!("{}{part}", whole.replace(['_', ','], ""))
            .parse()
            .ok()?;
        let units = if is_negative { -units } else { units };
        Some(Self { units, decimals })
    }

    /// The number in units of this many decimals, at least as many as it has.
    pub(super) fn at(self, decimals: u32) -> Option<i64> {
        let factor = 10_i64.checked_pow(decimals.checked_sub(self.decimals)?)?;
        // Twice as far is still a number.
        self.units
            .checked_mul(factor)
            .filter(|units| units.abs() < i64::MAX / 4)
    }
}

/// A number of units of the last decimal as it is written in code.
pub(super) fn written(units: i64, decimals: u32) -> String {
    if decimals == 0 {
        return units.to_string();
    }
    let one = 10_u64.pow(decimals);
    let magnitude = units.unsigned_abs();
    let sign = if units < 0 { "-" } else { "" };
    let width = decimals as usize;
    format!("{sign}{}.{:0width$}", magnitude / one, magnitude % one)
}
