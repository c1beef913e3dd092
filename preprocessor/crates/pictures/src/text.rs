//! Text in pictures: how wide it is, where it breaks and is cut, and separators in its numbers.
//!
//! There is no font when a book is built, so widths are those of a common sans-serif font, rounded up.

use mdbook_proof_text::control::picture;
use std::borrow::Cow;

/// How wide a text is, in ems.
pub(super) fn width(text: &str) -> f64 {
    text.chars().map(character).sum()
}

fn character(c: char) -> f64 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' => 0.3,
        'f' | 't' | 'r' | ' ' | '(' | ')' | '[' | ']' | '/' | '-' | '"' => 0.4,
        'm' | 'w' | 'M' | 'W' | '%' | '@' => 0.92,
        'A'..='Z' | '~' | '+' | '=' | '<' | '>' | '×' | '→' | '≤' | '≥' => 0.72,
        '\0'..='\u{2e7f}' => 0.58,
        _ => 1.05,
    }
}

/// The text without control characters and runs of spaces, and no wider than `ems`: what is cut ends in `…`.
pub(super) fn cut(text: &str, ems: f64) -> String {
    let text = clean(text);
    if width(&text) <= ems {
        return text;
    }
    let mut room = ems - 1.0;
    let mut short: String = text
        .chars()
        .take_while(|c| {
            room -= character(*c);
            room >= 0.0
        })
        .collect();
    short.truncate(short.trim_end().len());
    short.push('…');
    short
}

/// The text in at most `lines` lines of at most `ems`, broken between words where possible.
pub(super) fn wrap(text: &str, ems: f64, lines: usize) -> Vec<String> {
    let text = clean(text);
    let mut wrapped: Vec<String> = Vec::new();
    let mut line = String::new();
    for word in text.split(' ') {
        let mut gap = " ";
        for piece in pieces(word, ems) {
            let is_full = width(&line) + width(gap) + width(piece) > ems;
            // The last line takes the rest, to be cut.
            if !line.is_empty() && is_full && wrapped.len() + 1 < lines {
                wrapped.push(std::mem::take(&mut line));
            }
            if !line.is_empty() {
                line.push_str(gap);
            }
            line.push_str(piece);
            gap = "";
        }
    }
    wrapped.push(line);
    wrapped.iter().map(|line| cut(line, ems)).collect()
}

/// A word in pieces of at most `ems`, where possible broken behind a sign such as the dots of a name.
fn pieces(word: &str, ems: f64) -> Vec<&str> {
    let mut pieces = Vec::new();
    let mut rest = word;
    while width(rest) > ems {
        let fits = |end: &usize| width(&rest[..*end]) <= ems;
        let ends = rest.char_indices().map(|(at, c)| at + c.len_utf8());
        let last = ends.clone().take_while(fits).last();
        let signs = ends.filter(|end| rest[..*end].ends_with(['.', ',', ':', '-', '/', '_', '=']));
        // One sign alone may be wider than the line.
        let first = rest.chars().next().map_or(0, char::len_utf8);
        let end = signs.take_while(fits).last().or(last).unwrap_or(first);
        let (piece, more) = rest.split_at(end.max(first));
        pieces.push(piece);
        rest = more;
    }
    if !rest.is_empty() || pieces.is_empty() {
        pieces.push(rest);
    }
    pieces
}

/// Control characters as their pictures, spaces one at a time.
pub(super) fn clean(text: &str) -> String {
    let mut clean = String::new();
    for c in text.trim().chars() {
        match c {
            ' ' | '\t' if clean.ends_with(' ') => {}
            '\t' => clean.push(' '),
            '\u{80}'..='\u{9f}' => clean.push('␡'),
            _ => clean.push(picture(c).unwrap_or(c)),
        }
    }
    clean
}

/// A number with a separator between each three digits before its point, from four digits on; what is no plain number stays.
pub(super) fn separated(text: &str) -> Cow<'_, str> {
    let Some((sign, whole, rest)) = whole(text).filter(|(_, whole, _)| whole.len() > 3) else {
        return text.into();
    };
    let mut separated = sign.to_owned();
    for (at, digit) in whole.char_indices() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            separated.push(',');
        }
        separated.push(digit);
    }
    separated.push_str(rest);
    separated.into()
}

/// How many digits a plain number has before its point; none where the text is something else.
pub(super) fn digits(text: &str) -> usize {
    whole(text).map_or(0, |(_, whole, _)| whole.len())
}

/// Whether numbers are years, which have no separators.
pub(super) fn are_years<'text>(mut texts: impl Iterator<Item = &'text str>) -> bool {
    texts.all(|text| {
        text.parse()
            .is_ok_and(|year: u32| (1900..=2100).contains(&year))
    })
}

/// A number as its sign, the digits before its point, and what comes after those: a fraction, and a unit.
fn whole(text: &str) -> Option<(&str, &str, &str)> {
    let unsigned = text.trim_start_matches(['-', '−', '+']);
    let (sign, unsigned) = text.split_at(text.len() - unsigned.len());
    let is_digit = |c: char| c.is_ascii_digit();
    let end = unsigned.find(|c| !is_digit(c)).unwrap_or(unsigned.len());
    let (whole, rest) = unsigned.split_at(end);
    let after = rest
        .strip_prefix('.')
        .map_or(rest, |fraction| fraction.trim_start_matches(is_digit));
    let is_number = !whole.is_empty() && (after.is_empty() || after.starts_with([' ', '%']));
    // Names such as 007 aren't numbers.
    (is_number && !(whole.len() > 1 && whole.starts_with('0'))).then_some((sign, whole, rest))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn long_text_is_wrapped_between_words_and_cut_at_the_end() {
        assert_eq!(wrap("put k1 = v1", 20.0, 2), ["put k1 = v1"]);
        assert_eq!(wrap("aaaa bbbb cccc", 3.0, 3), ["aaaa", "bbbb", "cccc"]);
        let lines = wrap(&"word ".repeat(99), 10.0, 2);
        assert_eq!(lines.len(), 2);
        assert!(lines[1].ends_with('…'));
        assert!(width(&cut(&"x".repeat(10_000), 10.0)) <= 10.1);
        assert_eq!(cut("a\t\x1b[0m", 9.0), "a ␛[0m");
    }

    proptest! {
        #[test]
        fn no_line_is_too_wide(text in "\\PC{0,80}", ems in 2.0..20.0, lines in 1..5usize) {
            let wrapped = wrap(&text, ems, lines);
            prop_assert!(!wrapped.is_empty() && wrapped.len() <= lines);
            for line in wrapped {
                prop_assert!(width(&line) <= ems + 0.1, "{}", line);
            }
        }
    }
}
