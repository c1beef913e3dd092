//! Findings as text: the author's line quoted, what was expected and found, how to mend it.

use crate::finding::{BLESS, Finding};
use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};
use std::fmt::Write as _;

/// A finding as a person reads it. `bless` is the command that accepts what was found.
pub fn human(finding: &Finding, bless: &str, color: bool) -> String {
    let source = &finding.source;
    let start = source.position(finding.span.start).line;
    let end = source.position(finding.span.end).line;
    // Only the lines that the finding touches, however long the file is.
    let from = source.line(start).map_or(0, |line| line.start);
    let to = source
        .line(end)
        .map_or(source.text().len(), |line| line.end);
    let text = source.slice(from..to);
    let span = finding.span.start - from..finding.span.end.min(to) - from;
    let mut annotation = AnnotationKind::Primary.span(span);
    if let Some(label) = &finding.label {
        annotation = annotation.label(label.as_str());
    }
    let path = source.path().to_string_lossy();
    let level = if finding.code == "warning" {
        Level::WARNING
    } else {
        Level::ERROR
    };
    let group = level
        .primary_title(finding.message.as_str())
        .id(finding.code)
        .element(
            Snippet::source(text)
                .line_start(start)
                .path(path)
                .annotation(annotation),
        );
    let renderer = if color {
        Renderer::styled()
    } else {
        Renderer::plain()
    };
    let mut out = renderer.render(&[group]);
    let gutter = " ".repeat(end.to_string().len());
    for line in finding.details.iter().flat_map(|details| details.lines()) {
        let _ = write!(out, "\n{gutter}   {}", printable(line));
    }
    if let Some(help) = &finding.help {
        let _ = write!(out, "\n{gutter} = {}", help.replace(BLESS, bless));
    }
    out.push('\n');
    out
}

/// The line without control characters, which a terminal would obey.
pub fn printable(line: &str) -> String {
    line.chars()
        .map(|c| match c {
            '\t' => '\t',
            '\0'..='\x1f' => char::from_u32(0x2400 + u32::from(c)).unwrap_or('?'),
            '\x7f'..='\u{9f}' => '?',
            _ => c,
        })
        .collect()
}
