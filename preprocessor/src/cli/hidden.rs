//! The commands that programs call and people don't: mdBook's protocol, and the copies of itself that this program starts.

use crate::cli::output::Caller;
use anyhow::{Context, Result, bail};
use mdbook_preprocessor::Preprocessor as _;
use mdbook_proof::book::preprocessor::{self, Proof};
use mdbook_proof::work::sandbox::{self, Spec};
use std::io::{self, IsTerminal as _, Write as _};

pub(crate) fn shim(spec: &str) -> Result<bool> {
    Err(sandbox::enter(&Spec::parse(spec)?))
}

pub(crate) fn guard(build: &str) -> Result<bool> {
    let build = build.parse().context("only this program starts a guard")?;
    Err(sandbox::guard(build))
}

pub(crate) fn try_bounds() -> Result<bool> {
    println!("{}", serde_json::to_string(&sandbox::try_all())?);
    Ok(true)
}

pub(crate) fn protocol(caller: &Caller) -> Result<bool> {
    if io::stdin().is_terminal() {
        bail!("mdBook calls this program without a command; try `mdbook-proof --help`");
    }
    let (context, book) = preprocessor::parse_input(io::stdin())?;
    let proof = Proof {
        options: caller.options.clone(),
    };
    let book = proof.run(&context, book)?;
    let mut out = io::stdout().lock();
    serde_json::to_writer(&mut out, &book).context("failed to answer mdBook")?;
    out.flush().context("failed to answer mdBook")?;
    Ok(true)
}
