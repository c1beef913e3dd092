//! Charts of printed tables: lines, points and bars.
//!
//! 1. [`data`] reads the table's numbers.
//! 2. [`scale`] lays out each axis.
//! 3. [`plot`] and [`bars`] draw with `plotters`.
//! 4. [`band`] adds what was printed at other settings.
//! 5. [`style`] gives series their colors, dashes and markers, and makes the SVG follow the page's theme.

mod band;
mod bars;
mod canvas;
mod data;
mod plot;
mod scale;
mod style;

use crate::picture::{BAND, Choice, Explanation, Needed, Picture, Problem, Refusal, Wanted};
use crate::{room, table};
use canvas::Paper;
use data::{Data, X};
use std::fmt::Write as _;

/// The first table of an output as a chart: its first column is the axis, every other one a series.
#[derive(Debug)]
pub(crate) struct Charts;

/// What a chart looks like.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Chart {
    /// What shows a value.
    kind: ChartKind,
    /// Whether the axis of the first column is logarithmic.
    log_x: bool,
    /// Whether the axis of the other columns is logarithmic.
    log_y: bool,
    /// The columns that the others are compared with.
    references: Vec<String>,
    /// What varies behind the lines.
    band: Option<String>,
}

/// What shows a value in a chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ChartKind {
    /// A point of a line.
    Line,
    /// The length of a bar.
    Bar,
    /// A point.
    Scatter,
}

impl Picture for Charts {
    fn word(&self) -> &'static str {
        "chart"
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "an output can't be drawn as a chart",
            wrong: "```rust,run\nprintln!(\"| busy | wait |\\n| ---: | ---: |\\n| 0.5 | long |\");\n```\n\n```output,chart=line\n| busy | wait |\n| ---: | ---: |\n| 0.5 | long |\n```\n",
            right: "```rust,run\nprintln!(\"| busy | wait |\\n| ---: | ---: |\\n| 0.5 | 2 |\\n| 0.8 | 5 |\");\n```\n\n```output,chart=line\n| busy | wait |\n| ---: | ---: |\n| 0.5 | 2 |\n| 0.8 | 5 |\n```\n",
        }
    }

    fn about(&self) -> &'static str {
        "draws that table as a chart"
    }

    fn kinds(&self) -> &'static [&'static str] {
        &["line", "bar", "scatter"]
    }

    fn options(&self) -> &'static [Choice] {
        const COLUMN: Needed = Needed {
            form: "ref=COLUMN",
            what: "the name of a column",
            help: "write `ref=Theory`, or `ref=\"two words\"`",
        };
        const PARAMETER: Needed = Needed {
            form: "band=NAME",
            what: "the name of what varies",
            help: "write `band=seed`, one of the names in the block's `vary=`",
        };
        const OPTIONS: [Choice; 4] = [
            Choice {
                name: "logx",
                about: "makes the axis of a chart's first column logarithmic; not for bars",
                value: None,
            },
            Choice {
                name: "logy",
                about: "makes the other axis of a chart logarithmic; not for bars",
                value: None,
            },
            Choice {
                name: "ref",
                about: "draws a column of a chart as a dashed line to compare the others with; may be repeated",
                value: Some(COLUMN),
            },
            Choice {
                name: BAND,
                about: "draws behind each line of a chart what it is at other settings of a name in `vary=`; only for lines",
                value: Some(PARAMETER),
            },
        ];
        &OPTIONS
    }

    fn reads_table(&self) -> bool {
        true
    }

    fn check(&self, wanted: &Wanted) -> Result<(), Refusal> {
        if wanted.has(BAND) && Chart::wanted(wanted).kind != ChartKind::Line {
            return Err(Refusal {
                attribute: BAND,
                message: "a band lies behind a line",
                help: "use `chart=line`, or leave `band` out",
            });
        }
        if wanted.values(BAND).nth(1).is_some() {
            return Err(Refusal {
                attribute: BAND,
                message: "a chart has one band behind each line",
                help: "keep the name that readers ask about, such as `band=seed`",
            });
        }
        let logarithm = ["logx", "logy"].into_iter().find(|name| wanted.has(name));
        match logarithm {
            Some(attribute) if Chart::wanted(wanted).kind == ChartKind::Bar => Err(Refusal {
                attribute,
                message: "a bar shows its value by its length, which a logarithm would change",
                help: "use `chart=scatter` or `chart=line` for a logarithmic axis",
            }),
            _ => Ok(()),
        }
    }

    fn draw(
        &self,
        wanted: &Wanted,
        lines: &[&str],
        caption: Option<&str>,
    ) -> Result<String, Problem> {
        draw(&Chart::wanted(wanted), lines, caption, &[])
    }

    fn draw_over(
        &self,
        wanted: &Wanted,
        lines: &[&str],
        caption: Option<&str>,
        others: &[String],
    ) -> Result<String, Problem> {
        draw(&Chart::wanted(wanted), lines, caption, others)
    }
}

