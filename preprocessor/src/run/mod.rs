//! Running blocks: from jobs to what each one printed.
//!
//! 1. [`plan`] turns the pages' blocks into [`Job`]s, the same code once.
//! 2. [`library`] has Cargo build the library that the blocks use.
//! 3. [`compile`] has one `rustc` compile all jobs, and again without those that don't compile.
//! 4. [`execute`] runs one process a job.

pub mod compile;
pub mod execute;
pub mod library;
mod program;

pub use execute::{End, Run};
pub use program::Program;

use crate::page::Block;
use anyhow::Result;
use library::Library;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;
use std::fmt::Write as _;

/// A program to compile and run, under a name made from its content.
pub type Jobs = BTreeMap<String, Program>;

/// What became of each job, by its name.
pub type Results = BTreeMap<String, JobResult>;

/// What became of a job.
#[derive(Debug)]
pub struct JobResult {
    /// What the compiler said about the job's own lines.
    pub diagnostics: Vec<compile::Diagnostic>,
    /// What the program did; none where it didn't compile.
    pub run: Option<Run>,
}

/// The jobs of some blocks. Blocks with the same code share one.
pub fn plan<'pages>(blocks: impl Iterator<Item = &'pages Block>) -> Jobs {
    blocks
        .map(|block| (job_name(block), Program::new(&block.code)))
        .collect()
}

/// The name of a block's job: made from its code, never from its place.
pub fn job_name(block: &Block) -> String {
    let hash = Sha256::digest(block.code.text().as_bytes());
    let mut name = "block_".to_owned();
    for byte in hash.iter().take(12) {
        let _ = write!(name, "{byte:02x}");
    }
    name
}

/// Compiles and runs the jobs.
///
/// # Errors
/// When the compiler can't be run, the library doesn't build, or a temporary folder can't be written.
/// What is wrong with a job is in its result.
pub fn run(jobs: &Jobs, library: &Library, edition: &str) -> Result<Results> {
    let folder = tempfile::Builder::new().prefix("mdbook-proof-").tempdir()?;
    let compiled = compile::compile(jobs, library, edition, folder.path())?;
    Ok(execute::execute(compiled, folder.path())?)
}
