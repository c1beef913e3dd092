//! What a language is to the rest of the program.

use crate::read::Block;
use crate::run::job::{Diagnostic, Job};
use crate::run::seeds::{self, Drawn};
use crate::text::code::Code;
use crate::text::finding::Finding;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::key::Key;
use crate::work::process::{End, Host, Run};
use crate::work::sandbox::{Bounds, MEMORY};
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::Result;
use std::collections::BTreeMap;
use std::fmt::Debug;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A language that blocks can be written in.
pub trait Language: Debug + Send + Sync {
    /// Its name in code fences.
    fn name(&self) -> &str;

    /// What runs its blocks, in a phrase for the manual.
    fn about(&self) -> &'static str;

    /// Finds what its blocks are run with, once per build that has any.
    ///
    /// # Errors
    /// When it isn't there.
    fn find(&mut self, _: &Settings, _: &Store) -> Result<()> {
        Ok(())
    }

    /// Adds all that a job's result depends on to its key.
    fn key(&self, job: &Job<'_>, key: Key) -> Key;

    /// Gets ready for jobs that are not in the store; true if that changes keys.
    ///
    /// # Errors
    /// When it can't.
    fn make_ready(&mut self, _: &Settings, _: &Store) -> Result<bool> {
        Ok(false)
    }

    /// Prepares jobs together, each under its key, such as by compiling them. A job that is left out has nothing to prepare.
    ///
    /// # Errors
    /// When the preparation can't work; what is wrong with a job is in its diagnostics.
    fn prepare(
        &self,
        _: &BTreeMap<&str, &Job<'_>>,
        _: &Site<'_>,
    ) -> Result<BTreeMap<String, Prepared>> {
        Ok(BTreeMap::new())
    }

    /// What those parameters of a block are in the page that have one value there, each as a setting of its domain. What a list
    /// holds is left out.
    ///
    /// # Errors
    /// What is wrong with what the block says may vary in it.
    fn can_vary(
        &self,
        source: &Arc<Source>,
        block: &Block,
    ) -> Result<BTreeMap<String, String>, Vec<Finding>> {
        let spans = block.vary.iter().map(|parameter| parameter.span);
        let Some(span) = spans.reduce(Span::cover) else {
            return Ok(BTreeMap::new());
        };
        let message = format!("blocks in `{}` can't vary", self.name());
        let finding = Finding::new(Code::Attribute, source, span, message);
        Err(vec![
            finding.with_help("leave `vary` out; blocks in `rust` can vary"),
        ])
    }

    /// Adds all to a key that what a job prints at a point depends on, besides what is set there: the names and their settings.
    fn vary_key(&self, job: &Job<'_>, key: Key) -> Key {
        self.key(job, key)
    }

    /// Prepares copies of jobs together, each under its key, whose parameters can be set. What each starts takes further
    /// arguments: a mark that no block can know, and the points. A point is its settings in the order of the block's parameters,
    /// with U+001F between them; what is empty or left out isn't set.
    ///
    /// A copy writes a line with the mark and a point's number, from 0, to both outputs before each point, and one with the mark and
    /// `end` after the last. It stops at a point that fails, with its exit status.
    ///
    /// # Errors
    /// When the preparation can't work; what is wrong with a copy is in its diagnostics. A job that can't vary is left out.
    fn prepare_varied(
        &self,
        _: &BTreeMap<&str, &Job<'_>>,
        _: &Site<'_>,
    ) -> Result<BTreeMap<String, Prepared>> {
        Ok(BTreeMap::new())
    }

    /// What the compiler said about the varied copy of a block and not about the block itself, at the parameters that it comes from.
    fn varied_errors(
        &self,
        _: &Arc<Source>,
        _: &Block,
        _own: &[Diagnostic],
        _varied: &[Diagnostic],
    ) -> Vec<Finding> {
        Vec::new()
    }

    /// The setting that a varied copy can't take, if its run with this mark ended for that.
    fn refusal(&self, _: &Arc<Source>, _: &Block, _mark: &str, _stderr: &str) -> Option<Finding> {
        None
    }

    /// The command of one run of a job that wasn't prepared, and whatever it reads, written into `folder`: the run's
    /// working folder, so that the command can name files relative to it.
    ///
    /// # Errors
    /// When the files can't be written.
    fn command(&self, job: &Job<'_>, folder: &Path) -> Result<Started>;

    /// Adjusts what a run may do.
    fn bound(&self, _: &mut Bounds) {}

    /// The meaning of a run that ended by itself; `printed` is its standard output, and `earlier` says how many blocks
    /// of this language the page has above it.
    fn reading(&self, _: &Block, _earlier: usize, run: &Run, printed: &str) -> Reading {
        Reading::by_status(run, printed)
    }

    /// What of a block never runs, although it is there to run, and its line in the block.
    fn idle(&self, _: &Block) -> Option<(usize, Idle)> {
        None
    }

    /// Adds all to a key that [`single_seed`](Self::single_seed) depends on besides the block's code and what varies in it.
    fn seed_key(&self, key: Key) -> Key {
        key
    }

    /// The first call of a block that draws from the same seed each time. `named` are the functions that take a seed by the book's word.
    fn single_seed(&self, block: &Block, named: &[String], _: &Store) -> Option<Drawn> {
        seeds::by_name(block, named)
    }

    /// What a failed run said on standard error, in the page's terms, and the first line of the block that it names.
    fn located(
        &self,
        _: &Arc<Source>,
        _: &Block,
        _: &str,
        stderr: &str,
    ) -> (String, Option<usize>) {
        (stderr.to_owned(), None)
    }

    /// The line of a block that a line of its generated file comes from, both counted from 1.
    fn line(&self, _: &Block, line: usize) -> usize {
        line
    }

    /// What a block that has to fail said on standard error, without what differs between machines.
    fn normalized(&self, stderr: &str) -> String {
        stderr.to_owned()
    }

    /// Whether an exit status says nothing that the message doesn't say.
    fn is_in_message(&self, _status: i32) -> bool {
        false
    }

    /// How much address space a block has, in bytes.
    fn memory(&self) -> u64 {
        MEMORY
    }

    /// What runs its blocks, if that is a command of the book's.
    fn runner(&self) -> Option<Runner<'_>> {
        None
    }

    /// Whether a block may start processes.
    fn has_processes(&self) -> bool {
        false
    }
}

/// A command of the book's that runs blocks.
#[derive(Debug, Clone, Copy)]
pub struct Runner<'language> {
    /// Its name in `book.toml`.
    pub name: &'language str,
    /// The program's file.
    pub program: &'language Path,
    /// The name of the block's file, which the program names where the block is wrong.
    pub file: &'language str,
}

