//! Comments `<!-- holds: … -->`: what has to hold, behind the sentence that says it.

use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use std::sync::Arc;

/// A comment with claims.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Claimed {
    /// From `<!--` to `-->`.
    pub comment: Span,
    /// The bytes of each claim, without the space around it.
    pub claims: Vec<Span>,
    /// The text of the same paragraph, item or cell before the comment; none where the comment stands alone below it.
    pub before: Option<Span>,
}

/// The word that such a comment starts with.
const MARK: &str = "holds:";

/// Reads the bytes of a comment; none if it claims nothing.
///
/// # Errors
/// A finding where it is one of ours, and empty.
pub(super) fn read(
    source: &Arc<Source>,
    comment: Span,
    before: Option<Span>,
) -> Option<Result<Claimed, Box<Finding>>> {
    let text = source.slice(comment);
    let inner = text.strip_prefix("<!--")?.strip_suffix("-->")?;
    let body = inner.trim_start().strip_prefix(MARK)?;
    let start = comment.start + "<!--".len() + (inner.len() - body.len());
    let mut claims = Vec::new();
    let mut at = start;
    for line in body.split_inclusive('\n') {
        // Lines in a quote start with its mark.
        let shown = line.trim_start_matches([' ', '\t', '>']);
        let from = at + (line.len() - shown.len());
        let shown = shown.trim();
        if !shown.is_empty() {
            claims.push(Span::new(from, from + shown.len()));
        }
        at += line.len();
    }
    if claims.is_empty() {
        let finding = Finding::new(Code::Claim, source, comment, "the comment claims nothing")
            .with_help("write what has to hold: <!-- holds: sweep.LRU > sweep.FIFO -->");
        return Some(Err(Box::new(finding)));
    }
    Some(Ok(Claimed {
        comment,
        claims,
        before,
    }))
}
