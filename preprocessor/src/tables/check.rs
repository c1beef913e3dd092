//! The tables of a page, judged by the rules that they declare and by those that hold for every table.

use crate::figures::Scope;
use crate::read::Table;
use crate::tables::grid::Grid;
use crate::tables::judge::{Judge, Judged, Meaning, Sheet};
use crate::tables::rules::ALL;
use crate::tables::rules::declaration::declarations;
use crate::tables::rules::rule::{Declared, Form};
use crate::tables::structure;
use crate::tables::units::Units;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_calculator::runs::Runs;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

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
        corrected: BTreeMap::new(),
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
    let grid = Grid::read(judge.source, table, judge.scope.mark, judge.units);
    let mut declared = declared(judge, table, &grid);
    let always = ALL.iter().filter(|rule| rule.form() == Form::Always);
    declared.extend(always.map(|rule| Declared {
        rule: *rule,
        columns: Vec::new(),
        expression: Span::default(),
    }));
    let words = declared
        .iter()
        .filter_map(|declared| match declared.rule.form() {
            Form::Word(word) => Some((word, declared.columns.as_slice())),
            Form::Equation | Form::Always => None,
        });
    let sheet = Sheet::new(&grid, words);
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
