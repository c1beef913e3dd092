//! Compiling jobs: one `rustc` for all of them, and again without those that don't compile.

use super::library::Library;
use super::program::ENTRY;
use super::{Jobs, Program};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// What the compiler said about a line of a block.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnostic {
    /// Whether the block doesn't compile because of it.
    pub is_error: bool,
    /// The message, with the compiler's code for it.
    pub message: String,
    /// The words beneath the quoted code.
    pub label: Option<String>,
    /// The compiler's notes and suggestions, a line each.
    pub notes: Vec<String>,
    /// The line of the block (from 0) and the bytes of that line; none for the block as a whole.
    pub place: Option<(usize, std::ops::Range<usize>)>,
}

/// A job that was compiled, or what keeps it from compiling.
#[derive(Debug)]
pub struct Compiled {
    /// What the compiler said about it.
    pub diagnostics: Vec<Diagnostic>,
    /// The program to run, and the argument that picks the job.
    pub program: Option<(PathBuf, String)>,
}

/// Compiles all jobs into `folder`.
///
/// # Errors
/// When `rustc` can't be run, or fails for a reason that lies in no job.
pub fn compile(
    jobs: &Jobs,
    library: &Library,
    edition: &str,
    folder: &Path,
) -> Result<BTreeMap<String, Compiled>> {
    let mut compiled = BTreeMap::new();
    let compiler = Compiler {
        library,
        edition,
        folder,
    };
    let (alone, together): (Vec<_>, Vec<_>) = jobs
        .iter()
        .partition(|(_, program)| program.needs_own_crate());
    let mut together: BTreeMap<&String, &Program> = together.into_iter().collect();
    while !together.is_empty() {
        let outcome = compiler.merged(&together)?;
        let failed: BTreeSet<String> = outcome.failed().cloned().collect();
        if !outcome.success && failed.is_empty() {
            bail!(
                "the blocks don't compile together, for a reason that lies in none of them\n\n{}",
                outcome.rest
            );
        }
        let mut diagnostics = outcome.diagnostics;
        together.retain(|name, _| {
            let is_failed = failed.contains(*name);
            if is_failed || outcome.success {
                compiled.insert(
                    (*name).clone(),
                    Compiled {
                        diagnostics: diagnostics.remove(*name).unwrap_or_default(),
                        program: (!is_failed).then(|| (outcome.file.clone(), (*name).clone())),
                    },
                );
            }
            !is_failed && !outcome.success
        });
    }
    for (name, program) in alone {
        let mut outcome = compiler.alone(name, program)?;
        if !outcome.success && outcome.failed().next().is_none() {
            bail!(
                "a block doesn't compile, for a reason that lies outside it\n\n{}",
                outcome.rest
            );
        }
        compiled.insert(
            name.clone(),
            Compiled {
                diagnostics: outcome.diagnostics.remove(name).unwrap_or_default(),
                program: outcome.success.then_some((outcome.file, name.clone())),
            },
        );
    }
    Ok(compiled)
}

struct Compiler<'run> {
    library: &'run Library,
    edition: &'run str,
    folder: &'run Path,
}

/// What one run of the compiler gave.
struct Outcome {
    success: bool,
    file: PathBuf,
    diagnostics: BTreeMap<String, Vec<Diagnostic>>,
    /// What it said about no job.
    rest: String,
}

impl Outcome {
    fn failed(&self) -> impl Iterator<Item = &String> {
        self.diagnostics
            .iter()
            .filter(|(_, list)| list.iter().any(|d| d.is_error))
            .map(|(name, _)| name)
    }
}

