//! Attributes of raw HTML, with their bytes.
//!
//! Kept by hand: html5ever, which mdBook brings, doesn't say where in the text an attribute is.

use crate::text::span::Span;

/// The values of the attributes of these names, with their bytes. Comments are passed over.
pub(super) fn attributes<'html>(
    html: &'html str,
    names: &'html [&'html str],
) -> impl Iterator<Item = (String, Span)> + 'html {
    tags(html).flat_map(move |tag| values(html, tag, names))
}

/// The bytes of each opening tag.
fn tags(html: &str) -> impl Iterator<Item = Span> + '_ {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + html[at..].find('<')?;
            let rest = &html[start..];
            if rest.starts_with("<!--") {
                at = start + rest.find("-->")? + 3;
                continue;
            }
            let end = start + closing(rest);
            at = end;
            if rest[1..].starts_with(|c: char| c.is_ascii_alphabetic()) {
                return Some(Span::new(start, end));
            }
        }
    })
}

/// Where the tag at the start of a text ends; a `>` in quotes doesn't end it.
fn closing(text: &str) -> usize {
    let mut quote = None;
    for (at, c) in text.char_indices() {
        match quote {
            Some(open) if c == open => quote = None,
            None if c == '"' || c == '\'' => quote = Some(c),
            None if c == '>' => return at + 1,
            Some(_) | None => {}
        }
    }
    text.len()
}

fn values<'html>(
    html: &'html str,
    tag: Span,
    names: &'html [&'html str],
) -> impl Iterator<Item = (String, Span)> + 'html {
    let mut at = tag.start;
    std::iter::from_fn(move || {
        loop {
            // Each `=` has a name before it and a value after it, in quotes or up to a blank.
            let equals = at + html[at..tag.end].find('=')?;
            let name = html[at..equals].trim_end();
            let name = name.rsplit(char::is_whitespace).next().unwrap_or_default();
            let rest = html[equals + 1..tag.end].trim_start();
            let start = tag.end - rest.len();
            let value = match rest.chars().next() {
                Some(quote @ ('"' | '\'')) => {
                    let length = rest[1..].find(quote)?;
                    at = start + 1 + length + 1;
                    Span::new(start + 1, start + 1 + length)
                }
                _ => {
                    let length = rest.find(|c: char| c.is_whitespace() || c == '>')?;
                    at = start + length;
                    Span::new(start, at)
                }
            };
            if names.iter().any(|wanted| name.eq_ignore_ascii_case(wanted)) {
                return Some((html[value].replace("&amp;", "&"), value));
            }
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn values_are_found_in_tags_only() {
        let html = "<a x='>' HREF = \"a&amp;b\" data-href=\"no\">href=\"no\"</a><!-- <a href='no'> --><a href=d.md id = e><img\nsrc='c'/>";
        let found: Vec<String> = attributes(html, &["href", "src"])
            .map(|(value, span)| {
                assert_eq!(html[span].replace("&amp;", "&"), value);
                value
            })
            .collect();
        assert_eq!(found, ["a&b", "d.md", "c"]);
    }

    proptest! {
        #[test]
        fn no_html_panics(html in "([<>='\" é]|href|<!--|-->|a){0,20}") {
            attributes(&html, &["href"]).count();
        }
    }
}
