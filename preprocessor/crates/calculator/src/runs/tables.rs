//! The tables that a block printed, read by the names of rows and columns: as they are printed, or as they read.

use super::Missing;
use crate::exact;
use mdbook_proof_text::header::with_unit;
use mdbook_proof_text::printed_table::{self, Cell, Table};
use mdbook_proof_text::quantity::{self, Printed};

/// The tables that a block printed.
#[derive(Debug)]
pub struct Tables<'run> {
    name: String,
    tables: Vec<Table<'run>>,
}

/// A cell of the tables that a block printed, all counted from 0.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Place {
    /// Its table.
    pub table: usize,
    /// Its row below the header.
    pub row: usize,
    /// Its column.
    pub column: usize,
}

impl<'run> Tables<'run> {
    /// Reads what a block of this name printed.
    ///
    /// # Errors
    /// When a row has more or fewer cells than the header.
    pub fn read(name: &str, text: &'run str) -> Result<Self, Missing> {
        let lines: Vec<&str> = text.lines().collect();
        let tables = printed_table::all(&lines).map_err(|ragged| {
            Missing::Wrong(format!(
                "line {} of what `{name}` printed has {} cells, and the header {}",
                ragged.line + 1,
                ragged.cells,
                ragged.width
            ))
        })?;
        Ok(Self {
            name: name.to_owned(),
            tables,
        })
    }

    /// The one cell in a row of this key and a column of this name.
    ///
    /// # Errors
    /// When there is none, or there are several.
    pub fn cell(&self, key: &str, column: &str) -> Result<Place, Missing> {
        let name = &self.name;
        let mut found = Vec::new();
        let (mut has_row, mut has_column) = (false, false);
        for (number, table) in self.tables.iter().enumerate() {
            let columns = columns(&table.header, column);
            let keys = table.rows.iter().filter_map(|row| row.cells.first());
            let rows = named(&keys.map(AsRef::as_ref), key);
            has_row |= !rows.is_empty();
            has_column |= !columns.is_empty();
            for row in &rows {
                found.extend(columns.iter().map(|column| Place {
                    table: number,
                    row: *row,
                    column: *column,
                }));
            }
        }
        match found.as_slice() {
            [one] => Ok(*one),
            [first, others @ ..] => Err(self.ambiguous(*first, others, key, column)),
            [] if self.tables.is_empty() => Err(self.no_table()),
            [] if !has_column => Err(self.no_column(column)),
            [] if !has_row => Err(self.no_row(key)),
            [] => Err(Missing::Wrong(format!(
                "none of the tables that `{name}` printed has both a row `{key}` and a column `{column}`"
            ))),
        }
    }

