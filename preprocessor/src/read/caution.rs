//! Boxes that a book gathers: common mistakes that readers meet elsewhere.
//!
//! ```text
//! > [!CAUTION]
//! > **E14** "Caches are always right."        the number is for authors, and gathers the box; the paragraph is its claim
//! >
//! > They are right until …
//!
//! <!-- gather: cautions -->                   the place where all of them are shown once more
//! ```

use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::markdown::{Spanned, paragraph};
use crate::text::source::Source;
use crate::text::span::Span;
use pulldown_cmark::{BlockQuoteKind, Event, LinkType, Tag, TagEnd};
use std::sync::Arc;

/// The parts of a page that gathering needs.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Cautions {
    /// The text of the page's first heading.
    pub title: Option<String>,
    /// The boxes with a number, in page order.
    pub boxes: Vec<Caution>,
    /// The comments that gather.
    pub places: Vec<Span>,
    /// The footnotes that the page defines, with their marks.
    pub notes: Vec<(String, Span)>,
    /// The page's links.
    pub links: Vec<Link>,
    /// The marks of footnotes in the text.
    pub marks: Vec<(String, Span)>,
}

/// A box with a number.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caution {
    /// The whole box.
    pub span: Span,
    /// The number, such as `E14`.
    pub number: String,
    /// The number's bytes, with the stars around it and the space after it.
    pub label: Span,
    /// The claim: the text of the first paragraph, without the number.
    pub claim: String,
    /// What comes after the claim, up to the end of the box.
    pub rest: Span,
}

/// A link or an image.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// From the end of its text to its own: `](page.md "title")`, or `][name]`.
    pub tail: Span,
    /// Where it leads to.
    pub target: String,
    /// Its title; often empty.
    pub title: String,
}

