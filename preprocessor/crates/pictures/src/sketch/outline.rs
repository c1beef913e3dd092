//! The outlines of nodes, and where an edge meets them: `layout-rs` knows their boxes only.

use crate::sketch::flowchart::Shape;
use crate::svg::round as r;
use layout::core::geometry::Point;

/// How far the lid of a store is bent.
pub(super) const BEND: f64 = 8.0;

/// The outline of a node.
#[derive(Debug, Clone, Copy)]
pub(super) struct Outline {
    pub(super) shape: Shape,
    pub(super) middle: Point,
    /// Half of the width and half of the height of its box.
    pub(super) half: Point,
}

impl Outline {
    /// Whether a point lies on the box.
    pub(super) fn touches(&self, point: Point) -> bool {
        let away = point.sub(self.middle);
        away.x.abs() <= self.half.x + 1.0 && away.y.abs() <= self.half.y + 1.0
    }

    /// The point of the outline that a point of the box is moved to.
    pub(super) fn meet(&self, point: Point) -> Point {
        let away = point.sub(self.middle);
        match self.shape {
            Shape::Choice => {
                let distance = away.x.abs() / self.half.x + away.y.abs() / self.half.y;
                match distance > 0.1 {
                    true => self.middle.add(away.scale(1.0 / distance)),
                    false => point,
                }
            }
            // Toward its sides the lid and the floor are lower and higher than the box.
            Shape::Store if away.y.abs() > self.half.y - 1.0 => {
                let share = (away.x / self.half.x).clamp(-1.0, 1.0);
                let bend = BEND * (1.0 - (1.0 - share * share).sqrt());
                Point::new(point.x, point.y - bend * away.y.signum())
            }
            Shape::Box | Shape::Round | Shape::Store => point,
        }
    }
}

/// The outline as a path, from its box's top left corner and size.
pub(super) fn path(shape: Shape, (x, y): (f64, f64), (width, height): (f64, f64)) -> String {
    let (right, bottom) = (r(x + width), r(y + height));
    match shape {
        Shape::Box => format!("M{} {}H{right}V{bottom}H{}z", r(x), r(y), r(x)),
        Shape::Round => {
            let corner = (height / 2.0).min(16.0);
            let (across, down) = (r(width - 2.0 * corner), r(height - 2.0 * corner));
            let c = r(corner);
            format!(
                "M{} {}h{across}a{c} {c} 0 0 1 {c} {c}v{down}a{c} {c} 0 0 1 -{c} {c}h-{across}a{c} {c} 0 0 1 -{c} -{c}v-{down}a{c} {c} 0 0 1 {c} -{c}z",
                r(x + corner),
                r(y),
            )
        }
        Shape::Store => {
            let half = r(width / 2.0);
            format!(
                "M{} {}a{half} {BEND} 0 0 1 {} 0V{}a{half} {BEND} 0 0 1 -{} 0z",
                r(x),
                r(y + BEND),
                r(width),
                r(y + height - BEND),
                r(width)
            )
        }
        Shape::Choice => format!(
            "M{} {}L{} {}L{right} {}L{} {bottom}z",
            r(x),
            r(y + height / 2.0),
            r(x + width / 2.0),
            r(y),
            r(y + height / 2.0),
            r(x + width / 2.0)
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edges_meet_the_outline_and_not_the_box() {
        let node = |shape| Outline {
            shape,
            middle: Point::new(50.0, 20.0),
            half: Point::new(50.0, 20.0),
        };
        let close = |a: Point, x: f64, y: f64| (a.x - x).hypot(a.y - y) < 0.01;
        let corner = Point::new(100.0, 40.0);
        assert!(close(node(Shape::Box).meet(corner), 100.0, 40.0));
        assert!(close(node(Shape::Choice).meet(corner), 75.0, 30.0));
        assert!(close(node(Shape::Store).meet(corner), 100.0, 40.0 - BEND));
        assert!(
            node(Shape::Box).touches(corner) && !node(Shape::Box).touches(Point::new(110.0, 9.0))
        );
    }
}
