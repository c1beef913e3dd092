//! Compiling programs: one `rustc` for all of them, or one per processor if they are many; and again without
//! those that don't compile.
//!
//! The compiler is bounded like the blocks: what it includes and which variables it reads is a stranger's
//! choice. When it fails for a reason in no block, or doesn't end, each block is compiled alone to find the one that
//! caused it.

use crate::run::job::Diagnostic;
use crate::run::language::interface::{Prepared, Started};
use crate::run::language::rust::library::{Library, dep_info};
use crate::run::language::rust::program::{ENTRY, Program};
use crate::text::span::Span;
use crate::work::host::workers;
use crate::work::process::{End, Host, Task};
use crate::work::sandbox::Bounds;
use crate::work::toolchain::{Toolchain, in_path};
use anyhow::{Context, Result, bail};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::thread::{self, ScopedJoinHandle};
use std::time::Duration;

/// How long the compiler may take for one block alone.
const ALONE: Duration = Duration::from_secs(30);

/// The address space of the compiler and its linker, in bytes.
const MEMORY: u64 = 8 << 30;

/// The largest file that the compiler may write, in bytes.
const FILE_SIZE: u64 = 1 << 30;

/// How much the compiler may print, in bytes.
const OUTPUT: u64 = 32 << 20;

/// The number of programs from which a second compiler pays off: starting one takes as long as they do.
const GROUP: usize = 20;

/// Programs by key.
type Programs<'programs> = BTreeMap<&'programs str, &'programs Program>;

/// What programs are compiled with.
#[derive(Debug)]
pub struct Compiler<'run> {
    /// The compiler.
    pub toolchain: &'run Toolchain,
    /// The library that they use.
    pub library: &'run Library,
    /// Their edition.
    pub edition: &'run str,
    /// What bounds the compiler.
    pub host: &'run Host,
    /// Where the compiled programs go.
    pub folder: &'run Path,
}

/// The module that a program is in, by its key: made from content, never from its place.
pub fn module(key: &str) -> String {
    format!("block_{key}")
}

/// What one run of the compiler gave.
struct Outcome {
    success: bool,
    file: PathBuf,
    diagnostics: BTreeMap<String, Vec<Diagnostic>>,
    /// What it said about no block.
    rest: String,
    end: End,
}

impl Outcome {
    fn failed(&self) -> BTreeSet<String> {
        let failed = self.diagnostics.iter();
        let failed = failed.filter(|(_, list)| list.iter().any(|d| d.is_error));
        failed.map(|(key, _)| key.clone()).collect()
    }
}

