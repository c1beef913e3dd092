//! The machine that runs the blocks: the shim, and which bounds it can apply here.

use crate::work::key::Key;
use crate::work::process::Host;
use crate::work::sandbox::Status;
use crate::work::settings::Settings;
use crate::work::store::Store;
use anyhow::{Context, Result, bail};
use std::path::Path;
use std::process::Command;

/// The shim and the bounds that it can apply here, cached by kernel and program.
///
/// # Errors
/// When the sandbox is required and incomplete.
pub fn host(settings: &Settings, store: &Store) -> Result<Host> {
    let status = match &settings.program {
        Some(shim) if cfg!(target_os = "linux") => status(shim, store)?,
        _ => Status::none(),
    };
    let missing = status.missing();
    if settings.proof.require_sandbox && !missing.is_empty() {
        bail!(
            "book.toml requires the sandbox, and this system lacks: {}",
            missing.join(", ")
        );
    }
    Ok(Host {
        shim: settings.program.clone(),
        status,
    })
}

fn status(shim: &Path, store: &Store) -> Result<Status> {
    let key = Key::new("sandbox")
        .with_program(shim)
        .with_file(Path::new("/proc/sys/kernel/osrelease"))
        .finish();
    if let Some(status) = store.get(&key) {
        return Ok(status);
    }
    let status = probe(shim)?;
    store.put(&key, &status)?;
    Ok(status)
}

/// Which bounds the shim can apply here.
///
/// # Errors
/// When the shim can't be run.
pub fn probe(shim: &Path) -> Result<Status> {
    if !cfg!(target_os = "linux") {
        return Ok(Status::none());
    }
    let output = Command::new(shim)
        .args(["shim", "--try"])
        .output()
        .with_context(|| format!("failed to run `{}`", shim.display()))?;
    Ok(serde_json::from_slice(&output.stdout).unwrap_or_else(|_| Status::none()))
}

/// How many compilers or blocks run at a time.
pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The bounds that hold and the limits that don't depend on a job, for keys.
pub(crate) fn bounds_key(status: &Status) -> String {
    let mut key = Key::new("bounds").with(&crate::work::sandbox::MEMORY.to_string());
    for (name, holds) in &status.bounds {
        key = key.with(name).with(if *holds { "holds" } else { "" });
    }
    key.finish()
}
