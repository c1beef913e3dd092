//! A fenced code block: its bytes, its info string, and its lines with the container's prefix taken off.

use std::ops::Range;

/// A fenced code block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// From the opening fence to the end of the closing one, without the last line end.
    pub span: Range<usize>,
    /// The info string, the text behind the opening fence.
    pub info: Range<usize>,
    /// The content's lines.
    pub lines: Vec<Line>,
    /// Where the content starts and ends: whole source lines, prefixes and line ends included.
    pub content: Range<usize>,
    /// What a list or a quote puts before each line of the content, such as `> `.
    pub prefix: String,
}

/// A line of a fence's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its text, without the container's prefix and the line end.
    pub text: String,
    /// Where that text stands.
    pub span: Range<usize>,
}

impl Fence {
    /// The content, each line ended by `\n`.
    pub fn text(&self) -> String {
        self.lines.iter().flat_map(|line| [&line.text, "\n"]).collect()
    }
}
