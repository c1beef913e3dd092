//! Blocks in other languages: run by a command that `book.toml` names.

use crate::run::job::Job;
use crate::run::language::interface::{Language, Started};
use crate::work::key::Key;
use crate::work::sandbox::{Bounds, MEMORY};
use crate::work::settings::{Settings, bytes};
use crate::work::store::Store;
use crate::work::toolchain::in_path;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// The name of a block's file, before the ending.
const FILE: &str = "block";

/// The language that a `[preprocessor.proof.runner.NAME]` table names.
pub(super) fn language(name: &str) -> Box<dyn Language> {
    Box::new(Command {
        name: name.to_owned(),
        program: PathBuf::new(),
        arguments: Vec::new(),
        read: Vec::new(),
        memory: MEMORY,
        processes: false,
    })
}

/// A command that runs blocks of a language.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Command {
    name: String,
    /// The program's file, once it is found.
    program: PathBuf,
    /// Its arguments; `{file}` is replaced by the block's file.
    arguments: Vec<String>,
    /// What else it may read.
    read: Vec<PathBuf>,
    /// Its address space, in bytes.
    memory: u64,
    processes: bool,
}

impl Language for Command {
    fn name(&self) -> &str {
        &self.name
    }

    fn about(&self) -> &'static str {
        "a command that `book.toml` names"
    }

    fn find(&mut self, settings: &Settings, _: &Store) -> Result<()> {
        let language = &self.name;
        let Some(config) = settings.proof.runner.get(language) else {
            bail!("book.toml names no runner of `{language}`");
        };
        let mut words = config.command.split_whitespace().map(str::to_owned);
        let Some(name) = words.next() else {
            bail!("book.toml: the runner of `{language}` has an empty `command`");
        };
        let found = in_path(&PathBuf::from(&name));
        let Ok(program) = std::fs::canonicalize(&found) else {
            bail!("book.toml: the runner of `{language}` needs `{name}`, which is not installed");
        };
        self.program = program;
        self.arguments = words.collect();
        if !self
            .arguments
            .iter()
            .any(|argument| argument.contains("{file}"))
        {
            self.arguments.push("{file}".to_owned());
        }
        self.read.clone_from(&config.read);
        if let Some(text) = &config.memory {
            self.memory = bytes(text)?;
        }
        self.processes = config.processes;
        Ok(())
    }

    fn key(&self, job: &Job<'_>, key: Key) -> Key {
        let key = self.arguments.iter().fold(key, |key, a| key.with(a));
        let key = self
            .read
            .iter()
            .fold(key, |key, path| key.with(&path.to_string_lossy()));
        key.with_program(&self.program)
            .with(&self.memory.to_string())
            .with(if self.processes { "processes" } else { "" })
            .with(&job.block.code.text())
    }

    fn command(&self, job: &Job<'_>, folder: &Path) -> Result<Started> {
        let file = folder.join(FILE).with_extension(ending(&self.name));
        std::fs::write(&file, job.block.code.text())
            .with_context(|| format!("failed to write `{}`", file.display()))?;
        let file = file.display().to_string();
        let arguments = self.arguments.iter();
        Ok(Started {
            program: self.program.clone(),
            arguments: arguments.map(|a| a.replace("{file}", &file)).collect(),
        })
    }

    fn bound(&self, bounds: &mut Bounds) {
        bounds.read.extend(self.read.iter().cloned());
        bounds.memory = self.memory;
        bounds.processes = self.processes;
    }

    fn memory(&self) -> u64 {
        self.memory
    }

    fn has_processes(&self) -> bool {
        self.processes
    }
}

/// The extension of a language's files; some interpreters require it.
fn ending(language: &str) -> &str {
    match language {
        "bash" | "shell" => "sh",
        "haskell" => "hs",
        "javascript" | "node" => "js",
        "julia" => "jl",
        "perl" => "pl",
        "python" | "python3" => "py",
        "ruby" => "rb",
        "typescript" => "ts",
        other => other,
    }
}
