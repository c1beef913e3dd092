//! Judging: what blocks printed at the points of a claim, compared with what it says.

use crate::claims::observe::{Absent, Observed};
use crate::claims::plan::{Planned, PlannedClaim, PlannedFigure, Varying, parameters, refused};
use crate::claims::{Earlier, Known};
use crate::evidence::precision::{OverPrecise, is_over_precise};
use crate::figures::engine::Engine;
use crate::figures::{self, Scope};
use crate::line::Page;
use crate::read::{Claimed, Parts};
use crate::render::claims::{Shown, ShownClaim, Varied};
use crate::run::language::Languages;
use crate::run::points::Points;
use crate::text::code::Code;
use crate::text::finding::{EXPLORE, Finding};
use crate::text::span::Span;
use crate::verify;
use crate::work::process::Run;
use mdbook_proof_calculator::claims::{self, Point, Problem, Spread, Verdict};
use mdbook_proof_calculator::program::Compute as _;
use mdbook_proof_calculator::runs::Runs;
use std::collections::{BTreeMap, BTreeSet};

/// What a page's claims and figures came to.
#[derive(Debug, Default)]
pub struct Judged {
    /// The claims that hold, by the numbers of their comment and of themselves in it.
    pub held: BTreeMap<(usize, usize), Verdict>,
    /// How far figures vary, by their numbers, and over how many seeds.
    pub spreads: BTreeMap<usize, (Spread, usize)>,
    /// At how many points this build ran blocks, by the number of the block.
    pub ran: BTreeMap<usize, usize>,
    /// What the blocks of charts with a band printed, by the number of the block.
    pub bands: BTreeMap<usize, Vec<String>>,
}

impl Judged {
    /// The figures with more digits than they carry: the last ones are others for another seed.
    pub fn over_precise(&self, page: &Parts, engine: &mut Engine) -> Vec<OverPrecise> {
        let mut found = Vec::new();
        for (number, (spread, points)) in &self.spreads {
            let read = figures::printed(page, *number);
            let (Some(figure), Ok(Some(printed))) = (read.span(), &read.figure) else {
                continue;
            };
            let Some(unit) = printed.parts.last().map(|part| part.unit.as_str()) else {
                continue;
            };
            // One of the figure's own unit, in base units.
            let Ok(one) = engine.one(unit) else { continue };
            let in_unit = |number: f64| number * spread.one / one.base;
            if is_over_precise(printed, in_unit(spread.low), in_unit(spread.high)) {
                let (low, high) = spread.ends();
                found.push(OverPrecise {
                    figure,
                    low,
                    high,
                    points: *points,
                });
            }
        }
        found
    }

    /// What readers see of it.
    pub fn shown(&self, page: &Parts) -> Varied {
        let shown = |(number, claimed): (usize, &Claimed)| {
            let claims = claimed.claims.iter().enumerate();
            let claims = claims.filter_map(|(claim, span)| {
                let verdict = self.held.get(&(number, claim))?;
                Some(ShownClaim {
                    text: page.source.slice(*span).to_owned(),
                    summary: verdict.summary(),
                    sides: verdict.ranges().unwrap_or_default(),
                    points: verdict.points,
                })
            });
            Shown {
                comment: claimed.comment,
                claims: claims.collect(),
            }
        };
        let ranges = self.spreads.iter();
        Varied {
            claims: page.claims.iter().enumerate().map(shown).collect(),
            ranges: ranges
                .map(|(number, (spread, seeds))| (*number, format!("{spread} over {seeds} seeds")))
                .collect(),
            outputs: self.bands.clone(),
        }
    }
}

