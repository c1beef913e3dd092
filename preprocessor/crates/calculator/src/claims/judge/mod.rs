//! Whether a claim holds: at each point, on average, or at enough of them.

mod mean;
mod relation;
mod seen;

use self::relation::Relation;
use self::seen::{Seen, Sides};
use super::claim::Claim;
use super::plan::{Axis, Plan, Point};
use super::reading::{Calculate, Reader};
use super::verdict::{Counterexample, Edge, Margin, Role, Spread, Tried, Verdict};
use super::{ClaimError, Problem};
use crate::runs::Runs;
use std::collections::BTreeMap;

/// Judges a claim by what the blocks printed at each point of a plan, in the order of its points; `calculate` computes
/// expressions without references.
///
/// # Errors
/// Where it can't be judged: a reference leads nowhere, units don't fit, no row is left, or a mean is claimed tighter
/// than the settings that it is taken over can tell.
pub fn judge(
    claim: &Claim,
    plan: &Plan,
    runs: &[Runs],
    calculate: Calculate<'_>,
) -> Result<Verdict, Problem> {
    if runs.len() != plan.points.len() {
        let (ran, points) = (runs.len(), plan.points.len());
        let message = format!("the blocks ran at {ran} of the {points} points of the claim");
        return Err(ClaimError::new(0..claim.text.len(), message).into());
    }
    let mut reader = Reader::new(&claim.conditions, plan, calculate);
    let relations = Relation::all(claim);
    let mut sides = Sides::default();
    let mut skipped = 0;
    let mut groups: BTreeMap<Vec<usize>, Vec<(&Point, Seen)>> = BTreeMap::new();
    let mut spoken_of: Vec<&Point> = Vec::new();
    for (point, printed) in plan.points.iter().zip(runs) {
        let mut seen_at =
            |point, printed| seen::at(claim, &relations, &mut reader, &mut sides, point, printed);
        let seen = seen_at(point, printed).map_err(|problem| {
            // What is wrong at the first and the last point alike is wrong by itself.
            let ends = [0, plan.points.len() - 1];
            let is_everywhere = ends.iter().all(|end| {
                seen_at(&plan.points[*end], &runs[*end]).err().as_ref() == Some(&problem)
            });
            match is_everywhere {
                true => problem,
                false => problem.at(point),
            }
        })?;
        let Some((seen, without)) = seen else {
            // The claim doesn't speak of these settings.
            continue;
        };
        skipped += without;
        spoken_of.push(point);
        let key = plan.group(point);
        groups.entry(key).or_default().push((point, seen));
    }
    if groups.is_empty() {
        return Err(ClaimError::new(
            0..claim.text.len(),
            "`where` leaves none of the settings that are tried",
        )
        .with_help("write a condition that some of them meet")
        .into());
    }
    let mut outcomes: BTreeMap<Vec<usize>, Outcome> = BTreeMap::new();
    for (key, group) in groups {
        let outcome = outcome(claim, plan, &relations, &sides, group)?;
        outcomes.insert(key, outcome);
    }
    verdict(plan, &relations, &sides, &outcomes, (&spoken_of, skipped))
}

/// What came out at one setting of what isn't averaged.
struct Outcome {
    /// What is compared there, or its means.
    seen: Seen,
    /// What doesn't hold there, first row first.
    failed: Option<(Option<String>, String)>,
    /// Why it can't be told whether it holds.
    unsure: Option<ClaimError>,
}

