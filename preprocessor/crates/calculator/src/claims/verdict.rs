//! What came of a claim, and how messages and pages say it.

use super::number;
use serde::{Deserialize, Serialize};
use std::fmt;

/// What came of a claim.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Verdict {
    /// What was varied.
    pub tried: Vec<Tried>,
    /// At how many settings it was judged: all points, or the groups that are averaged.
    pub judged: usize,
    /// At how many of them it holds.
    pub held: usize,
    /// At how many points the blocks ran.
    pub points: usize,
    /// Where it doesn't hold, with the smallest settings; none where it holds.
    pub counterexample: Option<Counterexample>,
    /// Up to where it holds, where one number varies.
    pub edge: Option<Edge>,
    /// How many cells have no number.
    pub skipped: usize,
    /// What the left side of the first comparison was.
    pub left: Option<Spread>,
    /// What its right side was, in the same unit.
    pub right: Option<Spread>,
    /// How close it is to failing. None for texts, and where it fails at a setting.
    pub margin: Option<Margin>,
}

/// How close a claim is to failing.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Margin {
    /// Which of its comparisons is the closest, counted from 0.
    pub relation: usize,
    /// By which share its right side could be moved, or its tolerance narrowed, before it fails.
    pub share: f64,
}

/// A parameter that was varied.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tried {
    /// Its name.
    pub name: String,
    /// How many settings it had.
    pub count: usize,
    /// The first one.
    pub first: String,
    /// The last one.
    pub last: String,
    /// Whether they are numbers.
    pub is_numeric: bool,
    /// How they were judged.
    pub role: Role,
}

/// How the settings of a parameter are judged.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Role {
    /// The claim has to hold at each.
    Each,
    /// The claim has to hold at some of them.
    Share {
        /// At how many.
        at_least: usize,
    },
    /// The claim has to hold on average over them.
    Mean,
}

/// Where a claim doesn't hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Counterexample {
    /// The settings, without those that are averaged.
    pub settings: Vec<(String, String)>,
    /// The row or column, if the claim goes through some: "row `80`".
    pub line: Option<String>,
    /// What is there, and what the claim says.
    pub found: String,
}

/// Where a claim stops holding along a parameter.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum Edge {
    /// It holds up to a setting, and fails from another one on.
    UpTo {
        /// The parameter.
        name: String,
        /// The last setting where it holds.
        holds: String,
        /// The first one where it fails.
        fails: String,
    },
    /// It fails up to a setting, and holds from another one on.
    From {
        /// The parameter.
        name: String,
        /// The last setting where it fails.
        fails: String,
        /// The first one where it holds.
        holds: String,
    },
    /// It fails here and there.
    Scattered {
        /// The parameter.
        name: String,
        /// The settings where it fails.
        fails: Vec<String>,
        /// How many settings there are.
        of: usize,
    },
}

/// The smallest and the largest of some values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// The smallest, in the unit.
    pub low: f64,
    /// The largest.
    pub high: f64,
    /// The unit; empty for a bare number.
    pub unit: String,
    /// One of the unit, in base units.
    pub one: f64,
}

impl Verdict {
    /// Whether the claim holds.
    pub fn holds(&self) -> bool {
        self.counterexample.is_none()
    }

    /// Where it holds, for the mark after a sentence: "held for 20 of 20 seeds, servers from 5 to 50".
    pub fn summary(&self) -> String {
        let mean = self.tried.iter().find(|one| one.role == Role::Mean);
        let share = self
            .tried
            .iter()
            .find(|one| matches!(one.role, Role::Share { .. }));
        let each: Vec<&Tried> = self
            .tried
            .iter()
            .filter(|one| one.role == Role::Each)
            .collect();
        let (held, judged) = (self.held, self.judged);
        let mut parts = vec![match (mean, share, each.as_slice()) {
            (Some(mean), None, []) => format!("held on average over {}", mean.counted()),
            (Some(mean), None, _) => format!(
                "held on average over {} at {held} of {judged} settings",
                mean.counted()
            ),
            (_, Some(share), []) => format!("held for {held} of {}", share.counted()),
            (None, None, [one]) if !one.is_numeric || one.is_seed() => {
                format!("held for {held} of {}", one.counted())
            }
            _ => format!("held at {held} of {judged} settings"),
        }];
        if let (Some(mean), Some(_)) = (mean, share) {
            parts.push(format!("on average over {}", mean.counted()));
        }
        let is_alone = each.len() == 1 && mean.is_none() && share.is_none();
        for one in each {
            if one.is_numeric && !one.is_seed() {
                parts.push(format!("{} from {} to {}", one.name, one.first, one.last));
            } else if !is_alone {
                parts.push(one.counted());
            }
        }
        parts.join(", ")
    }

