//! `explain`: says what a finding means.

use anyhow::Result;
use mdbook_proof::book::explain;

pub(crate) fn explain(code: Option<&str>) -> Result<bool> {
    match code {
        Some(code) => print!("{}", explain::explain(code)?),
        None => print!("{}", explain::list()),
    }
    Ok(true)
}
