//! Running text, which may have figures, and the footnotes that give their sources.

use crate::text::markdown::{Spanned, is_block, is_block_end};
use crate::text::source::Source;
use crate::text::span::Span;
use pulldown_cmark::{Event, Tag, TagEnd};
use std::collections::BTreeSet;

/// The text of a paragraph, an item, a heading or a cell.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Passage {
    /// Its bytes.
    pub span: Span,
    /// Whether it is in a table.
    pub in_table: bool,
    /// Whether it is a footnote itself.
    pub is_note: bool,
    /// Whether it is a heading.
    pub is_heading: bool,
}

/// The passages of a page, and the marks of footnotes that it defines.
pub(super) fn read(source: &Source, events: &[Spanned<'_>]) -> (Vec<Passage>, Vec<Span>) {
    let mut passages: Vec<Passage> = Vec::new();
    let mut marks = Vec::new();
    let mut notes = BTreeSet::new();
    let (mut in_table, mut is_note, mut is_silent) = (false, false, false);
    let (mut is_heading, mut goes_on) = (false, false);
    for (event, span) in events {
        match event {
            Event::Start(tag) if is_block(tag) => {
                goes_on = false;
                match tag {
                    Tag::Table(_) => in_table = true,
                    Tag::FootnoteDefinition(label) => {
                        is_note = true;
                        notes.insert(label.to_string());
                    }
                    Tag::CodeBlock(_) | Tag::HtmlBlock => is_silent = true,
                    Tag::Heading { .. } => is_heading = true,
                    _ => {}
                }
            }
            Event::End(tag) if is_block_end(*tag) => {
                goes_on = false;
                match tag {
                    TagEnd::Table => in_table = false,
                    TagEnd::FootnoteDefinition => is_note = false,
                    TagEnd::CodeBlock | TagEnd::HtmlBlock => is_silent = false,
                    TagEnd::Heading(_) => is_heading = false,
                    _ => {}
                }
            }
            _ if is_silent => {}
            Event::Rule => goes_on = false,
            event => {
                if let Event::FootnoteReference(label) = event {
                    marks.push((label.to_string(), span));
                }
                match passages.last_mut() {
                    Some(passage) if goes_on => passage.span = passage.span.cover(*span),
                    _ => passages.push(Passage {
                        span: *span,
                        in_table,
                        is_note,
                        is_heading,
                    }),
                }
                goes_on = true;
            }
        }
    }
    passages.retain(|passage| !source.slice(passage.span).is_empty());
    let citations = marks
        .into_iter()
        .filter(|(label, _)| notes.contains(label))
        .map(|(_, span)| *span)
        .collect();
    (passages, citations)
}
