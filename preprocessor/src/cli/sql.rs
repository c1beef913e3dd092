//! The child that runs a page's SQL.

use anyhow::Result;
use mdbook_proof_sql::SqlBlock;
use std::path::Path;

/// Runs the blocks of a file; what they print goes to standard output, and an error to standard error, as JSON.
pub(crate) fn run(file: &Path) -> Result<bool> {
    let text = std::fs::read_to_string(file)?;
    match mdbook_proof_sql::run(&serde_json::from_str::<Vec<SqlBlock>>(&text)?)? {
        Ok(printed) => {
            print!("{printed}");
            Ok(true)
        }
        Err(error) => {
            eprintln!("{}", serde_json::to_string(&error)?);
            Ok(false)
        }
    }
}
