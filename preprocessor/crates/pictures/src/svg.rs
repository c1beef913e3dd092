//! An SVG picture: its size, what a screen reader says, and the few shapes that our own drawings use.
//!
//! No element has an id, so two pictures on a page, or all of them on the print page, can't disturb each other.
//! Colors are CSS variables with `currentColor` behind them: a picture follows the theme and also shows without our stylesheet.

use crate::room::Drawn;
use mdbook_proof_text::html::escaped;
use std::fmt::Write as _;

/// The height of text, in the units of our own drawings: pixels where the picture has its natural size.
pub(super) const FONT: f64 = 14.0;

/// A picture that is being drawn.
#[derive(Debug, Default)]
pub(super) struct Svg {
    body: String,
}

/// How a line is drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stroke {
    Solid,
    Dashed,
    /// Thin and dashed: a guide for the eye.
    Guide,
}

/// Where a text stands beside its place.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Anchor {
    Start,
    Middle,
    End,
}

impl Svg {
    /// The picture in its natural size.
    pub(super) fn finish(self, size: (f64, f64)) -> Drawn {
        Drawn {
            size,
            view: size,
            body: self.body,
        }
    }

    pub(super) fn line(&mut self, from: (f64, f64), to: (f64, f64), stroke: Stroke) {
        let path = format!(
            "M{} {}L{} {}",
            round(from.0),
            round(from.1),
            round(to.0),
            round(to.1)
        );
        self.path(&path, stroke);
    }

    /// A path that is not filled.
    pub(super) fn path(&mut self, path: &str, stroke: Stroke) {
        let style = match stroke {
            Stroke::Solid => "stroke-width=\"1.5\"",
            Stroke::Dashed => "stroke-width=\"1.5\" stroke-dasharray=\"6 4\"",
            Stroke::Guide => "stroke-width=\"1\" stroke-dasharray=\"2 4\" opacity=\".7\"",
        };
        let _ = write!(
            self.body,
            "<path d=\"{path}\" fill=\"none\" stroke=\"currentColor\" {style}/>"
        );
    }

    /// A closed shape, outlined and lightly filled.
    pub(super) fn shape(&mut self, path: &str) {
        let _ = write!(
            self.body,
            "<path d=\"{path}\" fill=\"var(--proof-fill,none)\" stroke=\"currentColor\" stroke-width=\"1.5\"/>"
        );
    }

    /// The head of an arrow at `at`, for a line that comes from `from`.
    pub(super) fn head(&mut self, from: (f64, f64), at: (f64, f64)) {
        let (dx, dy) = (at.0 - from.0, at.1 - from.1);
        let length = dx.hypot(dy);
        if length < 0.01 {
            return;
        }
        let (dx, dy) = (dx / length, dy / length);
        let wing = |side: f64| {
            let x = at.0 - 10.0 * dx - side * 4.5 * dy;
            let y = at.1 - 10.0 * dy + side * 4.5 * dx;
            (round(x), round(y))
        };
        let ((ax, ay), (bx, by)) = (wing(1.0), wing(-1.0));
        let _ = write!(
            self.body,
            "<path d=\"M{} {}L{ax} {ay}L{bx} {by}z\" fill=\"currentColor\"/>",
            round(at.0),
            round(at.1)
        );
    }

    /// Text on a patch of the page's color, so that lines behind it don't cross it.
    pub(super) fn label(&mut self, at: (f64, f64), lines: &[String], anchor: Anchor) {
        let (width, height) = (width(lines), height(lines));
        let left = match anchor {
            Anchor::Start => at.0,
            Anchor::Middle => at.0 - width / 2.0,
            Anchor::End => at.0 - width,
        };
        if !lines.iter().all(String::is_empty) {
            let _ = write!(
                self.body,
                "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"var(--bg,none)\"/>",
                round(left - 2.0),
                round(at.1 - height / 2.0),
                round(width + 4.0),
                round(height)
            );
        }
        self.text(at, lines, anchor);
    }

    /// Lines of text around a place: `at` is the middle of their height.
    pub(super) fn text(&mut self, at: (f64, f64), lines: &[String], anchor: Anchor) {
        let anchor = match anchor {
            Anchor::Start => "start",
            Anchor::Middle => "middle",
            Anchor::End => "end",
        };
        let mut y = at.1 - (float(lines.len()) - 1.0) * LINE / 2.0 + FONT * 0.35;
        for line in lines {
            let _ = write!(
                self.body,
                "<text x=\"{}\" y=\"{}\" text-anchor=\"{anchor}\" font-size=\"{FONT}\" fill=\"currentColor\">{}</text>",
                round(at.0),
                round(y),
                escaped(line)
            );
            y += LINE;
        }
    }
}

/// The distance between lines of text.
pub(super) const LINE: f64 = FONT * 1.25;

/// How wide the widest of some lines is.
pub(super) fn width(lines: &[String]) -> f64 {
    lines
        .iter()
        .map(|line| crate::text::width(line) * FONT)
        .fold(0.0, f64::max)
}

/// How high some lines are.
pub(super) fn height(lines: &[String]) -> f64 {
    float(lines.len()) * LINE
}

/// The picture itself, with more `attributes`, each after a space.
pub(super) fn element(
    attributes: &str,
    size: (f64, f64),
    view: (f64, f64),
    title: &str,
    description: &str,
    body: &str,
) -> String {
    format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" role=\"img\" viewBox=\"0 0 {} {}\" width=\"{}\" height=\"{}\"{attributes}><title>{}</title><desc>{}</desc>{body}</svg>",
        view.0.ceil(),
        view.1.ceil(),
        size.0.ceil(),
        size.1.ceil(),
        escaped(title),
        escaped(description),
    )
}

/// A coordinate with one decimal.
pub(super) fn round(value: f64) -> f64 {
    // Adding zero makes a negative zero positive.
    (value * 10.0).round() / 10.0 + 0.0
}

/// A count as a number to calculate with.
pub(super) fn float(count: usize) -> f64 {
    u32::try_from(count).map_or(f64::from(u32::MAX), f64::from)
}