fn outcome(
    claim: &Claim,
    plan: &Plan,
    relations: &[Relation<'_>],
    sides: &Sides,
    group: Vec<(&Point, Seen)>,
) -> Result<Outcome, Problem> {
    let mean = plan.axes.iter().find(|axis| axis.role == Role::Mean);
    if let Some(axis) = mean {
        return mean::outcome(claim, axis, relations, sides, group);
    }
    let Some((_, seen)) = group.into_iter().next() else {
        return Err(ClaimError::new(0..claim.text.len(), "no point is left").into());
    };
    let failed = match &seen {
        Seen::Numbers(all) => all
            .iter()
            .find(|one| !relations[one.pair].holds(one))
            .map(|one| (one.line(), relations[one.pair].found(claim, one, sides))),
        Seen::Texts(all) => all
            .iter()
            .find(|text| !text.holds)
            .map(|text| (text.line.clone(), text.found.clone())),
    };
    Ok(Outcome {
        seen,
        failed,
        unsure: None,
    })
}

fn verdict(
    plan: &Plan,
    relations: &[Relation<'_>],
    sides: &Sides,
    outcomes: &BTreeMap<Vec<usize>, Outcome>,
    (points, skipped): (&[&Point], usize),
) -> Result<Verdict, Problem> {
    let axes: Vec<&Axis> = plan.judged_axes().collect();
    let holds = |outcome: &Outcome| outcome.failed.is_none() && outcome.unsure.is_none();
    let share = axes
        .iter()
        .position(|axis| matches!(axis.role, Role::Share { .. }));
    // The settings of a share are judged together, everything else by itself.
    let mut groups: BTreeMap<Vec<usize>, Vec<(&Vec<usize>, &Outcome)>> = BTreeMap::new();
    for (key, outcome) in outcomes {
        let mut group = key.clone();
        if let Some(share) = share {
            group.remove(share);
        }
        groups.entry(group).or_default().push((key, outcome));
    }
    let at_least = |count: usize| match share.map(|share| axes[share].role) {
        Some(Role::Share { at_least }) => at_least.min(count),
        _ => count,
    };
    let mut failed: Vec<(&Vec<usize>, &Outcome)> = Vec::new();
    for group in groups.values() {
        let held = group.iter().filter(|(_, outcome)| holds(outcome)).count();
        if held < at_least(group.len()) {
            failed.extend(group.iter().filter(|(_, outcome)| !holds(outcome)));
        }
    }
    let example = failed.iter().find_map(|(key, outcome)| {
        let (line, found) = outcome.failed.clone()?;
        let settings = axes.iter().zip(*key);
        Some(Counterexample {
            settings: settings
                .map(|(axis, at)| (axis.name.clone(), axis.settings[*at].clone()))
                .collect(),
            line,
            found,
        })
    });
    if example.is_none()
        && let Some((key, error)) = failed
            .iter()
            .find_map(|(key, outcome)| Some((*key, outcome.unsure.clone()?)))
    {
        let settings = axes.iter().zip(key);
        let point = settings.map(|(axis, at)| (axis.name.clone(), axis.settings[*at].clone()));
        return Err(Problem::Wrong(error).at(&point.collect()));
    }
    let numbers = || {
        outcomes.values().flat_map(|outcome| match &outcome.seen {
            Seen::Numbers(all) => all.as_slice(),
            Seen::Texts(_) => &[],
        })
    };
    let first = || numbers().filter(|one| one.pair == 0);
    let (left, right) = match sides.unit(0) {
        Some(unit) => (
            Spread::of(first().map(|one| one.left), &unit.name, unit.one),
            Spread::of(first().map(|one| one.right), &unit.name, unit.one),
        ),
        None => (None, None),
    };
    let margins = numbers().filter_map(|one| {
        let share = relations[one.pair].margin(one)?;
        let relation = one.pair;
        Some(Margin { relation, share })
    });
    let margin = margins.min_by(|one, other| one.share.total_cmp(&other.share));
    let held = outcomes.values().filter(|outcome| holds(outcome)).count();
    Ok(Verdict {
        tried: plan.axes.iter().map(|axis| axis.tried(points)).collect(),
        judged: outcomes.len(),
        held,
        points: points.len(),
        edge: match &example {
            Some(_) => edge(&axes, outcomes, &holds),
            None => None,
        },
        margin: margin.filter(|_| held == outcomes.len()),
        counterexample: example,
        skipped,
        left,
        right,
    })
}

/// Where a claim stops holding, if one number varies. A seed doesn't count: its order means nothing.
fn edge(
    axes: &[&Axis],
    outcomes: &BTreeMap<Vec<usize>, Outcome>,
    holds: &dyn Fn(&Outcome) -> bool,
) -> Option<Edge> {
    let directed = |axis: &Axis| axis.is_numeric && axis.name != "seed";
    let mut numeric = axes.iter().enumerate().filter(|(_, axis)| directed(axis));
    let (number, axis) = numeric.next()?;
    if numeric.next().is_some() {
        return None;
    }
    let mut held: BTreeMap<usize, bool> = BTreeMap::new();
    for (key, outcome) in outcomes {
        *held.entry(key[number]).or_insert(true) &= holds(outcome);
    }
    let name = || axis.name.clone();
    let setting = |at: usize| axis.settings[at].clone();
    let all: Vec<(usize, bool)> = held.into_iter().collect();
    let (first, last) = (all.first()?.1, all.last()?.1);
    let changes: Vec<usize> = (1..all.len())
        .filter(|at| all[*at].1 != all[at - 1].1)
        .collect();
    match (changes.as_slice(), first, last) {
        ([at], true, false) => Some(Edge::UpTo {
            name: name(),
            holds: setting(all[at - 1].0),
            fails: setting(all[*at].0),
        }),
        ([at], false, true) => Some(Edge::From {
            name: name(),
            fails: setting(all[at - 1].0),
            holds: setting(all[*at].0),
        }),
        ([], ..) => None,
        _ => Some(Edge::Scattered {
            name: name(),
            fails: all
                .iter()
                .filter(|(_, holds)| !holds)
                .map(|(at, _)| setting(*at))
                .collect(),
            of: all.len(),
        }),
    }
}

impl Axis {
    /// What of it was tried at some points.
    fn tried(&self, points: &[&Point]) -> Tried {
        let is_tried = |setting: &&String| {
            let here = |point: &&Point| point.get(&self.name) == Some(*setting);
            points.iter().any(here)
        };
        let settings: Vec<&String> = self.settings.iter().filter(is_tried).collect();
        let setting = |one: Option<&&String>| one.map(ToString::to_string).unwrap_or_default();
        Tried {
            name: self.name.clone(),
            count: settings.len(),
            first: setting(settings.first()),
            last: setting(settings.last()),
            is_numeric: self.is_numeric,
            role: self.role,
        }
    }
}

impl Plan {
    /// What is not averaged.
    fn judged_axes(&self) -> impl Iterator<Item = &Axis> {
        self.axes.iter().filter(|axis| axis.role != Role::Mean)
    }

    /// The numbers of a point's settings of what is not averaged.
    fn group(&self, point: &Point) -> Vec<usize> {
        let place = |axis: &Axis| {
            let setting = point.get(&axis.name)?;
            axis.settings.iter().position(|other| other == setting)
        };
        self.judged_axes()
            .map(|axis| place(axis).unwrap_or_default())
            .collect()
    }
}

impl Problem {
    /// The problem, with the point where it is one.
    fn at(self, point: &Point) -> Self {
        let settings: Vec<String> = point
            .iter()
            .map(|(name, setting)| format!("{name} = {setting}"))
            .collect();
        match self {
            Self::Wrong(error) if !settings.is_empty() => Self::Wrong(ClaimError {
                message: format!("at {}, {}", settings.join(", "), error.message),
                ..error
            }),
            other => other,
        }
    }
}
