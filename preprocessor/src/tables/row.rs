//! A table row as it is written: split at the bars that Markdown splits at.

use crate::source::Source;
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
        let mut bars = Vec::new();
        let mut is_escaped = false;
        for (at, c) in text.char_indices() {
            if c == '|' && !is_escaped {
                bars.push(at);
            }
            is_escaped = c == '\\' && !is_escaped;
        }
        let mut edges: Vec<Range<usize>> = Vec::new();
        let mut from = 0;
        for bar in &bars {
            if *bar > 0 {
                edges.push(start + from..start + bar);
            }
            from = bar + 1;
        }
        if from < text.len() || bars.is_empty() {
            edges.push(start + from..start + text.len());
        }
        Self {
            span,
            cells: edges,
            has_bar: !bars.is_empty(),
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
