//! The room that a page has for a picture, and drawings made for it: one for a desk, and one for a phone where the first doesn't fit.

use crate::problem::Problem;
use crate::svg::element;

/// The widest that a drawing may be on a desk, in pixels.
pub(super) const WIDE: f64 = 760.0;
/// The widest that is shown at its natural size on a phone.
pub(super) const NARROW: f64 = 340.0;
/// The widest that is still readable on a phone, where it is shown smaller.
const SHRUNK: f64 = NARROW / 0.74;

/// A finished drawing.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Drawn {
    /// Its natural size, in pixels.
    pub(super) size: (f64, f64),
    /// Its size in the units of its body.
    pub(super) view: (f64, f64),
    pub(super) body: String,
}

/// Draws a picture for a desk and, where that doesn't fit a phone, for a phone. `draw` gets the width that there is, and the most that can be
/// shown smaller.
///
/// # Errors
/// As `draw`.
pub(super) fn fitted(
    draw: impl Fn(f64, f64) -> Result<Drawn, Problem>,
    title: &str,
    description: &str,
) -> Result<String, Problem> {
    let wide = draw(WIDE, WIDE)?;
    let narrow = (wide.size.0 > NARROW)
        .then(|| draw(NARROW, SHRUNK))
        .transpose()?;
    Ok(frame(&wide, narrow.as_ref(), title, description))
}

/// That something doesn't fit. `most` is the second width that `draw` of [`fitted`] got.
pub(super) fn too_wide(what: &str, width: f64, most: f64, help: &str) -> Problem {
    let place = if most < WIDE { "a phone" } else { "a page" };
    Problem::whole(
        format!("{what} is at least {width:.0} pixels wide, and {place} has room for {most:.0}"),
        help,
    )
}

/// Puts a picture's drawings into its frame. Which of two is shown is decided by the stylesheet, which knows the room.
pub(super) fn frame(
    wide: &Drawn,
    narrow: Option<&Drawn>,
    title: &str,
    description: &str,
) -> String {
    let shown = |class: &str, drawn: &Drawn| {
        let Drawn { size, view, body } = drawn;
        element(class, *size, *view, title, description, body)
    };
    match narrow.filter(|narrow| *narrow != wide) {
        Some(narrow) => format!(
            "<div class=\"proof-picture proof-fitted\">{}{}</div>",
            shown(" class=\"proof-wide\"", wide),
            shown(" class=\"proof-narrow\"", narrow)
        ),
        None => format!("<div class=\"proof-picture\">{}</div>", shown("", wide)),
    }
}
