//! What a Rust program says when it fails, in the page's terms.
//!
//! Its generated file is called `block.rs` there, and lines are counted as in the block.

use crate::read::Block;
use crate::run::language::rust::program::Program;
use crate::text::source::Source;
use mdbook_proof_text::printed::is_note;
use std::fmt::Write as _;
use std::sync::Arc;

/// The line of a block that a line of its generated file comes from, both counted from 1. What we added belongs to the
/// nearest line of the block.
pub(super) fn line(block: &Block, line: usize) -> usize {
    let (_, origins) = Program::new(&block.code).file();
    let above = origins.iter().take(line).rev().flatten().next();
    let below = || origins.iter().skip(line).flatten().next();
    above.or_else(below).map_or(line, |origin| origin + 1)
}

/// What a failed block printed on standard error, with places in the block as places in the page; and the first of the
/// block's lines that it names.
pub(super) fn in_page(
    source: &Arc<Source>,
    block: &Block,
    name: &str,
    stderr: &str,
) -> (String, Option<usize>) {
    let file = format!("{name}.rs:");
    let mut first = None;
    let mut text = String::new();
    for line in stderr.lines().filter(|line| !is_note(line)) {
        match place(line, &file, block) {
            Some((before, at, rest)) => {
                first = first.or(Some(at));
                let (file, span) = source.origin(block.code.lines[at].span);
                let number = file.position(span.start).line;
                let _ = write!(text, "{before}{}:{number}{rest}", file.path().display());
            }
            None => text.push_str(line),
        }
        text.push('\n');
    }
    (text, first)
}

/// A line with `block.rs:3:5` in it: what is before that, the line of the block from 0, and what is after its number.
fn place<'line>(
    line: &'line str,
    file: &str,
    block: &Block,
) -> Option<(&'line str, usize, &'line str)> {
    let (before, after) = line.split_once(file)?;
    if before.ends_with(|c: char| c.is_alphanumeric() || matches!(c, '_' | '/' | '\\')) {
        return None;
    }
    let digits = after.len() - after.trim_start_matches(|c: char| c.is_ascii_digit()).len();
    let number: usize = after[..digits].parse().ok()?;
    let at = number.checked_sub(1)?;
    block.code.lines.get(at)?;
    Some((before, at, &after[digits..]))
}
