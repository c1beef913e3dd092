//! Blocks in Rust for a reader's browser: the varied copies of a chapter's blocks as one program, which starts any of them.
//!
//! They are compiled as they are, in the form in which they run at many points here: a block's module, a mark and a point are the
//! program's arguments there as well. What doesn't compile for the browser is left out, with what the compiler said.

use crate::read::Block;
use crate::run::language::interface::Site;
use crate::run::language::rust::compile::{Compiler, module};
use crate::run::language::rust::computed::Computed;
use crate::run::language::rust::form::Form;
use crate::run::language::rust::library::{BROWSER, Library, Place};
use crate::run::language::rust::program::Program;
use crate::run::language::rust::vary::{self, Varied};
use crate::text::source::Source;
use crate::work::key::Key;
use crate::work::settings::Settings;
use crate::work::store::Store;
use crate::work::toolchain::Toolchain;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::sync::Arc;

/// What compiles blocks for a browser.
#[derive(Debug)]
pub struct ForBrowser {
    toolchain: Toolchain,
    library: Library,
    edition: &'static str,
}

/// A block that may be part of a program for the browser.
#[derive(Debug)]
pub struct Candidate {
    /// Its name, made of its code and of what varies in it.
    pub name: String,
    program: Program,
}

/// A program for the browser, and what couldn't be part of it.
#[derive(Debug, Default)]
pub struct Compiled {
    /// The program; empty where no block could.
    pub wasm: Vec<u8>,
    /// Why blocks are no part of it, by their names.
    pub left_out: BTreeMap<String, String>,
}

impl Candidate {
    /// A block as it would be part of a program.
    ///
    /// # Errors
    /// Why it can't.
    pub fn new(block: &Block) -> Result<Self, &'static str> {
        let (program, is_varied) = match Varied::new(block) {
            Some(varied) if !block.vary.is_empty() => (varied.program, true),
            _ => (Program::new(&block.code), false),
        };
        if !program.may_share() {
            return Err(
                "it can't be compiled together with others: it has an attribute of the crate, `crate::`, `unsafe`, `static`, a macro of its own, or an `impl` for a type that it doesn't declare",
            );
        }
        let (text, _) = program.file();
        let key = Key::of_data("live block").with(&text);
        let key = key.with(if is_varied { "varied" } else { "" }).finish();
        Ok(Self {
            name: key[..12].to_owned(),
            program,
        })
    }

    /// The name of its module, by which the program is asked for it.
    pub fn module(&self) -> String {
        module(&self.name)
    }
}

impl ForBrowser {
    /// Finds a compiler with a standard library for the browser, and builds the book's library for it; none where there is no such
    /// standard library.
    ///
    /// # Errors
    /// When there is no compiler, or the library doesn't build.
    pub fn find(settings: &Settings, store: &Store) -> Result<Option<Self>> {
        let root = &settings.root;
        let toolchain = match &settings.proof.live_compiler {
            Some(path) => Toolchain::named(root.join(path).as_os_str(), root, store)?,
            None => Toolchain::find(root, store)?,
        };
        if !toolchain.has(BROWSER) {
            return Ok(None);
        }
        let library = match settings.proof.library.as_deref() {
            None => Library::default(),
            Some(package) => library(package, settings, &toolchain, store)?,
        };
        Ok(Some(Self {
            toolchain,
            library,
            edition: settings.edition,
        }))
    }

    /// The compiler.
    pub fn toolchain(&self) -> &Toolchain {
        &self.toolchain
    }

    /// The computed numbers that the library brings into blocks.
    pub fn computed(&self) -> Computed {
        Computed::read(self.library.sources())
    }

    /// What the parameters of a block are in the page, where each is one value there.
    pub fn defaults(
        source: &Arc<Source>,
        block: &Block,
        settings: &Settings,
    ) -> BTreeMap<String, String> {
        vary::defaults(source, block, settings.edition).unwrap_or_default()
    }

    /// Adds all to a key that a program depends on besides its blocks.
    pub fn key(&self, key: Key) -> Key {
        let key = key.with(self.edition).with(vary::LOOKUPS);
        self.toolchain.add_to(key.with(&self.library.content()))
    }

    /// Compiles blocks as one program.
    ///
    /// # Errors
    /// When the compiler can't be run.
    pub fn compile(&self, blocks: &[&Candidate], site: &Site<'_>) -> Result<Compiled> {
        let compiler = Compiler {
            toolchain: &self.toolchain,
            library: &self.library,
            edition: self.edition,
            host: site.host,
            folder: site.folder,
            form: Form::Live,
        };
        let programs = blocks
            .iter()
            .map(|block| (block.name.as_str(), &block.program));
        let (file, left_out) = compiler.one(programs.collect())?;
        let wasm = match file {
            Some(file) => std::fs::read(&file)
                .with_context(|| format!("failed to read `{}`", file.display()))?,
            None => Vec::new(),
        };
        Ok(Compiled { wasm, left_out })
    }
}

/// The book's library for the browser, built where that wasn't done yet.
fn library(
    package: &str,
    settings: &Settings,
    toolchain: &Toolchain,
    store: &Store,
) -> Result<Library> {
    let root = &settings.root;
    let known = Library::remembered(package, Place::Browser, root, toolchain, store);
    if let Some(known) = known.filter(Library::is_built) {
        return Ok(known);
    }
    let progress = settings.progress;
    progress.show(&format!("building the library `{package}` for the browser"));
    let built = Library::build(package, Place::Browser, root, toolchain, store);
    progress.show("");
    built.context("readers can't run the blocks in the page")
}
