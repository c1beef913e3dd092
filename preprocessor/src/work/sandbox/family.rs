//! A family: a process and all that descends from it, which the kernel lets it signal, and nobody else.
//!
//! Landlock can confine the signals of a process to itself and its descendants. "Kill everything that I may signal" then
//! ends exactly the descendants, at once: no list is read, so that nothing can be started meanwhile or hidden, and neither a
//! session of its own nor another parent gets a process out. The guard of a build and the supervisor of a runner both rely on it.

use crate::work::sandbox::channel::{Channel, Reporter};
use anyhow::{Context, Error, Result, bail};
use landlock::{CompatLevel, Compatible, Ruleset, RulesetAttr, RulesetStatus, Scope};
use rustix::io::Errno;
use rustix::process::{Pid, Signal};
use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Sender, channel};
use std::thread;

/// The proof that the signals of this thread stay inside its family.
#[derive(Debug, Clone, Copy)]
pub(super) struct Family(());

impl Family {
    /// Starts a family with this thread, and those that it starts.
    pub(super) fn start(parent: u32) -> Result<Self> {
        Self::confine()?;
        Self::join(parent)
    }

    /// Confines the signals of this thread, and of all that it starts from now on, to what it starts.
    fn confine() -> Result<()> {
        let status = Ruleset::default()
            .set_compatibility(CompatLevel::HardRequirement)
            .scope(Scope::Signal)?
            .create()?
            .restrict_self()?;
        if status.ruleset != RulesetStatus::FullyEnforced {
            bail!("signals are not confined");
        }
        Ok(())
    }

    /// Joins the family that this process was started in, after a look at whether it is one: the parent, of the same user, is out
    /// of reach.
    fn join(parent: u32) -> Result<Self> {
        let id = i32::try_from(parent).ok().and_then(Pid::from_raw);
        let id = id.filter(|id| rustix::process::getppid() == Some(*id));
        let id = id.context("the process outside is not the parent")?;
        // Another user's process is out of reach in any case, and would tell nothing.
        let owner = fs::metadata(format!("/proc/{parent}")).context("the parent can't be seen")?;
        if owner.uid() != rustix::process::geteuid().as_raw() {
            bail!("the parent is another user's");
        }
        match rustix::process::test_kill_process(id) {
            Err(Errno::PERM) => Ok(Self(())),
            Ok(()) => bail!("signals are not confined"),
            Err(error) => Err(error).context("the parent has ended"),
        }
    }

    /// Kills everything in the family besides this process.
    #[expect(
        clippy::unused_self,
        reason = "it is the proof that nobody else is killed"
    )]
    pub(super) fn kill(self) {
        // Process group 1 stands for all processes that this one may signal.
        let _ = rustix::process::kill_process_group(Pid::INIT, Signal::KILL);
    }
}

/// Ends all that a build started when the build ends. It is of the build's family of runs itself, and outside of each run's.
pub(super) fn guard(build: u32) -> Error {
    let work = || -> Result<()> {
        let mut reporter = Reporter::take()?;
        let family = Family::join(build)?;
        let lifeline = reporter.lifeline()?;
        reporter.ready()?;
        drop(reporter);
        lifeline.wait();
        family.kill();
        Ok(())
    };
    work()
        .err()
        .unwrap_or_else(|| Error::msg("the build has ended"))
}

/// A thread that starts processes in one family, with a guard that ends them all when this process ends.
#[derive(Debug)]
pub(in crate::work) struct Starter {
    requests: Sender<(Command, Sender<io::Result<Child>>)>,
}

impl Starter {
    /// Starts the thread and the guard.
    pub(in crate::work) fn new(shim: &Path) -> Result<Self> {
        let (requests, queue) = channel::<(Command, Sender<io::Result<Child>>)>();
        let (ready, is_ready) = channel();
        let shim = shim.to_owned();
        // It has to live as long as this process: the kernel ends a bounded process with the thread that started it.
        thread::Builder::new()
            .name("starter".to_owned())
            .spawn(move || {
                let guard = start_guard(&shim);
                let is_there = guard.is_ok();
                let _ = ready.send(
                    guard
                        .as_ref()
                        .map(|_| ())
                        .map_err(|error| format!("{error:#}")),
                );
                if is_there {
                    for (mut command, answer) in queue {
                        let _ = answer.send(command.spawn());
                    }
                }
            })?;
        let outcome = is_ready
            .recv()
            .context("the thread that starts processes failed")?;
        outcome.map_err(Error::msg)?;
        Ok(Self { requests })
    }

    /// Starts a process.
    pub(in crate::work) fn start(&self, command: Command) -> io::Result<Child> {
        let gone = || io::Error::other("the thread that starts processes has ended");
        let (answer, started) = channel();
        self.requests.send((command, answer)).map_err(|_| gone())?;
        started.recv().map_err(|_| gone())?
    }
}

/// Starts the guard in a family of this thread's, and waits until it is ready.
fn start_guard(shim: &Path) -> Result<(Channel, Child)> {
    let build = std::process::id();
    // Signals of this thread to its own process are allowed in any case, so that only the guard can tell.
    Family::confine()?;
    let (mut channel, input) = Channel::pair()?;
    let mut guard = Command::new(shim)
        .args(["shim", "--guard", &build.to_string()])
        .env_clear()
        .stdin(input)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        // A signal from the terminal, such as that of Ctrl-C, must not end it before the others.
        .process_group(0)
        .spawn()
        .context("failed to start the guard")?;
    if channel.is_ready() {
        return Ok((channel, guard));
    }
    let _ = guard.kill();
    let _ = guard.wait();
    bail!("the guard can't confine signals")
}
