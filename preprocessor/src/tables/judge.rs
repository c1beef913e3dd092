//! The meaning of tables: what the rules above them declare, and columns that give one figure in two units.
//!
//! | code | reports |
//! | --- | --- |
//! | `table-check` | a rule that can't be read, names no column of the table, or stands above no table; see [`crate::tables::rule`] |
//! | `table-cell` | a cell that should be a number and is text |
//! | `table-formula` | a cell that is not what its formula gives; see [`crate::tables::rules::formula`] |
//! | `table-key` | a key that stands twice or nowhere; see [`crate::tables::rules::order`] |
//! | `table-order` | a cell out of order; see [`crate::tables::rules::order`] |
//! | `table-sum`, `table-share` | a total that its parts don't give; see [`crate::tables::rules::totals`] |
//! | `table-units` | columns in two units that disagree; see [`crate::tables::rules::units`] |

use crate::figures::Scope;
use crate::figures::engine::{Engine, Value};
use crate::figures::judge::{self, Stands};
use crate::figures::quantity::Printed;
use crate::figures::runs::Runs;
use crate::read::Table;
use crate::tables::cell::{Cell, Content};
use crate::tables::grid::Grid;
use crate::tables::rule::{self, Kind, Rule};
use crate::tables::rules::{formula, order, totals, units};
use crate::tables::structure;
use crate::text::finding::Finding;
use crate::text::source::Source;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
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
    pub skipped: BTreeMap<usize, Range<usize>>,
    /// The columns of each table that a rule about values names.
    pub ruled: Vec<BTreeSet<usize>>,
    /// The tables, as grids.
    pub grids: Vec<Grid>,
    /// The columns that authors wrote and a formula gives: the header's bytes, and the formula's.
    pub formulas: Vec<(Range<usize>, Range<usize>)>,
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
        mended: BTreeMap::new(),
    };
    for table in tables {
        judge.table(table);
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

/// What the rules work with.
pub(crate) struct Judge<'page> {
    pub(crate) source: &'page Arc<Source>,
    pub(crate) scope: Scope,
    pub(crate) units: &'page mut Units,
    pub(crate) runs: &'page Runs,
    pub(crate) meaning: Meaning,
    /// The cells that were reported as text.
    texts: BTreeSet<usize>,
    /// The right text of wrong cells, by where they start: what a formula that reads them has to go by.
    pub(crate) mended: BTreeMap<usize, String>,
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
    pub(crate) fn span(&self) -> Range<usize> {
        self.start + self.printed.span.start..self.start + self.printed.span.end
    }

    /// What it stands for, in its last unit. `units` are those of its parts.
    pub(crate) fn stands(&self, units: &[f64]) -> Stands {
        let mut stands = judge::stands(&self.printed, units);
        if self.is_rounded && self.printed.is_exact() {
            stands.half_step = 0.5;
        }
        stands
    }
}

impl Judge<'_> {
    fn table(&mut self, table: &Table) {
        let (found, unfilled) = (self.meaning.findings.len(), self.meaning.unfilled.len());
        let grid = Grid::read(self.source, table, self.units);
        let mut rules: Vec<(Rule, Vec<usize>)> = Vec::new();
        for rule in table
            .checks
            .iter()
            .flat_map(|check| rule::rules(check, self.source))
        {
            let columns = rule.and_then(|rule| {
                let columns: Result<Vec<usize>, _> = rule
                    .columns
                    .iter()
                    .map(|name| grid.column(self.source, name.clone()))
                    .collect();
                columns.map(|columns| (rule, columns))
            });
            match columns {
                Ok(rule) => rules.push(rule),
                Err(finding) => self.meaning.findings.push(*finding),
            }
        }
        let of = |kind: &Kind| -> BTreeSet<usize> {
            rules
                .iter()
                .filter(|(rule, _)| rule.kind == *kind)
                .flat_map(|(_, columns)| columns.iter().copied())
                .collect()
        };
        let sheet = Sheet {
            rounded: of(&Kind::Rounded),
            summed: of(&Kind::Sum),
            times: (0..grid.columns.len())
                .filter(|column| holds_times(&grid, *column))
                .collect(),
            grid: &grid,
        };
        let mut ruled: BTreeSet<usize> = rules
            .iter()
            .filter(|(rule, _)| rule.kind != Kind::Key)
            .flat_map(|(_, columns)| columns.iter().copied())
            .collect();
        for (rule, columns) in &rules {
            match &rule.kind {
                Kind::Formula { expression } => {
                    if !table.is_printed {
                        let header = grid.columns[columns[0]].span.clone();
                        self.meaning.formulas.push((header, expression.clone()));
                    }
                    ruled.extend(formula::check(self, &sheet, columns[0], expression.clone()));
                }
                Kind::Key => order::key(self, &sheet, columns),
                Kind::Ascending | Kind::Descending => {
                    for column in columns {
                        order::sorted(self, &sheet, *column, rule.kind == Kind::Ascending);
                    }
                }
                Kind::Sum => columns.iter().for_each(|c| totals::sum(self, &sheet, *c)),
                Kind::Share => columns.iter().for_each(|c| totals::share(self, &sheet, *c)),
                Kind::Rounded => {}
            }
        }
        units::check(self, &sheet);
        if table.is_printed {
            self.meaning.findings[found..]
                .iter_mut()
                .for_each(structure::of_a_program);
            self.meaning.unfilled.truncate(unfilled);
        }
        self.meaning.ruled.push(ruled);
        self.meaning.grids.push(grid);
    }

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
                    self.meaning.findings.push(
                        Finding::new(
                            "table-cell",
                            self.source,
                            cell.inner(),
                            format!(
                                "this is not a number, and the rules for [{}] need one",
                                sheet.grid.columns[column].header
                            ),
                        )
                        .with_help("write a number with its unit, — where there is none, or a range such as 10–20 ms"),
                    );
                }
                None
            }
        }
    }

    /// What a figure stands for, counted in `unit`; none if it can't be.
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
    pub(crate) rounded: BTreeSet<usize>,
    pub(crate) summed: BTreeSet<usize>,
    /// The columns that hold times, where `m` stands for minutes.
    pub(crate) times: BTreeSet<usize>,
}

