//! Where a block's program starts, and what of a block never runs although it looks as if it did.

use crate::run::language::interface::Idle;
use crate::run::language::rust::tokens::{is_keyword, is_punct, level, word};
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// The words that start an item, after its visibility. A `const` is none: the compiler computes it.
const ITEMS: &[&str] = &[
    "enum",
    "extern",
    "fn",
    "impl",
    "macro_rules",
    "mod",
    "static",
    "struct",
    "trait",
    "type",
    "union",
    "use",
];

/// The words that may come before those.
const QUALIFIERS: &[&str] = &["async", "const", "unsafe"];

/// Whether a program has a function `main` outside of all brackets.
pub(super) fn declares_main(stream: &TokenStream) -> bool {
    main(&level(stream.clone())).is_some()
}

/// What of a block never runs, with its line in this text, from 0.
pub(super) fn idle(stream: &TokenStream) -> Option<(usize, Idle)> {
    let tokens = level(stream.clone());
    if let Some((line, name)) = test(&tokens) {
        let call = format!("call `{name}` itself, or take `run` out and test the code elsewhere");
        let message =
            format!("the test `{name}` never runs: a block runs as a program, not as a test");
        return Some((line, Idle::new(message, call)));
    }
    match main(&tokens) {
        Some(at) if is_async(&tokens, at) => Some((
            line_of(&tokens[at]),
            Idle::new(
                "nothing of this block runs: its `main` is async, and nothing polls it",
                "make `main` an ordinary function that gives the async one to an executor",
            ),
        )),
        Some(_) => None,
        None if !only_items(&tokens) => None,
        None => Some(match inner_main(&tokens) {
            Some(line) => (
                line,
                Idle::new(
                    "nothing of this block runs: its `main` is inside of something else",
                    "move `main` out, or call it",
                ),
            ),
            None => (
                tokens.first().map_or(0, line_of),
                Idle::new(
                    "nothing of this block runs: it only declares",
                    "use what it declares and print a result, or take `run` out",
                ),
            ),
        }),
    }
}

/// The place of `main` among the tokens of a level.
fn main(tokens: &[TokenTree]) -> Option<usize> {
    let mut pairs = tokens.windows(2);
    pairs.position(|pair| {
        is_keyword(pair.first(), "fn") && word(pair.get(1)).as_deref() == Some("main")
    })
}

/// Whether the function at this `fn` is async and stays so: an attribute such as `#[tokio::main]` may change that.
fn is_async(tokens: &[TokenTree], at: usize) -> bool {
    let start = tokens[..at].iter().rposition(|token| match token {
        TokenTree::Punct(punct) => punct.as_char() == ';',
        TokenTree::Group(group) => group.delimiter() == Delimiter::Brace,
        _ => false,
    });
    let own = &tokens[start.map_or(0, |start| start + 1)..at];
    let is_changed = own.iter().any(|token| match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::Bracket => {
            let path = level(group.stream());
            let is_known = ["allow", "doc", "expect", "warn"]
                .iter()
                .any(|known| word(path.first()).as_deref() == Some(known));
            !is_known
        }
        _ => false,
    });
    !is_changed && own.iter().any(|token| is_keyword(Some(token), "async"))
}

/// The first function with an attribute such as `#[test]`: its line and its name. What only tests compile, a reader knows for one.
fn test(tokens: &[TokenTree]) -> Option<(usize, String)> {
    let mut at = 0;
    while let Some(token) = tokens.get(at) {
        if is_punct(Some(token), '#')
            && let Some(TokenTree::Group(group)) = tokens.get(at + 1)
        {
            let attribute = level(group.stream());
            if is_for_tests(&attribute) {
                at = end_of_item(tokens, at + 2);
                continue;
            }
            if is_test(&attribute) {
                let rest = &tokens[at..];
                let mut pairs = rest.windows(2);
                let pair = pairs.find(|pair| is_keyword(pair.first(), "fn"));
                let name = pair.and_then(|pair| word(pair.get(1)));
                return Some((line_of(token), name.unwrap_or_default()));
            }
        }
        if let TokenTree::Group(group) = token
            && group.delimiter() == Delimiter::Brace
            && let Some(found) = test(&level(group.stream()))
        {
            return Some(found);
        }
        at += 1;
    }
    None
}

/// `test`, `tokio::test`, `tokio::test(…)`.
fn is_test(attribute: &[TokenTree]) -> bool {
    let path = attribute
        .iter()
        .take_while(|token| !matches!(token, TokenTree::Group(_)));
    let words: Vec<&TokenTree> = path.collect();
    let is_path = |token: &&TokenTree| is_punct(Some(token), ':') || word(Some(token)).is_some();
    words.iter().all(is_path) && word(words.last().copied()).as_deref() == Some("test")
}

/// `cfg(test)`.
fn is_for_tests(attribute: &[TokenTree]) -> bool {
    match attribute {
        [name, TokenTree::Group(group)] => {
            let list = level(group.stream());
            is_keyword(Some(name), "cfg") && list.len() == 1 && is_keyword(list.first(), "test")
        }
        _ => false,
    }
}

