//! Blocks in Rust: compiled together by one `rustc`, without Cargo in the loop.
//!
//! 1. [`toolchain`](crate::work::toolchain) finds the compiler.
//! 2. [`library`] has Cargo build the library that the blocks use.
//! 3. [`program`] makes each block a program; [`entry`] says where it starts, [`sharing`] whether it may share a crate with others.
//! 4. [`compile`] compiles those at once, and the others alone.
//!
//! [`computed`] finds the numbers that a block runs with and that an expression computes.
//!
//! What varies in a block is set in a copy of it, which [`vary`] makes; [`live`] compiles those for a reader's browser. [`seeds`] finds the blocks that draw from a single seed.

pub mod compile;
pub mod computed;
mod entry;
mod form;
pub mod library;
pub mod live;
mod message;
mod panics;
pub mod program;
mod seeds;
mod sharing;
mod tokens;
pub mod vary;

use crate::read::Block;
use crate::run::job::{Diagnostic, Job};
use crate::run::language::interface::{Idle, Language, Prepared, Site, Started};
use crate::run::seeds::Drawn;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::work::key::Key;
use crate::work::settings::{Redo, Settings};
use crate::work::store::Store;
use crate::work::toolchain::Toolchain;
use anyhow::{Context, Result, bail};
use compile::Compiler;
use form::Form;
use library::{Library, Place};
use mdbook_proof_text::printed::without_places;
use program::Program;
use seeds::Functions;
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use vary::Varied;

/// Rust, in the book's edition, with the library that `book.toml` names.
pub(super) fn language(settings: &Settings) -> Box<dyn Language> {
    Box::new(Rust {
        edition: settings.edition,
        toolchain: None,
        library: None,
        needs_library: settings.proof.library.is_some(),
        content: OnceLock::new(),
        seed_functions: OnceLock::new(),
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
    /// Those of the library, once a block was looked at.
    seed_functions: OnceLock<Functions>,
    /// Whether every block is compiled alone.
    is_alone: bool,
}

impl Rust {
    /// Whether a program shares a crate with others. In older editions, paths start at the crate, and what ends a string depends on
    /// what comes before it.
    fn shares(&self, program: &Program) -> bool {
        !self.is_alone && self.edition >= "2021" && program.may_share()
    }

    fn compile(
        &self,
        programs: &BTreeMap<String, Program>,
        form: Form,
        site: &Site<'_>,
    ) -> Result<BTreeMap<String, Prepared>> {
        let none = Library::default();
        Compiler {
            toolchain: self.toolchain.as_ref().context("there is no compiler")?,
            library: self.library.as_ref().unwrap_or(&none),
            edition: self.edition,
            host: site.host,
            folder: site.folder,
            form,
        }
        .compile(programs, |program| self.shares(program))
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
        self.library = package
            .and_then(|p| Library::remembered(p, Place::Here, &settings.root, &toolchain, store));
        self.toolchain = Some(toolchain);
        self.content = OnceLock::new();
        self.seed_functions = OnceLock::new();
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
            let library = Library::build(package, Place::Here, &settings.root, toolchain, store);
            settings.progress.show("");
            self.library = Some(library?);
            self.content = OnceLock::new();
            self.seed_functions = OnceLock::new();
        }
        Ok(!is_ready)
    }

    fn prepare(
        &self,
        jobs: &BTreeMap<&str, &Job<'_>>,
        site: &Site<'_>,
    ) -> Result<BTreeMap<String, Prepared>> {
        let programs = jobs
            .iter()
            .map(|(key, job)| ((*key).to_owned(), Program::new(&job.block.code)))
            .collect();
        self.compile(&programs, Form::AsWritten, site)
    }

    fn can_vary(
        &self,
        source: &Arc<Source>,
        block: &Block,
    ) -> Result<BTreeMap<String, String>, Vec<Finding>> {
        vary::defaults(source, block, self.edition)
    }

    /// What a copy prints depends on the block and on what is set, whatever else may vary.
    fn vary_key(&self, job: &Job<'_>, key: Key) -> Key {
        self.key(job, key).with("varied").with(vary::LOOKUPS)
    }

    fn prepare_varied(
        &self,
        jobs: &BTreeMap<&str, &Job<'_>>,
        site: &Site<'_>,
    ) -> Result<BTreeMap<String, Prepared>> {
        let copies = jobs
            .iter()
            .filter_map(|(key, job)| Some(((*key).to_owned(), Varied::new(job.block)?.program)))
            .collect();
        self.compile(&copies, Form::Varied, site)
    }

    fn varied_errors(
        &self,
        source: &Arc<Source>,
        block: &Block,
        own: &[Diagnostic],
        varied: &[Diagnostic],
    ) -> Vec<Finding> {
        vary::errors(source, block, own, varied)
    }

    fn refusal(
        &self,
        source: &Arc<Source>,
        block: &Block,
        mark: &str,
        stderr: &str,
    ) -> Option<Finding> {
        vary::refusal(source, block, mark, stderr)
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

    fn seed_key(&self, key: Key) -> Key {
        match &self.library {
            Some(library) => key.with(self.content.get_or_init(|| library.content())),
            None => key,
        }
    }

    fn single_seed(&self, block: &Block, named: &[String], store: &Store) -> Option<Drawn> {
        let functions = self.seed_functions.get_or_init(|| {
            let Some(library) = &self.library else {
                return Functions::default();
            };
            let key = self.seed_key(Key::new("functions with a seed")).finish();
            store.get(&key).unwrap_or_else(|| {
                let functions = Functions::read(library.sources());
                // What can't be kept is read again.
                let _ = store.put(&key, &functions);
                functions
            })
        });
        seeds::single(block, functions, named)
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
        without_places(stderr)
    }

    /// A panic: its message says so.
    fn is_in_message(&self, status: i32) -> bool {
        status == 101
    }
}
