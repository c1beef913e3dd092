//! What `rustc` says in JSON, as diagnostics of the blocks that it is about.

use crate::run::job::Diagnostic;
use crate::run::language::rust::program::Program;
use crate::text::span::Span;
use serde::Deserialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// For each generated file, named from the folder: its job, the lines it comes from, and the program.
pub(super) type Files<'run> = BTreeMap<PathBuf, (String, Vec<Option<usize>>, &'run Program)>;

/// A message in `rustc`'s JSON.
#[derive(Deserialize)]
pub(super) struct Message {
    #[serde(rename = "message")]
    pub(super) text: String,
    code: Option<Code>,
    pub(super) level: String,
    #[serde(default)]
    spans: Vec<Location>,
    #[serde(default)]
    children: Vec<Message>,
    #[serde(default, deserialize_with = "null_as_empty")]
    pub(super) rendered: String,
}

fn null_as_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Location {
    file_name: String,
    line_start: usize,
    line_end: usize,
    column_start: usize,
    column_end: usize,
    is_primary: bool,
    label: Option<String>,
    text: Vec<SpanText>,
    suggested_replacement: Option<String>,
}

#[derive(Deserialize)]
struct SpanText {
    text: String,
}

impl Message {
    /// Whether it only counts the earlier messages.
    pub(super) fn is_summary(&self) -> bool {
        self.spans.is_empty() && (self.level != "error" || self.text.starts_with("aborting due"))
    }

    /// The key of the block that it is about, and what it says of it; none if it names no block.
    pub(super) fn locate(&self, files: &Files<'_>) -> Option<(String, Diagnostic)> {
        let in_job = |span: &&Location| files.contains_key(Path::new(&span.file_name));
        let span = self
            .spans
            .iter()
            .filter(in_job)
            .max_by_key(|span| span.is_primary)?;
        let (name, origins, program) = files.get(Path::new(&span.file_name))?;
        let place = origins
            .get(span.line_start.checked_sub(1)?)
            .copied()
            .flatten()
            .map(|line| {
                let text = span.text.first().map_or("", |t| t.text.as_str());
                let start = byte_of(text, span.column_start);
                let end = if span.line_end == span.line_start {
                    byte_of(text, span.column_end)
                } else {
                    text.len()
                };
                let shift = program.shift(line);
                (line, Span::new(start, end.max(start)).shift(shift))
            });
        let code = self.code.as_ref();
        Some((
            name.clone(),
            Diagnostic {
                is_error: self.level.starts_with("error"),
                message: match code {
                    Some(code) if code.code.starts_with('E') => {
                        format!("{} ({})", self.text, code.code)
                    }
                    _ => self.text.clone(),
                },
                label: span.label.clone(),
                notes: self.children.iter().map(Message::note).collect(),
                place,
            },
        ))
    }

    fn note(&self) -> String {
        let replacement = self
            .spans
            .iter()
            .find_map(|span| span.suggested_replacement.as_deref())
            .filter(|text| !text.trim().is_empty());
        match replacement {
            Some(text) => format!("{}: {}: `{}`", self.level, self.text, text.trim()),
            None => format!("{}: {}", self.level, self.text),
        }
    }
}

/// The byte at which a column (counted in characters from 1) starts.
fn byte_of(text: &str, column: usize) -> usize {
    text.char_indices()
        .nth(column.saturating_sub(1))
        .map_or(text.len(), |(at, _)| at)
}
