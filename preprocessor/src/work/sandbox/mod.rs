//! The sandbox: what a process may do, and how this program, started again as a shim, enforces it.
//!
//! A bounded process is started as `mdbook-proof shim SPEC`. The shim limits itself and then becomes the
//! program that is to run ([`Spec`] says which); a program that may start processes of its own is
//! watched by a shim that stays and kills whatever is left behind. On systems other than Linux there is
//! no shim: only the deadline, the limit on the output and the clean environment apply there.

#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod supervisor;

use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The address space of a run that asks for no other, in bytes.
pub const MEMORY: u64 = 2 << 30;

/// What a process may do. Everything else is refused.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bounds {
    /// Files and folders that it may read and execute, besides the system's libraries.
    pub read: Vec<PathBuf>,
    /// Folders that it may write in.
    pub write: Vec<PathBuf>,
    /// Its address space, in bytes.
    pub memory: u64,
    /// Its processor time, in seconds.
    pub cpu: u64,
    /// The largest file that it may write, in bytes.
    pub file_size: u64,
    /// Whether it may start processes. They are killed when it ends.
    pub processes: bool,
}

/// What the shim is given: a program, its arguments, and its bounds.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Spec {
    /// The program that the shim becomes.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What it may do.
    pub bounds: Bounds,
    /// The process that started the shim; when it ends, so does the program.
    pub parent: u32,
    /// Whether system calls are filtered, which not every kernel can.
    pub filter: bool,
    /// Whether a supervisor watches this shim already.
    pub watched: bool,
}

/// Which bounds this system applies.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    /// Each bound by its name, and whether it holds.
    pub bounds: Vec<(String, bool)>,
}

impl Status {
    /// The names of the bounds that don't hold.
    pub fn missing(&self) -> Vec<&str> {
        let missing = self.bounds.iter().filter(|(_, holds)| !holds);
        missing.map(|(name, _)| name.as_str()).collect()
    }

    /// Whether the bound of this name holds.
    pub fn holds(&self, name: &str) -> bool {
        self.bounds.iter().any(|(n, holds)| n == name && *holds)
    }

    /// The status where there is no shim.
    pub fn none() -> Self {
        Self {
            bounds: NAMES.map(|name| (name.to_owned(), false)).to_vec(),
        }
    }
}

/// The bounds that the shim applies, by the names that messages use.
const NAMES: [&str; 5] = ["limits", "files", "signals", CALLS, "descendants"];

/// The name of the filter of system calls.
pub(super) const CALLS: &str = "system calls";

/// Becomes the program of a [`Spec`], bounded. Returns only what went wrong.
#[cfg(target_os = "linux")]
pub fn enter(spec: &Spec) -> anyhow::Error {
    if spec.bounds.processes && !spec.watched {
        supervisor::enter(spec)
    } else {
        linux::enter(spec)
    }
}

/// Becomes the program of a [`Spec`], bounded. Returns only what went wrong.
#[cfg(not(target_os = "linux"))]
pub fn enter(_: &Spec) -> anyhow::Error {
    anyhow::anyhow!("there is no shim on this system")
}

/// Tries every bound in this process, which is of no use afterwards.
#[cfg(target_os = "linux")]
pub fn try_all() -> Status {
    linux::try_all()
}

/// Tries every bound in this process, which is of no use afterwards.
#[cfg(not(target_os = "linux"))]
pub fn try_all() -> Status {
    Status::none()
}
