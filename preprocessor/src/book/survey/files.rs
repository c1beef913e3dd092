//! The files in `src`: mdBook publishes all of them but the Markdown, and follows every link.

use crate::book::lint::is_markdown;
use crate::read;
use crate::read::include::Assembled;
use crate::run::language::Languages;
use crate::text::code::Code;
use crate::text::encoding;
use crate::text::finding::Finding;
use crate::text::markdown;
use crate::text::path::relative;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::settings::Settings;
use anyhow::{Context, Result};
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A finding for each link in `src`: mdBook publishes what it leads to.
pub(super) fn links(settings: &Settings) -> Result<Vec<Finding>> {
    let mut findings = Vec::new();
    let mut found = |path: &Path| {
        let source = Arc::new(Source::new(relative(&settings.root, path), ""));
        let to = fs::read_link(path).unwrap_or_default();
        let message = format!("a link to `{}`", to.display());
        let help = "mdBook publishes what it leads to; put a file there instead, or include what a page needs";
        findings.push(Finding::new(Code::File, &source, Span::at(0), message).with_help(help));
    };
    let src = settings.root.join(&settings.src);
    walk(&src, settings, &mut |path, kind| {
        if kind.is_symlink() {
            found(path);
        }
    })?;
    Ok(findings)
}

/// A finding for each Markdown file with our markup that no page is made of.
pub(super) fn unlisted(pages: &[Assembled], settings: &Settings) -> Result<Vec<Finding>> {
    let known: BTreeSet<PathBuf> = pages
        .iter()
        .flat_map(|(page, _)| page.files())
        .map(|file| settings.root.join(file.path()))
        .collect();
    let mut files = Vec::new();
    let src = settings.root.join(&settings.src);
    let summary = src.join("SUMMARY.md");
    walk(&src, settings, &mut |path, kind| {
        let is_page = kind.is_file() && is_markdown(path);
        if is_page && path != summary && !known.contains(path) {
            files.push(path.to_owned());
        }
    })?;
    let languages = Languages::new(settings);
    let mut findings = Vec::new();
    for file in files {
        let bytes =
            fs::read(&file).with_context(|| format!("failed to read `{}`", file.display()))?;
        // What is no text has none of our markup.
        let Ok(source) = encoding::decode(relative(&settings.root, &file), bytes) else {
            continue;
        };
        let events = markdown::parse(source.text(), &settings.markdown());
        let Some(span) = read::markup(&source, &events, &languages.names()) else {
            continue;
        };
        let summary = settings.src.join("SUMMARY.md");
        let message = "this is not verified: no page is made of this file";
        let help = format!("list it in {}, or include it in a page", summary.display());
        findings.push(Finding::new(Code::File, &source, span, message).with_help(help));
    }
    Ok(findings)
}

/// Calls `visit` for everything in a folder and its folders, in order of their names, but not behind links and not
/// in what the build writes.
fn walk(
    folder: &Path,
    settings: &Settings,
    visit: &mut dyn FnMut(&Path, fs::FileType),
) -> Result<()> {
    let read = || format!("failed to read `{}`", folder.display());
    let mut entries = fs::read_dir(folder)
        .and_then(Iterator::collect::<std::io::Result<Vec<_>>>)
        .with_context(read)?;
    entries.sort_by_key(fs::DirEntry::file_name);
    for entry in entries {
        let (path, kind) = (entry.path(), entry.file_type().with_context(read)?);
        visit(&path, kind);
        if kind.is_dir() && path != settings.root.join(&settings.build) {
            walk(&path, settings, visit)?;
        }
    }
    Ok(())
}
