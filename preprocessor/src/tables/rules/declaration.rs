//! Declarations: the rules that a comment above a table asks for, one a line, in the header's own words.
//!
//! ```text
//! <!-- check:
//! [Week] = (1 - [Availability]) × 7 days     wrong: [Weeks] = …, a column that the table doesn't have
//! ascending [Availability]                   wrong: rising [Availability]
//! -->
//! ```
//!
//! `;` separates rules too, so that one line can hold several.

use crate::read::Comment;
use crate::tables::rules::rule::{Form, Rule};
use crate::tables::rules::{ALL, formula};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_text::bracket::bracketed;
use std::sync::Arc;

/// One rule as it is declared.
#[derive(Debug, Clone)]
pub struct Declaration {
    /// All of its bytes.
    pub span: Span,
    /// The rule.
    pub(crate) rule: &'static dyn Rule,
    /// The names of its columns, without the brackets. A formula has one: its result.
    pub columns: Vec<Span>,
    /// The bytes of a formula's expression; empty for the other rules.
    pub expression: Span,
}

/// The declarations of a comment, or what is wrong with each.
pub fn declarations(
    comment: &Comment,
    source: &Arc<Source>,
) -> Vec<Result<Declaration, Box<Finding>>> {
    let mut rules = Vec::new();
    for line in &comment.lines {
        let mut at = line.start;
        for text in source.slice(*line).split([';', '\n']) {
            let span = trimmed(text, at);
            at += text.len() + 1;
            if !span.is_empty() {
                rules.push(declaration(source, span));
            }
        }
    }
    if rules.is_empty() {
        rules.push(Err(wrong(
            source,
            comment.span,
            "the comment declares nothing".to_owned(),
        )));
    }
    rules
}

fn declaration(source: &Arc<Source>, span: Span) -> Result<Declaration, Box<Finding>> {
    let text = source.slice(span);
    if text.starts_with('[') {
        return formula(source, span);
    }
    let word = text.split([' ', '\t', '[']).next().unwrap_or_default();
    let declared_by = |rule: &&&dyn Rule| matches!(rule.form(), Form::Word(name) if name == word);
    let Some(rule) = ALL.iter().find(declared_by) else {
        return Err(wrong(
            source,
            Span::new(span.start, span.start + word.len().max(1)),
            format!("`{word}` is not a rule"),
        ));
    };
    let mut columns = Vec::new();
    let mut rest = text[word.len()..].trim_start();
    while !rest.is_empty() {
        let at = span.end - rest.len();
        let Some(name) = bracketed(rest) else {
            return Err(wrong(
                source,
                Span::new(at, span.end),
                "a column's name goes in brackets".to_owned(),
            ));
        };
        columns.push(trimmed(name, at + 1));
        rest = rest[name.len() + 2..].trim_start();
        rest = rest.strip_prefix(',').unwrap_or(rest).trim_start();
    }
    if columns.is_empty() {
        return Err(wrong(source, span, format!("`{word}` names no column")));
    }
    Ok(Declaration {
        expression: Span::at(span.end),
        span,
        rule: *rule,
        columns,
    })
}

fn formula(source: &Arc<Source>, span: Span) -> Result<Declaration, Box<Finding>> {
    let text = source.slice(span);
    let Some(name) = bracketed(text) else {
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
    Ok(Declaration {
        columns: vec![trimmed(name, span.start + 1)],
        rule: &formula::Formula,
        expression: Span::new(span.end - expression.len(), span.end),
        span,
    })
}

fn trimmed(text: &str, start: usize) -> Span {
    let start = start + (text.len() - text.trim_start().len());
    Span::new(start, start + text.trim().len())
}

fn wrong(source: &Arc<Source>, span: Span, message: String) -> Box<Finding> {
    Box::new(
        Finding::new(Code::TableCheck, source, span, message).with_help(format!(
            "the rules are `[Col] = …`, {}, each with `[Col]`",
            words()
        )),
    )
}

/// The words that declare rules: `key`, `ascending` and so on.
fn words() -> String {
    let words: Vec<String> = ALL
        .iter()
        .filter_map(|rule| match rule.form() {
            Form::Word(word) => Some(format!("`{word}`")),
            Form::Equation | Form::Always => None,
        })
        .collect();
    match words.split_last() {
        Some((last, rest)) => format!("{} and {last}", rest.join(", ")),
        None => String::new(),
    }
}

/// A comment that no table follows.
pub(crate) fn orphan(source: &Arc<Source>, comment: &Comment) -> Finding {
    Finding::new(
        Code::TableCheck,
        source,
        comment.span,
        "there is no table below these rules",
    )
    .with_help("put the comment on lines of its own right above its table")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Read = (Form, String, Vec<String>);

    fn rules(text: &str) -> Vec<Result<Read, String>> {
        let source = Arc::new(Source::new("a.md", text));
        let lines: Vec<_> = (1..).map_while(|line| source.line(line)).collect();
        let comment = Comment::read(&source, &lines).unwrap();
        declarations(&comment, &source)
            .into_iter()
            .map(|rule| match rule {
                Ok(rule) => {
                    let names = rule.columns.iter().map(|c| source.slice(*c).to_owned());
                    let expression = source.slice(rule.expression).to_owned();
                    Ok((rule.rule.form(), expression, names.collect()))
                }
                Err(finding) => Err(source.slice(finding.span).to_owned()),
            })
            .collect()
    }

    #[test]
    fn rules_stand_one_a_line_or_separated_by_semicolons() {
        let text = "<!-- check:\n[A] = 2 × [B (ms)]\nkey [A], [B (ms)]\n-->";
        let names = |names: &[&str]| names.iter().map(ToString::to_string).collect::<Vec<_>>();
        assert_eq!(
            rules(text),
            [
                Ok((Form::Equation, "2 × [B (ms)]".to_owned(), names(&["A"]))),
                Ok((Form::Word("key"), String::new(), names(&["A", "B (ms)"]))),
            ]
        );
        assert_eq!(
            rules("<!-- check: sum [A]; ascending [ B ] -->"),
            [
                Ok((Form::Word("sum"), String::new(), names(&["A"]))),
                Ok((Form::Word("ascending"), String::new(), names(&["B"])))
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
