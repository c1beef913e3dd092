//! What mdBook's templates can't say while they render a page: its own description, the titles of the pages before and after it, and a
//! link that skips the list of chapters.

use crate::text::markdown;
use crate::whole_book::dead_links::site::published;
use crate::work::settings::Settings;
use anyhow::{Context, Result};
use mdbook_driver::MDBook;
use mdbook_markdown::MarkdownOptions;
use mdbook_preprocessor::book::{BookItem, Chapter};
use mdbook_proof_text::html::escaped;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::path::PathBuf;

/// The longest description, in characters: search engines show about as many.
const DESCRIPTION: usize = 200;

/// Writes into each rendered page what its template couldn't say. A page whose theme has no place for something stays without it.
///
/// # Errors
/// When a page can't be read or written.
pub(super) fn finish(book: &MDBook, settings: &Settings) -> Result<()> {
    let options = settings.markdown();
    let folder = book.build_dir_for("html");
    let chapters: Vec<&Chapter> = book
        .book
        .iter()
        .filter_map(|item| match item {
            BookItem::Chapter(chapter) if !chapter.is_draft_chapter() => Some(chapter),
            _ => None,
        })
        .collect();
    for (at, chapter) in chapters.iter().enumerate() {
        let before = at.checked_sub(1).and_then(|at| chapters.get(at));
        let after = chapters.get(at + 1);
        let page = Finished {
            description: lead(&chapter.content, &options),
            before: before.map(|chapter| chapter.name.as_str()),
            after: after.map(|chapter| chapter.name.as_str()),
        };
        let rendered = |path: &PathBuf| published(path, settings.readme_is_index);
        let mut files: Vec<PathBuf> = chapter.path.iter().map(rendered).collect();
        // mdBook shows the first page at the root as well.
        if at == 0 {
            files.push("index.html".into());
        }
        files.dedup();
        for file in files
            .iter()
            .map(|file| folder.join(file))
            .filter(|file| file.is_file())
        {
            let html = std::fs::read_to_string(&file)
                .with_context(|| format!("failed to read `{}`", file.display()))?;
            std::fs::write(&file, page.write(&html))
                .with_context(|| format!("failed to write `{}`", file.display()))?;
        }
    }
    Ok(())
}

/// The first paragraph under a page's title as plain text; none where it begins with something else.
fn lead(text: &str, options: &MarkdownOptions) -> Option<String> {
    let events = markdown::parse(text, options);
    let mut events = events.iter().map(|(event, _)| event);
    events.find(|event| matches!(event, Event::End(TagEnd::Heading(_))))?;
    let Some(Event::Start(Tag::Paragraph)) = events.next() else {
        return None;
    };
    Some(cut(&markdown::paragraph(events))).filter(|text| !text.is_empty())
}

/// A text in few enough characters, cut between words.
fn cut(text: &str) -> String {
    match text.char_indices().nth(DESCRIPTION) {
        None => text.to_owned(),
        Some((end, _)) => {
            let whole = &text[..end];
            let end = whole.rfind(' ').unwrap_or(end);
            format!(
                "{}…",
                whole[..end].trim_end_matches([',', ';', ':', '.', ' '])
            )
        }
    }
}

/// What is written into a page.
struct Finished<'book> {
    description: Option<String>,
    before: Option<&'book str>,
    after: Option<&'book str>,
}

impl Finished<'_> {
    fn write(&self, html: &str) -> String {
        let mut html = html.to_owned();
        if let Some(description) = &self.description {
            for name in ["name=\"description\"", "property=\"og:description\""] {
                let start = format!("<meta {name} content=\"");
                if let Some(at) = html.find(&start) {
                    let from = at + start.len();
                    if let Some(length) = html[from..].find('"') {
                        html.replace_range(from..from + length, &escaped(description));
                    }
                }
            }
        }
        if let Some(at) = html.find("<nav class=\"nav-wrapper\"") {
            let links = self.links(&html[at..]);
            html.insert_str(at, &links);
        }
        if let (Some(at), true) = (html.find("<body>"), html.contains("id=\"mdbook-content\"")) {
            html.insert_str(
                at + "<body>".len(),
                "\n<a class=\"proof-skip\" href=\"#mdbook-content\">Skip to the text</a>",
            );
        }
        html
    }

    /// The links to the pages before and after, named by their titles; `nav` starts with mdBook's own.
    fn links(&self, nav: &str) -> String {
        let nav = &nav[..nav.find("</nav>").unwrap_or(nav.len())];
        let link = |rel: &str, says: &str, title: Option<&str>| {
            let start = nav.find(&format!("rel=\"{rel}"))?;
            let (_, from) = nav[start..].split_once("href=\"")?;
            let (href, _) = from.split_once('"')?;
            let title = escaped(title?);
            Some(format!(
                "<a rel=\"{rel}\" href=\"{href}\"><small>{says}</small>{title}</a>"
            ))
        };
        let links = [
            link("prev", "Previous", self.before),
            link("next", "Next", self.after),
        ];
        let links: String = links.into_iter().flatten().collect();
        match links.is_empty() {
            true => links,
            false => format!(
                "<nav class=\"proof-next\" aria-label=\"Previous and next page\">{links}</nav>\n"
            ),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_description_is_the_lead_as_plain_text_cut_between_words() {
        let lead = |text: &str| lead(text, &MarkdownOptions::default());
        assert_eq!(
            lead("# Title\n\nA *cache* keeps\n`copies`, 3<!-- = 1 + 2 --> of [them](a.md).\n\nMore.\n").unwrap(),
            "A cache keeps copies, 3 of them."
        );
        for text in ["", "no title\n", "# Title\n\n- a list\n", "# Title\n"] {
            assert_eq!(lead(text), None, "{text}");
        }
        let long = lead(&format!("# Title\n\n{}\n", "word ".repeat(99))).unwrap();
        assert!(
            long.chars().count() <= DESCRIPTION && long.ends_with("word…"),
            "{long}"
        );
        assert!(cut(&"é".repeat(900)).chars().count() <= DESCRIPTION + 1);
    }

    #[test]
    fn a_page_without_the_places_stays_as_it_is() {
        let page = Finished {
            description: Some("\"x\" & <y>".to_owned()),
            before: None,
            after: Some("<b>"),
        };
        for html in [
            "",
            "<body>",
            "<meta name=\"description\" content=\"",
            "<nav class=\"nav-wrapper\"></nav>",
        ] {
            assert_eq!(page.write(html), html);
        }
        let html = page.write("<meta name=\"description\" content=\"old\">");
        assert_eq!(
            html,
            "<meta name=\"description\" content=\"&quot;x&quot; &amp; &lt;y&gt;\">"
        );
        let nav = "<nav class=\"nav-wrapper\"><a rel=\"next prefetch\" href=\"b.html\"></a></nav>";
        let html = page.write(nav);
        assert!(
            html.contains("<a rel=\"next\" href=\"b.html\"><small>Next</small>&lt;b&gt;</a></nav>"),
            "{html}"
        );
        assert!(html.ends_with(nav), "{html}");
    }
}
