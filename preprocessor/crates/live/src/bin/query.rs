//! Runs SQL: see [`mdbook_proof_live::query`].

use mdbook_proof_live::query;
use std::io;

fn main() -> io::Result<()> {
    let request = serde_json::from_reader(io::stdin())?;
    serde_json::to_writer(io::stdout(), &query::query(&request))?;
    Ok(())
}
