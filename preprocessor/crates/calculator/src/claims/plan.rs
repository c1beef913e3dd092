//! The points at which a claim is checked: the settings of what it varies, and how they are judged together.

use super::ClaimError;
use super::claim::{Claim, Varied};
use super::domain::Domain;
use super::verdict::Role;
use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

/// A setting of each parameter that differs from its default, as it is written in code.
pub type Point = BTreeMap<String, String>;

/// What may vary in the blocks that a claim reads.
#[derive(Debug, Clone, Copy)]
pub struct Parameter<'a> {
    /// Its name in the code.
    pub name: &'a str,
    /// What it may be.
    pub domain: &'a Domain,
    /// The literal in the page; none where it is a list.
    pub default: Option<&'a str>,
}

impl Parameter<'_> {
    /// Some settings out of a domain, in its order: of a range evenly apart and with both ends, and of seeds the first ones. The literal
    /// in the page, whose output readers see, is one of them.
    pub fn settings(&self, domain: &Domain, count: usize) -> Vec<String> {
        // Seeds have no order. As the first ones, those of a claim that asks for few are among those of one that asks for many.
        let mut settings = match self.name == SEED {
            true => domain.first(count),
            false => domain.settings(count),
        };
        let (Some(default), Some(_)) = (self.default, domain.range()) else {
            return settings;
        };
        let number = |text: &str| text.replace('_', "").parse::<f64>().ok();
        let Some(value) = number(default) else {
            return settings;
        };
        let distance = |setting: &String| number(setting).map_or(f64::MAX, |at| (at - value).abs());
        if !domain.contains(default) || settings.iter().any(|setting| distance(setting) == 0.0) {
            return settings;
        }
        let last = settings.len().saturating_sub(1);
        let replaced = match self.name == SEED {
            true => Some(last),
            // Both ends stay.
            false => {
                (1..last).min_by(|a, b| distance(&settings[*a]).total_cmp(&distance(&settings[*b])))
            }
        };
        if let Some(setting) = replaced.and_then(|at| settings.get_mut(at)) {
            default.clone_into(setting);
        }
        settings
    }
}

/// The points at which a claim is checked.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// All points, each once.
    pub points: Vec<Point>,
    /// What varies: first what each setting counts of, then what is counted, then what is averaged.
    pub(super) axes: Vec<Axis>,
    /// The literals of the parameters, varied or not.
    pub(super) defaults: BTreeMap<String, String>,
    /// The names of all parameters.
    pub(super) names: BTreeSet<String>,
}

/// A parameter that a claim varies.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Axis {
    pub(super) name: String,
    pub(super) settings: Vec<String>,
    pub(super) is_numeric: bool,
    pub(super) role: Role,
}

/// What a claim varies that doesn't say so: the parameter that everything with chance has.
pub const SEED: &str = "seed";

/// How many settings of a parameter are tried where nothing says otherwise.
const SETTINGS: usize = 20;

/// At how many points a claim is checked at most.
const POINTS: usize = 1_000;

