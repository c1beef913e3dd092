//! Running blocks: from pages to what each block printed.
//!
//! A block becomes a [`job`] with a [key](crate::work::key) made of all that its result depends on. What the [store](crate::work::store) has
//! under that key is not run again. The rest is compiled (by its [`language`]) and run, each job in a [process](crate::work::process) of
//! its own inside the [sandbox](crate::work::sandbox).

mod execute;
pub mod job;
pub mod language;

use crate::read::{Language, Page};
use crate::run::language::command::Runner;
use crate::run::language::rust::compile::Diagnostic;
use crate::run::language::rust::library::Library;
use crate::run::language::rust::toolchain::Toolchain;
use crate::run::language::sql::SqlBlock;
use crate::work::key::Key;
use crate::work::memory::Memory;
use crate::work::process::{End, Host, Run};
use crate::work::sandbox::Status;
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::{Context, Result, bail};
use job::{Job, Work};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::path::Path;
use std::process::Command;

/// The address space of a block, in bytes.
pub const MEMORY: u64 = 2 << 30;

/// What became of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JobResult {
    /// The job's name in messages of the compiler and the program.
    pub name: String,
    /// What the compiler said about the job's own lines.
    pub diagnostics: Vec<Diagnostic>,
    /// What the program did; none where it didn't compile.
    pub run: Option<Run>,
    /// How often it was run, always with this result.
    pub repeated: u32,
    /// A run that gave something else.
    pub other: Option<Run>,
    /// Whether it ran in this build; otherwise the store had its result.
    #[serde(skip)]
    pub is_fresh: bool,
}

/// For each page, for each of its blocks that can run, what became of it.
pub type Results = Vec<Vec<JobResult>>;

/// Runs the pages' blocks, or finds what they gave before.
///
/// # Errors
/// When the stages can't work: no compiler, a library that doesn't build, a store that can't be written, a
/// sandbox that is required and incomplete. What is wrong with a block is in its result.
pub fn run(pages: &[&Page], settings: &Settings) -> Result<Results> {
    if pages
        .iter()
        .all(|page| page.blocks.iter().all(|b| b.is_broken))
    {
        return Ok(pages.iter().map(|_| Vec::new()).collect());
    }
    let store = Store::open(&settings.store())?;
    let host = host(settings, &store)?;
    let jobs = plan(pages, settings)?;
    let has_rust = jobs
        .iter()
        .flatten()
        .any(|job| matches!(job.work, Work::Rust(_)));
    let mut rust = match has_rust {
        true => Some(Rust::find(settings, &store)?),
        false => None,
    };
    let bounds = bounds_key(&host.status);
    let mut memory = Memory::open(&store, "runs of", &settings.root);
    let mut results;
    let mut missing;
    loop {
        let content = rust
            .as_ref()
            .map_or(String::new(), |rust| rust.content(settings));
        let keys: Vec<Vec<String>> = jobs
            .iter()
            .map(|page| page.iter().map(|job| job.key(&bounds, &content)).collect())
            .collect();
        results = BTreeMap::new();
        missing = BTreeMap::new();
        for (key, job) in keys.iter().flatten().zip(jobs.iter().flatten()) {
            if let Some(result) = remembered(key, &mut memory, &store, settings.repeat) {
                results.insert(key.clone(), result);
            } else {
                missing.insert(key.clone(), job);
            }
        }
        let needs_rust = missing
            .values()
            .any(|job| matches!(job.work, Work::Rust(_)));
        // Cargo may find that the library is built from other files than last time: the keys change then.
        if needs_rust
            && let Some(rust) = &mut rust
            && !rust.is_ready()
        {
            rust.build(settings, &store)?;
            continue;
        }
        if !missing.is_empty() {
            store.sweep();
            let fresh = execute::execute(&missing, rust.as_ref(), &host, settings, &store)?;
            for (key, result) in fresh.iter().filter(|(_, result)| result.is_lasting()) {
                memory.insert(key, result.clone());
            }
            results.extend(fresh);
        }
        memory.save()?;
        return keys
            .into_iter()
            .map(|page| {
                page.into_iter()
                    .map(|key| results.get(&key).cloned().context("a job has no result"))
                    .collect()
            })
            .collect();
    }
}

/// What a job gave before, if it was run often enough: for this book's last build, or for any.
fn remembered(
    key: &str,
    memory: &mut Memory<JobResult>,
    store: &Store,
    repeat: u32,
) -> Option<JobResult> {
    let is_enough = |result: &&JobResult| result.repeated >= repeat;
    if let Some(result) = memory.get(key).filter(is_enough) {
        return Some(result.clone());
    }
    let result: JobResult = store.get(key).filter(|result| is_enough(&result))?;
    memory.insert(key, result.clone());
    Some(result)
}

/// What Rust blocks are compiled with.
pub(super) struct Rust {
    toolchain: Toolchain,
    /// None where the book names no library, or none was built here yet.
    library: Option<Library>,
    needs_library: bool,
}

