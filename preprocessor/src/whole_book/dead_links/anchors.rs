//! Anchors, the targets after a `#`: the ids that mdBook gives to headings and terms, and those of raw HTML.
//!
//! The ids are made by hand: mdBook's own functions are private. A test compares them with a built page.

use crate::read::caution;
use crate::text::info_string::nearest;
use crate::text::markdown::Spanned;
use crate::text::source::Source;
use crate::whole_book::dead_links::{Fault, html};
use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::{HashMap, HashSet};

/// The anchors of a page.
#[derive(Debug, Default)]
pub(super) struct Anchors {
    ids: HashSet<String>,
    /// Whether mdBook inserts text later, which may have others.
    is_open: bool,
}

impl Anchors {
    /// What is wrong with an anchor on this page, if anything is. `path` is how the link names the page.
    /// `may_suggest` is asked before a search for the one that was meant.
    pub(super) fn fault(
        &self,
        anchor: &str,
        path: &str,
        may_suggest: impl FnOnce() -> bool,
    ) -> Option<Fault> {
        if anchor.is_empty()
            // Every browser takes it for the start of the page (HTML, section 7.4.6.4).
            || anchor.eq_ignore_ascii_case("top")
            || anchor.starts_with(":~:")
            || self.is_open
            || self.ids.contains(anchor)
        {
            return None;
        }
        let page = match path {
            "" => "this page".to_owned(),
            path => format!("`{path}`"),
        };
        let meant = may_suggest().then(|| {
            let ids: Vec<&str> = self.ids.iter().map(String::as_str).collect();
            nearest(anchor, &ids)
        });
        let help = match meant.flatten() {
            Some(meant) => format!("did you mean `#{meant}`?"),
            None => "an anchor is its heading in small letters, with `-` for spaces".to_owned(),
        };
        Some((format!("{page} has no anchor `#{anchor}`"), help))
    }
}

/// The anchors of a page, from its events.
pub(super) fn read(page: &Source, events: &[Spanned<'_>]) -> Anchors {
    let mut anchors = Anchors::default();
    // mdBook numbers the ids that it generates, not those that an author wrote.
    let mut counted = Counted::default();
    // So does each reference to a footnote, from which the footnote links back.
    let mut references: HashMap<&str, usize> = HashMap::new();
    let mut heading: Option<(Option<String>, String)> = None;
    let (mut in_code, mut in_strong) = (false, false);
    for (event, span) in events {
        match event {
            Event::Start(Tag::Heading { id, .. }) => {
                heading = Some((id.as_ref().map(ToString::to_string), String::new()));
            }
            Event::Start(Tag::DefinitionListTitle) => heading = Some((None, String::new())),
            Event::End(TagEnd::Heading(_) | TagEnd::DefinitionListTitle) => {
                let (id, text) = heading.take().unwrap_or_default();
                let id = id.unwrap_or_else(|| counted.unique(&made_from(&text)));
                anchors.ids.insert(id);
            }
            Event::Start(Tag::Strong) => in_strong = true,
            Event::End(TagEnd::Strong) => in_strong = false,
            Event::Start(Tag::CodeBlock(_)) => in_code = true,
            Event::End(TagEnd::CodeBlock) => in_code = false,
            Event::Start(Tag::FootnoteDefinition(name)) => {
                anchors.ids.insert(format!("footnote-{name}"));
            }
            Event::FootnoteReference(name) => {
                let count = references.entry(name).or_default();
                *count += 1;
                anchors.ids.insert(format!("fr-{name}-{count}"));
            }
            Event::Start(Tag::HtmlBlock) | Event::InlineHtml(_) => {
                let html = page.slice(*span);
                // Boxes of other pages are inserted here, under headings of their own.
                anchors.is_open |= caution::place(html).is_some();
                let found = html::attributes(html, &["id", "name"]);
                anchors.ids.extend(found.map(|(id, _)| id));
            }
            Event::Text(text) | Event::Code(text) => {
                anchors.is_open |= !in_code && text.contains("{{#");
                // The number of a box becomes an anchor.
                if in_strong {
                    anchors.ids.extend(caution::anchor(text));
                }
                if let Some((_, heading)) = &mut heading {
                    heading.push_str(text);
                }
            }
            Event::SoftBreak | Event::HardBreak => {
                if let Some((_, heading)) = &mut heading {
                    heading.push('\n');
                }
            }
            _ => {}
        }
    }
    anchors
}

/// The id that mdBook makes from a heading's text.
pub(in crate::whole_book) fn made_from(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .chars()
        .filter_map(|c| match c {
            '_' | '-' => Some(c),
            c if c.is_alphanumeric() => Some(c),
            c if c.is_whitespace() => Some('-'),
            _ => None,
        })
        .collect()
}

/// The ids that were generated.
#[derive(Debug, Default)]
struct Counted {
    taken: HashSet<String>,
    /// The last number that was tried for an id: those before it are taken for good.
    last: HashMap<String, usize>,
}

impl Counted {
    /// The id, with a number if it is taken.
    fn unique(&mut self, id: &str) -> String {
        let mut free = id.to_owned();
        let last = self.last.entry(free.clone()).or_default();
        if *last > 0 {
            free = format!("{id}-{last}");
        }
        while !self.taken.insert(free.clone()) {
            *last += 1;
            free = format!("{id}-{last}");
        }
        free
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown;
    use proptest::prelude::*;

    #[test]
    fn anchors_are_those_that_mdbook_makes() {
        let text = "# A *b* `c()` & d\n\n## A\n\n## A\n\n## Other {#own}\n\nTerm\n: x\n\nx[^1] y[^1]\n\n[^1]: y\n\n<a name=\"raw\"></a> <a id=bare></a>\n";
        let page = Source::new("a.md", text);
        let options = mdbook_markdown::MarkdownOptions::default();
        let mut ids: Vec<String> = read(&page, &markdown::parse(text, &options))
            .ids
            .into_iter()
            .collect();
        ids.sort();
        assert_eq!(
            ids,
            [
                "a",
                "a-1",
                "a-b-c--d",
                "bare",
                "footnote-1",
                "fr-1-1",
                "fr-1-2",
                "own",
                "raw",
                "term"
            ]
        );
    }

    proptest! {
        #[test]
        fn ids_are_numbered_as_mdbook_numbers_them(ids in prop::collection::vec("a(-1){0,2}|b", 0..12)) {
            // As mdBook does it, which takes the square of the number of equal headings.
            let mut taken = HashSet::new();
            let mut counted = Counted::default();
            for id in ids {
                let mut free = id.clone();
                let mut number = 0;
                while !taken.insert(free.clone()) {
                    number += 1;
                    free = format!("{id}-{number}");
                }
                prop_assert_eq!(counted.unique(&id), free);
            }
        }
    }
}
