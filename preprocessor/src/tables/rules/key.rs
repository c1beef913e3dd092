//! `key`: no two rows have the same text in the named columns, and none is empty there.

use crate::tables::cell::Cell;
use crate::tables::judge::{Judge, Sheet};
use crate::tables::rules::rule::{Declared, Explanation, Form, Rule};
use crate::text::code::Code;
use crate::text::finding::Finding;
use std::collections::HashMap;

/// Several columns count together.
#[derive(Debug)]
pub(crate) struct Key;

impl Rule for Key {
    fn form(&self) -> Form {
        Form::Word("key")
    }

    fn holds(&self) -> &'static str {
        "no two rows have the same text in these columns"
    }

    fn code(&self) -> Code {
        Code::Rule("table-key")
    }

    fn explanation(&self) -> Explanation {
        Explanation {
            means: "two rows of a table have the same key, or a row has none",
            wrong: "\
<!-- check: key [size] -->

| size | hits |
| ---: | ---: |
| 1 KB | 7 |
| 1 KB | 9 |
",
            right: "\
<!-- check: key [size] -->

| size | hits |
| ---: | ---: |
| 1 KB | 7 |
| 2 KB | 9 |
",
        }
    }

    /// Equal texts say nothing about the figures that they hold.
    fn vouches(&self) -> bool {
        false
    }

    fn check(&self, judge: &mut Judge<'_>, sheet: &Sheet<'_>, declared: &Declared) {
        let mut seen: HashMap<Vec<String>, usize> = HashMap::new();
        for row in &sheet.grid.rows {
            let cells: Vec<&Cell> = declared
                .columns
                .iter()
                .filter_map(|at| row.get(*at))
                .collect();
            let Some(first) = cells.first() else {
                continue;
            };
            if let Some(empty) = cells.iter().find(|cell| cell.text().is_empty()) {
                judge.meaning.findings.push(
                    Finding::new(self.code(), judge.source, empty.span, "a key is empty")
                        .with_help("say which row this is"),
                );
                continue;
            }
            let texts: Vec<String> = cells.iter().map(|cell| cell.text()).collect();
            let line = judge.source.line_in_file(first.span.start);
            if let Some(above) = seen.get(&texts) {
                judge.meaning.findings.push(
                    Finding::new(
                        self.code(),
                        judge.source,
                        first.inner(),
                        format!("the key `{}` stands twice", texts.join("`, `")),
                    )
                    .with_help(format!("line {above} has it too; give each row its own")),
                );
            } else {
                seen.insert(texts, line);
            }
        }
    }
}
