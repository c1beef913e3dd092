//! Where a sketch's nodes and edges stand: `layout-rs` places them, in the way that fits the room.

use crate::sketch::attempt;
use crate::sketch::flowchart::{Edge, Flowchart, Line, Shape};
use crate::svg;
use crate::text;
use layout::core::base::Orientation;
use layout::core::format::{ClipHandle, RenderBackend};
use layout::core::geometry::{Point, Position};
use layout::core::style::{LineStyleKind, StyleAttr};
use layout::std_shapes::shapes::{Arrow, Element, LineEndKind, ShapeKind};
use layout::topo::layout::VisualGraph;
use std::cell::OnceCell;

/// How close together a sketch is set.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Spacing {
    /// The widest a node's text gets, in ems, before it is wrapped.
    node: f64,
    /// The widest an edge's text gets.
    edge: f64,
    /// The most lines of a text.
    lines: usize,
    /// The distance between nodes of one rank.
    beside: f64,
    /// The distance between ranks.
    ranks: f64,
}

const ROOMY: Spacing = Spacing {
    node: 12.0,
    edge: 16.0,
    lines: 4,
    beside: 28.0,
    ranks: 54.0,
};
const TIGHT: Spacing = Spacing {
    node: 8.0,
    edge: 9.0,
    lines: 6,
    beside: 16.0,
    ranks: 40.0,
};
const TIGHTEST: Spacing = Spacing {
    node: 6.0,
    edge: 7.0,
    lines: 8,
    beside: 12.0,
    ranks: 32.0,
};

impl Spacing {
    /// The lines of a node's text.
    fn wrapped(self, text: &str) -> Vec<String> {
        text.split('\n')
            .flat_map(|line| text::wrap(line, self.node, self.lines))
            .collect()
    }
}

/// The ways to lay a sketch out, the best first, and whether each goes in the direction that the author chose.
const WAYS: [(Spacing, bool); 6] = [
    (ROOMY, true),
    (TIGHT, true),
    (TIGHTEST, true),
    (ROOMY, false),
    (TIGHT, false),
    (TIGHTEST, false),
];

/// Why a sketch can't be laid out.
#[derive(Debug, PartialEq)]
pub(super) enum Misfit {
    /// `layout-rs` finds no places.
    Entangled,
    /// Two texts cover each other in each of its layouts.
    Covered(String, String),
    /// It is this wide at least, in pixels.
    Wide(f64),
}

/// The layouts of a sketch, each made once it is asked for: rooms of several widths look at the same ones.
#[derive(Debug)]
pub(super) struct Layouts<'chart> {
    chart: &'chart Flowchart,
    /// One for each of [`WAYS`]; none where `layout-rs` can't.
    made: [OnceCell<Option<Placed>>; WAYS.len()],
}

impl<'chart> Layouts<'chart> {
    pub(super) fn of(chart: &'chart Flowchart) -> Self {
        Self {
            chart,
            made: Default::default(),
        }
    }

    /// The sketch in the best way that is no wider than `room`; where none is, in the least wide one, up to `shrunk`.
    ///
    /// # Errors
    /// Where no way is left.
    pub(super) fn fit(&self, room: f64, shrunk: f64) -> Result<&Placed, Misfit> {
        let mut least: Option<&Placed> = None;
        let mut misfit = Misfit::Entangled;
        // Lines across a text are put up with where no layout is without.
        let mut crossed: Option<&Placed> = None;
        for ((spacing, is_own), made) in WAYS.into_iter().zip(&self.made) {
            let is_left_to_right = self.chart.is_left_to_right == is_own;
            let placed = made.get_or_init(|| place(self.chart, spacing, is_left_to_right));
            let Some(placed) = placed else {
                continue;
            };
            if let Some((one, other)) = placed.covered() {
                misfit = Misfit::Covered(one, other);
                continue;
            }
            let width = placed.size().0;
            if width <= room {
                if !placed.crosses(self.chart) {
                    return Ok(placed);
                }
                crossed = crossed.or(Some(placed));
            } else if least.is_none_or(|least| width < least.size().0) {
                least = Some(placed);
            }
        }
        match (crossed, least) {
            (Some(placed), _) => Ok(placed),
            (None, Some(placed)) if placed.size().0 <= shrunk => Ok(placed),
            (None, Some(placed)) => Err(Misfit::Wide(placed.size().0)),
            (None, None) => Err(misfit),
        }
    }
}

/// How much room on each side an edge from a node to itself takes, twice.
const ROUND: f64 = 30.0;
/// The room around what is drawn.
const MARGIN: f64 = 8.0;

/// The points at which a piece of an edge is looked at.
const STEPS: u8 = 48;

/// A rectangle, from its top left corner to its bottom right one.
#[derive(Debug, Clone, Copy, PartialEq)]
struct Area {
    from: Point,
    to: Point,
}

