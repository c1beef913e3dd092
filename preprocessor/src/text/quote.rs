//! The lines of a source that a finding is about, as a message quotes them: nothing hidden in them, and none too long.

use crate::text::source::Source;
use crate::text::span::Span;
use crate::text::visible;
use std::ops::Range;

/// The longest line that is quoted whole, in characters; of a longer one, what is around the place.
const LONGEST: usize = 300;
/// How much of a long line is quoted before the place.
const BEFORE: usize = 100;
/// The most lines that are quoted.
const MOST: usize = 500;

/// Quoted lines.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Quote {
    pub(super) text: String,
    /// Where the finding's bytes are in the text.
    pub(super) span: Range<usize>,
}

/// Quotes the lines that a span touches.
pub(super) fn quote(source: &Source, span: Span) -> Quote {
    let first = source.position(span.start).line;
    let last = source.position(span.end).line;
    let mut text = String::new();
    let (mut start, mut end) = (None, None);
    for number in first..=last.min(first + MOST) {
        let line = source.line(number).unwrap_or(span);
        if number > first {
            text.push('\n');
        }
        let content = source.slice(line);
        let skipped = match content.get(..span.start.saturating_sub(line.start)) {
            Some(before) if content.chars().nth(LONGEST).is_some() => {
                before.chars().count().saturating_sub(BEFORE)
            }
            _ => 0,
        };
        if skipped > 0 {
            text.push('…');
        }
        let mut characters = content.char_indices().skip(skipped);
        for (at, c) in characters.by_ref().take(LONGEST) {
            let at = line.start + at;
            if at >= span.start {
                start.get_or_insert(text.len());
            }
            if at >= span.end {
                end.get_or_insert(text.len());
            }
            if c == '\t' {
                text.push(c);
            } else {
                visible::push(&mut text, c);
            }
        }
        // A span may end, or start, where a line does.
        if span.start <= line.end {
            start.get_or_insert(text.len());
        }
        if span.end <= line.end {
            end.get_or_insert(text.len());
        }
        if characters.next().is_some() {
            text.push('…');
        }
    }
    let start = start.unwrap_or(text.len());
    Quote {
        span: start..end.unwrap_or(text.len()).max(start),
        text,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[track_caller]
    fn quoted(text: &str, span: Range<usize>) -> (String, String) {
        let quote = quote(&Source::new("a.md", text), Span::new(span.start, span.end));
        let marked = quote.text[quote.span].to_owned();
        (quote.text, marked)
    }

    #[test]
    fn the_marked_bytes_are_those_of_the_source() {
        assert_eq!(quoted("a\nbcd\r\ne", 3..4), ("bcd".into(), "c".into()));
        assert_eq!(
            quoted("a\n\u{1b}b\u{9b}c", 3..4),
            ("\\u{1b}b\\u{9b}c".into(), "b".into())
        );
        assert_eq!(quoted("ab\ncd", 1..4), ("ab\ncd".into(), "b\nc".into()));
        assert_eq!(quoted("ab", 2..2), ("ab".into(), String::new()));
        assert_eq!(quoted("", 0..0), (String::new(), String::new()));
    }

    #[test]
    fn of_a_long_line_what_is_around_the_place_is_quoted() {
        let text = format!("{}HERE{}", "é".repeat(5_000), "x".repeat(1_000_000));
        let (text, marked) = quoted(&text, 10_000..10_004);
        assert_eq!(marked, "HERE");
        assert_eq!(text.chars().count(), LONGEST + 2);
        assert!(text.starts_with("…é") && text.ends_with("x…"), "{text}");
        let (text, marked) = quoted(&"x".repeat(1_000_000), 0..1_000_000);
        assert_eq!((text.chars().count(), marked.len()), (301, 300));
    }

    proptest! {
        #[test]
        fn every_place_can_be_quoted(
            text in "[a\u{1b}é\u{202e}\r\n\t]{0,40}", one in 0usize..80, other in 0usize..80
        ) {
            let at = |offset: usize| (0..=offset.min(text.len())).rev().find(|at| text.is_char_boundary(*at)).unwrap();
            let (start, end) = (at(one.min(other)), at(one.max(other)));
            let quote = quote(&Source::new("a.md", text.clone()), Span::new(start, end));
            prop_assert!(quote.text.get(quote.span.clone()).is_some(), "{:?}", quote);
        }
    }
}
