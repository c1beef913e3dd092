//! The calls of a block that take a seed, and whether it is the same each time.

use super::bindings::{Bindings, Known};
use super::parts::{arguments, group, is_arrow, is_path, range};
use super::signatures::{Function, Functions};
use crate::run::language::rust::tokens::{is_keyword, is_punct, level, word};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::ops::Range;

/// Reads the calls of a block.
pub(super) struct Reader<'block> {
    pub(super) bindings: &'block Bindings,
    pub(super) functions: &'block Functions,
    /// The functions whose first argument is a seed by the book's own word.
    pub(super) named: &'block [String],
    /// The names that vary.
    pub(super) vary: &'block [&'block str],
}

/// A call whose seed is the same each time.
pub(super) struct Call {
    /// The bytes of the call, from its first name to the bracket that ends it.
    pub(super) whole: Range<usize>,
    /// Those of the seed.
    pub(super) seed: Range<usize>,
}

/// The types of seeds.
const NUMBERS: [&str; 6] = ["u8", "u16", "u32", "u64", "u128", "usize"];

/// The crates that are no library of the book's.
const STANDARD: [&str; 3] = ["std", "core", "alloc"];

/// The name of what is called.
struct Callee {
    name: String,
    /// The segments before it.
    path: Vec<String>,
    is_method: bool,
    /// Where it starts.
    start: usize,
}

impl Reader<'_> {
    /// The first of them.
    pub(super) fn first(&self, stream: &TokenStream) -> Option<Call> {
        self.in_level(&level(stream.clone()))
    }

    fn in_level(&self, tokens: &[TokenTree]) -> Option<Call> {
        tokens.iter().enumerate().find_map(|(at, token)| {
            let TokenTree::Group(inner) = token else {
                return None;
            };
            let before = at.checked_sub(1).and_then(|at| tokens.get(at));
            if is_punct(before, '#') {
                return None;
            }
            let inside = level(inner.stream());
            let own = match inner.delimiter() {
                Delimiter::Parenthesis => callee(tokens, at).and_then(|it| self.call(&it, &inside)),
                // Before `=` and `=>` it is a pattern.
                Delimiter::Brace if !is_punct(tokens.get(at + 1), '=') => {
                    callee(tokens, at).and_then(|it| self.fields(&it, &inside))
                }
                _ => None,
            };
            let own = own.map(|(start, seed)| Call {
                whole: start..range(token).end,
                seed,
            });
            own.or_else(|| self.in_level(&inside))
        })
    }

    /// The start of a call and the bytes of its seed, if that is always the same.
    fn call(&self, callee: &Callee, inside: &[TokenTree]) -> Option<(usize, Range<usize>)> {
        let given = arguments(inside);
        let seeds = self.seeds(callee, given.len());
        let is_single = |seed: &&&[TokenTree]| self.is_always_same(seed);
        let seed = seeds
            .iter()
            .filter_map(|at| given.get(*at))
            .find(is_single)?;
        Some((callee.start, bytes(seed)?))
    }

    /// The places of the seeds among a call's arguments.
    fn seeds(&self, callee: &Callee, count: usize) -> Vec<usize> {
        if self.named.contains(&callee.name) {
            return vec![0];
        }
        let path = self.path(callee);
        let name = path.last().unwrap_or(&callee.name);
        let parent = path.len().checked_sub(2).map(|at| &path[at]);
        let local = self.bindings.functions.iter().filter(|it| it.name == *name);
        let mut local = local
            .filter(|_| callee.path.is_empty() && !callee.is_method)
            .peekable();
        if local.peek().is_some() {
            return local
                .filter(|it| it.parameters == count)
                .filter_map(|it| it.seed)
                .collect();
        }
        let fits = |function: &&Function| {
            let own = usize::from(function.is_method && !callee.is_method);
            function.name == *name
                && function.parameters + own == count
                && (function.is_method || !callee.is_method)
        };
        let known: Vec<&Function> = self.functions.functions.iter().filter(fits).collect();
        let is_there = |function: &&&Function| Some(&function.parent) == parent;
        let mut there: Vec<&Function> = known.iter().filter(is_there).copied().collect();
        // A method may be one of any type, and a function exported from elsewhere, but no other type has it.
        let is_type = |name: &String| name.starts_with(char::is_uppercase);
        let is_elsewhere = match parent {
            None => callee.is_method || self.bindings.has_glob,
            Some(parent) => !is_type(parent) && !STANDARD.contains(&path[0].as_str()),
        };
        if there.is_empty() && is_elsewhere {
            there = known;
        }
        let place = |function: &Function| {
            let own = usize::from(function.is_method && !callee.is_method);
            Some(function.seed? + own)
        };
        there.into_iter().filter_map(place).collect()
    }

    /// The whole path of what is called, by the names that are imported; of a method, its name.
    fn path(&self, callee: &Callee) -> Vec<String> {
        let mut path = callee.path.clone();
        path.push(callee.name.clone());
        match self.bindings.imports.get(&path[0]) {
            Some(import) if !callee.is_method => import.iter().chain(&path[1..]).cloned().collect(),
            _ => path,
        }
    }

    /// The same for the field `seed` of a struct.
    fn fields(&self, callee: &Callee, inside: &[TokenTree]) -> Option<(usize, Range<usize>)> {
        let path = self.path(callee);
        let is_struct = path
            .last()
            .is_some_and(|name| self.functions.structs.contains(name));
        if !is_struct || self.vary.contains(&"seed") {
            return None;
        }
        arguments(inside).into_iter().find_map(|field| {
            let value = match field {
                [name, colon, value @ ..]
                    if is_keyword(Some(name), "seed") && is_punct(Some(colon), ':') =>
                {
                    value
                }
                [name] if is_keyword(Some(name), "seed") => field,
                _ => return None,
            };
            let is_single = self.is_always_same(value);
            is_single.then(|| Some((callee.start, bytes(value)?)))?
        })
    }

    /// Whether an expression has the same value each time: nothing in it varies, or is bound anew by a loop, a closure or a function.
    fn is_always_same(&self, tokens: &[TokenTree]) -> bool {
        (0..tokens.len()).all(|at| match &tokens[at] {
            TokenTree::Group(group) => self.is_always_same(&level(group.stream())),
            TokenTree::Ident(ident) if is_name(tokens, at) => {
                let name = ident.to_string();
                match self.bindings.at(&name, range(&tokens[at]).start) {
                    _ if self.vary.contains(&name.as_str()) => false,
                    Known::Value(value) => self.is_always_same(value),
                    Known::Changing => false,
                    // A constant of the library's, or a type.
                    Known::Unknown => {
                        name.starts_with(char::is_uppercase) || NUMBERS.contains(&name.as_str())
                    }
                }
            }
            TokenTree::Literal(_) | TokenTree::Punct(_) | TokenTree::Ident(_) => true,
        })
    }
}

