//! The rules that a comment above a table declares, one a line, in the header's own words.
//!
//! ```text
//! <!-- check:
//! [Week] = (1 - [Availability]) × 7 days     wrong: [Weeks] = …, a column that the table doesn't have
//! ascending [Availability]                   wrong: rising [Availability]
//! -->
//! ```
//!
//! `;` parts rules too, so that a comment may stand on one line.

use crate::read::comment::Comment;
use crate::text::finding::Finding;
use crate::text::source::Source;
use std::ops::Range;
use std::sync::Arc;

/// One declared rule.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rule {
    /// The whole rule.
    pub span: Range<usize>,
    /// What it asks for.
    pub kind: Kind,
    /// The names of its columns, without the brackets. A formula has one: its result.
    pub columns: Vec<Range<usize>>,
}

/// What a rule asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Kind {
    /// `[Col] = expression`: each cell is a correct rounding of what the expression gives.
    Formula {
        /// The expression's bytes.
        expression: Range<usize>,
    },
    /// `key [Col]`: no two rows have the same text there; several columns count together.
    Key,
    /// `ascending [Col]`: no cell is less than the one above it.
    Ascending,
    /// `descending [Col]`: no cell is more than the one above it.
    Descending,
    /// `sum [Col]`: the last row is the total of the others.
    Sum,
    /// `share [Col]`: the cells add up to 100 %.
    Share,
    /// `rounded [Col]`: the cells are roundings wherever they are used.
    Rounded,
}

const WORDS: [(&str, Kind); 6] = [
    ("key", Kind::Key),
    ("ascending", Kind::Ascending),
    ("descending", Kind::Descending),
    ("sum", Kind::Sum),
    ("share", Kind::Share),
    ("rounded", Kind::Rounded),
];

/// The rules, or what is wrong with each.
pub fn rules(comment: &Comment, source: &Arc<Source>) -> Vec<Result<Rule, Box<Finding>>> {
    let mut rules = Vec::new();
    for line in &comment.lines {
        let mut at = line.start;
        for text in source.slice(line.clone()).split([';', '\n']) {
            let span = trimmed(text, at);
            at += text.len() + 1;
            if !span.is_empty() {
                rules.push(rule(source, span));
            }
        }
    }
    if rules.is_empty() {
        rules.push(Err(wrong(
            source,
            comment.span.clone(),
            "the comment declares nothing".to_owned(),
        )));
    }
    rules
}

fn rule(source: &Arc<Source>, span: Range<usize>) -> Result<Rule, Box<Finding>> {
    let text = source.slice(span.clone());
    if text.starts_with('[') {
        return formula(source, span);
    }
    let word = text.split([' ', '\t', '[']).next().unwrap_or_default();
    let Some((_, kind)) = WORDS.iter().find(|(name, _)| *name == word) else {
        return Err(wrong(
            source,
            span.start..span.start + word.len().max(1),
            format!("`{word}` is not a rule"),
        ));
    };
    let mut columns = Vec::new();
    let mut rest = text[word.len()..].trim_start();
    while !rest.is_empty() {
        let at = span.end - rest.len();
        let Some(name) = name(rest) else {
            return Err(wrong(
                source,
                at..span.end,
                "a column's name stands in brackets".to_owned(),
            ));
        };
        columns.push(trimmed(name, at + 1));
        rest = rest[name.len() + 2..].trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    if columns.is_empty() {
        return Err(wrong(source, span, format!("`{word}` names no column")));
    }
    Ok(Rule {
        span,
        kind: kind.clone(),
        columns,
    })
}

fn formula(source: &Arc<Source>, span: Range<usize>) -> Result<Rule, Box<Finding>> {
    let text = source.slice(span.clone());
    let Some(name) = name(text) else {
        return Err(wrong(
            source,
            span,
            "the column's bracket is never closed".to_owned(),
        ));
    };
    let rest = text[name.len() + 2..].trim_start();
    let Some(expression) = rest.strip_prefix('=').map(str::trim_start) else {
        return Err(wrong(
            source,
            span,
            "`=` has to follow the column that a formula is for".to_owned(),
        ));
    };
    if expression.is_empty() {
        return Err(wrong(source, span, "the formula is empty".to_owned()));
    }
    Ok(Rule {
        columns: vec![trimmed(name, span.start + 1)],
        kind: Kind::Formula {
            expression: span.end - expression.len()..span.end,
        },
        span,
    })
}

/// The text between the bracket that a text starts with and the one that closes it.
pub(crate) fn name(text: &str) -> Option<&str> {
    let inner = text.strip_prefix('[')?;
    let mut depth = 0;
    for (at, c) in inner.char_indices() {
        match c {
            '[' => depth += 1,
            ']' if depth == 0 => return Some(&inner[..at]),
            ']' => depth -= 1,
            _ => {}
        }
    }
    None
}

fn trimmed(text: &str, start: usize) -> Range<usize> {
    let start = start + (text.len() - text.trim_start().len());
    start..start + text.trim().len()
}

fn wrong(source: &Arc<Source>, span: Range<usize>, message: String) -> Box<Finding> {
    Box::new(
        Finding::new("table-check", source, span, message).with_help(
            "the rules are `[Col] = …`, `key`, `ascending`, `descending`, `sum`, `share` and `rounded`, each with `[Col]`",
        ),
    )
}

/// A comment that no table follows.
pub(super) fn orphan(source: &Arc<Source>, comment: &Comment) -> Finding {
    Finding::new(
        "table-check",
        source,
        comment.span.clone(),
        "no table stands below these rules",
    )
    .with_help("put the comment on lines of its own right above its table")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(text: &str) -> Vec<Result<(Kind, Vec<String>), String>> {
        let source = Arc::new(Source::new("a.md", text));
        let lines: Vec<_> = (1..).map_while(|line| source.line(line)).collect();
        let comment = Comment::read(&source, &lines).unwrap();
        super::rules(&comment, &source)
            .into_iter()
            .map(|rule| match rule {
                Ok(rule) => {
                    let names = rule
                        .columns
                        .iter()
                        .map(|c| source.slice(c.clone()).to_owned());
                    Ok((rule.kind, names.collect()))
                }
                Err(finding) => Err(source.slice(finding.span).to_owned()),
            })
            .collect()
    }

    #[test]
    fn rules_stand_one_a_line_or_parted_by_semicolons() {
        let text = "<!-- check:\n[A] = 2 × [B (ms)]\nkey [A], [B (ms)]\n-->";
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            rules(text),
            [
                Ok((Kind::Formula { expression: 18..31 }, names(&["A"]))),
                Ok((Kind::Key, names(&["A", "B (ms)"]))),
            ]
        );
        assert_eq!(
            rules("<!-- check: sum [A]; ascending [ B ] -->"),
            [
                Ok((Kind::Sum, names(&["A"]))),
                Ok((Kind::Ascending, names(&["B"])))
            ]
        );
    }

    #[test]
    fn what_is_no_rule_is_found_at_its_bytes() {
        for (text, at) in [
            ("<!-- check: rising [A] -->", "rising"),
            ("<!-- check: sum A -->", "A"),
            ("<!-- check: sum -->", "sum"),
            ("<!-- check: [A = 3 -->", "[A = 3"),
            ("<!-- check: [A] 3 -->", "[A] 3"),
            ("<!-- check: [A] = -->", "[A] ="),
            ("<!-- check: -->", "<!-- check: -->"),
        ] {
            assert_eq!(rules(text), [Err(at.to_owned())], "{text}");
        }
    }
}
