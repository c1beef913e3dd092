//! The values of a claim's expressions at a point: what the blocks printed there, calculated in base units.

mod calculator;
mod cell;
mod conditions;
mod measure;
mod value;

pub(super) use calculator::{Calculate, Calculator};
pub(super) use measure::{Measured, Unit};
pub(super) use value::count;

use super::claim::{Condition, Expr, Kind};
use super::plan::{Plan, Point};
use super::{ClaimError, Problem};
use crate::runs::{Missing, Place, Runs, Tables, plain};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::rc::Rc;

/// Reads expressions at one point after the other, and keeps what they have in common.
pub(super) struct Reader<'claim, 'calculate> {
    conditions: &'claim [Condition],
    plan: &'claim Plan,
    pub(super) calculator: Calculator<'calculate>,
    /// What each expression measures, by its bytes and the units that it read.
    measures: HashMap<(usize, usize, Vec<usize>), Rc<Unit>>,
    /// Whether codes have other numbers than the cells, none of them 0: the interpreter's 0 measures nothing.
    is_without_zeros: bool,
}

/// A point, and what the blocks printed there.
pub(super) struct At<'run> {
    point: &'run Point,
    tables: BTreeMap<String, Tables<'run>>,
    /// The cells that were asked for a number and have none.
    pub(super) skipped: BTreeSet<(String, usize, usize, usize)>,
    /// Which conditions were about something.
    applied: Vec<bool>,
    /// What was calculated over whole columns and rows, by the bytes of the call.
    aggregates: HashMap<(usize, usize), Aggregate>,
}

/// What a call has over a whole column or row.
#[derive(Debug, Clone)]
struct Aggregate {
    value: Option<f64>,
    units: Vec<usize>,
    /// The same in the interpreter's words, with the cells' numbers and without zeros, once that was asked for.
    codes: [Option<String>; 2],
}

/// The row or column of a table that an expression is calculated for.
#[derive(Debug, Clone, Copy)]
pub(super) struct Frame<'expr> {
    block: &'expr str,
    table: usize,
    line: Line,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Line {
    Row(usize),
    Column(usize),
}