/// The line of a `main` inside of brackets.
fn inner_main(tokens: &[TokenTree]) -> Option<usize> {
    tokens.iter().find_map(|token| match token {
        TokenTree::Group(group) => {
            let inner = level(group.stream());
            let found = main(&inner).map(|at| line_of(&inner[at]));
            found.or_else(|| inner_main(&inner))
        }
        _ => None,
    })
}

/// Whether the tokens are items alone, or none at all, so that a function around them does nothing.
fn only_items(tokens: &[TokenTree]) -> bool {
    let mut at = 0;
    while at < tokens.len() {
        let mut start = at;
        loop {
            let token = tokens.get(start);
            let next = tokens.get(start + 1);
            let is_group = matches!(next, Some(TokenTree::Group(_)));
            let is_item = |token| ITEMS.iter().chain(QUALIFIERS).any(|w| is_keyword(token, w));
            start += match token {
                Some(token) if is_punct(Some(token), '#') && is_punct(next, '!') => 3,
                Some(token) if is_punct(Some(token), '#') => 2,
                Some(token) if is_keyword(Some(token), "pub") && is_group => 2,
                Some(token) if is_keyword(Some(token), "pub") => 1,
                Some(token)
                    if QUALIFIERS.iter().any(|q| is_keyword(Some(token), q)) && is_item(next) =>
                {
                    1
                }
                _ => break,
            };
        }
        let token = tokens.get(start);
        if token.is_none() {
            return true;
        }
        if !ITEMS.iter().any(|item| is_keyword(token, item)) {
            return false;
        }
        at = end_of_item(tokens, start);
    }
    true
}

/// The place after the item that starts here.
fn end_of_item(tokens: &[TokenTree], start: usize) -> usize {
    // Braces of a `use` are no body.
    let has_body = !tokens[start.min(tokens.len())..]
        .iter()
        .take_while(|token| !matches!(token, TokenTree::Group(_)))
        .any(|token| is_keyword(Some(token), "use"));
    let is_end = |token: &TokenTree| match token {
        TokenTree::Group(group) => has_body && group.delimiter() == Delimiter::Brace,
        token => is_punct(Some(token), ';'),
    };
    let rest = tokens.iter().skip(start);
    let length = rest.take_while(|token| !is_end(token)).count();
    start + length + 1
}

fn line_of(token: &TokenTree) -> usize {
    token.span().start().line.saturating_sub(1)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(code: &str) -> Option<(usize, String)> {
        let found = idle(&code.parse().unwrap());
        found.map(|(line, idle)| (line, idle.message))
    }

    #[test]
    fn a_main_is_a_function_outside_of_all_brackets() {
        let declares = |code: &str| declares_main(&code.parse().unwrap());
        for code in [
            "fn main() {}",
            "pub(crate) fn\nmain ( ) {}",
            "async fn main() {}",
            "fn r#main() {}",
        ] {
            assert!(declares(code), "{code}");
        }
        for code in [
            "// fn main() {}\n",
            "mod a { fn main() {} }",
            "let s = r#\"fn main() {}\"#;",
            "m! { fn main() {} }",
        ] {
            assert!(!declares(code), "{code}");
        }
    }

    #[test]
    fn what_never_runs_is_found_at_its_line() {
        for (code, line, words) in [
            ("\n#[test]\nfn t() { }", 1, "the test `t`"),
            (
                "fn main() {}\n#[tokio::test(flavor = \"x\")] async fn u() {}",
                1,
                "the test `u`",
            ),
            ("mod m {\n#[test] fn v() {} }\nm::f();", 1, "the test `v`"),
            ("use a::b;\nasync fn main() { }", 1, "async"),
            ("/// Docs\npub async fn main() { }", 1, "async"),
            (
                "fn f() {}\nmod m { pub fn main() {} }",
                1,
                "inside of something",
            ),
            (
                "macro_rules! m {\n() => { fn main() {} } }",
                1,
                "inside of something",
            ),
            ("struct A;\nimpl A { fn f() {} }", 0, "only declares"),
            (
                "use a::{b, c};\npub(crate) unsafe fn f() {}",
                0,
                "only declares",
            ),
            (
                "#[cfg(test)] mod tests { #[test] fn t() {} }",
                0,
                "only declares",
            ),
            ("", 0, "only declares"),
            ("// a comment\n", 0, "only declares"),
        ] {
            let found = found(code).unwrap_or_else(|| panic!("{code}"));
            assert_eq!(found.0, line, "{code}: {found:?}");
            assert!(found.1.contains(words), "{code}: {found:?}");
        }
    }

    #[test]
    fn what_runs_is_not_reported() {
        for code in [
            "1 + 1;",
            "fn f() {}\nf();",
            "use a::{b, c};\nb()",
            "fn main() {}\n#[cfg(test)] mod tests { #[test] fn t() {} }",
            "#[tokio::main]\nasync fn main() {}",
            "async fn f() {}\nfn main() { block_on(f()) }",
            "unsafe { f() }",
            "const { assert!(true) }",
            "const _: () = assert!(1 < 2);",
            "m! {}",
            "let test = 1; #[allow(unused)] let x = test;",
            "extern crate a; a::f();",
            "struct A; impl A { fn f() {} }\nfor _ in 0..1 { A::f() }",
            "async { 1 };",
        ] {
            assert_eq!(found(code), None, "{code}");
        }
    }
}
