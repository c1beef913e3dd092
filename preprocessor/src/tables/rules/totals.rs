//! Adding up a column: what [`sum`](super::sum) and [`share`](super::share) have in common.
//!
//! Parts without decimals are exact. Parts with decimals, and those of a column declared `rounded`, cover all values
//! that rounds to them, and so does the total.

use crate::figures::significant;
use crate::tables::judge::{Figure, Judge, Sheet};
use crate::text::code::Code;
use crate::text::finding::Finding;
use mdbook_proof_text::rounding::Stands;

pub(crate) fn figures(
    judge: &mut Judge<'_>,
    sheet: &Sheet<'_>,
    column: usize,
    end: usize,
) -> Vec<Figure> {
    (0..end)
        .filter_map(|row| judge.figure(sheet, row, column))
        .collect()
}

/// The sum of figures in a unit, with the half steps of those that are roundings.
pub(crate) fn add(
    judge: &mut Judge<'_>,
    parts: &[Figure],
    unit: &str,
    code: Code,
) -> Option<Stands> {
    let mut sum = Stands {
        value: 0.0,
        half_step: 0.0,
    };
    for part in parts {
        let Some(stands) = judge.stands_in(part, unit) else {
            not_comparable(judge, part, code, unit);
            return None;
        };
        let is_rounding = part.is_rounded
            || part.printed.is_approximate
            || part.printed.parts.iter().any(|part| part.decimals > 0);
        sum.value += stands.value;
        sum.half_step += if is_rounding { stands.half_step } else { 0.0 };
    }
    judge
        .meaning
        .checked
        .extend(parts.iter().map(|part| part.start));
    Some(sum)
}

pub(crate) fn not_comparable(judge: &mut Judge<'_>, figure: &Figure, code: Code, unit: &str) {
    let text = judge.source.slice(figure.span());
    judge.meaning.findings.push(
        Finding::new(
            code,
            judge.source,
            figure.span(),
            format!("`{text}` can't be counted in `{unit}`, as the total is"),
        )
        .with_help("give the column one kind of unit"),
    );
}

pub(crate) fn slack(parts: &[Figure], sum: Stands) -> f64 {
    let count = u32::try_from(parts.len()).map_or(f64::MAX, f64::from);
    1e-12 * sum.value.abs() * count.max(1.0).sqrt()
}

/// The range that a printed figure covers, in words.
pub(crate) fn stands_for(stands: Stands, unit: &str) -> String {
    if stands.half_step == 0.0 {
        return "a bare integer or a fraction has to be exact".to_owned();
    }
    format!(
        "allows {} to {} {unit}",
        significant(stands.value - stands.half_step),
        significant(stands.value + stands.half_step)
    )
    .trim_end()
    .to_owned()
}
