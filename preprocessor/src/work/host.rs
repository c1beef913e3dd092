//! The machine that runs the blocks: the shim, which bounds hold here, and what starts processes.
//!
//! Keys need to know the bounds in every build, and a build in which nothing changed starts no process. So the bounds that the
//! system offers are looked at in this process, and those that hold are measured by a shim before the first run. Neither is
//! remembered by a later build.

use crate::work::key::Key;
use crate::work::process::Host;
#[cfg(target_os = "linux")]
use crate::work::sandbox::Bound;
#[cfg(target_os = "linux")]
use crate::work::sandbox::family::Starter;
use crate::work::sandbox::{self, Status};
use crate::work::settings::Settings;
use anyhow::{Result, bail};
use std::collections::BTreeMap;
use std::io;
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex, PoisonError};

/// The shim and the bounds that this system offers.
///
/// # Errors
/// When the sandbox is required and incomplete.
pub fn host(settings: &Settings) -> Result<Host> {
    let is_strict = settings.proof.require_sandbox;
    let host = look(settings.program.as_deref(), is_strict);
    if let Some(message) = lacking(&host.status, is_strict) {
        bail!(message);
    }
    Ok(host)
}

/// The same where no book requires anything.
pub(crate) fn look(program: Option<&Path>, is_strict: bool) -> Host {
    Host {
        shim: program.map(Path::to_owned),
        status: match program {
            Some(_) => sandbox::look(),
            None => Status::none(),
        },
        is_strict,
    }
}

fn lacking(status: &Status, is_strict: bool) -> Option<String> {
    let missing = status.missing();
    (is_strict && !missing.is_empty()).then(|| {
        format!(
            "book.toml requires the sandbox, and this system lacks: {}",
            missing.join(", ")
        )
    })
}

/// What to say before blocks run without some bound.
pub(crate) fn notice(status: &Status) -> Option<String> {
    let missing = status.missing();
    (!missing.is_empty()).then(|| {
        format!(
            "warning: this system lacks bounds on the blocks that run now: {} (`require-sandbox = true` in book.toml makes this an error)",
            missing.join(", ")
        )
    })
}

/// Where processes start, once it was measured what bounds them.
#[derive(Debug)]
pub(crate) struct Place {
    /// The bounds that hold.
    pub(crate) status: Status,
    /// What starts processes under a guard; none where that isn't possible.
    #[cfg(target_os = "linux")]
    starter: Option<Starter>,
}

/// The places of this process, by their shims. A guard has to live as long as the process.
static PLACES: Mutex<BTreeMap<PathBuf, Arc<Place>>> = Mutex::new(BTreeMap::new());

/// Where the processes of a shim start.
pub(crate) fn place(shim: Option<&Path>, is_strict: bool) -> io::Result<Arc<Place>> {
    let Some(shim) = shim else {
        return Ok(Arc::new(Place::without()));
    };
    let mut places = PLACES.lock().unwrap_or_else(PoisonError::into_inner);
    let place = match places.get(shim) {
        Some(place) => Arc::clone(place),
        None => {
            let place = Arc::new(Place::measure(shim)?);
            places.insert(shim.to_owned(), Arc::clone(&place));
            place
        }
    };
    match lacking(&place.status, is_strict) {
        Some(message) => Err(io::Error::other(message)),
        None => Ok(place),
    }
}

impl Place {
    fn without() -> Self {
        Self {
            status: Status::none(),
            #[cfg(target_os = "linux")]
            starter: None,
        }
    }

    #[cfg(target_os = "linux")]
    fn measure(shim: &Path) -> io::Result<Self> {
        let status = probe(shim)?;
        let starter = match status.holds(Bound::Descendants) {
            true => Starter::new(shim).ok(),
            false => None,
        };
        let status = match &starter {
            Some(_) => status,
            None => status.without(Bound::Descendants),
        };
        Ok(Self { status, starter })
    }

    #[cfg(not(target_os = "linux"))]
    fn measure(_: &Path) -> io::Result<Self> {
        Ok(Self::without())
    }

    /// Starts a process.
    pub(crate) fn start(&self, command: Command) -> io::Result<Child> {
        #[cfg(target_os = "linux")]
        if let Some(starter) = &self.starter {
            return starter.start(command);
        }
        let mut command = command;
        command.spawn()
    }
}

/// Which bounds hold, tried by a shim.
#[cfg(target_os = "linux")]
fn probe(shim: &Path) -> io::Result<Status> {
    let failed = |why: &dyn std::fmt::Display| {
        io::Error::other(format!("failed to run `{}`: {why}", shim.display()))
    };
    let output = Command::new(shim)
        .args(["shim", "--try"])
        .env_clear()
        .stdin(std::process::Stdio::null())
        .output()
        .map_err(|error| failed(&error))?;
    Ok(serde_json::from_slice(&output.stdout).unwrap_or_else(|_| Status::none()))
}

/// How many compilers or blocks run at a time.
pub(crate) fn workers() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

/// The bounds that hold and the limits that don't depend on a job, for keys.
pub(crate) fn bounds_key(status: &Status) -> String {
    let mut key = Key::new("bounds").with(&crate::work::sandbox::MEMORY.to_string());
    for (name, holds) in status.bounds() {
        key = key.with(name).with(if holds { "holds" } else { "" });
    }
    key.finish()
}
