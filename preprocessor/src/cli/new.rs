//! `new`: writes a page from the template, and lists it in SUMMARY.md.

use crate::cli::New;
use crate::cli::output::Caller;
use anyhow::Result;
use mdbook_proof::book::new::{self, Place};
use std::path::Path;

/// Writes a page from the template, and says what comes next.
pub(crate) fn new(dir: &Path, what: New, caller: &Caller) -> Result<bool> {
    let New::Chapter {
        title,
        after,
        under,
    } = what;
    let book = caller.book(dir)?;
    let place = match (after, under) {
        (Some(page), _) => Place::After(page),
        (None, Some(page)) => Place::Under(page),
        (None, None) => Place::Last,
    };
    let page = new::chapter(&book, &title.join(" "), &place)?;
    let page = caller.names().path(&page);
    caller.note(&format!("wrote {page} and listed it in SUMMARY.md"));
    Ok(true)
}
