//! Comments that ask for a reading time.
//!
//! ```text
//! [LRU cache](lru.md)<!-- minutes -->             the time of the page
//! [Caching](index.md)<!-- minutes: chapter -->    the time of all pages in its folder
//! <!-- minutes: section -->                       the time of all pages whose own time the text asks for from here to the next heading
//! ```

use crate::text::span::Span;

/// A comment that asks for a reading time.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TimeMark {
    /// The whole comment.
    pub span: Span,
    /// Whose time; an error is what is written instead.
    pub of: Result<TimeOf, String>,
}

/// Whose reading time is asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeOf {
    /// That of the page which the link before it leads to, or of the section which it leads to.
    Link,
    /// That of the chapter whose page the link before it leads to.
    Chapter,
    /// That of the pages that follow.
    Section,
}

/// Reads a comment; none if it is another one.
pub(super) fn read(html: &str, span: Span) -> Option<TimeMark> {
    let inner = html.trim().strip_prefix("<!--")?.strip_suffix("-->")?;
    let rest = inner.trim().strip_prefix("minutes")?;
    let of = match rest.strip_prefix(':').map(str::trim) {
        None if rest.is_empty() => Ok(TimeOf::Link),
        // Prose may begin with this word.
        None => return None,
        Some("chapter") => Ok(TimeOf::Chapter),
        Some("section") => Ok(TimeOf::Section),
        Some(other) => Err(other.to_owned()),
    };
    let length = html.trim_end().len();
    let start = span.start + (html.len() - html.trim_start().len());
    Some(TimeMark {
        span: Span::new(start, span.start + length),
        of,
    })
}