    /// The one column of this name: its table, and its number there.
    ///
    /// # Errors
    /// When there is none, or there are several.
    pub fn column(&self, column: &str) -> Result<(usize, usize), Missing> {
        let all = self.tables.iter().enumerate();
        let found: Vec<(usize, usize)> = all
            .flat_map(|(table, read)| {
                columns(&read.header, column)
                    .into_iter()
                    .map(move |at| (table, at))
            })
            .collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] if self.tables.is_empty() => Err(self.no_table()),
            [] => Err(self.no_column(column)),
            [(table, one), (other_table, other), ..] if table == other_table => {
                Err(self.several_columns(column, *table, *one, *other))
            }
            _ => Err(Missing::Wrong(format!(
                "`{}` printed several tables with a column `{column}`: print them in blocks of their own, or give their columns different names",
                self.name
            ))),
        }
    }

    /// The one row of this key: its table, and its number there.
    ///
    /// # Errors
    /// When there is none, or there are several.
    pub fn row(&self, key: &str) -> Result<(usize, usize), Missing> {
        let all = 0..self.tables.len();
        let found: Vec<(usize, usize)> = all
            .flat_map(|table| {
                self.rows(table, key)
                    .into_iter()
                    .map(move |row| (table, row))
            })
            .collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] if self.tables.is_empty() => Err(self.no_table()),
            [] => Err(self.no_row(key)),
            [(table, one), (other_table, other), ..] if table == other_table => {
                Err(self.several_rows(key, *table, *one, *other))
            }
            _ => Err(Missing::Wrong(format!(
                "`{}` printed several tables with a row `{key}`: print them in blocks of their own, or give their rows different keys",
                self.name
            ))),
        }
    }

    /// The column of this name in one of the tables, if it has one.
    ///
    /// # Errors
    /// When it has several.
    pub fn column_of(&self, table: usize, column: &str) -> Result<Option<usize>, Missing> {
        match columns(&self.tables[table].header, column).as_slice() {
            [] => Ok(None),
            [one] => Ok(Some(*one)),
            [one, other, ..] => Err(self.several_columns(column, table, *one, *other)),
        }
    }

    /// The rows of this key in one of the tables.
    pub fn rows(&self, table: usize, key: &str) -> Vec<usize> {
        let rows = self.tables[table].rows.iter();
        let keys = rows.filter_map(|row| row.cells.first());
        named(&keys.map(AsRef::as_ref), key)
    }

    /// One of the tables.
    pub fn table(&self, table: usize) -> &Table<'run> {
        &self.tables[table]
    }

    /// The text of a cell.
    pub fn text(&self, place: Place) -> &str {
        self.tables[place.table].rows[place.row].cells[place.column].as_ref()
    }

    /// The text of a cell, with the unit of its column's header if it is a number and has none of its own.
    pub fn shown(&self, place: Place) -> String {
        let cell = self.text(place);
        let header = &self.tables[place.table].header[place.column];
        match with_unit(header).filter(|(_, unit)| is_unit(unit)) {
            Some((_, unit)) if quantity::number(cell) == cell.len() && !cell.is_empty() => {
                format!("{cell} {unit}")
            }
            _ => cell.to_owned(),
        }
    }

    /// The quantity in a cell, with the unit of its column's header if it has none of its own.
    ///
    /// # Errors
    /// When it is no quantity, or longer than numbers are.
    pub fn number(&self, place: Place) -> Result<Printed, Missing> {
        let name = &self.name;
        let cell = self.text(place);
        let mut printed = quantity::whole(cell).ok_or_else(|| {
            Missing::Wrong(format!("`{}` in `{name}` is not a number", short(cell)))
        })?;
        exact::readable(&printed)
            .map_err(|error| Missing::Wrong(format!("in `{name}`, {}", error.message)))?;
        let header = &self.tables[place.table].header[place.column];
        if let [part] = printed.parts.as_mut_slice()
            && part.unit.is_empty()
            && let Some((_, unit)) = with_unit(header).filter(|(_, unit)| is_unit(unit))
        {
            unit.clone_into(&mut part.unit);
        }
        Ok(printed)
    }

    /// That a name is that of several cells, of which these are some.
    fn ambiguous(&self, first: Place, others: &[Place], key: &str, column: &str) -> Missing {
        if others.iter().any(|other| other.table != first.table) {
            return Missing::Wrong(format!(
                "`{}` printed several tables with a row `{key}` and a column `{column}`: print them in blocks of their own, or give their columns different names",
                self.name
            ));
        }
        match others.iter().find(|other| other.row != first.row) {
            Some(other) => self.several_rows(key, first.table, first.row, other.row),
            None => {
                let other = others.first().map_or(first.column, |other| other.column);
                self.several_columns(column, first.table, first.column, other)
            }
        }
    }

    fn several_rows(&self, key: &str, table: usize, one: usize, other: usize) -> Missing {
        let rows = &self.tables[table].rows;
        Missing::Wrong(format!(
            "`{}` has several rows `{key}`, in lines {} and {} of what it printed: give each row a key of its own",
            self.name,
            rows[one].line + 1,
            rows[other].line + 1
        ))
    }

    fn several_columns(&self, column: &str, table: usize, one: usize, other: usize) -> Missing {
        let header = &self.tables[table].header;
        Missing::Wrong(format!(
            "`{}` has several columns `{column}`, `{}` and `{}`: give each column a name of its own",
            self.name, header[one], header[other]
        ))
    }

    fn no_table(&self) -> Missing {
        Missing::Wrong(format!("`{}` printed no table", self.name))
    }

    fn no_column(&self, column: &str) -> Missing {
        let headers = self.tables.iter().flat_map(|table| &table.header);
        wrong(
            format!("`{}` has no column `{column}`", self.name),
            "columns",
            headers.map(AsRef::as_ref),
        )
    }

    fn no_row(&self, key: &str) -> Missing {
        let rows = self.tables.iter().flat_map(|table| &table.rows);
        wrong(
            format!("`{}` has no row `{key}`", self.name),
            "rows",
            rows.filter_map(|row| Some(row.cells.first()?.as_ref())),
        )
    }
}

