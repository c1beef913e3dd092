//! Which blocks may share a crate with others.
//!
//! Blocks that are compiled together are modules of one program, so that a block could take over another one: by a symbol
//! that the linker calls before `main`, by a macro that replaces `println!`, by an `impl` after which the other's code means
//! something else. A list of such ways would never be complete. So a block shares a crate only if each of its tokens is known
//! to do no such thing; whatever isn't known is compiled alone, which costs time and nothing else.
//!
//! What a block can tell about its crate, such as the path of its module, would depend on whether it is alone. Blocks that ask
//! are alone always.

use crate::run::language::rust::tokens::{is_keyword, is_punct, level, word};
use proc_macro2::{Delimiter, TokenStream, TokenTree};
use std::collections::BTreeSet;

/// Macros of the standard library that read nothing and define nothing.
const MACROS: &[&str] = &[
    "assert",
    "assert_eq",
    "assert_ne",
    "concat",
    "debug_assert",
    "debug_assert_eq",
    "debug_assert_ne",
    "eprint",
    "eprintln",
    "format",
    "format_args",
    "matches",
    "panic",
    "print",
    "println",
    "stringify",
    "todo",
    "unimplemented",
    "unreachable",
    "vec",
    "write",
    "writeln",
];

/// Attributes that stay within their item.
const ATTRIBUTES: &[&str] = &[
    "allow", "default", "deny", "derive", "doc", "expect", "inline", "must_use", "warn",
];

/// Traits of the standard library, whose derived implementations are those of the type itself.
const DERIVES: &[&str] = &[
    "Clone",
    "Copy",
    "Debug",
    "Default",
    "Eq",
    "Hash",
    "Ord",
    "PartialEq",
    "PartialOrd",
];

/// Words that lead out of a module or past the compiler's checks, or take part in how the program is linked and loaded.
const REACHING: &[&str] = &[
    "crate",
    "extern",
    "macro",
    "macro_rules",
    "static",
    "super",
    "unsafe",
];

/// What tells a program about its crate, its file or how it was started.
const TELLING: &[&str] = &[
    "Backtrace",
    "Location",
    "PanicHookInfo",
    "PanicInfo",
    "TypeId",
    "args",
    "args_os",
    "backtrace",
    "current_exe",
    "set_hook",
    "take_hook",
    "type_id",
    "type_name",
    "type_name_of_val",
];

/// Keywords that an expression may follow, so that a `!` after them negates it.
const BEFORE_EXPRESSIONS: &[&str] = &[
    "as", "break", "else", "if", "in", "match", "move", "return", "while",
];

/// Whether code with these tokens can neither reach other modules of its crate, nor change how they compile or run, nor tell that
/// they are there.
pub(super) fn may_share(stream: TokenStream) -> bool {
    let tokens = level(stream);
    let types = declared_types(&tokens);
    (0..tokens.len()).all(|at| {
        let (before, after) = (&tokens[..at], &tokens[at + 1..]);
        match &tokens[at] {
            TokenTree::Group(group) => may_share(group.stream()),
            TokenTree::Punct(punct) => punct.as_char() != '#' || is_known_attribute(after.first()),
            TokenTree::Ident(_) if is_punct(before.last(), '\'') => true,
            TokenTree::Ident(_) => is_known_word(before, &tokens[at], after, &types),
            TokenTree::Literal(_) => true,
        }
    })
}

fn is_known_word(
    before: &[TokenTree],
    token: &TokenTree,
    after: &[TokenTree],
    types: &BTreeSet<String>,
) -> bool {
    let Some(name) = word(Some(token)) else {
        return false;
    };
    let name = name.as_str();
    // The compiler normalizes other characters, so that two spellings can be one name.
    if !name.is_ascii() || REACHING.contains(&name) || TELLING.contains(&name) {
        return false;
    }
    if is_keyword(Some(token), "impl") {
        return is_type(before) || is_impl_of(types, after);
    }
    if is_keyword(Some(token), "as") {
        // `use std::arch::global_asm as println;`
        let known = [MACROS, ATTRIBUTES, DERIVES].concat();
        return !word(after.first()).is_some_and(|new| known.contains(&new.as_str()));
    }
    if is_keyword(Some(token), "mod") {
        // Otherwise it is another file.
        return matches!(after.get(1), Some(TokenTree::Group(_)));
    }
    let is_macro = is_punct(after.first(), '!')
        && matches!(
            after.get(1),
            Some(TokenTree::Group(_) | TokenTree::Ident(_))
        )
        && !BEFORE_EXPRESSIONS
            .iter()
            .any(|keyword| is_keyword(Some(token), keyword));
    !is_macro || MACROS.contains(&name)
}

