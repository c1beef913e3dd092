//! Links inside the book: each leads to a page, a file or an anchor that the built book has.
//!
//! Links to other sites are not checked: a build must not depend on whether they answer.

pub(super) mod anchors;
mod html;
pub(crate) mod site;

use crate::text::address;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string::nearest;
use crate::text::markdown;
use crate::text::path::relative;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::settings::Settings;
use anchors::Anchors;
use pulldown_cmark::{Event, LinkType, Tag};
use std::cell::Cell;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A link of a page.
#[derive(Debug, PartialEq, Eq)]
struct Link {
    /// Where it leads.
    target: String,
    /// Its bytes.
    span: Span,
}

/// How many dead links of a book get a suggestion: each takes a search through all pages or anchors, and a book with more has another
/// problem.
const MOST_SUGGESTIONS: usize = 100;

/// All that links can lead to. Paths are those of the site, which starts from the folder of the pages.
#[derive(Debug)]
pub struct Map {
    /// The folder of the pages on disk.
    folder: PathBuf,
    src: PathBuf,
    /// Folders that something else fills.
    beside: Vec<PathBuf>,
    /// Pages that lead to others.
    redirects: Vec<PathBuf>,
    pages: BTreeMap<PathBuf, Destination>,
    /// The page of each file that mdBook writes for one.
    published: BTreeMap<PathBuf, PathBuf>,
    /// How many suggestions are left.
    suggestions: Cell<usize>,
}

/// A page, as a target and a source of links.
#[derive(Debug)]
struct Destination {
    /// The targets after a `#`.
    anchors: Anchors,
    links: Vec<Link>,
}

/// A message and a help text.
type Fault = (String, String);

impl Map {
    /// All pages of a book as targets.
    pub fn new(book: &[Arc<Source>], settings: &Settings) -> Self {
        let options = settings.markdown();
        let pages: BTreeMap<PathBuf, Destination> = book
            .iter()
            .map(|page| {
                let events = markdown::parse(page.text(), &options);
                let destination = Destination {
                    anchors: anchors::read(page, &events),
                    links: links(page, events),
                };
                let path = page.path().strip_prefix(&settings.src);
                (path.unwrap_or(page.path()).to_owned(), destination)
            })
            .collect();
        let published = |page: &PathBuf| {
            let html = site::published(page, settings.readme_is_index);
            (html, page.clone())
        };
        Self {
            folder: settings.root.join(&settings.src),
            src: settings.src.clone(),
            beside: settings
                .proof
                .beside
                .iter()
                .map(|folder| site::place(folder))
                .collect(),
            redirects: settings
                .redirects
                .iter()
                .map(|from| site::place(from.trim_start_matches('/').as_ref()))
                .collect(),
            suggestions: Cell::new(MOST_SUGGESTIONS),
            published: pages.keys().map(published).collect(),
            pages,
        }
    }

    /// What is wrong with the links of a page of the book.
    pub fn findings(&self, page: &Arc<Source>) -> Vec<Finding> {
        let path = page.path().strip_prefix(&self.src);
        let path = path.unwrap_or(page.path());
        let destination = self.pages.get(path);
        let links = destination.into_iter().flat_map(|page| &page.links);
        links
            .filter_map(|link| {
                let (message, help) = self.fault(path, &link.target)?;
                Some(Finding::new(Code::Link, page, link.span, message).with_help(help))
            })
            .collect()
    }

    /// What is wrong with a link, if anything is.
    fn fault(&self, page: &Path, target: &str) -> Option<Fault> {
        if is_elsewhere(target) {
            return None;
        }
        if target.is_empty() {
            return Some(("the link leads nowhere".into(), "write where to".into()));
        }
        if target.starts_with('/') {
            return Some((
                format!("`{target}` starts from the site's root, and a book may lie below it"),
                "write the path from the folder of this page".into(),
            ));
        }
        let (path, anchor) = match target.split_once('#') {
            Some((path, anchor)) => (path, Some(decoded(anchor))),
            None => (target, None),
        };
        let path = decoded(path.split('?').next().unwrap_or_default());
        let file = match path.as_str() {
            "" => page.to_owned(),
            path => match self.file(page, path) {
                Ok(Some(file)) => file,
                Ok(None) => return None,
                Err(fault) => return Some(fault),
            },
        };
        let anchors = &self.pages.get(&file)?.anchors;
        anchors.fault(&anchor?, &path, || self.may_suggest())
    }

    /// Whether a search for what was meant is still worth its time; counts it.
    fn may_suggest(&self) -> bool {
        let left = self.suggestions.get();
        self.suggestions.set(left.saturating_sub(1));
        left > 0
    }

