//! Where a block binds names to literals, by its tokens: words in strings and comments are no code.

use super::literal::Literal;
use crate::run::language::rust::tokens::{is_keyword, is_punct, level, word};
use crate::text::span::Span;
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;

/// The most tokens that a name and its literal are looked for in.
const LONGEST: usize = 64;

/// The names of a block, and those that are bound to something.
#[derive(Debug, Default)]
pub(super) struct Places {
    /// The bindings, in the order of the code.
    pub(super) bindings: Vec<Binding>,
    /// Every name in the code.
    pub(super) names: BTreeSet<String>,
}

/// A name that is bound to something.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Binding {
    /// The name.
    pub(super) name: String,
    /// Its line in the code, from 0.
    pub(super) line: usize,
    /// What it is bound to.
    pub(super) bound: Bound,
    /// Whether it is declared with `mut`, as counters are.
    pub(super) is_mut: bool,
    /// Whether the compiler computes it.
    pub(super) is_const: bool,
    /// The type that is declared for it, if it is a single word.
    pub(super) declared: Option<String>,
}

/// What a name is bound to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Bound {
    /// One literal.
    One(Literal),
    /// The literals of a list that a loop goes through, and the bytes of the list with its brackets.
    List(Vec<Literal>, Span),
    /// The literal at the end of a range that a loop goes through.
    End(Literal),
    /// Something else.
    Other,
}

impl Bound {
    /// The bytes that are replaced in a varied copy.
    pub(super) fn span(&self) -> Option<Span> {
        match self {
            Self::One(literal) | Self::End(literal) => Some(literal.span),
            Self::List(_, span) => Some(*span),
            Self::Other => None,
        }
    }

    /// Its literals.
    pub(super) fn literals(&self) -> &[Literal] {
        match self {
            Self::One(literal) | Self::End(literal) => std::slice::from_ref(literal),
            Self::List(literals, _) => literals,
            Self::Other => &[],
        }
    }
}

impl Places {
    /// Reads the bindings of a block's code.
    pub(super) fn read(stream: &TokenStream) -> Self {
        let mut places = Self::default();
        places.level(&level(stream.clone()), Around::default());
        places
    }

    /// Those bindings of a name that may vary; those with `mut` only where there are no others.
    pub(super) fn of(&self, name: &str) -> Vec<&Binding> {
        let bound = |is_mut: bool| {
            let all = self.bindings.iter().filter(|binding| binding.name == name);
            let is_place = |binding: &&Binding| {
                binding.is_mut == is_mut && !binding.is_const && binding.bound != Bound::Other
            };
            all.filter(is_place).collect::<Vec<_>>()
        };
        let places = bound(false);
        if places.is_empty() {
            bound(true)
        } else {
            places
        }
    }

    fn level(&mut self, tokens: &[TokenTree], around: Around) {
        let patterns = patterns(tokens, around);
        let consts = consts(tokens, around);
        for (at, token) in tokens.iter().enumerate() {
            let here = Around {
                is_const: consts[at],
                is_pattern: patterns[at],
                ..Around::default()
            };
            if let Some(name) = word(Some(token)) {
                self.names.insert(name);
            }
            match token {
                // What is in an attribute is no code.
                TokenTree::Group(_) if at > 0 && is_punct(tokens.get(at - 1), '#') => {}
                TokenTree::Group(group) => {
                    let inner = level(group.stream());
                    let before = |by: usize| at.checked_sub(by).and_then(|at| tokens.get(at));
                    let is_macro = is_punct(before(1), '!');
                    let is_named = word(before(1)).is_some() || is_punct(before(1), '>');
                    if group.delimiter() == Delimiter::Brace && is_named && !here.is_pattern {
                        self.fields(&inner, here);
                    }
                    let of = match word(before(2)) {
                        Some(name) if is_macro && name.ends_with("matches") => Of::Matches,
                        _ if !is_macro && group.delimiter() == Delimiter::Bracket => Of::Array,
                        _ => Of::Other,
                    };
                    self.level(&inner, Around { of, ..here });
                }
                _ if is_keyword(Some(token), "let") => {
                    self.bind_let(&tokens[at + 1..], here.is_const);
                }
                _ if is_keyword(Some(token), "for") => {
                    self.bind_for(&tokens[at + 1..], here.is_const);
                }
                _ if is_keyword(Some(token), "const") || is_keyword(Some(token), "static") => {
                    self.bind_const(&tokens[at + 1..]);
                }
                _ => {}
            }
        }
    }