/// Whether what follows a `#` is an attribute of an item, and a known one.
fn is_known_attribute(next: Option<&TokenTree>) -> bool {
    let Some(TokenTree::Group(group)) = next else {
        return false;
    };
    let tokens = level(group.stream());
    let Some(name) = word(tokens.first()) else {
        return false;
    };
    if group.delimiter() != Delimiter::Bracket || !ATTRIBUTES.contains(&name.as_str()) {
        return false;
    }
    match (name.as_str(), tokens.get(1)) {
        ("derive", Some(TokenTree::Group(list))) => level(list.stream()).iter().all(|token| {
            is_punct(Some(token), ',')
                || word(Some(token)).is_some_and(|name| DERIVES.contains(&name.as_str()))
        }),
        // `inline::x` would be a macro of somebody else.
        (_, next) => next.is_none() || is_punct(next, '=') || is_group(next),
    }
}

fn is_group(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(_)))
}

/// Whether an `impl` after these tokens is part of a type, as in `-> impl Fn()`: an item follows none of these characters.
fn is_type(before: &[TokenTree]) -> bool {
    match before.last() {
        Some(TokenTree::Punct(punct)) => punct.as_char() != ';',
        last => is_keyword(last, "mut"),
    }
}

/// The types that are declared on this level. Nothing else can have their names here.
fn declared_types(tokens: &[TokenTree]) -> BTreeSet<String> {
    let pairs = tokens.windows(2);
    pairs
        .filter(|pair| {
            ["struct", "enum"]
                .iter()
                .any(|k| is_keyword(pair.first(), k))
        })
        .filter_map(|pair| word(pair.get(1)))
        .collect()
}

/// Whether an `impl` is one of these types: `impl Type`, or `impl Trait for Type`.
///
/// An `impl` of another type, or of all types, takes part in how the compiler infers the types of code elsewhere.
fn is_impl_of(types: &BTreeSet<String>, after: &[TokenTree]) -> bool {
    let is_body = |token: &TokenTree| matches!(token, TokenTree::Group(g) if g.delimiter() == Delimiter::Brace);
    let Some(end) = after.iter().position(is_body) else {
        return false;
    };
    let header = &after[..end];
    let depths = depths(header);
    // Braces in a generic argument are no body.
    if depths.last().is_some_and(|depth| *depth != 0) {
        return false;
    }
    let outside = |at: usize| depths[at] == 0;
    let generics = match is_punct(header.first(), '<') {
        true => (0..header.len())
            .find(|at| outside(*at))
            .map_or(header.len(), |at| at + 1),
        false => 0,
    };
    let target = (generics..header.len())
        .find(|at| outside(*at) && is_keyword(header.get(*at), "for"))
        .map_or(generics, |at| at + 1);
    let next = header.get(target + 1);
    word(header.get(target)).is_some_and(|name| types.contains(&name))
        && (next.is_none() || is_punct(next, '<') || is_keyword(next, "where"))
}

