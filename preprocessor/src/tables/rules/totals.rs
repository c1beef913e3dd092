//! Sums and shares.
//!
//! ```text
//! <!-- check: sum [Size] -->
//! | What    | Size   |          | What    | Size   |
//! | ------- | -----: |          | ------- | -----: |
//! | posts   | 16 GB  |          | posts   | 16 GB  |
//! | follows | 240 GB |          | follows | 240 GB |
//! | all     | 250 GB |  wrong   | all     | 256 GB |  right
//! ```
//!
//! Parts without decimals are exact. Parts with decimals, and those of a column declared `rounded`, stand for all
//! that rounds to them, and so does the total.

use crate::figures::judge::{Stands, rewritten};
use crate::figures::significant;
use crate::tables::judge::{Figure, Judge, Sheet};
use crate::text::finding::Finding;

/// `sum`: the last row is the total of the others.
pub(crate) fn sum(judge: &mut Judge<'_>, sheet: &Sheet<'_>, column: usize) {
    let Some(last) = sheet.grid.rows.len().checked_sub(1) else {
        return;
    };
    let parts = figures(judge, sheet, column, last);
    let Some(total) = judge.figure(sheet, last, column) else {
        return;
    };
    let unit = total.unit().to_owned();
    let Some(sum) = add(judge, &parts, &unit, "table-sum") else {
        return;
    };
    let Some(printed) = judge.stands_in(&total, &unit) else {
        return not_comparable(judge, &total, "table-sum", &unit);
    };
    judge.meaning.checked.insert(total.start);
    if (sum.value - printed.value).abs() <= sum.half_step + printed.half_step + slack(&parts, sum) {
        return;
    }
    let source = judge.source;
    let text = source.slice(total.start..total.span().end);
    let right = judge
        .units
        .of_parts(&total.printed)
        .map(|units| rewritten(text, &total.printed, &units, sum.value))
        .unwrap_or_default();
    judge.meaning.findings.push(
        Finding::new(
            "table-sum",
            source,
            total.span(),
            format!("the {} cells above don't add up to this", parts.len()),
        )
        .with_label(stands_for(printed, &unit))
        .with_details(
            format!(
                "- {}\n+ {right}\n  column: [{}]\n  computed: {} {unit}",
                source.slice(total.span()),
                sheet.grid.columns[column].header,
                significant(sum.value),
            )
            .trim_end()
            .to_owned(),
        )
        .with_help(
            "one of the cells is wrong; if they are roundings, declare `rounded` for the column",
        ),
    );
}

/// `share`: the cells add up to 100 %. Where the column has a `sum` too, the last row is that sum.
pub(crate) fn share(judge: &mut Judge<'_>, sheet: &Sheet<'_>, column: usize) {
    let rows = sheet.grid.rows.len();
    let end = if sheet.summed.contains(&column) {
        rows.saturating_sub(1)
    } else {
        rows
    };
    let parts = figures(judge, sheet, column, end);
    let Some(sum) = add(judge, &parts, "%", "table-share") else {
        return;
    };
    if parts.is_empty() || (sum.value - 100.0).abs() <= sum.half_step + slack(&parts, sum) {
        return;
    }
    let header = &sheet.grid.columns[column];
    let span =
        crate::tables::cell::Cell::read(judge.source.slice(header.span.clone()), header.span.start)
            .inner();
    judge.meaning.findings.push(
        Finding::new(
            "table-share",
            judge.source,
            span,
            format!("the {} shares add up to {} %, not to 100 %", parts.len(), significant(sum.value)),
        )
        .with_label(if sum.half_step > 0.0 {
            format!("their rounding allows ±{} %", significant(sum.half_step))
        } else {
            "they are exact as printed".to_owned()
        })
        .with_help("one of them is wrong or missing; if they are roundings, declare `rounded` for the column"),
    );
}

fn figures(judge: &mut Judge<'_>, sheet: &Sheet<'_>, column: usize, end: usize) -> Vec<Figure> {
    (0..end)
        .filter_map(|row| judge.figure(sheet, row, column))
        .collect()
}

/// The sum of figures in a unit, with the half steps of those that are roundings.
fn add(judge: &mut Judge<'_>, parts: &[Figure], unit: &str, code: &'static str) -> Option<Stands> {
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

fn not_comparable(judge: &mut Judge<'_>, figure: &Figure, code: &'static str, unit: &str) {
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

fn slack(parts: &[Figure], sum: Stands) -> f64 {
    let count = u32::try_from(parts.len()).map_or(f64::MAX, f64::from);
    1e-12 * sum.value.abs() * count.max(1.0).sqrt()
}

/// The range that a printed figure stands for, in words.
pub(crate) fn stands_for(stands: Stands, unit: &str) -> String {
    if stands.half_step == 0.0 {
        return "a bare integer has to be exact".to_owned();
    }
    format!(
        "stands for {} to {} {unit}",
        significant(stands.value - stands.half_step),
        significant(stands.value + stands.half_step)
    )
    .trim_end()
    .to_owned()
}
