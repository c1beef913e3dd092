//! The difference between two outputs, in which lines that only look alike can be told apart.

use mdbook_proof_text::control::picture;
use similar::{ChangeTag, TextDiff};
use std::collections::HashSet;

/// The most lines of a difference that a message shows.
const MOST_LINES: usize = 60;

/// What is said below a difference in which characters are made visible.
const KEY: &str =
    "(`·` is a space here, `→` a tab, and `\\u{…}` a character that looks like another)";

/// The lines that differ, with two lines around them.
pub fn difference(old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let (mut removed, mut added) = (HashSet::new(), HashSet::new());
    for change in diff.iter_all_changes() {
        match change.tag() {
            ChangeTag::Delete => removed.insert(looks(line_of(change.value()))),
            ChangeTag::Insert => added.insert(looks(line_of(change.value()))),
            ChangeTag::Equal => false,
        };
    }
    let text = diff
        .unified_diff()
        .context_radius(2)
        .missing_newline_hint(false)
        .to_string();
    let mut is_spelled_out = false;
    let lines = text.split('\n').map(|line| {
        let is_change = line.starts_with(['-', '+']);
        let (mark, rest) = line.split_at(usize::from(is_change));
        let looks = looks(rest);
        if is_change && removed.contains(&looks) && added.contains(&looks) {
            is_spelled_out = true;
            format!("{mark}{}", spelled_out(rest))
        } else {
            line.to_owned()
        }
    });
    let text = lines.collect::<Vec<_>>().join("\n");
    let mut text = shown(text.trim_end_matches('\n'), MOST_LINES);
    if is_spelled_out {
        text.push('\n');
        text.push_str(KEY);
    }
    text
}

fn line_of(text: &str) -> &str {
    text.strip_suffix('\n').unwrap_or(text)
}

/// The first lines of a text that a message shows.
pub(super) fn shown(text: &str, most: usize) -> String {
    let mut lines: Vec<&str> = text.lines().take(most).collect();
    let rest = text.lines().count().saturating_sub(most);
    let more = match rest {
        1 => "… and 1 more line".to_owned(),
        _ => format!("… and {rest} more lines"),
    };
    if rest > 0 {
        lines.push(&more);
    }
    lines.join("\n")
}

/// A line as it looks to a reader: two lines with the same looks can't be told apart.
fn looks(line: &str) -> String {
    let mut looks = String::with_capacity(line.len());
    for c in line.chars() {
        match alike(c) {
            Some(' ') if looks.ends_with(' ') => {}
            Some(c) => looks.push(c),
            None => {}
        }
    }
    looks.truncate(looks.trim_end().len());
    looks
}

/// The character that one looks like; none where nothing is seen of it.
fn alike(c: char) -> Option<char> {
    if let Some(ascii) = letter(c) {
        return Some(ascii);
    }
    Some(match c {
        '\u{300}'..='\u{36f}'
        | '\u{ad}'
        | '\u{200b}'..='\u{200f}'
        | '\u{202a}'..='\u{202e}'
        | '\u{2060}'..='\u{2069}'
        | '\u{feff}'
        | '\u{fe00}'..='\u{fe0f}' => return None,
        _ if c.is_whitespace() => ' ',
        // The picture of a control character, and the character itself.
        '\0'..='\u{1f}' | '\u{7f}' => picture(c)?,
        '‐' | '‑' | '‒' | '–' | '—' | '―' | '−' | '⁃' | '－' | 'ー' | '─' | '━' => {
            '-'
        }
        '‘' | '’' | '‚' | '‛' | '′' | 'ʼ' | 'ʹ' | '´' => '\'',
        '“' | '”' | '„' | '‟' | '″' | '＂' => '"',
        '․' | '．' => '.',
        '，' => ',',
        '∶' | '：' | 'ː' => ':',
        '⁄' | '∕' | '／' => '/',
        '∗' | '＊' => '*',
        '∼' | '～' | '˜' => '~',
        '\u{b5}' => '\u{3bc}',
        '\u{2126}' => '\u{3a9}',
        '\u{212a}' => 'K',
        '·' | '∙' | '⋅' | '•' => '·',
        '！'..='～' => char::from_u32(u32::from(c) - 0xfee0)?,
        // A letter with its accent in one character, and in two.
        'À'..='Å' => 'A',
        'Ç' => 'C',
        'È'..='Ë' => 'E',
        'Ì'..='Ï' => 'I',
        'Ñ' => 'N',
        'Ò'..='Ö' => 'O',
        'Ù'..='Ü' => 'U',
        'Ý' => 'Y',
        'à'..='å' => 'a',
        'ç' => 'c',
        'è'..='ë' => 'e',
        'ì'..='ï' => 'i',
        'ñ' => 'n',
        'ò'..='ö' => 'o',
        'ù'..='ü' => 'u',
        'ý' | 'ÿ' => 'y',
        _ => c,
    })
}

