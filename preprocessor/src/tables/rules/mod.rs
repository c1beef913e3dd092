//! The rules that tables are judged by. A rule is one file and one name in [`ALL`].

pub mod declaration;
pub(crate) mod formula;
mod key;
mod order;
mod rounded;
mod share;
mod sum;
pub(crate) mod totals;
mod units;

use crate::figures::Scope;
use crate::read::Table;
use crate::tables::grid::Grid;
use crate::tables::judge::{Judge, Judged, Meaning, Sheet};
use crate::tables::structure;
use crate::tables::units::Units;
use crate::text::code::Code;
use crate::text::source::Source;
use crate::text::span::Span;
use declaration::declarations;
use mdbook_proof_calculator::runs::Runs;
pub(crate) use mdbook_proof_text::explanation::Explanation;
use std::collections::BTreeSet;
use std::fmt::Debug;
use std::sync::Arc;

/// All rules, in the order in which help texts name them.
pub(crate) static ALL: &[&dyn Rule] = &[
    &formula::Formula,
    &key::Key,
    &order::Ascending,
    &order::Descending,
    &sum::Sum,
    &share::Share,
    &rounded::Rounded,
    &units::Units,
];

/// A rule for tables.
pub(crate) trait Rule: Debug + Sync {
    /// How a table declares it.
    fn form(&self) -> Form;

    /// What it requires of its columns, in a clause for the manual.
    fn holds(&self) -> &'static str;

    /// What its findings are called.
    fn code(&self) -> Code;

    /// What they mean, with a table that has one and the same table corrected.
    fn explanation(&self) -> Explanation;

    /// Whether figures in its columns are checked by it.
    fn vouches(&self) -> bool {
        true
    }

    /// Judges a table. `declared` has no column where the rule is [`Form::Always`].
    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, declared: &Declared);
}

/// How a rule is declared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    /// By a word and the columns after it: `key [Col]`.
    Word(&'static str),
    /// By an equation: `[Col] = expression`.
    Equation,
    /// Not at all: it holds for every table.
    Always,
}

impl Form {
    /// How authors write it.
    fn written(self) -> String {
        match self {
            Self::Word(word) => format!("`{word} [Column]`"),
            Self::Equation => "`[Column] = expression`".to_owned(),
            Self::Always => "none, it applies to every table".to_owned(),
        }
    }
}

/// Each rule as the manual lists it: how a table declares it, what it requires, and the code of its findings.
pub fn documented() -> impl Iterator<Item = (String, &'static str, Code)> {
    ALL.iter()
        .map(|rule| (rule.form().written(), rule.holds(), rule.code()))
}

/// A rule that a table declares, for columns that it has.
#[derive(Debug)]
pub(crate) struct Declared {
    pub(crate) rule: &'static dyn Rule,
    /// The columns, counted from 0.
    pub(crate) columns: Vec<usize>,
    /// The bytes of a formula's expression; empty for the other rules.
    pub(crate) expression: Span,
}

/// Judges the tables of a page by their rules. `units` are those of the preludes.
pub fn check(
    source: &Arc<Source>,
    tables: &[Table],
    scope: Scope,
    units: &mut Units,
    runs: &Runs,
) -> Meaning {
    let mut judge = Judge {
        source,
        scope,
        units,
        runs,
        meaning: Meaning::default(),
        texts: BTreeSet::new(),
        corrected: std::collections::BTreeMap::new(),
        vouched: BTreeSet::new(),
    };
    for table in tables {
        judge_table(&mut judge, table);
    }
    judge.meaning
}

/// Whether a table has rules, or columns that may have to agree: whether [`check`] has anything to say about it.
pub fn concerns(source: &Source, table: &Table, units: &mut Units) -> bool {
    !table.checks.is_empty()
        || Grid::columns(source, table, units)
            .iter()
            .filter(|column| column.unit.is_some())
            .nth(1)
            .is_some()
}

fn judge_table(judge: &mut Judge<'_>, table: &Table) {
    let (found, unfilled) = (judge.meaning.findings.len(), judge.meaning.unfilled.len());
    let grid = Grid::read(judge.source, table, judge.units);
    let mut declared = declared(judge, table, &grid);
    let always = ALL.iter().filter(|rule| rule.form() == Form::Always);
    declared.extend(always.map(|rule| Declared {
        rule: *rule,
        columns: Vec::new(),
        expression: Span::at(0),
    }));
    let sheet = Sheet::new(&grid, &declared);
    let vouched = declared.iter().filter(|declared| declared.rule.vouches());
    judge.vouched = vouched
        .flat_map(|declared| declared.columns.iter().copied())
        .collect();
    for declared in &declared {
        if declared.rule.form() == Form::Equation && !table.is_printed {
            let header = grid.columns[declared.columns[0]].span;
            judge.meaning.formulas.push((header, declared.expression));
        }
        declared.rule.check(judge, &sheet, declared);
    }
    if table.is_printed {
        judge.meaning.findings[found..]
            .iter_mut()
            .for_each(structure::of_a_program);
        judge.meaning.unfilled.truncate(unfilled);
    }
    let ruled = std::mem::take(&mut judge.vouched);
    judge.meaning.tables.push(Judged { grid, ruled });
}

/// The table's declarations with the columns that they name; what is wrong with the others is a finding.
fn declared(judge: &mut Judge<'_>, table: &Table, grid: &Grid) -> Vec<Declared> {
    let mut all = Vec::new();
    for declaration in table
        .checks
        .iter()
        .flat_map(|check| declarations(check, judge.source))
    {
        let declared = declaration.and_then(|declaration| {
            let columns: Result<Vec<usize>, _> = declaration
                .columns
                .iter()
                .map(|name| grid.column(judge.source, *name))
                .collect();
            Ok(Declared {
                rule: declaration.rule,
                columns: columns?,
                expression: declaration.expression,
            })
        });
        match declared {
            Ok(declared) => all.push(declared),
            Err(finding) => judge.meaning.findings.push(*finding),
        }
    }
    all
}
