//! Reading a run's printed table from an expression: `sweep[1000].LRU`, `sweep[1000].[hit ratio]`.

use crate::exact;
use mdbook_proof_text::header::with_unit;
use mdbook_proof_text::printed_table::{self, Cell, Row, Table};
use mdbook_proof_text::quantity::{self, Printed};
use std::collections::{BTreeMap, BTreeSet};

/// What a page's named blocks printed.
#[derive(Debug, Default)]
pub struct Runs {
    /// Each name with what its block printed.
    pub printed: BTreeMap<String, String>,
    /// The names of blocks that gave no output, which is reported already.
    pub failed: BTreeSet<String>,
}

/// Why a reference has no value.
#[derive(Debug, PartialEq, Eq)]
pub enum Missing {
    /// The run failed, which is reported already.
    Failed,
    /// What is wrong with the reference, and what there is instead.
    Wrong(String),
}

impl Runs {
    /// Adds what a block printed, or that it gave nothing; a block without a name can't be read.
    pub fn add(&mut self, name: Option<&str>, printed: Option<String>) {
        match (name, printed) {
            (Some(name), Some(printed)) => {
                self.printed.insert(name.to_owned(), printed);
            }
            (Some(name), None) => {
                self.failed.insert(name.to_owned());
            }
            (None, _) => {}
        }
    }

    /// The cell in the row that starts with `key`, in the column named `column`.
    ///
    /// # Errors
    /// When there is no such run, table, row or column, there are several of them, or the cell is not a quantity.
    pub fn cell(&self, name: &str, key: &str, column: &str) -> Result<Printed, Missing> {
        if self.failed.contains(name) {
            return Err(Missing::Failed);
        }
        let Some(text) = self.printed.get(name) else {
            let names = self.printed.keys().map(String::as_str);
            return Err(wrong(
                format!("no block is named `{name}`"),
                "blocks",
                names,
            ));
        };
        let lines: Vec<&str> = text.lines().collect();
        let tables = printed_table::all(&lines).map_err(|ragged| {
            Missing::Wrong(format!(
                "line {} of what `{name}` printed has {} cells, and the header {}",
                ragged.line + 1,
                ragged.cells,
                ragged.width
            ))
        })?;
        let (table, row, at) = find(name, &tables, key, column)?;
        let cell = row.cells[at].as_ref();
        let mut printed = quantity::whole(cell).ok_or_else(|| {
            Missing::Wrong(format!("`{}` in `{name}` is not a number", short(cell)))
        })?;
        exact::readable(&printed)
            .map_err(|error| Missing::Wrong(format!("in `{name}`, {}", error.message)))?;
        if let [part] = printed.parts.as_mut_slice()
            && part.unit.is_empty()
            && let Some((_, unit)) = with_unit(&table.header[at]).filter(|(_, unit)| is_unit(unit))
        {
            unit.clone_into(&mut part.unit);
        }
        Ok(printed)
    }
}

