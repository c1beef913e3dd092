//! Reading a run's printed table from an expression: `sweep[1000].LRU`, `sweep[1000].[hit ratio]`.

use crate::figures::quantity::{self, Printed};
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
        let rows = table(text);
        let Some((header, body)) = rows.split_first() else {
            return Err(Missing::Wrong(format!("`{name}` printed no table")));
        };
        let matches = |cell: &&str| header_name(cell) == column || **cell == *column;
        let Some(at) = header.iter().position(matches) else {
            return Err(wrong(
                format!("`{name}` has no column `{column}`"),
                "columns",
                header,
            ));
        };
        let plain = |cell: &str| cell.replace(',', "");
        let Some(row) = body
            .iter()
            .find(|row| row.first().is_some_and(|cell| plain(cell) == plain(key)))
        else {
            let keys: Vec<_> = body.iter().filter_map(|row| row.first().copied()).collect();
            return Err(wrong(format!("`{name}` has no row `{key}`"), "rows", &keys));
        };
        let cell = row.get(at).copied().unwrap_or_default();
        let mut printed = quantity::whole(cell)
            .ok_or_else(|| Missing::Wrong(format!("`{cell}` in `{name}` is not a number")))?;
        if let [part] = printed.parts.as_mut_slice()
            && part.unit.is_empty()
            && let Some(unit) = header_unit(header[at])
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

/// The rows of the first table, cells trimmed, the delimiter row left out.
fn table(text: &str) -> Vec<Vec<&str>> {
    text.lines()
        .map(str::trim)
        .skip_while(|line| !line.starts_with('|'))
        .take_while(|line| line.starts_with('|'))
        .filter(|line| !line.chars().all(|c| matches!(c, '|' | '-' | ':' | ' ')))
        .map(|line| line.trim_matches('|').split('|').map(str::trim).collect())
        .collect()
}

fn header_name(header: &str) -> &str {
    header.split_once(" (").map_or(header, |(name, _)| name)
}

fn header_unit(header: &str) -> Option<&str> {
    header.split_once(" (")?.1.strip_suffix(')')
}

#[cfg(test)]
mod tests {
    use super::*;

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
