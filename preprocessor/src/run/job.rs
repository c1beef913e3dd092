//! Jobs: what is run for a block, and its outcome.

use crate::read::Block;
use crate::text::span::Span;
use crate::work::process::{End, Run};
use serde::{Deserialize, Serialize};
use std::time::Duration;

/// How long a block may run by default.
const TIMEOUT: Duration = Duration::from_secs(10);

/// What is run for a block.
#[derive(Debug)]
pub struct Job<'page> {
    /// The block's number in its page, from 0.
    pub number: usize,
    /// The block.
    pub block: &'page Block,
    /// The page's blocks of the same language above it.
    pub earlier: Vec<&'page Block>,
    /// The block's file and line, to name it while it runs.
    pub place: String,
}

impl Job<'_> {
    /// How long it may run.
    pub fn timeout(&self) -> Duration {
        self.block.timeout.unwrap_or(TIMEOUT)
    }
}

/// What a compiler said about a line of a block.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Diagnostic {
    /// Whether the block doesn't compile because of it.
    pub is_error: bool,
    /// The message, with the compiler's code for it.
    pub message: String,
    /// The words beneath the quoted code.
    pub label: Option<String>,
    /// The compiler's notes and suggestions, a line each.
    pub notes: Vec<String>,
    /// The line of the block (from 0) and the bytes of that line; none for the whole block.
    pub place: Option<(usize, Span)>,
}

/// The outcome of a job.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct JobResult {
    /// What the compiler said about the job's own lines.
    pub diagnostics: Vec<Diagnostic>,
    /// What the program did; none where it didn't compile.
    pub run: Option<Run>,
    /// How often it was run, always with this result.
    pub repeated: u32,
    /// The other results that repeated runs had, each different from all before it.
    pub others: Vec<Run>,
    /// Whether it ran in this build; otherwise its result came from the store.
    #[serde(skip)]
    pub is_fresh: bool,
}

impl JobResult {
    /// Whether another result says the same of the block.
    pub(crate) fn is_like(&self, other: &Self) -> bool {
        let is_same_run = match (&self.run, &other.run) {
            (Some(one), Some(other)) => one.is_like(other),
            (None, None) => true,
            _ => false,
        };
        is_same_run && self.diagnostics == other.diagnostics
    }

    /// Whether the result depends on the job alone, not on the machine's load, so that it can be kept.
    pub(crate) fn is_lasting(&self) -> bool {
        // A compiler that fails without naming a line failed for another reason.
        let is_at_line = |d: &Diagnostic| !d.is_error || d.place.is_some();
        match &self.run {
            None => self.diagnostics.iter().all(is_at_line),
            Some(run) => self.others.is_empty() && matches!(run.end, End::Success | End::Status(_)),
        }
    }
}
