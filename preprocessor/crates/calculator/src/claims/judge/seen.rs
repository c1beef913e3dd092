//! What a claim compares at one point.

use super::relation::{Relation, Sort};
use crate::claims::claim::{Claim, Expr, Kind, Test};
use crate::claims::plan::Point;
use crate::claims::reading::{At, Frame, Measured, Reader, Shape, Unit, check_rows, shape};
use crate::claims::{ClaimError, OUTPUT, Problem};
use crate::runs::{Runs, plain, short};
use std::collections::BTreeMap;
use std::rc::Rc;

/// What a claim compares at a point, or on average over several.
pub(super) enum Seen {
    Numbers(Vec<Compared>),
    Texts(Vec<Text>),
}

/// Two numbers in base units.
#[derive(Debug, Clone)]
pub(super) struct Compared {
    /// The key of the row or the header of the column; empty where there is one value.
    pub(super) label: String,
    /// How many of the same are before it.
    pub(super) nth: usize,
    /// How that is called.
    pub(super) sort: &'static str,
    /// Which of the claim's relations it is.
    pub(super) pair: usize,
    pub(super) left: f64,
    pub(super) right: f64,
    /// For `within`.
    pub(super) tolerance: f64,
}

/// A text, and whether it is what the claim says.
pub(super) struct Text {
    pub(super) line: Option<String>,
    pub(super) holds: bool,
    pub(super) found: String,
}

/// The units that messages use, one for each relation.
#[derive(Default)]
pub(super) struct Sides {
    units: BTreeMap<usize, Rc<Unit>>,
}

impl Sides {
    /// The unit of a relation's left side.
    pub(super) fn unit(&self, pair: usize) -> Option<&Unit> {
        self.units.get(&pair).map(AsRef::as_ref)
    }
}

impl Compared {
    /// Where it is, as messages say it.
    pub(super) fn line(&self) -> Option<String> {
        (!self.label.is_empty()).then(|| format!("{} `{}`", self.sort, short(&self.label)))
    }
}

