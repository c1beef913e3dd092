//! What readers see of a line of Markdown: its characters, each with the bytes that it is written in.
//!
//! Emphasis, code marks, link targets, HTML tags, comments and footnote marks are left out, and entities such as
//! `&nbsp;` are decoded.

use std::collections::HashSet;

/// A character that readers see.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Seen {
    /// The character.
    pub c: char,
    /// Where it starts in the text.
    pub start: usize,
    /// Where it ends in the text.
    pub end: usize,
    /// Whether it is raised by `<sup>`.
    pub is_raised: bool,
    /// Whether markup stands between it and the character before it.
    pub is_cut: bool,
}

/// The characters that readers see. It takes time in proportion to the text's length.
pub fn visible(text: &str) -> Vec<Seen> {
    first_visible(text, usize::MAX)
}

/// The first characters that readers see, as many as `count`.
pub fn first_visible(text: &str, count: usize) -> Vec<Seen> {
    let mut scanner = Scanner {
        text,
        absent: HashSet::new(),
    };
    let mut seen = Vec::with_capacity(text.len().min(count));
    let mut is_cut = false;
    let mut at = 0;
    while seen.len() < count
        && let Some(c) = text[at..].chars().next()
    {
        // They only say which way what is beside them is read.
        if matches!(c, '\u{200e}' | '\u{200f}' | '\u{61c}') {
            at += c.len_utf8();
            continue;
        }
        let hidden = scanner.hidden(at, c);
        if hidden > 0 {
            if text[at..].starts_with("<sup>") {
                raised(text, at, at + hidden, &mut seen);
            }
            // An escape is written for the character after it.
            is_cut |= c != '\\';
            at += hidden;
            continue;
        }
        let (c, length) = match c {
            '&' => entity(&text[at..]).unwrap_or((c, 1)),
            _ => (c, c.len_utf8()),
        };
        seen.push(Seen {
            c,
            start: at,
            end: at + length,
            is_raised: false,
            is_cut: std::mem::take(&mut is_cut),
        });
        at += length;
        if c == '\n' {
            at += quote_marks(&text[at..]);
        }
    }
    seen
}

/// Adds the characters of a `<sup>` that may be a power or an ordinal's ending; others mark a footnote.
fn raised(text: &str, start: usize, end: usize, seen: &mut Vec<Seen>) {
    let inner = text[start..end]
        .strip_prefix("<sup>")
        .and_then(|rest| rest.strip_suffix("</sup>"))
        .unwrap_or_default();
    let is_power = inner
        .chars()
        .all(|c| c.is_ascii_digit() || matches!(c, '-' | '−' | '+'));
    if !is_power && !ORDINALS.contains(&inner) {
        return;
    }
    for (at, c) in inner.char_indices() {
        let at = start + "<sup>".len() + at;
        seen.push(Seen {
            c,
            start: at,
            end: at + c.len_utf8(),
            is_raised: true,
            is_cut: false,
        });
    }
}

/// The endings of ordinal numbers.
pub(crate) const ORDINALS: [&str; 4] = ["st", "nd", "rd", "th"];

/// The length of the marks of block quotes at the start of a paragraph's next line.
fn quote_marks(line: &str) -> usize {
    let mut end = 0;
    loop {
        let rest = &line[end..];
        let gap = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        if !rest[gap..].starts_with('>') {
            return end;
        }
        end += gap + 1;
    }
}

struct Scanner<'text> {
    text: &'text str,
    /// The marks that don't occur from here on, so that they are looked for once.
    absent: HashSet<&'static str>,
}

impl Scanner<'_> {
    /// How many bytes from `at` on, where `c` stands, readers don't see.
    fn hidden(&mut self, at: usize, c: char) -> usize {
        let rest = &self.text[at..];
        let before = self.text[..at].chars().next_back();
        let after = rest[c.len_utf8()..].chars().next();
        match c {
            '<' if rest.starts_with("<!--") => self.until(at, "-->"),
            '<' if rest.starts_with("<sup>") => self.until(at, "</sup>"),
            '<' if after.is_some_and(|c| c.is_ascii_alphabetic() || c == '/') => {
                self.until(at, ">")
            }
            '[' if rest.starts_with("[^") => self.until(at, "]"),
            ']' if rest.starts_with("](") => self.until(at, ")"),
            ']' if rest.starts_with("][") => match self.until(at + 1, "]") {
                0 => 0,
                length => length + 1,
            },
            '[' | ']' | '`' => 1,
            '*' if !(before.is_none_or(char::is_whitespace)
                && after.is_none_or(char::is_whitespace)) =>
            {
                1
            }
            '_' if !(before.is_some_and(char::is_alphanumeric)
                && after.is_some_and(char::is_alphanumeric)) =>
            {
                1
            }
            '~' if rest.starts_with("~~") => 2,
            '\\' if after.is_some_and(|c| c.is_ascii_punctuation() || c == '\n') => 1,
            '†' | '‡' => c.len_utf8(),
            _ => 0,
        }
    }

    /// How far it is to the end of `mark`; 0 where there is none.
    fn until(&mut self, at: usize, mark: &'static str) -> usize {
        if self.absent.contains(mark) {
            return 0;
        }
        match self.text[at..].find(mark) {
            Some(found) => found + mark.len(),
            None => {
                self.absent.insert(mark);
                0
            }
        }
    }
}

