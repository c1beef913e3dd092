//! What programs print, as pages hold it: with the same line ends everywhere, every character visible, and without what differs
//! between runs.

use crate::control::{is_bidi_control, picture};
use std::fmt::Write as _;

/// The text with `\n` line ends and without trailing blank lines.
pub fn normalize(text: &str) -> String {
    // A page can't hold a carriage return at the end of a line: it would be read as part of the line end.
    let lines = text.split('\n').map(|line| line.trim_end_matches('\r'));
    let text = lines.collect::<Vec<_>>().join("\n");
    let end = text.trim_end_matches(['\n', ' ', '\t']).len();
    // Spaces at the end of the last line of text count.
    let rest = &text[end..];
    let kept = rest.find('\n').map_or(rest.len(), |at| at);
    let mut text = text[..end + kept].to_owned();
    if text.trim().is_empty() {
        text.clear();
    } else {
        text.push('\n');
    }
    text
}

/// The text with control characters as pictures, such as `␛`, and others that nobody sees but that reorder or split lines as
/// escapes: a terminal obeys the first, and a reader sees another text with the second.
pub fn visible(text: &str) -> String {
    let is_hidden = |c: char| {
        c.is_control() && c != '\n' && c != '\t'
            || matches!(c, '\u{2028}' | '\u{2029}')
            || is_bidi_control(c)
    };
    if !text.contains(is_hidden) {
        return text.to_owned();
    }
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match picture(c) {
            _ if !is_hidden(c) => out.push(c),
            Some(picture) => out.push(picture),
            None => out.extend(c.escape_unicode()),
        }
    }
    out
}

/// The text of a program that has to fail: what it printed, normalized, and then what it said.
pub fn failed(stdout: &str, said: &str) -> String {
    let mut text = normalize(stdout);
    for line in said.lines().skip_while(|line| line.trim().is_empty()) {
        let _ = writeln!(text, "{line}");
    }
    text
}

/// What a Rust program said when it panicked, without thread ids and the places of panics. Some compilers' programs say a
/// panic after an empty line.
pub fn without_places(stderr: &str) -> String {
    let mut text = String::new();
    for line in stderr.lines().filter(|line| !is_note(line)) {
        let panic = line
            .strip_prefix("thread '")
            .and_then(|rest| rest.split_once('\''))
            .filter(|(_, rest)| rest.contains(" panicked at "));
        if let Some((thread, _)) = panic {
            if text.ends_with("\n\n") || text == "\n" {
                text.pop();
            }
            let _ = writeln!(text, "thread '{thread}' panicked:");
        } else {
            let _ = writeln!(text, "{line}");
        }
    }
    text
}

/// Whether a line of what a Rust program said is about how to have it say more.
pub fn is_note(line: &str) -> bool {
    line.starts_with("note: run with `RUST_BACKTRACE")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_line_ends_and_trailing_blank_lines_are_normalized() {
        assert_eq!(normalize("a \r\nb  \n\n \n"), "a \nb  \n");
        assert_eq!(normalize("a"), "a\n");
        assert_eq!(normalize("a\r\r\nb\rc\r"), "a\nb\rc\n");
        assert_eq!(normalize(" \n\n"), "");
        assert_eq!(normalize("\n a\n"), "\n a\n");
    }

    #[test]
    fn a_panic_is_said_without_its_thread_and_place() {
        let said = "\nthread 'main' (7) panicked at block_a.rs:3:5:\ntoo late\nnote: run with `RUST_BACKTRACE=1`\n";
        assert_eq!(
            failed("one\n\n", &without_places(said)),
            "one\nthread 'main' panicked:\ntoo late\n"
        );
    }
}
