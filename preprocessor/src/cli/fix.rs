//! `fix`: repairs tables where nothing can be lost.

use crate::cli::output::Caller;
use anyhow::Result;
use mdbook_proof::book::lint::{self, Fixed, Linter};
use mdbook_proof::text::finding::Finding;
use std::path::{Path, PathBuf};

/// Repairs Markdown files; those of the book around `dir` if it is asked for none.
pub(crate) fn fix(dir: &Path, paths: &[PathBuf], caller: &Caller) -> Result<bool> {
    let paths = match paths {
        [] => {
            let book = caller.book(dir)?;
            vec![book.root().join(book.settings()?.src)]
        }
        paths => paths.to_vec(),
    };
    let mut written: Vec<Fixed> = Vec::new();
    let mut findings: Vec<Finding> = Vec::new();
    for path in &paths {
        let linter = Linter::new(path, &caller.options)?;
        for source in lint::sources(path)? {
            match source? {
                Ok(source) => {
                    let fixed = linter.fixed(&source);
                    findings.extend(linter.structure(&fixed));
                    written.extend(lint::write(&source, &fixed)?);
                }
                Err(finding) => findings.push(*finding),
            }
        }
    }
    caller.print_changes(&written);
    if written.is_empty() {
        caller.note("nothing to fix");
    }
    for finding in findings
        .iter_mut()
        .filter(|finding| finding.repair.is_some())
    {
        finding.help = Some("`fix` leaves it, since readers would see less afterwards".to_owned());
    }
    caller.print(&findings);
    Ok(findings.is_empty())
}
