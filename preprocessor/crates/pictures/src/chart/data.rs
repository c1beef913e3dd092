//! From a printed table to the numbers of a chart.

use crate::chart::band::Spread;
use crate::chart::{Chart, ChartKind};
use crate::picture::Problem;
use crate::table::{Cell, Table};
use crate::text;
use mdbook_proof_text::header::with_unit;
use mdbook_proof_text::quantity;

/// The numbers of a chart.
#[derive(Debug, PartialEq)]
pub(super) struct Data {
    /// The header of the first column.
    pub(super) x_label: String,
    /// What the other columns measure, where one word says it.
    pub(super) y_label: Option<String>,
    /// The first column.
    pub(super) x: X,
    /// The other columns.
    pub(super) series: Vec<Series>,
    /// What the bands are spread over, in words.
    pub(super) over: Option<String>,
}

/// The values of the first column.
#[derive(Debug, PartialEq)]
pub(super) enum X {
    /// Places on an axis, each with its text as it was printed.
    Numbers(Vec<(f64, String)>),
    /// Names of bars.
    Names(Vec<String>),
}

/// A column of values.
#[derive(Debug, PartialEq)]
pub(super) struct Series {
    /// Its header.
    pub(super) name: String,
    /// Whether the others are compared with it.
    pub(super) is_reference: bool,
    /// The number of its look: the columns of interest come first, then what they are compared with.
    pub(super) look: usize,
    /// Its values; none where a cell is empty.
    pub(super) values: Vec<Option<f64>>,
    /// The cells as they were printed.
    pub(super) printed: Vec<String>,
    /// What the values were at other settings, where it is drawn.
    pub(super) spread: Spread,
}

/// More series can't be told apart.
const SERIES: usize = 6;
/// More bars can't be read.
const BARS: usize = 60;
/// Larger numbers leave no room to calculate in.
const LARGEST: f64 = 1e200;

/// Reads a chart's numbers.
///
/// # Errors
/// When the table can't be drawn in this way.
pub(super) fn read(chart: &Chart, table: &Table<'_>) -> Result<Data, Problem> {
    check_size(chart, table)?;
    let column = |at: usize| -> Vec<(usize, &str)> {
        let cells = table.rows.iter();
        cells
            .map(|row| (row.line, row.cells[at].as_ref()))
            .collect()
    };
    let (mut x_label, mut x_unit) = header(&table.header[0]);
    let x = if chart.kind == ChartKind::Bar {
        let names = column(0).into_iter().map(|(_, cell)| text::clean(cell));
        X::Names(names.collect())
    } else {
        let (values, unit) = numbers(&table.header[0], &column(0), chart.log_x)?;
        x_unit = x_unit.or(unit);
        let missing = values.iter().position(Option::is_none);
        if let Some(row) = missing {
            return Err(Problem::at(
                table.rows[row].line,
                "the first cell is empty, so the row has no place on the axis",
                "print a number there, or leave the row out",
            ));
        }
        let texts = column(0).into_iter().map(|(_, cell)| text::cut(cell, 9.0));
        X::Numbers(values.into_iter().flatten().zip(texts).collect())
    };
    if let Some(unit) = x_unit {
        x_label = format!("{x_label} ({unit})");
    }

    let mut series = Vec::new();
    let mut units: Vec<Option<String>> = Vec::new();
    for (at, title) in table.header.iter().enumerate().skip(1) {
        let cells = column(at);
        let (values, unit) = numbers(title, &cells, chart.log_y)?;
        let (name, header_unit) = header(title);
        units.push(header_unit.or(unit));
        series.push(Series {
            is_reference: chart.references.iter().any(|r| *r == name || title == r),
            name,
            look: 0,
            values,
            printed: cells.iter().map(|(_, cell)| text::clean(cell)).collect(),
            spread: Spread::new(),
        });
    }
    let mut looks = 0..;
    for wanted in [false, true] {
        let these = series.iter_mut().filter(|one| one.is_reference == wanted);
        these
            .zip(looks.by_ref())
            .for_each(|(one, look)| one.look = look);
    }
    let y_label = y_label(table, &series, &units)?;
    Ok(Data {
        x_label,
        y_label,
        x,
        series,
        over: None,
    })
}