/// Whether an identifier names a value, and is no part of a path, field, method, called function, type or keyword.
fn is_name(tokens: &[TokenTree], at: usize) -> bool {
    const KEYWORDS: [&str; 8] = [
        "as", "if", "else", "match", "move", "true", "false", "return",
    ];
    let before = |back: usize| at.checked_sub(back).and_then(|at| tokens.get(at));
    let is_field = is_punct(before(1), '.') && !is_punct(before(2), '.');
    let is_in_path =
        is_path(tokens, at + 1) || is_punct(before(1), ':') && is_punct(before(2), ':');
    let is_called = group(tokens.get(at + 1), Delimiter::Parenthesis).is_some()
        || is_punct(tokens.get(at + 1), '!');
    let is_keyword = |token, words: &[&str]| words.iter().any(|word| is_keyword(token, word));
    !(is_field
        || is_in_path
        || is_called
        || is_keyword(tokens.get(at), &KEYWORDS)
        || is_keyword(before(1), &["as"]))
}

/// What is named before the bracket at a token: `name`, `Type::name`, `value.name`, each perhaps with `::<…>`.
fn callee(tokens: &[TokenTree], at: usize) -> Option<Callee> {
    const KEYWORDS: [&str; 9] = [
        "if", "match", "while", "for", "in", "return", "fn", "else", "loop",
    ];
    let mut last = at.checked_sub(1)?;
    if is_punct(tokens.get(last), '>') {
        last = before_generics(tokens, last)?;
    }
    let name = word(tokens.get(last)).filter(|name| !KEYWORDS.contains(&name.as_str()))?;
    let before = |back: usize| last.checked_sub(back).and_then(|at| tokens.get(at));
    let is_declared = ["fn", "struct", "enum", "union"]
        .iter()
        .any(|word| is_keyword(before(1), word));
    if is_declared {
        return None;
    }
    let is_method = is_punct(before(1), '.') && !is_punct(before(2), '.');
    let mut start = last;
    let mut path = Vec::new();
    while let Some(at) = start.checked_sub(2).filter(|at| is_path(tokens, *at)) {
        let end = match at.checked_sub(1) {
            Some(end) if is_punct(tokens.get(end), '>') => before_generics(tokens, end),
            end => end,
        };
        let Some((end, segment)) = end.and_then(|end| Some((end, word(tokens.get(end))?))) else {
            break;
        };
        path.insert(0, segment);
        start = end;
    }
    if is_method && word(before(2)).is_some() {
        start = last - 2;
    }
    Some(Callee {
        name,
        path,
        is_method,
        start: range(&tokens[start]).start,
    })
}

/// The name before the generics `::<…>` or `<…>` that end at a token.
fn before_generics(tokens: &[TokenTree], end: usize) -> Option<usize> {
    let mut depth = 0_usize;
    let open = (0..=end).rev().find(|at| {
        if is_punct(tokens.get(*at), '>') && !is_arrow(tokens, *at) {
            depth += 1;
        } else if is_punct(tokens.get(*at), '<') {
            depth = depth.saturating_sub(1);
        }
        depth == 0
    })?;
    let before = open
        .checked_sub(2)
        .filter(|at| is_path(tokens, *at))
        .unwrap_or(open);
    before.checked_sub(1)
}

/// The bytes of an expression.
fn bytes(tokens: &[TokenTree]) -> Option<Range<usize>> {
    Some(range(tokens.first()?).start..range(tokens.last()?).end)
}
