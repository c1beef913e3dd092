//! Watching a program that may start processes: whatever it leaves behind is killed.
//!
//! Orphans of the program become children of the supervisor, so that none escapes by starting its own
//! session. It ends them when the program ends, and when its own standard input closes: that is how the
//! build ends a program at its deadline, and what happens when the build itself is killed.

use crate::work::sandbox::Spec;
use crate::work::wait::rest;
use anyhow::{Context, Error, Result, bail};
use rustix::process::{Pid, Signal, WaitOptions};
use std::collections::BTreeSet;
use std::os::unix::process::ExitStatusExt;
use std::process::{Command, ExitStatus, Stdio};
use std::thread;
use std::time::Duration;

/// How many processes a program may have at a time.
const PROCESSES: usize = 256;

/// Runs the program in a shim of its own, and ends this process as the program ended.
#[expect(clippy::exit, reason = "this process exits as the one that it watched")]
pub(super) fn enter(spec: &Spec) -> Error {
    match watch(spec) {
        Ok(status) => {
            let code = status.code();
            std::process::exit(code.unwrap_or(128 + status.signal().unwrap_or(0)))
        }
        Err(error) => error,
    }
}

fn watch(spec: &Spec) -> Result<ExitStatus> {
    // It does not end with the build: it has to end the program first, when its input closes.
    rustix::process::set_child_subreaper(Some(rustix::process::getpid()))?;
    // The lifeline: it closes when the build wants to end the program, or has ended itself.
    thread::spawn(|| {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        kill_descendants();
        std::process::abort();
    });
    let watched = serde_json::to_string(&Spec {
        parent: std::process::id(),
        watched: true,
        ..spec.clone()
    })?;
    let mut child = Command::new(std::env::current_exe()?)
        .args(["shim", &watched])
        .stdin(Stdio::null())
        .spawn()
        .context("failed to start the shim again")?;
    let mut pause = Duration::from_millis(1);
    let status = loop {
        if let Some(status) = child.try_wait()? {
            break status;
        }
        // Nothing else limits their number: root isn't bound by the limit on processes.
        if count() > PROCESSES {
            kill_descendants();
            bail!("the program started over {PROCESSES} processes");
        }
        rest(&child, pause);
        pause = (pause * 2).min(Duration::from_millis(10));
    };
    kill_descendants();
    Ok(status)
}

/// Kills all descendants. They are stopped first, so that none starts new ones meanwhile.
fn kill_descendants() {
    let mut known = BTreeSet::new();
    loop {
        let found = descendants();
        if found.is_empty() {
            return;
        }
        let is_still = found.is_subset(&known);
        let signal = if is_still { Signal::KILL } else { Signal::STOP };
        for process in found.iter().filter_map(|id| Pid::from_raw(*id)) {
            let _ = rustix::process::kill_process(process, signal);
        }
        if is_still {
            // Orphans become children of this process, and are reaped here.
            while let Ok(Some(_)) = rustix::process::wait(WaitOptions::NOHANG) {}
            thread::sleep(Duration::from_millis(1));
        }
        known = found;
    }
}

/// How many processes descend from this one. Asked often, so it reads of each only its children, where the
/// kernel lists them.
fn count() -> usize {
    let mut found = 0;
    let mut waiting = vec![rustix::process::getpid().as_raw_nonzero().get()];
    while let Some(id) = waiting.pop() {
        let Some(children) = children(id) else {
            return descendants().len();
        };
        found += children.len();
        // Enough to exceed the limit; the exact number doesn't matter.
        if found > PROCESSES {
            break;
        }
        waiting.extend(children);
    }
    found
}

/// The children of a process; none where the kernel doesn't list them. A process that is gone has no children.
fn children(id: i32) -> Option<Vec<i32>> {
    let mut children = Vec::new();
    let threads = std::fs::read_dir(format!("/proc/{id}/task"));
    for thread in threads.into_iter().flatten().flatten() {
        match std::fs::read_to_string(thread.path().join("children")) {
            Ok(list) => children.extend(list.split(' ').filter_map(|id| id.parse::<i32>().ok())),
            Err(_) if thread.path().exists() => return None,
            Err(_) => {}
        }
    }
    Some(children)
}

/// The processes that descend from this one and still run, by the kernel's list of all.
fn descendants() -> BTreeSet<i32> {
    let all: Vec<Process> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .filter_map(Process::read)
        .collect();
    let own = rustix::process::getpid().as_raw_nonzero().get();
    let mut family = BTreeSet::from([own]);
    loop {
        let before = family.len();
        for process in &all {
            if family.contains(&process.parent) {
                family.insert(process.id);
            }
        }
        if family.len() == before {
            break;
        }
    }
    let alive = all.iter().filter(|process| process.is_alive);
    let alive = alive.map(|process| process.id);
    alive
        .filter(|id| *id != own && family.contains(id))
        .collect()
}

struct Process {
    id: i32,
    parent: i32,
    /// Whether it still runs, and is not only waited for.
    is_alive: bool,
}

impl Process {
    fn read(id: i32) -> Option<Self> {
        let stat = std::fs::read_to_string(format!("/proc/{id}/stat")).ok()?;
        // The name, in parentheses, may hold anything; the state and the parent follow it.
        let (_, rest) = stat.rsplit_once(") ")?;
        let mut fields = rest.split(' ');
        let is_alive = !matches!(fields.next()?, "Z" | "X");
        Some(Self {
            id,
            parent: fields.next()?.parse().ok()?,
            is_alive,
        })
    }
}
