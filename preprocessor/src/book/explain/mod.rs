//! What each finding means, with a wrong and a right example; pictures and the rules for tables bring their own.

mod texts;

use crate::tables::rules;
use crate::text::code::Code;
use crate::text::info_string::nearest;
use anyhow::{Result, bail};
use mdbook_proof_text::explanation::Explanation;
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// Every code that a finding may have, by its name, with its explanation.
pub fn all() -> BTreeMap<&'static str, (Code, Explanation)> {
    let fixed = Code::FIXED
        .into_iter()
        .filter_map(|code| Some((code, texts::of(code)?)));
    let rules = rules::ALL
        .iter()
        .map(|rule| (rule.code(), rule.explanation()));
    let pictures = mdbook_proof_pictures::ALL
        .iter()
        .map(|picture| (Code::Picture(picture.code()), picture.explanation()));
    // What a rule and a stage share is explained by the stage.
    rules
        .chain(pictures)
        .chain(fixed)
        .map(|(code, text)| (code.name(), (code, text)))
        .collect()
}

/// The explanation of a code, as text.
///
/// # Errors
/// For a name that is no code: which one was meant.
pub fn explain(name: &str) -> Result<String> {
    let all = all();
    let Some((code, explanation)) = all.get(name) else {
        let names: Vec<&str> = all.keys().copied().collect();
        match nearest(name, &names) {
            Some(meant) => bail!("no finding is called `{name}`; did you mean `{meant}`?"),
            None => bail!(
                "no finding is called `{name}`; there are {}",
                names.join(", ")
            ),
        }
    };
    let mut text = format!("{code}: {}.\n", explanation.means);
    for (title, example) in [("Wrong", explanation.wrong), ("Right", explanation.right)] {
        let _ = write!(text, "\n{title}:\n\n");
        for line in example.lines() {
            let _ = writeln!(text, "{}", format!("    {line}").trim_end());
        }
    }
    Ok(text)
}

/// All codes with what they mean, a line each.
pub fn list() -> String {
    let all = all();
    let width = all.keys().map(|name| name.len()).max().unwrap_or_default();
    let mut text = String::new();
    for (name, (_, explanation)) in &all {
        let _ = writeln!(text, "{name:width$}  {}", explanation.means);
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_explained() {
        let all = all();
        for code in Code::FIXED {
            assert!(all.contains_key(code.name()), "{code}");
        }
        for picture in mdbook_proof_pictures::ALL {
            assert!(all.contains_key(picture.code()), "{picture:?}");
        }
        for rule in rules::ALL {
            assert!(all.contains_key(rule.code().name()), "{rule:?}");
        }
    }

    #[test]
    fn a_slip_in_a_name_is_understood() {
        let error = explain("ouptut").unwrap_err().to_string();
        assert!(error.contains("did you mean `output`?"), "{error}");
        assert!(
            explain("nothing like it")
                .unwrap_err()
                .to_string()
                .contains("there are")
        );
    }
}