    /// `let NAME = LITERAL;`, `let NAME: T = LITERAL;`
    fn bind_let(&mut self, tokens: &[TokenTree], is_const: bool) {
        let (is_mut, tokens) = without_mut(tokens);
        let Some(name) = tokens.first().filter(|token| word(Some(token)).is_some()) else {
            return;
        };
        let Some(equals) = tokens
            .iter()
            .take(LONGEST)
            .position(|token| is_punct(Some(token), '='))
        else {
            return;
        };
        let declared = match &tokens[1..equals] {
            [] => None,
            [colon, one] if is_punct(Some(colon), ':') => word(Some(one)),
            [colon, ..] if is_punct(Some(colon), ':') => None,
            _ => return,
        };
        let value = &tokens[equals + 1..];
        let end = value
            .iter()
            .take(LONGEST)
            .position(|token| is_punct(Some(token), ';'));
        let literal = end.and_then(|end| Literal::read(&value[..end]));
        self.bind(name, literal.map_or(Bound::Other, Bound::One), is_const);
        if let Some(binding) = self.bindings.last_mut() {
            binding.is_mut = is_mut;
            binding.declared = declared;
        }
    }

    /// `for NAME in [LITERALS] {`, `for NAME in A..LITERAL {`
    fn bind_for(&mut self, tokens: &[TokenTree], is_const: bool) {
        let (_, tokens) = without_mut(tokens);
        let [name, keyword, rest @ ..] = tokens else {
            return;
        };
        if word(Some(name)).is_none() || !is_keyword(Some(keyword), "in") {
            return;
        }
        let end = rest.iter().take(LONGEST).position(is_body).unwrap_or(0);
        let bound = match &rest[..end] {
            [TokenTree::Group(group)] if group.delimiter() == Delimiter::Bracket => {
                list(&level(group.stream()))
                    .map(|literals| Bound::List(literals, group.span().byte_range().into()))
            }
            range => end_of_range(range).map(Bound::End),
        };
        self.bind(name, bound.unwrap_or(Bound::Other), is_const);
    }

    /// `const NAME: T`, `static NAME: T`
    fn bind_const(&mut self, tokens: &[TokenTree]) {
        let (_, tokens) = without_mut(tokens);
        if let [name, colon, ..] = tokens
            && word(Some(name)).is_some()
            && is_punct(Some(colon), ':')
        {
            self.bind(name, Bound::Other, true);
        }
    }

    /// `NAME: LITERAL` in the braces of a struct's value.
    fn fields(&mut self, tokens: &[TokenTree], around: Around) {
        for field in tokens.split(|token| is_punct(Some(token), ',')) {
            if let [name, colon, value @ ..] = field
                && word(Some(name)).is_some()
                && is_punct(Some(colon), ':')
                && let Some(literal) = Literal::read(value)
                && !is_type(&literal)
            {
                self.bind(name, Bound::One(literal), around.is_const);
            }
        }
    }

    fn bind(&mut self, name: &TokenTree, bound: Bound, is_const: bool) {
        self.bindings.push(Binding {
            name: word(Some(name)).unwrap_or_default(),
            line: name.span().start().line.saturating_sub(1),
            bound,
            is_mut: false,
            is_const,
            declared: None,
        });
    }
}

/// What is around a level of tokens.
#[derive(Debug, Clone, Copy, Default)]
struct Around {
    /// The compiler computes it.
    is_const: bool,
    /// It is part of a pattern.
    is_pattern: bool,
    /// What its brackets belong to.
    of: Of,
}

/// What the brackets around a level of tokens belong to.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Of {
    /// An array, whose length comes after a `;`.
    Array,
    /// A `matches!`, whose pattern comes after a `,`.
    Matches,
    /// Anything else.
    #[default]
    Other,
}

