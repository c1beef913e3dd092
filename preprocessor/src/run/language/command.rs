//! Blocks in other languages: run by a command that `book.toml` names.

use crate::run::language::rust::toolchain::in_path;
use crate::work::key::Key;
use crate::work::settings::RunnerConfig;
use anyhow::{Result, bail};
use std::path::PathBuf;

/// A command that runs blocks of a language, resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Runner {
    /// The program's file.
    pub program: PathBuf,
    /// Its arguments; `{file}` stands for the block's file.
    pub arguments: Vec<String>,
    /// What else it may read.
    pub read: Vec<PathBuf>,
    /// Its address space, in bytes.
    pub memory: u64,
    /// Whether it may start processes.
    pub processes: bool,
}

impl Runner {
    /// Resolves the command of a language's table in `book.toml`.
    ///
    /// # Errors
    /// When the table is wrong, or there is no such program.
    pub fn resolve(language: &str, config: &RunnerConfig) -> Result<Self> {
        let mut words = config.command.split_whitespace().map(str::to_owned);
        let Some(name) = words.next() else {
            bail!("book.toml: the runner of `{language}` has an empty `command`");
        };
        let found = in_path(&PathBuf::from(&name));
        let Ok(program) = std::fs::canonicalize(&found) else {
            bail!("book.toml: the runner of `{language}` needs `{name}`, which is not installed");
        };
        let mut arguments: Vec<String> = words.collect();
        if !arguments.iter().any(|argument| argument.contains("{file}")) {
            arguments.push("{file}".to_owned());
        }
        Ok(Self {
            program,
            arguments,
            read: config.read.clone(),
            memory: match &config.memory {
                Some(text) => crate::work::settings::bytes(text)?,
                None => crate::run::MEMORY,
            },
            processes: config.processes,
        })
    }

    /// Adds what runs depend on to a key.
    pub fn add_to(&self, key: Key) -> Key {
        let key = self.arguments.iter().fold(key, |key, a| key.with(a));
        let key = self
            .read
            .iter()
            .fold(key, |key, path| key.with(&path.to_string_lossy()));
        key.with_program(&self.program)
            .with(&self.memory.to_string())
            .with(if self.processes { "processes" } else { "" })
    }
}
