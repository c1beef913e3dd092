//! Sketches: a subset of Mermaid's flowcharts, laid out.
//!
//! 1. [`read`](flowchart::read) makes nodes and edges of the lines.
//! 2. [`Layouts`] has `layout-rs` place them, once for a desk and once for a phone.
//! 3. The picture is [drawn](drawing::draw) by a backend of ours: the one of `layout-rs` has fixed colors and ids, and sets text too high.

mod attempt;
mod drawing;
mod flowchart;
mod outline;
mod place;

use crate::picture::{Explanation, Origin, Picture, Problem, Wanted};
use crate::room;
use crate::text;
use flowchart::Flowchart;
use place::{Layouts, Misfit};

/// A `mermaid` fence as a flowchart.
#[derive(Debug)]
pub(crate) struct Sketches;

impl Picture for Sketches {
    fn word(&self) -> &'static str {
        "mermaid"
    }

    fn origin(&self) -> Origin {
        Origin::Fence
    }

    fn code(&self) -> &'static str {
        "sketch"
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "a flowchart uses what this program can't lay out",
            wrong: "```mermaid\npie\n```\n",
            right: "```mermaid\nflowchart LR\n  client --> cache\n```\n",
        }
    }

    fn about(&self) -> &'static str {
        "draws a flowchart, in a subset of Mermaid's language"
    }

    fn draw(&self, _: &Wanted, lines: &[&str], caption: Option<&str>) -> Result<String, Problem> {
        draw(lines, caption)
    }
}

/// Draws a flowchart.
///
/// # Errors
/// For a line outside the subset, and for a chart that is too large to read or that doesn't fit a page.
fn draw(lines: &[&str], caption: Option<&str>) -> Result<String, Problem> {
    let chart = flowchart::read(lines)?;
    let layouts = Layouts::of(&chart);
    let drawn = |room: f64, shrunk: f64| {
        let placed = layouts.fit(room, shrunk);
        let placed = placed.map_err(|misfit| problem(misfit, shrunk))?;
        Ok(drawing::draw(&chart, placed))
    };
    let title = chart.title.clone().unwrap_or_else(|| {
        let names: Vec<&str> = chart.nodes.iter().map(|node| node.text.as_str()).collect();
        format!("Flowchart of {}", text::cut(&names.join(", "), 60.0))
    });
    let description = (chart.description.clone())
        .or_else(|| caption.map(str::to_owned))
        .unwrap_or_else(|| described(&chart));
    room::fitted(drawn, &title, &description)
}

fn problem(misfit: Misfit, most: f64) -> Problem {
    match misfit {
        Misfit::Entangled => Problem::whole(
            "this sketch is too entangled to be laid out",
            "leave an edge out, turn one round, or draw two sketches",
        ),
        Misfit::Covered(one, other) => {
            let [one, other] = [one, other].map(|text| text::cut(&text, 30.0));
            Problem::whole(
                format!("the texts `{one}` and `{other}` of this sketch cover each other"),
                "leave one of these edges or its text out, or draw two sketches",
            )
        }
        Misfit::Wide(width) => room::too_wide(
            "this sketch",
            width,
            most,
            "shorten the longest texts, put fewer nodes side by side, or draw two sketches",
        ),
    }
}

/// What is said where no paragraph describes the sketch: each edge.
fn described(chart: &Flowchart) -> String {
    let name = |at: usize| text::clean(&chart.nodes[at].text);
    let edges = chart.edges.iter().map(|edge| {
        let label = edge
            .label
            .as_ref()
            .map_or(String::new(), |label| format!(" ({label})"));
        format!("{} to {}{label}", name(edge.from), name(edge.to))
    });
    format!("{}.", edges.collect::<Vec<_>>().join("; "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::room::{NARROW, WIDE};
    use proptest::prelude::*;
    use std::fmt::Write as _;

    fn drawn(text: &str) -> Result<String, Problem> {
        draw(&text.lines().collect::<Vec<_>>(), None)
    }

    #[test]
    fn a_sketch_is_laid_out_with_a_title_and_without_ids() {
        let svg = drawn("graph TD\naccTitle: Cache\nA[\"<web>\"] -->|{{#get}}| B[(Store)]\nB --> C\nA -.-> C{Hit?}\nC --- A\n").unwrap();
        for part in [
            "<title>Cache</title>",
            "&lt;web&gt; to Store",
            "&#123;&#123;#get}}",
            "6 4",
            "var(--proof-fill,none)",
        ] {
            assert!(svg.contains(part), "{part}: {svg}");
        }
        for part in [" id=", "NaN", "\n", "black"] {
            assert!(!svg.contains(part), "{part}: {svg}");
        }
        assert_eq!(svg, drawn("graph TD\naccTitle: Cache\nA[\"<web>\"] -->|{{#get}}| B[(Store)]\nB --> C\nA -.-> C{Hit?}\nC --- A\n").unwrap());
    }

    #[test]
    fn a_node_may_lead_to_itself() {
        let svg = drawn("graph LR\na -->|again| a\na --> b\n").unwrap();
        assert_eq!(svg.matches("<path").count(), 6, "{svg}");
        assert!(svg.contains(">again<"), "{svg}");
    }

    #[test]
    fn what_is_too_wide_for_a_phone_is_laid_out_for_it_or_a_problem() {
        let row = |nodes: usize, text: &str| {
            let steps: Vec<_> = (0..nodes).map(|n| format!("n{n}[{text} {n}]")).collect();
            steps.join(" --> ")
        };
        // A chain goes down where there is no room beside.
        let both = drawn(&format!("graph LR\n{}\n", row(5, "a long name"))).unwrap();
        let widths: Vec<f64> = (both.split(" width=\"").skip(1))
            .filter(|text| text.contains("<title>"))
            .map(|text| text.split('"').next().unwrap().parse().unwrap())
            .collect();
        assert!(both.contains("proof-fitted") && widths.len() == 2, "{both}");
        assert!(widths[0] <= WIDE && widths[1] <= NARROW, "{widths:?}");
        assert!(!both.contains("min-width"), "{both}");

        // Neither a long chain nor many nodes in a rank have room in the other direction.
        let (chain, rank) = (row(14, "step"), row(14, "leaf"));
        let rank = rank.replace("-->", "&").replace('n', "m");
        let problem = drawn(&format!("graph TD\n{chain}\nn0 --> {rank}\n")).unwrap_err();
        assert!(problem.message.contains("pixels wide"), "{problem:?}");
        assert!(problem.help.contains("side by side"), "{problem:?}");
    }

    proptest! {
        #![proptest_config(ProptestConfig { cases: 50, ..ProptestConfig::default() })]
        #[test]
        fn no_graph_panics(
            edges in prop::collection::vec((0..9usize, 0..9usize, "-->|---|-\\.->", prop::option::of("[a-z {<]{1,9}")), 1..20),
            is_left: bool,
        ) {
            let mut text = String::from(if is_left { "graph LR\n" } else { "flowchart TD\n" });
            text.push_str("n0\n");
            for (from, to, line, label) in edges {
                let label = label.filter(|l| !l.trim().is_empty()).map_or(String::new(), |label| format!("|{label}|"));
                let _ = writeln!(text, "n{from} {line}{label} n{to}");
            }
            match drawn(&text) {
                Ok(svg) => prop_assert!(!svg.contains("NaN")),
                // What doesn't fit is never cut.
                Err(problem) => prop_assert!(["pixels wide", "cover each other"].iter().any(|text| problem.message.contains(text)), "{problem:?}"),
            }
        }
    }
}
