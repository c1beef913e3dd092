//! `build`: verifies the book and builds it.

use crate::cli::output::Caller;
use crate::cli::warnings;
use anyhow::{Context, Result};
use std::path::Path;

pub(crate) fn build(dir: &Path, open: bool, caller: &Caller) -> Result<bool> {
    warnings::watch();
    let place = caller.book(dir)?.build_counting(warnings::count)?;
    let page = place.join("index.html");
    caller.note(&format!(
        "the book is verified and built: {}",
        page.display()
    ));
    if open {
        opener::open(&page).with_context(|| format!("failed to open `{}`", page.display()))?;
    }
    Ok(true)
}
