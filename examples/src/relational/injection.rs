//! How a statement's text is split into tokens, and how a value that is pasted into it
//! changes them.
//!
//! Shown in `src/relational/injection.md`.

/// A piece of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Token {
    /// A keyword or a name.
    Word(String),
    /// A number.
    Number(String),
    /// A text in single quotes, without them.
    Text(String),
    /// A placeholder for a value that is sent separately: `?`.
    Bind,
    /// Anything else, such as `=` or `;`.
    Sign(char),
    /// A quote that is never closed.
    Unclosed,
}

// ANCHOR: tokens
/// The tokens of a statement. A quote within a text is doubled, and `--` begins a
/// comment that lasts to the end of the line, as in ISO/IEC 9075-2.
pub fn tokens(sql: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = sql.trim_start();
    while let Some(first) = rest.chars().next() {
        let is_word = |c: char| c.is_alphanumeric() || c == '_';
        let length = match first {
            '\'' => {
                let (text, length) = quoted(rest);
                tokens.push(text.map_or(Token::Unclosed, Token::Text));
                length
            }
            '-' if rest.starts_with("--") => rest.find('\n').unwrap_or(rest.len()),
            '?' => {
                tokens.push(Token::Bind);
                1
            }
            c if is_word(c) => {
                let length = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                let word = rest[..length].to_owned();
                let is_number = c.is_ascii_digit();
                tokens.push(if is_number {
                    Token::Number(word)
                } else {
                    Token::Word(word)
                });
                length
            }
            c => {
                tokens.push(Token::Sign(c));
                c.len_utf8()
            }
        };
        rest = rest[length..].trim_start();
    }
    tokens
}
// ANCHOR_END: tokens

/// The text at the beginning, up to the quote that closes it, and its length with both
/// quotes.
fn quoted(sql: &str) -> (Option<String>, usize) {
    let (mut text, mut at) = (String::new(), 1);
    while let Some(length) = sql[at..].find('\'') {
        text.push_str(&sql[at..at + length]);
        at += length + 1;
        if !sql[at..].starts_with('\'') {
            return (Some(text), at);
        }
        text.push('\'');
        at += 1;
    }
    (None, sql.len())
}

/// A value as an SQL string: in quotes, with its own quotes doubled.
pub fn quote(value: &str) -> String {
    format!("'{}'", value.replace('\'', "''"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_quoted_value_is_one_token_and_comes_back(value in "[a-z'\"; =0-9é-]{0,30}") {
            let sql = format!("select {} from t", quote(&value));
            let tokens = tokens(&sql);
            prop_assert_eq!(tokens.len(), 4);
            prop_assert_eq!(&tokens[1], &Token::Text(value));
        }
    }

    #[test]
    fn comments_hide_what_follows_on_the_line() {
        assert_eq!(tokens("a -- b\nc").len(), 2);
        assert_eq!(tokens("'open"), [Token::Unclosed]);
    }
}
