//! A book on disk: loading, checking, blessing and building it.

pub mod explain;
pub mod fix;
pub mod lint;
pub mod new;
pub mod preprocessor;
pub mod report;
pub mod serve;

use crate::book::preprocessor::{Proof, sources};
use crate::book::serve::site::Built;
use crate::line::{self, Page};
use crate::text::edit::{self, Edit};
use crate::text::finding::{Finding, Findings};
use crate::text::source::Source;
use crate::work::host;
use crate::work::sandbox::Status;
use crate::work::settings::{Call, Settings};
use crate::work::store::Store;
use anyhow::{Context, Result, bail};
use mdbook_driver::MDBook;
use mdbook_driver::config::Config as BookConfig;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A page, or one line of it, that a command is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Target {
    /// The page's file, or a folder of pages, relative to the book's root.
    pub path: PathBuf,
    /// The line.
    pub line: Option<usize>,
}

/// How often `bless` runs a block before it believes it: two runs find an unordered pair half of the time.
const BLESS_RUNS: u32 = 8;

/// How often `bless` looks again at what it wrote: a program's number, then its output, then what reads that.
const BLESS_ROUNDS: usize = 8;

/// What [`bless`] did.
#[derive(Debug)]
pub struct Blessed {
    /// The files that were written, or would be, with their text before and after.
    pub written: Vec<(PathBuf, String, String)>,
    /// What it can't mend.
    pub findings: Vec<Finding>,
}

/// Finds the book that a folder lies in: the nearest folder upwards with a `book.toml`.
///
/// # Errors
/// When there is none.
pub fn find(from: &Path) -> Result<PathBuf> {
    let from = std::fs::canonicalize(from)
        .with_context(|| format!("failed to find `{}`", from.display()))?;
    match from.ancestors().find(|dir| dir.join("book.toml").is_file()) {
        Some(root) => Ok(root.to_owned()),
        None => bail!(
            "there is no book.toml in `{}` or above it; call this inside a book",
            from.display()
        ),
    }
}

/// The folder of a book in its repository; empty if the book is its root, or there is no book or no repository.
pub fn folder(from: &Path) -> PathBuf {
    let folder = || {
        let root = find(from).ok()?;
        let repository = settings(&root).ok()?.folders().repository;
        root.strip_prefix(repository).ok().map(Path::to_owned)
    };
    folder().unwrap_or_default()
}

/// A book's settings.
///
/// # Errors
/// When `book.toml` can't be read.
pub fn settings(root: &Path) -> Result<Settings> {
    Settings::read(&configuration(root)?, root.to_owned(), &Call::default())
}

/// The folder of a book's pages.
///
/// # Errors
/// As [`settings`].
pub fn pages(root: &Path) -> Result<PathBuf> {
    Ok(root.join(settings(root)?.src))
}

/// Takes the pages that a command is asked for through all stages; all pages if it is asked for none.
///
/// # Errors
/// When the book can't be loaded, a target is no page of it, or a stage can't work.
pub fn check(root: &Path, targets: &[Target], call: &Call) -> Result<Vec<Page>> {
    let book = load(root)?;
    let settings = Settings::read(&book.config, root.to_owned(), call)?;
    let all = sources(&book.book, &settings);
    let mut pages = all.clone();
    for target in targets {
        if !pages
            .iter()
            .any(|page| page.path().starts_with(&target.path))
        {
            bail!(
                "`{}` is no page of this book; pages are listed in {}",
                target.path.display(),
                settings.src.join("SUMMARY.md").display()
            );
        }
    }
    pages.retain(|page| {
        targets.is_empty() || targets.iter().any(|t| page.path().starts_with(&t.path))
    });
    line::check(&pages, &all, &settings)
}

