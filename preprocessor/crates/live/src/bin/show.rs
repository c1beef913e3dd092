//! Shows a run: see [`mdbook_proof_live::show`].

use mdbook_proof_live::show;
use std::io;

fn main() -> io::Result<()> {
    let request = serde_json::from_reader(io::stdin())?;
    serde_json::to_writer(io::stdout(), &show::show(&request))?;
    Ok(())
}