/// For each token, inside how many `<` it is, counting its own; the `>` of an arrow closes none.
fn depths(tokens: &[TokenTree]) -> Vec<i32> {
    let mut depth = 0;
    (0..tokens.len())
        .map(|at| {
            let token = tokens.get(at);
            let is_arrow = at > 0 && is_punct(tokens.get(at - 1), '-');
            if is_punct(token, '<') {
                depth += 1;
            } else if is_punct(token, '>') && !is_arrow {
                depth -= 1;
            }
            depth
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn shares(code: &str) -> bool {
        code.parse().is_ok_and(may_share)
    }

    #[test]
    fn ordinary_code_shares_a_crate() {
        for code in [
            "let x = 1; println!(\"{x}\"); // unsafe extern crate",
            "/// Documented: #[no_mangle]\n#[derive(Debug, Clone)] #[must_use] struct A<'a>(&'a str); impl<'a> A<'a> { fn f(&self) -> impl Fn() -> u8 { || 1 } }",
            "struct A; impl std::fmt::Display for A { fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result { write!(f, \"a\") } }",
            "enum A<T> { B(T) } impl<T: Fn() -> u8> From<Vec<T>> for A<T> where T: Clone { }",
            "let s: &'static str = \"super::x()\"; if !(s.len() > 3) || s != \"\" { std::println!(\"{s}\") }",
            "mod inner { pub struct A; impl A { pub fn new() -> Self { Self } } } fn f(x: impl Fn(), y: &mut impl Iterator<Item = u8>) {}",
            "use std::collections::BTreeMap as Map; let x = 1 as u8; let v = vec![x; 3]; fn f() -> ! { loop {} }",
            "#[derive(Default)] enum E { #[default] A } impl PartialOrd<f64> for E { }",
        ] {
            assert!(shares(code), "{code}");
        }
    }

    /// Each way in which a block could reach another, told apart from what only looks like it by the tokens alone.
    #[test]
    fn whatever_could_reach_another_block_is_alone() {
        for code in [
            // Symbols and sections.
            "#[used] #[unsafe(link_section = \".init_array\")] static X: extern \"C\" fn() = f;",
            "#[unsafe(export_name = \"write\")] fn w() {}",
            "#[no_mangle] fn w() {}",
            "#[r#no_mangle] fn w() {}",
            "#[cfg_attr(all(), no_mangle)] fn w() {}",
            "extern \"C\" fn f() {}",
            "static X: [u8; 1 << 30] = [0; 1 << 30];",
            "let _ = unsafe { 1 };",
            "println!(\"{}\", unsafe { 1 })",
            // Macros.
            "#/**/![macro_use]",
            "#[r#macro_use] mod m { }",
            "#[macro_export] fn f() {}",
            "macro_rules! println { () => {} }",
            "r#macro_rules! println { () => {} }",
            "use std::arch::global_asm as println; println!(\"\");",
            "use std::arch::global_asm as r#if; r#if!(\"\");",
            "use std::{include_str as vec};",
            "core::arch::global_asm!(\"\");",
            "std::arch::asm ! { \"\" }",
            "include!(\"/etc/passwd\")",
            "#[doc = include_str!(\"/etc/passwd\")] struct A;",
            "m! { }",
            // Other modules and files.
            "super::block::main()",
            "use r#super::x;",
            "fn f() { crate::main() }",
            "mod other;",
            "#[path = \"x.rs\"] mod other { }",
            // Implementations.
            "struct M; impl PartialOrd<M> for f64 { }",
            "struct M; impl From<M> for f64 { }",
            "struct M; impl PartialEq<M> for &f64 { }",
            "struct M; impl Tr<{ 1 }> for f64 { }",
            "struct M; impl Tr for Box<M> { }",
            "trait T {} impl<X> T for X {}",
            "type S = String; struct M; impl From<M> for S {}",
            "mod a { pub struct String; } struct M; impl From<M> for String {}",
            "struct M; impl M::X { }",
            "struct M; impl<const N: usize> Tr<{ N }> for f64 where M: Sized {}",
            "#[derive(Serialize)] struct A;",
            "#[derive(std::fmt::Debug)] struct A;",
            "#[derive::x] struct A;",
            "#[global_allocator] fn f() {}",
            // What a block can tell about where it is.
            "println!(\"{}\", module_path!())",
            "println!(\"{}\", file!())",
            "dbg!(1);",
            "env!(\"PATH\")",
            "std::any::type_name::<u8>()",
            "use std::any::*; println!(\"{:?}\", TypeId::of::<u8>())",
            "std::env::args().count()",
            "std::backtrace::Backtrace::force_capture()",
            "std::panic::set_hook(Box::new(|_| ()))",
            "#[track_caller] fn f() {}",
            // Names that the compiler normalizes.
            "struct \u{212a}; impl X for \u{212a} {}",
        ] {
            assert!(!shares(code), "{code}");
        }
    }

    proptest! {
        /// Blanks, comments and other code around it hide nothing.
        #[test]
        fn a_reaching_word_is_found_wherever_it_is_code(
            word in prop::sample::select([REACHING, TELLING].concat()),
            before in prop::sample::select(&["", "fn f() { ", "vec![1, ", "mod m { struct A { x: ("][..]),
            gap in prop::sample::select(&[" ", "/**/", "/* /* \" */ */", "\n// '\n", " r#\"\\\"# "][..]),
            raw in any::<bool>(),
        ) {
            let after: String = before.chars().rev().filter_map(|c| match c {
                '{' => Some('}'),
                '(' => Some(')'),
                '[' => Some(']'),
                _ => None,
            }).filter(|c| !(before.starts_with("fn") && *c == ')')).collect();
            let code = format!("{before}{gap}{word}{gap}{after}");
            prop_assume!(code.parse::<TokenStream>().is_ok());
            prop_assert!(!shares(&code), "{}", code);
            let hidden = if raw { format!("r##\"{word}\"##") } else { format!("/* {word} */") };
            let code = format!("let x = ({hidden});");
            prop_assert!(shares(&code), "{}", code);
        }

        /// Any text is answered.
        #[test]
        fn any_text_is_read(text in "[#!\\[\\](){}<>'\"/*a-z:;= \\n-]{0,80}") {
            shares(&text);
        }
    }
}
