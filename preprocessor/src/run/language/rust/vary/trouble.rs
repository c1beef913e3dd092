//! What goes wrong with a varied copy of a block that runs as it is: an error of the compiler, or a setting that isn't taken.

use super::{Varied, attribute};
use crate::read::Block;
use crate::run::job::Diagnostic;
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use std::sync::Arc;

/// The errors of a varied copy that the block itself doesn't have, each at the parameter that it comes from.
pub(in crate::run::language::rust) fn errors(
    source: &Arc<Source>,
    block: &Block,
    own: &[Diagnostic],
    varied: &[Diagnostic],
) -> Vec<Finding> {
    let Some(copy) = Varied::new(block) else {
        return Vec::new();
    };
    let line = |diagnostic: &Diagnostic| diagnostic.place.map(|(line, _)| line);
    let is_own = |error: &&Diagnostic| {
        own.iter().any(|other| {
            other.is_error && other.message == error.message && line(other) == line(error)
        })
    };
    let errors = varied
        .iter()
        .filter(|error| error.is_error && !is_own(error));
    errors
        .map(|error| {
            let place = error
                .place
                .and_then(|(line, span)| copy.parameter_at(line, span));
            let parameter = place.and_then(|place| block.vary.get(place));
            let (span, help) = match parameter {
                Some(parameter) => (
                    parameter.span,
                    format!(
                        "leave `{}` out, or vary it in what its place in the code can be",
                        parameter.name
                    ),
                ),
                None => (attribute(block), "leave out what can't vary".to_owned()),
            };
            let message = format!(
                "the block doesn't compile when it varies: {}",
                error.message
            );
            let finding = Finding::new(Code::Attribute, source, span, message).with_help(help);
            let label = error.label.iter().cloned();
            let details: Vec<String> = label.chain(error.notes.iter().cloned()).collect();
            match details.is_empty() {
                true => finding,
                false => finding.with_details(details.join("\n")),
            }
        })
        .collect()
}

/// The setting that a run was ended for, if its standard error says so behind the mark.
pub(in crate::run::language::rust) fn refusal(
    source: &Arc<Source>,
    block: &Block,
    mark: &str,
    stderr: &str,
) -> Option<Finding> {
    let (_, after) = stderr.split_once(&format!("{mark} refused "))?;
    let mut words = after.lines().next()?.splitn(3, ' ');
    let parameter = block.vary.get(words.next()?.parse::<usize>().ok()?)?;
    let (what, setting) = (words.next()?, words.next()?);
    let name = &parameter.name;
    let (message, help) = match what {
        "choice" => (
            format!("`{name}` can't be `{setting}`, which is none of its choices"),
            format!(
                "add it to the choices: `{name}={}|{setting}`",
                parameter.domain
            ),
        ),
        of => (
            format!("`{name}` can't be {setting}: it is of type `{of}` in the code"),
            format!("vary it in what a `{of}` can be, or give it another type in the code"),
        ),
    };
    Some(Finding::new(Code::Attribute, source, parameter.span, message).with_help(help))
}
