//! Means over the settings of a parameter, and whether so many of them tell what is claimed.

use super::Outcome;
use super::relation::{Relation, Sort, words};
use super::seen::{Compared, Seen, Sides};
use crate::claims::claim::{Claim, Operator};
use crate::claims::number;
use crate::claims::plan::{Axis, Point};
use crate::claims::reading::count;
use crate::claims::{ClaimError, Problem};
use std::collections::BTreeMap;

/// The pairs of a row over the settings, with the point of each.
type Pairs<'point> = Vec<(&'point Point, Compared)>;

/// Judges the means of a group of points.
pub(super) fn outcome(
    claim: &Claim,
    axis: &Axis,
    relations: &[Relation<'_>],
    sides: &Sides,
    group: Vec<(&Point, Seen)>,
) -> Result<Outcome, Problem> {
    let points: Vec<&Point> = group.iter().map(|(point, _)| *point).collect();
    let mut order: Vec<(String, usize, usize)> = Vec::new();
    let mut rows: BTreeMap<(String, usize, usize), Pairs<'_>> = BTreeMap::new();
    for (point, seen) in group {
        let Seen::Numbers(all) = seen else {
            return Err(
                ClaimError::new(0..claim.text.len(), "texts have no average")
                    .with_help("leave out `on average over`")
                    .into(),
            );
        };
        for one in all {
            let key = (one.label.clone(), one.nth, one.pair);
            if !rows.contains_key(&key) {
                order.push(key.clone());
            }
            rows.entry(key).or_default().push((point, one));
        }
    }
    let mut means = Vec::new();
    let (mut failed, mut unsure) = (None, None);
    for key in order {
        let pairs = &rows[&key];
        check_rows(claim, pairs, &points)?;
        let relation = &relations[key.2];
        let mean = Mean::of(pairs);
        let one = Compared {
            left: mean.left,
            right: mean.right,
            ..pairs[0].1.clone()
        };
        match mean.judged(relation, &one) {
            Judged::Fails if failed.is_none() => {
                failed = Some((one.line(), relation.found(claim, &one, sides)));
            }
            Judged::Unsure if unsure.is_none() => {
                unsure = Some(open(
                    claim,
                    (axis, points.len()),
                    relation,
                    &one,
                    &mean,
                    sides,
                ));
            }
            Judged::Holds | Judged::Fails | Judged::Unsure => {}
        }
        means.push(one);
    }
    Ok(Outcome {
        seen: Seen::Numbers(means),
        failed,
        unsure,
    })
}

/// Refuses a row that isn't there at every setting.
fn check_rows(claim: &Claim, pairs: &Pairs<'_>, points: &[&Point]) -> Result<(), Problem> {
    let whole = 0..claim.text.len();
    let is_there = |point: &Point| pairs.iter().any(|(other, _)| *other == point);
    let Some(absent) = points.iter().find(|point| !is_there(point)) else {
        return match pairs.len() {
            0 | 1 => Err(ClaimError::new(whole, "one setting has no mean to compare")
                .with_help("average over more")
                .into()),
            _ => Ok(()),
        };
    };
    let message = match pairs.first().and_then(|(_, one)| one.line()) {
        Some(line) => format!("there is no number in {line} to average"),
        None => "there is no number to average".to_owned(),
    };
    let error = ClaimError::new(whole, message).with_help(
        "let the block print the same rows at all settings, or leave the others out with `where`",
    );
    Err(Problem::Wrong(error).at(absent))
}

/// The means of both sides, and of their differences.
struct Mean {
    left: f64,
    right: f64,
    difference: f64,
    /// Two standard errors of the mean difference.
    error: f64,
}

enum Judged {
    Holds,
    Fails,
    /// The differences vary too much to tell.
    Unsure,
}

impl Mean {
    fn of(pairs: &Pairs<'_>) -> Self {
        let size = count(pairs.len());
        let mean = |value: &dyn Fn(&Compared) -> f64| {
            pairs.iter().map(|(_, one)| value(one)).sum::<f64>() / size
        };
        let difference = mean(&|one| one.left - one.right);
        let squares = mean(&|one| (one.left - one.right - difference).powi(2));
        let variance = squares * size / (size - 1.0);
        Self {
            left: mean(&|one| one.left),
            right: mean(&|one| one.right),
            difference,
            error: 2.0 * (variance / size).sqrt(),
        }
    }

    fn judged(&self, relation: &Relation<'_>, one: &Compared) -> Judged {
        let distance = self.difference.abs();
        // Equal differences leave only the noise of sums.
        let noise = 1e-12 * self.left.abs().max(self.right.abs());
        let (holds, is_sure) = match &relation.sort {
            Sort::Within { .. } => {
                let tolerance = relation.tolerance(one);
                let is_beyond = distance > tolerance + self.error + noise;
                (
                    distance <= tolerance + noise,
                    is_beyond || self.error <= tolerance + noise,
                )
            }
            Sort::Compared(operator) | Sort::Next(operator) => (
                operator.holds(self.left, self.right),
                self.error <= distance.max(noise),
            ),
        };
        match (is_sure, holds) {
            (false, _) => Judged::Unsure,
            (true, true) => Judged::Holds,
            (true, false) => Judged::Fails,
        }
    }
}

/// That the settings leave open whether the claim holds.
fn open(
    claim: &Claim,
    (axis, count): (&Axis, usize),
    relation: &Relation<'_>,
    one: &Compared,
    mean: &Mean,
    sides: &Sides,
) -> ClaimError {
    let (unit, name) = match sides.unit(one.pair) {
        Some(unit) => (unit.one, unit.name.as_str()),
        None => (1.0, ""),
    };
    let (left, right) = (
        claim.slice(&relation.left.span),
        claim.slice(&relation.right.span),
    );
    let line = one
        .line()
        .map(|line| format!("in {line}, "))
        .unwrap_or_default();
    let settings = match axis.name.as_str() {
        "seed" => format!("{count} seeds"),
        name => format!("{count} settings of {name}"),
    };
    let (difference, error) = number::two(mean.difference.abs() / unit, mean.error / unit, name);
    let message = match &relation.sort {
        Sort::Within { .. } => {
            let tolerance = relation.tolerance(one);
            let (tolerance, error) = number::two(tolerance / unit, mean.error / unit, name);
            format!(
                "{line}{settings} are too few to tell that `{left}` is within {tolerance} of `{right}`: two standard errors of the mean difference are {error}"
            )
        }
        Sort::Compared(operator) => format!(
            "{line}{settings} are too few to tell that `{left}` is {} `{right}`: the mean difference is {difference}, and two standard errors of it are {error}",
            words(*operator)
        ),
        Sort::Next(_) => format!(
            "{line}{settings} are too few to tell how `{left}` goes on from the row before: the mean difference is {difference}, and two standard errors of it are {error}"
        ),
    };
    let help = match &relation.sort {
        Sort::Compared(Operator::Equal | Operator::Unequal) => {
            "means are hardly ever equal: write `within 5% of`".to_owned()
        }
        _ => format!(
            "average over more, as in `over {} {}`, or claim less",
            count * 2,
            axis.name
        ),
    };
    ClaimError::new(0..claim.text.len(), message).with_help(help)
}
