//! Exploring: where over a wider range a claim starts and stops to hold, and how what a block prints follows its parameters.

use crate::claims::observe::{Absent, Observed};
use crate::claims::plan::{self, Planned, PlannedClaim, Varying};
use crate::figures::Scope;
use crate::line::Page;
use crate::run::language::Languages;
use crate::run::points::Points;
use crate::text::span::Span;
use mdbook_proof_calculator::claims::domain::Domain;
use mdbook_proof_calculator::claims::{self, Claim, Parameter, Plan, Point, Verdict};
use mdbook_proof_calculator::runs::Runs;
use mdbook_proof_text::header::with_unit;
use mdbook_proof_text::printed_table;
use std::collections::{BTreeMap, BTreeSet};

/// How many settings of a parameter are tried.
const SETTINGS: usize = 20;

/// How many cells of an output a table has columns for.
const CELLS: usize = 8;

/// What is asked about a page.
#[derive(Debug, Default)]
pub struct Questions {
    /// About claims: each along one parameter.
    claims: Vec<AboutClaim>,
    /// About blocks.
    blocks: Vec<AboutBlock>,
}

/// Where along a parameter a claim holds.
#[derive(Debug)]
struct AboutClaim {
    /// The number of the claim among those of the page.
    number: usize,
    parameter: String,
    domain: Domain,
    claim: Claim,
    plan: Plan,
    blocks: Vec<usize>,
}

/// How what a block prints follows a parameter.
#[derive(Debug)]
struct AboutBlock {
    block: usize,
    parameter: String,
    domain: Domain,
    plan: Plan,
}

/// What was found about a claim or a block.
#[derive(Debug, PartialEq, Eq)]
pub struct Explored {
    /// The claim's text, or the block's name.
    pub title: String,
    /// Its line in the page.
    pub line: usize,
    /// What each parameter does to it.
    pub along: Vec<Along>,
}

/// What a parameter does.
#[derive(Debug, PartialEq, Eq)]
pub struct Along {
    /// The parameter, and the settings that were tried: `servers = 2..100`.
    pub range: String,
    /// One line that sums it up; none for a block.
    pub summary: Option<String>,
    /// The names of the table's columns.
    pub header: Vec<String>,
    /// A row for each setting.
    pub rows: Vec<Vec<String>>,
}

impl Questions {
    /// The questions about the claims and the blocks that a line of the page belongs to; about all of its claims without a line.
    pub fn new(page: &Page, planned: &Planned, line: Option<usize>) -> Self {
        let varying = &planned.varying;
        let is_asked = |span: Span| {
            let lines = page.source.line_in_file(span.start)..=page.source.line_in_file(span.end);
            line.is_none_or(|line| lines.contains(&line))
        };
        let mut questions = Self::default();
        for (number, claim) in planned.claims.iter().enumerate() {
            if is_asked(claim.span) {
                questions.claim(page, number, claim, varying);
            }
        }
        for (number, block) in page.parts.blocks.iter().enumerate() {
            if line.is_some() && is_asked(block.code.span) && varying.contains_key(&number) {
                questions.block(page, number, varying);
            }
        }
        questions
    }

    /// Whether nothing is asked.
    pub fn is_empty(&self) -> bool {
        self.claims.is_empty() && self.blocks.is_empty()
    }

    fn claim(&mut self, page: &Page, number: usize, planned: &PlannedClaim, varying: &Varying) {
        let blocks = planned.blocks.iter();
        let parameters: Vec<Parameter<'_>> = blocks
            .flat_map(|block| plan::own_parameters(page, varying, *block))
            .collect();
        let mut seen = BTreeSet::new();
        for parameter in &parameters {
            if !seen.insert(parameter.name) {
                continue;
            }
            let wide = widened(parameter.domain);
            let claim = planned.claim.along(parameter.name, &wide, SETTINGS);
            let widened: Vec<Parameter<'_>> = parameters
                .iter()
                .map(|other| match other.name == parameter.name {
                    true => Parameter {
                        domain: &wide,
                        ..*other
                    },
                    false => *other,
                })
                .collect();
            if let Ok(plan) = claim.plan(&widened) {
                self.claims.push(AboutClaim {
                    number,
                    parameter: parameter.name.to_owned(),
                    claim,
                    plan,
                    blocks: planned.blocks.clone(),
                    domain: wide,
                });
            }
        }
    }

