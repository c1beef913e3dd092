//! Blocks in Rust: compiled together by one `rustc`, without Cargo in the loop.
//!
//! 1. [`toolchain`](crate::work::toolchain) finds the compiler.
//! 2. [`library`] has Cargo build the library that the blocks use.
//! 3. [`program`] makes each block a program; [`entry`] says where it starts, [`sharing`] whether it may share a crate with others.
//! 4. [`compile`] compiles those at once, and the others alone.

pub mod compile;
mod entry;
pub mod library;
mod message;
mod panics;
pub mod program;
mod sharing;
mod tokens;

use crate::read::Block;
use crate::run::job::Job;
use crate::run::language::interface::{Idle, Language, Prepared, Site, Started};
use crate::text::source::Source;
use crate::work::key::Key;
use crate::work::settings::{Redo, Settings};
use crate::work::store::Store;
use crate::work::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use compile::Compiler;
use library::Library;
use program::Program;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};

/// Rust, in the book's edition, with the library that `book.toml` names.
pub(super) fn language(settings: &Settings) -> Box<dyn Language> {
    Box::new(Rust {
        edition: settings.edition,
        toolchain: None,
        library: None,
        needs_library: settings.proof.library.is_some(),
        content: OnceLock::new(),
        is_alone: settings.redo == Redo::EverythingAlone,
    })
}

#[derive(Debug)]
struct Rust {
    edition: &'static str,
    /// None before it is looked for.
    toolchain: Option<Toolchain>,
    /// None where the book names no library, or none was built here yet.
    library: Option<Library>,
    needs_library: bool,
    /// The hash of what the library is built from, once a key needed it.
    content: OnceLock<String>,
    /// Whether every block is compiled alone.
    is_alone: bool,
}

impl Rust {
    /// Whether a program shares a crate with others. In older editions, paths start at the crate, and what ends a string depends on
    /// what comes before it.
    fn shares(&self, program: &Program) -> bool {
        !self.is_alone && self.edition >= "2021" && program.may_share()
    }
}

impl Language for Rust {
    fn name(&self) -> &'static str {
        "rust"
    }

    fn about(&self) -> &'static str {
        "the Rust compiler on the path; blocks that can't affect each other are compiled together, and each runs as a process of its own"
    }

    fn find(&mut self, settings: &Settings, store: &Store) -> Result<()> {
        let toolchain = Toolchain::find(&settings.root, store)?;
        let package = settings.proof.library.as_deref();
        self.library =
            package.and_then(|p| Library::remembered(p, &settings.root, &toolchain, store));
        self.toolchain = Some(toolchain);
        self.content = OnceLock::new();
        Ok(())
    }

    fn key(&self, job: &Job<'_>, key: Key) -> Key {
        let key = key.with(self.edition);
        let key = match &self.toolchain {
            Some(toolchain) => toolchain.add_to(key),
            None => key,
        };
        let key = match &self.library {
            Some(library) => key.with(self.content.get_or_init(|| library.content())),
            None if self.needs_library => key.with("not built yet"),
            None => key,
        };
        // Whether it shares a crate follows from its code, and what it prints is the same either way: `check --alone` compares.
        key.with(&job.block.code.text())
    }

    /// If Cargo builds the library from other files than last time, the keys change.
    fn make_ready(&mut self, settings: &Settings, store: &Store) -> Result<bool> {
        let is_ready = !self.needs_library || self.library.as_ref().is_some_and(Library::is_built);
        if !is_ready
            && let (Some(package), Some(toolchain)) = (&settings.proof.library, &self.toolchain)
        {
            settings
                .progress
                .show(&format!("building the library `{package}`"));
            let library = Library::build(package, &settings.root, toolchain, store);
            settings.progress.show("");
            self.library = Some(library?);
            self.content = OnceLock::new();
        }
        Ok(!is_ready)
    }

    fn prepare(
        &self,
        jobs: &BTreeMap<&str, &Job<'_>>,
        site: &Site<'_>,
    ) -> Result<BTreeMap<String, Prepared>> {
        let none = Library::default();
        let programs: BTreeMap<String, Program> = jobs
            .iter()
            .map(|(key, job)| ((*key).to_owned(), Program::new(&job.block.code)))
            .collect();
        Compiler {
            toolchain: self.toolchain.as_ref().context("there is no compiler")?,
            library: self.library.as_ref().unwrap_or(&none),
            edition: self.edition,
            host: site.host,
            folder: site.folder,
        }
        .compile(&programs, |program| self.shares(program))
    }

    fn command(&self, job: &Job<'_>, _: &Path) -> Result<Started> {
        bail!("the block at {} was not compiled", job.place)
    }

    fn idle(&self, block: &Block) -> Option<(usize, Idle)> {
        // Something of a block that prints ran. Most do, and to read their tokens on every build would take a third of it.
        let prints = block
            .output
            .as_ref()
            .is_some_and(|output| !output.text().trim().is_empty());
        let may_be_idle = |line: &str| ["test", "main"].iter().any(|word| line.contains(word));
        if prints && !block.code.lines.iter().any(|line| may_be_idle(&line.text)) {
            return None;
        }
        Program::new(&block.code).idle().cloned()
    }

    fn located(
        &self,
        source: &Arc<Source>,
        block: &Block,
        name: &str,
        stderr: &str,
    ) -> (String, Option<usize>) {
        panics::in_page(source, block, name, stderr)
    }

    fn line(&self, block: &Block, line: usize) -> usize {
        panics::line(block, line)
    }

    fn normalized(&self, stderr: &str) -> String {
        panics::normalized(stderr)
    }

    /// A panic: its message says so.
    fn is_in_message(&self, status: i32) -> bool {
        status == 101
    }
}