/// The one table with a row and a column, that row, and the number of that column.
fn find<'run, 'text>(
    name: &str,
    tables: &'run [Table<'text>],
    key: &str,
    column: &str,
) -> Result<(&'run Table<'text>, &'run Row<'text>, usize), Missing> {
    let mut found = Vec::new();
    let (mut has_row, mut has_column) = (false, false);
    for table in tables {
        let columns = columns(&table.header, column);
        let keys = table.rows.iter().filter_map(|row| row.cells.first());
        let rows = named(&keys.map(AsRef::as_ref), key);
        has_row |= !rows.is_empty();
        has_column |= !columns.is_empty();
        for row in &rows {
            found.extend(columns.iter().map(|at| (table, &table.rows[*row], *at)));
        }
    }
    match found.as_slice() {
        [one] => Ok(*one),
        [(first, row, at), others @ ..] => Err(Missing::Wrong(
            if others
                .iter()
                .any(|(table, ..)| !std::ptr::eq(*first, *table))
            {
                format!(
                    "`{name}` printed several tables with a row `{key}` and a column `{column}`: print them in blocks of their own, or give their columns different names"
                )
            } else if let Some((_, other, _)) =
                others.iter().find(|(_, other, _)| other.line != row.line)
            {
                format!(
                    "`{name}` has several rows `{key}`, in lines {} and {} of what it printed: give each row a key of its own",
                    row.line + 1,
                    other.line + 1
                )
            } else {
                let other = others.first().map_or(*at, |(_, _, other)| *other);
                format!(
                    "`{name}` has several columns `{column}`, `{}` and `{}`: give each column a name of its own",
                    first.header[*at], first.header[other]
                )
            },
        )),
        [] if tables.is_empty() => Err(Missing::Wrong(format!("`{name}` printed no table"))),
        [] if !has_column => Err(wrong(
            format!("`{name}` has no column `{column}`"),
            "columns",
            tables
                .iter()
                .flat_map(|table| table.header.iter().map(AsRef::as_ref)),
        )),
        [] if !has_row => Err(wrong(
            format!("`{name}` has no row `{key}`"),
            "rows",
            tables.iter().flat_map(|table| {
                table
                    .rows
                    .iter()
                    .filter_map(|row| Some(row.cells.first()?.as_ref()))
            }),
        )),
        [] => Err(Missing::Wrong(format!(
            "none of the tables that `{name}` printed has both a row `{key}` and a column `{column}`"
        ))),
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

/// Whether what stands in a header's parentheses can be a unit, and not a number or a sum: `wait (99)`.
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
fn plain(text: &str) -> String {
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
fn short(text: &str) -> String {
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// How many names a message lists.
const LISTED: usize = 20;

fn wrong<'name>(what: String, kind: &str, there: impl Iterator<Item = &'name str>) -> Missing {
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bar_inside_a_cell_moves_no_column_and_a_unit_stands_last() {
        let text = "|  id | s    |  n (p99) (ms) |\n| --: | ---- | -: |\n|  1 | x\\|9 |  7 |\n";
        let runs = Runs {
            printed: [("q".to_owned(), text.to_owned())].into(),
            failed: BTreeSet::new(),
        };
        let cell = runs.cell("q", "1", "n (p99)").unwrap();
        assert_eq!(
            (cell.parts[0].number, cell.parts[0].unit.as_str()),
            (7.0, "ms")
        );
        let text = "| a | b |\n|--|--|\n| 1 | 2 | 3 |\n";
        let runs = Runs {
            printed: [("q".to_owned(), text.to_owned())].into(),
            failed: BTreeSet::new(),
        };
        assert!(matches!(runs.cell("q", "1", "b"), Err(Missing::Wrong(_))));
    }

    #[test]
    fn cells_are_found_by_row_and_column_and_take_the_header_unit() {
        let text = "x\n| size | wait (ms) | hit ratio |\n|---:|---|---|\n| 1,000 | 2.5 | 0.394 |\n";
        let runs = Runs {
            printed: [("sweep".to_owned(), text.to_owned())].into(),
            failed: ["bad".to_owned()].into(),
        };
        let cell = runs.cell("sweep", "1000", "wait").unwrap();
        assert_eq!(
            (cell.parts[0].number, cell.parts[0].unit.as_str()),
            (2.5, "ms")
        );
        assert!(runs.cell("sweep", "1,000", "hit ratio").is_ok());
        assert_eq!(runs.cell("bad", "1", "x").unwrap_err(), Missing::Failed);
        for (name, key, column) in [
            ("swep", "1", "x"),
            ("sweep", "7", "wait"),
            ("sweep", "1000", "x"),
        ] {
            let Missing::Wrong(message) = runs.cell(name, key, column).unwrap_err() else {
                panic!("reported already");
            };
            assert!(message.contains("are"), "{message}");
        }
    }

    fn runs(text: &str) -> Runs {
        Runs {
            printed: [("t".to_owned(), text.to_owned())].into(),
            failed: BTreeSet::new(),
        }
    }

    #[test]
    fn keys_and_columns_are_found_as_they_read() {
        let runs = runs(
            "| op | n | *p99* (ms) | a \\| b |\n|--|--|--|--|\n| a \\| b | 1 | 1 | 1 |\n| **bold** | 2 | 2 | 2 |\n| `x\\|y` | 3 | 3 | 3 |\n| 10 MB | 4 | 4 | 4 |\n| [1, 2) | 5 | 5 | 5 |\n| 1,000 | 6 | 6 | 6 |\n| f(a, b) | 7 | 7 | 7 |\n| __init__ | 8 | 8 | 8 |\n| a\\*b | 9 | 9 | 9 |\n",
        );
        for (key, number) in [
            ("a | b", 1.0),
            (r"a \| b", 1.0),
            ("bold", 2.0),
            ("**bold**", 2.0),
            ("x|y", 3.0),
            (r"`x\|y`", 3.0),
            ("10 MB", 4.0),
            ("[1, 2)", 5.0),
            (r"\[1, 2)", 5.0),
            ("1000", 6.0),
            ("1,000", 6.0),
            ("f(a, b)", 7.0),
            ("__init__", 8.0),
            ("a*b", 9.0),
        ] {
            for column in ["n", "p99", "a | b"] {
                let cell = runs.cell("t", key, column);
                assert_eq!(
                    cell.map(|cell| cell.parts[0].number.to_bits()),
                    Ok(f64::to_bits(number)),
                    "{key} {column}"
                );
            }
        }
        assert!(runs.cell("t", "1", "n").is_err());
        assert!(runs.cell("t", "f(a b)", "n").is_err());
    }

    #[test]
    fn a_number_or_a_sum_in_a_header_is_no_unit() {
        for (unit, is_taken) in [
            ("ms", true),
            ("1/s", true),
            ("requests/s", true),
            ("m^2", true),
            ("%", true),
            ("99", false),
            ("s + 3 s", false),
            ("s) × (2", false),
            ("2 s", false),
            ("s 99", false),
        ] {
            let text = format!("| k | v ({unit}) |\n|--|--|\n| 1 | 5 |\n");
            let cell = runs(&text).cell("t", "1", &format!("v ({unit})")).unwrap();
            assert_eq!(!cell.parts[0].unit.is_empty(), is_taken, "{unit}");
        }
    }

    #[test]
    fn what_is_there_twice_is_ambiguous() {
        let message = |text: &str, key: &str, column: &str| match runs(text).cell("t", key, column)
        {
            Err(Missing::Wrong(message)) => message,
            other => panic!("{other:?}"),
        };
        let rows = "| k | v |\n|--|--|\n| 1 | 2 |\n| 2 | 2 |\n| 1 | 3 |\n";
        assert!(message(rows, "1", "v").contains("several rows `1`, in lines 3 and 5"));
        assert!(runs(rows).cell("t", "2", "v").is_ok());
        let rows = "| k | v |\n|--|--|\n| **a** | 2 |\n| `a` | 3 |\n";
        assert!(message(rows, "a", "v").contains("several rows `a`"));
        assert!(runs(rows).cell("t", "`a`", "v").is_ok());
        let columns = "| k | v (ms) | v (s) |\n|--|--|--|\n| 1 | 2 | 3 |\n";
        assert!(message(columns, "1", "v").contains("several columns `v`, `v (ms)` and `v (s)`"));
        assert!(runs(columns).cell("t", "1", "v (s)").is_ok());
        let tables = "| k | v |\n|--|--|\n| 1 | 2 |\n\n| k | v | w |\n|--|--|--|\n| 1 | 3 | 4 |\n| 2 | 5 | 6 |\n";
        assert!(message(tables, "1", "v").contains("several tables"));
        assert!(runs(tables).cell("t", "1", "w").is_ok());
        assert!(runs(tables).cell("t", "2", "v").is_ok());
        let apart = "| k | v |\n|--|--|\n| 1 | 2 |\n\n| k | w |\n|--|--|\n| 2 | 3 |\n";
        assert!(message(apart, "1", "w").contains("none of the tables"));
        let many: Vec<String> = (0..500).map(|n| format!("| {n} | 1 |\n")).collect();
        let many = many.concat();
        assert!(message(&format!("| k | v |\n|--|--|\n{many}"), "x", "v").contains("and 480 more"));
    }
}