/// How many values an expression has at a point.
#[derive(Debug, Clone, Copy)]
pub(super) enum Shape<'expr> {
    /// One.
    Single,
    /// One for each row of the table that this column is in.
    Rows(&'expr Expr),
    /// One for each column of the table that this row is in.
    Columns(&'expr Expr),
}

impl<'claim, 'calculate> Reader<'claim, 'calculate> {
    pub(super) fn new(
        conditions: &'claim [Condition],
        plan: &'claim Plan,
        calculate: Calculate<'calculate>,
    ) -> Self {
        Self {
            conditions,
            plan,
            calculator: Calculator::new(calculate),
            measures: HashMap::new(),
            is_without_zeros: false,
        }
    }

    /// Reads the tables that some expressions need at a point.
    pub(super) fn at<'run>(
        &self,
        point: &'run Point,
        runs: &'run Runs,
        expressions: &[&Expr],
    ) -> Result<At<'run>, Problem> {
        let mut tables = BTreeMap::new();
        let mut problem = None;
        for expr in expressions {
            expr.each(&mut |part| {
                let Some(block) = part.block().filter(|_| problem.is_none()) else {
                    return;
                };
                if tables.contains_key(block) {
                    return;
                }
                match runs.tables(block) {
                    Ok(read) => {
                        tables.insert(block.to_owned(), read);
                    }
                    Err(missing) => problem = Some(part.missing(missing)),
                }
            });
        }
        match problem {
            Some(problem) => Err(problem),
            None => Ok(At {
                point,
                tables,
                skipped: BTreeSet::new(),
                applied: vec![false; self.conditions.len()],
                aggregates: HashMap::new(),
            }),
        }
    }

    /// The rows or columns that a shape has at a point, those that the conditions leave.
    pub(super) fn frames<'expr>(
        &mut self,
        shape: Shape<'expr>,
        at: &mut At<'_>,
    ) -> Result<Vec<Option<Frame<'expr>>>, Problem> {
        let all: Vec<Frame<'expr>> = match shape {
            Shape::Single => return Ok(vec![None]),
            Shape::Rows(expr) => {
                let Kind::Column { block, column } = &expr.kind else {
                    return Ok(Vec::new());
                };
                let tables = at.of(block, expr)?;
                let (table, _) = tables.column(column).map_err(|error| expr.missing(error))?;
                let frame = |row| Frame {
                    block,
                    table,
                    line: Line::Row(row),
                };
                (0..tables.table(table).rows.len()).map(frame).collect()
            }
            Shape::Columns(expr) => {
                let Kind::Row { block, key } = &expr.kind else {
                    return Ok(Vec::new());
                };
                let (table, _) = self.row(block, key, expr, at)?;
                let frame = |column| Frame {
                    block,
                    table,
                    line: Line::Column(column),
                };
                let width = at.of(block, expr)?.table(table).header.len();
                (1..width).map(frame).collect()
            }
        };
        let mut left = Vec::new();
        for frame in all {
            if self.is_picked(frame, at)? {
                left.push(Some(frame));
            }
        }
        Ok(left)
    }

    /// The row of a key, which may be the name of a parameter: its setting is the key then.
    fn row(
        &self,
        block: &str,
        key: &str,
        expr: &Expr,
        at: &At<'_>,
    ) -> Result<(usize, usize), Problem> {
        let tables = at.of(block, expr)?;
        let key = self.key(key, tables.row(key).is_err(), at);
        tables.row(key).map_err(|error| expr.missing(error))
    }

    /// The cell of a key and a column.
    fn cell(
        &self,
        block: &str,
        key: &str,
        column: &str,
        expr: &Expr,
        at: &At<'_>,
    ) -> Result<Place, Problem> {
        let tables = at.of(block, expr)?;
        let key = self.key(key, tables.row(key).is_err(), at);
        tables
            .cell(key, column)
            .map_err(|error| expr.missing(error))
    }

    fn key<'a>(&'a self, key: &'a str, is_absent: bool, at: &'a At<'_>) -> &'a str {
        let setting = || self.setting(key, at);
        is_absent.then(setting).flatten().unwrap_or(key)
    }

    /// The setting of a parameter at a point.
    fn setting<'a>(&'a self, name: &str, at: &'a At<'_>) -> Option<&'a str> {
        let setting = at.point.get(name);
        let setting = setting.or_else(|| self.plan.defaults.get(name));
        setting.map(String::as_str)
    }
}

impl<'run> At<'run> {
    fn of(&self, block: &str, expr: &Expr) -> Result<&Tables<'run>, Problem> {
        self.tables
            .get(block)
            .ok_or_else(|| expr.missing(Missing::Wrong(format!("no block is named `{block}`"))))
    }

    /// The key of a row, or the header of a column.
    pub(super) fn label(&self, frame: Frame<'_>) -> String {
        let text = || {
            let table = self.tables.get(frame.block)?.table(frame.table);
            match frame.line {
                Line::Row(row) => table.rows.get(row)?.cells.first(),
                Line::Column(column) => table.header.get(column),
            }
        };
        text().map(|text| plain(text)).unwrap_or_default()
    }

    /// The text of a cell.
    pub(super) fn text(&self, block: &str, place: Place) -> &str {
        self.tables
            .get(block)
            .map_or("", |tables| tables.text(place))
    }
}

impl Frame<'_> {
    /// What messages call it.
    pub(super) fn sort(&self) -> &'static str {
        match self.line {
            Line::Row(_) => "row",
            Line::Column(_) => "column",
        }
    }
}

impl Expr {
    /// That something of this expression is missing.
    pub(super) fn missing(&self, missing: Missing) -> Problem {
        match missing {
            Missing::Failed => Problem::Reported,
            Missing::Wrong(message) => Problem::Wrong(ClaimError::new(self.span.clone(), message)),
        }
    }

    pub(super) fn wrong(&self, message: impl Into<String>, help: &str) -> Problem {
        Problem::Wrong(ClaimError::new(self.span.clone(), message).with_help(help))
    }

