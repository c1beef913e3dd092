//! What the rules for tables work with: a table's figures, and what is found out about them.

use crate::figures::Scope;
use crate::tables::cell::{Cell, Content};
use crate::tables::grid::Grid;
use crate::tables::units::Units;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_calculator::runs::Runs;
use mdbook_proof_text::quantity::{Printed, is_time_unit, read_whole};
use mdbook_proof_text::rounding::{self, Stands};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// What the tables of a page mean, judged.
#[derive(Debug, Default)]
pub struct Meaning {
    /// What is wrong.
    pub findings: Vec<Finding>,
    /// Empty cells of columns that have a formula, with what `bless` would write.
    pub unfilled: Vec<Finding>,
    /// Where the figures stand that a formula gives: by the byte their cell starts at, right or wrong.
    pub computed: BTreeMap<usize, bool>,
    /// The cells that a rule compared with others.
    pub checked: BTreeSet<usize>,
    /// The cells of checked columns that hold nothing, or a range.
    pub skipped: BTreeMap<usize, Span>,
    /// Each table, in page order.
    pub tables: Vec<Judged>,
    /// The columns that authors wrote and a formula gives: the header's bytes, and the formula's.
    pub formulas: Vec<(Span, Span)>,
}

/// A table whose rules were judged.
#[derive(Debug)]
pub struct Judged {
    /// The table as a grid.
    pub grid: Grid,
    /// The columns that a rule about values names.
    pub ruled: BTreeSet<usize>,
}

/// What the rules work with.
pub(crate) struct Judge<'page> {
    pub(crate) source: &'page Arc<Source>,
    pub(crate) scope: Scope,
    pub(crate) units: &'page mut Units,
    pub(crate) runs: &'page Runs,
    pub(crate) meaning: Meaning,
    /// The cells that were reported as text.
    pub(crate) texts: BTreeSet<usize>,
    /// The right text of wrong cells, by where they start: what a formula that reads them has to go by.
    pub(crate) corrected: BTreeMap<usize, String>,
    /// The columns of the table that a rule checks: those that it names, and those that its formula reads.
    pub(crate) vouched: BTreeSet<usize>,
}

/// A printed figure in a table: with the unit that its column gives it.
#[derive(Debug, Clone)]
pub(crate) struct Figure {
    /// The figure; its spans count bytes of the cell.
    pub(crate) printed: Printed,
    /// Where the cell starts.
    pub(crate) start: usize,
    /// Whether its column is declared as rounded.
    pub(crate) is_rounded: bool,
}

impl Figure {
    /// The unit that its value is counted in.
    pub(crate) fn unit(&self) -> &str {
        self.printed.parts.last().map_or("", |part| &part.unit)
    }

    /// The figure's bytes in the page.
    pub(crate) fn span(&self) -> Span {
        Span::from(self.printed.span.clone()).shift(self.start)
    }

    /// The values that it covers, in its last unit. `units` are those of its parts.
    pub(crate) fn stands(&self, units: &[f64]) -> Stands {
        let mut stands = rounding::stands(&self.printed, units);
        if self.is_rounded && self.printed.is_exact() {
            stands.half_step = 0.5;
        }
        stands
    }
}

impl Judge<'_> {
    /// The figure in a cell of a checked column. None where there is none, which is counted or reported.
    pub(crate) fn figure(
        &mut self,
        sheet: &Sheet<'_>,
        row: usize,
        column: usize,
    ) -> Option<Figure> {
        let cell = sheet.grid.rows[row].get(column)?;
        match &cell.content {
            Content::Quantity(_) => sheet.figure(cell, column),
            Content::Nothing | Content::Range => {
                self.meaning.skipped.insert(cell.span.start, cell.inner());
                None
            }
            Content::Text => {
                if self.texts.insert(cell.span.start) {
                    self.not_a_number(sheet, cell, column);
                }
                None
            }
        }
    }

    /// Reports a text where a rule needs a number, and what is wrong with it if it has digits.
    fn not_a_number(&mut self, sheet: &Sheet<'_>, cell: &Cell, column: usize) {
        let header = &sheet.grid.columns[column].header;
        let refusal = read_whole(self.source.slice(cell.span), sheet.grid.mark).err();
        let (span, message, help) = match refusal {
            Some(refusal) => (
                Span::from(refusal.span).shift(cell.span.start),
                format!(
                    "{}; the rules for [{header}] need a number",
                    refusal.message
                ),
                refusal.help,
            ),
            None => (
                cell.inner(),
                format!("this is not a number, and the rules for [{header}] need one"),
                "write a number with its unit, — where there is none, or a range such as 10–20 ms"
                    .to_owned(),
            ),
        };
        let finding = Finding::new(Code::TableCell, self.source, span, message).with_help(help);
        self.meaning.findings.push(finding);
    }

    /// The values that a figure covers, counted in `unit`; none if it can't be.
    pub(crate) fn stands_in(&mut self, figure: &Figure, unit: &str) -> Option<Stands> {
        let parts = self.units.of_parts(&figure.printed)?;
        let stands = figure.stands(&parts);
        let factor = self.units.ratio(figure.unit(), unit)?;
        Some(Stands {
            value: stands.value * factor,
            half_step: stands.half_step * factor.abs(),
        })
    }
}

/// A grid with what its rules say about columns.
pub(crate) struct Sheet<'table> {
    pub(crate) grid: &'table Grid,
    /// The words by which the table declares rules, each with a column.
    declared: BTreeSet<(&'static str, usize)>,
    /// The columns that hold times, in which `m` is a minute.
    times: BTreeSet<usize>,
}

impl<'table> Sheet<'table> {
    /// `words` are those by which the table declares rules, each with its columns.
    pub(crate) fn new<'columns>(
        grid: &'table Grid,
        words: impl Iterator<Item = (&'static str, &'columns [usize])>,
    ) -> Self {
        let columns = 0..grid.columns.len();
        Self {
            times: columns.filter(|at| holds_times(grid, *at)).collect(),
            grid,
            declared: words
                .flat_map(|(word, columns)| columns.iter().map(move |column| (word, *column)))
                .collect(),
        }
    }

    /// Whether a rule is declared for a column by this word.
    pub(crate) fn is_declared(&self, word: &'static str, column: usize) -> bool {
        self.declared.contains(&(word, column))
    }
}

impl Sheet<'_> {
    /// The quantity that a cell with this text would hold.
    pub(crate) fn printed(&self, text: &str, start: usize, column: usize) -> Option<Printed> {
        let cell = Cell::read(text, start, self.grid.mark);
        Some(self.figure(&cell, column)?.printed)
    }

    /// A cell's quantity, with its column's unit.
    pub(crate) fn figure(&self, cell: &Cell, column: usize) -> Option<Figure> {
        let mut printed = cell.quantity()?.clone();
        if let [part] = printed.parts.as_mut_slice() {
            if part.unit.is_empty()
                && let Some(unit) = &self.grid.columns[column].unit
            {
                part.unit.clone_from(unit);
            }
            if part.unit == "m" && self.times.contains(&column) {
                "min".clone_into(&mut part.unit);
            }
        }
        Some(Figure {
            printed,
            start: cell.span.start,
            is_rounded: self.is_declared("rounded", column),
        })
    }
}

fn holds_times(grid: &Grid, column: usize) -> bool {
    grid.rows
        .iter()
        .filter_map(|row| row.get(column)?.quantity())
        .flat_map(|printed| &printed.parts)
        .any(|part| part.unit != "m" && is_time_unit(&part.unit))
}
