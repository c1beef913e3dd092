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
    let printed: Vec<&str> = printed.lines().collect();
    let steps = align(&Lines {
        expected: &expected,
        printed: &printed,
    });
    let Some(steps) = steps else {
        return printed.iter().flat_map(|line| [*line, "\n"]).collect();
    };
    let mut out = String::new();
    for step in steps {
        match step {
            Step::Keep(at) => out.push_str(expected[at]),
            Step::Replace(at, line) => out.push_str(&rewritten_line(expected[at], printed[line])),
            Step::Add(line) => out.push_str(printed[line]),
            Step::Drop => continue,
        }
        out.push('\n');
    }
    out
}

/// A printed line in the place of an expected one: with the elisions of that whose neighbors are still there.
fn rewritten_line(expected: &str, printed: &str) -> String {
    if !expected.contains(TEXT) {
        return printed.to_owned();
    }
    let (expected, words) = (tokens(expected), tokens(printed));
    let steps = align(&Words {
        expected: &expected,
        printed: &words,
    });
    let Some(steps) = steps else {
        return printed.to_owned();
    };
    let is_kept = |at: usize| {
        expected.get(at).is_none_or(|_| {
            let kept = |step: &Step| matches!(step, Step::Keep(kept) if *kept == at);
            steps.iter().any(kept)
        })
    };
    let mut out = String::new();
    for step in &steps {
        match *step {
            Step::Keep(at) if expected[at] == TEXT => {
                if at.checked_sub(1).is_some_and(|before| !is_kept(before)) || !is_kept(at + 1) {
                    return printed.to_owned();
                }
                out.push_str(TEXT);
            }
            Step::Keep(at) => out.push_str(expected[at]),
            Step::Replace(_, word) | Step::Add(word) => out.push_str(words[word]),
            Step::Drop => {}
        }
    }
    out
}

/// A line's elisions, words, and single characters of other kinds.
fn tokens(line: &str) -> Vec<&str> {
    let mut tokens = Vec::new();
    let mut rest = line;
    while let Some(first) = rest.chars().next() {
        let word = rest.len() - rest.trim_start_matches(char::is_alphanumeric).len();
        let length = match word {
            0 if rest.starts_with(TEXT) => TEXT.len(),
            0 => first.len_utf8(),
            word => word,
        };
        let (token, after) = rest.split_at(length);
        tokens.push(token);
        rest = after;
    }
    tokens
}

/// Two sequences to align: lines of two texts, or words of two lines.
trait Pair {
    /// How many parts both have.
    fn lengths(&self) -> (usize, usize);

    /// Whether an expected part matches any printed ones.
    fn is_elision(&self, at: usize) -> bool;

    /// Whether a printed part is the expected one.
    fn is_equal(&self, at: usize, other: usize) -> bool;

    /// How much two parts have in common, up to 100.
    fn likeness(&self, at: usize, other: usize) -> i64;
}

/// What becomes of an expected part. Printed parts that no step names are elided.
#[derive(Clone, Copy)]
enum Step {
    /// It stays, or it is an elision that stays.
    Keep(usize),
    /// A printed part takes its place.
    Replace(usize, usize),
    /// A printed part is new.
    Add(usize),
    /// It is gone.
    Drop,
}

/// The worth of a part that stays: more than all changes together cost.
const KEPT: i64 = 1_000_000_000;

/// The cost of replacing a part by one that has nothing in common with it.
const REPLACED: i64 = 200;

/// The cost of a part that is new or gone.
const ADDED: i64 = 300;

