//! The varied copy of a block: each literal that may vary is replaced by a lookup of what is set.
//!
//! The copy has the block's lines, so that what is said about one is said about the same line of the page. A lookup is generic
//! over the literal's type, so that types are inferred as before.

use super::literal::Literal;
use super::places::Bound;
use crate::text::span::Span;
use mdbook_proof_calculator::claims::domain::Domain;
use std::fmt::Write as _;

/// The module of the crate that the lookups are in. No block that shares a crate can name it: that takes `crate`.
pub(super) const READER: &str = "__mdbook_proof_settings";

/// The code with lookups, and for each parameter the bytes of its lookup in it.
pub(super) fn rewrite(code: &str, parameters: &[(&Bound, &Domain)]) -> (String, Vec<Span>) {
    let mut order: Vec<(usize, Span)> = parameters
        .iter()
        .enumerate()
        .filter_map(|(place, (bound, _))| Some((place, bound.span()?)))
        .collect();
    order.sort_by_key(|(_, span)| span.start);
    let mut text = String::new();
    let mut spans = vec![Span::default(); parameters.len()];
    let mut done = 0;
    for (place, span) in order {
        let (bound, domain) = parameters[place];
        let (before, after) = lookup(place, bound, domain);
        text.push_str(Span::new(done, span.start).slice(code));
        let start = text.len();
        let _ = write!(text, "{before}{}{after}", span.slice(code));
        spans[place] = Span::new(start, text.len());
        done = span.end;
    }
    text.push_str(&code[done..]);
    (text, spans)
}

/// What comes before and after the literal.
fn lookup(place: usize, bound: &Bound, domain: &Domain) -> (String, String) {
    let is_list = matches!(bound, Bound::List(..));
    let (Domain::Choices(choices), Some(literal)) = (domain, bound.literals().first()) else {
        let function = if is_list { "list" } else { "number" };
        return (
            format!("crate::{READER}::{function}({place}, "),
            ")".to_owned(),
        );
    };
    let choice = format!("match crate::{READER}::choice({place}, &{choices:?}) {{ ");
    match is_list {
        true => {
            let is_there = |choice: &str| {
                bound
                    .literals()
                    .iter()
                    .any(|other| other.choice() == Some(choice))
            };
            let new =
                |literal: &Literal, choice: &str| format!("::std::vec![{}]", literal.other(choice));
            let arms = arms(choices, |choice| {
                (!is_there(choice)).then(|| new(literal, choice))
            });
            (
                format!("crate::{READER}::joined("),
                format!(", {choice}{arms}_ => ::std::vec![] }})"),
            )
        }
        false => {
            let arms = arms(choices, |choice| Some(literal.other(choice)));
            (format!("{choice}{arms}_ => "), " }".to_owned())
        }
    }
}

/// The arms of a `match` on the number of a choice, from 1.
fn arms(choices: &[String], value: impl Fn(&str) -> Option<String>) -> String {
    let numbered = choices.iter().enumerate();
    numbered
        .filter_map(|(at, choice)| Some(format!("{} => {}, ", at + 1, value(choice)?)))
        .collect()
}