/// Reads the parts of a page that gathering needs, and finds what can't be gathered.
pub(super) fn read(source: &Arc<Source>, events: &[Spanned<'_>]) -> (Cautions, Vec<Finding>) {
    let mut found = Cautions::default();
    let mut findings = Vec::new();
    let mut depth = 0usize;
    // Where the texts of open links end.
    let mut open: Vec<usize> = Vec::new();
    for (at, (event, span)) in events.iter().enumerate() {
        if !matches!(event, Event::End(_)) {
            for end in &mut open {
                *end = (*end).max(span.end);
            }
        }
        match event {
            Event::Start(Tag::BlockQuote(Some(BlockQuoteKind::Caution))) => {
                if let Some(caution) = caution(source, *span, &events[at + 1..]) {
                    findings.extend(hindrance(source, &caution, depth));
                    found.boxes.push(caution);
                }
                depth += 1;
            }
            Event::Start(Tag::BlockQuote(_) | Tag::Item) => depth += 1,
            Event::End(TagEnd::BlockQuote(_) | TagEnd::Item) => depth = depth.saturating_sub(1),
            Event::Start(Tag::Heading { .. }) if found.title.is_none() => {
                found.title = heading(source, &events[at + 1..]);
            }
            Event::Start(Tag::FootnoteDefinition(name)) => {
                found.notes.push((name.to_string(), *span));
            }
            Event::FootnoteReference(name) => found.marks.push((name.to_string(), *span)),
            Event::Start(Tag::Link { link_type, .. } | Tag::Image { link_type, .. })
                if !matches!(link_type, LinkType::Autolink | LinkType::Email) =>
            {
                let mark = usize::from(matches!(event, Event::Start(Tag::Image { .. })));
                open.push(span.start + 1 + mark);
                links(event, *span, &mut found.links);
            }
            Event::End(TagEnd::Link | TagEnd::Image) => {
                // An autolink ends here as well, and was not opened.
                let link = found
                    .links
                    .iter_mut()
                    .rev()
                    .find(|link| link.tail.end == span.end);
                if let Some(link) = link.filter(|link| link.tail.is_empty()) {
                    link.tail.start = open.pop().unwrap_or(span.end).min(span.end);
                }
            }
            Event::Html(html) | Event::InlineHtml(html) => {
                let is_alone = matches!(event, Event::Html(_)) && depth == 0;
                match place(html) {
                    Some("cautions") if is_alone => {
                        let length = html.trim_end().len();
                        found
                            .places
                            .push(Span::new(span.start, span.start + length));
                    }
                    Some(what) => findings.push(misplaced(source, *span, what)),
                    None => {}
                }
            }
            _ => {}
        }
    }
    (found, findings)
}

/// A box whose first words are a number in bold.
fn caution(source: &Source, span: Span, inside: &[Spanned<'_>]) -> Option<Caution> {
    let [
        (Event::Start(Tag::Paragraph), _),
        (Event::Start(Tag::Strong), strong),
        (Event::Text(number), _),
        (Event::End(TagEnd::Strong), _),
        after @ ..,
    ] = inside
    else {
        return None;
    };
    let is_end = |event: &Event<'_>| matches!(event, Event::End(TagEnd::Paragraph));
    let end = after.iter().position(|(event, _)| is_end(event))?;
    let box_end = span.start + source.slice(span).trim_end().len();
    let rest = source.slice(strong.end..span.end);
    let space = rest.len() - rest.trim_start_matches([' ', '\t']).len();
    is_number(number).then(|| Caution {
        span: Span::new(span.start, box_end),
        number: number.to_string(),
        label: Span::new(strong.start, strong.end + space),
        claim: paragraph(after.iter().map(|(event, _)| event)),
        rest: Span::new(after[end].1.end.min(box_end), box_end),
    })
}

/// Whether a text is a number as boxes have them: letters, then digits.
fn is_number(text: &str) -> bool {
    let digits = text.trim_start_matches(|c: char| c.is_ascii_alphabetic());
    !digits.is_empty() && digits.len() < text.len() && digits.bytes().all(|c| c.is_ascii_digit())
}

/// The anchor of the box with a number; none for any other text.
pub fn anchor(number: &str) -> Option<String> {
    is_number(number).then(|| number.to_ascii_lowercase())
}

/// Why a box can't be shown elsewhere.
fn hindrance(source: &Arc<Source>, caution: &Caution, depth: usize) -> Option<Finding> {
    if depth == 0 {
        return None;
    }
    let message = "a box with a number is inside a list or a quote, and can't be gathered";
    let help = "put it between the paragraphs, or take the number out";
    Some(Finding::new(Code::Gather, source, caution.label, message).with_help(help))
}

fn heading(source: &Source, inside: &[Spanned<'_>]) -> Option<String> {
    let spans = inside
        .iter()
        .take_while(|(event, _)| !matches!(event, Event::End(TagEnd::Heading(_))))
        .map(|(_, span)| *span);
    let span = spans.reduce(Span::cover)?;
    Some(source.slice(span).trim().to_owned())
}

fn links(event: &Event<'_>, span: Span, links: &mut Vec<Link>) {
    if let Event::Start(
        Tag::Link {
            dest_url, title, ..
        }
        | Tag::Image {
            dest_url, title, ..
        },
    ) = event
    {
        links.push(Link {
            tail: Span::at(span.end),
            target: dest_url.to_string(),
            title: title.to_string(),
        });
    }
}

/// What a comment gathers.
pub fn place(html: &str) -> Option<&str> {
    let inner = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    Some(inner.trim().strip_prefix("gather:")?.trim())
}

fn misplaced(source: &Arc<Source>, span: Span, what: &str) -> Finding {
    let (message, help) = match what {
        "cautions" => (
            "a comment that gathers boxes is inside other text".to_owned(),
            "put it on a line of its own, with blank lines around it",
        ),
        _ => (
            format!("`{what}` can't be gathered"),
            "write <!-- gather: cautions -->",
        ),
    };
    Finding::new(Code::Gather, source, span, message).with_help(help)
}
