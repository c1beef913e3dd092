//! Planning: which claims a page makes, at which points they and its figures are checked, and what an earlier build knows of them.

use crate::claims::{Earlier, Known};
use crate::line::Page;
use crate::read::{Block, Fence, Parts};
use crate::run::language::Languages;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string::nearest;
use crate::text::span::Span;
use crate::work::key::Key;
use anyhow::Result;
use mdbook_proof_calculator::claims::{self, Claim, ClaimError, OUTPUT, Plan, Point, SEED};
use mdbook_proof_pictures::Drawing;
use std::collections::{BTreeMap, BTreeSet};

/// At how many points a parameter is tried where nothing says otherwise.
const POINTS: usize = 20;

/// What of a page depends on what varies.
#[derive(Debug, Default)]
pub struct Planned {
    /// The blocks whose parameters can vary as they say.
    pub varying: Varying,
    /// The claims that can be checked.
    pub claims: Vec<PlannedClaim>,
    /// The figures that read a run with a seed.
    pub figures: Vec<PlannedFigure>,
    /// The charts with a band, by the number of their block, and the points of the band.
    pub bands: BTreeMap<usize, Vec<Point>>,
}

/// A claim that can be checked.
#[derive(Debug)]
pub struct PlannedClaim {
    /// The number of its comment in the page.
    pub comment: usize,
    /// The number of the claim in its comment.
    pub number: usize,
    /// Its bytes.
    pub span: Span,
    /// What it says.
    pub claim: Claim,
    /// Where it is checked.
    pub plan: Plan,
    /// What it reads.
    pub blocks: Vec<usize>,
    /// What its result is remembered under.
    pub key: String,
    /// The result of an earlier build.
    pub kept: Option<Known>,
}

/// A figure that reads a run with a seed.
#[derive(Debug)]
pub struct PlannedFigure {
    /// The number of the figure in the page.
    pub number: usize,
    /// Where it is computed.
    pub plan: Plan,
    /// What it reads.
    pub blocks: Vec<usize>,
    /// What its result is remembered under.
    pub key: String,
    /// The result of an earlier build.
    pub kept: Option<Known>,
}

impl Planned {
    /// Forgets what an earlier build found out about the claims, so that they are judged again.
    pub fn forget(&mut self) {
        for claim in &mut self.claims {
            claim.kept = None;
        }
    }

    /// The points that each block has to be run at, by its number.
    pub fn wanted(&self, page: &Page) -> BTreeMap<usize, BTreeSet<Point>> {
        let mut wanted: BTreeMap<usize, BTreeSet<Point>> = BTreeMap::new();
        let mut add = |number: usize, points: &[Point]| {
            let Some(block) = page
                .parts
                .blocks
                .get(number)
                .filter(|block| !block.vary.is_empty())
            else {
                return;
            };
            let points = points.iter().map(|point| own(block, point));
            wanted.entry(number).or_default().extend(points);
        };
        for claim in self.claims.iter().filter(|claim| claim.kept.is_none()) {
            claim
                .blocks
                .iter()
                .for_each(|number| add(*number, &claim.plan.points));
        }
        for figure in self.figures.iter().filter(|figure| figure.kept.is_none()) {
            figure
                .blocks
                .iter()
                .for_each(|number| add(*number, &figure.plan.points));
        }
        for (number, points) in &self.bands {
            add(*number, points);
        }
        for points in wanted.values_mut() {
            // That of the defaults is run anyway.
            points.insert(Point::new());
        }
        wanted
    }
}

/// A point's settings of a block's own parameters.
pub fn own(block: &Block, point: &Point) -> Point {
    let is_own = |name: &str| block.vary.iter().any(|parameter| parameter.name == name);
    let settings = point.iter().filter(|(name, _)| is_own(name));
    settings
        .map(|(name, setting)| (name.clone(), setting.clone()))
        .collect()
}

