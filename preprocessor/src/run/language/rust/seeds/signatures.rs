//! The functions of the book's library that take a seed, read from its sources by tokens.

use super::parts::{after_generics, group, parameters, pattern, seed};
use crate::run::language::rust::tokens::{self, is_keyword, is_punct, level, word};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use std::path::Path;

/// The functions of a library that matter to seeds.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(in super::super) struct Functions {
    /// Those with a seed, and those of the same names without one.
    pub(super) functions: Vec<Function>,
    /// The structs with a public field `seed`.
    pub(super) structs: BTreeSet<String>,
}

/// A function of the library.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Function {
    pub(super) name: String,
    /// The module or the type that it is in.
    pub(super) parent: String,
    /// Whether it takes a `self`.
    pub(super) is_method: bool,
    /// How many parameters it has besides `self`.
    pub(super) parameters: usize,
    /// Which of those is the seed.
    pub(super) seed: Option<usize>,
}

impl Functions {
    /// Reads them from a library's files. What can't be read as Rust has none.
    pub(in super::super) fn read<'file>(files: impl Iterator<Item = &'file Path>) -> Self {
        let mut functions = Self::default();
        for file in files {
            let text = std::fs::read_to_string(file).ok();
            if let Some(stream) = text.and_then(|text| tokens::read(&text)) {
                functions.items(&stream, &module(file));
            }
        }
        functions.without_others()
    }

    /// Reads them from one module's text.
    #[cfg(test)]
    pub(super) fn of_text(module: &str, text: &str) -> Self {
        let mut functions = Self::default();
        functions.items(&tokens::read(text).unwrap_or_default(), module);
        functions.without_others()
    }

    fn without_others(mut self) -> Self {
        let takes_seed = |function: &&Function| function.seed.is_some();
        let names: BTreeSet<String> = self
            .functions
            .iter()
            .filter(takes_seed)
            .map(|it| it.name.clone())
            .collect();
        self.functions
            .retain(|function| names.contains(&function.name));
        self
    }

    fn items(&mut self, stream: &TokenStream, parent: &str) {
        let tokens = level(stream.clone());
        let mut is_test = false;
        let mut at = 0;
        while at < tokens.len() {
            let next = word(tokens.get(at + 1));
            match word(tokens.get(at)).as_deref() {
                Some("mod") => {
                    let inner = group(tokens.get(at + 2), Delimiter::Brace);
                    if let (Some(name), Some(inner), false) = (next, inner, is_test) {
                        self.items(&inner.stream(), &name);
                    }
                    is_test = false;
                    at += 2;
                }
                Some("impl" | "trait") => {
                    let body = (at..tokens.len())
                        .find(|at| group(tokens.get(*at), Delimiter::Brace).is_some())
                        .unwrap_or(tokens.len());
                    let name = implemented(&tokens[at + 1..body.max(at + 1).min(tokens.len())]);
                    if let Some(inner) = group(tokens.get(body), Delimiter::Brace) {
                        self.items(&inner.stream(), &name.unwrap_or_default());
                    }
                    at = body;
                }
                Some("struct") => {
                    let body = after_generics(&tokens, at + 2);
                    let fields = group(tokens.get(body), Delimiter::Brace);
                    if let (Some(name), Some(fields)) = (next, fields)
                        && has_seed(&level(fields.stream()))
                    {
                        self.structs.insert(name);
                    }
                }
                Some("fn") => {
                    self.functions.extend(function(&tokens[at + 1..], parent));
                    is_test = false;
                }
                _ if is_punct(tokens.get(at), '#') => {
                    let attribute = tokens.get(at + 1).map(ToString::to_string);
                    let attribute = attribute.unwrap_or_default();
                    is_test |= attribute.contains("cfg") && attribute.contains("test");
                    at += 1;
                }
                _ => {}
            }
            at += 1;
        }
    }
}

/// The module that a file is: its own name, or its folder's.
fn module(file: &Path) -> String {
    let name = |path: &Path| {
        path.file_stem()
            .map(|name| name.to_string_lossy().into_owned())
    };
    let own = name(file).filter(|own| !matches!(own.as_str(), "mod" | "lib" | "main"));
    own.or_else(|| name(file.parent()?)).unwrap_or_default()
}

/// The type that the head of an `impl` is for, or the trait that one declares.
fn implemented(head: &[TokenTree]) -> Option<String> {
    let mut at = after_generics(head, 0);
    let mut found = None;
    while at < head.len() {
        match word(head.get(at)).as_deref() {
            Some("for") => found = None,
            Some("where") => break,
            Some("dyn" | "mut" | "const" | "unsafe") => {}
            // What comes after a colon that is no path's bounds a trait.
            Some(name) => found = Some(name.to_owned()),
            None if is_punct(head.get(at), ':') && !is_punct(head.get(at + 1), ':') => {
                break;
            }
            None if is_punct(head.get(at), ':') => at += 1,
            // A lifetime's name is a word of its own.
            None if is_punct(head.get(at), '\'') => at += 1,
            None if is_punct(head.get(at), '<') => {
                at = after_generics(head, at);
                continue;
            }
            None => {}
        }
        at += 1;
    }
    found
}

/// Whether a struct has a field that a block can give as its seed.
fn has_seed(fields: &[TokenTree]) -> bool {
    parameters(fields).iter().any(|field| {
        let before = pattern(field);
        word(before.last()).as_deref() == Some("seed")
            && before.iter().any(|token| is_keyword(Some(token), "pub"))
    })
}

/// The function whose name these tokens start with.
pub(super) fn function(tokens: &[TokenTree], parent: &str) -> Option<Function> {
    let name = word(tokens.first())?;
    let list = group(
        tokens.get(after_generics(tokens, 1)),
        Delimiter::Parenthesis,
    )?;
    let list = level(list.stream());
    let mut list = parameters(&list);
    let is_self = |parameter: &&[TokenTree]| {
        let pattern = pattern(parameter);
        pattern.iter().any(|token| is_keyword(Some(token), "self"))
    };
    let is_method = list.first().is_some_and(is_self);
    if is_method {
        list.remove(0);
    }
    Some(Function {
        name,
        parent: parent.to_owned(),
        is_method,
        parameters: list.len(),
        seed: seed(list.into_iter()),
    })
}
