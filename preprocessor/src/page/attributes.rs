//! The info string of a fence: what kind of fence it is, and its attributes.

use super::output::{self, View};
use super::{Fence, Language};
use crate::finding::Finding;
use crate::source::Source;
use std::sync::Arc;

/// What a fence is to us.
#[derive(Debug, PartialEq, Eq)]
pub enum Kind {
    /// A code block that we leave alone.
    Plain,
    /// A block that runs.
    Run {
        /// Its language.
        language: Language,
        /// The name by which expressions read its output.
        name: Option<String>,
    },
    /// The committed output of the block above, and how it is shown.
    Output(View),
    /// A capacity sum.
    Calc,
    /// A flowchart.
    Sketch,
}

/// Reads a fence's info string.
///
/// # Errors
/// A finding for an unknown language, attribute or value.
pub fn read(source: &Arc<Source>, fence: &Fence) -> Result<Kind, Box<Finding>> {
    let info = source.slice(fence.info.clone());
    let mut words = info
        .split([',', ' ', '\t'])
        .map(str::trim)
        .filter(|word| !word.is_empty());
    let language = words.next().unwrap_or_default();
    let attributes: Vec<&str> = words.collect();
    let is_run = |word: &&str| *word == "run" || word.starts_with("run=");
    match language {
        "output" => Ok(Kind::Output(output::read(source, fence)?)),
        "mermaid" => {
            none_of(source, fence, &attributes, "a `mermaid` fence")?;
            Ok(Kind::Sketch)
        }
        "calc" => {
            none_of(source, fence, &attributes, "a `calc` fence")?;
            Ok(Kind::Calc)
        }
        _ if !attributes.iter().any(is_run) => Ok(Kind::Plain),
        "rust" => Ok(Kind::Run {
            language: Language::Rust,
            name: name(source, fence, &attributes)?,
        }),
        _ => Err(Box::new(
            finding(
                source,
                fence,
                "language",
                format!("blocks in `{language}` can't be run"),
            )
            .with_help("`run` works on rust; leave it out to only show the code"),
        )),
    }
}

fn name(
    source: &Arc<Source>,
    fence: &Fence,
    attributes: &[&str],
) -> Result<Option<String>, Box<Finding>> {
    let mut name = None;
    for attribute in attributes {
        match attribute.split_once('=') {
            None if *attribute == "run" => {}
            Some(("name", value)) if is_name(value) => name = Some(value.to_owned()),
            Some(("name", value)) => {
                return Err(Box::new(
                    finding(
                        source,
                        fence,
                        "attribute",
                        format!("`{value}` can't be a name"),
                    )
                    .with_help("a name has letters, digits and `_`, and starts with a letter"),
                ));
            }
            _ => {
                return Err(Box::new(
                    finding(
                        source,
                        fence,
                        "attribute",
                        format!("unknown attribute `{attribute}`"),
                    )
                    .with_help("a block that runs takes `run` and `name=NAME`"),
                ));
            }
        }
    }
    Ok(name)
}

fn is_name(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_alphabetic())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

fn none_of(
    source: &Arc<Source>,
    fence: &Fence,
    attributes: &[&str],
    what: &str,
) -> Result<(), Box<Finding>> {
    match attributes.first() {
        None => Ok(()),
        Some(attribute) => Err(Box::new(
            finding(
                source,
                fence,
                "attribute",
                format!("unknown attribute `{attribute}`"),
            )
            .with_help(format!("{what} takes no attributes")),
        )),
    }
}

fn finding(source: &Arc<Source>, fence: &Fence, code: &'static str, message: String) -> Finding {
    Finding::new(code, source, fence.info.clone(), message)
}