/// What is compared at a point, and how many cells have no number; nothing where the claim doesn't speak of the point.
pub(super) fn at(
    claim: &Claim,
    relations: &[Relation<'_>],
    reader: &mut Reader<'_, '_>,
    sides: &mut Sides,
    point: &Point,
    runs: &Runs,
) -> Result<Option<(Seen, usize)>, Problem> {
    let all: Vec<&Expr> = claim.expressions().collect();
    let mut at = reader.at(point, runs, &all)?;
    let tested = claim.test.expressions();
    if !reader.speaks(&tested, &mut at)? {
        return Ok(None);
    }
    if let Test::Contains {
        block,
        span,
        is_not,
        text,
    } = &claim.test
    {
        let printed = runs.text(block).map_err(|missing| {
            let expr = Expr {
                span: span.clone(),
                kind: Kind::Name(block.clone()),
            };
            expr.missing(missing)
        })?;
        let name = match block.as_str() {
            OUTPUT => "the output".to_owned(),
            name => format!("what `{name}` printed"),
        };
        let verb = if *is_not {
            "contains"
        } else {
            "doesn't contain"
        };
        reader.check_conditions(None, &at)?;
        return Ok(Some((
            Seen::Texts(vec![Text {
                line: None,
                holds: printed.contains(text.as_str()) != *is_not,
                found: format!("{name} {verb} \"{}\"", short(text)),
            }]),
            0,
        )));
    }
    let shape = shape(&tested)?;
    let frames = reader.frames(shape, &mut at)?;
    check_rows(&tested, &frames, &at)?;
    let seen = match &claim.test {
        Test::Is { cell, is_not, text } => {
            Seen::Texts(texts(cell, *is_not, text, &frames, reader, &at)?)
        }
        _ => Seen::Numbers(numbers(claim, relations, &frames, reader, sides, &mut at)?),
    };
    let first = match shape {
        Shape::Single => None,
        // Where no row is left, there was none that a condition could have been about.
        _ => frames.first().copied().flatten(),
    };
    let is_empty = match &seen {
        Seen::Numbers(all) => all.is_empty(),
        Seen::Texts(all) => all.is_empty(),
    };
    if first.is_some() || !is_empty {
        reader.check_conditions(first, &at)?;
    }
    if is_empty {
        return Err(nothing_left(claim, &frames, at.skipped.len()).into());
    }
    Ok(Some((seen, at.skipped.len())))
}

fn nothing_left(claim: &Claim, frames: &[Option<Frame<'_>>], skipped: usize) -> ClaimError {
    let whole = 0..claim.text.len();
    if let Test::Monotone(..) = claim.test {
        return ClaimError::new(whole, "fewer than two numbers are left to compare")
            .with_help("`rises` and `falls` compare each row of a column with the next one");
    }
    match (frames.is_empty(), skipped) {
        (true, _) => ClaimError::new(whole, "no row is left to compare")
            .with_help("write a condition that some of the rows meet"),
        (false, 0) => ClaimError::new(whole, "no number is left to compare")
            .with_help("compare rows and columns that have numbers"),
        (false, _) => ClaimError::new(
            whole,
            "no row is left to compare: their cells have no numbers",
        )
        .with_help("compare rows and columns that have numbers"),
    }
}

fn texts(
    cell: &Expr,
    is_not: bool,
    text: &str,
    frames: &[Option<Frame<'_>>],
    reader: &mut Reader<'_, '_>,
    at: &At<'_>,
) -> Result<Vec<Text>, Problem> {
    let mut seen = Vec::new();
    for frame in frames {
        let (block, place) = reader.place(cell, *frame, at)?;
        let found = at.text(block, place);
        let subject = match &cell.kind {
            Kind::Cell { key, column, .. } => format!("`{block}[{key}].[{column}]`"),
            Kind::Column { column, .. } => format!("`{block}.[{column}]`"),
            _ => format!("`{block}`"),
        };
        seen.push(Text {
            line: frame.map(|frame| format!("row `{}`", short(&at.label(frame)))),
            holds: (plain(found) == plain(text)) != is_not,
            found: match is_not {
                true => format!("{subject} is \"{}\"", short(found)),
                false => format!("{subject} is \"{}\", not \"{}\"", short(found), short(text)),
            },
        });
    }
    Ok(seen)
}

fn numbers(
    claim: &Claim,
    relations: &[Relation<'_>],
    frames: &[Option<Frame<'_>>],
    reader: &mut Reader<'_, '_>,
    sides: &mut Sides,
    at: &mut At<'_>,
) -> Result<Vec<Compared>, Problem> {
    let labels = labels(frames, at);
    let mut seen = Vec::new();
    for (pair, relation) in relations.iter().enumerate() {
        let mut before: Option<Measured> = None;
        for (number, frame) in frames.iter().enumerate() {
            let (label, nth) = labels[number].clone();
            let sort = frame.map_or("", |frame| frame.sort());
            let Some(left) = reader.measured(relation.left, *frame, at)? else {
                continue;
            };
            let (left, right) = match relation.sort {
                Sort::Next(_) => {
                    if frame.is_none() {
                        return Err(relation.left.wrong(
                            "`rises` and `falls` go through the rows of a column",
                            "print one row for each setting, and write `sweep.wait rises`",
                        ));
                    }
                    let Some(earlier) = before.replace(left.clone()) else {
                        continue;
                    };
                    (earlier, left)
                }
                _ => match reader.measured(relation.right, *frame, at)? {
                    Some(right) => (left, right),
                    None => continue,
                },
            };
            relation.check(claim, &left, &right)?;
            let tolerance = match relation.sort {
                Sort::Within { tolerance, .. } => reader.measured(tolerance, *frame, at)?,
                _ => None,
            };
            if let Some(tolerance) = &tolerance {
                relation.check_tolerance(claim, tolerance, &left)?;
            }
            sides
                .units
                .entry(pair)
                .or_insert_with(|| Rc::clone(&left.unit));
            seen.push(Compared {
                label,
                nth,
                sort,
                pair,
                left: left.base,
                right: right.base,
                tolerance: tolerance.map_or(0.0, |tolerance| tolerance.base),
            });
        }
    }
    Ok(seen)
}

/// What each row or column is called, and how many before it are called the same.
fn labels(frames: &[Option<Frame<'_>>], at: &At<'_>) -> Vec<(String, usize)> {
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    let label = |frame: &Option<Frame<'_>>| {
        let label = frame.map(|frame| at.label(frame)).unwrap_or_default();
        let count = counts.entry(label.clone()).or_default();
        *count += 1;
        (label, *count - 1)
    };
    frames.iter().map(label).collect()
}
