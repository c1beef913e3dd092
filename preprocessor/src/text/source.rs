//! A text file of the author's: its path, its text, and where each line starts.

use crate::text::assembly::Assembly;
use crate::text::span::Span;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// The byte order mark that some editors put before a text. It is not part of the text.
const MARK: &str = "\u{feff}";

/// A file's byte order mark, or nothing, and its text.
pub fn split_mark(file: &str) -> (&str, &str) {
    match file.strip_prefix(MARK) {
        Some(text) => (MARK, text),
        None => ("", file),
    }
}

/// A file as its author knows it, so that a finding can quote it; or a page with the files that it includes.
#[derive(Debug, PartialEq, Eq)]
pub struct Source {
    path: PathBuf,
    text: String,
    line_starts: Vec<usize>,
    /// Where the parts of a page with includes come from.
    assembly: Option<Assembly>,
}

/// A place in a [`Source`], as editors count: both numbers start at 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Position {
    /// The line.
    pub line: usize,
    /// The column, in characters.
    pub column: usize,
}

impl Source {
    /// The source in a file's text, without its byte order mark.
    pub fn of_file(path: impl Into<PathBuf>, text: &str) -> Self {
        Self::new(path, split_mark(text).1)
    }

    /// A source with the path that messages name.
    pub fn new(path: impl Into<PathBuf>, text: impl Into<String>) -> Self {
        let text = text.into();
        let line_starts = std::iter::once(0)
            .chain(text.match_indices('\n').map(|(at, _)| at + 1))
            .collect();
        Self {
            path: path.into(),
            text,
            line_starts,
            assembly: None,
        }
    }

    /// A page whose text is put together from several files.
    pub(crate) fn assembled(path: impl Into<PathBuf>, assembly: Assembly) -> Self {
        let source = Self::new(path, assembly.text());
        Self {
            assembly: Some(assembly),
            ..source
        }
    }

    /// The file and the bytes that a part of the text comes from: the text's own, unless it is put together from several files.
    pub fn origin(self: &Arc<Self>, span: Span) -> (Arc<Self>, Span) {
        let assembly = self.assembly.as_ref();
        match assembly.and_then(|assembly| assembly.origin(span)) {
            Some((file, span)) => (Arc::clone(file), span),
            None => (Arc::clone(self), span),
        }
    }

    /// The line that a byte has in the file that it comes from.
    pub(crate) fn line_in_file(self: &Arc<Self>, offset: usize) -> usize {
        let (file, span) = self.origin(Span::at(offset));
        file.position(span.start).line
    }

    /// The bytes of a file that a part of the text is a copy of; none where some of it comes from elsewhere.
    pub(crate) fn copied(&self, span: Span, file: &Self) -> Option<Span> {
        match &self.assembly {
            Some(assembly) => assembly.copied(span, file),
            None => std::ptr::eq(self, file).then_some(span),
        }
    }

    /// The files that the text comes from.
    pub(crate) fn files(self: &Arc<Self>) -> Vec<&Arc<Self>> {
        match &self.assembly {
            Some(assembly) => assembly.files(),
            None => vec![self],
        }
    }

    /// The path that messages name.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The whole text.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// The text of a byte range; empty where the range doesn't fit the text.
    pub fn slice(&self, span: impl Into<Span>) -> &str {
        span.into().slice(&self.text)
    }

    /// The position of a byte offset. An offset past the end counts as the end.
    pub fn position(&self, offset: usize) -> Position {
        let offset = offset.min(self.text.len());
        let line = self.line_starts.partition_point(|start| *start <= offset);
        let start = self.line_starts[line - 1];
        let column = self
            .text
            .get(start..offset)
            .map_or(0, |t| t.chars().count());
        Position {
            line,
            column: column + 1,
        }
    }

    /// The byte range of a line (counted from 1), without its line end.
    pub fn line(&self, line: usize) -> Option<Span> {
        let start = *self.line_starts.get(line.checked_sub(1)?)?;
        let end = self
            .line_starts
            .get(line)
            .map_or(self.text.len(), |e| e - 1);
        let end = match self.text.as_bytes()[start..end].last() {
            Some(b'\r') => end - 1,
            _ => end,
        };
        Some(Span::new(start, end))
    }

    /// How the file ends its lines, taken from the first one.
    pub fn line_end(&self) -> &'static str {
        match self.text.find('\n') {
            Some(at) if self.text[..at].ends_with('\r') => "\r\n",
            _ => "\n",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn positions_count_characters_from_one() {
        let source = Source::new("a.md", "µs\r\nend");
        assert_eq!(source.position(0), Position { line: 1, column: 1 });
        assert_eq!(source.position(2), Position { line: 1, column: 2 });
        assert_eq!(source.position(5), Position { line: 2, column: 1 });
        assert_eq!(source.position(99), Position { line: 2, column: 4 });
    }

    #[test]
    fn a_byte_order_mark_is_not_part_of_the_text() {
        let file = "\u{feff}# A";
        assert_eq!(Source::of_file("a.md", file).text(), "# A");
        assert_eq!(split_mark(file), ("\u{feff}", "# A"));
        assert_eq!(split_mark("# A"), ("", "# A"));
    }

    #[test]
    fn lines_leave_out_their_ends() {
        let source = Source::new("a.md", "one\r\ntwo\n");
        assert_eq!(source.line(1), Some(Span::new(0, 3)));
        assert_eq!(source.line(2), Some(Span::new(5, 8)));
        assert_eq!(source.line(3), Some(Span::at(9)));
        assert_eq!(source.line(4), None);
        assert_eq!(source.line(0), None);
        assert_eq!(source.line_end(), "\r\n");
    }
}
