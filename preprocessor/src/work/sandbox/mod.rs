//! The sandbox: what a process may do, and how this program, started again as a shim, enforces it.
//!
//! A bounded process is started as `mdbook-proof shim SPEC`. The shim limits itself and then becomes the
//! program that is to run. Its [`Spec`] says which program that is and which bounds have to hold; a shim that can't
//! apply one of them refuses to start the program. A program that may start processes of its own is
//! watched by a shim that stays and kills whatever is left behind, and one guard ends everything when the build
//! ends. On systems other than Linux there is no shim: only the deadline, the limit on the output and the clean
//! environment apply there.

#[cfg(target_os = "linux")]
mod calls;
#[cfg(target_os = "linux")]
mod channel;
#[cfg(target_os = "linux")]
pub(super) mod family;
#[cfg(target_os = "linux")]
mod files;
#[cfg(target_os = "linux")]
mod linux;
#[cfg(target_os = "linux")]
mod privileges;
#[cfg(target_os = "linux")]
mod supervisor;

#[cfg(target_os = "linux")]
pub(super) use channel::{Channel, Report};

use anyhow::{Context, Result, bail};
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

/// What the shim is given: a program, its arguments, its bounds, and what has to hold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Spec {
    /// The program that the shim becomes.
    pub program: PathBuf,
    /// Its arguments.
    pub arguments: Vec<String>,
    /// What it may do.
    pub bounds: Bounds,
    /// The process that started the shim; when it ends, so does the program.
    pub parent: u32,
    /// The bounds that have to hold. The others are applied as far as the system can.
    pub must: Vec<Bound>,
    /// Whether a supervisor watches this shim already.
    pub watched: bool,
    /// Whether standard input is a channel to the process that started the shim, for what goes wrong.
    pub reports: bool,
}

impl Spec {
    /// Reads the form in which one is handed over.
    ///
    /// # Errors
    /// When it isn't one, or names no program or no parent.
    pub fn parse(text: &str) -> Result<Self> {
        let spec: Self = serde_json::from_str(text)
            .context("only this program starts a shim, with a specification")?;
        if spec.program.as_os_str().is_empty() || spec.parent == 0 {
            bail!("the shim's specification names no program or no parent");
        }
        Ok(spec)
    }
}

/// A bound that the shim applies.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Bound {
    /// Memory, processor time and the size of files.
    Limits,
    /// No capability, and no way to get one.
    Privileges,
    /// No open file besides the three standard ones.
    Descriptors,
    /// What it reads and writes.
    Files,
    /// No signal to processes outside.
    Signals,
    /// A list of allowed system calls.
    Calls,
    /// No process outlives its run.
    Descendants,
}

impl Bound {
    /// All of them: what `require-sandbox` requires.
    pub const ALL: [Self; 7] = [
        Self::Limits,
        Self::Privileges,
        Self::Descriptors,
        Self::Files,
        Self::Signals,
        Self::Calls,
        Self::Descendants,
    ];

    /// Its name in messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Limits => "limits",
            Self::Privileges => "privileges",
            Self::Descriptors => "descriptors",
            Self::Files => "files",
            Self::Signals => "signals",
            Self::Calls => "system calls",
            Self::Descendants => "descendants",
        }
    }
}

/// Which bounds hold.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Status {
    holding: Vec<Bound>,
}

impl Status {
    /// The status where there is no shim.
    pub fn none() -> Self {
        Self::default()
    }

    /// The bounds that hold.
    pub fn holding(&self) -> &[Bound] {
        &self.holding
    }

    /// Whether a bound holds.
    pub fn holds(&self, bound: Bound) -> bool {
        self.holding.contains(&bound)
    }

    /// Each bound by its name, and whether it holds.
    pub fn bounds(&self) -> impl Iterator<Item = (&'static str, bool)> {
        Bound::ALL
            .into_iter()
            .map(|bound| (bound.name(), self.holds(bound)))
    }

    /// The names of the bounds that don't hold.
    pub fn missing(&self) -> Vec<&'static str> {
        let missing = self.bounds().filter(|(_, holds)| !holds);
        missing.map(|(name, _)| name).collect()
    }

    /// The same without some bound.
    #[must_use]
    pub fn without(mut self, bound: Bound) -> Self {
        self.holding.retain(|held| *held != bound);
        self
    }
}

impl FromIterator<(Bound, bool)> for Status {
    fn from_iter<T: IntoIterator<Item = (Bound, bool)>>(bounds: T) -> Self {
        let holding = bounds.into_iter().filter(|(_, holds)| *holds);
        Self {
            holding: holding.map(|(bound, _)| bound).collect(),
        }
    }
}

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

/// Becomes the guard, which ends all that a build started when the build ends. Returns only what went wrong.
#[cfg(target_os = "linux")]
pub fn guard(build: u32) -> anyhow::Error {
    family::guard(build)
}

/// Becomes the guard, which ends all that a build started when the build ends. Returns only what went wrong.
#[cfg(not(target_os = "linux"))]
pub fn guard(_: u32) -> anyhow::Error {
    anyhow::anyhow!("there is no guard on this system")
}

/// Which bounds this system offers, as far as that can be seen without starting a process.
#[cfg(target_os = "linux")]
pub fn look() -> Status {
    linux::look()
}

/// Which bounds this system offers, as far as that can be seen without starting a process.
#[cfg(not(target_os = "linux"))]
pub fn look() -> Status {
    Status::none()
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

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn spec() -> Spec {
        Spec {
            program: "/bin/true".into(),
            arguments: vec!["a b".to_owned()],
            bounds: Bounds {
                read: vec!["/usr".into()],
                write: Vec::new(),
                memory: 1,
                cpu: 2,
                file_size: 3,
                processes: true,
            },
            parent: 7,
            must: Bound::ALL.to_vec(),
            watched: false,
            reports: true,
        }
    }

    #[test]
    fn a_specification_comes_back_as_it_was_handed_over() {
        let text = serde_json::to_string(&spec()).unwrap();
        assert_eq!(Spec::parse(&text).unwrap(), spec());
    }

    #[test]
    fn a_wrong_specification_is_refused() {
        let right = serde_json::to_string(&spec()).unwrap();
        for (old, new) in [
            ("/bin/true", ""),
            ("\"parent\":7", "\"parent\":0"),
            ("\"files\"", "\"filez\""),
            ("\"must\":[", "\"may\":["),
            ("\"watched\":false,", ""),
            ("\"memory\":1,", "\"memory\":-1,"),
            ("\"reports\"", "\"extra\":1,\"reports\""),
        ] {
            assert!(right.contains(old), "{old}");
            assert!(Spec::parse(&right.replace(old, new)).is_err(), "{new}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_read_or_refused(text in ".*") {
            let _ = Spec::parse(&text);
        }
    }
}
