//! What the names of a block are bound to, and where: by `let`, loops, closures and functions.

use super::parts::{
    after_generics, arguments, bar, group, name, opens_closure, parameters, pattern, range, seed,
};
use super::signatures::{Function, function};
use crate::run::language::rust::tokens::{is_keyword, is_punct, level, word};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeMap;

/// The names of a block.
#[derive(Debug, Default)]
pub(super) struct Bindings {
    all: Vec<Binding>,
    /// The block's own functions, and its closures with a name.
    pub(super) functions: Vec<Function>,
    /// Whether a `use` takes all names of a module.
    pub(super) has_glob: bool,
    /// The paths that `use` gives a name.
    pub(super) imports: BTreeMap<String, Vec<String>>,
}

/// A name that is bound.
#[derive(Debug)]
struct Binding {
    name: String,
    /// The expression that gives its value; none where each round of a loop or each call gives another.
    value: Option<Vec<TokenTree>>,
    /// The bytes in which it is known.
    from: usize,
    to: usize,
}

/// What a name is at a place.
pub(super) enum Known<'bindings> {
    /// The value of an expression.
    Value(&'bindings [TokenTree]),
    /// Something else each time.
    Changing,
    /// Bound by nothing that is read here.
    Unknown,
}

impl Bindings {
    /// Reads a block's code.
    pub(super) fn read(stream: &TokenStream) -> Self {
        let mut bindings = Self::default();
        bindings.level(&level(stream.clone()), usize::MAX);
        bindings
    }

