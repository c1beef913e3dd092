//! A table row as it is written: split at the bars that Markdown splits at.

use crate::text::source::Source;
use std::ops::Range;

/// A row's cells.
#[derive(Debug)]
pub struct Row {
    /// The row's bytes, without the space around it.
    pub span: Range<usize>,
    /// Each cell's bytes between two bars.
    pub cells: Vec<Range<usize>>,
    /// Whether the row has a bar at all.
    pub has_bar: bool,
}

impl Row {
    /// Splits a row at every bar that has no backslash before it; bars at its ends part nothing.
    pub fn read(source: &Source, span: Range<usize>) -> Self {
        let text = source.slice(span.clone());
        let start = span.start + (text.len() - text.trim_start().len());
        let text = text.trim();
        let span = start..start + text.len();
        let mut cells: Vec<Range<usize>> = Vec::with_capacity(8);
        let (mut from, mut has_bar, mut is_escaped) = (0, false, false);
        for (at, byte) in text.bytes().enumerate() {
            if byte == b'|' && !is_escaped {
                if at > 0 {
                    cells.push(start + from..start + at);
                }
                from = at + 1;
                has_bar = true;
            }
            is_escaped = byte == b'\\' && !is_escaped;
        }
        if from < text.len() || !has_bar {
            cells.push(start + from..start + text.len());
        }
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
            .map(|cell| source.slice(cell.clone()).trim())
            .collect()
    }
}

/// Whether a line is a delimiter row such as `| --- | :-: |`.
pub fn is_delimiter(line: &str) -> bool {
    let line = line.trim();
    line.contains('|')
        && line.contains('-')
        && line
            .chars()
            .all(|c| matches!(c, '|' | '-' | ':' | ' ' | '\t'))
}
