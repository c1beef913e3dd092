//! A block's text as tokens, in which words inside strings and comments are no code.

use proc_macro2::{TokenStream, TokenTree};

/// How deep brackets may be nested. Deeper code is left to the compiler, which has a limit as well.
const DEPTH: usize = 200;

/// The tokens of a text; none where it is no Rust, or nested too deeply to be looked through.
pub(super) fn read(text: &str) -> Option<TokenStream> {
    let stream: TokenStream = text.parse().ok()?;
    is_within(&stream, DEPTH).then_some(stream)
}

fn is_within(stream: &TokenStream, depth: usize) -> bool {
    stream.clone().into_iter().all(|token| match token {
        TokenTree::Group(group) => depth > 0 && is_within(&group.stream(), depth - 1),
        _ => true,
    })
}

/// The tokens of one level: what is inside brackets is one of them.
pub(super) fn level(stream: TokenStream) -> Vec<TokenTree> {
    stream.into_iter().collect()
}

/// The identifier that a token is, without the `r#` that changes nothing about what it names.
pub(super) fn word(token: Option<&TokenTree>) -> Option<String> {
    match token {
        Some(TokenTree::Ident(ident)) => {
            let text = ident.to_string();
            Some(text.strip_prefix("r#").map_or(text.clone(), str::to_owned))
        }
        _ => None,
    }
}

/// Whether a token is this keyword; `r#fn` is none.
pub(super) fn is_keyword(token: Option<&TokenTree>, keyword: &str) -> bool {
    matches!(token, Some(TokenTree::Ident(ident)) if ident == keyword)
}

/// Whether a token is this character.
pub(super) fn is_punct(token: Option<&TokenTree>, character: char) -> bool {
    matches!(token, Some(TokenTree::Punct(punct)) if punct.as_char() == character)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn code_that_is_nested_without_an_end_is_left_to_the_compiler() {
        let nested = |depth: usize| format!("{}{}", "(".repeat(depth), ")".repeat(depth));
        assert!(read(&nested(DEPTH)).is_some());
        assert!(read(&nested(DEPTH + 1)).is_none());
        assert!(read(&nested(1_000_000)).is_none());
        assert!(read("(").is_none());
    }
}
