//! The band behind a line: from the lowest to the highest value that was printed at other settings of what varies.

use crate::chart::canvas::{Area, DrawingError, MARKER};
use crate::chart::data::{self, Data, Series};
use crate::chart::{Chart, style};
use crate::picture::Problem;
use crate::table;
use plotters::prelude::*;

/// The lowest and the highest value of each row; none where nothing was printed.
pub(super) type Spread = Vec<Option<(f64, f64)>>;

/// Gives each series its spread over what was printed at the settings of a parameter.
///
/// # Errors
/// When one of the texts has no table, or one that can't be drawn over that of the page.
pub(super) fn spread(
    chart: &Chart,
    data: &mut Data,
    parameter: &str,
    others: &[String],
) -> Result<(), Problem> {
    let mut all = Vec::new();
    for text in others {
        let lines: Vec<&str> = text.lines().collect();
        let other = table::needed(&lines).and_then(|table| data::read(chart, &table));
        let other = other.map_err(|problem| {
            let message = format!("at another setting of `{parameter}`, {}", problem.message);
            Problem::whole(message, problem.help)
        })?;
        if let Some(what) = difference(data, &other) {
            return Err(Problem::whole(
                format!("at another setting of `{parameter}` the table has {what}"),
                format!(
                    "a band needs the same columns and rows at every setting; print them so, or leave out `band={parameter}`"
                ),
            ));
        }
        all.push(other);
    }
    for (at, series) in data.series.iter_mut().enumerate() {
        let others = || all.iter().map(|other| &other.series[at].values);
        let rows = series.values.iter().enumerate();
        series.spread = rows
            .map(|(row, own)| {
                let values = others().map(|values| values[row]).chain([*own]).flatten();
                values.fold(None, |range, value| match range {
                    None => Some((value, value)),
                    Some((low, high)) => Some((value.min(low), value.max(high))),
                })
            })
            .collect();
    }
    Ok(())
}

/// What keeps one table from being drawn over another.
fn difference(data: &Data, other: &Data) -> Option<&'static str> {
    let names = |data: &Data| -> Vec<String> {
        let names = data.series.iter().map(|series| series.name.clone());
        names.chain([data.x_label.clone()]).collect()
    };
    if names(data) != names(other) {
        return Some("other columns");
    }
    if data.y_label != other.y_label {
        return Some("other units");
    }
    (data.x != other.x).then_some("other rows: its first column differs")
}

/// Where a band is lowest and highest at each row, from left to right; none where there is none.
pub(super) type Edges = Vec<Option<[(i32, i32); 2]>>;

/// Draws a band between its edges.
pub(super) fn draw(area: &Area<'_>, series: &Series, edges: &Edges) -> Result<(), DrawingError> {
    for run in edges.split(Option::is_none) {
        let run: Vec<_> = run.iter().flatten().copied().collect();
        if run.iter().all(|[low, high]| low == high) {
            continue;
        }
        let outline: Vec<(i32, i32)> = match run.as_slice() {
            // A value without neighbors has a bar as wide as its marker.
            [[(x, low), (_, high)]] => {
                let (left, right) = (x - MARKER / 2, x + MARKER / 2);
                vec![(left, *low), (right, *low), (right, *high), (left, *high)]
            }
            run => {
                let upper = run.iter().map(|[_, high]| *high);
                let lower = run.iter().rev().map(|[low, _]| *low);
                upper.chain(lower).collect()
            }
        };
        area.draw(&Polygon::new(outline, style::band(series.look).filled()))?;
    }
    Ok(())
}

