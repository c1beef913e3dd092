//! Reads the claims of a token: one flat JSON object, and nothing else.
//!
//! Used by `services/tokens.rs`.
//!
//! RFC 8259 for the notation; RFC 7519, section 4, for the names, of which none may
//! come twice.

use std::collections::BTreeMap;

/// A claim's value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Claim {
    /// A text.
    Text(String),
    /// A whole number that isn't negative, such as a time in seconds since 1970.
    Number(u64),
    /// True or false.
    Flag(bool),
}

/// The white space that JSON allows.
const SPACE: [char; 4] = [' ', '\t', '\n', '\r'];

// ANCHOR: claims
/// The claims of an object without lists, inner objects and escapes. `None` for
/// anything else, and if a name occurs twice: readers that disagree on which of the two
/// counts open a security hole.
pub fn claims(content: &str) -> Option<BTreeMap<String, Claim>> {
    let inner = content.trim_matches(SPACE).strip_prefix('{')?;
    let mut rest = inner.strip_suffix('}')?.trim_matches(SPACE);
    let mut claims = BTreeMap::new();
    while !rest.is_empty() {
        let (name, after) = text(rest)?;
        let after = after.trim_start_matches(SPACE).strip_prefix(':')?;
        let (value, after) = value(after.trim_start_matches(SPACE))?;
        if claims.insert(name.to_owned(), value).is_some() {
            return None;
        }
        rest = after.trim_start_matches(SPACE);
        if !rest.is_empty() {
            rest = rest.strip_prefix(',')?.trim_start_matches(SPACE);
            text(rest)?; // After a comma comes one more.
        }
    }
    Some(claims)
}
// ANCHOR_END: claims

/// A text at the beginning, without its quotes, and what follows it.
fn text(rest: &str) -> Option<(&str, &str)> {
    let (text, after) = rest.strip_prefix('"')?.split_once('"')?;
    let is_plain = |c: char| c != '\\' && !c.is_control();
    text.chars().all(is_plain).then_some((text, after))
}

/// A value at the beginning, and what follows it.
fn value(rest: &str) -> Option<(Claim, &str)> {
    if rest.starts_with('"') {
        return text(rest).map(|(text, after)| (Claim::Text(text.to_owned()), after));
    }
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric());
    let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
    let value = match word {
        "true" => Claim::Flag(true),
        "false" => Claim::Flag(false),
        // JSON knows no leading zeros.
        number if number == "0" || !number.starts_with('0') => {
            Claim::Number(number.parse().ok()?)
        }
        _ => return None,
    };
    Some((value, after))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn anything_but_a_flat_object_is_refused() {
        for content in [
            "",
            "{",
            "}",
            "ann",
            "[]",
            "{}{}",
            r#"{"a"}"#,
            r#"{"a":}"#,
            r#"{"a":1,}"#,
            r#"{,"a":1}"#,
            r#"{"a":1 "b":2}"#,
            r#"{"a":1 2}"#,
            r#"{"a":-1}"#,
            r#"{"a":01}"#,
            r#"{"a":1.5}"#,
            r#"{"a":1e9}"#,
            r#"{"a":null}"#,
            r#"{"a":["b"]}"#,
            r#"{"a":{"b":1}}"#,
            r#"{"a":"\u0062"}"#,
            r#"{"a":"b\"","exp":"9"}"#,
            r#"{"exp":1,"exp":9}"#,
            r#"{"a":18446744073709551616}"#,
            "{\u{a0}\"a\":1}",
            "{\"a\":\"\n\"}",
        ] {
            assert_eq!(claims(content), None, "{content}");
        }
        assert_eq!(claims("{ }"), Some(BTreeMap::new()));
    }

    proptest! {
        #[test]
        fn what_is_written_is_read(
            written in prop::collection::btree_map(
                "[a-zA-Z_:/. äß€{},-]{0,9}",
                prop_oneof![
                    "[a-z0-9:{},\\[\\] ]{0,9}".prop_map(Claim::Text),
                    any::<u64>().prop_map(Claim::Number),
                    any::<bool>().prop_map(Claim::Flag),
                ],
                0..6,
            ),
            space in "[ \t\r\n]{0,3}",
        ) {
            let fields = written.iter().map(|(name, value)| {
                let value = match value {
                    Claim::Text(text) => format!("\"{text}\""),
                    Claim::Number(number) => number.to_string(),
                    Claim::Flag(flag) => flag.to_string(),
                };
                format!("{space}\"{name}\"{space}:{space}{value}{space}")
            });
            let fields: Vec<String> = fields.collect();
            let content = format!("{space}{{{space}{}{space}}}{space}", fields.join(","));
            prop_assert_eq!(claims(&content), Some(written));
        }

        #[test]
        fn nothing_makes_the_reader_panic(content in "\\{.{0,30}\\}") {
            let _ = claims(&content);
        }
    }
}