impl Compiler<'_> {
    /// One crate that holds every job as a module.
    fn merged(&self, jobs: &BTreeMap<&String, &Program>) -> Result<Outcome> {
        let mut root = String::new();
        let mut arms = String::new();
        let mut files = BTreeMap::new();
        for (name, program) in jobs {
            let file = self.folder.join(format!("{name}.rs"));
            let (text, origins) = program.file();
            write(&file, &text)?;
            files.insert(file, ((*name).clone(), origins, *program));
            let _ = writeln!(root, "mod {name};");
            let _ = writeln!(arms, "        Some(\"{name}\") => {name}::{ENTRY}(),");
        }
        let _ = write!(
            root,
            "fn main() -> std::process::ExitCode {{\n    match std::env::args().nth(1).as_deref() {{\n{arms}        _ => std::process::ExitCode::from(2),\n    }}\n}}\n"
        );
        let main = self.folder.join("blocks.rs");
        write(&main, &root)?;
        self.rustc(&main, &files)
    }

    /// A crate for a job that can't be a module.
    fn alone(&self, name: &String, program: &Program) -> Result<Outcome> {
        let file = self.folder.join(format!("{name}.rs"));
        let (text, origins) = program.file();
        // The crate calls `main` itself, so that the entry would only be reported as unused.
        let text = text.lines().filter(|line| !line.contains(ENTRY));
        write(
            &file,
            &text.flat_map(|line| [line, "\n"]).collect::<String>(),
        )?;
        let files = BTreeMap::from([(file.clone(), (name.clone(), origins, program))]);
        self.rustc(&file, &files)
    }

    fn rustc(&self, main: &Path, files: &Files<'_>) -> Result<Outcome> {
        let file = main.with_extension(std::env::consts::EXE_EXTENSION);
        let mut command = Command::new("rustc");
        command
            .args(["--crate-type=bin", "--error-format=json", "-Cdebuginfo=0"])
            .arg(format!("--edition={}", self.edition))
            .arg("-o")
            .arg(&file)
            .arg(main)
            .current_dir(self.folder)
            .stdin(Stdio::null());
        for dir in &self.library.search {
            command
                .arg("-L")
                .arg(format!("dependency={}", dir.display()));
        }
        for (name, path) in &self.library.externs {
            command
                .arg("--extern")
                .arg(format!("{name}={}", path.display()));
        }
        let output = command.output().context("failed to run `rustc`")?;
        let mut outcome = Outcome {
            success: output.status.success(),
            file,
            diagnostics: BTreeMap::new(),
            rest: String::new(),
        };
        for line in String::from_utf8_lossy(&output.stderr).lines() {
            let Ok(message) = serde_json::from_str::<Message>(line) else {
                outcome.rest.push_str(line);
                outcome.rest.push('\n');
                continue;
            };
            match message.locate(self.folder, files) {
                Some((name, diagnostic)) => {
                    outcome
                        .diagnostics
                        .entry(name)
                        .or_default()
                        .push(diagnostic);
                }
                None if message.is_summary() => {}
                None => outcome.rest.push_str(&message.rendered),
            }
        }
        Ok(outcome)
    }
}

/// For each generated file: its job, the lines it comes from, and the program.
type Files<'run> = BTreeMap<PathBuf, (String, Vec<Option<usize>>, &'run Program)>;

/// A message in `rustc`'s JSON.
#[derive(Deserialize)]
struct Message {
    #[serde(rename = "message")]
    text: String,
    code: Option<Code>,
    level: String,
    #[serde(default)]
    spans: Vec<Span>,
    #[serde(default)]
    children: Vec<Message>,
    #[serde(default, deserialize_with = "null_as_empty")]
    rendered: String,
}

fn null_as_empty<'de, D: serde::Deserializer<'de>>(from: D) -> Result<String, D::Error> {
    Ok(Option::deserialize(from)?.unwrap_or_default())
}

#[derive(Deserialize)]
struct Code {
    code: String,
}

#[derive(Deserialize)]
struct Span {
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
    /// Whether it only counts the messages before it.
    fn is_summary(&self) -> bool {
        self.spans.is_empty() && (self.level != "error" || self.text.starts_with("aborting due"))
    }

    fn locate(&self, folder: &Path, files: &Files<'_>) -> Option<(String, Diagnostic)> {
        let in_job = |span: &&Span| files.contains_key(&folder.join(&span.file_name));
        let span = self
            .spans
            .iter()
            .filter(in_job)
            .max_by_key(|span| span.is_primary)?;
        let (name, origins, program) = files.get(&folder.join(&span.file_name))?;
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
                (line, start + shift..end.max(start) + shift)
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

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("failed to write `{}`", path.display()))
}
