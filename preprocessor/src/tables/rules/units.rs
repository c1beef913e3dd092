//! Columns that give one figure in two units have to agree, without being asked.
//!
//! ```text
//! | What    | ns      | µs  |          | What    | ns      | µs  |
//! | ------- | ------: | --: |          | ------- | ------: | --: |
//! | SSD     | 150,000 | 15  |  wrong   | SSD     | 150,000 | 150 |  right
//! ```
//!
//! These are columns that are headed by units of one dimension and nothing else, and columns that have one name and
//! two units, such as `Latency (ns)` and `Latency (µs)`. Both figures cover all values that round to them.

use crate::figures::significant;
use crate::tables::grid::Column;
use crate::tables::judge::{Figure, Judge, Sheet};
use crate::tables::rules::rule::{Declared, Explanation, Form, Rule};
use crate::tables::rules::totals::stands_for;
use crate::text::code::Code;
use crate::text::finding::Finding;
use mdbook_proof_text::rounding::Stands;

/// Columns in two units agree, and nobody has to ask for it.
#[derive(Debug)]
pub(crate) struct Units;

impl Rule for Units {
    fn form(&self) -> Form {
        Form::Always
    }

    fn holds(&self) -> &'static str {
        "columns that give one figure in two units agree"
    }

    fn code(&self) -> Code {
        UNITS
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "two columns give one figure in two units, and disagree",
            wrong: "\
| What | ns | µs |
| --- | ---: | ---: |
| SSD | 150,000 | 15 |
",
            right: "\
| What | ns | µs |
| --- | ---: | ---: |
| SSD | 150,000 | 150 |
",
        }
    }

    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, _: &Declared) {
        check(judge, sheet);
    }
}

const UNITS: Code = Code::Rule("table-units");

fn check(judge: &mut Judge<'_>, sheet: &Sheet<'_>) {
    for group in groups(judge, &sheet.grid.columns) {
        let rows: Vec<Vec<Read>> = (0..sheet.grid.rows.len())
            .map(|row| read(judge, sheet, row, &group))
            .filter(|figures| figures.len() > 1)
            .collect();
        let agrees = |figures: &Vec<Read>| figures.iter().any(|f| judge_one(f, figures));
        if is_compound(judge, &sheet.grid.columns, &group) && !rows.iter().any(agrees) {
            continue;
        }
        for figures in rows {
            judge
                .meaning
                .checked
                .extend(figures.iter().map(|f| f.figure.start));
            compare(judge, sheet, &figures);
        }
    }
}

/// A figure of the row, and the values that it covers in the unit of the group's first column.
struct Read {
    column: usize,
    figure: Figure,
    stands: Stands,
}

fn read(judge: &mut Judge<'_>, sheet: &Sheet<'_>, row: usize, group: &[usize]) -> Vec<Read> {
    let unit = sheet.grid.columns[group[0]]
        .unit
        .clone()
        .unwrap_or_default();
    group
        .iter()
        .filter_map(|column| {
            let figure = sheet.figure(sheet.grid.rows[row].get(*column)?, *column)?;
            let stands = judge.stands_in(&figure, &unit)?;
            Some(Read {
                column: *column,
                figure,
                stands,
            })
        })
        .collect()
}

/// The columns that give one figure in several units.
fn groups(judge: &mut Judge<'_>, columns: &[Column]) -> Vec<Vec<usize>> {
    let mut groups: Vec<Vec<usize>> = Vec::new();
    for (at, column) in columns.iter().enumerate() {
        let Some(unit) = &column.unit else { continue };
        let fits = |group: &Vec<usize>, judge: &mut Judge<'_>| {
            let first = &columns[group[0]];
            first.name == column.name
                && first
                    .unit
                    .as_ref()
                    .is_some_and(|other| other != unit && judge.units.ratio(unit, other).is_some())
        };
        match groups.iter().position(|group| fits(group, judge)) {
            Some(found) => groups[found].push(at),
            None => groups.push(vec![at]),
        }
    }
    groups.retain(|group| group.len() > 1);
    groups
}

/// Whether the columns may hold the parts of one time, such as hours and minutes.
fn is_compound(judge: &mut Judge<'_>, columns: &[Column], group: &[usize]) -> bool {
    group.iter().all(|at| {
        let column = &columns[*at];
        column.name.is_empty()
            && column
                .unit
                .as_ref()
                .and_then(|unit| judge.units.ratio(unit, "s"))
                .is_some_and(|seconds| seconds >= 1.0)
    })
}

fn overlap(one: Stands, other: Stands) -> bool {
    let slack = 1e-12 * one.value.abs().max(other.value.abs());
    (one.value - other.value).abs() <= one.half_step + other.half_step + slack
}

/// Whether a figure agrees with another one of its row.
fn judge_one(read: &Read, row: &[Read]) -> bool {
    row.iter()
        .any(|other| other.column != read.column && overlap(read.stands, other.stands))
}

/// Reports the figures of a row that disagree with the one that most others agree with.
fn compare(judge: &mut Judge<'_>, sheet: &Sheet<'_>, row: &[Read]) {
    let agreeing = |read: &&Read| {
        row.iter()
            .filter(|other| overlap(read.stands, other.stands))
            .count()
    };
    // Of equals the first one is the measure.
    let Some(measure) = row.iter().rev().max_by_key(agreeing) else {
        return;
    };
    let source = judge.source;
    for read in row
        .iter()
        .filter(|read| !overlap(read.stands, measure.stands))
    {
        let shown = |read: &Read| {
            format!(
                "{} {}",
                source.slice(read.figure.span()),
                read.figure.unit()
            )
        };
        let unit = read.figure.unit().to_owned();
        let first = sheet.grid.columns[row[0].column]
            .unit
            .clone()
            .unwrap_or_default();
        let factor = judge.units.ratio(&first, &unit).unwrap_or(1.0);
        let printed = Stands {
            value: read.stands.value * factor,
            half_step: read.stands.half_step * factor.abs(),
        };
        judge.meaning.findings.push(
            Finding::new(
                UNITS,
                source,
                read.figure.span(),
                format!(
                    "`{}` is not the `{}` of the same row",
                    shown(read),
                    shown(measure)
                ),
            )
            .with_label(stands_for(printed, &unit))
            .with_details(format!(
                "  [{}] gives {} {unit}",
                sheet.grid.columns[measure.column].header,
                significant(measure.stands.value * factor)
            ))
            .with_help("one of the two is wrong"),
        );
    }
}
