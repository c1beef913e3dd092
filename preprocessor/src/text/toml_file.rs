//! Where the keys of a TOML file stand, for findings about a configuration.

use crate::text::span::Span;
use toml::de::{DeTable, DeValue};

/// The bytes of a key, named by the tables that lead to it; of the innermost of them that the file has.
///
/// Empty where the file has none of them, or isn't TOML.
pub fn key(text: &str, path: &[&str]) -> Span {
    let mut found = Span::at(0);
    let Ok(document) = DeTable::parse(text) else {
        return found;
    };
    let mut table = Some(document.get_ref());
    for name in path {
        let entry = table.and_then(|table| table.iter().find(|(key, _)| key.get_ref() == name));
        let Some((key, value)) = entry else {
            break;
        };
        found = key.span().into();
        table = match value.get_ref() {
            DeValue::Table(table) => Some(table),
            _ => None,
        };
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_found_in_every_spelling_of_its_table() {
        for text in [
            "[build]\nbuild-dir = \"x\"\n",
            "build.build-dir = 1",
            "build = { build-dir = 1 }",
            "'build'.\"build-dir\" = 1",
        ] {
            let found = key(text, &["build", "build-dir"]).slice(text);
            assert!(found.contains("build-dir"), "{text}: {found}");
        }
        let text = "[a]\nb = 1\n";
        assert_eq!(key(text, &["a", "c"]).slice(text), "a");
        assert_eq!(key(text, &["c"]), Span::at(0));
        assert_eq!(key("[", &["c"]), Span::at(0));
    }
}