impl Rust {
    fn find(settings: &Settings, store: &Store) -> Result<Self> {
        let toolchain = Toolchain::find(&settings.root, store)?;
        let package = settings.proof.library.as_deref();
        Ok(Self {
            library: package
                .and_then(|p| Library::remembered(p, &settings.root, &toolchain, store)),
            needs_library: package.is_some(),
            toolchain,
        })
    }

    fn is_ready(&self) -> bool {
        !self.needs_library || self.library.as_ref().is_some_and(Library::is_built)
    }

    fn build(&mut self, settings: &Settings, store: &Store) -> Result<()> {
        if let Some(package) = &settings.proof.library {
            let library = Library::build(package, &settings.root, &self.toolchain, store)?;
            self.library = Some(library);
        }
        Ok(())
    }

    /// All that compiled code depends on besides the code, hashed.
    fn content(&self, settings: &Settings) -> String {
        let key = self
            .toolchain
            .add_to(Key::new("rust").with(settings.edition));
        match &self.library {
            Some(library) => key.with(&library.content()),
            None if self.needs_library => key.with("not built yet"),
            None => key,
        }
        .finish()
    }
}

/// The jobs of each page's blocks, in their order.
fn plan(pages: &[&Page], settings: &Settings) -> Result<Vec<Vec<Job>>> {
    let mut runners: BTreeMap<&str, Runner> = BTreeMap::new();
    for block in pages.iter().flat_map(|page| &page.blocks) {
        if let Language::Other(name) = &block.language
            && !runners.contains_key(name.as_str())
            && let Some(config) = settings.proof.runner.get(name)
        {
            runners.insert(name, Runner::resolve(name, config)?);
        }
    }
    Ok(pages
        .iter()
        .map(|page| {
            let mut sql: Vec<SqlBlock> = Vec::new();
            let mut jobs = Vec::new();
            for block in page.blocks.iter().filter(|block| !block.is_broken) {
                let runner = match &block.language {
                    Language::Other(name) => runners.get(name.as_str()),
                    _ => None,
                };
                let line = page.source.position(block.code.span.start).line;
                let place = format!("{}:{line}", page.source.path().display());
                jobs.push(Job::new(block, runner, &sql, place));
                if block.language == Language::Sql {
                    sql.push(SqlBlock {
                        text: block.code.text(),
                        fails: block.fails,
                    });
                }
            }
            jobs
        })
        .collect())
}

/// The shim and what it can do here, remembered by kernel and program.
///
/// # Errors
/// When the sandbox is required and incomplete.
pub fn host(settings: &Settings, store: &Store) -> Result<Host> {
    let status = match &settings.program {
        Some(shim) if cfg!(target_os = "linux") => status(shim, store)?,
        _ => Status::none(),
    };
    let missing = status.missing();
    if settings.proof.require_sandbox && !missing.is_empty() {
        bail!(
            "book.toml requires the sandbox, and this system lacks: {}",
            missing.join(", ")
        );
    }
    Ok(Host {
        shim: settings.program.clone(),
        status,
    })
}

fn status(shim: &Path, store: &Store) -> Result<Status> {
    let key = Key::new("sandbox")
        .with_program(shim)
        .with_file(Path::new("/proc/sys/kernel/osrelease"))
        .finish();
    if let Some(status) = store.get(&key) {
        return Ok(status);
    }
    let status = probe(shim)?;
    store.put(&key, &status)?;
    Ok(status)
}

/// Which bounds the shim can put on what it runs here.
///
/// # Errors
/// When the shim can't be run.
pub fn probe(shim: &Path) -> Result<Status> {
    if !cfg!(target_os = "linux") {
        return Ok(Status::none());
    }
    let output = Command::new(shim)
        .args(["shim", "--try"])
        .output()
        .with_context(|| format!("failed to run `{}`", shim.display()))?;
    Ok(serde_json::from_slice(&output.stdout).unwrap_or_else(|_| Status::none()))
}

/// How many compilers or blocks are at work at a time.
fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The bounds that hold and the limits that don't depend on a job, for keys.
fn bounds_key(status: &Status) -> String {
    let mut key = Key::new("bounds").with(&MEMORY.to_string());
    for (name, holds) in &status.bounds {
        key = key.with(name).with(if *holds { "holds" } else { "" });
    }
    key.finish()
}

impl JobResult {
    /// Whether the result follows from the job alone, so that it can be kept: not from the machine's load.
    fn is_lasting(&self) -> bool {
        // A compiler that fails without naming a line was hindered by something else.
        let is_at_line = |d: &Diagnostic| !d.is_error || d.place.is_some();
        match &self.run {
            None => self.diagnostics.iter().all(is_at_line),
            Some(run) => self.other.is_none() && matches!(run.end, End::Success | End::Status(_)),
        }
    }
}
