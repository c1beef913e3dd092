//! The range of an expression over points.

use super::claim::Expr;
use super::parse;
use super::plan::Plan;
use super::reading::{Calculate, Reader, Shape, shape};
use super::verdict::Spread;
use crate::runs::Runs;

/// The range of an expression over the points of a plan, by what the blocks printed at each of them; none where it isn't one value at each of them.
pub fn spread(
    expression: &str,
    plan: &Plan,
    runs: &[Runs],
    calculate: Calculate<'_>,
) -> Option<Spread> {
    let expr: Expr = parse::expression(expression)?;
    if !matches!(shape(&[&expr]).ok()?, Shape::Single)
        || !expr.reads()
        || runs.len() != plan.points.len()
    {
        return None;
    }
    let mut reader = Reader::new(&[], plan, calculate);
    let mut unit = None;
    let mut values = Vec::with_capacity(plan.points.len());
    for (point, printed) in plan.points.iter().zip(runs) {
        let mut at = reader.at(point, printed, &[&expr]).ok()?;
        let measured = reader.measured(&expr, None, &mut at).ok()??;
        values.push(measured.base);
        unit.get_or_insert(measured.unit);
    }
    let unit = unit?;
    Spread::of(values.into_iter(), &unit.name, unit.one)
}
