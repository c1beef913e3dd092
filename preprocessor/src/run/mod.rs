//! Running blocks: from pages to what each block printed.
//!
//! A block becomes a [`job`] with a key made of all that its result depends on. What the
//! [store](crate::work::store) has under that key is not run again. The rest is prepared by its [`language`]
//! and run, each job in a [process](crate::work::process) of its own inside the [sandbox](crate::work::sandbox).

mod execute;
pub mod job;
pub mod language;
mod place;
pub mod points;
pub mod seeds;

pub(crate) use execute::side_by_side;
pub use place::BLOCK;

use crate::read::{Block, Parts};
use crate::work::host;
use crate::work::key::Key;
use crate::work::memory::Memory;
use crate::work::sandbox::Status;
use crate::work::settings::{Round, Settings};
use crate::work::store::Store;
use anyhow::{Context, Result, bail};
use job::{Job, JobResult};
use language::Languages;
use language::interface::Language;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// For each page, the outcome of each block that can run, by its number in the page.
pub type Results = Vec<BTreeMap<usize, JobResult>>;

/// Runs the pages' blocks, or finds their earlier results.
///
/// # Errors
/// When the stages can't work: no compiler, a library that doesn't build, a store that can't be written, a
/// sandbox that is required and incomplete. What is wrong with a block is in its result.
pub fn run(pages: &[&Parts], languages: &mut Languages, settings: &Settings) -> Result<Results> {
    let jobs = plan(pages);
    let needed: BTreeSet<&str> = jobs
        .iter()
        .flatten()
        .map(|job| job.block.language.as_str())
        .collect();
    if needed.is_empty() {
        return Ok(pages.iter().map(|_| BTreeMap::new()).collect());
    }
    let store = Store::open(&settings.store())?;
    let host = host::host(settings)?;
    for name in needed {
        languages.get_mut(name)?.find(settings, &store)?;
    }
    let mut bounds = bounds_key(&host.status, settings);
    let mut memory = Memory::open(&store, "runs of", &settings.root);
    loop {
        let keys: Vec<Vec<String>> = jobs
            .iter()
            .map(|page| {
                page.iter()
                    .map(|job| Ok(key(job, &bounds, languages.get(&job.block.language)?)))
                    .collect()
            })
            .collect::<Result<_>>()?;
        let mut results = BTreeMap::new();
        let mut missing = BTreeMap::new();
        for (key, job) in keys.iter().flatten().zip(jobs.iter().flatten()) {
            // Repeated runs are there to differ: what an earlier build kept is no answer.
            let is_anew = settings.repeat > 1 && settings.round == Round::First;
            let kept = || remembered(key, &mut memory, &store, settings.repeat);
            if let Some(result) = (!is_anew).then(kept).flatten() {
                results.insert(key.clone(), result);
            } else {
                missing.insert(key.clone(), job);
            }
        }
        if make_ready(&missing, languages, settings, &store)? {
            continue;
        }
        if !missing.is_empty() {
            // What holds may be less than what the system seems to offer.
            let measured = host.measured()?;
            let held = bounds_key(&measured, settings);
            if held != bounds {
                bounds = held;
                continue;
            }
            if let Some(notice) = host::notice(&measured) {
                settings.progress.warn(&notice);
            }
            store.sweep();
            let fresh = execute::execute(&missing, languages, &host, settings, &store)?;
            for (key, result) in fresh.iter().filter(|(_, result)| result.is_lasting()) {
                memory.insert(key, result.clone());
            }
            results.extend(fresh);
        }
        memory.save()?;
        if let Some(folder) = settings.earlier() {
            let earlier = Memory::open(&Store::read_only(&folder), "runs of", &settings.root);
            let keys = keys.iter().flatten();
            agree(keys.zip(jobs.iter().flatten()), &results, earlier, &folder)?;
        }
        return jobs
            .iter()
            .zip(keys)
            .map(|(jobs, keys)| {
                jobs.iter()
                    .zip(keys)
                    .map(|(job, key)| {
                        let result = results.get(&key).cloned();
                        Ok((job.number, result.context("a job has no result")?))
                    })
                    .collect()
            })
            .collect();
    }
}

/// The bounds of runs, for keys; and the program that applies them and runs SQL, where that isn't this one, which each key holds.
fn bounds_key(status: &Status, settings: &Settings) -> String {
    let bounds = host::bounds_key(status);
    let file = |path: std::io::Result<PathBuf>| path.and_then(std::fs::canonicalize).ok();
    match &settings.program {
        Some(program) if file(Ok(program.clone())) != file(std::env::current_exe()) => {
            Key::new("bounds")
                .with(&bounds)
                .with_program(program)
                .finish()
        }
        _ => bounds,
    }
}

/// Has the languages of missing jobs get ready; true if that changes keys.
fn make_ready(
    missing: &BTreeMap<String, &Job<'_>>,
    languages: &mut Languages,
    settings: &Settings,
    store: &Store,
) -> Result<bool> {
    let names: BTreeSet<&str> = missing
        .values()
        .map(|job| job.block.language.as_str())
        .collect();
    let mut has_changed = false;
    for name in names {
        has_changed |= languages.get_mut(name)?.make_ready(settings, store)?;
    }
    Ok(has_changed)
}

/// The earlier result of a job that ran often enough: from this book's last build, or from any.
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

/// Compares the results with what earlier builds kept in another store.
fn agree<'run>(
    jobs: impl Iterator<Item = (&'run String, &'run Job<'run>)>,
    results: &BTreeMap<String, JobResult>,
    mut earlier: Memory<JobResult>,
    folder: &Path,
) -> Result<()> {
    let store = Store::read_only(folder);
    let differing: Vec<String> = jobs
        .filter(|(key, _)| {
            let kept = earlier.get(key).cloned().into_iter().chain(store.get(key));
            let now = results.get(*key);
            now.is_some_and(|now| kept.into_iter().any(|kept| !kept.is_like(now)))
        })
        .map(|(key, job)| format!("    {}, kept under {key}", job.place))
        .collect();
    if !differing.is_empty() {
        bail!(
            "an earlier build kept another result of these blocks in `{}`; delete that folder, which only costs time:\n{}",
            folder.display(),
            differing.join("\n")
        );
    }
    Ok(())
}

/// The jobs of each page's blocks, in their order.
fn plan<'page>(pages: &[&'page Parts]) -> Vec<Vec<Job<'page>>> {
    pages
        .iter()
        .map(|page| {
            let mut earlier: BTreeMap<&str, Vec<&Block>> = BTreeMap::new();
            let blocks = page.blocks.iter().enumerate();
            blocks
                .filter(|(_, block)| !block.is_broken)
                .map(|(number, block)| {
                    let (file, _) = page.source.origin(block.code.span);
                    let line = page.source.line_in_file(block.code.span.start);
                    let earlier = earlier.entry(&block.language).or_default();
                    let job = Job {
                        number,
                        block,
                        earlier: earlier.clone(),
                        place: format!("{}:{line}", file.path().display()),
                    };
                    earlier.push(block);
                    job
                })
                .collect()
        })
        .collect()
}

/// The key of a job's result.
fn key(job: &Job<'_>, bounds: &str, language: &dyn Language) -> String {
    let key = Key::new("job")
        .with(bounds)
        .with(&job.timeout().as_millis().to_string())
        .with(language.name());
    language.key(job, key).finish()
}