    /// Calls a function with the parts that have one value for each row or column.
    pub(super) fn outside_of_aggregates<'expr>(&'expr self, with: &mut dyn FnMut(&'expr Self)) {
        with(self);
        match &self.kind {
            Kind::Negated(inner) => inner.outside_of_aggregates(with),
            Kind::Calculated(left, _, right) => {
                left.outside_of_aggregates(with);
                right.outside_of_aggregates(with);
            }
            Kind::Called(name, arguments) if !is_aggregate(name, arguments.len()) => {
                for argument in arguments {
                    argument.outside_of_aggregates(with);
                }
            }
            _ => {}
        }
    }
}

/// Refuses tables that are compared row by row, and don't have the same rows.
pub(super) fn check_rows(
    expressions: &[&Expr],
    frames: &[Option<Frame<'_>>],
    at: &At<'_>,
) -> Result<(), Problem> {
    let Some(Some(first)) = frames.first() else {
        return Ok(());
    };
    if matches!(first.line, Line::Column(_)) {
        return Ok(());
    }
    let mut problem = None;
    for expr in expressions {
        expr.outside_of_aggregates(&mut |part| {
            let Kind::Column { block, column } = &part.kind else {
                return;
            };
            if problem.is_none() {
                problem = unmatched(part, (block, column), frames, *first, at);
            }
        });
    }
    problem.map_or(Ok(()), Err)
}

/// That another table that is compared row by row has other rows.
fn unmatched(
    expr: &Expr,
    (block, column): (&str, &str),
    frames: &[Option<Frame<'_>>],
    first: Frame<'_>,
    at: &At<'_>,
) -> Option<Problem> {
    let tables = at.tables.get(block)?;
    let (table, _) = tables.column(column).ok()?;
    if (block, table) == (first.block, first.table) {
        return None;
    }
    let theirs = &at.tables.get(first.block)?;
    let here = frames.iter().flatten().map(|frame| at.label(*frame));
    let absent: Vec<String> = here
        .filter(|key| tables.rows(table, key).is_empty())
        .collect();
    let rows = &tables.table(table).rows;
    let there = rows.iter().filter_map(|row| row.cells.first());
    let surplus: Vec<String> = there
        .filter(|key| theirs.rows(first.table, key).is_empty())
        .map(ToString::to_string)
        .collect();
    let (name, lacking, keys) = match (absent.is_empty(), surplus.is_empty()) {
        (true, true) => return None,
        (false, _) => (first.block, block, absent),
        (true, false) => (block, first.block, surplus),
    };
    let listed: Vec<String> = keys.iter().take(8).map(|key| format!("`{key}`")).collect();
    let more = match keys.len().saturating_sub(listed.len()) {
        0 => String::new(),
        count => format!(" and {count} more"),
    };
    Some(Problem::Wrong(
        ClaimError::new(
            expr.span.clone(),
            format!(
                "`{name}` has rows that `{lacking}` doesn't have: {}{more}",
                listed.join(", ")
            ),
        )
        .with_help("print the same rows in both, or leave the others out with `where`"),
    ))
}

/// Whether a call takes a whole column or row.
pub(super) fn is_aggregate(name: &str, arguments: usize) -> bool {
    arguments == 1 && matches!(name, "min" | "max" | "sum" | "mean")
}

/// How many values some expressions have at a point, together.
pub(super) fn shape<'expr>(expressions: &[&'expr Expr]) -> Result<Shape<'expr>, Problem> {
    let mut shape = Shape::Single;
    let mut problem = None;
    for expr in expressions {
        expr.outside_of_aggregates(&mut |part| match (&part.kind, shape) {
            (Kind::Column { .. }, Shape::Single) => shape = Shape::Rows(part),
            (Kind::Row { .. }, Shape::Single) => shape = Shape::Columns(part),
            (Kind::Column { .. }, Shape::Columns(_)) | (Kind::Row { .. }, Shape::Rows(_)) => {
                problem.get_or_insert_with(|| {
                    part.wrong(
                        "the claim compares a column with a row",
                        "compare a column `T.col` row by row, or a row `T[key]` column by column, and take the `min`, `max` or `mean` of the other",
                    )
                });
            }
            _ => {}
        });
    }
    match problem {
        Some(problem) => Err(problem),
        None => Ok(shape),
    }
}
