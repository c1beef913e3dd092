//! The `vary=` attribute: what may vary in a block, each parameter with its domain.

use crate::read::Fence;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::info_string::Word;
use crate::text::source::Source;
use crate::text::span::Span;
use mdbook_proof_calculator::claims::domain::{Domain, FORMS};
use std::sync::Arc;

/// What may vary in a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parameter {
    /// Its name in the block's code.
    pub name: String,
    /// What it may be.
    pub domain: Domain,
    /// Its bytes in the page: the name and the domain.
    pub span: Span,
}

/// Reads the value of a `vary=` attribute, one of the words of a fence's info string.
///
/// # Errors
/// A finding at what is wrong with it.
pub(super) fn read(
    source: &Arc<Source>,
    fence: &Fence,
    word: &Word,
) -> Result<Vec<Parameter>, Box<Finding>> {
    let attribute = word.span.shift(fence.info.start);
    let written = source.slice(attribute);
    // The words of a value are in quotes: `vary="seed=1..50 load=0.5..0.9"`.
    let at = written.find('=').map_or(written.len(), |at| at + 1);
    let (start, text) = match written[at..].strip_prefix('"') {
        Some(text) => (
            attribute.start + at + 1,
            text.strip_suffix('"').unwrap_or(text),
        ),
        None => (attribute.start + at, &written[at..]),
    };
    let wrong = |span: Span, message: String, help: &str| {
        Box::new(Finding::new(Code::Attribute, source, span, message).with_help(help))
    };
    let mut parameters: Vec<Parameter> = Vec::new();
    let mut used = 0;
    while let Some(gap) = text[used..].find(|c: char| !c.is_whitespace()) {
        let from = used + gap;
        let rest = &text[from..];
        let end = rest.find(char::is_whitespace).unwrap_or(rest.len());
        let whole = Span::new(0, end).shift(start + from);
        let Some((name, _)) = rest[..end]
            .split_once('=')
            .filter(|(name, _)| is_name(name))
        else {
            let message = format!("`{}` names nothing that varies", &rest[..end]);
            return Err(wrong(
                whole,
                message,
                "write `vary=\"seed=1..50\"`, a name of the code and its range",
            ));
        };
        if parameters.iter().any(|other| other.name == name) {
            let message = format!("`{name}` stands twice");
            return Err(wrong(whole, message, "leave one out"));
        }
        let domain_at = from + name.len() + 1;
        let (domain, length) = Domain::read(&text[domain_at..]).map_err(|error| {
            let span = Span::from(error.span).shift(start + domain_at);
            wrong(span, error.message, &error.help)
        })?;
        used = domain_at + length;
        parameters.push(Parameter {
            name: name.to_owned(),
            domain,
            span: Span::new(start + from, start + used),
        });
    }
    if parameters.is_empty() {
        let help = format!("{FORMS}, each behind its name: `vary=\"seed=1..50\"`");
        return Err(wrong(attribute, "`vary` names nothing".to_owned(), &help));
    }
    Ok(parameters)
}

/// Whether a text can be the name of a variable, a field or a loop.
fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_alphabetic() || c == '_')
        && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}
