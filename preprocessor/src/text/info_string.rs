//! The words of an info string: separated by commas and spaces, but not inside double quotes.

use crate::text::span::Span;

/// A word of an info string, such as `run`, `timeout=20s` or `ref="M/M/1 theory"`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Word {
    /// The part before `=`, or the whole word.
    pub name: String,
    /// The part after `=`, without its quotes.
    pub value: Option<String>,
    /// Its bytes in the info string.
    pub span: Span,
}

/// The first word of an info string, which names the language.
pub fn language(info: &str) -> &str {
    let is_gap = |c: char| matches!(c, ',' | ' ' | '\t');
    info.trim_start_matches(is_gap)
        .split(is_gap)
        .next()
        .unwrap_or_default()
}

/// Splits an info string into its words.
///
/// # Errors
/// The bytes of a quotation that is never closed.
pub fn words(info: &str) -> Result<Vec<Word>, Span> {
    let is_gap = |c: char| matches!(c, ',' | ' ' | '\t');
    let mut words = Vec::new();
    let mut start = None;
    let mut quote = None;
    for (at, c) in info.char_indices() {
        if c == '"' {
            start.get_or_insert(at);
            quote = if quote.is_none() { Some(at) } else { None };
        } else if quote.is_some() || !is_gap(c) {
            start.get_or_insert(at);
        } else if let Some(start) = start.take() {
            words.push(word(info, Span::new(start, at)));
        }
    }
    if let Some(open) = quote {
        return Err(Span::new(open, info.len()));
    }
    if let Some(start) = start {
        words.push(word(info, Span::new(start, info.len())));
    }
    Ok(words)
}

fn word(info: &str, span: Span) -> Word {
    let text = &info[span];
    let (name, value) = match text.split_once('=') {
        Some((name, value)) => (name, Some(value.replace('"', ""))),
        None => (text, None),
    };
    Word {
        name: name.replace('"', ""),
        value,
        span,
    }
}

/// The longest name that is compared, in characters: comparing takes the square of it.
const LONGEST_NAME: usize = 100;

/// The known name that was probably meant by `name`: at most a third of its characters are others.
pub fn nearest<'known>(name: &str, known: &[&'known str]) -> Option<&'known str> {
    let name = name.to_lowercase();
    let length = name.chars().count();
    if length > LONGEST_NAME {
        return None;
    }
    known
        .iter()
        .filter_map(|known| {
            let characters = known.chars().count();
            let most = characters.div_ceil(3).min(characters.saturating_sub(1));
            // Where the lengths alone differ by more, there is nothing to compare.
            let distance = match characters.abs_diff(length) <= most {
                true => strsim::osa_distance(&name, known),
                false => return None,
            };
            (distance <= most).then_some((distance, *known))
        })
        .min()
        .map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn words_are_separated_by_commas_and_spaces_outside_quotes() {
        let read = words("output, chart=line  ref=\"a, b\",elided=\"it's = so\",").unwrap();
        let read: Vec<_> = read
            .iter()
            .map(|word| (word.name.as_str(), word.value.as_deref()))
            .collect();
        assert_eq!(
            read,
            [
                ("output", None),
                ("chart", Some("line")),
                ("ref", Some("a, b")),
                ("elided", Some("it's = so")),
            ]
        );
        assert_eq!(words("output,ref=\"x"), Err(Span::new(11, 13)));
        assert_eq!(words(" ,, "), Ok(vec![]));
    }

    #[test]
    fn the_nearest_name_is_offered_only_when_it_is_near() {
        assert_eq!(nearest("chrat", &["chart", "table"]), Some("chart"));
        assert_eq!(nearest("log-x", &["logx", "logy"]), Some("logx"));
        assert_eq!(nearest("Chart", &["chart", "table"]), Some("chart"));
        assert_eq!(nearest("picture", &["chart", "table"]), None);
    }

    #[test]
    fn near_is_counted_in_characters() {
        assert_eq!(nearest("top", &["日本語-見出し"]), None);
        assert_eq!(
            nearest("日本-見出し", &["日本語-見出し"]),
            Some("日本語-見出し")
        );
        assert_eq!(nearest("größe", &["grösse", "größer"]), Some("größer"));
        assert_eq!(nearest("été", &["eta"]), None);
        // Of one letter nothing is left when one is another.
        assert_eq!(nearest("x", &["a"]), None);
        let long = "a".repeat(LONGEST_NAME + 1);
        assert_eq!(nearest(&long, &[&long]), None);
    }

    proptest! {
        #[test]
        fn no_info_string_panics(info in "[a-zµ\"=, \t]{0,40}") {
            if let Ok(words) = words(&info) {
                for word in words {
                    prop_assert!(word.span.fits(&info));
                }
            }
        }
    }
}
