//! The includes in a text, found as mdBook finds them.
//!
//! mdBook's own expression and its reading of what follows are repeated here, since what one of the two doesn't see the other
//! would publish unseen; a test compares the two on generated texts.

use crate::text::span::Span;
use regex::Regex;
use std::sync::LazyLock;

/// An include in a text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Directive {
    /// Its bytes.
    pub span: Span,
    /// The file, relative to the folder of the file that includes it.
    pub path: String,
    /// What is done with the file.
    pub kind: Kind,
}

/// What an include does with its file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `include`: puts lines of it there.
    Lines(Selection),
    /// `rustdoc_include`: the same, the other lines hidden.
    HidingRest(Selection),
    /// `playground`: a fence with all of it, and these attributes.
    Playground(Vec<String>),
}

/// Lines of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// From one line to before another, counted from 0; all where nothing is given.
    Range(Option<usize>, Option<usize>),
    /// Between `ANCHOR: name` and `ANCHOR_END: name`.
    Anchor(String),
}

static DIRECTIVE: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r"\\\{\{\#.*\}\}|\{\{\s*\#(?<kind>[a-zA-Z0-9_]+)\s+(?<argument>[^}]+)\}\}").ok()
});

/// Finds the includes of a text.
pub fn directives(text: &str) -> Vec<Directive> {
    let found = DIRECTIVE.iter().flat_map(|regex| regex.captures_iter(text));
    found
        .filter_map(|found| {
            let mut words = found.name("argument")?.as_str().split_whitespace();
            let argument = words.next()?;
            let (path, kind) = match found.name("kind")?.as_str() {
                "include" => {
                    let (path, lines) = selection(argument);
                    (path, Kind::Lines(lines))
                }
                "rustdoc_include" => {
                    let (path, lines) = selection(argument);
                    (path, Kind::HidingRest(lines))
                }
                "playground" | "playpen" => {
                    let attributes = words.map(str::to_owned).collect();
                    (argument, Kind::Playground(attributes))
                }
                _ => return None,
            };
            Some(Directive {
                span: found.get(0)?.range().into(),
                path: path.to_owned(),
                kind,
            })
        })
        .collect()
}

/// The path of an include, and what it selects.
fn selection(argument: &str) -> (&str, Selection) {
    let (path, lines) = argument.split_once(':').unwrap_or((argument, ""));
    let (first, second) = match lines.split_once(':') {
        Some((first, rest)) => (first, Some(rest.split(':').next().unwrap_or_default())),
        None => (lines, None),
    };
    let start = match first.parse::<usize>() {
        Ok(line) => Some(line.saturating_sub(1)),
        Err(_) if first.is_empty() => None,
        Err(_) => return (path, Selection::Anchor(first.to_owned())),
    };
    let end = match (start, second) {
        (Some(start), None) => Some(start.saturating_add(1)),
        (None, None) => None,
        (_, Some(second)) => second.parse().ok(),
    };
    (path, Selection::Range(start, end))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn includes_are_found_where_mdbook_finds_them() {
        let text = "a {{#include x.rs}} \\{{#include y.rs}} \n{{ #include z.rs:2:4 }} {{#title T}} {{#include}} {{{#rustdoc_include a.rs:name}} \\{{ #include\nb.rs}} {{#playground p.rs editable}} {{#include open\n";
        let found: Vec<_> = directives(text)
            .into_iter()
            .map(|directive| (directive.path, directive.kind))
            .collect();
        let all = Selection::Range(None, None);
        assert_eq!(
            found,
            [
                ("x.rs".to_owned(), Kind::Lines(all.clone())),
                (
                    "z.rs".to_owned(),
                    Kind::Lines(Selection::Range(Some(1), Some(4)))
                ),
                (
                    "a.rs".to_owned(),
                    Kind::HidingRest(Selection::Anchor("name".to_owned()))
                ),
                ("b.rs".to_owned(), Kind::Lines(all)),
                (
                    "p.rs".to_owned(),
                    Kind::Playground(vec!["editable".to_owned()])
                ),
            ]
        );
    }

    #[test]
    fn a_selection_is_a_line_a_range_or_an_anchor() {
        let range = Selection::Range;
        for (argument, expected) in [
            ("a", range(None, None)),
            ("a:", range(None, None)),
            ("a:3", range(Some(2), Some(3))),
            ("a:0", range(Some(0), Some(1))),
            ("a::3", range(None, Some(3))),
            ("a:3:", range(Some(2), None)),
            ("a:3:x", range(Some(2), None)),
            ("a:2:4:9", range(Some(1), Some(4))),
            ("a:x:4", Selection::Anchor("x".to_owned())),
        ] {
            assert_eq!(selection(argument), ("a", expected), "{argument}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[{}#a-z :\\\\\nµ]{0,60}") {
            for directive in directives(&text) {
                prop_assert!(directive.span.fits(&text));
            }
        }
    }
}
