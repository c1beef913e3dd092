//! Executing the jobs that are not in the store: prepared together, then one process each, several at a time.
//!
//! The threads are kept by hand: rayon shares out work of the processor, and these wait for processes.

use crate::run::job::{Job, JobResult};
use crate::run::language::interface::{Language, Prepared, Site, Started};
use crate::run::language::{Languages, rust};
use crate::run::place::{self, Place};
use crate::work::host::workers;
use crate::work::process::{End, Host, OUTPUT_LIMIT, Run, Task};
use crate::work::sandbox::{Bounds, MEMORY};
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;
use std::{iter, thread};

/// The largest file that a block may write, in bytes.
const FILE_SIZE: u64 = 64 << 20;

/// Runs the jobs, keeps their results, and returns them by key.
pub(super) fn execute(
    jobs: &BTreeMap<String, &Job<'_>>,
    languages: &Languages,
    host: &Host,
    settings: &Settings,
    store: &Store,
) -> Result<BTreeMap<String, JobResult>> {
    let folder = tempfile::Builder::new()
        .prefix("run-")
        .tempdir_in(store.work())
        .context("failed to make a folder for the blocks")?;
    let executor = Executor {
        host,
        languages,
        settings,
        store,
        folder: folder.path(),
    };
    let progress = settings.progress;
    let count = jobs.len();
    progress.show(&format!("compiling {count} blocks"));
    let named = jobs.iter().map(|(key, job)| (key.as_str(), *job));
    let mut prepared =
        executor.prepare(named, |language, jobs, site| language.prepare(jobs, site))?;
    let queue: Vec<_> = jobs
        .iter()
        .map(|(key, job)| (key, *job, prepared.remove(key.as_str())))
        .collect();
    let done = AtomicUsize::new(0);
    let results = side_by_side(queue, |(key, job, prepared)| {
        let result = executor.job(key, job, prepared)?;
        let done = done.fetch_add(1, Ordering::Relaxed) + 1;
        progress.show(&format!("{done} of {count} blocks run"));
        Ok((key.clone(), result))
    })?;
    progress.show("");
    Ok(results.into_iter().collect())
}

/// Does something with all of these, one thread a processor, until something fails.
pub(crate) fn side_by_side<T: Send, R: Send>(
    all: Vec<T>,
    each: impl Fn(T) -> Result<R> + Sync,
) -> Result<Vec<R>> {
    let queue = Mutex::new(all.into_iter());
    let next = || queue.lock().map_or(None, |mut queue| queue.next());
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers())
            .map(|_| scope.spawn(|| iter::from_fn(next).map(&each).collect::<Result<Vec<R>>>()))
            .collect();
        let mut results = Vec::new();
        for worker in workers {
            let done = worker.join();
            results.extend(done.unwrap_or_else(|_| Err(anyhow::anyhow!("a worker failed")))?);
        }
        Ok(results)
    })
}

/// How much one process may take.
#[derive(Debug, Clone, Copy)]
pub(super) struct Limits {
    /// When it is killed.
    pub(super) deadline: Duration,
    /// How much it may print on each output, in bytes.
    pub(super) output: u64,
}

/// What jobs are executed with.
pub(super) struct Executor<'run> {
    pub(super) host: &'run Host,
    pub(super) languages: &'run Languages,
    pub(super) settings: &'run Settings,
    pub(super) store: &'run Store,
    /// Where what this build makes goes.
    pub(super) folder: &'run Path,
}

impl Executor<'_> {
    /// Has the languages of jobs prepare them, each under its key, in this way.
    pub(super) fn prepare<'job>(
        &self,
        jobs: impl Iterator<Item = (&'job str, &'job Job<'job>)>,
        with: impl Fn(
            &dyn Language,
            &BTreeMap<&str, &Job<'_>>,
            &Site<'_>,
        ) -> Result<BTreeMap<String, Prepared>>,
    ) -> Result<BTreeMap<String, Prepared>> {
        let mut by_language: BTreeMap<&str, BTreeMap<&str, &Job<'_>>> = BTreeMap::new();
        for (key, job) in jobs {
            let jobs = by_language.entry(&job.block.language).or_default();
            jobs.insert(key, job);
        }
        let site = Site {
            host: self.host,
            folder: self.folder,
        };
        let mut prepared = BTreeMap::new();
        for (name, jobs) in by_language {
            prepared.extend(with(self.languages.get(name)?, &jobs, &site)?);
        }
        Ok(prepared)
    }

    fn job(&self, key: &str, job: &Job<'_>, prepared: Option<Prepared>) -> Result<JobResult> {
        let mut result = JobResult {
            diagnostics: Vec::new(),
            run: None,
            repeated: self.settings.repeat,
            others: Vec::new(),
            is_fresh: true,
        };
        let is_prepared = prepared.is_some();
        let mut started = None;
        if let Some(prepared) = prepared {
            result.diagnostics = prepared.diagnostics;
            started = prepared.started;
        }
        if !is_prepared || started.is_some() {
            for number in 0..self.settings.repeat.max(1) {
                let place = Place::new(self.folder, key, number)?;
                let limits = Limits {
                    deadline: job.timeout(),
                    output: OUTPUT_LIMIT,
                };
                let run = self.run(key, job, started.as_ref(), &place, limits)?;
                let is_over = matches!(run.end, End::Deadline(_) | End::OutputLimit(_));
                let mut known = result.run.iter().chain(&result.others);
                let is_new = known.all(|other| !other.is_like(&run));
                let is_other = is_new && result.run.is_some();
                if is_other {
                    result.others.push(run);
                } else if is_new {
                    result.run = Some(run);
                }
                // What is elided may differ; whether only that does is seen in all runs.
                if is_over || is_other && job.block.view.elided.is_none() {
                    break;
                }
            }
        }
        if result.is_lasting() {
            self.store.put(key, &result)?;
        }
        Ok(result)
    }

    /// One run of a job at a place of its own; `key` is the one that it was compiled under.
    pub(super) fn run(
        &self,
        key: &str,
        job: &Job<'_>,
        prepared: Option<&Started>,
        place: &Place,
        limits: Limits,
    ) -> Result<Run> {
        let language = self.languages.get(&job.block.language)?;
        let work = place.work();
        let started = match prepared {
            Some(started) => Started {
                program: place.program(&started.program)?,
                arguments: started.arguments.clone(),
            },
            None => language.command(job, &work)?,
        };
        let mut bounds = Bounds {
            read: vec![started.program.clone()],
            write: vec![work.clone()],
            memory: MEMORY,
            cpu: limits.deadline.as_secs() + 1,
            file_size: FILE_SIZE,
            processes: false,
        };
        bounds.read.extend(place.readable());
        language.bound(&mut bounds);
        let task = Task {
            program: &started.program,
            arguments: started.arguments,
            environment: Vec::new(),
            folder: &work,
            bounds,
            deadline: limits.deadline,
            output: limits.output,
        };
        let slow = || {
            self.settings
                .progress
                .say(&format!("{} is still running", job.place));
        };
        let mut run = self
            .host
            .run(&task, &slow)
            .with_context(|| format!("failed to run the block at {}", job.place))?;
        let name = rust::compile::module(key);
        for text in [&mut run.stdout, &mut run.stderr] {
            place.hide(text);
            // Where it was compiled.
            place::hide(text, self.folder);
            place::rename(text, &name, |line| language.line(job.block, line));
        }
        Ok(run)
    }
}
