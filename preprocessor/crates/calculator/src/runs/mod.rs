//! Reading a run's printed table from an expression: `sweep[1000].LRU`, `sweep[1000].[hit ratio]`.

mod tables;

pub use tables::{Place, Tables};
pub(crate) use tables::{plain, short};

use mdbook_proof_text::quantity::Printed;
use std::collections::{BTreeMap, BTreeSet};

/// What a page's named blocks printed.
#[derive(Debug, Clone, Default)]
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

    /// What a block printed.
    ///
    /// # Errors
    /// When there is no such run.
    pub fn text(&self, name: &str) -> Result<&str, Missing> {
        if self.failed.contains(name) {
            return Err(Missing::Failed);
        }
        self.printed.get(name).map(String::as_str).ok_or_else(|| {
            let names = self.printed.keys().map(String::as_str);
            tables::wrong(format!("no block is named `{name}`"), "blocks", names)
        })
    }

    /// The tables that a block printed.
    ///
    /// # Errors
    /// When there is no such run, or a row of its tables has too few or too many cells.
    pub fn tables(&self, name: &str) -> Result<Tables<'_>, Missing> {
        Tables::read(name, self.text(name)?)
    }

    /// The cell in the row that starts with `key`, in the column named `column`.
    ///
    /// # Errors
    /// When there is no such run, table, row or column, there are several of them, or the cell is not a quantity.
    pub fn cell(&self, name: &str, key: &str, column: &str) -> Result<Printed, Missing> {
        let tables = self.tables(name)?;
        tables.number(tables.cell(key, column)?)
    }
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

    #[test]
    fn columns_and_rows_are_found_alone_where_one_table_has_them() {
        let runs = runs(
            "| k | v (ms) | v (s) |\n|--|--|--|\n| 1 | 2 | 3 |\n| **1** | 2 | 3 |\n\n| k | w | x |\n|--|--|--|\n| 2 | 3 | 4 |\n",
        );
        let tables = runs.tables("t").unwrap();
        assert_eq!(tables.column("w"), Ok((1, 1)));
        assert_eq!(tables.column("v (s)"), Ok((0, 2)));
        assert_eq!(tables.row("2"), Ok((1, 0)));
        assert_eq!(tables.rows(0, "**1**"), [1]);
        assert_eq!(tables.column_of(0, "w"), Ok(None));
        assert!(tables.column_of(0, "v").is_err());
        let message = |missing: Missing| match missing {
            Missing::Wrong(message) => message,
            Missing::Failed => panic!("reported already"),
        };
        for (found, expected) in [
            (
                tables.column("v"),
                "several columns `v`, `v (ms)` and `v (s)`",
            ),
            (tables.column("k"), "several tables with a column `k`"),
            (
                tables.column("y"),
                "no column `y`; its columns are k, v (ms), v (s), k, w, x",
            ),
            (tables.row("3"), "no row `3`; its rows are 1, **1**, 2"),
        ] {
            let found = message(found.unwrap_err());
            assert!(found.contains(expected), "{found}");
        }
        let twice =
            self::runs("| k |\n|--|\n| 1 |\n| 1 |\n\n| k |\n|--|\n| 2 |\n\n| k |\n|--|\n| 2 |\n");
        let tables = twice.tables("t").unwrap();
        assert!(message(tables.row("1").unwrap_err()).contains("in lines 3 and 4"));
        assert!(message(tables.row("2").unwrap_err()).contains("several tables with a row `2`"));
    }
}
