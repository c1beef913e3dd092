//! Comments that make the figures of a table inputs, which readers can change.
//!
//! ```text
//! <!-- inputs: Your service -->
//!
//! | Input | Value |
//! | --- | --- |
//! | users | 10 million users<!-- = user_count --> |
//! ```

use crate::text::span::Span;

/// A comment that makes the figures of the table below it inputs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InputsMark {
    /// The whole comment.
    pub span: Span,
    /// What the inputs are called together.
    pub title: String,
}

/// Reads a comment; none if it is another one.
pub(super) fn read(html: &str, span: Span) -> Option<InputsMark> {
    let inner = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    let title = inner.trim().strip_prefix("inputs:")?;
    let start = span.start + (html.len() - html.trim_start().len());
    Some(InputsMark {
        span: Span::new(start, start + html.trim().len()),
        title: title.trim().to_owned(),
    })
}
