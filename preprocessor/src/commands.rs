//! The commands about tables, evidence and new pages: `lint`, `fix`, `report` and `new`.

use crate::cli::{Caller, Format, New};
use crate::warnings;
use anyhow::{Context, Result};
use mdbook_proof::finding::Finding;
use mdbook_proof::lint::{self, Fixed, Linter};
use mdbook_proof::new::{self, Place};
use mdbook_proof::report::Report;
use mdbook_proof::{book, message};
use similar::TextDiff;
use std::io::{self, IsTerminal as _};
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

/// Writes a page from the template, and says what comes next.
pub(crate) fn new(dir: &Path, what: New) -> Result<bool> {
    let New::Chapter {
        title,
        after,
        under,
    } = what;
    let root = book::find(dir)?;
    let place = match (after, under) {
        (Some(page), _) => Place::After(page),
        (None, Some(page)) => Place::Under(page),
        (None, None) => Place::Last,
    };
    let page = new::chapter(&root, &title.join(" "), &place)?;
    println!("wrote {} and listed it in SUMMARY.md", page.display());
    Ok(true)
}

/// Prints a patch that `git apply` takes, alone or as a section of Markdown; nothing where nothing changes.
pub(crate) fn print_patch(written: &[Fixed], as_markdown: bool) {
    let patch = message::patch(written);
    match as_markdown {
        true => print!("{}", message::proposal(&patch)),
        // A terminal would obey what it holds; a file or another program needs it as it is.
        false if io::stdout().is_terminal() => {
            for line in patch.lines() {
                println!("{}", message::printable(line));
            }
        }
        false => print!("{patch}"),
    }
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