impl Claim {
    /// The points at which it is checked, given what may vary in the blocks that it reads.
    ///
    /// # Errors
    /// Where nothing varies, what it varies isn't there or can't take these settings, or there are too many points.
    pub fn plan(&self, parameters: &[Parameter<'_>]) -> Result<Plan, ClaimError> {
        let axes = self.axes(parameters)?;
        let sizes = axes.iter().map(|axis| axis.settings.len());
        let size = sizes.fold(1_usize, usize::saturating_mul);
        if size > POINTS {
            return Err(ClaimError::new(
                self.whole(),
                format!("the claim is checked at {size} points, and {POINTS} are the most"),
            )
            .with_help(format!(
                "write how many settings to try, as in `over 10 {}`",
                axes[0].name
            )));
        }
        Ok(Plan::new(axes, parameters))
    }

    /// One point alone, at which the claim is judged as at any other of its points; none where it says nothing about one point alone: it
    /// is about a mean or a share, or about other settings.
    pub fn at(&self, parameters: &[Parameter<'_>], point: &Point) -> Option<Plan> {
        let clauses = &self.clauses;
        let is_about_one = clauses.mean.is_none() && clauses.share.is_none();
        let setting = |name: &str| {
            let default = || parameters.iter().find(|one| one.name == name)?.default;
            point.get(name).map(String::as_str).or_else(default)
        };
        let is_inside = |varied: &Varied| {
            let domain = varied.domain.as_ref().map(|(domain, _)| domain);
            setting(&varied.name)
                .is_some_and(|setting| domain.is_none_or(|domain| domain.contains(setting)))
        };
        let speaks = is_about_one && clauses.each.iter().all(is_inside);
        speaks.then(|| Plan {
            points: vec![point.clone()],
            ..Plan::new(Vec::new(), parameters)
        })
    }

    fn axes(&self, parameters: &[Parameter<'_>]) -> Result<Vec<Axis>, ClaimError> {
        let clauses = &self.clauses;
        let mut varied: Vec<(&Varied, Role)> = Vec::new();
        varied.extend(clauses.each.iter().map(|each| (each, Role::Each)));
        varied.extend(clauses.share.iter().map(|share| {
            let at_least = share.at_least;
            (&share.varied, Role::Share { at_least })
        }));
        varied.extend(clauses.mean.iter().map(|mean| (mean, Role::Mean)));
        for (at, (one, _)) in varied.iter().enumerate() {
            if varied[..at].iter().any(|(other, _)| other.name == one.name) {
                return Err(ClaimError::new(
                    one.span.clone(),
                    format!("the claim varies `{}` in two ways", one.name),
                )
                .with_help(
                    "`for` asks for each setting, `on average over` for their mean: use one of them",
                ));
            }
        }
        let bare = Varied {
            name: SEED.to_owned(),
            span: self.whole(),
            domain: None,
        };
        // `over 50 seed` alone varies the seed.
        for (_, counted) in &clauses.counts {
            if !varied.iter().any(|(one, _)| one.name == counted.name) {
                varied.insert(0, (counted, Role::Each));
            }
        }
        if varied.is_empty() {
            if !parameters.iter().any(|one| one.name == SEED) {
                return Err(self.nothing_varies(parameters));
            }
            varied.push((&bare, Role::Each));
        }
        let is_mean = varied.iter().any(|(_, role)| *role == Role::Mean);
        let others = varied.len() - usize::from(is_mean);
        let usual = match (others, is_mean) {
            (0 | 1, false) => SETTINGS,
            (0..=2, _) => 5,
            _ => 3,
        };
        let axis = |(one, role): &(&Varied, Role)| self.axis(one, *role, usual, parameters);
        varied.iter().map(axis).collect()
    }

    fn axis(
        &self,
        varied: &Varied,
        role: Role,
        usual: usize,
        parameters: &[Parameter<'_>],
    ) -> Result<Axis, ClaimError> {
        let Some(parameter) = parameters.iter().find(|one| one.name == varied.name) else {
            return Err(unknown(varied, parameters));
        };
        let (domain, span) = match &varied.domain {
            Some((domain, span)) => {
                check_domain(domain, span, parameter)?;
                (domain, span)
            }
            None => (parameter.domain, &varied.span),
        };
        let counted = self.clauses.counts.iter();
        let counted = counted.clone().find(|(_, one)| one.name == varied.name);
        let count = match (role, counted) {
            (Role::Share { .. }, _) => {
                let share = self.clauses.share.as_ref();
                share.map_or(usual, |share| share.of)
            }
            (_, Some((count, _))) => *count,
            (Role::Mean, None) => SETTINGS,
            (Role::Each, None) => usual,
        };
        if count < 2 {
            return Err(ClaimError::new(
                counted.map_or(span.clone(), |(_, one)| one.span.clone()),
                format!("{count} of `{}` isn't a variation", varied.name),
            )
            .with_help("ask for 2 settings or more"));
        }
        if count > POINTS {
            return Err(ClaimError::new(
                span.clone(),
                format!(
                    "{count} of `{}` are too many: {POINTS} points are the most",
                    varied.name
                ),
            )
            .with_help("ask for fewer settings"));
        }
        let settings = parameter.settings(domain, count);
        let asked = matches!(role, Role::Share { .. }) || counted.is_some();
        if asked && settings.len() < count {
            return Err(ClaimError::new(
                counted.map_or(span.clone(), |(_, one)| one.span.clone()),
                format!(
                    "the claim asks for {count} of `{}`, and `{domain}` has {}",
                    varied.name,
                    settings.len()
                ),
            )
            .with_help("widen the range at `vary=`, or ask for fewer"));
        }
        Ok(Axis {
            name: varied.name.clone(),
            settings,
            is_numeric: domain.range().is_some(),
            role,
        })
    }

    fn whole(&self) -> Range<usize> {
        0..self.text().len()
    }

    fn nothing_varies(&self, parameters: &[Parameter<'_>]) -> ClaimError {
        let names: Vec<&str> = parameters.iter().map(|one| one.name).collect();
        let help = match names.first() {
            Some(first) => format!(
                "say what to vary, as in `for {first}`; the blocks that it reads vary {}",
                names.join(", ")
            ),
            None => {
                "give the block that it reads something to vary: `vary=\"seed=1..50\"`".to_owned()
            }
        };
        ClaimError::new(
            self.whole(),
            "nothing varies: without `for`, a claim varies `seed`, and no block that it reads has one",
        )
        .with_help(help)
    }
}

impl Plan {
    fn new(axes: Vec<Axis>, parameters: &[Parameter<'_>]) -> Self {
        let mut points = vec![Point::new()];
        for axis in &axes {
            let with = |point: &Point| -> Vec<Point> {
                let settings = axis.settings.iter();
                settings
                    .map(|setting| {
                        let mut point = point.clone();
                        point.insert(axis.name.clone(), setting.clone());
                        point
                    })
                    .collect()
            };
            points = points.iter().flat_map(with).collect();
        }
        let literal = |one: &Parameter<'_>| Some((one.name.to_owned(), one.default?.to_owned()));
        Self {
            points,
            axes,
            defaults: parameters.iter().filter_map(literal).collect(),
            names: parameters.iter().map(|one| one.name.to_owned()).collect(),
        }
    }

    /// The settings of one parameter alone; none where there is no such parameter.
    pub fn along(parameters: &[Parameter<'_>], name: &str, count: usize) -> Option<Self> {
        let parameter = parameters.iter().find(|one| one.name == name)?;
        let axis = Axis {
            name: name.to_owned(),
            settings: parameter.settings(parameter.domain, count.clamp(2, POINTS)),
            is_numeric: parameter.domain.range().is_some(),
            role: Role::Each,
        };
        Some(Self::new(vec![axis], parameters))
    }

    /// The points with one setting of a parameter.
    #[must_use]
    pub fn only(&self, name: &str, setting: &str) -> Self {
        let mut plan = self.clone();
        let is_it = |other: Option<&String>| other.is_none_or(|other| other == setting);
        plan.points.retain(|point| is_it(point.get(name)));
        for axis in &mut plan.axes {
            if axis.name == name {
                axis.settings.retain(|other| other == setting);
            }
        }
        plan
    }
}

fn unknown(varied: &Varied, parameters: &[Parameter<'_>]) -> ClaimError {
    let names: Vec<String> = parameters
        .iter()
        .map(|one| format!("`{}`", one.name))
        .collect();
    let help = match names.is_empty() {
        false => format!("what varies is {}", names.join(", ")),
        true => format!(
            "give the block that it reads something to vary: `vary=\"{}=1..50\"`",
            varied.name
        ),
    };
    ClaimError::new(
        varied.span.clone(),
        format!("no block that the claim reads varies `{}`", varied.name),
    )
    .with_help(help)
}

/// Refuses settings that the block isn't known to take.
fn check_domain(
    domain: &Domain,
    span: &Range<usize>,
    parameter: &Parameter<'_>,
) -> Result<(), ClaimError> {
    let name = parameter.name;
    let wrong = |message: String| {
        Err(ClaimError::new(span.clone(), message).with_help(format!(
            "the block varies `{name}={}`: stay inside of it, or widen it there",
            parameter.domain
        )))
    };
    match (domain, parameter.domain) {
        (Domain::Range(_), Domain::Choices(_)) => {
            wrong(format!("`{name}` has choices, not a range"))
        }
        (Domain::Choices(_), Domain::Range(_)) => {
            wrong(format!("`{name}` has a range, not choices"))
        }
        (Domain::Choices(choices), knob) => {
            match choices.iter().find(|choice| !knob.contains(choice)) {
                Some(choice) => wrong(format!("`{choice}` isn't a choice of `{name}`")),
                None => Ok(()),
            }
        }
        (Domain::Range(range), Domain::Range(knob)) => {
            if let Some(setting) = domain
                .settings(POINTS)
                .iter()
                .find(|setting| !parameter.domain.contains(setting))
            {
                let is_within = knob.spans(range);
                return match is_within {
                    true => wrong(format!(
                        "{setting} isn't a setting of `{name}`: its decimals or its step differ"
                    )),
                    false => wrong(format!("`{domain}` goes beyond what the block varies")),
                };
            }
            Ok(())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn settings(name: &str, domain: &str, default: &str, count: usize) -> Vec<String> {
        let (domain, _) = Domain::read(domain).unwrap();
        let parameter = Parameter {
            name,
            domain: &domain,
            default: Some(default),
        };
        parameter.settings(&domain, count)
    }

    #[test]
    fn the_seeds_of_few_are_among_those_of_many_and_the_literal_is_one() {
        for domain in ["1..50", "0..3", "7..1001 step 7", "1..100 log"] {
            for default in ["1", "2", "7", "42", "49"] {
                let (read, _) = Domain::read(domain).unwrap();
                let mut fewer = Vec::new();
                for count in 2..60 {
                    let more = settings(SEED, domain, default, count);
                    assert!(
                        fewer.iter().all(|seed| more.contains(seed)),
                        "{domain} {default} {count}"
                    );
                    assert!(more.len() <= count && more.iter().all(|seed| read.contains(seed)));
                    assert_eq!(
                        more.iter().any(|seed| seed == default),
                        read.contains(default)
                    );
                    fewer = more;
                }
            }
        }
    }

    #[test]
    fn other_parameters_are_tried_at_both_ends_and_at_the_literal() {
        assert_eq!(settings("n", "1..50", "3", 3), ["1", "3", "50"]);
        assert_eq!(settings(SEED, "1..50", "7", 3), ["1", "2", "7"]);
        assert_eq!(settings(SEED, "1..50", "2", 3), ["1", "2", "3"]);
    }
}
