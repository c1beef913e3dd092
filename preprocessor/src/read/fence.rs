//! A fenced code block: its bytes, its info string, and its lines without the container's prefix.

use crate::text::markdown::Spanned;
use crate::text::source::Source;
use crate::text::span::Span;
use pulldown_cmark::Event;

/// A fenced code block of a page.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fence {
    /// From the opening fence to the end of the closing one, without the last line end.
    pub span: Span,
    /// The info string: the text after the opening fence.
    pub info: Span,
    /// The content's lines.
    pub lines: Vec<Line>,
    /// What a list or a quote puts before each line of the content, such as `> `.
    pub prefix: String,
    /// Whether a closing fence was found.
    pub closed: bool,
}

/// A line of a fence's content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Line {
    /// Its text, without the container's prefix and the line end.
    pub text: String,
    /// Its bytes.
    pub span: Span,
}

impl Fence {
    /// The content, each line ended by `\n`.
    pub fn text(&self) -> String {
        self.lines
            .iter()
            .flat_map(|line| [&line.text, "\n"])
            .collect()
    }

    /// The bytes of the opening line, which messages quote instead of the whole fence.
    pub fn opening(&self) -> Span {
        Span::new(self.span.start, self.info.end)
    }
}

/// Reads a fence from its bytes and the events after its start.
pub(super) fn read(source: &Source, span: Span, rest: &[Spanned<'_>]) -> Fence {
    let span = Span::new(span.start, span.start + source.slice(span).trim_end().len());
    let first = source.position(span.start).line;
    let last = source.position(span.end).line;
    let opening = source.line(first).unwrap_or(span);
    let marker = marker(source.slice(span.start..opening.end));
    let info = trimmed(source, Span::new(span.start + marker.len(), opening.end));
    let prefix = source
        .slice(opening.start..span.start)
        .chars()
        .map(|c| if c == '>' || c == '\t' { c } else { ' ' })
        .collect();
    let closing = source.line(last).unwrap_or(span);
    let closed = last > first && closes(source.slice(closing.start..span.end), marker);

    let mut texts: Vec<Span> = rest
        .iter()
        .map_while(|(event, span)| matches!(event, Event::Text(_)).then_some(*span))
        .collect();
    texts.dedup();
    let mut texts = texts.into_iter().peekable();
    let end = if closed { last } else { last + 1 };
    let lines = (first + 1..end)
        .filter_map(|number| source.line(number))
        .map(|line| {
            while texts.next_if(|text| text.end <= line.start).is_some() {}
            let start = match texts.peek() {
                Some(text) if text.start <= line.end => text.start.max(line.start),
                _ => line.end,
            };
            let span = Span::new(start, line.end);
            Line {
                text: source.slice(span).to_owned(),
                span,
            }
        })
        .collect();
    Fence {
        span,
        info,
        lines,
        prefix,
        closed,
    }
}

/// The run of backticks or tildes that a line starts with.
pub(crate) fn marker(line: &str) -> &str {
    let mark = line.chars().next().unwrap_or('`');
    &line[..line.len() - line.trim_start_matches(mark).len()]
}

fn closes(line: &str, marker: &str) -> bool {
    let line = line.trim_start_matches([' ', '\t', '>']).trim_end();
    line.len() >= marker.len() && line.chars().all(|c| marker.starts_with(c))
}

fn trimmed(source: &Source, span: Span) -> Span {
    let text = source.slice(span);
    let start = span.start + (text.len() - text.trim_start().len());
    Span::new(start, start + text.trim().len())
}
