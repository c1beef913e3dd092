//! Sketches: a subset of Mermaid's flowcharts, laid out.
//!
//! 1. [`read`](flowchart::read) makes nodes and edges of the lines.
//! 2. `layout-rs` places them.
//! 3. The picture is drawn by a backend of ours: the one of `layout-rs` has fixed colors and ids, and sets text too high.

mod attempt;
mod flowchart;
mod outline;

use crate::picture::{Explanation, Origin, Picture, Problem, Wanted};
use crate::svg::{self, Anchor, Stroke, Svg};
use crate::text;
use flowchart::{Flowchart, Line, Shape};
use layout::core::base::Orientation;
use layout::core::format::{ClipHandle, RenderBackend};
use layout::core::geometry::{Point, Position};
use layout::core::style::{LineStyleKind, StyleAttr};
use layout::std_shapes::shapes::{Arrow, Element, LineEndKind, ShapeKind};
use layout::topo::layout::VisualGraph;
use outline::Outline;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// The widest a node's text gets, in ems, before it is wrapped.
const WRAP: f64 = 12.0;
/// The widest an edge's text gets.
const LABEL: f64 = 16.0;
const MARGIN: f64 = 8.0;

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
/// For a line outside the subset, and for a chart too large to read.
fn draw(lines: &[&str], caption: Option<&str>) -> Result<String, Problem> {
    let chart = flowchart::read(lines)?;
    let texts: Vec<Vec<String>> = chart
        .nodes
        .iter()
        .map(|node| node_text(&node.text))
        .collect();
    let placed = place(&chart, &texts).ok_or_else(|| {
        Problem::whole(
            "this sketch is too entangled to be laid out",
            "leave an edge out, turn one round, or draw two sketches",
        )
    })?;
    let title = chart.title.clone().unwrap_or_else(|| {
        let names: Vec<&str> = chart.nodes.iter().map(|node| node.text.as_str()).collect();
        format!("Flowchart of {}", text::cut(&names.join(", "), 60.0))
    });
    let description = (chart.description.clone())
        .or_else(|| caption.map(str::to_owned))
        .unwrap_or_else(|| described(&chart));
    Ok(picture(&chart, &texts, &placed, &title, &description))
}