    fn block(&mut self, page: &Page, number: usize, varying: &Varying) {
        let parameters = plan::own_parameters(page, varying, number);
        for parameter in &parameters {
            if let Some(plan) = Plan::along(&parameters, parameter.name, SETTINGS) {
                self.blocks.push(AboutBlock {
                    block: number,
                    parameter: parameter.name.to_owned(),
                    domain: parameter.domain.clone(),
                    plan,
                });
            }
        }
    }

    /// The points that each block has to be run at, by its number.
    pub fn wanted(&self, page: &Page) -> BTreeMap<usize, BTreeSet<Point>> {
        let mut wanted: BTreeMap<usize, BTreeSet<Point>> = BTreeMap::new();
        let claims = self.claims.iter();
        let claims = claims.flat_map(|one| one.blocks.iter().map(|block| (*block, &one.plan)));
        let blocks = self.blocks.iter().map(|one| (one.block, &one.plan));
        for (number, plan) in claims.chain(blocks) {
            let block = &page.parts.blocks[number];
            let points = plan.points.iter().map(|point| plan::own(block, point));
            wanted.entry(number).or_default().extend(points);
        }
        wanted
    }

    /// The answers.
    pub fn answers(
        &self,
        page: &Page,
        planned: &Planned,
        points: &BTreeMap<usize, Points>,
        languages: &Languages,
        scope: &mut Scope,
    ) -> Vec<Explored> {
        let observed = Observed {
            page,
            points,
            languages,
        };
        let mut explored = Vec::new();
        for (number, claim) in planned.claims.iter().enumerate() {
            let about = self.claims.iter().filter(|about| about.number == number);
            let along: Vec<Along> = about.map(|about| about.answer(&observed, scope)).collect();
            if !along.is_empty() {
                explored.push(Explored {
                    title: page.source.slice(claim.span).to_owned(),
                    line: page.source.line_in_file(claim.span.start),
                    along,
                });
            }
        }
        for (number, block) in page.parts.blocks.iter().enumerate() {
            let about = self.blocks.iter().filter(|about| about.block == number);
            let along: Vec<Along> = about.map(|about| about.answer(&observed)).collect();
            if !along.is_empty() {
                let name = block.name.as_deref();
                explored.push(Explored {
                    title: name.map_or("a block".to_owned(), |name| format!("the block `{name}`")),
                    line: page.source.line_in_file(block.code.span.start),
                    along,
                });
            }
        }
        explored
    }
}

impl AboutClaim {
    fn answer(&self, observed: &Observed<'_>, scope: &mut Scope) -> Along {
        let settings = settings(&self.plan, &self.parameter);
        let judged: Vec<(&String, Result<Verdict, String>)> = settings
            .iter()
            .map(|setting| (setting, self.at(setting, observed, scope)))
            .collect();
        let rows = judged.iter().map(|(setting, verdict)| {
            let mut row = vec![(*setting).clone()];
            match verdict {
                Ok(verdict) => {
                    row.push(if verdict.holds() { "yes" } else { "no" }.to_owned());
                    let side = |side: &Option<claims::Spread>| {
                        side.as_ref().map_or(String::new(), ToString::to_string)
                    };
                    row.extend([side(&verdict.left), side(&verdict.right)]);
                }
                Err(why) => row.extend(["—".to_owned(), why.clone(), String::new()]),
            }
            row
        });
        Along {
            range: format!("{} = {}", self.parameter, self.domain),
            summary: Some(summary(&judged)),
            header: [&self.parameter, "holds", "left side", "right side"]
                .map(str::to_owned)
                .into(),
            rows: rows.collect(),
        }
    }

    /// What comes of the claim at one setting, or why nothing does.
    fn at(
        &self,
        setting: &str,
        observed: &Observed<'_>,
        scope: &mut Scope,
    ) -> Result<Verdict, String> {
        let plan = self.plan.only(&self.parameter, setting);
        let runs = plan
            .points
            .iter()
            .map(|point| observed.at(point, &self.blocks));
        let runs: Vec<Runs> = runs
            .collect::<Result<_, Absent>>()
            .map_err(|absent| absent.why())?;
        let mut calculate = |code: &str| scope.program.evaluate(code, &observed.page.runs);
        claims::judge(&self.claim, &plan, &runs, &mut calculate).map_err(|problem| match problem {
            claims::Problem::Wrong(error) => error.message,
            claims::Problem::Reported => "not computed".to_owned(),
        })
    }
}

