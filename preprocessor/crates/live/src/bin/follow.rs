//! Computes a page anew with what a reader has changed.

use mdbook_proof_live::follow::{Request, follow};
use std::io;

fn main() -> Result<(), String> {
    let request: Request =
        serde_json::from_reader(io::stdin()).map_err(|error| error.to_string())?;
    let answer = follow(&request)?;
    serde_json::to_writer(io::stdout(), &answer).map_err(|error| error.to_string())
}
