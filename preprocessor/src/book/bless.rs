//! Blessing: what the runs printed and the expressions gave, written into the pages.

use crate::book::{Book, Target};
use crate::line::Page;
use crate::text::edit::{self, Edit};
use crate::text::finding::Finding;
use crate::text::source::{Source, split_mark};
use crate::work::settings::{Options, Round};
use anyhow::{Context, Result, bail};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// How often `bless` runs a block before it accepts the output: two runs find an unordered pair half of the time.
const BLESS_RUNS: u32 = 8;

/// How often `bless` checks again what it wrote: a program's number, then its output, then what reads that.
const BLESS_ROUNDS: usize = 8;

/// What [`Book::bless`] did.
#[derive(Debug)]
pub struct Blessed {
    /// The files that were written, or would be, with their text before and after.
    pub written: Vec<(PathBuf, String, String)>,
    /// The findings that it can't fix.
    pub findings: Vec<Finding>,
}

/// What [`bless`] would write: the pages with what the runs printed and the expressions gave.
///
/// # Errors
/// As [`Book::pages`]; and when a page changed since it was read.
pub(super) fn proposal(book: &Book, targets: &[Target]) -> Result<Blessed> {
    propose(book, targets, Round::First)
}

/// As [`proposal`], in a round of blessing.
fn propose(book: &Book, targets: &[Target], round: Round) -> Result<Blessed> {
    let book = book.with(Options {
        repeat: BLESS_RUNS,
        round,
        ..book.options.clone()
    });
    let mut blessed = Blessed {
        written: Vec::new(),
        findings: Vec::new(),
    };
    let mut edits: BTreeMap<PathBuf, (Arc<Source>, Vec<Edit>)> = BTreeMap::new();
    // A page listed twice is blessed once.
    let pages: BTreeMap<PathBuf, Page> = book
        .pages(targets)?
        .into_iter()
        .map(|page| (page.source.path().to_owned(), page))
        .collect();
    for (page, found) in pages {
        let is_asked_for = |finding: &Finding| is_asked_for(finding, &page, targets);
        let unfilled = found.meaning.unfilled.into_iter().filter(&is_asked_for);
        for finding in found.findings.into_iter().chain(unfilled) {
            let Some(edit) = finding.blessed.as_ref().filter(|_| is_asked_for(&finding)) else {
                blessed.findings.push(finding);
                continue;
            };
            let (_, edits) = edits
                .entry(finding.source.path().to_owned())
                .or_insert_with(|| (Arc::clone(&finding.source), Vec::new()));
            // Two pages may include the same number.
            if !edits.contains(edit) {
                edits.push(edit.clone());
            }
        }
    }
    for (file, (source, edits)) in edits {
        let path = book.root.join(&file);
        let before = std::fs::read_to_string(&path)
            .with_context(|| format!("failed to read `{}`", path.display()))?;
        // mdBook takes a page's byte order mark off.
        let (mark, text) = split_mark(&before);
        if text != source.text() {
            bail!(
                "`{}` is not what mdBook read: it changed meanwhile, or another preprocessor changes it first",
                file.display()
            );
        }
        let after = format!("{mark}{}", edit::apply(source.text(), edits));
        blessed.written.push((file, before, after));
    }
    Ok(blessed)
}

/// Writes what the runs printed and the expressions gave into the pages.
///
/// A number that changes in a program changes what that prints, so it is done again while anything changes.
///
/// # Errors
/// As [`proposal`]; and when a page can't be written.
pub(super) fn bless(book: &Book, targets: &[Target]) -> Result<Blessed> {
    let mut all: BTreeMap<PathBuf, (String, String)> = BTreeMap::new();
    let mut round = Round::First;
    for _ in 0..BLESS_ROUNDS {
        let blessed = propose(book, targets, round)?;
        round = Round::Later;
        for (path, before, after) in &blessed.written {
            let file = book.root.join(path);
            std::fs::write(&file, after)
                .with_context(|| format!("failed to write `{}`", file.display()))?;
            all.entry(path.clone())
                .or_insert_with(|| (before.clone(), String::new()))
                .1
                .clone_from(after);
        }
        if blessed.written.is_empty() {
            return Ok(Blessed {
                written: all
                    .into_iter()
                    .map(|(path, (before, after))| (path, before, after))
                    .collect(),
                findings: blessed.findings,
            });
        }
    }
    bail!("after {BLESS_ROUNDS} rounds the pages still change: a figure depends on itself")
}

/// Whether a finding of a page was asked for. Naming a page includes the files that it includes; naming a line doesn't.
fn is_asked_for(finding: &Finding, page: &Path, targets: &[Target]) -> bool {
    let source = &finding.source;
    let lines = source.position(finding.span.start).line..=source.position(finding.span.end).line;
    targets.is_empty()
        || targets.iter().any(|target| match target.line {
            None => page.starts_with(&target.path) || source.path().starts_with(&target.path),
            Some(line) => source.path() == target.path && lines.contains(&line),
        })
}
