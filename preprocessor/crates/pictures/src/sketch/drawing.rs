//! The drawing of a sketch whose places are known.

use crate::room::Drawn;
use crate::sketch::flowchart::{Flowchart, Line, Shape};
use crate::sketch::outline::{self, Outline};
use crate::sketch::place::{Placed, PlacedEdge, PlacedNode};
use crate::svg::{self, Anchor, Stroke, Svg};
use layout::core::geometry::Point;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// How far an edge from a node to itself goes away from it.
const LOOP: f64 = 26.0;

/// Draws a sketch.
pub(super) fn draw(chart: &Flowchart, placed: &Placed) -> Drawn {
    let (least, _) = placed.corners();
    let at = |point: Point| (point.x - least.x, point.y - least.y);
    let mut svg = Svg::default();
    let outlines: BTreeMap<usize, Outline> = placed
        .nodes
        .iter()
        .map(|node| {
            let half = node.size.scale(0.5);
            let outline = Outline {
                shape: chart.nodes[node.number].shape,
                middle: node.corner.add(half),
                half,
            };
            (node.number, outline)
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
        if let (true, Some(node)) = (edge.from == edge.to, ends[0]) {
            // `layout-rs` leaves room for the text beside the node, and draws no arrow that could be recognized.
            let beside = path.get(path.len() / 2).map_or(node.middle, |(_, at)| *at);
            round_trip(&mut svg, node, beside, (stroke, heads.0 || heads.1), at);
            continue;
        }
        let touching = |point: Point| {
            let node = ends.iter().flatten().find(|node| node.touches(point));
            at(node.map_or(point, |node| node.meet(point)))
        };
        curve(&mut svg, path, stroke, *heads, touching, at);
    }
    for PlacedNode {
        number,
        corner,
        size,
    } in &placed.nodes
    {
        let (x, y) = at(*corner);
        let shape = chart.nodes[*number].shape;
        svg.shape(&outline::path(shape, (x, y), (size.x, size.y)));
        let sunk = if shape == Shape::Store { 5.0 } else { 0.0 };
        let middle = (x + size.x / 2.0, y + size.y / 2.0 + sunk);
        svg.text(middle, placed.text(*number), Anchor::Middle);
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
    svg.finish(placed.size())
}

/// Draws an edge that leads from a node to itself, on the side where its text stands.
fn round_trip(
    svg: &mut Svg,
    node: Outline,
    beside: Point,
    (stroke, has_head): (Stroke, bool),
    at: impl Fn(Point) -> (f64, f64),
) {
    let way = beside.sub(node.middle);
    let is_beside = way.x.abs() * node.half.y >= way.y.abs() * node.half.x;
    // Along the side of the node, and away from it.
    let point = |along: f64, away: f64| {
        let away = |way: f64, half: f64| (half + away) * if way < 0.0 { -1.0 } else { 1.0 };
        let offset = match is_beside {
            true => Point::new(away(way.x, node.half.x), along),
            false => Point::new(along, away(way.y, node.half.y)),
        };
        node.middle.add(offset)
    };
    let half = match is_beside {
        true => node.half.y,
        false => node.half.x,
    };
    let width = (half * 0.6).min(14.0);
    let pair = |(x, y): (f64, f64)| format!("{} {}", svg::round(x), svg::round(y));
    let [from, to] = [-width, width].map(|along| at(node.meet(point(along, 0.0))));
    let [out, back] = [-width, width].map(|along| at(point(along * 2.0, LOOP)));
    let path = format!("M{}C{} {} {}", pair(from), pair(out), pair(back), pair(to));
    svg.path(&path, stroke);
    if has_head {
        svg.head(back, to);
    }
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