/// Compares a page's claims with what its blocks did, computes how far its figures vary, and returns both with what is wrong.
///
/// `has_edges` says whether claims are also tried past their edges, where none may hold.
pub fn judge(
    page: &Page,
    planned: &Planned,
    points: &BTreeMap<usize, Points>,
    languages: &Languages,
    scope: &mut Scope,
    earlier: &mut Earlier,
    has_edges: bool,
) -> (Judged, Vec<Finding>) {
    let mut judge = Judge {
        observed: Observed {
            page,
            points,
            languages,
        },
        varying: &planned.varying,
        scope,
        judged: Judged::default(),
        findings: Vec::new(),
        broken: BTreeSet::new(),
    };
    judge.blocks();
    for claim in &planned.claims {
        if has_edges {
            judge.past_edge(claim);
        }
        if let Some(known) = claim.kept.clone().or_else(|| judge.claim(claim)) {
            judge.take(claim, &known);
            earlier.insert_new(&claim.key, known);
        }
    }
    for figure in &planned.figures {
        if let Some(known) = figure.kept.clone().or_else(|| judge.figure(figure)) {
            if let Known::Spread(Some(spread)) = &known {
                let points = figure.plan.points.len();
                judge
                    .judged
                    .spreads
                    .insert(figure.number, (spread.clone(), points));
            }
            earlier.insert_new(&figure.key, known);
        }
    }
    for (number, points) in &planned.bands {
        judge.band(*number, points);
    }
    (judge.judged, judge.findings)
}

struct Judge<'page> {
    observed: Observed<'page>,
    varying: &'page Varying,
    scope: &'page mut Scope,
    judged: Judged,
    findings: Vec<Finding>,
    /// The blocks that can't be observed, which is reported.
    broken: BTreeSet<usize>,
}

