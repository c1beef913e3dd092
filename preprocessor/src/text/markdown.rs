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
