//! What tells series apart, with and without color; and the pass that makes the SVG of `plotters` follow the page's theme.
//!
//! While drawing, a series has a color that nothing else has. The pass replaces each of them by a CSS variable.

use plotters::style::RGBColor;
use std::fmt::Write as _;

/// Axes and text.
pub(super) const INK: RGBColor = RGBColor(0, 0, 0);

/// The placeholder color of a series' line or outline while it is drawn.
pub(super) fn line(series: usize) -> RGBColor {
    RGBColor(1, byte(series), 0)
}

/// The placeholder color of a series' filled areas.
pub(super) fn fill(series: usize) -> RGBColor {
    RGBColor(2, byte(series), 0)
}

/// The placeholder color of the dashed line of a series that the others are compared with.
pub(super) fn reference(series: usize) -> RGBColor {
    RGBColor(3, byte(series), 0)
}

/// The placeholder color of the band behind a series' line.
pub(super) fn band(series: usize) -> RGBColor {
    RGBColor(4, byte(series), 0)
}

fn byte(series: usize) -> u8 {
    u8::try_from(series).unwrap_or(u8::MAX)
}

/// How many series the stylesheet has colors for.
const COLORS: usize = 6;

/// Dashes of lines, in the units of the canvas; the first series is solid.
const DASHES: [&str; COLORS] = ["", "90 40", "30 30", "140 40 30 40", "60 30", "20 50"];
/// How much of their color bands show: lines, and other bands, are seen through them.
const BAND: &str = ".2";
/// How much of their color bars show.
const FILLS: [&str; COLORS] = ["1", ".35", ".7", ".15", ".85", ".5"];

/// The corners of a series' marker around its middle, for a radius; none for the first one, which is round.
pub(super) fn marker(series: usize, radius: i32) -> Vec<(i32, i32)> {
    let r = radius;
    let corners: &[(i32, i32)] = match series % COLORS {
        0 => &[],
        1 => &[(-9, -9), (9, -9), (9, 9), (-9, 9)],
        2 => &[(0, -12), (11, 8), (-11, 8)],
        3 => &[(0, -13), (13, 0), (0, 13), (-13, 0)],
        4 => &[(0, 12), (11, -8), (-11, -8)],
        _ => &[
            (-4, -12),
            (4, -12),
            (4, -4),
            (12, -4),
            (12, 4),
            (4, 4),
            (4, 12),
            (-4, 12),
            (-4, 4),
            (-12, 4),
            (-12, -4),
            (-4, -4),
        ],
    };
    corners
        .iter()
        .map(|(x, y)| (x * r / 10, y * r / 10))
        .collect()
}

/// Many points as one path.
pub(super) fn dots(series: usize, places: impl IntoIterator<Item = (i32, i32)>) -> String {
    let mut path = String::new();
    for (x, y) in places {
        let _ = write!(path, "M{x} {y}h0");
    }
    // Their shapes and sizes differ as those of markers do, as far as dots can.
    let (cap, width) = match series % COLORS {
        0 => ("round", 40),
        1 => ("square", 30),
        2 => ("round", 24),
        3 => ("square", 16),
        4 => ("round", 60),
        _ => ("square", 50),
    };
    format!(
        "<path d=\"{path}\" fill=\"none\" stroke=\"{}\" stroke-width=\"{width}\" stroke-linecap=\"{cap}\"/>",
        variable(series)
    )
}

/// The color of a series in the page.
fn variable(series: usize) -> String {
    format!("var(--proof-{},currentColor)", series % COLORS + 1)
}

/// Takes the frame off what `plotters` drew, puts it on one line, and replaces colors by variables.
pub(super) fn themed(svg: &str) -> String {
    let inside = svg
        .split_once(">\n")
        .and_then(|(_, rest)| rest.rsplit_once("</svg>"))
        .map_or("", |(inside, _)| inside);
    let mut themed = inside
        .replace('\n', "")
        // mdBook expands `{{#include …}}` in what we emit.
        .replace('{', "&#123;")
        .replace(" opacity=\"1\"", "")
        .replace(" stroke=\"none\" stroke-width=\"1\"", "")
        .replace(" font-family=\"sans-serif\"", "")
        .replace("\"#000000\"", "\"currentColor\"");
    for series in 0..COLORS {
        let color = format!("\"{}\"", variable(series));
        let dash = match DASHES[series] {
            "" => String::new(),
            dash => format!(" stroke-dasharray=\"{dash}\""),
        };
        themed = themed
            .replace(
                &format!("stroke=\"#01{series:02X}00\""),
                &format!("stroke={color}{dash}"),
            )
            .replace(
                &format!("stroke=\"#03{series:02X}00\""),
                &format!("stroke={color} stroke-dasharray=\"60 50\""),
            )
            .replace(
                &format!("fill=\"#02{series:02X}00\""),
                &format!("fill={color} fill-opacity=\"{}\"", FILLS[series]),
            )
            .replace(
                &format!("fill=\"#04{series:02X}00\""),
                &format!("fill={color} fill-opacity=\"{BAND}\""),
            )
            .replace(&format!("\"#01{series:02X}00\""), &color)
            .replace(&format!("\"#03{series:02X}00\""), &color);
    }
    themed
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_that_looks_like_a_color_is_left_alone() {
        let svg =
            "<svg a=\"b\">\n<text fill=\"#010000\">\nfill=&quot;#010000&quot;\n</text>\n</svg>\n";
        assert_eq!(
            themed(svg),
            "<text fill=\"var(--proof-1,currentColor)\">fill=&quot;#010000&quot;</text>"
        );
    }

    #[test]
    fn markers_have_different_shapes() {
        let shapes: std::collections::BTreeSet<_> = (0..COLORS).map(|s| marker(s, 30)).collect();
        assert_eq!(shapes.len(), COLORS);
    }
}
