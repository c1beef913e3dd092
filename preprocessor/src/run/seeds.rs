//! Blocks that draw from a single seed: what they print is one of many outcomes, and nothing says how the others look.
//!
//! A block whose `vary=` reaches the seed isn't one of them, and neither is one that says by `fixed=` why a single one is enough.

use crate::read::{Block, Parts};
use crate::run::language::Languages;
use crate::text::source::Source;
use crate::text::span::Span;
use crate::work::key::Key;
use crate::work::memory::Memory;
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::Result;
use serde::{Deserialize, Serialize};

/// A block that draws from a single seed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SingleSeed {
    /// The seed's bytes in the page.
    pub seed: Span,
    /// The call that it is given to.
    pub call: String,
}

/// A call of a block that draws from the same seed each time.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Drawn {
    /// The seed's line in the block, from 0.
    pub line: usize,
    /// Where the seed starts in that line, in bytes.
    pub start: usize,
    /// Where it ends.
    pub end: usize,
    /// The call.
    pub call: String,
}

/// The blocks of each page that draw from a single seed, from the store where the same code was looked at before.
///
/// # Errors
/// When the store can't be used.
pub fn find(
    pages: &[&Parts],
    languages: &Languages,
    settings: &Settings,
) -> Result<Vec<Vec<SingleSeed>>> {
    let is_asked = |block: &&Block| block.fixed.is_none() && !block.is_broken;
    if !pages
        .iter()
        .flat_map(|page| &page.blocks)
        .any(|block| is_asked(&block))
    {
        return Ok(pages.iter().map(|_| Vec::new()).collect());
    }
    let store = Store::open(&settings.store())?;
    let named = &settings.proof.seed_calls;
    let mut memory: Memory<Option<Drawn>> =
        Memory::open(&store, "seeds of", &settings.root).compared_with(settings.earlier());
    let mut found = Vec::new();
    for page in pages {
        let mut seeds = Vec::new();
        for block in page.blocks.iter().filter(is_asked) {
            let language = languages.get(&block.language)?;
            let key = language.seed_key(Key::new("seeds in").with(language.name()));
            let key = with_block(key, block, named).finish();
            let drawn = match memory.get(&key) {
                Some(drawn) => drawn.clone(),
                None => {
                    let drawn = language.single_seed(block, named, &store);
                    memory.insert(&key, drawn.clone());
                    drawn
                }
            };
            seeds.extend(drawn.and_then(|drawn| in_page(&page.source, block, drawn)));
        }
        found.push(seeds);
    }
    memory.save()?;
    Ok(found)
}

fn with_block(key: Key, block: &Block, named: &[String]) -> Key {
    let key = key.with(&block.code.text()).with(&named.len().to_string());
    let names = block.vary.iter().map(|parameter| &parameter.name);
    named
        .iter()
        .chain(names)
        .fold(key, |key, name| key.with(name))
}

fn in_page(source: &Source, block: &Block, drawn: Drawn) -> Option<SingleSeed> {
    let line = block.code.lines.get(drawn.line)?;
    let seed = Span::new(drawn.start, drawn.end).shift(line.span.start);
    let seed = if seed.end <= line.span.end && seed.fits(source.text()) {
        seed
    } else {
        line.span
    };
    Some(SingleSeed {
        seed,
        call: drawn.call,
    })
}

/// The first call of these functions in a block of any language whose first argument is a whole number, or a name that a line sets to one.
pub fn by_name(block: &Block, named: &[String]) -> Option<Drawn> {
    block
        .code
        .lines
        .iter()
        .enumerate()
        .find_map(|(number, line)| {
            let calls = named.iter().flat_map(|name| {
                let ends = line
                    .text
                    .match_indices(name.as_str())
                    .map(|(at, _)| (at, at + name.len()));
                ends.filter_map(|(start, end)| call(block, &line.text, start, end))
            });
            let (whole, seed) = calls.min_by_key(|(whole, _)| whole.start)?;
            Some(Drawn {
                line: number,
                start: seed.start,
                end: seed.end,
                call: whole.slice(&line.text).to_owned(),
            })
        })
}

/// The bytes of a call in a line and those of its seed, by the bytes of the name, if the seed is always the same.
fn call(block: &Block, line: &str, start: usize, end: usize) -> Option<(Span, Span)> {
    let is_in_name = |c: char| c.is_alphanumeric() || c == '_';
    if line[..start].ends_with(is_in_name) {
        return None;
    }
    let open = end + line[end..].len() - line[end..].trim_start().len();
    let list = line[open..].strip_prefix('(')?;
    let length = list.find([',', ')'])?;
    // `seed=7`, as Python names an argument.
    let skipped = list[..length].find('=').map_or(0, |at| at + 1);
    let written = &list[skipped..length];
    let value = written.trim();
    let at = open + 1 + skipped + (written.len() - written.trim_start().len());
    let is_single = is_whole(value) || is_set_once(block, value);
    let close = list.find(')').map_or(length, |at| at + 1);
    is_single.then(|| {
        (
            Span::new(start, open + 1 + close),
            Span::new(at, at + value.len()),
        )
    })
}

fn is_whole(text: &str) -> bool {
    text.starts_with(|c: char| c.is_ascii_digit())
        && text.chars().all(|c| c.is_ascii_alphanumeric() || c == '_')
}

/// Whether a line of the block gives this name a whole number, and the name doesn't vary.
fn is_set_once(block: &Block, name: &str) -> bool {
    let sets = |line: &str| {
        let (before, value) = line.split_once('=')?;
        let value = value.trim().trim_end_matches(';');
        (before.split_whitespace().last()? == name && is_whole(value)).then_some(())
    };
    let varies = block.vary.iter().any(|parameter| parameter.name == name);
    !varies
        && block
            .code
            .lines
            .iter()
            .any(|line| sets(&line.text).is_some())
}