/// Plans what of a page depends on what varies. `keys` are those of the points of its blocks that vary, and `definitions` stands
/// in each result's key for all that its expressions may use besides.
///
/// # Errors
/// When a language isn't there.
pub fn plan(
    page: &mut Page,
    keys: &BTreeMap<usize, String>,
    definitions: &str,
    languages: &Languages,
    earlier: &mut Earlier,
) -> Result<Planned> {
    let mut planned = Planned {
        varying: varying(page, keys, languages, earlier)?,
        ..Planned::default()
    };
    if planned.varying.is_empty() && page.parts.claims.is_empty() {
        return Ok(planned);
    }
    let definitions = Key::new("definitions").with(definitions);
    let definitions = page
        .runs
        .printed
        .iter()
        .fold(definitions, |key, (name, printed)| {
            key.with(name).with(printed)
        });
    let mut planner = Planner {
        page,
        varying: &planned.varying,
        keys,
        definitions: definitions.finish(),
        earlier,
    };
    let mut findings = Vec::new();
    planned.claims = planner.claims(&mut findings);
    planned.figures = planner.figures();
    planned.bands = planner.bands(&mut findings);
    page.findings.extend(findings);
    Ok(planned)
}

/// Plans for a page of which it is known what can vary.
struct Planner<'plan> {
    page: &'plan Page,
    varying: &'plan Varying,
    keys: &'plan BTreeMap<usize, String>,
    /// The key of what the page's expressions may use: definitions, and what its blocks print at their defaults.
    definitions: String,
    earlier: &'plan mut Earlier,
}

impl Planner<'_> {
    /// The key of what an expression comes to at some points.
    fn key(&self, kind: &str, text: &str, points: &[Point], blocks: &[usize]) -> String {
        let key = Key::new(kind).with(&self.definitions).with(text);
        let key = points.iter().fold(key, |key, point| {
            key.with(&crate::run::points::written(point))
        });
        let blocks = blocks.iter().filter_map(|number| self.keys.get(number));
        blocks.fold(key, |key, block| key.with(block)).finish()
    }

    fn claims(&mut self, findings: &mut Vec<Finding>) -> Vec<PlannedClaim> {
        let mut planned = Vec::new();
        for (comment, claimed) in self.page.parts.claims.iter().enumerate() {
            for (number, span) in claimed.claims.iter().enumerate() {
                match self.claim(comment, number, *span) {
                    Ok(claim) => planned.extend(claim),
                    Err(finding) => findings.push(*finding),
                }
            }
        }
        planned
    }

    /// A claim; none where what keeps it from being checked is reported already.
    fn claim(
        &mut self,
        comment: usize,
        number: usize,
        span: Span,
    ) -> Result<Option<PlannedClaim>, Box<Finding>> {
        let text = self.page.source.slice(span);
        let refused = |error: ClaimError| refused(self.page, span, error);
        let claim = claims::parse(text).map_err(refused)?;
        let blocks = blocks(self.page, &claim, span)?;
        let is_reported = |number: &usize| is_reported(self.page, self.varying, *number);
        if blocks.iter().any(is_reported) {
            return Ok(None);
        }
        let parameters = parameters(self.page, self.varying, &blocks, span)?;
        let plan = claim.plan(&parameters).map_err(refused)?;
        let key = self.key("claim", text, &plan.points, &blocks);
        Ok(Some(PlannedClaim {
            comment,
            number,
            span,
            claim,
            plan,
            blocks,
            kept: self.earlier.get(&key).cloned(),
            key,
        }))
    }

    fn figures(&mut self) -> Vec<PlannedFigure> {
        let mut planned = Vec::new();
        for (number, figure) in self.page.parts.figures.iter().enumerate() {
            let expression = self.page.source.slice(figure.expression);
            let blocks: Vec<usize> = named(self.page, &references(expression))
                .filter(|number| self.varying.contains_key(number))
                .filter(|number| has_seed(&self.page.parts.blocks[*number]))
                .collect();
            let Some(plan) = blocks.first().and_then(|first| self.along(*first, SEED)) else {
                continue;
            };
            let key = self.key("spread", expression, &plan.points, &blocks);
            planned.push(PlannedFigure {
                number,
                plan,
                blocks,
                kept: self.earlier.get(&key).cloned(),
                key,
            });
        }
        planned
    }

    fn bands(&self, findings: &mut Vec<Finding>) -> BTreeMap<usize, Vec<Point>> {
        let mut planned = BTreeMap::new();
        for (number, block) in self.page.parts.blocks.iter().enumerate() {
            let Some(name) = block.view.drawing.as_ref().and_then(Drawing::band) else {
                continue;
            };
            if !block.vary.iter().any(|parameter| parameter.name == name) {
                findings.push(no_band(self.page, block, name));
            } else if let Some(plan) = self.along(number, name) {
                planned.insert(number, plan.points);
            }
        }
        planned
    }

    /// The settings of one parameter of a block alone; none where it can't vary.
    fn along(&self, block: usize, parameter: &str) -> Option<Plan> {
        let is_open = self.varying.contains_key(&block);
        let parameters = own_parameters(self.page, self.varying, block);
        Plan::along(&parameters, parameter, POINTS).filter(|_| is_open)
    }
}

