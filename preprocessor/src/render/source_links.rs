//! The links of a page's evidence: to its source, and to the page that explains the checks.

use crate::text::address;
use crate::text::path::{normal, relative};
use crate::text::source::Source;
use crate::work::settings::Settings;
use std::path::{Path, PathBuf};

/// What the links of all pages have in common.
#[derive(Debug, Clone, Default)]
pub struct Links {
    /// The address of the repository's files at the published commit; none where the book names no repository.
    files: Option<String>,
    /// The folder of `book.toml` in the repository.
    folder: PathBuf,
    /// The folder of the chapters in the book's.
    src: PathBuf,
    /// The chapter that explains the checks, if the book has it.
    explanation: Option<PathBuf>,
}

impl Links {
    /// The links of a book.
    pub fn new(settings: &Settings) -> Self {
        let root = &settings.root;
        let repository = settings.folders().repository;
        let revision = settings.proof.revision.as_deref().unwrap_or("HEAD");
        Self {
            files: settings
                .repository
                .as_deref()
                .map(|url| format!("{}/blob/{revision}", url.trim_end_matches('/'))),
            folder: root
                .strip_prefix(repository)
                .map(Path::to_owned)
                .unwrap_or_default(),
            src: settings.src.clone(),
            explanation: settings
                .proof
                .explanation
                .clone()
                .filter(|path| root.join(&settings.src).join(path).is_file()),
        }
    }

    /// Lines of a file on the site that hosts the repository.
    pub fn lines(&self, source: &Source, first: usize, last: usize) -> Option<String> {
        let path = address::of_path(&normal(&self.folder.join(source.path()))?)?;
        // Such a site renders Markdown, and then has no lines to link to.
        let is_markdown = source.path().extension().is_some_and(|end| end == "md");
        let plain = if is_markdown { "?plain=1" } else { "" };
        let files = self.files.as_ref()?;
        Some(format!("{files}/{path}{plain}#L{first}-L{last}"))
    }

    /// The way from a page to the one that explains the checks.
    pub fn explanation(&self, source: &Source) -> Option<String> {
        let page = source.path().strip_prefix(&self.src).ok()?;
        let explanation = self.explanation.as_ref().filter(|path| *path != page)?;
        let way = relative(page.parent()?, &normal(explanation)?);
        address::of_path(Path::new(&way))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links() -> Links {
        Links {
            files: Some("https://example.org/us/book/blob/0a1b2c".to_owned()),
            folder: PathBuf::from("docs"),
            src: PathBuf::from("src"),
            explanation: Some(PathBuf::from("appendix/checks.md")),
        }
    }

    #[test]
    fn a_source_is_linked_at_its_commit_and_lines() {
        let page = Source::new("src/a b/page.md", "");
        let code = Source::new("../examples/lru.rs", "");
        assert_eq!(
            links().lines(&page, 3, 9).as_deref(),
            Some("https://example.org/us/book/blob/0a1b2c/docs/src/a%20b/page.md?plain=1#L3-L9")
        );
        assert_eq!(
            links().lines(&code, 3, 3).as_deref(),
            Some("https://example.org/us/book/blob/0a1b2c/examples/lru.rs#L3-L3")
        );
        assert_eq!(Links::default().lines(&page, 3, 9), None);
    }

    #[test]
    fn every_page_but_the_explanation_finds_it() {
        let way = |path: &str| links().explanation(&Source::new(path, ""));
        assert_eq!(way("src/a.md").as_deref(), Some("appendix/checks.md"));
        assert_eq!(
            way("src/x/y/a.md").as_deref(),
            Some("../../appendix/checks.md")
        );
        assert_eq!(way("src/appendix/checks.md"), None);
        assert_eq!(
            Links::default().explanation(&Source::new("src/a.md", "")),
            None
        );
    }
}
