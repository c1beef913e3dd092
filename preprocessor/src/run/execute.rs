//! Executing the jobs that the store lacks: compiled together, then a process each, some at a time.

use crate::run::job::{Job, Work};
use crate::run::language::rust::compile::{self, Compiled};
use crate::run::language::sql;
use crate::run::{JobResult, MEMORY, Rust};
use crate::work::process::{End, Host, OUTPUT_LIMIT, Run, Task};
use crate::work::sandbox::Bounds;
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::{Context, Result};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use std::thread;

/// The largest file that a block may write, in bytes.
const FILE_SIZE: u64 = 64 << 20;

/// Runs the jobs, keeps their results, and returns them by key.
pub(super) fn execute(
    jobs: &BTreeMap<String, &Job>,
    rust: Option<&Rust>,
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
        settings,
        store,
        folder: folder.path(),
    };
    let mut compiled = executor.compile(jobs, rust)?;
    let queue: Vec<_> = jobs
        .iter()
        .map(|(key, job)| (key, *job, compiled.remove(key.as_str())))
        .collect();
    let queue = Mutex::new(queue.into_iter());
    let results = Mutex::new(BTreeMap::new());
    let workers = crate::run::workers();
    thread::scope(|scope| {
        let workers: Vec<_> = (0..workers)
            .map(|_| {
                scope.spawn(|| -> Result<()> {
                    while let Some((key, job, compiled)) =
                        queue.lock().map_or(None, |mut queue| queue.next())
                    {
                        let result = executor.job(key, job, compiled)?;
                        if let Ok(mut results) = results.lock() {
                            results.insert(key.clone(), result);
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
    Ok(results.into_inner().unwrap_or_default())
}

struct Executor<'run> {
    host: &'run Host,
    settings: &'run Settings,
    store: &'run Store,
    folder: &'run Path,
}

impl Executor<'_> {
    fn compile(
        &self,
        jobs: &BTreeMap<String, &Job>,
        rust: Option<&Rust>,
    ) -> Result<BTreeMap<String, Compiled>> {
        let programs: BTreeMap<String, &_> = jobs
            .iter()
            .filter_map(|(key, job)| match &job.work {
                Work::Rust(program) => Some((key.clone(), program)),
                _ => None,
            })
            .collect();
        let Some(rust) = rust.filter(|_| !programs.is_empty()) else {
            return Ok(BTreeMap::new());
        };
        let none = crate::run::Library::default();
        compile::Compiler {
            toolchain: &rust.toolchain,
            library: rust.library.as_ref().unwrap_or(&none),
            edition: self.settings.edition,
            host: self.host,
            folder: self.folder,
        }
        .compile(&programs)
    }

    fn job(&self, key: &str, job: &Job, compiled: Option<Compiled>) -> Result<JobResult> {
        let mut result = JobResult {
            name: compile::module(key),
            diagnostics: Vec::new(),
            run: None,
            repeated: self.settings.repeat,
            other: None,
            is_fresh: true,
        };
        let program = match compiled {
            Some(compiled) => {
                result.diagnostics = compiled.diagnostics;
                compiled.program
            }
            None => self.prepare(key, job)?,
        };
        if let Some((program, arguments)) = program {
            for number in 0..self.settings.repeat.max(1) {
                let folder = self.folder.join(format!("{key}-{number}"));
                let run = self.process(job, &program, &arguments, &folder)?;
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

    /// Writes what a program needs that isn't compiled; the program and its arguments.
    fn prepare(&self, key: &str, job: &Job) -> Result<Option<(PathBuf, Vec<String>)>> {
        let write = |name: String, text: &str| -> Result<PathBuf> {
            let file = self.folder.join(name);
            std::fs::write(&file, text)
                .with_context(|| format!("failed to write `{}`", file.display()))?;
            Ok(file)
        };
        Ok(match &job.work {
            Work::Rust(_) => None,
            Work::Sql(blocks) => {
                let file = write(format!("{key}.json"), &serde_json::to_string(blocks)?)?;
                let program = self.settings.program.clone().unwrap_or_default();
                Some((program, vec!["sql".to_owned(), file.display().to_string()]))
            }
            Work::Command { runner, code } => {
                let file = write(format!("{key}.txt"), code)?.display().to_string();
                let arguments = runner.arguments.iter();
                let arguments = arguments.map(|argument| argument.replace("{file}", &file));
                Some((runner.program.clone(), arguments.collect()))
            }
        })
    }

    fn process(
        &self,
        job: &Job,
        program: &Path,
        arguments: &[String],
        folder: &Path,
    ) -> Result<Run> {
        if let (Work::Sql(blocks), None) = (&job.work, &self.settings.program) {
            return in_this_process(blocks);
        }
        std::fs::create_dir(folder)
            .with_context(|| format!("failed to make `{}`", folder.display()))?;
        let mut bounds = Bounds {
            read: vec![program.to_owned()],
            write: vec![folder.to_owned()],
            memory: MEMORY,
            cpu: job.timeout.as_secs() + 1,
            file_size: FILE_SIZE,
            processes: false,
        };
        match &job.work {
            Work::Rust(_) => {}
            Work::Sql(_) => bounds.read.push(self.folder.to_owned()),
            Work::Command { runner, .. } => {
                bounds.read.push(self.folder.to_owned());
                bounds.read.extend(runner.read.iter().cloned());
                bounds.memory = runner.memory;
                bounds.processes = runner.processes;
            }
        }
        let task = Task {
            program,
            arguments: arguments.to_vec(),
            environment: Vec::new(),
            folder,
            bounds,
            deadline: job.timeout,
            output: OUTPUT_LIMIT,
        };
        let slow = || {
            self.settings
                .progress
                .say(&format!("{} is still running", job.place));
        };
        self.host
            .run(&task, &slow)
            .with_context(|| format!("failed to run the block at {}", job.place))
    }
}

/// A library has no program of its own that it could start for SQL.
fn in_this_process(blocks: &[sql::SqlBlock]) -> Result<Run> {
    let (stdout, stderr, end) = match sql::run(blocks)? {
        Ok(text) => (text, String::new(), End::Success),
        Err(error) => (
            String::new(),
            serde_json::to_string(&error)?,
            End::Status(1),
        ),
    };
    Ok(Run {
        stdout: stdout.into_bytes(),
        stderr: stderr.into_bytes(),
        end,
    })
}