/// Blocks whose parameters can vary as they say, each with the literals in the page.
pub type Varying = BTreeMap<usize, BTreeMap<String, String>>;

/// The blocks whose parameters can vary as they say; what keeps the others from it is a finding.
fn varying(
    page: &mut Page,
    keys: &BTreeMap<usize, String>,
    languages: &Languages,
    earlier: &mut Earlier,
) -> Result<Varying> {
    let mut varying = Varying::new();
    for (number, block) in page.parts.blocks.iter().enumerate() {
        let Some(points) = keys.get(&number) else {
            continue;
        };
        let domains = block.vary.iter().map(|parameter| &parameter.domain);
        let key = domains.fold(Key::new("can vary").with(points), |key, domain| {
            key.with(&domain.to_string())
        });
        let key = key.finish();
        let known = match earlier.get(&key) {
            Some(Known::CanVary(literals)) => Some(literals.clone()),
            _ => None,
        };
        let literals = match known {
            Some(literals) => literals,
            None => match languages
                .get(&block.language)?
                .can_vary(&page.source, block)
            {
                Ok(literals) => {
                    earlier.insert(&key, Known::CanVary(literals.clone()));
                    literals
                }
                Err(found) => {
                    page.findings.extend(found);
                    continue;
                }
            },
        };
        varying.insert(number, literals);
    }
    Ok(varying)
}

/// Whether a block has a seed that varies.
fn has_seed(block: &Block) -> bool {
    block.vary.iter().any(|parameter| parameter.name == SEED)
}

/// The blocks with these names.
fn named<'page>(
    page: &'page Page,
    names: &'page BTreeSet<String>,
) -> impl Iterator<Item = usize> + 'page {
    let blocks = page.parts.blocks.iter().enumerate();
    let is_named = |block: &Block| block.name.as_ref().is_some_and(|name| names.contains(name));
    blocks
        .filter(move |(_, block)| is_named(block))
        .map(|(number, _)| number)
}

/// The names that an expression reads cells of: `sweep` in `2 × sweep[1000].LRU`.
fn references(expression: &str) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    for (at, _) in expression.match_indices('[') {
        let before = &expression[..at];
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let start = before.trim_end_matches(is_word).len();
        if start < at {
            names.insert(before[start..].to_owned());
        }
    }
    names
}