impl AboutBlock {
    fn answer(&self, observed: &Observed<'_>) -> Along {
        let settings = settings(&self.plan, &self.parameter);
        let printed: Vec<Result<Vec<(String, String)>, String>> = self
            .plan
            .points
            .iter()
            .map(|point| {
                let own = plan::own(&observed.page.parts.blocks[self.block], point);
                let printed = observed
                    .printed(self.block, &own)
                    .map_err(|absent| absent.why())?;
                Ok(cells(
                    &printed,
                    &self.parameter,
                    point.get(&self.parameter).map_or("", String::as_str),
                ))
            })
            .collect();
        let mut names: Vec<String> = Vec::new();
        for (name, _) in printed.iter().flatten().flatten() {
            if !names.contains(name) && names.len() < CELLS {
                names.push(name.clone());
            }
        }
        let rows = settings.iter().zip(&printed).map(|(setting, printed)| {
            let mut row = vec![setting.clone()];
            match printed {
                Ok(cells) => row.extend(names.iter().map(|name| {
                    let cell = cells.iter().find(|(other, _)| other == name);
                    cell.map_or(String::new(), |(_, cell)| cell.clone())
                })),
                Err(why) => {
                    row.push(why.clone());
                    row.resize(names.len() + 1, String::new());
                }
            }
            row
        });
        Along {
            range: format!("{} = {}", self.parameter, self.domain),
            summary: None,
            rows: rows.collect(),
            header: std::iter::once(self.parameter.clone())
                .chain(names)
                .collect(),
        }
    }
}

impl Absent {
    /// Why there is no output, in a few words.
    fn why(&self) -> String {
        match self {
            Self::Reported => "it prints nothing".to_owned(),
            Self::Failed(finding) => finding.message.clone(),
        }
    }
}

/// The domain in which edges are looked for: from half its lower to twice its upper end.
fn widened(domain: &Domain) -> Domain {
    match domain.range() {
        Some(range) => Domain::Range(range.widened()),
        None => domain.clone(),
    }
}

/// The settings of a parameter, in the order of a plan.
fn settings(plan: &Plan, parameter: &str) -> Vec<String> {
    let mut settings: Vec<String> = Vec::new();
    for setting in plan.points.iter().filter_map(|point| point.get(parameter)) {
        if !settings.contains(setting) {
            settings.push(setting.clone());
        }
    }
    settings
}

/// Where a claim holds, in ranges: `it holds from 74 to 97, and not from 25 to 70`.
fn summary(judged: &[(&String, Result<Verdict, String>)]) -> String {
    let mut runs: Vec<(&str, &str, &str)> = Vec::new();
    for (setting, verdict) in judged {
        let what = match verdict {
            Ok(verdict) if verdict.holds() => "holds",
            Ok(_) => "doesn't hold",
            Err(_) => "can't be checked",
        };
        match runs.last_mut() {
            Some((last, _, to)) if *last == what => *to = setting.as_str(),
            _ => runs.push((what, setting.as_str(), setting.as_str())),
        }
    }
    let parts: Vec<String> = runs
        .into_iter()
        .map(|(what, from, to)| match from == to {
            true => format!("{what} at {from}"),
            false => format!("{what} from {from} to {to}"),
        })
        .collect();
    format!("it {}", parts.join("; "))
}

/// The cells of the tables that a text has, each with its row and column: `80.random`. Where the rows are those of the parameter,
/// that of its setting is named by it.
fn cells(printed: &str, parameter: &str, setting: &str) -> Vec<(String, String)> {
    let lines: Vec<&str> = printed.lines().collect();
    let tables = printed_table::all(&lines).unwrap_or_default();
    let mut cells = Vec::new();
    for table in &tables {
        let Some(first) = table.header.first() else {
            continue;
        };
        let first = with_unit(first).map_or(first.as_ref(), |(name, _)| name);
        for row in &table.rows {
            let Some(key) = row.cells.first() else {
                continue;
            };
            let key = match first == parameter && key.as_ref() == setting {
                true => parameter,
                false => key.as_ref(),
            };
            let named = table.header.iter().zip(&row.cells).skip(1);
            cells.extend(named.map(|(column, cell)| {
                let name = format!("{key}.{}", column.as_ref());
                (name, cell.as_ref().to_owned())
            }));
        }
    }
    cells
}