/// The entities that figures are written with.
const ENTITIES: [(&str, char); 43] = [
    ("nbsp", '\u{a0}'),
    ("NonBreakingSpace", '\u{a0}'),
    ("thinsp", '\u{2009}'),
    ("ThinSpace", '\u{2009}'),
    ("numsp", '\u{2007}'),
    ("puncsp", '\u{2008}'),
    ("hairsp", '\u{200a}'),
    ("ensp", '\u{2002}'),
    ("emsp", '\u{2003}'),
    ("times", '×'),
    ("middot", '·'),
    ("sdot", '⋅'),
    ("divide", '÷'),
    ("minus", '−'),
    ("plus", '+'),
    ("plusmn", '±'),
    ("pm", '±'),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lt", '<'),
    ("gt", '>'),
    ("le", '≤'),
    ("ge", '≥'),
    ("asymp", '≈'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("comma", ','),
    ("period", '.'),
    ("percnt", '%'),
    ("permil", '‰'),
    ("dollar", '$'),
    ("euro", '€'),
    ("pound", '£'),
    ("yen", '¥'),
    ("frac12", '½'),
    ("frac14", '¼'),
    ("frac34", '¾'),
    ("micro", 'µ'),
];

/// The character of the entity that a text starts with, and the entity's length.
fn entity(text: &str) -> Option<(char, usize)> {
    // The longest name above, and the longest number.
    let end = text.bytes().take(24).position(|byte| byte == b';')?;
    let name = &text[1..end];
    let c = match name.strip_prefix('#') {
        Some(number) => {
            let code = match number.strip_prefix(['x', 'X']) {
                Some(hexadecimal) => u32::from_str_radix(hexadecimal, 16),
                None => number.parse(),
            };
            char::from_u32(code.ok()?)?
        }
        None => ENTITIES.iter().find(|(known, _)| *known == name)?.1,
    };
    Some((c, end + 1))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shown(text: &str) -> String {
        visible(text).iter().map(|seen| seen.c).collect()
    }

    #[test]
    fn marks_are_left_out_and_entities_decoded() {
        for (text, wanted) in [
            ("**12** *MB*", "12 MB"),
            ("`12`&nbsp;~~a~~MB[^1]", "12\u{a0}aMB"),
            ("[150 µs](https://a.b/5)", "150 µs"),
            (
                "1&#8239;000 &#x2009;&thinsp;x",
                "1\u{202f}000 \u{2009}\u{2009}x",
            ),
            ("a<!-- 5 -->b<br>c", "abc"),
            ("8<sup>a</sup> 10<sup>6</sup> 3<sup>rd</sup>", "8 106 3rd"),
            ("snake_case 2 * 3", "snake_case 2 * 3"),
            ("a\n> > 5", "a\n 5"),
            ("&unknown; & b", "&unknown; & b"),
        ] {
            assert_eq!(shown(text), wanted, "{text}");
        }
        assert!(visible("1**2**")[1].is_cut);
        assert!(!visible(r"1\.2")[1].is_cut);
    }

    #[test]
    fn marks_that_are_never_closed_are_looked_for_once() {
        // Quadratic time would take minutes.
        for open in ["[a](", "[a][", "<!--", "<sup>", "<a", "[^"] {
            let text = open.repeat(250_000);
            assert!(!visible(&text).is_empty(), "{open}");
        }
    }

    proptest! {
        #[test]
        fn every_character_stands_where_it_says(text in "[ a1*_`\\[\\]()<>!&;#x~^\\\\é\n-]{0,40}") {
            let mut end = 0;
            for seen in visible(&text) {
                prop_assert!(end <= seen.start && seen.start < seen.end, "{:?}", seen);
                prop_assert!(text.get(seen.start..seen.end).is_some());
                end = seen.end;
            }
        }
    }
}
