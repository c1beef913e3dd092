//! Claims judged over planted outputs.
#![cfg(feature = "numbat")]

mod errors;
mod over_points;
mod planted;
mod properties;
mod syntax;

use super::domain::Domain;
use super::{
    Claim, ClaimError, Parameter, Plan, Point, Problem, Spread, Verdict, judge, parse, spread,
};
use crate::expression::{self, Renamed};
use crate::interpreter::Interpreter;
use crate::runs::Runs;
use crate::value::Value;
use std::fmt::Write as _;

/// What the blocks of a planted page vary: names, domains and literals.
const PARAMETERS: [(&str, &str, Option<&str>); 4] = [
    ("seed", "1..50", Some("7")),
    ("servers", "5..50", Some("20")),
    ("load", "0.50..0.95", None),
    ("rule", "Random|TwoChoices", None),
];

/// Blocks that print something else at each point.
type Blocks<'a> = &'a [(&'a str, &'a dyn Fn(&Settings<'_>) -> String)];

/// The settings of a point.
struct Settings<'a>(&'a Point);

impl Settings<'_> {
    /// The setting of a number, or its default.
    fn number(&self, name: &str, default: f64) -> f64 {
        self.0
            .get(name)
            .map_or(default, |setting| setting.parse().unwrap())
    }

    fn seed(&self) -> f64 {
        self.number("seed", 7.0)
    }

    fn servers(&self) -> f64 {
        self.number("servers", 20.0)
    }
}

/// A table of a header and rows.
fn table(header: &str, rows: &[String]) -> String {
    let dashes = "|--".repeat(header.matches('|').count() - 1);
    let mut text = format!("{header}\n{dashes}|\n");
    for row in rows {
        writeln!(text, "{row}").unwrap();
    }
    text
}

thread_local! {
    /// What the page defines.
    static INTERPRETER: Interpreter = {
        let page = "let service = 2 ms\nfn mm1(t: Time, busy: Scalar) -> Time = t / (1 - busy)";
        Interpreter::new(Some(page)).unwrap()
    };
}

fn calculate(code: &str) -> Result<Value, expression::Problem> {
    let prepared = expression::prepare(code, |_| Ok(None), &Runs::default(), &Renamed::new())?;
    match INTERPRETER.with(|interpreter| interpreter.evaluate(&prepared)) {
        Ok(Some(value)) => Ok(value),
        Ok(None) => panic!("{code} isn't an expression"),
        Err(error) => Err(expression::Problem::Wrong(error)),
    }
}

fn plan(text: &str) -> Result<Plan, ClaimError> {
    let domains: Vec<(&str, Domain, Option<&str>)> = PARAMETERS
        .iter()
        .map(|(name, domain, default)| (*name, Domain::read(domain).unwrap().0, *default))
        .collect();
    let parameters: Vec<Parameter<'_>> = domains
        .iter()
        .map(|(name, domain, default)| Parameter {
            name,
            domain,
            default: *default,
        })
        .collect();
    parse(text)?.plan(&parameters)
}

/// What the blocks print at each of the points.
fn printed(blocks: Blocks<'_>, points: &[Point]) -> Vec<Runs> {
    let runs = |point: &Point| {
        let printed = blocks
            .iter()
            .map(|(name, print)| ((*name).to_owned(), print(&Settings(point))));
        Runs {
            printed: printed.collect(),
            ..Runs::default()
        }
    };
    points.iter().map(runs).collect()
}

fn judged(text: &str, blocks: Blocks<'_>) -> Result<Verdict, Problem> {
    judged_by(&parse(text)?, &plan(text)?, blocks)
}

fn judged_by(claim: &Claim, plan: &Plan, blocks: Blocks<'_>) -> Result<Verdict, Problem> {
    let runs = printed(blocks, &plan.points);
    judge(claim, plan, &runs, &mut calculate)
}

fn spread_of(expression: &str, claim: &str, blocks: Blocks<'_>) -> Option<Spread> {
    let plan = plan(claim).unwrap();
    let runs = printed(blocks, &plan.points);
    spread(expression, &plan, &runs, &mut calculate)
}

/// What is wrong with a claim over some blocks.
fn wrong(text: &str, blocks: Blocks<'_>) -> ClaimError {
    match judged(text, blocks) {
        Err(Problem::Wrong(error)) => error,
        other => panic!("`{text}` gives {other:?}"),
    }
}
