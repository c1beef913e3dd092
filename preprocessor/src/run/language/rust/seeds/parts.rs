//! Tokens between commas, and what a token is.

use crate::run::language::rust::tokens::{is_keyword, is_punct, word};
use proc_macro2::{Delimiter, Group, TokenTree};
use std::ops::Range;

/// The bytes of a token in its text.
pub(super) fn range(token: &TokenTree) -> Range<usize> {
    token.span().byte_range()
}

/// The group that a token is, if it has these brackets.
pub(super) fn group(token: Option<&TokenTree>, delimiter: Delimiter) -> Option<&Group> {
    match token {
        Some(TokenTree::Group(group)) if group.delimiter() == delimiter => Some(group),
        _ => None,
    }
}

/// Whether `::` starts at a token.
pub(super) fn is_path(tokens: &[TokenTree], at: usize) -> bool {
    is_punct(tokens.get(at), ':') && is_punct(tokens.get(at + 1), ':')
}

/// Whether `->` or `=>` ends at a token, whose `>` closes nothing.
pub(super) fn is_arrow(tokens: &[TokenTree], at: usize) -> bool {
    let before = at.checked_sub(1).and_then(|at| tokens.get(at));
    is_punct(before, '-') || is_punct(before, '=')
}

/// The index after the generics that may start at a token.
pub(super) fn after_generics(tokens: &[TokenTree], at: usize) -> usize {
    if !is_punct(tokens.get(at), '<') {
        return at;
    }
    let mut depth = 0_usize;
    for (index, token) in tokens.iter().enumerate().skip(at) {
        if is_punct(Some(token), '<') {
            depth += 1;
        } else if is_punct(Some(token), '>') && !is_arrow(tokens, index) {
            depth -= 1;
        }
        if depth == 0 {
            return index + 1;
        }
    }
    tokens.len()
}

/// The parts of a list of arguments. A comma between the bars of a closure or inside of generics separates none.
pub(super) fn arguments(tokens: &[TokenTree]) -> Vec<&[TokenTree]> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < tokens.len() {
        if is_punct(tokens.get(at), ',') {
            parts.push(&tokens[start..at]);
            start = at + 1;
        } else if opens_closure(tokens, at) {
            at = bar(tokens, at + 1).unwrap_or(at);
        } else if is_path(tokens, at) && is_punct(tokens.get(at + 2), '<') {
            at = after_generics(tokens, at + 2);
            continue;
        }
        at += 1;
    }
    if start < tokens.len() {
        parts.push(&tokens[start..]);
    }
    parts
}

/// The parts of a list of parameters or fields, whose types may have commas inside of generics.
pub(super) fn parameters(tokens: &[TokenTree]) -> Vec<&[TokenTree]> {
    let mut parts = Vec::new();
    let (mut start, mut at) = (0, 0);
    while at < tokens.len() {
        if is_punct(tokens.get(at), ',') {
            parts.push(&tokens[start..at]);
            start = at + 1;
        } else if is_punct(tokens.get(at), '<') {
            at = after_generics(tokens, at);
            continue;
        }
        at += 1;
    }
    if start < tokens.len() {
        parts.push(&tokens[start..]);
    }
    parts
}

/// A parameter's pattern: what comes before its type.
pub(super) fn pattern(parameter: &[TokenTree]) -> &[TokenTree] {
    let colon = |at: &usize| {
        let before = at.checked_sub(1).and_then(|at| parameter.get(at));
        is_punct(parameter.get(*at), ':') && !is_path(parameter, *at) && !is_punct(before, ':')
    };
    let end = (0..parameter.len()).find(colon);
    &parameter[..end.unwrap_or(parameter.len())]
}

/// The name that a pattern gives, if it gives one and nothing else.
pub(super) fn name(pattern: &[TokenTree]) -> Option<String> {
    match pattern {
        [one] => word(Some(one)),
        [mutable, one] if is_keyword(Some(mutable), "mut") => word(Some(one)),
        _ => None,
    }
}

/// The number of the parameter that is named `seed`.
pub(super) fn seed<'tokens>(
    mut parameters: impl Iterator<Item = &'tokens [TokenTree]>,
) -> Option<usize> {
    parameters.position(|parameter| name(pattern(parameter)).as_deref() == Some("seed"))
}

/// Whether the first bar of a closure is at a token: what comes before it is no value that `|` could follow.
pub(super) fn opens_closure(tokens: &[TokenTree], at: usize) -> bool {
    if !is_punct(tokens.get(at), '|') {
        return false;
    }
    match at.checked_sub(1).map(|at| &tokens[at]) {
        None => true,
        Some(TokenTree::Punct(punct)) => {
            matches!(punct.as_char(), ',' | '=' | ';' | '>' | '(' | '&')
        }
        Some(TokenTree::Ident(ident)) => ["move", "return", "else", "in"]
            .iter()
            .any(|word| ident == word),
        Some(_) => false,
    }
}

/// The place of the next bar.
pub(super) fn bar(tokens: &[TokenTree], from: usize) -> Option<usize> {
    (from..tokens.len()).find(|at| is_punct(tokens.get(*at), '|'))
}
