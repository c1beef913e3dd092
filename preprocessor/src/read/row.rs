//! A table row as it is written: split at the bars that Markdown splits at.

use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_text::printed_table;

/// A row's cells.
#[derive(Debug)]
pub struct Row {
    /// The row's bytes, without the space around it.
    pub span: Span,
    /// Each cell's bytes between two bars.
    pub cells: Vec<Span>,
    /// Whether the row has a bar at all.
    pub has_bar: bool,
}

impl Row {
    /// Splits a row at every bar that has no backslash before it; bars at its ends separate nothing.
    pub fn read(source: &Source, span: Span) -> Self {
        let text = source.slice(span);
        let start = span.start + (text.len() - text.trim_start().len());
        let text = text.trim();
        let span = Span::new(start, start + text.len());
        let cells = printed_table::split(text);
        let cells: Vec<Span> = cells
            .into_iter()
            .map(|cell| Span::from(cell).shift(start))
            .collect();
        // One cell without a bar is the whole row.
        let has_bar = cells.len() != 1 || cells[0] != span;
        Self {
            span,
            cells,
            has_bar,
        }
    }

    /// The cells' texts, without the space around them.
    pub fn texts<'text>(&self, source: &'text Source) -> Vec<&'text str> {
        self.cells
            .iter()
            .map(|cell| source.slice(*cell).trim())
            .collect()
    }
}