/// A number of settings of a parameter, in words.
pub(super) fn settings(parameter: &str, count: usize) -> String {
    match (parameter, count) {
        ("seed", 1) => "1 seed".to_owned(),
        ("seed", _) => format!("{count} seeds"),
        (_, 1) => format!("1 setting of {parameter}"),
        _ => format!("{count} settings of {parameter}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::chart;
    use crate::picture::{BAND, Picture, Wanted};

    fn line() -> Chart {
        Chart {
            references: vec!["theory".to_owned()],
            ..Chart::wanted(&Wanted::default())
        }
    }

    const TABLE: &str =
        "| x | wait (ms) | theory (ms) |\n|-|-|-|\n| 1 | 2 | 3 |\n| 2 | 3 | 3 |\n| 3 | 4 | 3 |\n";

    fn over_seeds(others: &[&str], caption: Option<&str>) -> Result<String, Problem> {
        over_seeds_of(TABLE, others, caption)
    }

    fn over_seeds_of(
        table: &str,
        others: &[&str],
        caption: Option<&str>,
    ) -> Result<String, Problem> {
        let chart = Chart {
            band: Some("seed".to_owned()),
            ..line()
        };
        let lines: Vec<&str> = table.lines().collect();
        let others: Vec<String> = others.iter().map(|text| (*text).to_owned()).collect();
        chart::draw(&chart, &lines, caption, &others)
    }

    #[test]
    fn a_band_is_as_wide_as_what_was_printed_and_only_where_that_differs() {
        let low = TABLE.replace("\n| 1 | 2 |", "\n| 1 | 1 |");
        let high = TABLE.replace("\n| 3 | 4 |", "\n| 3 | 8 |");
        let both = over_seeds(&[TABLE, &low, &high], Some("A caption.")).unwrap();
        let svg = both.split("</svg>").next().unwrap();
        let bands: Vec<&str> = svg
            .split("<polygon")
            .skip(1)
            .filter(|one| one.contains("fill-opacity=\".2\""))
            .collect();
        assert_eq!(bands.len(), 1, "{svg}");
        assert!(bands[0].contains("var(--proof-1,currentColor)"), "{svg}");
        let points = bands[0]
            .split("points=\"")
            .nth(1)
            .unwrap()
            .split('\"')
            .next()
            .unwrap();
        let places: Vec<(i32, i32)> = points
            .split_whitespace()
            .map(|place| {
                let (x, y) = place.split_once(',').unwrap();
                (x.parse().unwrap(), y.parse().unwrap())
            })
            .collect();
        // From left to right along the highest values, and back along the lowest.
        let [high, lower] = [&places[..3], &places[3..]];
        let low: Vec<(i32, i32)> = lower.iter().rev().copied().collect();
        let heights: Vec<i32> = (low.iter().zip(high))
            .map(|(low, high)| {
                assert_eq!(low.0, high.0, "{places:?}");
                low.1 - high.1
            })
            .collect();
        // One and four of the axis's units, each rounded to whole ones of the canvas.
        assert!(heights[0] > 200 && heights[1] == 0, "{heights:?}");
        assert!((heights[2] - 4 * heights[0]).abs() < 5, "{heights:?}");
        // The axis has room for all of it.
        assert!(svg.contains(">8</text>"), "{svg}");
        assert!(svg.contains(">band: 3 seeds</text>"), "{svg}");
        assert!(
            svg.contains("<desc>A caption. The band behind each line spans 3 seeds.</desc>"),
            "{svg}"
        );
        for part in ["=\"#", "\n", "NaN"] {
            assert!(!svg.contains(part), "{part:?}: {svg}");
        }
    }

    #[test]
    fn a_value_that_is_missing_at_some_settings_leaves_a_gap_only_where_it_always_is() {
        let polygons = |from: &str, to: &str| {
            let gone = TABLE.replace("\n| 2 | 3 |", from);
            let other = gone
                .replace("\n| 1 | 2 |", "\n| 1 | 1 |")
                .replace("\n| 3 | 4 |", to);
            let svg = over_seeds_of(&gone, &[&other], None).unwrap();
            assert!(svg.contains("spans 1 seed.</desc>"), "{svg}");
            svg.split("</svg>")
                .next()
                .unwrap()
                .matches("fill-opacity=\".2\"")
                .count()
        };
        assert_eq!(polygons("\n| 2 | 3 |", "\n| 3 | 5 |"), 1);
        assert_eq!(polygons("\n| 2 | — |", "\n| 3 | 5 |"), 2);
        assert_eq!(polygons("\n| 2 | — |", "\n| 3 | — |"), 1);
    }

    #[test]
    fn a_picture_without_other_settings_is_the_one_without_a_band() {
        let lines: Vec<&str> = TABLE.lines().collect();
        let plain = chart::draw(&line(), &lines, None, &[]).unwrap();
        assert_eq!(over_seeds(&[], None).unwrap(), plain);
    }

    #[test]
    fn tables_of_another_shape_make_no_band() {
        for (from, to, message) in [
            ("| 3 | 4 | 3 |\n", "", "other rows"),
            ("| 3 | 4 |", "| 5 | 4 |", "other rows"),
            ("wait (ms)", "wait (s)", "have different units"),
            ("(ms)", "(s)", "other units"),
            ("wait", "waits", "other columns"),
            (
                "| 3 | 4 |",
                "| 3 | long |",
                "`long` in the column `wait (ms)` is not a number",
            ),
            (TABLE, "none\n", "has no table"),
        ] {
            let other = TABLE.replace(from, to);
            let problem = over_seeds(&[TABLE, &other], None).unwrap_err();
            assert!(
                problem.message.starts_with("at another setting of `seed`"),
                "{problem:?}"
            );
            assert!(problem.message.contains(message), "{problem:?}");
            assert_eq!(problem.line, None);
        }
    }

    #[test]
    fn only_lines_have_a_band_and_only_one() {
        let wanted = |kind: &str, bands: usize| Wanted {
            kind: Some(kind.to_owned()),
            options: vec![(BAND.to_owned(), Some("seed".to_owned())); bands],
        };
        assert_eq!(chart::Charts.check(&wanted("line", 1)), Ok(()));
        for (kind, bands) in [("bar", 1), ("scatter", 1), ("line", 2)] {
            let refusal = chart::Charts.check(&wanted(kind, bands)).unwrap_err();
            assert_eq!(refusal.attribute, BAND);
        }
    }
}
