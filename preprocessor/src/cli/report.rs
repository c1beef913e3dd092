//! `report`: counts the evidence of each page's figures.

use crate::cli::output::{Caller, Format, print, write};
use crate::cli::warnings;
use anyhow::{Context, Result};
use mdbook_proof::book::report::Report;
use mdbook_proof::text::finding::Finding;
use mdbook_proof::text::message;
use std::path::Path;

/// Reports the evidence of a book's figures.
pub(crate) fn report(dir: &Path, caller: &Caller) -> Result<bool> {
    let book = caller.book(dir)?;
    warnings::watch();
    let proof = book.settings()?.proof;
    let pages = book.pages(&[])?;
    let report = Report::new(&pages, &proof);
    match caller.format {
        Format::Human | Format::Github => print(&report.human(&caller.names())),
        Format::Json => write(&message::json_line(
            &serde_json::to_value(&report).context("failed to write the report")?,
        )),
    }
    let findings: Vec<Finding> = pages.into_iter().flat_map(|page| page.findings).collect();
    caller.print(&findings);
    Ok(findings.is_empty())
}
