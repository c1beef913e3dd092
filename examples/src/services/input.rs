//! Input that becomes code: how a statement changes its shape, and encoding text for
//! the place where it is inserted; and access control.
//!
//! Shown in `src/services/input.md`.

/// A piece of a statement in SQL, roughly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Token {
    /// A keyword or a name.
    Word,
    /// A number, a text in quotes, or a parameter `?`.
    Value,
    /// Any other sign.
    Sign,
}

// ANCHOR: shape
/// The shape of a statement: its tokens, without the values.
pub fn shape(statement: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut letters = statement.chars().peekable();
    while let Some(letter) = letters.next() {
        if letter == '\'' {
            // A string ends at the next quote that isn't doubled.
            while let Some(inside) = letters.next() {
                if inside == '\'' && letters.next_if_eq(&'\'').is_none() {
                    break;
                }
            }
            tokens.push(Token::Value);
        } else if letter.is_alphanumeric() || letter == '_' {
            while letters
                .next_if(|next| next.is_alphanumeric() || *next == '_')
                .is_some()
            {}
            tokens.push(if letter.is_numeric() {
                Token::Value
            } else {
                Token::Word
            });
        } else if letter == '?' {
            tokens.push(Token::Value);
        } else if !letter.is_whitespace() {
            tokens.push(Token::Sign);
        }
    }
    tokens
}
// ANCHOR_END: shape

// ANCHOR: escape
/// Text for the inside of an HTML element or of an attribute in quotes.
pub fn escape_html(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            _ => escaped.push(letter),
        }
    }
    escaped
}

/// The wrong way: remove what looks dangerous, once.
pub fn remove_scripts(text: &str) -> String {
    text.replace("<script>", "").replace("</script>", "")
}
// ANCHOR_END: escape

/// Tags that a page of HTML has.
pub fn tags(html: &str) -> Vec<String> {
    let after = html.split('<').skip(1);
    let names = after.map(|rest| {
        rest.chars()
            .take_while(|c| c.is_ascii_alphanumeric() || *c == '/')
            .collect()
    });
    names.filter(|name: &String| !name.is_empty()).collect()
}

/// A rule of an access control list: who may do what to which things. `*` means all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rule {
    /// An account.
    pub who: &'static str,
    /// An action.
    pub action: &'static str,
    /// A thing.
    pub thing: &'static str,
}

// ANCHOR: allowed
/// Whether a list allows it. What no rule allows is forbidden.
pub fn is_allowed(rules: &[Rule], who: &str, action: &str, thing: &str) -> bool {
    let fits = |pattern: &str, name: &str| pattern == "*" || pattern == name;
    rules.iter().any(|rule| {
        fits(rule.who, who) && fits(rule.action, action) && fits(rule.thing, thing)
    })
}
// ANCHOR_END: allowed

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn escaped_text_brings_no_tags_and_says_the_same(text in "[<>&\"'a-z/ ]{0,40}") {
            let escaped = escape_html(&text);
            prop_assert!(tags(&escaped).is_empty());
            let back = escaped.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", "\"").replace("&#39;", "'").replace("&amp;", "&");
            prop_assert_eq!(back, text);
        }

        #[test]
        fn doubled_quotes_keep_a_text_inside_its_value(input in "[a-z' 1-9=;-]{0,30}") {
            let quoted = format!("SELECT x FROM t WHERE name = '{}'", input.replace('\'', "''"));
            prop_assert_eq!(shape(&quoted), shape("SELECT x FROM t WHERE name = ?"));
        }
    }

    #[test]
    fn what_no_rule_allows_is_forbidden() {
        assert!(!is_allowed(&[], "ann", "read", "posts"));
        let rules = [Rule {
            who: "ann",
            action: "read",
            thing: "*",
        }];
        assert!(is_allowed(&rules, "ann", "read", "posts"));
        assert!(
            !is_allowed(&rules, "ann", "write", "posts")
                && !is_allowed(&rules, "bob", "read", "posts")
        );
    }
}
