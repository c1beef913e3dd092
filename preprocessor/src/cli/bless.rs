//! `bless`: writes what the runs print and the expressions give into the pages, or prints it as a patch.

use crate::cli::output::{Caller, Format};
use crate::cli::targets;
use anyhow::{Result, bail};
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

pub(crate) fn bless(dir: &Path, paths: &[PathBuf], caller: &Caller) -> Result<bool> {
    if std::env::var_os("CI").is_some_and(|value| value == OsStr::new("true")) {
        bail!("`bless` is refused where CI=true: what it writes has to be read and committed");
    }
    let book = caller.book(dir)?;
    let blessed = book.bless(&targets(book.root(), paths)?)?;
    caller.print_changes(&blessed.written);
    if blessed.written.is_empty() {
        caller.note("nothing to bless");
    }
    caller.print(&blessed.findings);
    Ok(blessed.findings.is_empty())
}

/// Prints what [`bless`] would write. Somebody reads a patch before it is applied, so this is allowed in CI too.
pub(crate) fn propose(dir: &Path, paths: &[PathBuf], caller: &Caller) -> Result<bool> {
    let book = caller.book(dir)?;
    let blessed = book.proposal(&targets(book.root(), paths)?)?;
    let is_right = blessed.written.is_empty() && blessed.findings.is_empty();
    caller.print_patch(blessed.written);
    // Standard output is the patch's alone, or that of programs that read JSON.
    Caller {
        format: match caller.format {
            Format::Json => Format::Json,
            Format::Human | Format::Github => Format::Human,
        },
        ..caller.clone()
    }
    .print(&blessed.findings);
    Ok(is_right)
}