impl Compiler<'_> {
    /// Compiles all programs, each under its key.
    ///
    /// # Errors
    /// When the compiler can't be run.
    pub fn compile(
        &self,
        programs: &BTreeMap<String, Program>,
    ) -> Result<BTreeMap<String, Prepared>> {
        let (mut alone, together): (Programs<'_>, Programs<'_>) = programs
            .iter()
            .map(|(key, program)| (key.as_str(), program))
            .partition(|(_, program)| program.needs_own_crate());
        let workers = workers();
        let groups = (together.len() / GROUP).clamp(1, workers);
        let mut parts = vec![Programs::new(); groups];
        for (number, (key, program)) in together.into_iter().enumerate() {
            parts[number % groups].insert(key, program);
        }
        let results: Vec<Result<_>> = thread::scope(|scope| {
            let parts = parts.into_iter().enumerate();
            let parts: Vec<_> = parts
                .map(|(number, part)| scope.spawn(move || self.together(number, part)))
                .collect();
            let results = parts.into_iter().map(ScopedJoinHandle::join);
            results
                .map(|result| result.unwrap_or_else(|_| bail!("a compiler's thread failed")))
                .collect()
        });
        let mut compiled = BTreeMap::new();
        for result in results {
            let (those, mut rest) = result?;
            compiled.extend(those);
            alone.append(&mut rest);
        }
        for (key, program) in alone {
            compiled.insert(key.to_owned(), self.alone(key, program)?);
        }
        Ok(compiled)
    }

    /// Compiles programs as one crate, and again without those that fail; and which have to be compiled alone.
    fn together<'programs>(
        &self,
        number: usize,
        mut programs: Programs<'programs>,
    ) -> Result<(BTreeMap<String, Prepared>, Programs<'programs>)> {
        let mut compiled = BTreeMap::new();
        while !programs.is_empty() {
            let outcome = self.merged(number, &programs)?;
            let failed = outcome.failed();
            if !outcome.success && failed.is_empty() {
                break;
            }
            let mut diagnostics = outcome.diagnostics;
            programs.retain(|key, _| {
                let is_failed = failed.contains(*key);
                if is_failed || outcome.success {
                    let started = Started {
                        program: outcome.file.clone(),
                        arguments: vec![module(key)],
                    };
                    let result = Prepared {
                        diagnostics: diagnostics.remove(*key).unwrap_or_default(),
                        started: (!is_failed).then_some(started),
                    };
                    compiled.insert((*key).to_owned(), result);
                }
                !is_failed && !outcome.success
            });
        }
        Ok((compiled, programs))
    }

    /// One crate that holds every program as a module.
    fn merged(&self, number: usize, programs: &Programs<'_>) -> Result<Outcome> {
        let mut root = String::new();
        let mut arms = String::new();
        let mut files = BTreeMap::new();
        for (key, program) in programs {
            let name = module(key);
            let file = self.folder.join(format!("{name}.rs"));
            let (text, origins) = program.file();
            write(&file, &text)?;
            files.insert(file, ((*key).to_owned(), origins, *program));
            let _ = writeln!(root, "mod {name};");
            let _ = writeln!(arms, "        Some(\"{name}\") => {name}::{ENTRY}(),");
        }
        let _ = write!(
            root,
            "fn main() -> std::process::ExitCode {{\n    match std::env::args().nth(1).as_deref() {{\n{arms}        _ => std::process::ExitCode::from(2),\n    }}\n}}\n"
        );
        let main = self.folder.join(format!("blocks_{number}.rs"));
        write(&main, &root)?;
        let each = u32::try_from(programs.len()).unwrap_or(u32::MAX);
        let deadline = ALONE + Duration::from_millis(200).saturating_mul(each);
        self.rustc(&main, &files, deadline)
    }

    /// A crate for a program that can't be a module, or that has to be compiled alone.
    fn alone(&self, key: &str, program: &Program) -> Result<Prepared> {
        let file = self.folder.join(format!("{}.rs", module(key)));
        let (text, origins) = program.file();
        // The crate calls `main` itself, so that the entry would only be reported as unused.
        let text = text.lines().filter(|line| !line.contains(ENTRY));
        let text: String = text.flat_map(|line| [line, "\n"]).collect();
        write(&file, &text)?;
        let files = BTreeMap::from([(file.clone(), (key.to_owned(), origins, program))]);
        let mut outcome = self.rustc(&file, &files, ALONE)?;
        let mut diagnostics = outcome.diagnostics.remove(key).unwrap_or_default();
        if !outcome.success && !diagnostics.iter().any(|d| d.is_error) {
            let rest = outcome.rest.trim();
            diagnostics.push(Diagnostic {
                is_error: true,
                message: match outcome.end {
                    End::Deadline(seconds) => {
                        format!("the compiler ran for over {seconds} s")
                    }
                    End::Abnormal(how) => format!("the compiler {how}"),
                    _ => "the block doesn't compile".to_owned(),
                },
                label: None,
                notes: rest.lines().map(str::to_owned).collect(),
                place: None,
            });
        }
        Ok(Prepared {
            diagnostics,
            started: outcome.success.then_some(Started {
                program: outcome.file,
                arguments: Vec::new(),
            }),
        })
    }

    fn rustc(&self, main: &Path, files: &Files<'_>, deadline: Duration) -> Result<Outcome> {
        let file = main.with_extension(std::env::consts::EXE_EXTENSION);
        let read = main.with_extension("d");
        let mut arguments = vec![
            "--crate-type=bin".to_owned(),
            "--error-format=json".to_owned(),
            "-Cdebuginfo=0".to_owned(),
            format!("--edition={}", self.edition),
            format!("--emit=link={},dep-info={}", file.display(), read.display()),
            main.display().to_string(),
        ];
        for folder in &self.library.search {
            arguments.push("-L".to_owned());
            arguments.push(format!("dependency={}", folder.display()));
        }
        for (name, path) in &self.library.externs {
            arguments.push("--extern".to_owned());
            arguments.push(format!("{name}={}", path.display()));
        }
        let mut bounds = Bounds {
            read: vec![self.toolchain.sysroot.clone(), self.toolchain.rustc.clone()],
            write: vec![self.folder.to_owned()],
            memory: MEMORY,
            cpu: deadline.as_secs().saturating_mul(8),
            file_size: FILE_SIZE,
            processes: true,
        };
        bounds.read.extend(self.library.search.iter().cloned());
        let task = Task {
            program: &self.toolchain.rustc,
            arguments,
            environment: vec![
                ("PATH", linkers()),
                ("TMPDIR", self.folder.display().to_string()),
            ],
            folder: self.folder,
            bounds,
            deadline,
            output: OUTPUT,
        };
        let run = self
            .host
            .run(&task, &|| {})
            .with_context(|| format!("failed to run `{}`", self.toolchain.rustc.display()))?;
        let mut outcome = Outcome {
            success: run.end == End::Success,
            file,
            diagnostics: BTreeMap::new(),
            rest: String::new(),
            end: run.end,
        };
        for line in String::from_utf8_lossy(&run.stderr).lines() {
            let Ok(message) = serde_json::from_str::<Message>(line) else {
                outcome.rest.push_str(line);
                outcome.rest.push('\n');
                continue;
            };
            match message.locate(self.folder, files) {
                Some((key, diagnostic)) => {
                    outcome.diagnostics.entry(key).or_default().push(diagnostic);
                }
                None if message.is_summary() => {}
                None => outcome.rest.push_str(&message.rendered),
            }
        }
        if outcome.success {
            make_executable(&outcome.file)?;
            self.foreign_files(&read, files, &mut outcome);
        }
        Ok(outcome)
    }

    /// Reports files that the compiler read from outside. The sandbox refuses them; not every system has it.
    fn foreign_files(&self, read: &Path, files: &Files<'_>, outcome: &mut Outcome) {
        let text = std::fs::read_to_string(read).unwrap_or_default();
        let names = dep_info(&text);
        for name in names
            .iter()
            .filter(|name| !Path::new(name).starts_with(self.folder))
        {
            if !self.folder.join(name).starts_with(self.folder) || Path::new(name).is_absolute() {
                outcome.success = false;
                for (key, _, program) in files.values().filter(|(_, _, p)| p.includes_files()) {
                    let list = outcome.diagnostics.entry(key.clone()).or_default();
                    list.push(Diagnostic {
                        is_error: true,
                        message: format!("the block reads `{name}`, which is not its own"),
                        label: None,
                        notes: Vec::new(),
                        place: program.first_include(),
                    });
                }
            }
        }
    }
}

