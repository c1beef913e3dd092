//! Addresses (URLs): which of them name a scheme, and percent-encoding.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};
use std::borrow::Cow;
use std::path::Path;

/// What a path can't hold in an address, besides what no address can.
const IN_PATH: AsciiSet = CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'<')
    .add(b'>')
    .add(b'?')
    .add(b'`')
    .add(b'{')
    .add(b'}');

/// Whether an address starts with a scheme, such as `https:` or `mailto:` (RFC 3986, section 3.1).
pub fn has_scheme(address: &str) -> bool {
    address.split_once(':').is_some_and(|(scheme, _)| {
        scheme.starts_with(|c: char| c.is_ascii_alphabetic())
            && scheme
                .chars()
                .all(|c| c.is_ascii_alphanumeric() || matches!(c, '+' | '-' | '.'))
    })
}

/// The text with `%20` and the like read; none if that isn't UTF-8. A `%` without two digits stays as it is.
pub fn decoded(text: &str) -> Option<Cow<'_, str>> {
    percent_decode_str(text).decode_utf8().ok()
}

/// A relative path as addresses write it; none if it isn't UTF-8.
pub fn of_path(path: &Path) -> Option<String> {
    let parts: Option<Vec<String>> = path
        .components()
        .map(|part| {
            let part = part.as_os_str().to_str()?;
            Some(utf8_percent_encode(part, &IN_PATH).to_string())
        })
        .collect();
    Some(parts?.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_scheme_is_letters_and_more_before_a_colon() {
        for address in ["mailto:a@b", "https://a", "data:x", "git+ssh://a", "C:/x"] {
            assert!(has_scheme(address), "{address}");
        }
        for address in ["a.md", "#a:b", "1:2", "a/b:c.md", "//a", "", ":a", "a b:c"] {
            assert!(!has_scheme(address), "{address}");
        }
    }

    #[test]
    fn what_is_no_encoding_stays_and_what_is_no_text_is_none() {
        assert_eq!(decoded("a%20b%C3%A9%zz%").as_deref(), Some("a bé%zz%"));
        assert_eq!(decoded("%ff"), None);
    }

    proptest! {
        #[test]
        fn an_encoded_path_is_plain_and_decodes_to_itself(
            parts in prop::collection::vec("[a-z%#? \"<>`{}é&+]{1,8}", 1..4)
        ) {
            let path = parts.join("/");
            let address = of_path(Path::new(&path)).unwrap();
            let is_plain = address.is_ascii() && !address.contains(['#', '?', ' ', '"', '<', '{']);
            prop_assert!(is_plain, "{}", address);
            let again = decoded(&address);
            prop_assert_eq!(again.as_deref(), Some(path.as_str()));
        }
    }
}
