//! `lint`: checks the tables of any Markdown files, without a book.

use crate::cli::output::Caller;
use anyhow::Result;
use mdbook_proof::book::lint::{self, Linter};
use std::path::PathBuf;

/// Lints Markdown files.
pub(crate) fn lint(paths: &[PathBuf], caller: &Caller) -> Result<bool> {
    let mut count = 0;
    let mut findings = Vec::new();
    for path in paths {
        let mut linter = Linter::new(path, &caller.options)?;
        for source in lint::sources(path)? {
            count += 1;
            match source? {
                Ok(source) => findings.extend(linter.lint(&source)),
                Err(finding) => findings.push(*finding),
            }
        }
    }
    caller.print(&findings);
    if findings.is_empty() {
        caller.note(&match count {
            1 => "1 file: its tables are right".to_owned(),
            _ => format!("{count} files: their tables are right"),
        });
    }
    Ok(findings.is_empty())
}