/// The Latin letter that a Cyrillic or Greek one looks like.
fn letter(c: char) -> Option<char> {
    const LETTERS: [(&str, &str); 2] = [
        ("АВЕЅІЈКМНОРСТХУаеѕіјорсхуһԁ", "ABESIJKMHOPCTXYaesijopcxyhd"),
        ("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧοαν", "ABEZHIKMNOPTYXoav"),
    ];
    LETTERS.iter().find_map(|(theirs, ours)| {
        let at = theirs.chars().position(|other| other == c)?;
        ours.chars().nth(at)
    })
}

/// A line in which each character can be told apart.
fn spelled_out(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    for c in line.chars() {
        match c {
            ' ' => text.push('·'),
            '\t' => text.push('→'),
            c if c.is_ascii_graphic() => text.push(c),
            // What looks like no other character is easier to read as it is.
            c if c.is_alphanumeric() && alike(c) == Some(c) => text.push(c),
            c => text.extend(c.escape_unicode()),
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn lines_that_look_alike_are_spelled_out() {
        for (old, new, shown) in [
            ("trail", "trail  ", ["-trail", "+trail··"]),
            ("tab", "tab\t", ["-tab", "+tab→"]),
            ("a b", "a\u{a0}b", ["-a·b", "+a\\u{a0}b"]),
            ("a  b", "a\tb", ["-a··b", "+a→b"]),
            ("3-4", "3–4", ["-3-4", "+3\\u{2013}4"]),
            ("it's", "it’s", ["-it's", "+it\\u{2019}s"]),
            ("cost", "соst", ["-cost", "+\\u{441}\\u{43e}st"]),
            ("é", "e\u{301}", ["-\\u{e9}", "+e\\u{301}"]),
            ("ab", "a\u{200b}b", ["-ab", "+a\\u{200b}b"]),
            ("\u{1b}[1m", "␛[1m", ["-\\u{1b}[1m", "+\\u{241b}[1m"]),
            ("x", "ｘ", ["-x", "+\\u{ff58}"]),
        ] {
            let text = difference(&format!("{old}\n"), &format!("{new}\n"));
            let lines: Vec<&str> = text.lines().skip(1).collect();
            assert_eq!(lines, [shown[0], shown[1], KEY], "{text}");
        }
    }

    #[test]
    fn other_lines_stay_as_they_are() {
        let text = difference("a  b\nsame\t\n", "a  c\nsame\t\n");
        assert_eq!(text, "@@ -1,2 +1,2 @@\n-a  b\n+a  c\n same\t");
    }

    proptest! {
        #[test]
        fn two_lines_never_look_the_same(old in "[ab \t\u{a0}–é-]{0,6}", new in "[ab \t\u{a0}–é-]{0,6}") {
            prop_assume!(old != new);
            let text = difference(&format!("{old}\n"), &format!("{new}\n"));
            let line = |mark: char| text.lines().find_map(|line| line.strip_prefix(mark)).unwrap_or_default().to_owned();
            prop_assert_ne!(looks(&line('-')), looks(&line('+')), "{}", text);
        }
    }
}