    /// The page that a path leads to; none for another file.
    fn file(&self, page: &Path, path: &str) -> Result<Option<PathBuf>, Fault> {
        let folder = page.parent().unwrap_or(page);
        let file = site::place(&folder.join(path));
        if self.beside.iter().any(|folder| file.starts_with(folder)) {
            return Ok(None);
        }
        if file.starts_with("..") {
            return Err((
                format!(
                    "`{path}` lies outside the folder of the pages, which is all that is published"
                ),
                format!(
                    "show a file of the repository by an include; where another site is published, name it in book.toml: `beside = [\"{}\"]`",
                    site::name(&file)
                ),
            ));
        }
        if let Some(page) = self.page(&file) {
            return Ok(Some(page));
        }
        if self.pages.contains_key(&file) {
            let place = relative(folder, file.parent().unwrap_or(&file));
            return Err((
                format!("`{path}` is published as `index.html`, and mdBook links to `README.html`"),
                format!("link to its folder: `{place}/`"),
            ));
        }
        let on_disk = self.folder.join(&file);
        let is_page = file.extension().is_some_and(|end| end == "md");
        match on_disk.exists() {
            true if is_page => Err((
                format!("`{path}` is not listed in SUMMARY.md, so it is not a page of the book"),
                "list it, or link to a page that is".to_owned(),
            )),
            // A folder without an index shows nothing.
            true if on_disk.is_file() || on_disk.join("index.html").is_file() => Ok(None),
            _ if self.redirects.contains(&file) || site::is_made_by_mdbook(&file) => Ok(None),
            _ => Err((
                format!("there is no page or file `{path}`"),
                match self.meant(&file, folder) {
                    Some(meant) => format!("did you mean `{meant}`?"),
                    None => "the path starts from the folder of this page".to_owned(),
                },
            )),
        }
    }

    /// The page that is published under a path: mdBook makes a link to a file `.md` one to a file `.html`.
    fn page(&self, file: &Path) -> Option<PathBuf> {
        let is_page = file.extension().is_some_and(|end| end == "md");
        let html = match is_page {
            true => file.with_extension("html"),
            false => file.to_owned(),
        };
        let published = self.published.get(&html);
        let published = published.or_else(|| self.published.get(&file.join("index.html")));
        published.cloned()
    }

    /// The page whose file has that name or a similar one, as a path from a folder.
    fn meant(&self, file: &Path, folder: &Path) -> Option<String> {
        if !self.may_suggest() {
            return None;
        }
        let name = |path: &Path| Some(path.file_name()?.to_str()?.to_owned());
        let wanted = name(file)?;
        let paths: Vec<&PathBuf> = self.pages.keys().collect();
        let same: Vec<&PathBuf> = paths
            .iter()
            .copied()
            .filter(|path| name(path).as_ref() == Some(&wanted))
            .collect();
        let found = match same.as_slice() {
            [one] => (*one).clone(),
            _ => {
                let texts: Vec<String> = paths
                    .iter()
                    .filter_map(|path| Some(path.to_str()?.to_owned()))
                    .collect();
                let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
                PathBuf::from(nearest(file.to_str()?, &texts)?)
            }
        };
        Some(relative(folder, &found))
    }
}

/// The links of a page, those in HTML included.
fn links(page: &Source, events: Vec<(Event<'_>, Span)>) -> Vec<Link> {
    let mut links = Vec::new();
    for (event, span) in events {
        match event {
            Event::Start(
                Tag::Link {
                    link_type,
                    dest_url,
                    ..
                }
                | Tag::Image {
                    link_type,
                    dest_url,
                    ..
                },
            ) if link_type != LinkType::Email => {
                // The text between brackets may hold the same words: the target comes last.
                let at = page.slice(span).rfind(&*dest_url);
                let span = match at {
                    Some(at) if !dest_url.is_empty() => {
                        Span::new(span.start + at, span.start + at + dest_url.len())
                    }
                    _ => span,
                };
                let target = dest_url.into_string();
                links.push(Link { target, span });
            }
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                links.extend(html::attributes(page.slice(span), &["href", "src"]).map(
                    |(target, at)| Link {
                        target,
                        span: at.shift(span.start),
                    },
                ));
            }
            _ => {}
        }
    }
    links
}

/// The text with its percent-encoding read; as it is where that gives no text.
fn decoded(text: &str) -> String {
    address::decoded(text).unwrap_or(text.into()).into_owned()
}

/// Whether a link leaves the book.
fn is_elsewhere(target: &str) -> bool {
    address::has_scheme(target) || target.starts_with("//") || target.starts_with("{{")
}

#[cfg(test)]
mod tests {
    use super::*;
    use mdbook_markdown::MarkdownOptions;

    #[test]
    fn links_of_markdown_and_html_are_found_at_their_targets() {
        let text = "[a.md](a.md#x) <https://b> ![c](c.png)\n\n> <a href=\"d.md\">d</a>\n\n<p>\n<img alt='' src='e f.svg'>\n</p>\n\n`[no](no.md)` <!-- <a href=\"no\"> -->\n\n[r]\n\n[r]: g.md\n";
        let page = Source::new("src/page.md", text);
        let events = markdown::parse(page.text(), &MarkdownOptions::default());
        let links = links(&page, events);
        let targets: Vec<&str> = links.iter().map(|link| link.target.as_str()).collect();
        assert_eq!(
            targets,
            ["a.md#x", "https://b", "c.png", "d.md", "e f.svg", "g.md"]
        );
        for link in &links[..5] {
            assert_eq!(page.slice(link.span), link.target);
        }
    }

    #[test]
    fn links_to_other_sites_and_of_templates_lead_elsewhere() {
        for target in ["mailto:a@b", "//a", "{{ path }}/a.md"] {
            assert!(is_elsewhere(target), "{target}");
        }
        for target in ["a.md", "#a:b", "a/b:c.md"] {
            assert!(!is_elsewhere(target), "{target}");
        }
    }
}
