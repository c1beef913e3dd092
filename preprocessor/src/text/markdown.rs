//! Markdown events with their bytes, parsed with the settings that mdBook itself renders by.

use crate::text::span::Span;
use mdbook_markdown::MarkdownOptions;
use pulldown_cmark::{Event, Tag, TagEnd};

/// An event and its bytes.
pub type Spanned<'text> = (Event<'text>, Span);

/// Parses a chapter's text.
pub fn parse<'text>(text: &'text str, options: &MarkdownOptions) -> Vec<Spanned<'text>> {
    mdbook_markdown::new_cmark_parser(text, options)
        .into_offset_iter()
        .map(|(event, range)| (event, range.into()))
        .collect()
}

/// The events that tables are read from: what starts a block, HTML, and the text of code. Most events of a page are others.
pub fn outline<'text>(text: &'text str, options: &MarkdownOptions) -> Vec<Spanned<'text>> {
    let mut in_code = false;
    mdbook_markdown::new_cmark_parser(text, options)
        .into_offset_iter()
        .filter(|(event, _)| match event {
            Event::Start(Tag::CodeBlock(_)) => {
                in_code = true;
                true
            }
            Event::End(TagEnd::CodeBlock) => {
                in_code = false;
                true
            }
            Event::Text(_) => in_code,
            Event::Start(
                Tag::TableCell
                | Tag::Emphasis
                | Tag::Strong
                | Tag::Strikethrough
                | Tag::Superscript
                | Tag::Subscript
                | Tag::Link { .. }
                | Tag::Image { .. },
            ) => false,
            Event::Start(_) | Event::Html(_) | Event::InlineHtml(_) | Event::Rule => true,
            // Between two HTML blocks, it separates the lines of one from those of the other.
            Event::End(tag) => *tag == TagEnd::HtmlBlock,
            _ => false,
        })
        .map(|(event, range)| (event, range.into()))
        .collect()
}

/// The plain text of the paragraph that the events are inside of, or before.
pub fn paragraph<'events, 'text: 'events>(
    events: impl Iterator<Item = &'events Event<'text>>,
) -> String {
    let inside = events.take_while(|event| !matches!(event, Event::End(TagEnd::Paragraph)));
    let text: String = inside
        .map(|event| match event {
            Event::Text(text) | Event::Code(text) => text,
            Event::SoftBreak | Event::HardBreak => " ",
            _ => "",
        })
        .collect();
    text.trim().to_owned()
}

/// Whether an element is a block and not a part of running text.
pub(crate) fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(
        tag,
        Tag::Emphasis
            | Tag::Strong
            | Tag::Strikethrough
            | Tag::Superscript
            | Tag::Subscript
            | Tag::Link { .. }
            | Tag::Image { .. }
    )
}

/// The same of its end.
pub(crate) fn is_block_end(tag: TagEnd) -> bool {
    !matches!(
        tag,
        TagEnd::Emphasis
            | TagEnd::Strong
            | TagEnd::Strikethrough
            | TagEnd::Superscript
            | TagEnd::Subscript
            | TagEnd::Link
            | TagEnd::Image
    )
}

/// A fence that holds `text`, for the place of a fence with this `prefix`.
///
/// The first line comes without the prefix, the last one without a line end. The fence is long enough
/// for any fence inside the text.
pub(crate) fn fence(info: &str, text: &str, prefix: &str, line_end: &str) -> String {
    let longest = text
        .lines()
        .map(|line| marker_length(line.trim_start()))
        .max()
        .unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    let mut out = format!("{fence}{info}{line_end}");
    for line in text.lines() {
        out.push_str(if line.is_empty() {
            prefix.trim_end()
        } else {
            prefix
        });
        out.push_str(line);
        out.push_str(line_end);
    }
    out.push_str(prefix);
    out.push_str(&fence);
    out
}

fn marker_length(line: &str) -> usize {
    line.len() - line.trim_start_matches('`').len()
}