    /// What a name is at a byte of the code.
    pub(super) fn at(&self, name: &str, byte: usize) -> Known<'_> {
        let is_known =
            |binding: &&Binding| binding.name == name && binding.from <= byte && byte < binding.to;
        let last = self
            .all
            .iter()
            .filter(is_known)
            .max_by_key(|binding| binding.from);
        match last {
            Some(Binding {
                value: Some(value), ..
            }) => Known::Value(value),
            Some(_) => Known::Changing,
            None => Known::Unknown,
        }
    }

    /// Reads the tokens between two brackets, the second of which ends at `end`.
    fn level(&mut self, tokens: &[TokenTree], end: usize) {
        for (at, token) in tokens.iter().enumerate() {
            let rest = &tokens[at + 1..];
            if is_keyword(Some(token), "let") {
                let before = at.checked_sub(1).and_then(|at| tokens.get(at));
                let is_condition = ["if", "while", "&"]
                    .iter()
                    .any(|word| is_keyword(before, word) || is_punct(before, '&'));
                self.bind_let(rest, is_condition, end);
            } else if is_keyword(rest.first(), "fn") {
                // It is bound below, and no `const` is.
            } else if is_keyword(Some(token), "const") || is_keyword(Some(token), "static") {
                self.bind_let(rest, false, end);
            } else if is_keyword(Some(token), "for") {
                // `impl Trait for Type { … }` is no loop.
                let of = rest.iter().position(|token| {
                    is_keyword(Some(token), "in") || group(Some(token), Delimiter::Brace).is_some()
                });
                let of = of.filter(|of| is_keyword(rest.get(*of), "in"));
                self.bind_all(&rest[..of.unwrap_or(0)], rest, end);
            } else if is_keyword(Some(token), "fn") {
                let list = group(rest.get(after_generics(rest, 1)), Delimiter::Parenthesis);
                if let Some(list) = list {
                    self.functions.extend(function(rest, ""));
                    for parameter in parameters(&level(list.stream())) {
                        self.bind_all(pattern(parameter), rest, end);
                    }
                }
            } else if is_keyword(Some(token), "use") {
                let length = rest.iter().position(|token| is_punct(Some(token), ';'));
                self.import(&rest[..length.unwrap_or(rest.len())], &[]);
            } else if opens_closure(tokens, at) {
                if let Some(close) = bar(tokens, at + 1) {
                    for parameter in parameters(&tokens[at + 1..close]) {
                        self.bind_all(pattern(parameter), &tokens[close..], end);
                    }
                }
            } else if let TokenTree::Group(group) = token {
                self.level(&level(group.stream()), range(token).end);
            }
        }
    }

    /// `let PATTERN: TYPE = EXPRESSION;`
    fn bind_let(&mut self, tokens: &[TokenTree], is_condition: bool, end: usize) {
        let length = tokens.iter().position(|token| is_punct(Some(token), ';'));
        let tokens = &tokens[..length.unwrap_or(tokens.len())];
        // A `=` of `<=`, `==` or `=>` comes after the one that assigns.
        let Some(equals) = tokens.iter().position(|token| is_punct(Some(token), '=')) else {
            return;
        };
        let (before, value) = (pattern(&tokens[..equals]), &tokens[equals + 1..]);
        let Some(last) = value.last() else { return };
        let from = range(last).end;
        if is_condition {
            let body = value
                .iter()
                .find(|token| group(Some(token), Delimiter::Brace).is_some());
            let (start, end) =
                body.map_or((from, end), |body| (range(body).start, range(body).end));
            self.bind(before, None, start, end);
            return;
        }
        match (before, value) {
            ([TokenTree::Group(names)], [TokenTree::Group(values)]) => {
                let (names, values) = (level(names.stream()), level(values.stream()));
                let (names, values) = (parameters(&names), arguments(&values));
                if names.len() == values.len() {
                    for (name, value) in names.into_iter().zip(values) {
                        self.bind(name, Some(value), from, end);
                    }
                } else {
                    for name in names {
                        self.bind(name, None, from, end);
                    }
                }
            }
            _ => {
                self.bind(before, Some(value), from, end);
                if let Some(name) = name(before) {
                    self.functions.extend(closure(name, value));
                }
            }
        }
    }

    /// Binds a pattern to a value. A `mut` may have another one later, and only a single name has all of the value.
    fn bind(&mut self, pattern: &[TokenTree], value: Option<&[TokenTree]>, from: usize, to: usize) {
        let value = value.filter(|_| matches!(pattern, [TokenTree::Ident(_)]));
        for name in names(pattern) {
            self.all.push(Binding {
                name,
                value: value.map(<[_]>::to_vec),
                from,
                to,
            });
        }
    }

    /// Binds a pattern to something else each time, inside of the braces that come next.
    fn bind_all(&mut self, pattern: &[TokenTree], rest: &[TokenTree], end: usize) {
        let Some(from) = pattern.first().map(|token| range(token).start) else {
            return;
        };
        let comma = |token: &TokenTree| is_punct(Some(token), ',') || is_punct(Some(token), ';');
        let stop = rest
            .iter()
            .find(|token| comma(token) || group(Some(token), Delimiter::Brace).is_some());
        self.bind(
            pattern,
            None,
            from,
            stop.map_or(end, |stop| range(stop).end),
        );
    }

    /// The paths of a `use`, after the segments that come before them.
    fn import(&mut self, tokens: &[TokenTree], before: &[String]) {
        for written in arguments(tokens) {
            let mut path = before.to_vec();
            let mut name = None;
            let mut is_renamed = false;
            for token in written {
                match token {
                    TokenTree::Group(group) => {
                        self.import(&level(group.stream()), &path);
                        path.clear();
                    }
                    TokenTree::Ident(ident) if ident == "as" => is_renamed = true,
                    // `module::{self, name}` names the module.
                    TokenTree::Ident(ident) if ident == "self" && !path.is_empty() => {}
                    TokenTree::Ident(_) if is_renamed => name = word(Some(token)),
                    TokenTree::Ident(_) => path.extend(word(Some(token))),
                    _ if is_punct(Some(token), '*') => {
                        self.has_glob = true;
                        path.clear();
                    }
                    _ => {}
                }
            }
            if let Some(name) = name.or_else(|| path.last().cloned()) {
                self.imports.insert(name, path);
            }
        }
    }
}

/// The closure of this name that a value is.
fn closure(name: String, value: &[TokenTree]) -> Option<Function> {
    let first = value
        .iter()
        .position(|token| !is_keyword(Some(token), "move"))?;
    if !is_punct(value.get(first), '|') {
        return None;
    }
    let list = parameters(&value[first + 1..bar(value, first + 1)?]);
    Some(Function {
        name,
        parent: String::new(),
        is_method: false,
        parameters: list.len(),
        seed: seed(list.into_iter()),
    })
}

/// The names that a pattern gives; what starts with a capital is a type or a constant.
fn names(pattern: &[TokenTree]) -> Vec<String> {
    let mut found = Vec::new();
    for token in pattern {
        match token {
            TokenTree::Group(group) => found.extend(names(&level(group.stream()))),
            token => found.extend(word(Some(token)).filter(|word| {
                let is_keyword = matches!(word.as_str(), "mut" | "ref" | "_");
                !is_keyword
            })),
        }
    }
    found
}