impl Chart {
    fn wanted(wanted: &Wanted) -> Self {
        Self {
            kind: match wanted.kind.as_deref() {
                Some("bar") => ChartKind::Bar,
                Some("scatter") => ChartKind::Scatter,
                _ => ChartKind::Line,
            },
            log_x: wanted.has("logx"),
            log_y: wanted.has("logy"),
            references: wanted.values("ref").map(str::to_owned).collect(),
            band: wanted.values(BAND).next().map(str::to_owned),
        }
    }
}

/// Draws the first table among the lines of an output, over the band that those of `others` make.
///
/// # Errors
/// When there is no table, or it can't be drawn in this way.
fn draw(
    chart: &Chart,
    lines: &[&str],
    caption: Option<&str>,
    others: &[String],
) -> Result<String, Problem> {
    let table = table::needed(lines)?;
    let mut data = data::read(chart, &table)?;
    if let Some(parameter) = chart.band.as_deref().filter(|_| !others.is_empty()) {
        band::spread(chart, &mut data, parameter, others)?;
        data.over = Some(band::settings(parameter, others.len()));
    }
    let data = data;
    let drawn = |paper: Paper| {
        let drawn = match &data.x {
            X::Names(names) => bars::draw(paper, &data, names),
            X::Numbers(x) => plot::draw(paper, chart, &data, x),
        };
        drawn.map_err(|error| {
            Problem::whole(
                format!("the chart can't be drawn: {error}"),
                "use `output,table` to show the table itself",
            )
        })
    };
    let title = title(chart.kind, &data);
    let mut description = caption.map_or_else(|| description(&data), str::to_owned);
    if let Some(over) = &data.over {
        let _ = write!(description, " The band behind each line spans {over}.");
    }
    let wide = drawn(canvas::WIDE)?;
    let narrow = drawn(canvas::NARROW)?;
    Ok(room::frame(&wide, Some(&narrow), &title, &description))
}

fn title(kind: ChartKind, data: &Data) -> String {
    let kind = match kind {
        ChartKind::Line => "Line chart",
        ChartKind::Bar => "Bar chart",
        ChartKind::Scatter => "Scatter chart",
    };
    let names: Vec<&str> = data
        .series
        .iter()
        .map(|series| series.name.as_str())
        .collect();
    format!("{kind} of {} by {}", names.join(", "), data.x_label)
}