/// The blocks that a claim reads.
fn blocks(page: &Page, claim: &Claim, span: Span) -> Result<Vec<usize>, Box<Finding>> {
    let mut blocks = Vec::new();
    for name in claim.runs() {
        let named = |block: &Block| block.name.as_deref() == Some(name);
        let named = page.parts.blocks.iter().position(named);
        let alone = || only_varied(&page.parts).filter(|_| name == OUTPUT);
        match named.or_else(alone) {
            Some(number) => blocks.push(number),
            None => {
                let names: Vec<&str> = page
                    .parts
                    .blocks
                    .iter()
                    .filter_map(|block| block.name.as_deref())
                    .collect();
                let finding = Finding::new(
                    Code::Claim,
                    &page.source,
                    span,
                    format!("no block is named `{name}`"),
                );
                let help = match nearest(name, &names) {
                    Some(near) => format!("did you mean `{near}`?"),
                    None if names.is_empty() => {
                        format!("name the block that it reads: ```rust,run,name={name}")
                    }
                    None => format!("the page's blocks are {}", names.join(", ")),
                };
                return Err(Box::new(finding.with_help(help)));
            }
        }
    }
    Ok(blocks)
}

/// The number of the block that varies, where the page has only one.
pub fn only_varied(page: &Parts) -> Option<usize> {
    let blocks = page.blocks.iter().enumerate();
    let mut varied = blocks.filter(|(_, block)| !block.vary.is_empty());
    let (number, _) = varied.next()?;
    varied.next().is_none().then_some(number)
}

/// Whether what keeps a block's claims from being checked is reported already: it fails, or its parameters can't vary.
fn is_reported(page: &Page, varying: &Varying, number: usize) -> bool {
    let block = &page.parts.blocks[number];
    let has_failed = block
        .name
        .as_ref()
        .is_some_and(|name| page.runs.failed.contains(name));
    has_failed || block.is_broken || (!block.vary.is_empty() && !varying.contains_key(&number))
}

/// The parameters of blocks together; one that is in several has to be the same there.
pub(super) fn parameters<'page>(
    page: &'page Page,
    varying: &'page Varying,
    blocks: &[usize],
    span: Span,
) -> Result<Vec<claims::Parameter<'page>>, Box<Finding>> {
    let mut parameters: Vec<claims::Parameter<'page>> = Vec::new();
    for parameter in blocks
        .iter()
        .flat_map(|number| own_parameters(page, varying, *number))
    {
        match parameters.iter().find(|other| other.name == parameter.name) {
            None => parameters.push(parameter),
            Some(other) if other.domain == parameter.domain => {}
            Some(other) => {
                let message = format!(
                    "`{}` is {} in one block of this claim and {} in another",
                    parameter.name, other.domain, parameter.domain
                );
                let finding = Finding::new(Code::Claim, &page.source, span, message);
                return Err(Box::new(
                    finding.with_help("give it the same range in both"),
                ));
            }
        }
    }
    Ok(parameters)
}

/// The parameters of a block.
pub(super) fn own_parameters<'page>(
    page: &'page Page,
    varying: &'page Varying,
    number: usize,
) -> Vec<claims::Parameter<'page>> {
    let literals = varying.get(&number);
    let parameters = page.parts.blocks[number].vary.iter();
    parameters
        .map(|parameter| claims::Parameter {
            name: &parameter.name,
            domain: &parameter.domain,
            default: literals
                .and_then(|literals| literals.get(&parameter.name))
                .map(String::as_str),
        })
        .collect()
}

/// A finding about a claim that can't be checked.
pub(super) fn refused(page: &Page, span: Span, error: ClaimError) -> Box<Finding> {
    let place = Span::from(error.span).shift(span.start);
    let mut finding = Finding::new(Code::Claim, &page.source, place, error.message);
    finding.help = error.help;
    Box::new(finding)
}

fn no_band(page: &Page, block: &Block, name: &str) -> Finding {
    let place = block
        .output
        .as_ref()
        .map_or(block.code.opening(), Fence::opening);
    let message = format!("the block above doesn't vary `{name}`");
    let help = match block.vary.as_slice() {
        [] => format!("say over what the band goes: ```rust,run,vary=\"{name}=1..20\""),
        parameters => {
            let names: Vec<&str> = parameters
                .iter()
                .map(|parameter| parameter.name.as_str())
                .collect();
            format!("it varies {}", names.join(", "))
        }
    };
    Finding::new(Code::Attribute, &page.source, place, message).with_help(help)
}
