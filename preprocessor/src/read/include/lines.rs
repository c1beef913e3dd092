//! The lines of a file that an include selects.

use crate::read::include::directive::Selection;
use crate::text::source::Source;
use crate::text::span::Span;
use regex::Regex;
use std::sync::LazyLock;

static ANCHOR: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"ANCHOR:\s*(?<name>[\w_-]+)").ok());
static ANCHOR_END: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"ANCHOR_END:\s*(?<name>[\w_-]+)").ok());

/// A selected line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Line {
    /// Its bytes, without its line end.
    pub(super) span: Span,
    /// Whether it is shown, or only there.
    pub(super) is_shown: bool,
}

/// An anchor that a file doesn't have.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct NoAnchor {
    /// Its name.
    pub(super) name: String,
    /// The names of those that it has.
    pub(super) known: Vec<String>,
}

/// The lines that an include selects. With `hides_rest` the others are there too, hidden.
///
/// # Errors
/// When the file doesn't have the anchor.
pub(super) fn selected(
    file: &Source,
    selection: &Selection,
    hides_rest: bool,
) -> Result<Vec<Line>, NoAnchor> {
    let count = file.text().lines().count();
    let lines = (1..=count).filter_map(|number| file.line(number));
    let name = match selection {
        Selection::Anchor(name) => name,
        Selection::Range(from, to) => {
            let range = from.unwrap_or(0)..to.unwrap_or(count);
            return Ok(lines
                .enumerate()
                .map(|(number, span)| Line {
                    span,
                    is_shown: range.contains(&number),
                })
                .filter(|line| line.is_shown || hides_rest)
                .collect());
        }
    };
    let mut known = Vec::new();
    let mut is_found = false;
    let mut is_inside = false;
    let mut has_ended = false;
    let mut chosen = Vec::new();
    for span in lines {
        let text = file.slice(span);
        let (start, end) = (name_of(&ANCHOR, text), name_of(&ANCHOR_END, text));
        known.extend(start.map(str::to_owned));
        let was_inside = is_inside;
        match (was_inside, end, start) {
            (true, Some(end), _) if end == name => {
                is_inside = false;
                has_ended = true;
            }
            (true, None, None) if hides_rest || !has_ended => chosen.push(Line {
                span,
                is_shown: true,
            }),
            (false, _, Some(start)) if start == name => {
                is_inside = true;
                is_found = true;
            }
            (false, None, None) if hides_rest => chosen.push(Line {
                span,
                is_shown: false,
            }),
            _ => {}
        }
    }
    if is_found {
        Ok(chosen)
    } else {
        known.dedup();
        Err(NoAnchor {
            name: name.clone(),
            known,
        })
    }
}

/// The name in the comment of an anchor.
fn name_of<'line>(comment: &LazyLock<Option<Regex>>, line: &'line str) -> Option<&'line str> {
    // Most lines of a file have none.
    if !line.contains("ANCHOR") {
        return None;
    }
    let regex = comment.as_ref()?;
    Some(regex.captures(line)?.name("name")?.as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "1\n// ANCHOR: a\n2\n// ANCHOR: b\n3\n// ANCHOR_END: a\n4\n";

    fn texts(selection: &Selection, hides_rest: bool) -> Vec<(String, bool)> {
        let file = Source::new("f.rs", FILE);
        let lines = selected(&file, selection, hides_rest).unwrap();
        let text = |line: Line| (file.slice(line.span).to_owned(), line.is_shown);
        lines.into_iter().map(text).collect()
    }

    #[test]
    fn an_anchor_is_what_is_between_its_comments() {
        let anchor = Selection::Anchor("a".to_owned());
        let shown = |text: &str, is_shown| (text.to_owned(), is_shown);
        assert_eq!(texts(&anchor, false), [shown("2", true), shown("3", true)]);
        assert_eq!(
            texts(&anchor, true),
            [
                shown("1", false),
                shown("2", true),
                shown("3", true),
                shown("4", false)
            ]
        );
        let file = Source::new("f.rs", FILE);
        let other = Selection::Anchor("c".to_owned());
        assert_eq!(
            selected(&file, &other, false).unwrap_err().known,
            ["a", "b"]
        );
    }

    #[test]
    fn a_range_outside_the_file_selects_nothing() {
        assert!(texts(&Selection::Range(Some(90), Some(91)), false).is_empty());
        assert!(texts(&Selection::Range(Some(3), Some(1)), false).is_empty());
        assert_eq!(texts(&Selection::Range(Some(6), None), false).len(), 1);
    }
}
