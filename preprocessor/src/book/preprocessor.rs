//! The mdBook side: the `Preprocessor` itself, and the protocol on standard input and output.

use crate::book::survey;
use crate::line;
use crate::read::include::{Assembled, Includer};
use crate::text::error::Error;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::work::settings::{Options, Settings};
use anyhow::{Context, Result, bail};
use mdbook_preprocessor::book::{Book, BookItem, Chapter};
use mdbook_preprocessor::{MDBOOK_VERSION, Preprocessor, PreprocessorContext};
use semver::{Version, VersionReq};
use std::io::Read;
use std::sync::Arc;

/// The preprocessor `proof`.
#[derive(Debug, Clone, Default)]
pub struct Proof {
    /// How it was called.
    pub options: Options,
}

impl Preprocessor for Proof {
    fn name(&self) -> &'static str {
        "proof"
    }

    fn run(&self, ctx: &PreprocessorContext, mut book: Book) -> Result<Book> {
        let root = std::fs::canonicalize(&ctx.root)
            .with_context(|| format!("failed to find `{}`", ctx.root.display()))?;
        let settings = Settings::read(&ctx.config, root, &self.options)?;
        let findings = survey::before_loading(&ctx.config, &settings)?;
        if !findings.is_empty() {
            return Err(Error::Findings(findings).into());
        }
        let assembled = assembled(&book, &settings)?;
        let sources: Vec<_> = assembled.iter().map(|(page, _)| Arc::clone(page)).collect();
        let checked = line::check(assembled, &sources, &settings)?;
        let mut pages = checked.iter();
        book.for_each_mut(|item| {
            if let BookItem::Chapter(chapter) = item
                && chapter.source_path.is_some()
                && let Some(page) = pages.next()
            {
                chapter.content.clone_from(&page.rendered);
            }
        });
        let findings: Vec<Finding> = checked.into_iter().flat_map(|page| page.findings).collect();
        if findings.is_empty() {
            self.options.progress.show("rendering the pages");
            Ok(book)
        } else {
            Err(Error::Findings(findings).into())
        }
    }
}

/// The book's chapters as pages, with what they include, in the order in which mdBook walks them.
///
/// # Errors
/// [`Error::Findings`] for files with our markup that are part of no page; when one can't be read.
pub fn assembled(book: &Book, settings: &Settings) -> Result<Vec<Assembled>> {
    let mut sources = Vec::new();
    walk(&book.items, settings, &mut sources);
    let mut includer = Includer::new(settings);
    let pages: Vec<Assembled> = sources
        .iter()
        .map(|source| includer.assemble(source))
        .collect();
    let findings = survey::unlisted(&pages, settings)?;
    if findings.is_empty() {
        Ok(pages)
    } else {
        Err(Error::Findings(findings).into())
    }
}

/// As `Book::for_each_mut` walks, which hands the checked pages back: sub-chapters first.
fn walk(items: &[BookItem], settings: &Settings, sources: &mut Vec<Arc<Source>>) {
    for item in items {
        if let BookItem::Chapter(chapter) = item {
            walk(&chapter.sub_items, settings, sources);
            sources.extend(source(chapter, settings));
        }
    }
}

fn source(chapter: &Chapter, settings: &Settings) -> Option<Arc<Source>> {
    let path = settings.src.join(chapter.source_path.as_ref()?);
    Some(Arc::new(Source::new(path, chapter.content.clone())))
}

/// Reads what mdBook sends.
///
/// # Errors
/// When it isn't mdBook's JSON, or comes from a version that this program doesn't know.
pub fn parse_input(mut input: impl Read) -> Result<(PreprocessorContext, Book)> {
    let mut text = String::new();
    input
        .read_to_string(&mut text)
        .context("standard input is not mdBook's JSON")?;
    let value: serde_json::Value = serde_json::from_str(&text).context(
        "standard input is not mdBook's JSON; mdBook calls this program by itself, and `mdbook-proof --help` lists what you can call",
    )?;
    let version = value[0]["mdbook_version"].as_str().context(
        "standard input is JSON, but not mdBook's: it doesn't say which version of mdBook sent it",
    )?;
    check_version(version)?;
    mdbook_preprocessor::parse_input(text.as_bytes())
        .with_context(|| format!("what mdBook {version} sent can't be read"))
}

fn check_version(version: &str) -> Result<()> {
    let ours = Version::parse(MDBOOK_VERSION)?;
    let theirs = Version::parse(version)
        .with_context(|| format!("`{version}` is not a version of mdBook"))?;
    let known = VersionReq::parse(&format!("~{}.{}", ours.major, ours.minor))?;
    if !known.matches(&theirs) {
        bail!(
            "this book is built by mdBook {theirs}, and mdbook-proof {} works with mdBook {}.{}; install mdBook {}.{} or another mdbook-proof",
            env!("CARGO_PKG_VERSION"),
            ours.major,
            ours.minor,
            ours.major,
            ours.minor
        );
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_versions_with_our_protocol_are_accepted() {
        assert!(check_version(MDBOOK_VERSION).is_ok());
        assert!(check_version("0.5.0").is_ok());
        assert!(check_version("0.4.52").is_err());
        assert!(check_version("0.6.0").is_err());
        assert!(check_version("new").is_err());
    }
}
