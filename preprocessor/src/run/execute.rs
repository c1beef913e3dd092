//! Executing the jobs that are not in the store: prepared together, then one process each, several at a time.
//!
//! The threads are kept by hand: rayon shares out work of the processor, and these wait for processes.

use crate::run::job::{Job, JobResult};
use crate::run::language::interface::{Language, Prepared, Site, Started};
use crate::run::language::{Languages, rust};
use crate::work::host::workers;
use crate::work::process::{End, Host, OUTPUT_LIMIT, Run, Task};
use crate::work::sandbox::{Bounds, MEMORY};
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Mutex;
use std::thread;

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
    let mut prepared = executor.prepare(jobs)?;
    let queue: Vec<_> = jobs
        .iter()
        .map(|(key, job)| (key, *job, prepared.remove(key.as_str())))
        .collect();
    let queue = Mutex::new(queue.into_iter());
    let results = Mutex::new(BTreeMap::new());
    let workers = workers();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    while let Some((key, job, prepared)) =
                        queue.lock().map_or(None, |mut queue| queue.next())
                    {
                        let result = executor.job(key, job, prepared)?;
                        if let Ok(mut results) = results.lock() {
                            results.insert(key.clone(), result);
                            progress.show(&format!("{} of {count} blocks run", results.len()));
                        }
                    }
                    Ok(())
                })
            })
            .collect();
        workers.into_iter().try_for_each(|worker| {
            worker
                .join()
                .unwrap_or_else(|_| Err(anyhow::anyhow!("a worker failed")))
        })
    })?;
    progress.show("");
    Ok(results.into_inner().unwrap_or_default())
}

struct Executor<'run> {
    host: &'run Host,
    languages: &'run Languages,
    settings: &'run Settings,
    store: &'run Store,
    folder: &'run Path,
}

impl Executor<'_> {
    fn prepare(&self, jobs: &BTreeMap<String, &Job<'_>>) -> Result<BTreeMap<String, Prepared>> {
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
            prepared.extend(self.languages.get(name)?.prepare(&jobs, &site)?);
        }
        Ok(prepared)
    }

    fn job(&self, key: &str, job: &Job<'_>, prepared: Option<Prepared>) -> Result<JobResult> {
        let language = self.languages.get(&job.block.language)?;
        let mut result = JobResult {
            name: rust::compile::module(key),
            diagnostics: Vec::new(),
            run: None,
            repeated: self.settings.repeat,
            other: None,
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
                let folder = self.folder.join(format!("{key}-{number}"));
                let run = self.run(job, language, started.as_ref(), &folder)?;
                match &result.run {
                    None => result.run = Some(run),
                    Some(first) if !first.is_like(&run) => {
                        result.other = Some(run);
                        break;
                    }
                    Some(_) => {}
                }
                if let Some(Run {
                    end: End::Deadline(_) | End::OutputLimit(_),
                    ..
                }) = result.run
                {
                    break;
                }
            }
        }
        if result.is_lasting() {
            self.store.put(key, &result)?;
        }
        Ok(result)
    }

    /// One run in `folder`, which holds the program's files and its empty working folder.
    fn run(
        &self,
        job: &Job<'_>,
        language: &dyn Language,
        prepared: Option<&Started>,
        folder: &Path,
    ) -> Result<Run> {
        let work = folder.join("work");
        std::fs::create_dir_all(&work)
            .with_context(|| format!("failed to make `{}`", work.display()))?;
        let started = match prepared {
            Some(started) => started.clone(),
            None => language.command(job, folder)?,
        };
        let timeout = job.timeout();
        let mut bounds = Bounds {
            read: vec![started.program.clone(), folder.to_owned()],
            write: vec![work.clone()],
            memory: MEMORY,
            cpu: timeout.as_secs() + 1,
            file_size: FILE_SIZE,
            processes: false,
        };
        language.bound(&mut bounds);
        let task = Task {
            program: &started.program,
            arguments: started.arguments,
            environment: Vec::new(),
            folder: &work,
            bounds,
            deadline: timeout,
            output: OUTPUT_LIMIT,
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
        for text in [&mut run.stdout, &mut run.stderr] {
            forget(text, folder);
        }
        Ok(run)
    }
}

/// Removes the run's folder from the output: its name differs on each run.
fn forget(text: &mut Vec<u8>, folder: &Path) {
    let folder = folder.to_string_lossy();
    let Ok(printed) = std::str::from_utf8(text) else {
        return;
    };
    if printed.contains(folder.as_ref()) {
        let inside = format!("{folder}{}", std::path::MAIN_SEPARATOR);
        *text = printed
            .replace(&inside, "")
            .replace(folder.as_ref(), ".")
            .into_bytes();
    }
}