impl Sheet<'_> {
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
            is_rounded: self.rounded.contains(&column),
        })
    }
}

fn holds_times(grid: &Grid, column: usize) -> bool {
    const TIMES: [&str; 9] = ["s", "h", "min", "ms", "µs", "us", "ns", "days", "hours"];
    grid.rows
        .iter()
        .filter_map(|row| row.get(column)?.quantity())
        .flat_map(|printed| &printed.parts)
        .any(|part| TIMES.contains(&part.unit.as_str()))
}

/// Units, looked up once each.
#[derive(Debug)]
pub struct Units {
    engine: Engine,
    known: HashMap<String, Option<Value>>,
    ratios: HashMap<(String, String), Option<f64>>,
}

impl Units {
    /// Units that an engine knows.
    pub fn new(engine: &Engine) -> Self {
        Self {
            engine: engine.clone(),
            known: HashMap::new(),
            ratios: HashMap::new(),
        }
    }

    /// One of a unit.
    pub(crate) fn one(&mut self, unit: &str) -> Option<Value> {
        if let Some(one) = self.known.get(unit) {
            return one.clone();
        }
        let one = if could_be(unit) {
            self.engine.one(unit).ok()
        } else {
            None
        };
        self.known.insert(unit.to_owned(), one.clone());
        one
    }

    /// Whether a text is a unit.
    pub fn is_known(&mut self, text: &str) -> bool {
        !text.is_empty() && self.one(text).is_some()
    }

    /// Whether a text is a unit of time or data or their rate, a percent or money: no count of things.
    pub(crate) fn is_measure(&mut self, text: &str) -> bool {
        const MEASURES: [&str; 6] = ["s", "B", "B/s", "1/s", "dollars", "%"];
        looks_like_measure(text)
            && self.is_known(text)
            && !is_number_word(text)
            && MEASURES.iter().any(|unit| self.ratio(text, unit).is_some())
    }

    /// How many `to` one `from` is.
    pub(crate) fn ratio(&mut self, from: &str, to: &str) -> Option<f64> {
        if from == to {
            return Some(1.0);
        }
        let key = (from.to_owned(), to.to_owned());
        if let Some(ratio) = self.ratios.get(&key) {
            return *ratio;
        }
        let ratio = match (self.one(from), self.one(to)) {
            (Some(one), Some(unit)) => one.in_units_of(&unit, to).ok(),
            _ => None,
        };
        self.ratios.insert(key, ratio);
        ratio
    }

    /// How many of its last unit each unit of a figure is.
    pub(crate) fn of_parts(&mut self, printed: &Printed) -> Option<Vec<f64>> {
        let last = &printed.parts.last()?.unit;
        printed
            .parts
            .iter()
            .map(|part| self.ratio(&part.unit, last))
            .collect()
    }
}

/// Whether a text can be a unit at all: it may be anything that an author puts into a header.
fn could_be(text: &str) -> bool {
    text.len() <= 40
        && text.chars().all(|c| {
            c.is_alphabetic()
                || matches!(c, '%' | '/' | '²' | '³' | '^' | ' ' | '·' | '_' | '2'..='9')
        })
        && !text.starts_with(|c: char| c.is_ascii_digit())
}

/// Spares the engine most of the words that stand in headers.
fn looks_like_measure(text: &str) -> bool {
    const WORDS: [&str; 8] = [
        "second", "minute", "hour", "day", "week", "byte", "bit", "dollar",
    ];
    let unit = text.split('/').next().unwrap_or_default();
    let unit = unit.strip_suffix('s').unwrap_or(unit);
    unit.chars().count() <= 4 || WORDS.iter().any(|word| unit.to_lowercase().ends_with(word))
}

fn is_number_word(text: &str) -> bool {
    ["thousand", "million", "billion", "bn", "trillion"]
        .iter()
        .any(|word| text.trim_end_matches('s') == *word)
}
