//! Running blocks: from pages to what each block printed.
//!
//! A block becomes a [`job`] with a key made of all that its result depends on. What the
//! [store](crate::work::store) has under that key is not run again. The rest is prepared by its [`language`]
//! and run, each job in a [process](crate::work::process) of its own inside the [sandbox](crate::work::sandbox).

mod execute;
pub mod job;
pub mod language;

use crate::read::Page;
use crate::work::host;
use crate::work::memory::Memory;
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::{Context, Result};
use job::{Job, JobResult};
use language::Languages;
use std::collections::{BTreeMap, BTreeSet};

/// For each page, for each of its blocks that can run, what became of it.
pub type Results = Vec<Vec<JobResult>>;

/// Runs the pages' blocks, or finds what they gave before.
///
/// # Errors
/// When the stages can't work: no compiler, a library that doesn't build, a store that can't be written, a
/// sandbox that is required and incomplete. What is wrong with a block is in its result.
pub fn run(pages: &[&Page], languages: &mut Languages, settings: &Settings) -> Result<Results> {
    let jobs = plan(pages);
    let needed: BTreeSet<&str> = jobs
        .iter()
        .flatten()
        .map(|job| job.block.language.as_str())
        .collect();
    if needed.is_empty() {
        return Ok(pages.iter().map(|_| Vec::new()).collect());
    }
    let store = Store::open(&settings.store())?;
    let host = host::host(settings, &store)?;
    for name in needed {
        languages.get_mut(name)?.find(settings, &store)?;
    }
    let bounds = host::bounds_key(&host.status);
    let mut memory = Memory::open(&store, "runs of", &settings.root);
    loop {
        let keys: Vec<Vec<String>> = jobs
            .iter()
            .map(|page| {
                page.iter()
                    .map(|job| Ok(job.key(&bounds, languages.get(&job.block.language)?)))
                    .collect()
            })
            .collect::<Result<_>>()?;
        let mut results = BTreeMap::new();
        let mut missing = BTreeMap::new();
        for (key, job) in keys.iter().flatten().zip(jobs.iter().flatten()) {
            if let Some(result) = remembered(key, &mut memory, &store, settings.repeat) {
                results.insert(key.clone(), result);
            } else {
                missing.insert(key.clone(), job);
            }
        }
        if make_ready(&missing, languages, settings, &store)? {
            continue;
        }
        if !missing.is_empty() {
            store.sweep();
            let fresh = execute::execute(&missing, languages, &host, settings, &store)?;
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

/// Has the languages of missing jobs get ready; true where that changes keys.
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

/// The jobs of each page's blocks, in their order.
fn plan<'page>(pages: &[&'page Page]) -> Vec<Vec<Job<'page>>> {
    pages
        .iter()
        .map(|page| {
            let blocks: Vec<_> = page
                .blocks
                .iter()
                .filter(|block| !block.is_broken)
                .collect();
            let job = |(at, block): (usize, &&'page crate::read::Block)| {
                let line = page.source.position(block.code.span.start).line;
                let is_same = |other: &&&crate::read::Block| other.language == block.language;
                Job {
                    block,
                    earlier: blocks[..at].iter().filter(is_same).copied().collect(),
                    place: format!("{}:{line}", page.source.path().display()),
                }
            };
            blocks.iter().enumerate().map(job).collect()
        })
        .collect()
}