/// What is said where no paragraph describes the chart.
fn description(data: &Data) -> String {
    let series: Vec<String> = data
        .series
        .iter()
        .filter_map(|series| {
            let mut printed = series.printed.iter().zip(&series.values);
            let mut printed = printed.by_ref().filter(|(_, value)| value.is_some());
            let (first, _) = printed.next()?;
            Some(match printed.last() {
                Some((last, _)) => format!("{} from {first} to {last}", series.name),
                None => format!("{} is {first}", series.name),
            })
        })
        .collect();
    format!("{}.", series.join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn chart(kind: ChartKind) -> Chart {
        Chart {
            kind,
            references: vec!["theory".to_owned()],
            ..Chart::wanted(&Wanted::default())
        }
    }

    fn drawn(kind: ChartKind, text: &str) -> String {
        draw(
            &chart(kind),
            &text.lines().collect::<Vec<_>>(),
            Some("A \"caption\" {{#x}}."),
            &[],
        )
        .unwrap()
    }

    const KINDS: [ChartKind; 3] = [ChartKind::Line, ChartKind::Bar, ChartKind::Scatter];

    #[test]
    fn a_chart_says_what_it_is_and_follows_the_theme() {
        for kind in KINDS {
            let svg = drawn(
                kind,
                "| x | wait | theory |\n|-|-|-|\n| 1 | 2 | 3 |\n| 2 | 3 | 4 |\n",
            );
            for part in [
                "role=\"img\"",
                "viewBox=",
                "of wait, theory by x</title>",
                "<desc>A &quot;caption&quot; &#123;&#123;#x}}.</desc>",
                "var(--proof-1,currentColor)",
                "stroke-dasharray",
                "currentColor",
            ] {
                assert!(svg.contains(part), "{part}: {svg}");
            }
            // Every color of plotters' own is replaced.
            for part in ["=\"#", "\n", " id=", "sans-serif", "NaN"] {
                assert!(!svg.contains(part), "{part:?}: {svg}");
            }
        }
    }

    /// The texts of a drawing: where each stands, whether that is its start, middle or end, and what it says.
    fn texts(svg: &str) -> Vec<(f64, f64, &str, &str)> {
        let attribute = |text: &'_ str, name: &str| -> String {
            let (_, rest) = text.split_once(&format!(" {name}=\"")).unwrap();
            rest.split('"').next().unwrap().to_owned()
        };
        svg.split("<text")
            .skip(1)
            .map(|text| {
                let (head, rest) = text.split_once('>').unwrap();
                let anchor = ["start", "middle", "end"]
                    .into_iter()
                    .find(|one| attribute(head, "text-anchor") == *one);
                let place = |name| attribute(head, name).parse().unwrap();
                (
                    place("x"),
                    place("y"),
                    anchor.unwrap(),
                    rest.split("</text>").next().unwrap(),
                )
            })
            .collect()
    }

    #[test]
    fn no_text_leaves_its_drawing_and_names_at_ends_keep_apart() {
        let rows = "| 100 | 4 | 4 | 3.9 | 4.01 |\n| 1000 | 4 | 4 | 4 | 4 |\n| 100000 | 5 | 5.01 | 4.99 | 5 |\n";
        let table = format!(
            "| number of bins | one | a long name of a line | three | theory |\n|-|-|-|-|-|\n{rows}"
        );
        for kind in KINDS {
            let both = drawn(kind, &table);
            for (svg, paper) in both.split("</svg>").zip([canvas::WIDE, canvas::NARROW]) {
                let texts = texts(svg);
                assert!(!texts.is_empty());
                for (x, _, anchor, text) in &texts {
                    let width = f64::from(canvas::width(text));
                    let before = match *anchor {
                        "start" => 0.0,
                        "middle" => width / 2.0,
                        _ => width,
                    };
                    let (left, right) = (x - before, x - before + width);
                    assert!(
                        left >= -30.0 && right <= f64::from(paper.width) + 30.0,
                        "{kind:?} {text}: {left} to {right}"
                    );
                }
                let mut names: Vec<f64> = (texts.iter())
                    .filter(|(_, _, _, text)| {
                        ["one", "a long name of a line", "three", "theory"].contains(text)
                    })
                    .map(|(_, y, ..)| *y)
                    .collect();
                assert_eq!(names.len(), 4, "{kind:?}");
                names.sort_by(f64::total_cmp);
                if kind == ChartKind::Line && paper.names_lines {
                    assert!(
                        names
                            .windows(2)
                            .all(|pair| pair[1] - pair[0] > canvas::FONT),
                        "{names:?}"
                    );
                    assert!(
                        !svg.contains("currentColor\">theory"),
                        "in the color of its line: {svg}"
                    );
                }
            }
        }
    }

    #[test]
    fn large_numbers_have_separators_and_years_have_none() {
        let axis = |rows: &str| {
            let svg = drawn(
                ChartKind::Line,
                &format!("| x | y | theory |\n|-|-|-|\n{rows}"),
            );
            let texts = texts(&svg).into_iter();
            texts.map(|(.., text)| text.to_owned()).collect::<Vec<_>>()
        };
        let texts = axis("| 1000 | 20000 | 0 |\n| 10000 | 40000 | 0 |\n");
        for text in ["1,000", "10,000", "20,000", "40,000"] {
            assert!(texts.iter().any(|one| one == text), "{text}: {texts:?}");
        }
        let texts = axis("| 1999 | 1 | 0 |\n| 2024 | 2 | 0 |\n");
        assert!(texts.iter().any(|one| one == "2024"), "{texts:?}");
        let bars = drawn(
            ChartKind::Bar,
            "| x | y | theory |\n|-|-|-|\n| 1000 | 53649 | 0 |\n| 2 | 4 | 0 |\n",
        );
        for text in [">1,000<", ">53,649<"] {
            assert!(bars.contains(text), "{text}: {bars}");
        }
    }

    #[test]
    fn odd_values_give_a_sane_picture() {
        for rows in [
            "| 1 | 5 | 5 |\n| 1 | 5 | 5 |\n",
            "| 1 | 0 | 0 |\n| 2 | 0 | 0 |\n",
            "| 1 | — | — |\n| 2 | — | — |\n",
            "| 1 | -1e200 | 1e-200 |\n| 1e200 | 1e200 | 0 |\n",
            "| 3 | 1 | |\n| 1 | | 2 |\n| 2 | 5 | |\n",
        ] {
            for kind in KINDS {
                let svg = drawn(kind, &format!("| x | y | theory |\n|-|-|-|\n{rows}"));
                assert!(!svg.contains("NaN") && svg.len() < 40_000, "{svg}");
            }
        }
    }

    #[test]
    fn ten_thousand_points_stay_a_small_picture_with_the_extremes_kept() {
        let mut rows = String::new();
        for i in 0..10_000 {
            let _ = writeln!(
                rows,
                "| {i} | {} | 1 |",
                if i == 5_003 { 99 } else { i % 7 }
            );
        }
        for kind in [ChartKind::Line, ChartKind::Scatter] {
            let svg = drawn(kind, &format!("| x | y | theory |\n|-|-|-|\n{rows}"));
            assert!(svg.len() < 200_000, "{}", svg.len());
        }
    }

    #[test]
    fn without_a_caption_the_ends_are_described() {
        let lines = [
            "| x | y | theory |",
            "|-|-|-|",
            "| 1 | 2 ms | 4 ms |",
            "| 2 | 3 ms | — |",
        ];
        let svg = draw(&chart(ChartKind::Line), &lines, None, &[]).unwrap();
        assert!(
            svg.contains("<desc>y from 2 ms to 3 ms; theory is 4 ms.</desc>"),
            "{svg}"
        );
    }

    proptest! {
        #[test]
        fn no_table_panics(
            rows in prop::collection::vec(prop::collection::vec("-?[0-9]{0,3}(\\.[0-9]|e[0-9]{1,3}|ms|,)?|<\\{\\{#", 1..4), 0..6),
            kind in 0..3usize,
            log_x: bool,
            log_y: bool,
        ) {
            let mut text = String::from("| x | y | z |\n|-|-|-|\n");
            for row in rows {
                let _ = writeln!(text, "| {} |", row.join(" | "));
            }
            let chart = Chart { kind: KINDS[kind], log_x, log_y, references: Vec::new(), band: None };
            let lines: Vec<&str> = text.lines().collect();
            if let Ok(svg) = draw(&chart, &lines, None, &[]) {
                prop_assert!(!svg.contains(['{', '\n']) && !svg.contains("NaN"), "{}", svg);
            }
        }
    }
}