    /// The ranges of both sides, for the mark: "5.1 to 7 ms against 2.2 to 2.6 ms".
    pub fn ranges(&self) -> Option<String> {
        let (left, right) = (self.left.as_ref()?, self.right.as_ref()?);
        Some(format!("{left} against {right}"))
    }

    /// What a finding says where it doesn't hold; none where it holds.
    pub fn message(&self) -> Option<String> {
        let example = self.counterexample.as_ref()?;
        let mut place: Vec<String> = example
            .settings
            .iter()
            .map(|(name, setting)| format!("{name} = {setting}"))
            .collect();
        place.extend(example.line.clone());
        let mean = self.tried.iter().find(|one| one.role == Role::Mean);
        let average = mean.map(|mean| format!(" on average over {}", mean.counted()));
        let place = match place.is_empty() {
            true => String::new(),
            false => format!(" at {}", place.join(", ")),
        };
        Some(format!(
            "the claim doesn't hold{}{place}: {}",
            average.unwrap_or_default(),
            example.found
        ))
    }

    /// What else a finding says: where it holds, the edge, and what was left out.
    pub fn details(&self) -> Vec<String> {
        let mut details = Vec::new();
        let share = self.tried.iter().find_map(|one| match one.role {
            Role::Share { at_least } => Some((one, at_least)),
            _ => None,
        });
        match share {
            Some((one, at_least)) => details.push(format!(
                "it holds at {} of {} settings, and has to hold for {at_least} of {}",
                self.held,
                self.judged,
                one.counted()
            )),
            None if self.judged > 1 => {
                details.push(format!(
                    "it holds at {} of {} settings",
                    self.held, self.judged
                ));
            }
            None => {}
        }
        details.extend(self.edge.as_ref().map(ToString::to_string));
        match self.skipped {
            0 => {}
            1 => details.push("one cell has no number".to_owned()),
            count => details.push(format!("{count} cells have no number")),
        }
        details
    }
}

impl Tried {
    fn is_seed(&self) -> bool {
        self.name == "seed"
    }

    /// How many settings: "20 seeds", "20 settings of servers".
    fn counted(&self) -> String {
        match self.is_seed() {
            true => format!("{} seeds", self.count),
            false => format!("{} settings of {}", self.count, self.name),
        }
    }
}

impl Spread {
    /// Its two ends as they are shown.
    pub fn ends(&self) -> (String, String) {
        number::two(self.low, self.high, &self.unit)
    }

    /// That of some values in base units; none of none.
    pub(super) fn of(values: impl Iterator<Item = f64>, unit: &str, one: f64) -> Option<Self> {
        let all = values.map(|value| value / one);
        let (low, high) = all.fold(None, |spread: Option<(f64, f64)>, value| {
            Some(spread.map_or((value, value), |(low, high)| {
                (low.min(value), high.max(value))
            }))
        })?;
        Some(Self {
            low,
            high,
            unit: unit.to_owned(),
            one,
        })
    }
}

impl fmt::Display for Spread {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&number::range(self.low, self.high, &self.unit))
    }
}

impl fmt::Display for Edge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UpTo { name, holds, fails } => {
                write!(
                    f,
                    "it holds up to {name} = {holds}, and fails from {fails} on"
                )
            }
            Self::From { name, fails, holds } => {
                write!(
                    f,
                    "it fails up to {name} = {fails}, and holds from {holds} on"
                )
            }
            Self::Scattered { name, fails, of } => {
                let listed: Vec<&str> = fails.iter().take(8).map(String::as_str).collect();
                let more = if fails.len() > listed.len() {
                    ", …"
                } else {
                    ""
                };
                write!(
                    f,
                    "it fails at {} of {of} settings of {name}: {}{more}",
                    fails.len(),
                    listed.join(", ")
                )
            }
        }
    }
}