/// The columns of a name: their header as it is printed, as it reads, or without its unit.
fn columns(header: &[Cell<'_>], column: &str) -> Vec<usize> {
    let whole = named(&header.iter().map(AsRef::as_ref), column);
    if !whole.is_empty() {
        return whole;
    }
    let names = header
        .iter()
        .map(|header| with_unit(header).map_or("", |(name, _)| name));
    named(&names, column)
}

/// The texts that are a name: as they are printed, or else as they read.
fn named<'text>(texts: &(impl Iterator<Item = &'text str> + Clone), name: &str) -> Vec<usize> {
    let places = |is_it: &dyn Fn(&str) -> bool| -> Vec<usize> {
        let all = texts.clone().enumerate();
        all.filter_map(|(at, text)| is_it(text).then_some(at))
            .collect()
    };
    let exact = places(&|text| text == name);
    if !exact.is_empty() {
        return exact;
    }
    let name = plain(name);
    places(&|text| plain(text) == name)
}

/// Whether what is in a header's parentheses can be a unit, and not a number or a sum: `wait (99)`.
fn is_unit(text: &str) -> bool {
    let mut before = '^';
    let text = text.strip_prefix("1/").unwrap_or(text);
    for c in text.chars() {
        let is_allowed = match c {
            '0'..='9' => before == '^' && !text.starts_with(c),
            '/' | '·' | '*' | '×' | '^' | '%' | '°' | '$' | '_' | ' ' | '²' | '³' => true,
            c => c.is_alphabetic(),
        };
        if !is_allowed {
            return false;
        }
        before = c;
    }
    true
}

/// A text as it reads: without marks of emphasis and code around it, backslashes before punctuation, and commas inside
/// numbers.
pub(crate) fn plain(text: &str) -> String {
    let mut text = text.trim();
    let marks = ["**", "__", "~~", "*", "_", "`"];
    while let Some(inner) = marks.iter().find_map(|mark| {
        let inner = text.strip_prefix(mark)?.strip_suffix(mark)?;
        (!inner.is_empty()).then_some(inner)
    }) {
        text = inner.trim();
    }
    let mut plain = String::with_capacity(text.len());
    let mut before = ' ';
    for (at, c) in text.char_indices() {
        let rest = &text[at + c.len_utf8()..];
        let is_left_out = match c {
            '\\' => rest.starts_with(|c: char| c.is_ascii_punctuation()) && before != '\\',
            ',' => before.is_ascii_digit() && quantity::digits(rest) == 3,
            _ => false,
        };
        if !is_left_out {
            plain.push(c);
        }
        // A backslash behind another one is text.
        before = if c == '\\' && before == '\\' { ' ' } else { c };
    }
    plain
}

/// A text as a message quotes it.
pub(crate) fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// How many names a message lists.
const LISTED: usize = 20;

pub(super) fn wrong<'name>(
    what: String,
    kind: &str,
    there: impl Iterator<Item = &'name str>,
) -> Missing {
    let names: Vec<String> = there.map(short).collect();
    let listed = names[..names.len().min(LISTED)].join(", ");
    Missing::Wrong(match names.len() {
        0 => what,
        count if count > LISTED => {
            format!(
                "{what}; its {kind} are {listed} and {} more",
                count - LISTED
            )
        }
        _ => format!("{what}; its {kind} are {listed}"),
    })
}
