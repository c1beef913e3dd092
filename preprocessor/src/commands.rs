//! The commands about tables and evidence: `lint`, `fix` and `report`.

use crate::cli::{Caller, Format};
use crate::warnings;
use anyhow::{Context, Result};
use mdbook_proof::finding::Finding;
use mdbook_proof::lint::{self, Fixed, Linter};
use mdbook_proof::report::Report;
use mdbook_proof::{book, message};
use similar::TextDiff;
use std::path::{Path, PathBuf};

/// Lints Markdown files.
pub(crate) fn lint(paths: &[PathBuf], caller: &Caller) -> Result<bool> {
    let mut count = 0;
    let mut findings = Vec::new();
    for path in paths {
        let mut linter = Linter::new(path, &caller.call)?;
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
        println!("{count} files: their tables are right");
    }
    Ok(findings.is_empty())
}

/// Repairs Markdown files; those of the book around `dir` if it is asked for none.
pub(crate) fn fix(dir: &Path, paths: &[PathBuf], caller: &Caller) -> Result<bool> {
    let paths = match paths {
        [] => vec![book::pages(&book::find(dir)?)?],
        paths => paths.to_vec(),
    };
    let mut written: Vec<Fixed> = Vec::new();
    let mut findings: Vec<Finding> = Vec::new();
    for path in &paths {
        let linter = Linter::new(path, &caller.call)?;
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
    print_changes(&written);
    if written.is_empty() {
        println!("nothing to fix");
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

/// Reports what stands behind the figures of a book.
pub(crate) fn report(dir: &Path, caller: &Caller) -> Result<bool> {
    let root = book::find(dir)?;
    warnings::watch();
    let limit = book::settings(&root)?.proof.max_bare_table_figures;
    let pages = book::check(&root, &[], &caller.call)?;
    let report = Report::new(&pages, limit);
    match caller.format {
        Format::Human | Format::Github => print!("{}", report.human()),
        Format::Json => println!(
            "{}",
            serde_json::to_string_pretty(&report).context("failed to write the report")?
        ),
    }
    let findings: Vec<Finding> = pages.into_iter().flat_map(|page| page.findings).collect();
    caller.print(&findings);
    Ok(findings.is_empty())
}

/// Prints how files were changed.
pub(crate) fn print_changes(written: &[Fixed]) {
    for (path, before, after) in written {
        let path = path.display().to_string();
        let diff = TextDiff::from_lines(before.as_str(), after.as_str());
        let diff = diff.unified_diff().header(&path, &path).to_string();
        for line in diff.lines() {
            println!("{}", message::printable(line));
        }
    }
}
