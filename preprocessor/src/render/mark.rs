//! The mark of claims that held: a button, and the popover that it opens. Both are HTML alone, without a script.

use crate::render::claims::ShownClaim;
use crate::render::figures::attribute;
use crate::text::address;
use mdbook_proof_text::html::escape;
use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

/// The mark of a comment.
pub(super) struct Mark<'claims> {
    id: String,
    claims: &'claims [ShownClaim],
    /// The attribute by which the page's script finds it.
    place: String,
}

/// A circle and a tick.
pub(super) const ICON: &str = "<svg viewBox=\"0 0 16 16\" width=\"16\" height=\"16\" fill=\"none\" stroke=\"currentColor\" stroke-width=\"1.5\" aria-hidden=\"true\"><circle cx=\"8\" cy=\"8\" r=\"7\"/><path d=\"M4.8 8.2l2.2 2.2 4.2-4.6\"/></svg>";

impl<'claims> Mark<'claims> {
    /// The mark of the comment of this number on a page, counted from 1.
    pub(super) fn new(
        page: &Path,
        number: usize,
        claims: &'claims [ShownClaim],
        place: String,
    ) -> Self {
        // All pages together make the page to print, so an id names its page.
        let path = attribute(&address::of_path(page).unwrap_or_default());
        let id = format!("claim-{number}-{path}");
        Self { id, claims, place }
    }

    /// The mark after a word: the picture alone, which says its name to readers who can't see it.
    pub(super) fn behind_text(&self) -> String {
        self.html("")
    }

    /// The mark as it stands by itself, with its name.
    pub(super) fn alone(&self) -> String {
        let name = plain(&self.name());
        self.html(&format!(" <span aria-hidden=\"true\">{name}</span>"))
    }

    fn html(&self, beside: &str) -> String {
        let (id, name, place) = (&self.id, attribute(&self.name()), &self.place);
        // An `<input>` over the picture: mdBook's scripts take Escape, which closes a popover, from everything but inputs.
        let mut html = format!(
            "<span class=\"proof-claim\"{place}>{ICON}{beside}<input type=\"button\" popovertarget=\"{id}\" aria-label=\"{name}\"></span>\
             <span class=\"proof-tip\" id=\"{id}\" popover role=\"note\">"
        );
        for claim in self.claims {
            let _ = write!(
                html,
                "<span class=\"proof-held\"><b>{}</b> ",
                plain(&capitalized(&claim.summary))
            );
            if !claim.sides.is_empty() {
                let _ = write!(html, "{} ", plain(&capitalized(&claim.sides)));
            }
            let _ = write!(html, "<code>{}</code></span>", plain(&claim.text));
        }
        html.push_str("</span>");
        html
    }

    /// What the button is called.
    fn name(&self) -> String {
        let different: BTreeSet<&str> =
            self.claims.iter().map(|one| one.summary.as_str()).collect();
        match self.claims {
            [only] => format!("Claim, {}", only.summary),
            several if different.len() == 1 => {
                format!("{} claims, each {}", several.len(), several[0].summary)
            }
            several => {
                let summaries: Vec<&str> = several.iter().map(|one| one.summary.as_str()).collect();
                format!("{} claims, {}", several.len(), summaries.join("; "))
            }
        }
    }
}

fn capitalized(text: &str) -> String {
    let mut characters = text.chars();
    let first = characters.next().into_iter().flat_map(char::to_uppercase);
    first.chain(characters).collect()
}

/// A text between two tags, on one line, in which Markdown finds nothing to read.
fn plain(text: &str) -> String {
    let words: Vec<&str> = text.split_whitespace().collect();
    let mut html = String::new();
    let mut before = ' ';
    for c in words.join(" ").chars() {
        match c {
            // Markdown makes one character of several points.
            '.' if before != '.' => html.push(c),
            ',' | '(' | ')' | '%' | '/' | '+' | '=' | ';' | ':' | '?' => html.push(c),
            c if c.is_ascii_punctuation() => {
                let _ = write!(html, "&#{};", u32::from(c));
            }
            c => escape(c.encode_utf8(&mut [0; 4]), &mut html),
        }
        before = c;
    }
    html
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::text::markdown;
    use proptest::prelude::*;
    use pulldown_cmark::Event;

    #[test]
    fn a_button_is_called_by_what_its_claims_have_in_common() {
        let claim = |summary: &str| ShownClaim {
            text: "a > b".to_owned(),
            summary: summary.to_owned(),
            sides: String::new(),
            points: 3,
        };
        let name = |summaries: &[&str]| {
            let claims: Vec<ShownClaim> = summaries.iter().map(|one| claim(one)).collect();
            Mark::new(Path::new("a.md"), 1, &claims, String::new()).name()
        };
        assert_eq!(
            name(&["held for 3 of 3 seeds"]),
            "Claim, held for 3 of 3 seeds"
        );
        assert_eq!(
            name(&["held for 3 of 3 seeds"; 2]),
            "2 claims, each held for 3 of 3 seeds"
        );
        assert_eq!(
            name(&["held once", "held on average"]),
            "2 claims, held once; held on average"
        );
    }

    proptest! {
        #[test]
        fn any_claim_is_shown_as_it_is_written(claim in "(\\PC|[-*_`|<>\\[\\]{}.\"'&#!~$\\\\:/]){1,30}", in_table: bool) {
            let mark = Mark {
                id: "x".to_owned(),
                claims: &[ShownClaim { text: claim.clone(), summary: claim.clone(), sides: String::new(), points: 1 }],
                place: String::new(),
            };
            let html = mark.behind_text();
            let text = if in_table { format!("| a |\n|---|\n| b{html} |\n") } else { format!("b{html}\n") };
            let options = mdbook_markdown::MarkdownOptions::default();
            let events = markdown::parse(&text, &options);
            let mut read = String::new();
            let mut in_code = false;
            for (event, _) in &events {
                match event {
                    Event::InlineHtml(tag) if tag.starts_with("<code") => in_code = true,
                    Event::InlineHtml(tag) if tag.starts_with("</code") => in_code = false,
                    Event::Text(text) if in_code => read.push_str(text),
                    Event::Code(_) | Event::FootnoteReference(_) | Event::Html(_) | Event::SoftBreak => prop_assert!(false, "{:?}", event),
                    _ => {}
                }
            }
            let mut expected = String::new();
            escape(&claim.split_whitespace().collect::<Vec<_>>().join(" "), &mut expected);
            let expected = expected.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#123;", "{").replace("&amp;", "&");
            prop_assert_eq!(read, expected);
        }
    }
}
