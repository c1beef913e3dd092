//! Markdown events with their bytes, parsed with the settings that mdBook itself renders by.

use mdbook_markdown::MarkdownOptions;
use pulldown_cmark::Event;
use std::ops::Range;

/// An event and the bytes it stands for.
pub type Spanned<'text> = (Event<'text>, Range<usize>);

/// Parses a chapter's text.
pub fn parse<'text>(text: &'text str, options: &MarkdownOptions) -> Vec<Spanned<'text>> {
    mdbook_markdown::new_cmark_parser(text, options)
        .into_offset_iter()
        .collect()
}