fn check_size(chart: &Chart, table: &Table<'_>) -> Result<(), Problem> {
    let rows = table.rows.len();
    let columns = table.header.len();
    let needed = if chart.kind == ChartKind::Line { 2 } else { 1 };
    let at = table.lines.start;
    if columns < 2 {
        return Err(Problem::at(
            at,
            "a chart needs two columns and the table has one",
            "the first column is the axis, every other one is drawn",
        ));
    }
    if columns - 1 > SERIES {
        return Err(Problem::at(
            at,
            format!("{} columns can't be told apart in one chart", columns - 1),
            format!("print at most {SERIES} beside the first, or use `output,table`"),
        ));
    }
    if rows < needed {
        return Err(Problem::at(
            at,
            match rows {
                0 => "the table has no rows, so there is nothing to draw",
                _ => "one point makes no line",
            },
            "print more rows, or use `output,table`",
        ));
    }
    if chart.kind == ChartKind::Bar && rows * (columns - 1) > BARS {
        return Err(Problem::at(
            at,
            format!("{} bars can't be read", rows * (columns - 1)),
            format!("print at most {BARS}, or use `chart=line`"),
        ));
    }
    for reference in &chart.references {
        let names = || table.header.iter().skip(1);
        if !names().any(|title| title == reference || header(title).0 == *reference) {
            let names: Vec<String> = names()
                .map(|title| format!("`{}`", header(title).0))
                .collect();
            return Err(Problem::at(
                at,
                format!("no column is named `{reference}`, which `ref` asks for"),
                format!("the columns are {}", names.join(", ")),
            ));
        }
    }
    Ok(())
}

/// What all series measure: the unit, or the name of the only one.
fn y_label(
    table: &Table<'_>,
    series: &[Series],
    units: &[Option<String>],
) -> Result<Option<String>, Problem> {
    let first = &units[0];
    if let Some(other) = units.iter().position(|unit| unit != first) {
        let name = |at: usize| match &units[at] {
            Some(unit) => format!("`{}` is in {unit}", series[at].name),
            None => format!("`{}` has no unit", series[at].name),
        };
        return Err(Problem::at(
            table.lines.start,
            "the columns of a chart share one axis, and these have different units",
            format!(
                "{} and {}; print them in one unit, or in two tables",
                name(0),
                name(other)
            ),
        ));
    }
    Ok(match (series, first) {
        ([only], Some(unit)) => Some(format!("{} ({unit})", only.name)),
        ([only], None) => Some(only.name.clone()),
        (_, unit) => unit.clone(),
    })
}

/// A header's name and unit: `wait (ms)`.
fn header(title: &Cell<'_>) -> (String, Option<String>) {
    match with_unit(title) {
        Some((name, unit)) => (text::clean(name), Some(text::clean(unit))),
        None => (text::clean(title), None),
    }
}

/// The numbers of a column, and the unit that all of its cells carry.
fn numbers(
    title: &str,
    cells: &[(usize, &str)],
    is_log: bool,
) -> Result<(Vec<Option<f64>>, Option<String>), Problem> {
    let mut values = Vec::new();
    let mut common: Option<String> = None;
    for (line, cell) in cells {
        let is_empty = matches!(*cell, "" | "-" | "–" | "—");
        if is_empty {
            values.push(None);
            continue;
        }
        let (value, unit) = number(cell).ok_or_else(|| {
            Problem::at(
                *line,
                format!("`{}` in the column `{title}` is not a number", text::cut(cell, 30.0)),
                "a chart draws numbers such as 1,157, 0.25, 3e9 or 12 ms; print — where there is no value, and use `chart=bar` for words in the first column",
            )
        })?;
        if value.abs() > LARGEST {
            return Err(Problem::at(
                *line,
                format!("`{cell}` is too large to draw"),
                "print it in a larger unit",
            ));
        }
        if is_log && value <= 0.0 {
            return Err(Problem::at(
                *line,
                format!("`{cell}` has no place on a logarithmic axis"),
                "print only values above 0, or leave out `logx` or `logy`",
            ));
        }
        match &common {
            Some(common) if *common != unit => {
                return Err(Problem::at(
                    *line,
                    format!("`{cell}` has another unit than the cells above it"),
                    "print a column in one unit, best in its header: `wait (ms)`",
                ));
            }
            _ => common = Some(unit),
        }
        values.push(Some(value));
    }
    Ok((values, common.filter(|unit| !unit.is_empty())))
}

