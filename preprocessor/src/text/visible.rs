//! Characters that a terminal obeys or that nobody sees, shown as escapes such as `\u{1b}`, and texts of a bounded size.
//!
//! Texts of others reach a terminal, a log and a page through here: file names, lines of a page, what a compiler or a program printed.

use crate::text::message;
pub use mdbook_proof_text::control::is_bidi_control;
use std::fmt::Write as _;

/// The longest line that is shown, in characters: a compiler that can't link says so in tens of thousands.
const LONGEST_LINE: usize = 1_000;
/// The most lines of one text that are shown.
const MOST_LINES: usize = 1_000;

/// Whether a terminal obeys a character, or nobody sees it: control characters, marks that change the direction of text, and
/// what has no width. Variation selectors are not among them, since every colored emoji has one.
pub fn is_hidden(c: char) -> bool {
    c.is_control()
        || is_bidi_control(c)
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180e}'
            | '\u{200b}'..='\u{200f}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}'
            | '\u{ffa0}' | '\u{fff9}'..='\u{fffb}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

/// Whether a character turns the text after it around by force, digits included.
pub fn is_bidi_override(c: char) -> bool {
    matches!(c, '\u{202d}' | '\u{202e}')
}

/// A text of one line or many. Tabs and line ends stay; a long line is cut, and so are many lines.
pub fn text(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    let mut lines = text.split('\n');
    for (number, line) in lines.by_ref().take(MOST_LINES).enumerate() {
        if number > 0 {
            shown.push('\n');
        }
        cut(&mut shown, line.strip_suffix('\r').unwrap_or(line), |c| {
            c == '\t'
        });
    }
    let rest = lines.filter(|line| !line.is_empty()).count();
    if rest > 0 {
        let _ = write!(shown, "\n… and {}", message::count(rest, "more line"));
    }
    shown
}

/// A text as one line, such as a file's name: line ends and tabs are escaped too, and a long one is cut.
pub fn line(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    cut(&mut shown, text, |_| false);
    shown
}

/// One character, escaped if it has to be.
pub fn push(shown: &mut String, c: char) {
    if is_hidden(c) {
        shown.extend(c.escape_unicode());
    } else {
        shown.push(c);
    }
}

fn cut(shown: &mut String, line: &str, stays: impl Fn(char) -> bool) {
    let mut characters = line.chars();
    for c in characters.by_ref().take(LONGEST_LINE) {
        if stays(c) {
            shown.push(c);
        } else {
            push(shown, c);
        }
    }
    let rest = characters.count();
    if rest > 0 {
        let _ = write!(shown, " … and {}", message::count(rest, "more character"));
    }
}

/// The text, with what a workflow's log would obey made harmless: it reads a line that begins with `::`, after any blanks, and a line with
/// `##[` anywhere as a command, whoever printed it.
pub fn without_commands(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        let blanks = line.len() - line.trim_start().len();
        let (blanks, rest) = line.split_at(blanks);
        shown.push_str(blanks);
        let rest = match rest.strip_prefix("::") {
            Some(rest) => {
                shown.push_str("\\u{3a}:");
                rest
            }
            None => rest,
        };
        escape_brackets(&mut shown, rest, "\\u{5b}");
    }
    shown
}

/// A line of JSON, in which those characters stand as JSON's own escapes: a program reads the same text.
pub fn json(line: &str) -> String {
    let mut escaped = String::with_capacity(line.len());
    for c in line.chars() {
        if is_hidden(c) {
            for unit in c.encode_utf16(&mut [0; 2]) {
                let _ = write!(escaped, "\\u{unit:04x}");
            }
        } else {
            escaped.push(c);
        }
    }
    let mut shown = String::with_capacity(escaped.len());
    // No `#` stands outside of a string.
    escape_brackets(&mut shown, &escaped, "\\u005b");
    shown
}

/// Replaces each bracket of `##[` and of its kind, such as `##vso[`.
fn escape_brackets(shown: &mut String, text: &str, escape: &str) {
    let mut parts = text.split('[');
    let mut before = parts.next().unwrap_or_default();
    shown.push_str(before);
    for part in parts {
        let is_command = before
            .trim_end_matches(|c: char| c.is_ascii_alphanumeric())
            .ends_with("##");
        shown.push_str(if is_command { escape } else { "[" });
        shown.push_str(part);
        before = part;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn what_a_terminal_obeys_and_what_nobody_sees_is_escaped() {
        assert_eq!(
            text("a\u{1b}[31mb\u{9b}2J\u{7f}\u{202e}c\u{200b}\u{feff}\u{2028}"),
            "a\\u{1b}[31mb\\u{9b}2J\\u{7f}\\u{202e}c\\u{200b}\\u{feff}\\u{2028}"
        );
        assert_eq!(text("a\r\n\tb\rc"), "a\n\tb\\u{d}c");
        assert_eq!(line("a\n\tb"), "a\\u{a}\\u{9}b");
        // Combining marks, emoji and right-to-left text are what an author wrote to be seen.
        for seen in ["é e\u{301}", "❤\u{fe0f}", "שלום", "日本語", "🦀"] {
            assert_eq!(text(seen), seen);
        }
    }

    #[test]
    fn long_lines_and_many_lines_are_cut_and_it_is_said() {
        let shown = text(&format!("{}\nb", "é".repeat(LONGEST_LINE + 2)));
        assert!(shown.ends_with("é … and 2 more characters\nb"), "{shown}");
        let shown = text(&"x\n".repeat(MOST_LINES + 1));
        assert!(shown.ends_with("x\n… and 1 more line"), "{shown}");
        let whole = "x\n".repeat(MOST_LINES);
        assert_eq!(text(&whole), whole.trim_end());
    }

    #[test]
    fn nothing_is_a_command_of_a_workflow() {
        for (shown, expected) in [
            ("::error::x", "\\u{3a}:error::x"),
            (" \u{a0}\t::x\n::y", " \u{a0}\t\\u{3a}:x\n\\u{3a}:y"),
            (
                "a ##[error]b ###[group]",
                "a ##\\u{5b}error]b ###\\u{5b}group]",
            ),
            ("##vso[task]", "##vso\\u{5b}task]"),
            ("a::b [c] # [d] #[e]", "a::b [c] # [d] #[e]"),
        ] {
            assert_eq!(without_commands(shown), expected);
        }
    }

    proptest! {
        #[test]
        fn no_text_leaves_a_hidden_character_or_a_command(given in "(\\PC|\\p{Cc}|\\p{Cf}|::|##|\\[|\n| |\u{2028}){0,30}") {
            let shown = without_commands(&text(&given));
            let is_plain = |c: char| c == '\n' || c == '\t' || !is_hidden(c);
            prop_assert!(shown.chars().all(is_plain), "{:?}", shown);
            prop_assert!(!shown.contains("##["), "{:?}", shown);
            let begins = shown.lines().any(|line| line.trim_start().starts_with("::"));
            prop_assert!(!begins, "{:?}", shown);
            prop_assert!(!line(&given).contains('\n'));
        }

        #[test]
        fn json_reads_the_same(given in "(\\PC|\\p{Cc}|\\p{Cf}|##\\[|\u{e0001}){0,30}") {
            let written = serde_json::to_string(&given).unwrap();
            let shown = json(&written);
            prop_assert!(!shown.contains("##[") && !shown.chars().any(is_hidden), "{:?}", shown);
            prop_assert_eq!(serde_json::from_str::<String>(&shown).unwrap(), given);
        }
    }
}
