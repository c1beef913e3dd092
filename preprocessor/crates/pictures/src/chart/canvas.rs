//! The canvas that charts are drawn on: `plotters` with its SVG backend, and a legend of our own.
//!
//! `plotters` places everything on whole units, so a unit is a tenth of what a reader sees as a pixel.
//! The legend is ours because that of `plotters` covers the drawing, and its size needs a font.

use crate::chart::data::Series;
use crate::chart::style;
use crate::room::Drawn;
use crate::text;
use plotters::coord::Shift;
use plotters::prelude::*;
use plotters::style::text_anchor::{HPos, Pos, VPos};

/// What a chart is drawn on, by the room that a page has for it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Paper {
    pub(super) width: i32,
    /// The height of the plot itself.
    pub(super) plot: i32,
    /// How many pixels a unit is where there is room for the whole chart.
    pub(super) pixel: f64,
    /// Whether lines are named at their ends, for which there has to be room.
    pub(super) names_lines: bool,
}

/// For a phone: small, so that its text is readable there.
pub(super) const NARROW: Paper = Paper {
    width: 3800,
    plot: 1900,
    pixel: 0.12,
    names_lines: false,
};
/// For a desk.
pub(super) const WIDE: Paper = Paper {
    width: 7600,
    plot: 2700,
    pixel: 0.1,
    names_lines: true,
};

impl Paper {
    /// How many ems of text fit the width.
    pub(super) fn room(self) -> f64 {
        ems(self.width)
    }
}

/// How many ems of text fit into some units.
pub(super) fn ems(units: i32) -> f64 {
    f64::from(units) / FONT
}

/// The height of text.
pub(super) const FONT: f64 = 145.0;
/// The height of a row of text.
pub(super) const ROW: i32 = 200;
/// The radius of a marker.
pub(super) const MARKER: i32 = 38;

/// What draws a chart.
pub(super) type Area<'svg> = DrawingArea<SVGBackend<'svg>, Shift>;
/// Why drawing failed.
pub(super) type DrawingError = Box<dyn std::error::Error>;
/// A finished chart, or why there is none.
pub(super) type Drawing = Result<Drawn, DrawingError>;

/// Draws on paper, up to a height. What `draw` returns is put on top.
pub(super) fn on(
    paper: Paper,
    height: i32,
    draw: impl FnOnce(&Area<'_>) -> Result<String, DrawingError>,
) -> Drawing {
    let mut svg = String::new();
    let on_top = {
        let size = (u32::try_from(paper.width)?, u32::try_from(height)?);
        let area = SVGBackend::with_string(&mut svg, size).into_drawing_area();
        let on_top = draw(&area)?;
        area.present()?;
        on_top
    };
    let view = (f64::from(paper.width), f64::from(height));
    Ok(Drawn {
        size: (view.0 * paper.pixel, view.1 * paper.pixel),
        view,
        body: style::themed(&svg) + &on_top,
    })
}

/// The style of text, its place given by `horizontal` and the middle of its height.
pub(super) fn text_style<'text>(horizontal: HPos) -> TextStyle<'text> {
    // The SVG backend divides the size by 1.24.
    TextStyle::from(("sans-serif", FONT * 1.24).into_font())
        .color(&style::INK)
        .pos(Pos::new(horizontal, VPos::Center))
}

/// Draws text.
pub(super) fn write(
    area: &Area<'_>,
    words: &str,
    at: (i32, i32),
    anchor: HPos,
) -> Result<(), DrawingError> {
    area.draw(&Text::new(words.to_owned(), at, text_style(anchor)))?;
    Ok(())
}

/// How wide a text is.
pub(super) fn width(words: &str) -> i32 {
    whole(text::width(words) * FONT)
}

/// The nearest whole unit; a chart has no larger numbers.
pub(super) fn whole(value: f64) -> i32 {
    #[expect(
        clippy::cast_possible_truncation,
        reason = "clamped to a canvas, and a cast of NaN is 0"
    )]
    let whole = value.round().clamp(-1e6, 1e6) as i32;
    whole
}

/// Where each entry of a legend stands, row by row, and how many rows there are.
pub(super) struct Legend {
    entries: Vec<(String, (i32, i32))>,
    /// The height of all rows.
    pub(super) height: i32,
}

/// The length of the line in front of a legend's name.
const SAMPLE: i32 = 300;

impl Legend {
    /// Lays out the names of series; a single one needs no legend.
    pub(super) fn new(series: &[Series], paper: Paper) -> Self {
        let mut entries = Vec::new();
        let (mut x, mut y) = (0, ROW / 2);
        for one in series.iter().filter(|_| series.len() > 1) {
            let name = text::cut(&one.name, paper.room() - 4.0);
            let taken = SAMPLE + 80 + width(&name);
            if x > 0 && x + taken > paper.width {
                (x, y) = (0, y + ROW);
            }
            entries.push((name, (x, y)));
            x += taken + 160;
        }
        let height = if entries.is_empty() { 0 } else { y + ROW };
        Self { entries, height }
    }

    /// Writes the names, and has `sample` draw the sign of a series between two places.
    pub(super) fn draw(
        &self,
        area: &Area<'_>,
        top: i32,
        mut sample: impl FnMut(usize, (i32, i32), (i32, i32)) -> Result<(), DrawingError>,
    ) -> Result<(), DrawingError> {
        for (number, (name, (x, y))) in self.entries.iter().enumerate() {
            sample(number, (*x, top + y), (x + SAMPLE, top + y))?;
            write(area, name, (x + SAMPLE + 80, top + y), HPos::Left)?;
        }
        Ok(())
    }
}
