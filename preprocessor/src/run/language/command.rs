//! Blocks in other languages: run by a command that `book.toml` names.

use crate::run::job::Job;
use crate::run::language::interface::{Language, Runner, Started};
use crate::run::place::BLOCK;
use crate::work::key::Key;
use crate::work::sandbox::{Bounds, MEMORY};
use crate::work::settings::{Settings, bytes};
use crate::work::store::Store;
use crate::work::toolchain::in_path;
use anyhow::{Context, Result, bail};
use std::path::{Path, PathBuf};

/// The language that a `[preprocessor.proof.runner.NAME]` table names.
pub(super) fn language(name: &str) -> Box<dyn Language> {
    Box::new(Command {
        name: name.to_owned(),
        file: String::new(),
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
    /// The name of a block's file.
    file: String,
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
        self.file = file_name(language, config.file.as_deref())?;
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
            .with(&self.file)
            .with(&self.memory.to_string())
            .with(if self.processes { "processes" } else { "" })
            .with(&job.block.code.text())
    }

    fn command(&self, job: &Job<'_>, folder: &Path) -> Result<Started> {
        let file = folder.join(&self.file);
        std::fs::write(&file, job.block.code.text())
            .with_context(|| format!("failed to write `{}`", file.display()))?;
        // The name alone: many programs print the path that they are given.
        let arguments = self.arguments.iter();
        Ok(Started {
            program: self.program.clone(),
            arguments: arguments
                .map(|argument| argument.replace("{file}", &self.file))
                .collect(),
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

    fn runner(&self) -> Option<Runner<'_>> {
        Some(Runner {
            name: &self.name,
            program: &self.program,
            file: &self.file,
        })
    }

    fn has_processes(&self) -> bool {
        self.processes
    }
}

/// The name of a block's file: as `book.toml` has it, or with the language's usual ending.
fn file_name(language: &str, given: Option<&str>) -> Result<String> {
    let Some(name) = given else {
        return Ok(format!("{BLOCK}.{}", ending(language)));
    };
    let is_plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '.' | '_' | '-');
    if !name.starts_with(|c: char| c.is_ascii_alphanumeric()) || !name.chars().all(is_plain) {
        bail!(
            "book.toml: `file = \"{name}\"` of the runner of `{language}` is not the name of a file; write a name without folders, such as `{BLOCK}.{}`",
            ending(language)
        );
    }
    Ok(name.to_owned())
}

/// The usual ending of a language's files, by which many tools know what they read.
fn ending(language: &str) -> String {
    let ending = match language {
        "bash" | "shell" | "console" => "sh",
        "c++" => "cpp",
        "clojure" => "clj",
        "csharp" | "c#" => "cs",
        "elixir" => "exs",
        "erlang" => "erl",
        "fsharp" | "f#" => "fsx",
        "golang" => "go",
        "haskell" => "hs",
        "javascript" | "node" => "js",
        "julia" => "jl",
        "kotlin" => "kts",
        "markdown" => "md",
        "ocaml" => "ml",
        "perl" => "pl",
        "powershell" | "pwsh" => "ps1",
        "python" | "python3" => "py",
        "r" => "R",
        "racket" => "rkt",
        "ruby" => "rb",
        "scheme" => "scm",
        "typescript" => "ts",
        other => other,
    };
    let is_plain = ending.chars().all(|c| c.is_ascii_alphanumeric());
    if is_plain { ending } else { "txt" }.to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_has_its_languages_ending_or_the_name_that_the_book_gives_it() {
        for (language, given, name) in [
            ("python", None, "block.py"),
            ("js", None, "block.js"),
            ("typescript", None, "block.ts"),
            ("lua", None, "block.lua"),
            ("c++", None, "block.cpp"),
            ("my-lang", None, "block.txt"),
            ("js", Some("block.mjs"), "block.mjs"),
            ("java", Some("Main.java"), "Main.java"),
        ] {
            assert_eq!(file_name(language, given).unwrap(), name);
        }
        for given in ["", ".", "..", "a/b.ts", "a\\b.ts", "-c", "{file}", "a b"] {
            let error = file_name("ts", Some(given)).unwrap_err().to_string();
            assert!(
                error.contains("book.toml") && error.contains("block.ts"),
                "{error}"
            );
        }
    }
}