/// Where jobs are prepared.
#[derive(Debug)]
pub struct Site<'run> {
    /// What bounds the programs that prepare them.
    pub host: &'run Host,
    /// Where what they make goes.
    pub folder: &'run Path,
}

/// What preparing a job gave.
#[derive(Debug, Default)]
pub struct Prepared {
    /// What the compiler said about it.
    pub diagnostics: Vec<Diagnostic>,
    /// What to run; none where it doesn't compile.
    pub started: Option<Started>,
}

/// What of a block never runs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Idle {
    /// What it is, and why it never runs.
    pub message: String,
    /// What to do about it.
    pub help: String,
}

impl Idle {
    /// One with these texts.
    pub fn new(message: impl Into<String>, help: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            help: help.into(),
        }
    }
}

/// A program and its arguments.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Started {
    /// The program's file.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
}

/// The meaning of a run that ended by itself.
#[derive(Debug, PartialEq, Eq)]
pub enum Reading {
    /// It did what it should, and printed this.
    Printed(String),
    /// It failed; its message, exit status and output tell how.
    Failed,
    /// It failed with an error at a line of the block and a column of it, both from 0.
    Error {
        /// The line.
        line: usize,
        /// The column, in bytes.
        column: usize,
        /// What is wrong.
        message: String,
    },
    /// An earlier block of the page failed, which is reported there.
    Earlier,
}

impl Reading {
    /// A program that succeeds exits with 0.
    pub fn by_status(run: &Run, printed: &str) -> Self {
        match run.end {
            End::Success => Self::Printed(printed.to_owned()),
            _ => Self::Failed,
        }
    }
}
