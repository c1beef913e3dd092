//! Spans: places in a text, counted in bytes.

use serde::{Deserialize, Serialize};
use std::ops::{Index, Range};

/// The bytes from `start` to before `end`.
#[derive(
    Debug, Clone, Copy, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize,
)]
pub struct Span {
    /// The first byte.
    pub start: usize,
    /// The byte after the last one.
    pub end: usize,
}

impl Span {
    /// The span from one byte to before another.
    pub const fn new(start: usize, end: usize) -> Self {
        Self { start, end }
    }

    /// The empty span before a byte.
    pub const fn at(offset: usize) -> Self {
        Self::new(offset, offset)
    }

    /// How many bytes it has.
    pub const fn len(self) -> usize {
        self.end.saturating_sub(self.start)
    }

    /// Whether it has no bytes.
    pub const fn is_empty(self) -> bool {
        self.len() == 0
    }

    /// The same bytes of a text that starts `by` bytes into another, as a span of the other.
    #[must_use]
    pub const fn shift(self, by: usize) -> Self {
        Self::new(self.start + by, self.end + by)
    }

    /// The opposite of [`shift`](Self::shift); a byte before the start counts as the start.
    #[must_use]
    pub const fn back(self, by: usize) -> Self {
        Self::new(self.start.saturating_sub(by), self.end.saturating_sub(by))
    }

    /// The span from the first byte of both to the last.
    #[must_use]
    pub fn cover(self, other: Self) -> Self {
        Self::new(self.start.min(other.start), self.end.max(other.end))
    }

    /// Whether it has all bytes of another span.
    pub const fn contains(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether a text has such a part: it is long enough, and no character is split.
    pub fn fits(self, text: &str) -> bool {
        text.get(self.start..self.end).is_some()
    }

    /// Its part of a text; empty where it doesn't fit the text.
    pub fn slice(self, text: &str) -> &str {
        text.get(self.start..self.end).unwrap_or_default()
    }
}

impl From<Range<usize>> for Span {
    fn from(range: Range<usize>) -> Self {
        Self::new(range.start, range.end)
    }
}

impl From<Span> for Range<usize> {
    fn from(span: Span) -> Self {
        span.start..span.end
    }
}

impl Index<Span> for str {
    type Output = str;

    fn index(&self, span: Span) -> &str {
        &self[span.start..span.end]
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_span_that_does_not_fit_is_empty() {
        assert_eq!(Span::new(1, 3).slice("aµb"), "µ");
        for (start, end) in [(2, 3), (3, 9), (3, 1)] {
            let span = Span::new(start, end);
            assert_eq!((span.fits("aµb"), span.slice("aµb")), (false, ""));
        }
        assert!(Span::at(3).is_empty());
        assert_eq!(Span::new(3, 1).len(), 0);
    }

    proptest! {
        #[test]
        fn a_shifted_span_has_the_same_bytes(before in ".{0,5}", text in ".{0,9}", at in 0usize..9) {
            let span = Span::new(0, text.char_indices().nth(at).map_or(text.len(), |(end, _)| end));
            let whole = format!("{before}{text}");
            prop_assert_eq!(span.shift(before.len()).slice(&whole), span.slice(&text));
        }

        #[test]
        fn a_cover_contains_both(a in 0usize..9, b in 0usize..9, c in 0usize..9, d in 0usize..9) {
            let (one, other) = (Span::new(a.min(b), a.max(b)), Span::new(c.min(d), c.max(d)));
            let cover = one.cover(other);
            prop_assert!(cover.contains(one) && cover.contains(other));
            prop_assert!(cover.len() >= one.len().max(other.len()));
        }
    }
}