/// Which tokens of a level are part of a pattern: after `let`, and before `=>`.
fn patterns(tokens: &[TokenTree], around: Around) -> Vec<bool> {
    let mut is_pattern = vec![around.is_pattern; tokens.len()];
    let is_arrow = |at: usize| is_punct(tokens.get(at), '=') && is_punct(tokens.get(at + 1), '>');
    let mut is_in_let = false;
    let mut has_comma = false;
    // Where the arm of a `match` starts: after a comma, or after the braces of the arm before.
    let mut arm = 0;
    for at in 0..tokens.len() {
        let is_comma = is_punct(tokens.get(at), ',');
        has_comma |= is_comma;
        is_in_let =
            !is_punct(tokens.get(at), '=') && (is_in_let || is_keyword(tokens.get(at), "let"));
        is_pattern[at] |= is_in_let || has_comma && around.of == Of::Matches;
        if is_arrow(at) {
            let before = tokens[arm..at].iter();
            let length = before
                .take_while(|token| !is_keyword(Some(token), "if"))
                .count();
            is_pattern[arm..arm + length].fill(true);
            arm = at;
        }
        if is_comma || is_body(&tokens[at]) && at.checked_sub(2).is_some_and(is_arrow) {
            arm = at + 1;
        }
    }
    is_pattern
}

/// Which tokens of a level the compiler computes: a `const` or `static`, a `const fn`, a `const` block, the length of an array.
fn consts(tokens: &[TokenTree], around: Around) -> Vec<bool> {
    let mut is_const = vec![around.is_const; tokens.len()];
    let mut until = Until::Start;
    for at in 0..tokens.len() {
        let is_end = is_punct(tokens.get(at), ';');
        let is_static = is_keyword(tokens.get(at), "static");
        if is_static || is_keyword(tokens.get(at), "const") {
            let (_, rest) = without_mut(&tokens[at + 1..]);
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            // `<const N: usize>` is a parameter.
            let is_parameter = is_punct(before, '<') || is_punct(before, ',');
            let functions = ["fn", "unsafe", "extern"];
            if is_punct(rest.get(1), ':') && !is_parameter {
                until = Until::Semicolon;
            } else if functions.iter().any(|word| is_keyword(rest.first(), word))
                || rest.first().is_some_and(is_body)
            {
                until = Until::Body;
            }
        }
        is_const[at] |= until != Until::Start;
        let is_over = match until {
            Until::Start | Until::End => false,
            Until::Semicolon => is_end,
            Until::Body => is_body(&tokens[at]),
        };
        if is_over {
            until = Until::Start;
        }
        if is_end && around.of == Of::Array {
            until = Until::End;
        }
    }
    is_const
}

/// How far what the compiler computes goes on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Until {
    /// There is nothing of it here.
    Start,
    /// To the next `;`.
    Semicolon,
    /// To the next braces.
    Body,
    /// To the end of the brackets.
    End,
}

fn is_body(token: &TokenTree) -> bool {
    matches!(token, TokenTree::Group(group) if group.delimiter() == Delimiter::Brace)
}

fn without_mut(tokens: &[TokenTree]) -> (bool, &[TokenTree]) {
    match is_keyword(tokens.first(), "mut") {
        true => (true, &tokens[1..]),
        false => (false, tokens),
    }
}

/// The literals of a list, if it has nothing else.
fn list(tokens: &[TokenTree]) -> Option<Vec<Literal>> {
    let mut items: Vec<&[TokenTree]> = tokens.split(|token| is_punct(Some(token), ',')).collect();
    // A comma may follow the last.
    items.pop_if(|last| last.is_empty());
    let literals: Vec<Literal> = items
        .into_iter()
        .map(Literal::read)
        .collect::<Option<_>>()?;
    (!literals.is_empty()).then_some(literals)
}

/// The literal at the end of a range.
fn end_of_range(tokens: &[TokenTree]) -> Option<Literal> {
    let dots = |at: usize| is_punct(tokens.get(at), '.') && is_punct(tokens.get(at + 1), '.');
    let at = (1..tokens.len()).rev().find(|at| dots(*at))? + 2;
    let at = at + usize::from(is_punct(tokens.get(at), '='));
    Literal::read(&tokens[at..])
}

/// Whether it may as well be the type of a declared field: a name alone.
fn is_type(literal: &Literal) -> bool {
    matches!(&literal.kind, super::literal::Kind::Variant(before, _) if before.is_empty())
}