/// The steps that keep most parts and then change least; none for texts that are too large.
fn align(pair: &impl Pair) -> Option<Vec<Step>> {
    let (expected, printed) = pair.lengths();
    if expected.saturating_mul(printed) > MOST_PAIRS {
        return None;
    }
    let width = printed + 1;
    // The worth of the best steps from each pair of places to the end.
    let mut worth = vec![0_i64; (expected + 1) * width];
    let options = |worth: &[i64], at: usize, other: usize| {
        let below = |at: usize, other: usize| worth[at * width + other];
        let (has, has_other) = (at < expected, other < printed);
        let is_elision = has && pair.is_elision(at);
        let mut options: [Option<(i64, usize, usize)>; 3] = [None; 3];
        if is_elision {
            options[0] = Some((below(at + 1, other) + KEPT, at + 1, other));
            options[1] = has_other.then(|| (below(at, other + 1), at, other + 1));
            return options;
        }
        if has && has_other {
            let gain = match pair.is_equal(at, other) {
                true => KEPT,
                false => pair.likeness(at, other) - REPLACED,
            };
            options[0] = Some((below(at + 1, other + 1) + gain, at + 1, other + 1));
        }
        options[1] = has.then(|| (below(at + 1, other) - ADDED, at + 1, other));
        options[2] = has_other.then(|| (below(at, other + 1) - ADDED, at, other + 1));
        options
    };
    for at in (0..=expected).rev() {
        for other in (0..=printed).rev() {
            let found = options(&worth, at, other);
            let best = found.iter().flatten().map(|(worth, ..)| *worth).max();
            worth[at * width + other] = best.unwrap_or(0);
        }
    }
    let mut steps = Vec::new();
    let (mut at, mut other) = (0, 0);
    while at < expected || other < printed {
        let best = worth[at * width + other];
        let found = options(&worth, at, other);
        let next = found.iter().flatten().find(|(worth, ..)| *worth == best);
        let (_, next_at, next_other) = *next?;
        if next_at > at && at < expected && pair.is_elision(at) {
            steps.push(Step::Keep(at));
        } else if next_at > at && next_other > other {
            steps.push(match pair.is_equal(at, other) {
                true => Step::Keep(at),
                false => Step::Replace(at, other),
            });
        } else if next_at > at {
            steps.push(Step::Drop);
        } else if at == expected || !pair.is_elision(at) {
            steps.push(Step::Add(other));
        }
        (at, other) = (next_at, next_other);
    }
    Some(steps)
}

struct Lines<'text> {
    expected: &'text [&'text str],
    printed: &'text [&'text str],
}

impl Pair for Lines<'_> {
    fn lengths(&self) -> (usize, usize) {
        (self.expected.len(), self.printed.len())
    }

    fn is_elision(&self, at: usize) -> bool {
        self.expected[at].trim() == LINES
    }

    fn is_equal(&self, at: usize, other: usize) -> bool {
        line_matches(self.expected[at], self.printed[other])
    }

    fn likeness(&self, at: usize, other: usize) -> i64 {
        likeness(self.expected[at], self.printed[other])
    }
}

struct Words<'line> {
    expected: &'line [&'line str],
    printed: &'line [&'line str],
}

impl Pair for Words<'_> {
    fn lengths(&self) -> (usize, usize) {
        (self.expected.len(), self.printed.len())
    }

    fn is_elision(&self, at: usize) -> bool {
        self.expected[at] == TEXT
    }

    fn is_equal(&self, at: usize, other: usize) -> bool {
        self.expected[at] == self.printed[other]
    }

    fn likeness(&self, at: usize, other: usize) -> i64 {
        likeness(self.expected[at], self.printed[other])
    }
}

/// The share of two texts that is the same at both ends, in percent.
pub fn likeness(one: &str, other: &str) -> i64 {
    let same = |one: &mut dyn Iterator<Item = u8>, other: &mut dyn Iterator<Item = u8>| {
        one.zip(other)
            .take_while(|(one, other)| one == other)
            .count()
    };
    let (shorter, longer) = (one.len().min(other.len()), one.len().max(other.len()));
    let start = same(&mut one.bytes(), &mut other.bytes());
    let end = same(&mut one.bytes().rev(), &mut other.bytes().rev()).min(shorter - start);
    let percent = (start + end) * 100 / longer.max(1);
    i64::try_from(percent).unwrap_or(100)
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
        for (expected, printed, rewritten) in [
            ("id [..]\nhits 7\n", "id 8f\nhits 6\n", "id [..]\nhits 6\n"),
            // A changed line after `...` takes its own place, not that of what is elided.
            (
                "0\n...\ndone 2\n",
                "0\n1\n2\n3\n4\ndone 1\n",
                "0\n...\ndone 1\n",
            ),
            (
                "a\n...\nb 1\n...\nc\n",
                "a\nx\nb 2\ny\nc\n",
                "a\n...\nb 2\n...\nc\n",
            ),
            ("...\nlast 1\n", "x\ny\nlast 2\n", "...\nlast 2\n"),
            ("first 1\n...\n", "first 2\nx\n", "first 2\n...\n"),
            // Text in a changed line stays elided where what is around it is the same.
            (
                "start 0 at [..]\n",
                "start 1 at 0x7f\n",
                "start 1 at [..]\n",
            ),
            ("at [..], n=0\n", "at 0x7f3c, n=1\n", "at [..], n=1\n"),
            ("[..] of 3\n", "12.5 of 4\n", "[..] of 4\n"),
            ("id [..]\n", "end\n", "end\n"),
            ("a\n...\n", "a\n", "a\n...\n"),
        ] {
            assert_eq!(rewrite(expected, printed), rewritten, "{expected}");
        }
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