/// A cell's number and unit.
fn number(cell: &str) -> Option<(f64, String)> {
    // `{:e}` prints 1.5e9, which is no figure of prose.
    let is_plain = cell.starts_with(|c: char| c.is_ascii_digit() || matches!(c, '-' | '+' | '.'));
    if let Some(value) = cell.parse::<f64>().ok().filter(|_| is_plain) {
        return value.is_finite().then_some((value, String::new()));
    }
    let printed = quantity::whole(cell)?;
    let [part] = printed.parts.as_slice() else {
        return None;
    };
    let sign = if printed.is_negative { -1.0 } else { 1.0 };
    let value = sign * part.number * part.scale;
    value.is_finite().then(|| (value, part.unit.clone()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::picture::Wanted;
    use crate::table;

    fn chart(kind: ChartKind) -> Chart {
        Chart {
            kind,
            ..Chart::wanted(&Wanted::default())
        }
    }

    fn data(chart: &Chart, text: &str) -> Result<Data, Problem> {
        let lines: Vec<&str> = text.lines().collect();
        read(chart, &table::first(&lines)?.unwrap())
    }

    #[test]
    fn numbers_are_read_as_they_are_printed() {
        for (cell, value, unit) in [
            ("1,157", 1157.0, ""),
            ("-0.5", -0.5, ""),
            ("1.5e9", 1.5e9, ""),
            ("12 ms", 12.0, "ms"),
            ("67.3 %", 67.3, "%"),
            ("3 million", 3e6, ""),
            ("1 000", 1000.0, ""),
        ] {
            assert_eq!(number(cell), Some((value, unit.to_owned())), "{cell}");
        }
        for cell in ["NaN", "inf", "-inf", "1e999", "ann", "8h 45m", "1 00", "+"] {
            assert_eq!(number(cell), None, "{cell}");
        }
    }

    #[test]
    fn headers_name_the_axes_and_the_series() {
        let mut line = chart(ChartKind::Line);
        line.references = vec!["theory".to_owned()];
        let text =
            "| load (%) | wait (ms) | theory (ms) |\n|-|-|-|\n| 1 | 2 | 3 |\n| 2 | — | 4 |\n";
        let data = data(&line, text).unwrap();
        assert_eq!(data.x_label, "load (%)");
        assert_eq!(data.y_label.as_deref(), Some("ms"));
        let x = vec![(1.0, "1".to_owned()), (2.0, "2".to_owned())];
        assert_eq!(data.x, X::Numbers(x));
        assert_eq!(data.series[0].name, "wait");
        assert_eq!(data.series[0].values, [Some(2.0), None]);
        assert!(data.series[1].is_reference && !data.series[0].is_reference);
    }

    #[test]
    fn what_cannot_be_drawn_is_named_at_its_line() {
        let mut line = chart(ChartKind::Line);
        line.log_x = true;
        line.log_y = true;
        let with = |rows: &str| data(&line, &format!("| x | y |\n|-|-|\n{rows}")).unwrap_err();
        for (rows, at, message) in [
            ("", 0, "no rows"),
            ("| 1 | 2 |", 0, "one point"),
            ("| 1 | 2 |\n| ann | 2 |", 3, "`ann` in the column `x`"),
            ("| 1 | NaN |\n| 2 | 2 |", 2, "`NaN` in the column `y`"),
            ("| 0 | 1 |\n| 2 | 2 |", 2, "logarithmic"),
            ("| 1 | 1 |\n| 2 | -2 |", 3, "logarithmic"),
            ("| 1 | 1 ms |\n| 2 | 2 s |", 3, "another unit"),
            ("| 1 | 1e300 |\n| 2 | 2 |", 2, "too large"),
            ("|  | 1 |\n| 2 | 2 |", 2, "first cell is empty"),
        ] {
            let problem = with(rows);
            assert_eq!(problem.line, Some(at), "{rows}");
            assert!(problem.message.contains(message), "{problem:?}");
        }
        let mut other = chart(ChartKind::Bar);
        other.references = vec!["thoery".to_owned()];
        let problem = data(&other, "| x | y |\n|-|-|\n| a | 1 |").unwrap_err();
        assert!(problem.help.contains("`y`"), "{problem:?}");
        let units = "| x | y (ms) | z |\n|-|-|-|\n| a | 1 | 2 |";
        let problem = data(&chart(ChartKind::Bar), units).unwrap_err();
        assert!(
            problem.help.contains("`y` is in ms and `z` has no unit"),
            "{problem:?}"
        );
        let bars = format!("| x | y |\n|-|-|\n{}", "| a | 1 |\n".repeat(61));
        assert!(data(&chart(ChartKind::Bar), &bars).is_err());
    }
}