impl Area {
    fn around(middle: Point, size: (f64, f64)) -> Self {
        let half = Point::new(size.0 / 2.0, size.1 / 2.0);
        Self {
            from: middle.sub(half),
            to: middle.add(half),
        }
    }

    fn meets(&self, other: &Self) -> bool {
        self.from.x < other.to.x
            && other.from.x < self.to.x
            && self.from.y < other.to.y
            && other.from.y < self.to.y
    }

    fn holds(&self, point: Point) -> bool {
        self.meets(&Self {
            from: point,
            to: point,
        })
    }
}

/// What `layout-rs` decided.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Placed {
    pub(super) nodes: Vec<PlacedNode>,
    /// The middle of each edge's text.
    pub(super) labels: Vec<(Point, Vec<String>)>,
    pub(super) edges: Vec<PlacedEdge>,
    /// The text of each node of the chart, in lines.
    texts: Vec<Vec<String>>,
}

#[derive(Debug, PartialEq)]
pub(super) struct PlacedNode {
    pub(super) number: usize,
    /// Its top left corner.
    pub(super) corner: Point,
    pub(super) size: Point,
}

#[derive(Debug, PartialEq)]
pub(super) struct PlacedEdge {
    pub(super) number: usize,
    /// Its points with their control points: the first one's comes after it, the others' before them.
    pub(super) path: Vec<(Point, Point)>,
    /// Whether it has heads at its start and its end.
    pub(super) heads: (bool, bool),
}

impl Placed {
    /// The lines of a node's text.
    pub(super) fn text(&self, node: usize) -> &[String] {
        &self.texts[node]
    }

    /// The corners of all that is drawn, with the margin.
    pub(super) fn corners(&self) -> (Point, Point) {
        let mut points: Vec<Point> = Vec::new();
        for area in self.areas() {
            points.extend([area.from, area.to]);
        }
        for edge in &self.edges {
            points.extend(edge.path.iter().flat_map(|(a, b)| [*a, *b]));
        }
        let margin = Point::new(MARGIN, MARGIN);
        let end = |pick: fn(f64, f64) -> f64| {
            let one = |a: Point, b: Point| Point::new(pick(a.x, b.x), pick(a.y, b.y));
            points.iter().copied().reduce(one).unwrap_or(Point::zero())
        };
        (end(f64::min).sub(margin), end(f64::max).add(margin))
    }

    /// How large the drawing gets.
    pub(super) fn size(&self) -> (f64, f64) {
        let (least, most) = self.corners();
        (most.x - least.x, most.y - least.y)
    }

    /// What nodes and the texts of edges take, in this order.
    fn areas(&self) -> Vec<Area> {
        let nodes = self.nodes.iter().map(|node| Area {
            from: node.corner,
            to: node.corner.add(node.size),
        });
        let labels = (self.labels.iter())
            .map(|(at, text)| Area::around(*at, (svg::width(text), svg::height(text))));
        nodes.chain(labels).collect()
    }

    /// Two texts of which one covers the other.
    fn covered(&self) -> Option<(String, String)> {
        let areas = self.areas();
        let text = |at: usize| match self.nodes.get(at) {
            Some(node) => self.text(node.number).join(" "),
            None => self.labels[at - self.nodes.len()].1.join(" "),
        };
        let pairs =
            (0..areas.len()).flat_map(|one| (one + 1..areas.len()).map(move |other| (one, other)));
        let mut met = pairs.filter(|(one, other)| areas[*one].meets(&areas[*other]));
        met.next().map(|(one, other)| (text(one), text(other)))
    }

    /// Whether an edge goes through a node that is none of its ends, or through the text of another edge.
    fn crosses(&self, chart: &Flowchart) -> bool {
        let areas = self.areas();
        let (nodes, labels) = areas.split_at(self.nodes.len());
        let passes = |edge: &PlacedEdge, area: &Area| edge.points().any(|point| area.holds(point));
        let through_node = self.edges.iter().any(|edge| {
            let Edge { from, to, .. } = chart.edges[edge.number];
            let others = self.nodes.iter().zip(nodes);
            let mut others = others.filter(|(node, _)| ![from, to].contains(&node.number));
            others.any(|(_, area)| passes(edge, area))
        });
        // Its own edge goes through each.
        let is_crossed = |area| self.edges.iter().filter(|edge| passes(edge, area)).count() > 1;
        through_node || labels.iter().any(is_crossed)
    }
}

impl PlacedEdge {
    /// Points along the curve, close enough to hit whatever it passes through.
    fn points(&self) -> impl Iterator<Item = Point> {
        let mut control = self.path.first().map(|first| first.1);
        self.path
            .windows(2)
            .enumerate()
            .flat_map(move |(at, pair)| {
                let from = if at == 0 { pair[0].0 } else { pair[0].1 };
                let (before, to) = pair[1];
                let after = control.unwrap_or(from);
                // The next piece leaves a point as this one arrives there.
                control = Some(to.add(to.sub(before)));
                (0..=STEPS).map(move |step| {
                    let share = f64::from(step) / f64::from(STEPS);
                    let rest = 1.0 - share;
                    from.scale(rest.powi(3))
                        .add(after.scale(3.0 * rest * rest * share))
                        .add(before.scale(3.0 * rest * share * share))
                        .add(to.scale(share.powi(3)))
                })
            })
    }
}

