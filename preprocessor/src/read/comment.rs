//! Comments that declare rules for the table below them.

use crate::text::source::Source;
use crate::text::span::Span;

/// A comment `<!-- check: … -->`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comment {
    /// From `<!--` to `-->`.
    pub span: Span,
    /// The text of each of its lines, without the marks.
    pub(crate) lines: Vec<Span>,
}

impl Comment {
    /// Reads an HTML block or an inline comment, given as the bytes of its lines; none if it declares nothing.
    pub fn read(source: &Source, lines: &[Span]) -> Option<Self> {
        // Where lines end with a carriage return, the last line end comes as a line of its own.
        let is_blank = |line: &&Span| source.slice(**line).trim().is_empty();
        let end = lines.len() - lines.iter().rev().take_while(is_blank).count();
        let lines = &lines[..end];
        let (first, last) = (lines.first()?, lines.last()?);
        let opening = source.slice(*first);
        let start = first.start + (opening.len() - opening.trim_start().len());
        let mut end = last.end;
        let closing = source.slice(*last).trim_end();
        let is_whole = closing.ends_with("-->");
        if is_whole {
            end = last.start + closing.len();
        }
        let after = opening.trim_start().strip_prefix("<!--")?;
        let body = after.trim_start().strip_prefix("check:")?;
        let from = first.start + (opening.len() - body.len());
        let to = if is_whole { end - 3 } else { end };
        let lines = lines
            .iter()
            .map(|line| Span::new(line.start.max(from), line.end.min(to)))
            .filter(|line| line.start < line.end)
            .collect();
        Some(Self {
            span: Span::new(start, end),
            lines,
        })
    }
}
