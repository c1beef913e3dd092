//! `check`: verifies the book, or some of its pages, without building it.

use crate::cli::output::{Caller, say};
use crate::cli::{targets, warnings};
use anyhow::Result;
use mdbook_proof::text::finding::Finding;
use mdbook_proof::text::{message, visible};
use std::path::{Path, PathBuf};

pub(crate) fn check(
    dir: &Path,
    paths: &[PathBuf],
    repeat: u32,
    verbose: bool,
    mut caller: Caller,
) -> Result<bool> {
    caller.options.repeat = repeat;
    let book = caller.book(dir)?;
    warnings::watch();
    if verbose {
        for (name, holds) in book.bounds()?.bounds() {
            say(&format!(
                "bound: {name}: {}\n",
                if holds { "holds" } else { "missing" }
            ));
        }
    }
    let pages = book.pages(&targets(book.root(), paths)?)?;
    if verbose {
        let names = caller.names();
        for page in &pages {
            let path = visible::line(&names.path(page.source.path()));
            for line in page.ran() {
                say(&format!("ran: {path}:{line}\n"));
            }
            for (line, points) in page.ran_at_points() {
                let points = message::count(points, "point");
                say(&format!("ran: {path}:{line} at {points}\n"));
            }
        }
    }
    let runs: usize = pages.iter().map(|page| page.tally.counts.runs).sum();
    let figures: usize = pages.iter().map(|page| page.tally.counts.computed).sum();
    let claims: usize = pages.iter().map(|page| page.tally.counts.claims).sum();
    let count = pages.len();
    let findings: Vec<Finding> = pages.into_iter().flat_map(|page| page.findings).collect();
    caller.print(&findings);
    if findings.is_empty() && warnings::count() == 0 {
        caller.note(&format!(
            "{}, {} verified, {}{} computed: all is right",
            message::count(count, "page"),
            message::count(runs, "run"),
            match claims {
                0 => String::new(),
                _ => format!("{} held, ", message::count(claims, "claim")),
            },
            message::count(figures, "figure"),
        ));
        return Ok(true);
    }
    Ok(false)
}