fn node_text(text: &str) -> Vec<String> {
    text.split('\n')
        .flat_map(|line| text::wrap(line, WRAP, 4))
        .collect()
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

/// The size of a node, given its text and shape.
fn size(shape: Shape, lines: &[String]) -> (f64, f64) {
    let (width, height) = (svg::width(lines).max(16.0), svg::height(lines));
    match shape {
        Shape::Box => (width + 24.0, height + 18.0),
        Shape::Round => (width + 32.0, height + 18.0),
        Shape::Store => (width + 28.0, height + 36.0),
        Shape::Choice => (width + 56.0, height + 34.0),
    }
}

/// What `layout-rs` decided.
#[derive(Default)]
struct Placed {
    /// Each node's number, its top left corner and its size.
    nodes: Vec<(usize, Point, Point)>,
    /// The middle of each edge's text.
    labels: Vec<(Point, Vec<String>)>,
    edges: Vec<PlacedEdge>,
}

struct PlacedEdge {
    number: usize,
    /// Its points with their control points: the first one's comes after it, the others' before them.
    path: Vec<(Point, Point)>,
    /// Whether it has heads at its start and its end.
    heads: (bool, bool),
}

/// Places all nodes and edges; none where `layout-rs` can't.
fn place(chart: &Flowchart, texts: &[Vec<String>]) -> Option<Placed> {
    // Its best layout first, then without its last stage, then without its optimizer too.
    [(false, false), (false, true), (true, true)]
        .into_iter()
        .find_map(|(no_optimizer, no_layout)| {
            attempt::attempt(|| {
                let mut placed = Placed::default();
                graph(chart, texts).do_it(false, no_optimizer, no_layout, &mut placed);
                placed
            })
        })
}

/// The graph that `layout-rs` knows: boxes, whose numbers are their properties.
fn graph(chart: &Flowchart, texts: &[Vec<String>]) -> VisualGraph {
    let orientation = match chart.is_left_to_right {
        true => Orientation::LeftToRight,
        false => Orientation::TopToBottom,
    };
    let mut graph = VisualGraph::new(orientation);
    let style = StyleAttr::simple();
    let handles: Vec<_> = chart
        .nodes
        .iter()
        .zip(texts)
        .enumerate()
        .map(|(number, (node, lines))| {
            let (width, height) = size(node.shape, lines);
            let size = Point::new(width, height);
            let mut element = Element::create_with_properties(
                ShapeKind::new_box(""),
                style.clone(),
                orientation,
                size,
                number.to_string(),
            );
            let gap = match chart.is_left_to_right {
                true => Point::new(56.0, 26.0),
                false => Point::new(30.0, 52.0),
            };
            element.pos = Position::new(Point::zero(), size, Point::zero(), gap);
            graph.add_node(element)
        })
        .collect();
    // For the size of an edge's text, `layout-rs` counts each character as high as it is wide.
    let mut narrow = style;
    narrow.font_size = 8;
    for (number, edge) in chart.edges.iter().enumerate() {
        let end = match edge.line {
            Line::Open => LineEndKind::None,
            Line::Arrow | Line::Dotted => LineEndKind::Arrow,
        };
        let label = edge.label.as_ref().map_or(String::new(), |label| {
            text::wrap(label, LABEL, 2).join("\n")
        });
        let mut arrow = Arrow::new(
            LineEndKind::None,
            end,
            LineStyleKind::Normal,
            &label,
            &narrow,
            &None,
            &None,
        );
        arrow.properties = Some(number.to_string());
        graph.add_edge(arrow, handles[edge.from], handles[edge.to]);
    }
    graph
}

impl RenderBackend for Placed {
    fn draw_rect(
        &mut self,
        xy: Point,
        size: Point,
        _look: &StyleAttr,
        properties: Option<String>,
        _clip: Option<ClipHandle>,
    ) {
        if let Some(number) = properties.and_then(|number| number.parse().ok()) {
            self.nodes.push((number, xy, size));
        }
    }

    fn draw_text(&mut self, xy: Point, text: &str, _look: &StyleAttr) {
        if !text.is_empty() {
            let lines = text.lines().map(str::to_owned).collect();
            self.labels.push((xy, lines));
        }
    }

    fn draw_arrow(
        &mut self,
        path: &[(Point, Point)],
        _dashed: bool,
        head: (bool, bool),
        _look: &StyleAttr,
        properties: Option<String>,
        _text: &str,
    ) {
        if let Some(number) = properties.and_then(|number| number.parse().ok()) {
            self.edges.push(PlacedEdge {
                number,
                path: path.to_vec(),
                heads: head,
            });
        }
    }

    // Boxes with edges between them need none of these.
    fn draw_line(&mut self, _: Point, _: Point, _: &StyleAttr, _: Option<String>) {}
    fn draw_circle(&mut self, _: Point, _: Point, _: &StyleAttr, _: Option<String>) {}
    fn create_clip(&mut self, _: Point, _: Point, _: usize) -> ClipHandle {
        0
    }
}

/// The corners of all that is drawn.
fn bounds(placed: &Placed) -> (Point, Point) {
    let mut points: Vec<Point> = Vec::new();
    for (_, xy, size) in &placed.nodes {
        points.extend([*xy, xy.add(*size)]);
    }
    for (at, label) in &placed.labels {
        let half = Point::new(svg::width(label) / 2.0, svg::height(label) / 2.0);
        points.extend([at.sub(half), at.add(half)]);
    }
    for edge in &placed.edges {
        points.extend(edge.path.iter().flat_map(|(a, b)| [*a, *b]));
    }
    let zero = Point::zero();
    let least = points
        .iter()
        .copied()
        .reduce(|a, b| Point::new(a.x.min(b.x), a.y.min(b.y)));
    let most = points
        .iter()
        .copied()
        .reduce(|a, b| Point::new(a.x.max(b.x), a.y.max(b.y)));
    (least.unwrap_or(zero), most.unwrap_or(zero))
}

fn picture(
    chart: &Flowchart,
    texts: &[Vec<String>],
    placed: &Placed,
    title: &str,
    description: &str,
) -> String {
    let (least, most) = bounds(placed);
    let at = |point: Point| (point.x - least.x + MARGIN, point.y - least.y + MARGIN);
    let mut svg = Svg::default();
    let outlines: BTreeMap<usize, Outline> = placed
        .nodes
        .iter()
        .map(|(number, xy, size)| {
            let half = size.scale(0.5);
            let shape = chart.nodes[*number].shape;
            let outline = Outline {
                shape,
                middle: xy.add(half),
                half,
            };
            (*number, outline)
        })
        .collect();
    for PlacedEdge {
        number,
        path,
        heads,
    } in &placed.edges
    {
        let stroke = match chart.edges[*number].line {
            Line::Dotted => Stroke::Dashed,
            Line::Arrow | Line::Open => Stroke::Solid,
        };
        let edge = &chart.edges[*number];
        let ends = [edge.from, edge.to].map(|node| outlines.get(&node).copied());
        let touching = |point: Point| {
            let node = ends.iter().flatten().find(|node| node.touches(point));
            at(node.map_or(point, |node| node.meet(point)))
        };
        curve(&mut svg, path, stroke, *heads, touching, at);
    }
    for (number, xy, size) in &placed.nodes {
        let (x, y) = at(*xy);
        let shape = chart.nodes[*number].shape;
        svg.shape(&outline::path(shape, (x, y), (size.x, size.y)));
        let sunk = if shape == Shape::Store { 5.0 } else { 0.0 };
        let middle = (x + size.x / 2.0, y + size.y / 2.0 + sunk);
        svg.text(middle, &texts[*number], Anchor::Middle);
        if shape == Shape::Store {
            let r = svg::round;
            let rim = format!(
                "M{} {}a{} {} 0 0 0 {} 0",
                r(x),
                r(y + outline::BEND),
                r(size.x / 2.0),
                outline::BEND,
                r(size.x)
            );
            svg.path(&rim, Stroke::Solid);
        }
    }
    for (middle, label) in &placed.labels {
        svg.label(at(*middle), label, Anchor::Middle);
    }
    let size = (
        most.x - least.x + 2.0 * MARGIN,
        most.y - least.y + 2.0 * MARGIN,
    );
    svg.finish(size, title, description)
}

/// Draws an edge. Its ends go through `touching`, its control points through `at`.
fn curve(
    svg: &mut Svg,
    path: &[(Point, Point)],
    stroke: Stroke,
    heads: (bool, bool),
    touching: impl Fn(Point) -> (f64, f64),
    at: impl Fn(Point) -> (f64, f64),
) {
    let [first, second, more @ ..] = path else {
        return;
    };
    let end = path.len() - 1;
    let pair = |(x, y): (f64, f64)| format!("{} {}", svg::round(x), svg::round(y));
    // Between its ends an edge passes points that no node is near.
    let point = |number: usize, point: Point| match number == end {
        true => touching(point),
        false => at(point),
    };
    let mut curve = format!(
        "M{}C{} {} {}",
        pair(touching(first.0)),
        pair(at(first.1)),
        pair(at(second.0)),
        pair(point(1, second.1))
    );
    for (number, (control, passed)) in (2..).zip(more) {
        let _ = write!(
            curve,
            "S{} {}",
            pair(at(*control)),
            pair(point(number, *passed))
        );
    }
    svg.path(&curve, stroke);
    if heads.0 {
        svg.head(at(first.1), touching(first.0));
    }
    if let (true, Some((control, point))) = (heads.1, path.last()) {
        svg.head(at(*control), touching(*point));
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

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

    proptest! {
        #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]
        #[test]
        fn no_graph_panics(
            edges in prop::collection::vec((0..9usize, 0..9usize, "-->|---|-\\.->", prop::option::of("[a-z {<]{1,9}")), 1..20),
            is_left: bool,
        ) {
            let mut text = String::from(if is_left { "graph LR\n" } else { "flowchart TD\n" });
            text.push_str("n0\n");
            for (from, to, line, label) in edges {
                if from == to {
                    continue;
                }
                let label = label.filter(|l| !l.trim().is_empty()).map_or(String::new(), |label| format!("|{label}|"));
                let _ = writeln!(text, "n{from} {line}{label} n{to}");
            }
            let svg = drawn(&text);
            prop_assert!(svg.is_ok(), "{:?}", svg);
            prop_assert!(!svg.unwrap().contains("NaN"));
        }
    }
}
