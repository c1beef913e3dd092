//! The programs of a book's chapters: all blocks of a chapter in one, or in several where that would be large.

use crate::line::Page;
use crate::live::script::Script;
use crate::read::Parts;
use crate::run::language::interface::Site;
use crate::run::language::rust::live::{Candidate, ForBrowser};
use crate::run::side_by_side;
use crate::work::host;
use crate::work::key::Key;
use crate::work::process::Host;
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::{Context, Result};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The size of a program, compressed, from which it is divided: a reader loads it to run one of its blocks.
const LARGEST: usize = 150_000;

/// A block that is part of a program.
pub(super) struct Part {
    /// The number of its page.
    pub(super) page: usize,
    /// Its number there.
    pub(super) block: usize,
    /// Itself.
    pub(super) candidate: Candidate,
}

/// A program: its name, its blocks, and what is kept of it.
pub(super) struct Built {
    /// Its chapter's folder, with letters after it where that has several.
    pub(super) name: String,
    /// Its blocks.
    pub(super) parts: Vec<Part>,
    /// What came out.
    pub(super) kept: Kept,
}

/// What is kept of a program.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub(super) struct Kept {
    /// The program.
    pub(super) script: Script,
    /// What the compiler said about blocks that are no part of it, by their names.
    pub(super) left_out: BTreeMap<String, String>,
}

/// Compiles the programs of all chapters, where that wasn't done yet.
///
/// # Errors
/// When the compiler can't work.
pub(super) fn build(
    pages: &[Page],
    parts: Vec<Part>,
    compiler: &ForBrowser,
    settings: &Settings,
    store: &Store,
) -> Result<Vec<Built>> {
    let mut chapters: BTreeMap<String, Vec<Part>> = BTreeMap::new();
    for part in parts {
        let name = chapter(&pages[part.page].parts, settings);
        chapters.entry(name).or_default().push(part);
    }
    let host = host::host(settings)?;
    settings
        .progress
        .show("compiling the blocks for the browser");
    let built = side_by_side(chapters.into_iter().collect(), |(name, parts)| {
        let compile = |parts: &[Part]| compile(parts, compiler, &host, store);
        programs(name, parts, &compile)
    })?;
    settings.progress.show("");
    Ok(built.into_iter().flatten().collect())
}

/// The programs of a chapter's blocks: one, or several if that is large. Pages stay whole.
fn programs(
    name: String,
    mut parts: Vec<Part>,
    compile: &impl Fn(&[Part]) -> Result<Kept>,
) -> Result<Vec<Built>> {
    let kept = compile(&parts)?;
    let middle = parts[parts.len() / 2].page;
    let at = parts.partition_point(|part| part.page < middle);
    if kept.script.size() <= LARGEST || at == 0 {
        return Ok(vec![Built { name, parts, kept }]);
    }
    let rest = parts.split_off(at);
    let mut built = programs(format!("{name}-a"), parts, compile)?;
    built.extend(programs(format!("{name}-b"), rest, compile)?);
    Ok(built)
}

/// The program of a chapter's blocks, compiled where that wasn't done yet.
fn compile(parts: &[Part], compiler: &ForBrowser, host: &Host, store: &Store) -> Result<Kept> {
    // The same block may be on several pages.
    let blocks: BTreeMap<&str, &Candidate> = parts
        .iter()
        .map(|part| (part.candidate.name.as_str(), &part.candidate))
        .collect();
    let key = blocks
        .keys()
        .fold(Key::new("live"), |key, name| key.with(name));
    let key = compiler.key(key).finish();
    if let Some(kept) = store.get(&key) {
        return Ok(kept);
    }
    let folder = tempfile::Builder::new()
        .prefix("live-")
        .tempdir_in(store.work())
        .context("failed to make a folder for the blocks")?;
    let site = Site {
        host,
        folder: folder.path(),
    };
    let blocks: Vec<&Candidate> = blocks.into_values().collect();
    let compiled = compiler
        .compile(&blocks, &site)
        .context("the blocks don't compile for the browser")?;
    let kept = Kept {
        script: Script::of(&compiled.wasm)?,
        left_out: compiled.left_out,
    };
    store.put(&key, &kept)?;
    Ok(kept)
}

/// The name of the program that a page's blocks are in: its chapter's folder.
fn chapter(page: &Parts, settings: &Settings) -> String {
    let path = page.source.path();
    let inside = path.strip_prefix(&settings.src).unwrap_or(path);
    let folder = inside
        .parent()
        .and_then(|folder| folder.components().next());
    let folder = folder.map_or_else(Default::default, |folder| {
        folder.as_os_str().to_string_lossy()
    });
    let plain = |c: &char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_');
    let name: String = folder.chars().filter(plain).collect();
    match name.is_empty() {
        true => "book".to_owned(),
        false => name,
    }
}
