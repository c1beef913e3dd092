//! Elisions: in an expected output, `...` alone on a line matches any lines, and `[..]` any text within a
//! line.
//!
//! Kept by hand: `snapbox` has the same patterns, as part of a framework for tests.

/// Matches any lines.
const LINES: &str = "...";

/// Matches any text within a line.
const TEXT: &str = "[..]";

/// Larger comparisons than this, in pairs of lines, don't try to keep elisions.
const MOST_PAIRS: usize = 4_000_000;

/// Whether a text has anything elided.
pub fn is_in(expected: &str) -> bool {
    expected
        .lines()
        .any(|line| line.trim() == LINES || line.contains(TEXT))
}

/// Whether a printed text matches the expected one.
pub fn matches(expected: &str, printed: &str) -> bool {
    let expected: Vec<&str> = expected.lines().collect();
    let printed: Vec<&str> = printed.lines().collect();
    let (mut at, mut line) = (0, 0);
    // Where to go on if what follows the last `...` doesn't fit: one line later.
    let mut retry: Option<(usize, usize)> = None;
    while line < printed.len() {
        match expected.get(at) {
            Some(text) if text.trim() == LINES => {
                retry = Some((at, line));
                at += 1;
            }
            Some(text) if line_matches(text, printed[line]) => {
                at += 1;
                line += 1;
            }
            _ => match &mut retry {
                Some((star, tried)) => {
                    *tried += 1;
                    at = *star + 1;
                    line = *tried;
                }
                None => return false,
            },
        }
    }
    expected[at..].iter().all(|text| text.trim() == LINES)
}

fn line_matches(expected: &str, printed: &str) -> bool {
    let mut parts = expected.split(TEXT);
    let first = parts.next().unwrap_or_default();
    let Some(mut rest) = printed.strip_prefix(first) else {
        return false;
    };
    let mut parts: Vec<&str> = parts.collect();
    let Some(last) = parts.pop() else {
        return rest.is_empty();
    };
    for part in parts {
        match rest.find(part) {
            Some(at) => rest = &rest[at + part.len()..],
            None => return false,
        }
    }
    rest.ends_with(last)
}

/// The printed text, with the expected text's elisions where they still match.
pub fn rewrite(expected: &str, printed: &str) -> String {
    let expected: Vec<&str> = expected.lines().collect();
    let lines: Vec<&str> = printed.lines().collect();
    if expected.len().saturating_mul(lines.len()) > MOST_PAIRS {
        return printed.to_owned();
    }
    // For each pair of remainders, the most lines that they have in common.
    let width = lines.len() + 1;
    let mut common = vec![0u32; (expected.len() + 1) * width];
    for at in (0..expected.len()).rev() {
        for line in (0..lines.len()).rev() {
            common[at * width + line] = if line_matches(expected[at], lines[line]) {
                common[(at + 1) * width + line + 1] + 1
            } else {
                common[(at + 1) * width + line].max(common[at * width + line + 1])
            };
        }
    }
    let mut out = String::new();
    let (mut at, mut line) = (0, 0);
    let mut elided = false;
    let mut skipped: Vec<&str> = Vec::new();
    let mut push = |skipped: &mut Vec<&str>, elided: &mut bool, text: Option<&str>| {
        if *elided {
            out.push_str("...\n");
        } else {
            out.extend(skipped.iter().flat_map(|line| [*line, "\n"]));
        }
        skipped.clear();
        *elided = false;
        out.extend(text.into_iter().flat_map(|line| [line, "\n"]));
    };
    while at < expected.len() || line < lines.len() {
        let is_elision = expected.get(at).is_some_and(|text| text.trim() == LINES);
        if is_elision {
            elided = true;
            at += 1;
        } else if at < expected.len()
            && line < lines.len()
            && line_matches(expected[at], lines[line])
        {
            push(&mut skipped, &mut elided, Some(expected[at]));
            at += 1;
            line += 1;
        } else if at < expected.len()
            && line < lines.len()
            && common[(at + 1) * width + line + 1]
                >= common[at * width + line + 1].max(common[(at + 1) * width + line])
        {
            // A line that changed: it must not vanish in an adjacent elision.
            push(&mut skipped, &mut elided, Some(lines[line]));
            at += 1;
            line += 1;
        } else if line < lines.len()
            && (at == expected.len()
                || common[at * width + line + 1] >= common[(at + 1) * width + line])
        {
            skipped.push(lines[line]);
            line += 1;
        } else {
            // An expected line that is gone: it can't be distinguished from the text elided next to it.
            push(&mut skipped, &mut elided, None);
            at += 1;
        }
    }
    push(&mut skipped, &mut elided, None);
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn elisions_stand_for_lines_and_for_text() {
        assert!(matches("a\n...\nz\n", "a\nb\nc\nz\n"));
        assert!(matches("a\n...\nz\n", "a\nz\n"));
        assert!(matches("...\n", ""));
        assert!(!matches("a\n...\nz\n", "a\nb\n"));
        assert!(matches("at [..] of [..]!\n", "at 12 of 30!\n"));
        assert!(!matches("ab[..]ba\n", "aba\n"));
        assert!(matches("...\nb\n...\nb\n", "b\nx\nb\n"));
    }

    #[test]
    fn a_rewrite_keeps_the_elisions_that_fit() {
        assert_eq!(
            rewrite("id [..]\nhits 7\n...\nend\n", "id 8f\nhits 6\nx\ny\nend\n"),
            "id [..]\nhits 6\n...\nend\n"
        );
        assert_eq!(
            rewrite("id [..]\nhits 7\n", "id 8f\nhits 6\n"),
            "id [..]\nhits 6\n"
        );
    }

    proptest! {
        #[test]
        fn a_text_matches_itself_and_its_rewrite(
            expected in "([ab\\.]{0,3}(\\[\\.\\.\\])?\n|\\.\\.\\.\n){0,6}",
            printed in "([ab]{0,3}\n){0,6}",
        ) {
            prop_assert!(matches(&printed, &printed));
            let rewritten = rewrite(&expected, &printed);
            prop_assert!(matches(&rewritten, &printed), "{rewritten:?}");
        }
    }
}
