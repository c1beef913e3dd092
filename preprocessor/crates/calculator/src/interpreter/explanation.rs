//! Why `numbat` gave no value, in the words of this program.

use super::refused;
use super::suggestion::{in_note, is_module, suggestion};
use crate::expression::is_word;
use crate::value::ExpressionError;
use numbat::diagnostic::ErrorDiagnostic;
use numbat::resolver::ResolverError;
use numbat::{Context, NameResolutionError, NumbatError, TypeCheckError};
use std::ops::Range;

/// Why a code gave no value. The context knows what it knew before.
pub(super) fn explain(context: &Context, code: &str, problem: &NumbatError) -> ExpressionError {
    // The type checker has clashes of its own.
    let clash = match problem {
        NumbatError::NameResolutionError(clash)
        | NumbatError::TypeCheckError(TypeCheckError::NameResolutionError(clash)) => Some(clash),
        _ => None,
    };
    let diagnostics = match problem {
        NumbatError::ResolverError(e) => e.diagnostics(),
        NumbatError::NameResolutionError(e) => e.diagnostics(),
        NumbatError::TypeCheckError(e) => e.diagnostics(),
        NumbatError::RuntimeError(e) => {
            return ExpressionError::new(code, sentence(&e.to_string()));
        }
    };
    let diagnostic = diagnostics.into_iter().next();
    let labels = diagnostic.as_ref().map_or(&[][..], |d| &d.labels);
    // A label may lie in a module.
    let is_here = |file, range: &Range<usize>| {
        let files = &context.resolver().files;
        files.get(file).is_ok_and(|file| file.source() == code) && code.get(range.clone()).is_some()
    };
    let label = labels
        .iter()
        .find(|label| is_here(label.file_id, &label.range));
    let mut range = label.map(|label| label.range.clone());
    let span = || range.clone().unwrap_or(0..code.len());
    let note = diagnostic.as_ref().and_then(|d| d.notes.first());
    if let NumbatError::ResolverError(ResolverError::UnknownModule(_, path)) = problem {
        let path = path.to_string();
        return refused::module(&path, is_module(&path), span());
    }
    if let NumbatError::TypeCheckError(TypeCheckError::UnknownIdentifier(_, name, _)) = problem {
        return unknown(context, name, span(), note.and_then(|note| in_note(note)));
    }
    if let NumbatError::TypeCheckError(_) = problem
        && let Some(error) = uncalled(context, code)
    {
        return error;
    }
    let mut unfit = None;
    if let [one, other, operation] = labels
        && operation.message.starts_with("incompatible dimensions")
        && labels
            .iter()
            .all(|label| is_here(label.file_id, &label.range))
    {
        let (start, end) = (
            one.range.start.min(other.range.start),
            one.range.end.max(other.range.end),
        );
        range = Some(start..end);
        unfit = Some(format!(
            "{}: {} and {}",
            operation.message,
            one.message.trim(),
            other.message.trim()
        ));
    }
    let message = match (clash, label) {
        (Some(clash), _) => match clash {
            NameResolutionError::IdentifierClash {
                conflicting_identifier,
                original_item_type,
                ..
            } => {
                let brings = match code.trim_start().starts_with("use ") {
                    true => format!("`{}` defines `{conflicting_identifier}`: ", code.trim()),
                    false => String::new(),
                };
                format!(
                    "{brings}the name `{conflicting_identifier}` is taken by a {}",
                    original_item_type.as_deref().unwrap_or("definition")
                )
            }
            NameResolutionError::ReservedIdentifier(_) => "this name is reserved".to_owned(),
        },
        (_, Some(label)) if !label.message.is_empty() => match problem {
            NumbatError::TypeCheckError(TypeCheckError::WrongArity { callable_name, .. }) => {
                format!("`{callable_name}` {}", label.message)
            }
            NumbatError::TypeCheckError(TypeCheckError::TypedHoleInStatement(..)) => {
                "`?` is no value".to_owned()
            }
            _ => label.message.clone(),
        },
        _ => problem.to_string(),
    };
    let help = match clash {
        Some(_) => Some("choose another name".to_owned()),
        None => note.cloned(),
    };
    ExpressionError {
        message: sentence(&unfit.unwrap_or(message)),
        span: range.unwrap_or(0..code.len()),
        is_name_taken: matches!(clash, Some(NameResolutionError::IdentifierClash { .. })),
        help: help.map(|help| sentence(&help)).filter(|h| !h.is_empty()),
    }
}

/// An unknown name: one that has no place in a sum, an operator of another language, or a misspelled one.
fn unknown(
    context: &Context,
    name: &str,
    span: Range<usize>,
    theirs: Option<&str>,
) -> ExpressionError {
    if let Some(error) = refused::name(name, span.clone()) {
        return error;
    }
    ExpressionError {
        message: format!("unknown identifier `{name}`"),
        span,
        help: refused::operator(name)
            .map(str::to_owned)
            .or_else(|| suggestion(context, name, theirs)),
        is_name_taken: false,
    }
}

/// A function that is written between its arguments or before them, without brackets: `7 mod 3`. The type checker
/// answers with the types that it tried.
fn uncalled(context: &Context, code: &str) -> Option<ExpressionError> {
    let mut at = 0;
    let words: Vec<(usize, &str)> = code
        .split_inclusive(|c| !is_word(c))
        .map(|piece| {
            at += piece.len();
            (at - piece.len(), piece.trim_end_matches(|c| !is_word(c)))
        })
        .collect();
    let (start, name) = words.into_iter().find(|(start, word)| {
        let after = code[start + word.len()..].trim_start();
        // A function may be the argument of another one, or stand behind an arrow.
        let is_value = after.is_empty() || after.starts_with(|c: char| is_word(c));
        let is_applied = ["|>", "->", "→"]
            .iter()
            .any(|arrow| code[..*start].trim_end().ends_with(arrow));
        is_value && !is_applied && context.function_names().any(|name| name == *word)
    })?;
    let end = start + name.len();
    let operand = |text: Option<&str>| {
        let is_simple =
            |text: &&str| !text.is_empty() && text.chars().all(|c| is_word(c) || c == '.');
        let text = text.map(|text| text.trim_matches(['(', ')']));
        text.filter(is_simple).map(str::to_owned)
    };
    let operands = [
        operand(code[..start].split_whitespace().next_back()),
        operand(code[end..].split_whitespace().next()),
    ];
    let mut arguments: Vec<String> = operands.into_iter().flatten().collect();
    if arguments.is_empty() {
        arguments.push("…".to_owned());
    }
    Some(ExpressionError {
        message: format!("`{name}` is a function, and its arguments stand in brackets"),
        span: start..end,
        help: Some(format!("write {name}({})", arguments.join(", "))),
        is_name_taken: false,
    })
}

/// A message of numbat's as one line that starts small and is no longer than people read: it can quote any text.
fn sentence(text: &str) -> String {
    let short: String = text.chars().take(1000).collect();
    let line = short.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut chars = line.chars();
    match (chars.next(), chars.next()) {
        // Not a name such as `USD`.
        (Some(first), Some(second)) if first.is_uppercase() && second.is_lowercase() => {
            first.to_lowercase().chain([second]).chain(chars).collect()
        }
        _ => line,
    }
}
