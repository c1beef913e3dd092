//! Excerpts: code that a page includes from a file, shown without the indentation that all its lines have there.

use crate::read::{Fence, Parts};
use crate::text::edit::Edit;
use crate::text::span::Span;
use std::sync::Arc;

/// The edits that take the common indentation from the excerpts of a page.
pub fn dedented(page: &Parts) -> Vec<Edit> {
    let excerpts = page.others.iter().filter(|fence| is_excerpt(page, fence));
    excerpts.flat_map(edits).collect()
}

/// Whether all code of a fence comes from other files than the fence itself.
fn is_excerpt(page: &Parts, fence: &Fence) -> bool {
    let (file, _) = page.source.origin(fence.opening());
    let mut lines = fence.lines.iter().map(|line| page.source.origin(line.span));
    !fence.lines.is_empty() && lines.all(|(origin, _)| !Arc::ptr_eq(&origin, &file))
}

fn edits(fence: &Fence) -> impl Iterator<Item = Edit> {
    let lines = fence.lines.iter();
    let filled = lines.filter(|line| !line.text.trim().is_empty());
    let indents = filled.clone().map(|line| indent(&line.text));
    let common = indents
        .reduce(|common, indent| shared(common, indent))
        .map_or(0, str::len);
    filled
        .filter(move |_| common > 0)
        .map(move |line| Edit::new(Span::new(line.span.start, line.span.start + common), ""))
}

/// The spaces and tabs that a line starts with.
fn indent(line: &str) -> &str {
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// What two indentations start with alike.
fn shared<'line>(one: &'line str, other: &str) -> &'line str {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b);
    &one[..same.count()]
}
