//! A cell as readers see it: a quantity, nothing, a range, or text.
//!
//! Emphasis, code, links, comments and footnote marks around a number don't count.

use crate::text::span::Span;
use mdbook_proof_text::quantity::{self, DecimalMark, Printed};
use mdbook_proof_text::visible::visible;

/// What a cell holds.
#[derive(Debug, Clone, PartialEq)]
pub enum Content {
    /// Nothing, or a dash for nothing.
    Nothing,
    /// A range or a bound, such as `10–20 ms` or `<1 ms`.
    Range,
    /// One quantity. Its spans count bytes of the cell.
    Quantity(Printed),
    /// Anything else.
    Text,
}

/// A cell of a table.
#[derive(Debug, Clone, PartialEq)]
pub struct Cell {
    /// The bytes between its bars.
    pub span: Span,
    /// Its text, with every byte that readers don't see replaced by a space.
    pub plain: String,
    /// What it holds.
    pub content: Content,
}

impl Cell {
    /// Reads a cell's bytes. `mark` is the character before the decimals of its numbers.
    pub fn read(text: &str, start: usize, mark: DecimalMark) -> Self {
        let plain = plain(text);
        let content = content(text, &plain, mark);
        Self {
            span: Span::new(start, start + text.len()),
            plain,
            content,
        }
    }

    /// The text that readers see, spaces made one.
    pub fn text(&self) -> String {
        words(&self.plain)
    }

    /// The cell's bytes without the space around them; all of an empty cell.
    pub fn inner(&self) -> Span {
        let text = self.plain.trim();
        if text.is_empty() {
            return self.span;
        }
        let start = self.span.start + (self.plain.len() - self.plain.trim_start().len());
        Span::new(start, start + text.len())
    }

    /// The quantity in it.
    pub fn quantity(&self) -> Option<&Printed> {
        match &self.content {
            Content::Quantity(printed) => Some(printed),
            _ => None,
        }
    }
}

/// A text with single spaces between its words.
pub(super) fn words(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The text with spaces in place of all bytes that readers don't see: as long as before.
pub(crate) fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let fill = |out: &mut String, end: usize| {
        out.extend(std::iter::repeat_n(' ', end - out.len()));
    };
    for seen in visible(text).iter().filter(|seen| !seen.is_raised) {
        fill(&mut out, seen.start);
        let written = &text[seen.start..seen.end];
        // A space of another kind may be a part of a number.
        let is_entity = written.len() > seen.c.len_utf8();
        if !(seen.c.is_ascii_whitespace() || (is_entity && seen.c.is_whitespace())) {
            out.push_str(written);
        }
        fill(&mut out, seen.end);
    }
    fill(&mut out, text.len());
    out
}

fn content(text: &str, plain: &str, mark: DecimalMark) -> Content {
    let plain = plain.trim();
    if matches!(plain, "" | "-" | "–" | "—" | "−") {
        return Content::Nothing;
    }
    if let Ok(Some(printed)) = quantity::read_whole(text, mark) {
        return Content::Quantity(printed);
    }
    if is_range(plain, mark) {
        Content::Range
    } else {
        Content::Text
    }
}

fn is_range(text: &str, mark: DecimalMark) -> bool {
    let is_quantity = |text: &str| matches!(quantity::read_whole(text, mark), Ok(Some(_)));
    let bound = [
        "<=", ">=", "&lt;", "&gt;", "<", ">", "≤", "≥", "±", "up to ",
    ]
    .into_iter()
    .find_map(|mark| text.strip_prefix(mark));
    if bound.is_some_and(is_quantity) || text.strip_suffix('+').is_some_and(is_quantity) {
        return true;
    }
    ["–", "—", "−", "-", "..", "…", " to ", "±"]
        .into_iter()
        .filter_map(|mark| text.split_once(mark))
        .any(|(from, to)| is_quantity(from) && is_quantity(to.trim_start_matches('.')))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Cell {
        let cell = Cell::read(text, 0, DecimalMark::Point);
        assert_eq!(cell.plain.len(), text.len(), "{text}");
        cell
    }

    #[test]
    fn quantities_are_read_through_marks() {
        for (text, number, unit) in [
            (" **52.6** min ", 52.6, "min"),
            ("`1,048,576`", 1_048_576.0, ""),
            ("99.99 %[^a]", 99.99, "%"),
            ("~1 GB/s", 1.0, "GB/s"),
            ("~ 1 GB/s", 1.0, "GB/s"),
            ("[150 µs](https://example.com/5)", 150.0, "µs"),
            ("150 us†", 150.0, "us"),
            ("64&nbsp;KiB", 64.0, "KiB"),
            ("64\u{202f}KB<!-- = 64 KB -->", 64.0, "KB"),
            ("*2^30*", 1_073_741_824.0, ""),
            ("12 000", 12_000.0, ""),
            ("12&#8239;000 B", 12_000.0, "B"),
            ("\"12 MB\"", 12.0, "MB"),
            ("1.5 bn", 1.5, ""),
            ("8<sup>a</sup>", 8.0, ""),
            ("\\~3 ms", 3.0, "ms"),
        ] {
            let cell = read(text);
            let printed = cell
                .quantity()
                .unwrap_or_else(|| panic!("{text}: {cell:?}"));
            assert_eq!(
                printed.parts[0].number.to_bits(),
                f64::to_bits(number),
                "{text}"
            );
            assert_eq!(printed.parts[0].unit, unit, "{text}");
            let digits = &text[printed.parts[0].digits.clone()];
            assert!(digits.starts_with(|c: char| c.is_ascii_digit()), "{text}");
        }
        assert_eq!(read("8h 45m 57s").quantity().unwrap().parts.len(), 3);
    }

    #[test]
    fn nothing_ranges_and_text_are_told_apart() {
        for text in ["", "  ", "—", "-", "[^a]"] {
            assert_eq!(read(text).content, Content::Nothing, "{text}");
        }
        for text in [
            "10–20 ms",
            "10-20",
            "1 to 5 GB",
            "<1 ms",
            "≥ 3",
            "10+",
            "5 ± 1",
            "1 ms – 2 ms",
        ] {
            assert_eq!(read(text).content, Content::Range, "{text}");
        }
        for text in [
            "a",
            "2026-11-22",
            "1.2.3",
            "5 × 3",
            "n/a",
            "表 5 x",
            "🦀",
            "0x10",
            "12 00",
            "12,5",
            "1**2**",
            "3rd",
            "v2",
            "12:30",
        ] {
            assert_eq!(read(text).content, Content::Text, "{text}");
        }
        assert_eq!(read(" [a  *b*](c) \\| d ").text(), "a b | d");
        assert_eq!(read("snake_case 2 * 3").text(), "snake_case 2 * 3");
    }
}
