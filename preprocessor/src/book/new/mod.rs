//! New pages: written from a template that verifies without changes, and listed in SUMMARY.md.

mod summary;

use crate::book::Book;
use crate::work::settings::Settings;
use anyhow::{Context, Result, bail};
use std::fs;
use std::path::{Path, PathBuf};
use summary::{Entry, entries};

/// The page that [`chapter`] writes, with `TITLE` for its title.
const TEMPLATE: &str = include_str!("template.md");

/// Where in the table of contents a new page goes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Place {
    /// After everything that is listed as a chapter.
    Last,
    /// After a page and its parts.
    After(PathBuf),
    /// The last of a page's parts.
    Under(PathBuf),
}

/// Writes a page with a title, lists it in SUMMARY.md, and returns its path from the book's root.
///
/// Beside another page it is a file in that page's folder; beside a page called `index.md`, and at the end of the book, it gets a
/// folder of its own.
///
/// # Errors
/// When the title gives no file name, the page or the title exists already, or `place` names a page that isn't listed.
pub fn chapter(book: &Book, title: &str, place: &Place) -> Result<PathBuf> {
    let settings = book.settings()?;
    let root = book.root();
    let src = settings.src.clone();
    let path = root.join(&src).join("SUMMARY.md");
    let text = fs::read_to_string(&path)
        .with_context(|| format!("failed to read `{}`", src.join("SUMMARY.md").display()))?;
    let title = title.split_whitespace().collect::<Vec<_>>().join(" ");
    let name = file_name(&title)?;
    let entries = entries(&text);
    if let Some(entry) = entries.iter().find(|entry| entry.title == escaped(&title)) {
        bail!("a page `{title}` is listed already: {}", entry.path);
    }
    let line_end = if text.contains("\r\n") { "\r\n" } else { "\n" };
    let (file, at, indent) = match place {
        Place::Last => {
            let own = format!("{name}/index.md");
            match entries.iter().rfind(|entry| entry.is_item) {
                Some(last) => (own, last.end, 0),
                None => (own, text.len(), 0),
            }
        }
        Place::After(page) => {
            let (at, entry) = find(&entries, page, &settings)?;
            let file = match entry.path.rsplit_once('/') {
                // A chapter's first page: the new one opens a chapter too.
                Some((folder, "index.md" | "README.md")) => match folder.rsplit_once('/') {
                    Some((above, _)) => format!("{above}/{name}/index.md"),
                    None => format!("{name}/index.md"),
                },
                Some((folder, _)) => format!("{folder}/{name}.md"),
                None => format!("{name}.md"),
            };
            (file, summary::last_part(&entries, at).end, entry.indent)
        }
        Place::Under(page) => {
            let (at, entry) = find(&entries, page, &settings)?;
            let file = match entry.path.rsplit_once('/') {
                Some((folder, _)) => format!("{folder}/{name}.md"),
                None => format!("{name}.md"),
            };
            let indent = match entries.get(at + 1) {
                Some(part) if part.indent > entry.indent => part.indent,
                _ => entry.indent + 2,
            };
            (file, summary::last_part(&entries, at).end, indent)
        }
    };
    let page = src.join(&file);
    let written = root.join(&page);
    if written.exists() {
        bail!("`{}` exists already; choose another title", page.display());
    }
    if let Some(folder) = written.parent() {
        fs::create_dir_all(folder)
            .with_context(|| format!("failed to make `{}`", folder.display()))?;
    }
    let content = TEMPLATE
        .replace("TITLE", &escaped(&title))
        .replace('\n', line_end);
    fs::write(&written, content)
        .with_context(|| format!("failed to write `{}`", page.display()))?;
    let listed = summary::with_line(
        &text,
        at,
        indent,
        &format!("- [{}]({file})", escaped(&title)),
        line_end,
    );
    fs::write(&path, listed).with_context(|| format!("failed to write `{}`", path.display()))?;
    Ok(page)
}

/// The entry of a page that was named from the book's root, from the folder of the pages, or by its whole path.
fn find<'list>(
    entries: &'list [Entry],
    page: &Path,
    settings: &Settings,
) -> Result<(usize, &'list Entry)> {
    let src = settings.root.join(&settings.src);
    let from_here = fs::canonicalize(page).ok();
    let found = entries.iter().enumerate().find(|(_, entry)| {
        let path = src.join(&entry.path);
        page == Path::new(&entry.path)
            || settings.root.join(page) == path
            || from_here.is_some() && from_here == fs::canonicalize(path).ok()
    });
    match found {
        Some((_, entry)) if !entry.is_item => {
            bail!(
                "`{}` is not in the list of chapters, so no page can be put next to it",
                page.display()
            )
        }
        Some(found) => Ok(found),
        None => bail!("`{}` is not listed in SUMMARY.md", page.display()),
    }
}

/// The name of a file for a title: its letters and digits, small, with `-` between them.
fn file_name(title: &str) -> Result<String> {
    let name: String = title
        .to_lowercase()
        .chars()
        .filter(|c| !matches!(c, '\'' | '’'))
        .map(|c| if c.is_alphanumeric() { c } else { ' ' })
        .collect();
    let name = name.split_whitespace().collect::<Vec<_>>().join("-");
    match name.as_str() {
        "" => bail!("`{title}` is not a title: it has no letter or digit for a file name"),
        name if name.len() > 100 => bail!("the title is too long for a file name"),
        "con" | "prn" | "aux" | "nul" | "index" | "summary" | "readme" | "print" => {
            bail!("`{name}` can't be the name of a page; choose another title")
        }
        name => Ok(name.to_owned()),
    }
}

/// A title as Markdown.
fn escaped(title: &str) -> String {
    let special = |c: char| matches!(c, '\\' | '[' | ']' | '*' | '_' | '`' | '<' | '&');
    title
        .chars()
        .flat_map(|c| special(c).then_some('\\').into_iter().chain([c]))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_are_named_after_titles() {
        for (title, name) in [
            ("Consistent hashing", "consistent-hashing"),
            ("Little's law, and λ", "littles-law-and-λ"),
            ("  CAP: 2 of 3? ", "cap-2-of-3"),
            ("../../etc/passwd", "etc-passwd"),
        ] {
            assert_eq!(file_name(title).unwrap(), name);
        }
        for title in ["", "…", "Index", "CON", &"long ".repeat(30)] {
            assert!(file_name(title).is_err(), "{title}");
        }
    }
}