/// What [`bless`] would do, and nothing written: the pages with what the runs printed and the expressions gave.
///
/// # Errors
/// As [`check`]; and when a page changed since it was read.
pub fn proposal(root: &Path, targets: &[Target], call: &Call) -> Result<Blessed> {
    let call = Call {
        repeat: BLESS_RUNS,
        ..call.clone()
    };
    let mut blessed = Blessed {
        written: Vec::new(),
        findings: Vec::new(),
    };
    let mut edits: BTreeMap<PathBuf, (Arc<Source>, Vec<Edit>)> = BTreeMap::new();
    // A page listed twice is blessed once.
    let pages: BTreeMap<PathBuf, Page> = check(root, targets, &call)?
        .into_iter()
        .map(|page| (page.source.path().to_owned(), page))
        .collect();
    for (page, found) in pages {
        let is_asked_for = |finding: &Finding| is_asked_for(finding, &page, targets);
        let unfilled = found.meaning.unfilled.into_iter().filter(&is_asked_for);
        for finding in found.findings.into_iter().chain(unfilled) {
            let Some(mend) = finding.mend.as_ref().filter(|_| is_asked_for(&finding)) else {
                blessed.findings.push(finding);
                continue;
            };
            let (_, edits) = edits
                .entry(finding.source.path().to_owned())
                .or_insert_with(|| (Arc::clone(&finding.source), Vec::new()));
            // Two pages may include the same number.
            if !edits.contains(mend) {
                edits.push(mend.clone());
            }
        }
    }
    for (file, (source, edits)) in edits {
        let path = root.join(&file);
        let before = std::fs::read_to_string(&path)
            .with_context(|| format!("failed to read `{}`", path.display()))?;
        // mdBook takes a page's byte order mark off.
        let Some(mark @ ("" | "\u{feff}")) = before.strip_suffix(source.text()) else {
            bail!(
                "`{}` is not what mdBook read: it changed meanwhile, or another preprocessor changes it first",
                file.display()
            );
        };
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
pub fn bless(root: &Path, targets: &[Target], call: &Call) -> Result<Blessed> {
    let mut all: BTreeMap<PathBuf, (String, String)> = BTreeMap::new();
    for _ in 0..BLESS_ROUNDS {
        let blessed = proposal(root, targets, call)?;
        for (path, before, after) in &blessed.written {
            let file = root.join(path);
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

/// Whether a finding of a page is asked for. A page is asked for with what it includes, a line alone.
fn is_asked_for(finding: &Finding, page: &Path, targets: &[Target]) -> bool {
    let source = &finding.source;
    let lines = source.position(finding.span.start).line..=source.position(finding.span.end).line;
    targets.is_empty()
        || targets.iter().any(|target| {
            page.starts_with(&target.path)
                && target
                    .line
                    .is_none_or(|line| source.path() == page && lines.contains(&line))
        })
}

/// Builds the book, and returns the folder it is in.
///
/// Nothing is written before the whole book is proven, so a build with findings leaves the last one as it
/// was. `warnings` counts what mdBook warned of so far.
///
/// # Errors
/// [`Findings`] for a book with findings; whatever mdBook itself reports; and mdBook's own warnings.
pub fn build(root: &Path, call: &Call, warnings: impl Fn() -> usize) -> Result<PathBuf> {
    let config = configuration(root)?;
    let place = root.join(&config.build.build_dir);
    render(root, config, call, warnings)?;
    Ok(place)
}

/// Builds the book into a new folder inside `parent`, to be looked at from the root of a server. It has no search.
///
/// # Errors
/// As [`build`].
pub fn build_to_serve(
    root: &Path,
    parent: &Path,
    call: &Call,
    warnings: impl Fn() -> usize,
) -> Result<Built> {
    std::fs::create_dir_all(parent)
        .with_context(|| format!("failed to make `{}`", parent.display()))?;
    let folder = tempfile::Builder::new()
        .prefix(".book-")
        .tempdir_in(parent)
        .with_context(|| format!("failed to make a folder in `{}`", parent.display()))?;
    let mut config = configuration(root)?;
    config.build.build_dir = folder.path().join("book");
    config.set("output.html.site-url", "/")?;
    // A third of the time goes into the search index, and whoever just saved a page has no need of it.
    config.set("output.html.search.enable", false)?;
    let pages = render(root, config, call, warnings)?;
    Ok(Built { folder, pages })
}

/// Has mdBook render the book, and says where its HTML is.
fn render(
    root: &Path,
    config: BookConfig,
    call: &Call,
    warnings: impl Fn() -> usize,
) -> Result<PathBuf> {
    let mut book = MDBook::load_with_config(root, config).context("failed to load the book")?;
    book.with_preprocessor(Proof { call: call.clone() });
    book.build()?;
    call.progress.show("");
    match warnings() {
        0 => Ok(book.build_dir_for("html")),
        n => bail!("mdBook warned {n} times, see above: its pages may not show what was meant"),
    }
}

/// Which bounds this system puts on the book's runs.
///
/// # Errors
/// When the book requires one that is missing.
pub fn bounds(root: &Path, call: &Call) -> Result<Status> {
    let book = load(root)?;
    let settings = Settings::read(&book.config, root.to_owned(), call)?;
    let store = Store::open(&settings.store())?;
    Ok(host::host(&settings, &store)?.status)
}

fn load(root: &Path) -> Result<MDBook> {
    MDBook::load_with_config(root, configuration(root)?).context("failed to load the book")
}

fn configuration(root: &Path) -> Result<BookConfig> {
    let path = root.join("book.toml");
    let mut config = BookConfig::from_disk(&path)
        .with_context(|| format!("failed to read `{}`", path.display()))?;
    config.update_from_env()?;
    Ok(config)
}

/// The findings of a build that failed on them.
pub fn findings(error: &anyhow::Error) -> Option<&[Finding]> {
    error
        .downcast_ref::<Findings>()
        .map(|findings| findings.0.as_slice())
}
