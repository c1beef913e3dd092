//! Replacing parts of a text, everything else left as it is.

use crate::text::span::Span;
use std::ops::Range;

/// A part of a text and what takes its place.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Edit {
    /// The bytes to replace; an empty range inserts.
    pub span: Span,
    /// The text that replaces them.
    pub text: String,
}

impl Edit {
    /// An edit that puts `text` in the place of `span`.
    pub fn new(span: impl Into<Span>, text: impl Into<String>) -> Self {
        Self {
            span: span.into(),
            text: text.into(),
        }
    }
}

/// Applies the edits, last one first, so that no edit moves the bytes of another.
///
/// Of two edits that overlap the later one in the text is applied.
pub fn apply(text: &str, edits: impl IntoIterator<Item = Edit>) -> String {
    let mut edits: Vec<Edit> = edits.into_iter().collect();
    edits.sort_by_key(|edit| edit.span);
    let mut out = text.to_owned();
    let mut untouched = text.len();
    for edit in edits.into_iter().rev() {
        if edit.span.end <= untouched && edit.span.start <= edit.span.end {
            untouched = edit.span.start;
            out.replace_range(Range::from(edit.span), &edit.text);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits_apply_in_any_order_and_leave_the_rest_alone() {
        let edits = [
            Edit::new(0..1, "AA"),
            Edit::new(4..5, ""),
            Edit::new(Span::at(2), "-"),
        ];
        assert_eq!(apply("abcde", edits), "AAb-cd");
        assert_eq!(apply("abc", []), "abc");
    }
}