impl Judge<'_> {
    /// Finds the blocks whose parameters can't be set although it seemed so: they don't compile, or print something else
    /// at their defaults.
    fn blocks(&mut self) {
        let page = self.observed.page;
        for (number, points) in self.observed.points {
            if points.fresh > 0 {
                self.judged.ran.insert(*number, points.fresh);
            }
            let block = &page.parts.blocks[*number];
            let whole = block.vary.first().zip(block.vary.last());
            let place = whole.map_or(block.code.opening(), |(first, last)| {
                Span::new(first.span.start, last.span.end)
            });
            let result = page.results.get(number);
            let own = result.map_or([].as_slice(), |result| &result.diagnostics);
            let language = self.observed.languages.get(&block.language);
            let mut found = language.map_or(Vec::new(), |language| {
                language.varied_errors(&page.source, block, own, &points.diagnostics)
            });
            let itself = result.and_then(|result| result.run.as_ref());
            if let (Some(itself), Some(default)) = (itself, points.at(&Point::new()))
                && !itself.is_like(default)
            {
                found.push(unlike(page, place, itself, default));
            }
            if !found.is_empty() {
                self.broken.insert(*number);
                self.findings.append(&mut found);
            }
        }
    }

    /// What a claim comes to; nothing where that is reported already.
    fn claim(&mut self, claim: &PlannedClaim) -> Option<Known> {
        let runs = self.runs(&claim.plan.points, &claim.blocks)?;
        let (page, scope) = (self.observed.page, &mut *self.scope);
        let mut calculate = |code: &str| scope.program.evaluate(code, &page.runs);
        let judged = claims::judge(&claim.claim, &claim.plan, &runs, &mut calculate);
        match judged {
            Ok(verdict) => Some(Known::Verdict(Box::new(Ok(verdict)))),
            Err(Problem::Wrong(error)) => Some(Known::Verdict(Box::new(Err(error)))),
            Err(Problem::Reported) => None,
        }
    }

    /// The verdict on a claim that can be judged.
    fn verdict(&mut self, claim: &PlannedClaim) -> Option<Verdict> {
        match self.claim(claim)? {
            Known::Verdict(verdict) => verdict.ok(),
            Known::Spread(_) | Known::CanVary(_) => None,
        }
    }

    /// Tries a claim with its bound moved just past what was found. One that holds there as well can't fail.
    fn past_edge(&mut self, claim: &PlannedClaim) {
        let Some(verdict) = self.verdict(claim) else {
            return;
        };
        let page = self.observed.page;
        let help = "claim something that another result of the run would refute";
        let finding = |message: String| {
            Finding::new(Code::Claim, &page.source, claim.span, message).with_help(help)
        };
        if !verdict.holds() {
            return;
        }
        let moved = claim.claim.past_edge(&verdict).and_then(|moved| {
            let parameters = parameters(page, self.varying, &claim.blocks, claim.span)
                .map_err(|finding| finding.message)?;
            let plan = moved.plan(&parameters).map_err(|error| error.message)?;
            Ok((moved, plan))
        });
        let (moved, plan) = match moved {
            Ok(moved) => moved,
            Err(why) => {
                let message = format!("the claim's bound can't be moved: {why}");
                return self.findings.push(finding(message));
            }
        };
        let text = moved.text().to_owned();
        let moved = PlannedClaim {
            claim: moved,
            plan,
            blocks: claim.blocks.clone(),
            key: String::new(),
            kept: None,
            ..*claim
        };
        if self.verdict(&moved).is_some_and(|verdict| verdict.holds()) {
            let message = format!("the claim can't fail: `{text}` holds as well");
            self.findings.push(finding(message));
        }
    }

    /// How far a figure varies.
    fn figure(&mut self, figure: &PlannedFigure) -> Option<Known> {
        let runs = self.runs(&figure.plan.points, &figure.blocks)?;
        let (page, scope) = (self.observed.page, &mut *self.scope);
        let expression = page
            .source
            .slice(page.parts.figures[figure.number].expression);
        let mut calculate = |code: &str| scope.program.evaluate(code, &page.runs);
        let spread = claims::spread(expression, &figure.plan, &runs, &mut calculate);
        Some(Known::Spread(spread))
    }

    /// What blocks printed at all of these points; where one printed nothing, why is a finding.
    fn runs(&mut self, points: &[Point], blocks: &[usize]) -> Option<Vec<Runs>> {
        if blocks.iter().any(|number| self.broken.contains(number)) {
            return None;
        }
        let observed = points.iter().map(|point| self.observed.at(point, blocks));
        match observed.collect() {
            Ok(runs) => Some(runs),
            Err(Absent::Reported) => None,
            Err(Absent::Failed(finding)) => {
                if !self.findings.contains(&finding) {
                    self.findings.push(*finding);
                }
                None
            }
        }
    }

    /// Takes what a claim came to.
    fn take(&mut self, claim: &PlannedClaim, known: &Known) {
        let page = self.observed.page;
        let Known::Verdict(verdict) = known else {
            return;
        };
        let verdict = match &**verdict {
            Ok(verdict) => verdict,
            Err(error) => {
                let finding = refused(page, claim.span, error.clone());
                return self.findings.push(*finding);
            }
        };
        let Some(message) = verdict.message() else {
            let place = (claim.comment, claim.number);
            self.judged.held.insert(place, verdict.clone());
            return;
        };
        let (file, span) = page.source.origin(claim.span);
        let line = file.position(span.start).line;
        let help = format!(
            "to see where it holds: {EXPLORE} {}:{line}",
            file.path().display()
        );
        let finding = Finding::new(Code::Claim, &page.source, claim.span, message)
            .with_details(verdict.details().join("\n"))
            .with_help(help);
        self.findings.push(finding);
    }

    /// What a chart's block printed at the points of its band.
    fn band(&mut self, number: usize, points: &[Point]) {
        let printed: Result<Vec<String>, Absent> = points
            .iter()
            .map(|point| self.observed.printed(number, point))
            .collect();
        match printed {
            Ok(printed) => drop(self.judged.bands.insert(number, printed)),
            Err(Absent::Failed(finding)) if !self.broken.contains(&number) => {
                self.findings.push(*finding);
            }
            Err(_) => {}
        }
    }
}

/// A block that prints something else at its defaults where its parameters can be set.
fn unlike(page: &Page, place: Span, itself: &Run, default: &Run) -> Finding {
    let text = |run: &Run| String::from_utf8_lossy(&run.stdout).into_owned();
    Finding::new(Code::Attribute, &page.source, place, "with its parameters open the block prints something else at its defaults")
        .with_details(verify::difference(&text(itself), &text(default)))
        .with_help("what it prints has to depend on its code alone: on nothing that an earlier point left, and on no literal's type that only the literal had")
}
