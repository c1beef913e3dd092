//! Characters that turn text around, in what a page proves: a reader would see another program, output or figure than the one that was
//! verified (CVE-2021-42574).
//!
//! Prose may have them, and in books that are written from right to left it has. Marks such as U+200F turn nothing around.

use crate::read::{Fence, Parts};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::text::visible::{is_bidi_control, is_bidi_override};
use std::sync::Arc;

/// What is hidden in the parts of a page, its includes expanded.
pub fn check(parts: &Parts) -> Vec<Finding> {
    let page = &parts.source;
    let mut findings = Vec::new();
    let blocks = parts.blocks.iter();
    let fences = blocks.flat_map(|block| [Some(&block.code), block.output.as_ref()]);
    for fence in fences.flatten().chain(&parts.calcs) {
        fence_findings(page, fence, &mut findings);
    }
    for figure in &parts.figures {
        findings.extend(first(page, figure.comment, is_bidi_control));
        let before = page.slice(figure.before);
        // The figure's last digits; its unit, if it has one, comes after them.
        let end = before.rfind(|c: char| c.is_ascii_digit());
        let end = end.unwrap_or(before.trim_end().len());
        let word = before[..end].rfind(char::is_whitespace).unwrap_or_default();
        // Text before a figure's word, in its paragraph, may turn the digits around only by force.
        let (start, end) = (figure.before.start, figure.before.end);
        findings.extend(first(
            page,
            Span::new(start, start + word),
            is_bidi_override,
        ));
        findings.extend(first(page, Span::new(start + word, end), is_bidi_control));
    }
    for table in parts.tables.iter().filter(|table| !table.checks.is_empty()) {
        findings.extend(first(page, table.span, is_bidi_override));
    }
    let checks = parts.tables.iter().flat_map(|table| &table.checks);
    for comment in checks.chain(&parts.orphans) {
        findings.extend(first(page, comment.span, is_bidi_control));
    }
    for claimed in &parts.claims {
        findings.extend(first(page, claimed.comment, is_bidi_control));
    }
    findings.dedup();
    findings
}

fn fence_findings(page: &Arc<Source>, fence: &Fence, findings: &mut Vec<Finding>) {
    findings.extend(first(page, fence.info, is_bidi_control));
    for line in &fence.lines {
        findings.extend(first(page, line.span, is_bidi_control));
    }
}

/// The first character of this kind in these bytes.
fn first(source: &Arc<Source>, span: Span, is_hidden: fn(char) -> bool) -> Option<Finding> {
    let text = source.slice(span);
    let (at, c) = text.char_indices().find(|(_, c)| is_hidden(*c))?;
    let start = span.start + at;
    let message = format!(
        "the hidden character U+{:04X} ({}) makes this read as something else",
        u32::from(c),
        name(c)
    );
    Some(
        Finding::new(
            Code::Hidden,
            source,
            Span::new(start, start + c.len_utf8()),
            message,
        )
        .with_label("here")
        .with_help("delete it; a program that has to print it can print it escaped"),
    )
}

fn name(c: char) -> &'static str {
    match c {
        '\u{202a}' => "left-to-right embedding",
        '\u{202b}' => "right-to-left embedding",
        '\u{202c}' => "pop directional formatting",
        '\u{202d}' => "left-to-right override",
        '\u{202e}' => "right-to-left override",
        '\u{2066}' => "left-to-right isolate",
        '\u{2067}' => "right-to-left isolate",
        '\u{2068}' => "first strong isolate",
        _ => "pop directional isolate",
    }
}
