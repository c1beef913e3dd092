//! Reading a run's printed table from an expression: `sweep[1000].LRU`, `sweep[1000].[hit ratio]`.

use mdbook_proof_text::header::with_unit;
use mdbook_proof_text::printed_table;
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
    /// When there is no such run, table, row or column, or the cell is not a quantity.
    pub fn cell(&self, name: &str, key: &str, column: &str) -> Result<Printed, Missing> {
        if self.failed.contains(name) {
            return Err(Missing::Failed);
        }
        let Some(text) = self.printed.get(name) else {
            let names: Vec<_> = self.printed.keys().map(String::as_str).collect();
            return Err(wrong(
                format!("no block is named `{name}`"),
                "blocks",
                &names,
            ));
        };
        let lines: Vec<&str> = text.lines().collect();
        let table = match printed_table::first(&lines) {
            Ok(Some(table)) => table,
            Ok(None) => return Err(Missing::Wrong(format!("`{name}` printed no table"))),
            Err(ragged) => {
                return Err(Missing::Wrong(format!(
                    "line {} of what `{name}` printed has {} cells, and the header {}",
                    ragged.line + 1,
                    ragged.cells,
                    ragged.width
                )));
            }
        };
        let headers = || table.header.iter().map(AsRef::as_ref);
        let named = |header: &str| with_unit(header).is_some_and(|(name, _)| name == column);
        let exact = headers().position(|header| header == column);
        let Some(at) = exact.or_else(|| headers().position(named)) else {
            return Err(wrong(
                format!("`{name}` has no column `{column}`"),
                "columns",
                &headers().collect::<Vec<_>>(),
            ));
        };
        let plain = |cell: &str| cell.replace(',', "");
        let keys = || table.rows.iter().filter_map(|row| row.cells.first());
        let Some(row) = keys().position(|cell| plain(cell) == plain(key)) else {
            let keys: Vec<&str> = keys().map(AsRef::as_ref).collect();
            return Err(wrong(format!("`{name}` has no row `{key}`"), "rows", &keys));
        };
        let cell = table.rows[row].cells[at].as_ref();
        let mut printed = quantity::whole(cell)
            .ok_or_else(|| Missing::Wrong(format!("`{cell}` in `{name}` is not a number")))?;
        if let [part] = printed.parts.as_mut_slice()
            && part.unit.is_empty()
            && let Some((_, unit)) = with_unit(&table.header[at])
        {
            unit.clone_into(&mut part.unit);
        }
        Ok(printed)
    }
}

fn wrong(what: String, kind: &str, there: &[&str]) -> Missing {
    Missing::Wrong(if there.is_empty() {
        what
    } else {
        format!("{what}; its {kind} are {}", there.join(", "))
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
}