/// Marks a program as executable, which some linkers do after they wrote it, and inside the bounds can't.
fn make_executable(file: &Path) -> Result<()> {
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        std::fs::set_permissions(file, std::fs::Permissions::from_mode(0o755))
            .with_context(|| format!("failed to make `{}` executable", file.display()))?;
    }
    let _ = file;
    Ok(())
}

/// Where the compiler searches for the linker. A block reads this variable with `option_env!`, so that it is not the caller's:
/// on Linux, it names the system's folders and the one that the linker is in.
fn linkers() -> String {
    if !cfg!(target_os = "linux") {
        return std::env::var("PATH").unwrap_or_default();
    }
    let system = "/usr/bin:/bin";
    let linker = in_path(Path::new("cc"));
    match linker.parent().and_then(Path::to_str) {
        Some(folder) if linker.is_absolute() && !system.split(':').any(|known| known == folder) => {
            format!("{folder}:{system}")
        }
        _ => system.to_owned(),
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
    spans: Vec<Location>,
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
    fn is_summary(&self) -> bool {
        self.spans.is_empty() && (self.level != "error" || self.text.starts_with("aborting due"))
    }

    fn locate(&self, folder: &Path, files: &Files<'_>) -> Option<(String, Diagnostic)> {
        let in_job = |span: &&Location| files.contains_key(&folder.join(&span.file_name));
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

fn write(path: &Path, text: &str) -> Result<()> {
    std::fs::write(path, text).with_context(|| format!("failed to write `{}`", path.display()))
}