/// Places all nodes and edges; none where `layout-rs` can't.
fn place(chart: &Flowchart, spacing: Spacing, is_left_to_right: bool) -> Option<Placed> {
    let texts: Vec<_> = (chart.nodes.iter())
        .map(|node| spacing.wrapped(&node.text))
        .collect();
    // Its best layout first, then without its last stage, then without its optimizer too.
    let placed = [(false, false), (false, true), (true, true)]
        .into_iter()
        .find_map(|(no_optimizer, no_layout)| {
            attempt::attempt(|| {
                let mut placed = Placed::default();
                graph(chart, &texts, spacing, is_left_to_right).do_it(
                    false,
                    no_optimizer,
                    no_layout,
                    &mut placed,
                );
                placed
            })
        })?;
    Some(Placed { texts, ..placed })
}

/// The graph that `layout-rs` knows: boxes, whose numbers are their properties.
fn graph(
    chart: &Flowchart,
    texts: &[Vec<String>],
    spacing: Spacing,
    is_left_to_right: bool,
) -> VisualGraph {
    let orientation = match is_left_to_right {
        true => Orientation::LeftToRight,
        false => Orientation::TopToBottom,
    };
    let gap = |number: usize| {
        // Between a node and the text of an edge to itself there has to be room for the edge.
        let is_round = |edge: &Edge| edge.from == number && edge.to == number;
        let beside = match chart.edges.iter().any(is_round) {
            true => spacing.beside + ROUND,
            false => spacing.beside,
        };
        match is_left_to_right {
            true => Point::new(spacing.ranks, beside),
            false => Point::new(beside, spacing.ranks),
        }
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
            element.pos = Position::new(Point::zero(), size, Point::zero(), gap(number));
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
            text::wrap(label, spacing.edge, spacing.lines).join("\n")
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
            self.nodes.push(PlacedNode {
                number,
                corner: xy,
                size,
            });
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::sketch::flowchart;

    /// The chart `a -->|one| b`, `c`, with its nodes in a row: two that are 20 pixels wide, and `c` at `x`; the text at `y`.
    fn placed(x: f64, y: f64) -> (Flowchart, Placed) {
        let chart = flowchart::read(&["graph TD", "a -->|one| b", "c"]).unwrap();
        let node = |number, x| PlacedNode {
            number,
            corner: Point::new(x, 0.0),
            size: Point::new(20.0, 20.0),
        };
        let (from, to) = (Point::new(20.0, 10.0), Point::new(200.0, 10.0));
        let placed = Placed {
            nodes: vec![node(0, 0.0), node(1, 200.0), node(2, x)],
            labels: vec![(Point::new(110.0, y), vec!["one".to_owned()])],
            edges: vec![PlacedEdge {
                number: 0,
                path: vec![(from, to), (from, to)],
                heads: (false, true),
            }],
            texts: ["a", "b", "c"].map(|text| vec![text.to_owned()]).into(),
        };
        (chart, placed)
    }

    #[test]
    fn what_covers_a_text_or_goes_through_a_node_is_noticed() {
        let seen = |x, y| {
            let (chart, placed) = placed(x, y);
            (placed.covered(), placed.crosses(&chart))
        };
        let both = |one: &str, other: &str| Some((one.to_owned(), other.to_owned()));
        assert_eq!(seen(300.0, 10.0), (None, false));
        assert_eq!(seen(50.0, 10.0), (None, true));
        assert_eq!(seen(105.0, 10.0), (both("c", "one"), true));
        assert_eq!(seen(210.0, 10.0), (both("b", "c"), false));
        // A text that two edges go through.
        let (chart, mut placed) = placed(300.0, 10.0);
        let again = PlacedEdge {
            path: placed.edges[0].path.clone(),
            ..placed.edges[0]
        };
        placed.edges.push(again);
        assert!(placed.crosses(&chart));
    }

    #[test]
    fn a_curve_is_followed_through_all_its_points() {
        let point = |x, y| Point::new(x, y);
        let edge = PlacedEdge {
            number: 0,
            path: vec![
                (point(0.0, 0.0), point(10.0, 0.0)),
                (point(0.0, 50.0), point(10.0, 50.0)),
                (point(0.0, 90.0), point(10.0, 100.0)),
            ],
            heads: (false, true),
        };
        let points: Vec<Point> = edge.points().collect();
        for end in [point(0.0, 0.0), point(10.0, 50.0), point(10.0, 100.0)] {
            assert!(points.contains(&end), "{end:?} of {points:?}");
        }
    }
}
