//! What is looked at before any page is: the book's settings and files, which decide what a build reads, writes and publishes.
//!
//! mdBook follows links, loads pages from anywhere and empties whatever `build-dir` names. Here each of these is a finding at
//! its own place, for `check`, `build` and `mdbook build` alike.

mod files;
mod settings;
mod summary;

use crate::book::survey::settings::Configuration;
use crate::read::include::Assembled;
use crate::text::finding::Finding;
use crate::work::settings::Settings;
use anyhow::Result;
use mdbook_preprocessor::config::Config;

/// What is wrong with a book's settings and files, before mdBook loads them.
///
/// # Errors
/// When `book.toml` or a folder can't be read.
pub(super) fn before_loading(config: &Config, settings: &Settings) -> Result<Vec<Finding>> {
    let configuration = Configuration::read(&settings.root)?;
    let mut findings = configuration.findings(config, settings);
    if findings.is_empty() {
        findings.extend(files::links(settings)?);
    }
    if findings.is_empty() {
        findings.extend(summary::findings(settings)?);
    }
    Ok(findings)
}

/// What is wrong with the files that no page is made of. `pages` are the book's, with what they include.
///
/// # Errors
/// When a file or a folder can't be read.
pub(super) fn unlisted(pages: &[Assembled], settings: &Settings) -> Result<Vec<Finding>> {
    files::unlisted(pages, settings)
}
